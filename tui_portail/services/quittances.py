"""Quittances and avoir notes: listed, read back from the committed rows, drawn, written under the documents' folder, printed.

Drawing comes after the commit and can be done again for ever. There is one original, which the agent who was paid prints then and there;
each paper drawn later is a numbered duplicata.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Connection, exists, func, insert, or_, select, true

from models import tables as t
from models.states import AvoirReason
from receipts.day_runs import ChargedDay, lines_from_days
from receipts.documents import AvoirNote, QuittanceDocument, QuittanceLine, TenderLine
from tui_portail.commune import Commune
from tui_portail.errors import PortailError
from tui_portail.instants import in_paris
from tui_portail.policy import Means
from tui_portail.services.accounts import joined_accounts
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.papers import PrintedDocument, issuer_of, keep_paper, print_paper, recipient_of
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number

LONGEST_SEARCH = 120
ORIGINAL_WITHIN = timedelta(minutes=5)
MOST_TRIES = 3  # a printer that jams twice; no program sees paper jam
ORIGINAL, DUPLICATE = "imprimer_quittance", "duplicata"
_REASONS = {
    AvoirReason.CANCELLED: "Journées annulées avant la limite.",
    AvoirReason.PROOF: "Absence justifiée dans les délais.",
    AvoirReason.COMMUNE: "Journées annulées par la commune.",
    AvoirReason.CARRIED: "Avoir repris du registre précédent.",
    AvoirReason.REVERSAL: "Somme gardée d’un paiement contre-passé.",
    AvoirReason.ONLINE: "Paiement en ligne reçu pour des journées déjà payées, ou qui n’ont pas pu être gardées.",
}


class QuittanceUnknown(PortailError):
    """No quittance has this id."""

    code = "QUITTANCE_INCONNUE"

    def __init__(self) -> None:
        super().__init__(
            "Cette quittance n’existe pas. Cherchez-la dans la liste par son numéro ou par le nom du payeur."
        )


class OriginalDelivered(PortailError):
    """The original is no longer to be printed: it was, or it is for another agent, or too late."""

    code = "ORIGINAL_DELIVRE"

    def __init__(self) -> None:
        super().__init__(
            "L’original de cette quittance n’est imprimé que par l’agent qui vient de la délivrer, dans les minutes qui suivent. "
            "Éditez un duplicata numéroté à l’écran Quittances (F7), ou demandez-le à Comptabilité."
        )


class AvoirUnknown(PortailError):
    """No avoir has this id."""

    code = "AVOIR_INCONNU"

    def __init__(self) -> None:
        super().__init__("Cet avoir n’existe pas. Retrouvez-le dans le dossier de la famille.")


_SHORT: dict[str, str] = {
    Means.CASH.value: "esp.",
    Means.CHEQUE.value: "chq",
    Means.CARD.value: "CB",
    Means.CESU.value: "CESU",
    Means.ANCV.value: "ANCV",
    Means.TRANSFER.value: "vir.",
    Means.PAYFIP.value: "PayFiP",
}


@dataclass(frozen=True, slots=True)
class QuittanceRow:
    """A quittance as listed; `copies` counts the duplicatas, the total is in cents; `means_short` is for narrow columns.

    `reversed`: its payment was.
    """

    quittance_id: int
    number: str
    issued_at: datetime
    payer_name: str
    total_cents: int
    means: str
    copies: int
    dossier_number: str
    means_short: str = ""
    reversed: bool = False


def list_quittances(desk: Desk, text: str = "", limit: int = 200) -> tuple[QuittanceRow, ...]:
    """Return the latest quittances, those whose number, payer or dossier begins with `text` when it is given."""
    wanted = "".join(filter(str.isprintable, text)).strip()[:LONGEST_SEARCH]
    with desk.read(Right.REPRINT) as connection:
        return listed_within(connection, desk.commune(connection), _matching(wanted) if wanted else true(), limit)


def listed_within(
    connection: Connection, commune: Commune, which: ColumnElement[bool], limit: int = 200
) -> tuple[QuittanceRow, ...]:
    """Return the latest quittances that a condition over quittance, payment, its payer's name and dossier holds of."""
    copies = select(func.count()).where(t.quittance_copy.c.quittance_id == t.quittance.c.id).scalar_subquery()
    rows = connection.execute(
        select(
            t.quittance,
            t.identity_snapshot.c.name,
            t.payment.c.total_cents,
            t.payment.c.avoir_cents,
            t.dossier.c.number.label("dossier"),
            copies.label("copies"),
            t.reversal.c.id.label("reversal_id"),
        )
        .join(t.payment, t.payment.c.id == t.quittance.c.payment_id)
        .join(t.identity_snapshot, t.identity_snapshot.c.id == t.payment.c.payer_snapshot_id)
        .join(t.basket, t.basket.c.id == t.payment.c.basket_id)
        .join(t.dossier, t.dossier.c.id == t.basket.c.dossier_id)
        .outerjoin(t.reversal, t.reversal.c.payment_id == t.payment.c.id)
        .where(which)
        .order_by(t.quittance.c.issued_at.desc(), t.quittance.c.id.desc())
        .limit(min(limit, 200))
    ).all()
    codes = _means_of(connection, [row.payment_id for row in rows])
    means = {payment_id: [_means_label(commune, one) for one in given] for payment_id, given in codes.items()}
    return tuple(
        QuittanceRow(
            row.id,
            quittance_number(row.year, row.number),
            row.issued_at,
            row.name or "identité effacée",
            row.total_cents,
            " + ".join([*(["avoir"] if row.avoir_cents else []), *means.get(row.payment_id, [])]) or "sans paiement",
            row.copies,
            row.dossier,
            "+".join(
                [*(["avoir"] if row.avoir_cents else []), *(_SHORT[one] for one in codes.get(row.payment_id, []))]
            ),
            row.reversal_id is not None,
        )
        for row in rows
    )


def quittance_document(desk: Desk, quittance_id: int, *, duplicate_no: int | None = None) -> QuittanceDocument:
    """Return what a quittance prints, read from its committed rows. Raises QuittanceUnknown, NotAllowed."""
    with desk.read(Right.REPRINT) as connection:
        return document_within(connection, desk.commune(connection), quittance_id, duplicate_no)


def print_quittance(desk: Desk, quittance_id: int, operation: str) -> PrintedDocument:
    """Draw the original of a quittance just issued, write its sheet and ticket and print the one chosen in settings.

    Only the agent whose gesture issued it may, in the five minutes that follow, three times at most should the printer fail; each is
    recorded. Raises QuittanceUnknown, OriginalDelivered, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        connection, event = gesture.connection, t.audit_event
        issued = connection.execute(
            select(t.quittance.c.issued_at, t.payment.c.agent_id)
            .join(t.payment, t.payment.c.id == t.quittance.c.payment_id)
            .where(t.quittance.c.id == quittance_id)
            .with_for_update(of=t.quittance)
        ).first()
        if issued is None:
            raise QuittanceUnknown
        tries = connection.scalar(
            select(func.count()).where(
                event.c.subject == "quittance",
                event.c.subject_id == str(quittance_id),
                event.c.gesture.in_([ORIGINAL, DUPLICATE]),
            )
        )
        _refuse_late(gesture.now, issued.issued_at)
        if issued.agent_id != gesture.agent.agent_id or (tries or 0) >= MOST_TRIES:
            raise OriginalDelivered
        return Done({}, "quittance", quittance_id, details={"essai": (tries or 0) + 1})

    perform(desk, ORIGINAL, Right.SEE_QUEUE, operation, [quittance_id], work, lambda _: None)
    with desk.read(Right.SEE_QUEUE) as connection:
        document = document_within(connection, desk.commune(connection), quittance_id, None)
        _refuse_late(desk.instant(connection), document.issued_at)  # the same gesture sent again much later
    return draw_and_print(desk, document)


def reprint_quittance(desk: Desk, quittance_id: int, operation: str) -> PrintedDocument:
    """Record a numbered duplicata, draw it and print it. Raises QuittanceUnknown, NotAllowed."""

    def work(gesture: Gesture) -> Done:
        copy_no = number_copy(gesture, quittance_id)
        return Done({"copy_no": copy_no}, "quittance", quittance_id, details={"duplicata": copy_no})

    copy_no = perform(
        desk, DUPLICATE, Right.REPRINT, operation, [quittance_id], work, lambda result: int(result["copy_no"])
    )
    return draw_and_print(desk, quittance_document(desk, quittance_id, duplicate_no=copy_no))


def number_copy(gesture: Gesture, quittance_id: int) -> int:
    """Number one more duplicata of a quittance, within a gesture. Raises QuittanceUnknown."""
    connection, copy = gesture.connection, t.quittance_copy.c
    if (
        connection.execute(select(t.quittance.c.id).where(t.quittance.c.id == quittance_id).with_for_update()).first()
        is None
    ):
        raise QuittanceUnknown
    copies = connection.scalar(
        select(func.coalesce(func.max(copy.copy_no), 0)).where(copy.quittance_id == quittance_id)
    )
    copy_no = int(copies or 0) + 1
    connection.execute(
        insert(t.quittance_copy).values(
            quittance_id=quittance_id, copy_no=copy_no, printed_at=gesture.now, agent_id=gesture.agent.agent_id
        )
    )
    return copy_no


def avoir_note(desk: Desk, avoir_id: int) -> AvoirNote:
    """Return what an avoir's note prints, with the payer's balance after it (cents). Raises AvoirUnknown, NotAllowed."""
    with desk.read(Right.SEE_QUEUE) as connection:
        commune = desk.commune(connection)
        row = connection.execute(
            select(t.avoir, t.identity_snapshot.c.name, t.identity_snapshot.c.address, t.identity_snapshot.c.erased_at)
            .join(t.identity_snapshot, t.identity_snapshot.c.id == t.avoir.c.payer_snapshot_id)
            .where(t.avoir.c.id == avoir_id)
        ).first()
        if row is None:
            raise AvoirUnknown
        lines = connection.execute(
            select(t.avoir_line, t.identity_snapshot.c.name, t.booking.c.day)
            .join(t.identity_snapshot, t.identity_snapshot.c.id == t.avoir_line.c.child_snapshot_id)
            .join(t.booking, t.booking.c.id == t.avoir_line.c.booking_id)
            .where(t.avoir_line.c.avoir_id == avoir_id)
            .order_by(t.avoir_line.c.id)
        ).all()
        balance = _balance_after(connection, row.payer_id, row.issued_at, row.id)
        why = why_given(connection, row)
    charged = [
        ChargedDay(line.name, line.activity_label, line.day, line.care_cents + line.meal_cents) for line in lines
    ]
    return AvoirNote(
        issuer_of(commune),
        avoir_number(row.year, row.number),
        row.issued_at,
        recipient_of(row.name, row.address, row.erased_at),
        lines_from_days(charged) or (QuittanceLine("", "Somme gardée", (), row.amount_cents),),
        row.amount_cents,
        balance,
        row.agent_name,
        row.head_hash,
        reason=why,
        fictitious=commune.policy.fictitious,
    )


def why_given(connection: Connection, avoir: Any) -> str:
    """Return, for an avoir's row, why an avoir was given, with the closure's own reason where the commune cancelled the days."""
    words, line = _REASONS[AvoirReason(avoir.reason)], t.day_closure_line.c
    closure = select(t.day_closure.c.reason).join(t.day_closure_line, line.closure_id == t.day_closure.c.id)
    reason = connection.scalar(closure.where(line.avoir_id == avoir.id).limit(1))
    return words if reason is None else f"{words.removesuffix('.')} : {reason}."


def print_avoir_note(desk: Desk, avoir_id: int) -> PrintedDocument:
    """Draw an avoir's note, write it under the documents' folder and print it."""
    from receipts.avoir_note import draw_avoir_note  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    note = avoir_note(desk, avoir_id)
    path = keep_paper(desk, note.issued_at, f"avoir-{note.number}.pdf", draw_avoir_note(note, sheet_of(desk)))
    return print_paper(desk, path)


def _refuse_late(now: datetime, issued_at: datetime) -> None:
    if now >= issued_at + ORIGINAL_WITHIN:
        raise OriginalDelivered


def draw_and_print(desk: Desk, document: QuittanceDocument) -> PrintedDocument:
    """Draw a quittance's sheet and ticket, keep both and hand the desk's one to its printer."""
    from receipts.quittance import draw_quittance  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)
    from receipts.ticket import draw_ticket  # noqa: PLC0415

    name = paper_name(document)
    sheet = keep_paper(desk, document.issued_at, f"{name}.pdf", draw_quittance(document, sheet_of(desk)))
    ticket = keep_paper(desk, document.issued_at, f"{name}-ticket.pdf", draw_ticket(document))
    return print_paper(desk, ticket if desk.paper == "ticket" else sheet)


def paper_name(document: QuittanceDocument) -> str:
    """Return the name of a quittance's file, without its suffix."""
    copy = "" if document.duplicate_no is None else f"-duplicata-{document.duplicate_no}"
    return f"quittance-{document.number}{copy}"


def sheet_of(desk: Desk) -> Literal["A5", "A4"]:
    """Return the size of the sheets that a desk draws."""
    return cast(Literal["A5", "A4"], desk.paper) if desk.paper in ("A5", "A4") else "A5"


def document_within(
    connection: Connection, commune: Commune, quittance_id: int, duplicate_no: int | None = None
) -> QuittanceDocument:
    """Return what a quittance prints, within a transaction. Raises QuittanceUnknown."""
    old = t.quittance.alias("old")
    row = connection.execute(
        select(
            t.quittance,
            old.c.year.label("old_year"),
            old.c.number.label("old_number"),
            t.reversal.c.reversed_at,
            t.payment.c.total_cents,
            t.payment.c.avoir_cents,
            t.payment.c.change_cents,
            t.identity_snapshot.c.name,
            t.identity_snapshot.c.address,
            t.identity_snapshot.c.erased_at,
        )
        .join(t.payment, t.payment.c.id == t.quittance.c.payment_id)
        .join(t.identity_snapshot, t.identity_snapshot.c.id == t.payment.c.payer_snapshot_id)
        .outerjoin(old, old.c.payment_id == t.payment.c.corrects_id)
        .outerjoin(t.reversal, t.reversal.c.payment_id == t.payment.c.id)
        .where(t.quittance.c.id == quittance_id)
    ).first()
    if row is None:
        raise QuittanceUnknown
    lines = connection.execute(
        select(t.payment_line, t.identity_snapshot.c.name)
        .join(t.identity_snapshot, t.identity_snapshot.c.id == t.payment_line.c.child_snapshot_id)
        .where(t.payment_line.c.payment_id == row.payment_id)
        .order_by(t.payment_line.c.id)
    ).all()
    drawer = t.identity_snapshot.alias("drawer")
    tenders = connection.execute(
        select(t.tender, drawer.c.name.label("drawer"))
        .outerjoin(drawer, drawer.c.id == t.tender.c.drawer_snapshot_id)
        .where(t.tender.c.payment_id == row.payment_id)
        .order_by(t.tender.c.rank)
    ).all()
    charged = [ChargedDay(line.name, line.activity_label, line.day, line.price_cents) for line in lines]
    return QuittanceDocument(
        issuer=issuer_of(commune),
        number=quittance_number(row.year, row.number),
        issued_at=row.issued_at,
        payer=recipient_of(row.name, row.address, row.erased_at),
        lines=lines_from_days(charged),
        total_cents=row.total_cents,
        tenders=tuple(
            TenderLine(_means_label(commune, tender.means), tender.amount_cents, _reference(tender))
            for tender in tenders
        ),
        agent=row.agent_name,
        head_hash=row.head_hash,
        avoir_used_cents=row.avoir_cents,
        avoir_left_cents=row.avoir_left_cents,
        cash_received_cents=sum(tender.received_cents for tender in tenders if tender.means == Means.CASH.value),
        change_cents=row.change_cents,
        duplicate_no=duplicate_no,
        fictitious=row.fictitious,
        replaces=None if row.old_number is None else quittance_number(row.old_year, row.old_number),
        reversed_on=None if row.reversed_at is None else in_paris(row.reversed_at).date(),
    )


def _reference(tender: Any) -> str:
    parts = [tender.bank, f"n° {tender.reference}" if tender.reference else "", tender.drawer or ""]
    return ", ".join(part for part in parts if part)


def _means_label(commune: Commune, means: str) -> str:
    rule = commune.policy.means.get(Means(means))
    return rule.label if rule is not None else means


def _means_of(connection: Connection, payment_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for payment_id, means in connection.execute(
        select(t.tender.c.payment_id, t.tender.c.means)
        .where(t.tender.c.payment_id.in_(payment_ids))
        .order_by(t.tender.c.payment_id, t.tender.c.rank)
    ):
        found.setdefault(payment_id, []).append(means)
    return found


def _matching(text: str) -> Any:
    """Match a number (whole or its last digits), a part of a payer's name or the beginning of a dossier number."""
    year, _, number = text.partition("-")
    if _is_number(year) and _is_number(number):
        return (t.quittance.c.year == int(year)) & (t.quittance.c.number == int(number))
    named = or_(name_contains(t.identity_snapshot.c.name, text), t.dossier.c.number.startswith(text, autoescape=True))
    return or_(named, t.quittance.c.number == int(text)) if _is_number(text) else named


def name_contains(name: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Say, in a query, whether a name holds a text, whatever the case on either engine."""
    return or_(*(func.lower(name).contains(written, autoescape=True) for written in _writings(text)))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _writings(text: str) -> set[str]:
    """Return a name as the databases' `lower` may leave it: SQLite's leaves « É » as it is."""
    cases = {text, text.lower(), text.upper(), text.title()}
    only_ascii = {"".join(c.lower() if c.isascii() else c for c in case) for case in cases}
    return only_ascii | {text.lower()}


def _balance_after(connection: Connection, payer_id: int, issued_at: datetime, avoir_id: int) -> int:
    """Return the payer's avoirs just after one was given: those given until then, less what payments and withdrawals had taken."""
    accounts = joined_accounts(connection, t.payer_transfer.c.transferred_at <= issued_at).of(payer_id)
    given = connection.scalar(
        select(func.coalesce(func.sum(t.avoir.c.amount_cents), 0)).where(
            t.avoir.c.payer_id.in_(accounts), t.avoir.c.id <= avoir_id
        )
    )
    undone = exists().where(t.reversal.c.payment_id == t.payment.c.id, t.reversal.c.reversed_at <= issued_at)
    used = connection.scalar(
        select(func.coalesce(func.sum(t.avoir_use.c.amount_cents), 0))
        .join(t.payment, t.payment.c.id == t.avoir_use.c.payment_id)
        .where(t.payment.c.payer_id.in_(accounts), t.payment.c.paid_at < issued_at, ~undone)
    )
    taken_at = func.coalesce(t.reversal.c.reversed_at, t.refund.c.requested_at, t.late_unpaid.c.declared_at)
    taken = connection.scalar(
        select(func.coalesce(func.sum(t.avoir_withdrawal.c.amount_cents), 0))
        .join(t.avoir, t.avoir.c.id == t.avoir_withdrawal.c.avoir_id)
        .outerjoin(t.reversal, t.reversal.c.id == t.avoir_withdrawal.c.reversal_id)
        .outerjoin(t.refund, t.refund.c.id == t.avoir_withdrawal.c.refund_id)
        .outerjoin(t.late_unpaid, t.late_unpaid.c.id == t.avoir_withdrawal.c.late_unpaid_id)
        .where(t.avoir.c.payer_id.in_(accounts), taken_at <= issued_at)
    )
    return int(given or 0) - int(used or 0) - int(taken or 0)
