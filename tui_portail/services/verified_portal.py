"""Accounts of the portal: linked both ways or not at all, active after their code, their codes in order, their terms kept."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, exists, func, or_, select

from models import tables as t
from models.states import CodeKind
from tui_portail.services.findings import Rule, asked


@asked
def check_portal() -> Iterator[Rule]:
    """Yield the accounts, codes and terms that contradict each other."""
    account, guardian, code, terms = t.portal_account.c, t.guardian.c, t.portal_code.c, t.terms_accepted.c
    alive = account.erased_at.is_(None)
    linked = exists().where(account.guardian_id == guardian.id, account.erased_at.is_(None))
    yield (
        t.guardian,
        or_(and_(guardian.linked_at.is_not(None), ~linked), and_(guardian.linked_at.is_(None), linked)),
        "son compte du portail et la date à laquelle il lui a été rattaché ne vont pas ensemble.",
    )
    yield (
        t.portal_account,
        or_(
            account.activated_at < account.created_at,
            and_(alive, account.activated_at.is_not(None), account.password_hash == ""),
        ),
        "il est activé avant d’avoir été fait, ou sans mot de passe.",
    )
    used = exists().where(
        code.account_id == account.id, code.kind == CodeKind.ACTIVATION.value, code.ended_at == account.activated_at
    )
    yield t.portal_account, and_(account.activated_at.is_not(None), ~used), "il est activé sans code qui l’ait activé."
    accepted = exists().where(
        terms.account_id == account.id,
        terms.version == account.terms_version,
        terms.accepted_at <= account.terms_accepted_at,
    )
    yield (
        t.portal_account,
        and_(account.terms_version != "", ~accepted),
        "les conditions qu’il a acceptées ne sont pas gardées.",
    )
    yield t.portal_code, code.ended_at < code.made_at, "il est fini avant d’avoir été fait."
    other = t.portal_code.alias("other")
    same = and_(other.c.account_id == code.account_id, other.c.kind == code.kind, other.c.ended_at.is_(None))
    valid = select(func.count()).select_from(other).where(same).scalar_subquery()
    yield t.portal_code, and_(code.ended_at.is_(None), valid > 1), "un autre code du même compte est valable aussi."
