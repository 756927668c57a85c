"""What the signed parent finds of their own at the portal: avoirs, quittances, children. Always filtered by their own accounts.

The first paper of a quittance that the portal itself delivered (paid online, or by avoirs alone) is its original; each later one is a
numbered duplicata, and so is each one of a quittance that a desk delivered: the desk had its original.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, exists, literal, or_, select, true

from models import tables as t
from models.states import BookingState
from tui_portail.instants import in_paris
from tui_portail.mailing import Attachment
from tui_portail.money import format_cents
from tui_portail.portal_rules import masked_email
from tui_portail.school_levels import level_label
from tui_portail.services.accounts import is_of, living_of
from tui_portail.services.avoir_sums import left_cents
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.family_facts import alsh_years, in_force, record_of
from tui_portail.services.gesture import Done, Gesture
from tui_portail.services.papers import PrintedDocument, keep_paper
from tui_portail.services.portal import Own, Portal, act
from tui_portail.services.portal_messages import Sent, send_document
from tui_portail.services.quittances import (
    DUPLICATE,
    ORIGINAL,
    QuittanceRow,
    QuittanceUnknown,
    document_within,
    draw_and_print,
    listed_within,
    number_copy,
    paper_name,
    sheet_of,
    why_given,
)

if TYPE_CHECKING:
    from receipts.documents import QuittanceDocument

DAYS_SHOWN = 12
"""How many of the days booked next are told of a child."""


@dataclass(frozen=True, slots=True)
class OwnAvoir:
    """An avoir of the signed parent's: its number as printed, its instant (UTC), why, its amount and what is left of it (cents)."""

    avoir_id: int
    number: str
    issued_at: datetime
    why: str
    amount_cents: int
    left_cents: int


@dataclass(frozen=True, slots=True)
class OwnAvoirs:
    """The signed parent's avoirs, the newest first, and their balance (cents)."""

    balance_cents: int
    avoirs: tuple[OwnAvoir, ...]


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day of a child that the signed parent booked, paid or waiting to be."""

    day: date
    label: str
    paid: bool


@dataclass(frozen=True, slots=True)
class MailedQuittance:
    """What became of a quittance's message, the address it is for (masked), and the duplicata's number, None for the original."""

    sent: Sent
    email: str
    copy_no: int | None


@dataclass(frozen=True, slots=True)
class OwnChild:
    """A child as their parent reads it: school, class, level, the civil years the ALSH dossier is good for, the days booked next.

    The days are the parent's own: never those that the other one booked. Nothing of health or diet.
    """

    child_id: int
    first_name: str
    school: str
    class_name: str
    level: str
    alsh_years: tuple[int, ...]
    next_days: tuple[OwnDay, ...]


def own_avoirs(portal: Portal) -> OwnAvoirs:
    """Return the signed parent's avoirs. Raises what `own_of` raises."""
    with portal.read() as (connection, own):
        rows = connection.execute(
            select(t.avoir, left_cents().label("left_cents"))
            .join(t.payer, t.payer.c.id == t.avoir.c.payer_id)
            .where(is_of(t.payer, literal(own.payer_id)))
            .order_by(t.avoir.c.issued_at.desc(), t.avoir.c.id.desc())
        ).all()
        avoirs = tuple(
            OwnAvoir(
                row.id,
                avoir_number(row.year, row.number),
                row.issued_at,
                why_given(connection, row),
                row.amount_cents,
                int(row.left_cents),
            )
            for row in rows
        )
    return OwnAvoirs(sum(avoir.left_cents for avoir in avoirs), avoirs)


def own_quittances(portal: Portal) -> tuple[QuittanceRow, ...]:
    """Return the signed parent's quittances, the newest first, at most 200. Raises what `own_of` raises."""
    with portal.read() as (connection, own):
        return listed_within(connection, portal.desk.commune(connection), _paid_by(own))


def own_quittance(portal: Portal, quittance_id: int) -> QuittanceDocument:
    """Return what one of the signed parent's quittances says. Raises QuittanceUnknown, and what `own_of` raises."""
    with portal.read() as (connection, own):
        _refuse_others(connection, own, quittance_id)
        return document_within(connection, portal.desk.commune(connection), quittance_id)


def can_print(portal: Portal) -> bool:
    """Say whether the kiosk has a printer."""
    return bool(portal.desk.printer)


def print_own_quittance(portal: Portal, quittance_id: int, operation: str) -> PrintedDocument:
    """Print one of the signed parent's quittances at the kiosk's printer. Raises QuittanceUnknown, and what `act` raises."""
    return draw_and_print(portal.desk, _document_given(portal, quittance_id, operation))


def mail_quittance(portal: Portal, quittance_id: int, operation: str) -> MailedQuittance:
    """Send one of the signed parent's quittances, as a PDF, to their account's address. Raises QuittanceUnknown, and what `act` raises."""
    from receipts.quittance import draw_quittance  # noqa: PLC0415  (reportlab is loaded when a paper is drawn)

    document = _document_given(portal, quittance_id, operation)
    pdf = draw_quittance(document, sheet_of(portal.desk))
    path: Path = keep_paper(portal.desk, document.issued_at, f"{paper_name(document)}.pdf", pdf)
    body = (
        f"Voici votre quittance n° {document.number}, de {format_cents(document.total_cents)}. "
        "Gardez-la : elle peut vous être demandée."
    )
    subject = f"Votre quittance n° {document.number}"
    with portal.read() as (_, own):
        account_id, email = own.account_id, masked_email(own.email)
    sent = send_document(portal, account_id, subject, body, [Attachment(path.name, pdf)])
    return MailedQuittance(sent, email, document.duplicate_no)


def own_children(portal: Portal) -> tuple[OwnChild, ...]:
    """Return the children of the signed parent's dossier, by birth. Raises what `own_of` raises."""
    child, schooling = t.child.c, t.schooling.c
    with portal.read() as (connection, own):
        desk = portal.desk
        now, commune = desk.instant(connection), desk.commune(connection)
        today = in_paris(now).date()
        rows: dict[int, list[Any]] = {}
        for row in connection.execute(
            select(
                child.id,
                child.first_name,
                schooling.school_code,
                schooling.class_name,
                schooling.level,
                schooling.from_on,
            )
            .outerjoin(t.schooling, schooling.child_id == child.id)
            .where(child.dossier_id == own.dossier_id, child.archived_at.is_(None))
            .order_by(child.birth_on, child.id)
        ):
            rows.setdefault(row.id, []).append(row)
        years = alsh_years(connection, commune, own.dossier_id, today)
        days = _next_days(connection, own, list(rows), now)
    children = []
    for child_id, found in rows.items():
        school = in_force([row for row in found if row.from_on is not None], "from_on", today)
        facts = years.get(child_id)
        asked = (today.year, today.year + 1)
        children.append(
            OwnChild(
                child_id,
                found[0].first_name,
                commune.school(school.school_code).name if school is not None else "",
                school.class_name if school is not None else "",
                level_label(school.level) if school is not None else "",
                tuple(year for year in asked if facts is not None and facts.allows(year)),
                tuple(days.get(child_id, ())[:DAYS_SHOWN]),
            )
        )
    return tuple(children)


def _next_days(connection: Connection, own: Own, children: list[int], now: datetime) -> dict[int, list[OwnDay]]:
    """Return the days to come that the parent booked, by child, the nearest first."""
    booking = t.booking.c
    live = or_(
        booking.state.in_([BookingState.CONFIRMED.value, BookingState.DUE.value]),
        (booking.state == BookingState.HELD.value) & (t.basket.c.expires_at > now),
    )
    record = t.child.c  # a child may have been recorded twice
    records = select(record.id).where(or_(record.id.in_(children), record.merged_into_id.in_(children)))
    rows = connection.execute(
        select(record_of(booking.child_id).label("child_id"), booking.day, booking.state, t.activity.c.label)
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .join(t.activity, t.activity.c.code == t.slot.c.activity_code)
        .outerjoin(t.basket, t.basket.c.id == booking.basket_id)
        .where(
            booking.child_id.in_(records),
            booking.day >= in_paris(now).date(),
            live,
            living_of(booking.payer_id) == own.payer_id,
        )
        .order_by(booking.day, t.activity.c.code)
    )
    days: dict[int, list[OwnDay]] = {}
    for row in rows:
        days.setdefault(row.child_id, []).append(OwnDay(row.day, row.label, row.state == BookingState.CONFIRMED.value))
    return days


def _paid_by(own: Own) -> ColumnElement[bool]:
    """Say, in a query over quittances and their payments, that the parent paid it, by whichever of their accounts."""
    return exists(
        select(true())
        .select_from(t.payer)
        .where(t.payer.c.id == t.payment.c.payer_id, is_of(t.payer, literal(own.payer_id)))
    )


def _refuse_others(connection: Connection, own: Own, quittance_id: int) -> None:
    mine = (
        select(t.quittance.c.id)
        .join(t.payment, t.payment.c.id == t.quittance.c.payment_id)
        .where(t.quittance.c.id == quittance_id, _paid_by(own))
    )
    if connection.scalar(mine) is None:
        raise QuittanceUnknown


def _document_given(portal: Portal, quittance_id: int, operation: str) -> QuittanceDocument:
    """Record that a paper is given, and return it: the original if it is the first of a quittance of the portal's, else a duplicata."""
    with portal.read() as (connection, own):
        _refuse_others(connection, own, quittance_id)
        name = ORIGINAL if _is_first(connection, portal, quittance_id, operation) else DUPLICATE

    def work(gesture: Gesture, own: Own) -> Done:
        _refuse_others(gesture.connection, own, quittance_id)
        if name == DUPLICATE:
            copy_no = number_copy(gesture, quittance_id)
            return Done({"copy_no": copy_no}, "quittance", quittance_id, details={"duplicata": copy_no})
        return Done({"copy_no": None}, "quittance", quittance_id)

    copy_no = act(portal, name, operation, [quittance_id], work, lambda kept: kept["copy_no"])
    with portal.read() as (connection, _):
        return document_within(connection, portal.desk.commune(connection), quittance_id, copy_no)


def _is_first(connection: Connection, portal: Portal, quittance_id: int, operation: str) -> bool:
    """Say whether the portal delivered a quittance and gave no paper of it yet; the same gesture sent again gives the same paper."""
    event = t.audit_event.c
    if (before := connection.scalar(select(event.gesture).where(event.operation_id == operation))) is not None:
        return bool(before == ORIGINAL)
    given = exists().where(
        event.subject == "quittance", event.subject_id == str(quittance_id), event.gesture.in_([ORIGINAL, DUPLICATE])
    )
    first = (
        select(t.quittance.c.id)
        .join(t.payment, t.payment.c.id == t.quittance.c.payment_id)
        .where(t.quittance.c.id == quittance_id, t.payment.c.agent_id == portal.desk.require().agent_id, ~given)
    )
    return connection.scalar(first) is not None
