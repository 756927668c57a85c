"""Tax certificates read from the books, one payer or all of a year, and written as one PDF with its progress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, exists, func, select, true

from models import tables as t
from receipts.documents import Issuer, Recipient
from receipts.family_documents import CertifiedChild, TaxCertificate
from tui_portail.commune import Commune
from tui_portail.errors import PortailError
from tui_portail.instants import day_begins, in_paris
from tui_portail.money import format_cents
from tui_portail.printing import write_document
from tui_portail.services.accounts import living
from tui_portail.services.avoir_sums import not_reversed
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import shown_as
from tui_portail.services.rights import Right, Role
from tui_portail.tax_certificate import CareSum, CertifiedCare, certify, counts_in

MOST_IDS = 10_000


class NothingToCertify(PortailError):
    """No payer has anything to declare for the year."""

    code = "RIEN_A_ATTESTER"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"Aucune garde d’enfant de moins de six ans au 1er janvier {year} n’a été payée cette année-là : aucune attestation à établir."
        )


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate as listed: whose, for how many children, how much (cents)."""

    payer_id: int
    payer_name: str
    dossier_number: str
    children: int
    total_cents: int


def list_certificates(desk: Desk, year: int) -> tuple[CertificateRow, ...]:
    """Return what each payer may declare for a civil year, by name."""
    with desk.read(Right.REGISTERS) as connection:
        certified = _certified(connection, year)
        rows = [
            CertificateRow(
                person.payer_id,
                person.name or f"Payeur n° {person.payer_id}",
                person.dossier,
                len(certified[person.payer_id].by_child),
                certified[person.payer_id].total_cents,
            )
            for person in _payers(connection, certified)
        ]
    return tuple(rows)


def write_certificates(
    desk: Desk,
    year: int,
    payer_ids: Collection[int] | None = None,
    on_certificate: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the certificates of a year (all payers, unless some are named) in one PDF under the documents' folder; return where.

    `on_certificate` is told how many are done and of how many; what it raises stops the writing, and nothing is left.
    Raises NothingToCertify, NotAllowed.
    """
    with desk.read(Right.REGISTERS) as connection:
        agent = desk.require()
        signed_by = agent.name if Role.REGISSEUR in agent.roles else ""
        certificates = read_certificates(
            connection, desk.commune(connection), year, desk.instant(connection), signed_by, payer_ids
        )
    pdf = draw_certificates(certificates, year, on_certificate)
    one = f"-payeur-{min(payer_ids)}" if payer_ids and len(payer_ids) == 1 else ""
    return write_document(desk.documents() / f"{year}", f"attestations-fiscales-{year}{one}.pdf", pdf)


def draw_certificates(
    certificates: list[TaxCertificate], year: int, on_certificate: Callable[[int, int], None] | None = None
) -> bytes:
    """Return the certificates as one PDF. Raises NothingToCertify."""
    from receipts.tax_certificate import draw_tax_certificates  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    if not certificates:
        raise NothingToCertify(year)
    total = len(certificates)
    told = None if on_certificate is None else (lambda done: on_certificate(done, total))
    return draw_tax_certificates(certificates, told)


def read_certificates(
    connection: Connection,
    commune: Commune,
    year: int,
    issued_at: datetime,
    signed_by: str = "",
    payer_ids: Collection[int] | None = None,
) -> list[TaxCertificate]:
    """Return the certificates of a civil year in order of names, in a number of statements that does not depend on how many."""
    certified = _certified(connection, year)
    if payer_ids is not None:
        certified = {payer_id: one for payer_id, one in certified.items() if payer_id in payer_ids}
    children = _children(connection, {child_id for one in certified.values() for child_id in one.by_child})
    issuer = Issuer(commune.identity.name, commune.identity.address, commune.regie.name, commune.regie.contact)
    return [
        TaxCertificate(
            issuer,
            year,
            issued_at,
            Recipient(
                person.name,
                tuple(line for line in person.address.splitlines() if line),
                None if person.erased_at is None else in_paris(person.erased_at).date(),
            ),
            tuple(_child(children[child_id], cents) for child_id, cents in certified[person.payer_id].by_child.items()),
            certified[person.payer_id].total_cents,
            signed_by,
            _notes(certified[person.payer_id]),
            commune.policy.fictitious,
        )
        for person in _payers(connection, certified)
    ]


def _notes(one: CertifiedCare) -> tuple[str, ...]:
    if not one.deducted_cents:
        return ()
    return (f"{format_cents(one.deducted_cents)} rendus en avoir pour un autre enfant sont déduits.",)


def _child(row: Any, cents: int) -> CertifiedChild:
    erased = row.erased_at is not None
    return CertifiedChild("" if erased else row.name, None if erased else row.birth_on, cents)


def _certified(connection: Connection, year: int) -> dict[int, CertifiedCare]:
    return certify(_care(connection, _paid(year), year), _care(connection, _given_back(year), year))


def _care(connection: Connection, query: Select[Any], year: int) -> Iterator[CareSum]:
    for row in connection.execute(query):
        if counts_in(row.birth_on, year):
            yield CareSum(row.payer_id, row.child_id, int(row.care))


_PAYS = living().label("payer_id")  # a person whose accounts were joined has one certificate


def _paid(year: int) -> Select[Any]:
    """Return the query of the care paid in the year by the payments that stand."""
    made, payment, line = _made_in(year), t.payment.c, t.payment_line.c
    return (
        select(_PAYS, shown_as().label("child_id"), t.child.c.birth_on, func.sum(line.care_cents).label("care"))
        .select_from(t.payment_line)
        .join(made, made.c.id == line.payment_id)
        .join(t.payment, payment.id == line.payment_id)
        .join(t.booking, t.booking.c.id == line.booking_id)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .join(t.payer, t.payer.c.id == payment.payer_id)
        .where(not_reversed(payment.id))
        .group_by(living(), shown_as(), t.child.c.birth_on)
    )


def _made_in(year: int) -> CTE:
    """Return the payments made in the year, and those that correct them at any remove: a correction counts when the original was made."""
    first, after = _bounds(year)
    payment, correction = t.payment.c, t.payment.alias("correction").c
    made = (
        select(payment.id)
        .where(payment.corrects_id.is_(None), payment.paid_at >= first, payment.paid_at < after)
        .cte("made", recursive=True)
    )
    return made.union_all(select(correction.id).join(made, correction.corrects_id == made.c.id))


def _given_back(year: int) -> Select[Any]:
    """Return the query of the care given back as avoir in the year, what a reversal took back left out."""
    first, after = _bounds(year)
    avoir, line, taken = t.avoir.c, t.avoir_line.c, t.avoir_withdrawal.c
    return (
        select(_PAYS, shown_as().label("child_id"), t.child.c.birth_on, func.sum(line.care_cents).label("care"))
        .select_from(t.avoir_line)
        .join(t.avoir, avoir.id == line.avoir_id)
        .join(t.booking, t.booking.c.id == line.booking_id)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .join(t.payer, t.payer.c.id == avoir.payer_id)
        .where(avoir.issued_at >= first, avoir.issued_at < after, ~exists().where(taken.booking_id == line.booking_id))
        .group_by(living(), shown_as(), t.child.c.birth_on)
    )


def _bounds(year: int) -> tuple[datetime, datetime]:
    return day_begins(date(year, 1, 1)), day_begins(date(year + 1, 1, 1))


def _payers(connection: Connection, certified: Collection[int]) -> list[Any]:
    person = t.identity_snapshot.c
    rows = connection.execute(
        select(
            t.payer.c.id.label("payer_id"),
            person.name,
            person.address,
            person.erased_at,
            t.dossier.c.number.label("dossier"),
        )
        .join(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
        .join(t.identity_snapshot, person.id == t.guardian.c.snapshot_id)
        .join(t.dossier, t.dossier.c.id == t.payer.c.dossier_id)
        .where(_among(t.payer.c.id, certified))
        .order_by(t.guardian.c.last_name, t.guardian.c.first_name, t.payer.c.id)
    )
    return [row for row in rows if row.payer_id in certified]


def _children(connection: Connection, child_ids: Collection[int]) -> dict[int, Any]:
    person = t.identity_snapshot.c
    rows = connection.execute(
        select(t.child.c.id, t.child.c.birth_on, person.name, person.erased_at)
        .join(t.identity_snapshot, person.id == t.child.c.snapshot_id)
        .where(_among(t.child.c.id, child_ids))
    )
    return {row.id: row for row in rows}


def _among(column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Narrow a query to a few ids; past what a statement may be given, the caller sorts the rows itself."""
    return column.in_(list(ids)) if len(ids) <= MOST_IDS else true()
