"""The quotients familiaux to ask for: the payers who pay the highest price for want of a proof, and what proves one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from models import tables as t
from receipts.register_document import Column, Register, RegisterRow
from tui_portail import spreadsheets
from tui_portail.dossier_number import display
from tui_portail.french import long_date, plural
from tui_portail.instants import in_paris
from tui_portail.paper_rules import day_looked_to
from tui_portail.services.desk import Desk
from tui_portail.services.papers import PrintedDocument, issuer_of, keep_paper, print_paper
from tui_portail.services.rights import Right

QUOTIENT_PROOFS = ("attestation CAF", "attestation MSA", "avis d’imposition", "autre pièce")
"""What proves a quotient; another word is kept as it was recorded."""
_TITLE = "Quotients familiaux à demander"


@dataclass(frozen=True, slots=True)
class PayerToAsk:
    """A payer whose quotient is not proven today, or ends soon. `until`: the last day proven, None when nothing ever was."""

    payer_id: int
    dossier_id: int
    dossier_number: str
    last_name: str
    first_name: str
    phone: str
    email: str
    until: date | None

    def words(self, today: date) -> str:
        """Say since when the highest price applies, or from when it will."""
        if self.until is None:
            return "jamais fourni"
        if self.until < today:
            return f"fini le {self.until:%d/%m/%Y}"
        return f"expire le {self.until:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class PayersPage:
    """Some of the payers, by name, and how many there are in all."""

    payers: tuple[PayerToAsk, ...]
    total: int


def missing_quotients(desk: Desk, *, within_days: int = 30, first: int = 0, most: int = 200) -> PayersPage:
    """Return the payers of live children without a quotient proven today, or that ends in `within_days` days, by name, in one statement.

    `most` of them from the `first` (from 0) are given. The list is for the desk that asks for the proof. Raises NotAllowed.
    """
    with desk.read(Right.EDIT_DOSSIER) as connection:
        today = in_paris(desk.instant(connection)).date()
        return _to_ask(connection, today, within_days, first, most)


def print_missing_quotients(desk: Desk, *, within_days: int = 30) -> PrintedDocument:
    """Draw the list for the counter and hand it to the printer. Raises NotAllowed."""
    from receipts.register import draw_register  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    with desk.read(Right.EDIT_DOSSIER) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
        today = in_paris(now).date()
        payers = _to_ask(connection, today, within_days).payers
    columns = (
        Column("Payeur", 0.32),
        Column("Téléphone", 0.2),
        Column("Dossier", 0.16),
        Column("Quotient familial", 0.32),
    )
    ahead = f", et ceux qui expirent d’ici {plural(within_days, 'jour')}" if within_days else ""
    subtitle = f"Sans quotient prouvé le {long_date(today)}{ahead} : {plural(len(payers), 'payeur')}"
    notes = ("Sans quotient prouvé, le tarif le plus haut s’applique aux journées réservées.",)
    register = Register(
        _TITLE,
        (subtitle,),
        issuer_of(commune),
        now,
        columns,
        notes,
        orientation="portrait",
        fictitious=commune.policy.fictitious,
    )
    rows = (
        RegisterRow((f"{one.last_name} {one.first_name}", one.phone, display(one.dossier_number), one.words(today)))
        for one in payers
    )
    name = f"quotients-a-demander-{in_paris(now):%Y%m%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_register(register, rows)))


def export_missing_quotients(desk: Desk, *, within_days: int = 30) -> Path:
    """Write the list as a CSV file beside the papers of the month, and return its path. Raises NotAllowed."""
    with desk.read(Right.EDIT_DOSSIER) as connection:
        now = desk.instant(connection)
        payers = _to_ask(connection, in_paris(now).date(), within_days).payers
    columns = (
        *(spreadsheets.Column(title) for title in ("Nom", "Prénom", "Téléphone", "Courriel", "Dossier")),
        spreadsheets.Column("Quotient prouvé jusqu’au", spreadsheets.CellKind.DAY),
    )
    file = BytesIO()
    spreadsheets.write_csv(spreadsheets.Table(_TITLE, columns, _cells(payers)), file)
    return keep_paper(desk, now, f"quotients-a-demander-{in_paris(now):%Y%m%d-%H%M%S}.csv", file.getvalue())


def _cells(payers: Iterable[PayerToAsk]) -> Iterator[tuple[spreadsheets.Cell, ...]]:
    for one in payers:
        yield one.last_name, one.first_name, one.phone, one.email, one.dossier_number, one.until


def _to_ask(
    connection: Connection, today: date, within_days: int, first: int = 0, most: int | None = None
) -> PayersPage:
    payer, guardian, dossier, quotient = t.payer, t.guardian, t.dossier, t.quotient_familial
    own = quotient.c.payer_id == payer.c.id

    def proven_on(day: date) -> Any:
        return select(quotient.c.id).where(own, quotient.c.valid_from_on <= day, quotient.c.valid_until_on >= day)

    by = day_looked_to(today, within_days)
    until = select(func.max(quotient.c.valid_until_on)).where(own, quotient.c.valid_from_on <= today)
    going = select(t.child.c.id).where(t.child.c.dossier_id == dossier.c.id, t.child.c.archived_at.is_(None))
    rows = connection.execute(
        select(
            payer.c.id,
            payer.c.dossier_id,
            dossier.c.number,
            guardian.c.last_name,
            guardian.c.first_name,
            guardian.c.phone,
            guardian.c.email,
            until.scalar_subquery().label("until"),
            func.count().over().label("total"),
        )
        .join(guardian, guardian.c.id == payer.c.guardian_id)
        .join(dossier, dossier.c.id == payer.c.dossier_id)
        .where(
            and_(dossier.c.archived_at.is_(None), dossier.c.erased_at.is_(None), payer.c.joined_into_id.is_(None)),
            going.exists(),
            or_(~proven_on(today).exists(), ~proven_on(by).exists()),
        )
        .order_by(func.lower(guardian.c.last_name), func.lower(guardian.c.first_name), payer.c.id)
        .limit(most)
        .offset(first)
    ).all()
    return PayersPage(tuple(PayerToAsk(*row[:-1]) for row in rows), rows[0].total if rows else 0)
