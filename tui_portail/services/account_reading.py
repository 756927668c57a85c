"""Who of a family may use the portal: each payer with their account, activated or not, taken off since or never made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from models import tables as t
from models.states import CodeKind
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import DossierUnknown, refuse_merged
from tui_portail.services.identities import person_name
from tui_portail.services.rights import Right


class AccountState(StrEnum):
    """How a payer's account stands; the value is the words shown."""

    NONE = "sans compte"
    TO_ACTIVATE = "à activer"
    ACTIVE = "actif"
    UNLINKED = "détaché"


@dataclass(frozen=True, slots=True)
class FamilyAccount:
    """A payer and their account, if any (`account_id` None: none was made). Instants are UTC; `given_by`: the agent who gave it.

    `known_email`: the guardian's own, in the dossier. `code_until`: until when the code to activate it is valid, None where there is none.
    """

    guardian_id: int
    name: str
    rank: int
    state: AccountState
    account_id: int | None = None
    username: str = ""
    email: str = ""
    created_at: datetime | None = None
    given_by: str = ""
    activated_at: datetime | None = None
    terms_version: str = ""
    terms_accepted_at: datetime | None = None
    code_until: datetime | None = None
    known_email: str = ""


@dataclass(frozen=True, slots=True)
class FamilyAccounts:
    """The payers of a dossier in their order, each with their account."""

    dossier_id: int
    number: str
    label: str
    archived: bool
    accounts: tuple[FamilyAccount, ...]


def accounts_of(desk: Desk, dossier_id: int) -> FamilyAccounts:
    """Return each payer of a dossier with their account on the portal. Raises DossierUnknown, DossierMerged, NotAllowed."""
    with desk.read(Right.PORTAL_ACCOUNTS) as connection:
        now = desk.instant(connection)
        dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).first()
        if dossier is None:
            raise DossierUnknown
        refuse_merged(connection, dossier)
        payers = connection.execute(_payers().where(t.guardian.c.dossier_id == dossier_id)).all()
        former = former_accounts(connection, [row.id for row in payers if row.account_id is None])
        own = {row.id: row.account_id or former.get(row.id) for row in payers}
        ids = [account_id for account_id in own.values() if account_id is not None]
        accounts = {row.id: row for row in connection.execute(_accounts(ids))}
        codes = _codes(connection, ids, now)
        found = tuple(_shown(row, accounts.get(own[row.id]), codes) for row in payers)
    return FamilyAccounts(dossier_id, dossier.number, dossier.label, dossier.archived_at is not None, found)


@dataclass(frozen=True, slots=True)
class LinkablePayer:
    """A guardian who pays: names, dossier, the account linked to them, else the one that was."""

    guardian_id: int
    dossier_id: int
    last_name: str
    first_name: str
    account_id: int | None
    former_account_id: int | None


def linkable_payer(connection: Connection, guardian_id: int) -> LinkablePayer | None:
    """Return a guardian who pays, None for one who does not."""
    row = connection.execute(_payers().where(t.guardian.c.id == guardian_id)).first()
    if row is None:
        return None
    former = former_accounts(connection, [guardian_id]).get(guardian_id)
    return LinkablePayer(guardian_id, row.dossier_id, row.last_name, row.first_name, row.account_id, former)


def read_account(connection: Connection, account_id: int) -> Any:
    """Return an account's row with the `dossier_id` it is linked to, if any; None where there is none or its family was erased."""
    account = t.portal_account
    return connection.execute(
        select(account, t.guardian.c.dossier_id)
        .outerjoin(t.guardian, t.guardian.c.id == account.c.guardian_id)
        .where(account.c.id == account_id, account.c.erased_at.is_(None))
    ).first()


def former_accounts(connection: Connection, guardian_ids: Collection[int]) -> dict[int, int]:
    """Return, by guardian, the last account that was theirs and is linked to nobody now."""
    account = t.portal_account.c
    rows = connection.execute(
        select(account.unlinked_from_id, account.id)
        .where(account.unlinked_from_id.in_(list(guardian_ids)), account.erased_at.is_(None))
        .order_by(account.id)
    )
    return {row.unlinked_from_id: row.id for row in rows}


def _payers() -> Select[Any]:
    guardian, payer, account = t.guardian, t.payer, t.portal_account
    return (
        select(
            guardian.c.id,
            guardian.c.dossier_id,
            guardian.c.last_name,
            guardian.c.first_name,
            guardian.c.email,
            payer.c.rank,
            account.c.id.label("account_id"),
        )
        .join(payer, and_(payer.c.guardian_id == guardian.c.id, payer.c.joined_into_id.is_(None)))
        .outerjoin(account, account.c.guardian_id == guardian.c.id)
        .order_by(payer.c.rank, guardian.c.id)
    )


def _accounts(ids: Collection[int]) -> Select[Any]:
    account = t.portal_account
    return (
        select(account, t.agent.c.name.label("given_by_name"))
        .outerjoin(t.agent, t.agent.c.id == account.c.given_by)
        .where(account.c.id.in_(ids))
    )


def _codes(connection: Connection, account_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    code = t.portal_code.c
    rows = connection.execute(
        select(code.account_id, code.expires_at).where(
            code.account_id.in_(account_ids),
            code.ended_at.is_(None),
            code.expires_at > now,
            code.kind == CodeKind.ACTIVATION.value,
        )
    )
    return {row.account_id: row.expires_at for row in rows}


def _shown(payer: Any, account: Any, codes: dict[int, datetime]) -> FamilyAccount:
    name = person_name(payer.first_name, payer.last_name)
    if account is None:
        return FamilyAccount(payer.id, name, payer.rank, AccountState.NONE, known_email=payer.email)
    if account.guardian_id is None:
        state = AccountState.UNLINKED
    else:
        state = AccountState.TO_ACTIVATE if account.activated_at is None else AccountState.ACTIVE
    return FamilyAccount(
        payer.id,
        name,
        payer.rank,
        state,
        account.id,
        account.username,
        account.email,
        account.created_at,
        account.given_by_name or "",
        account.activated_at,
        account.terms_version,
        account.terms_accepted_at,
        codes.get(account.id) if state is AccountState.TO_ACTIVATE else None,
    )
