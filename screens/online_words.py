"""Payments online and their reconciliation in columns and sentences. Pure: what was read becomes text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from screens.columns import Column
from screens.records_list import Record
from tui_portail.french import date_time_text, long_date, plural, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.online_following import FollowedPayment
from tui_portail.services.online_late import LateMoney
from tui_portail.services.online_list import MOST_ROWS, STATE_WORDS, OnlineDetail, OnlineRow, OnlineSort, OnlineState
from tui_portail.services.reconciliation import Difference, Gap, Reconciliation
from tui_portail.services.treasury_statements import OUTCOME_WORDS, StatementLine, StatementPreview

PAYMENT_COLUMNS = (
    Column("Demandé", 11),
    Column("Payeur", 12, share=2),
    Column("Montant", 10, right=True),
    Column("État", 22, share=1),
    Column("Quittance", 11),
    Column("Dossier", 9, from_width=96),
    Column("Référence", 20, from_width=112),
)
DIFFERENCE_COLUMNS = (
    Column("Différence", 26, share=1),
    Column("Payé ici", 10, right=True),
    Column("Au relevé", 10, right=True),
    Column("Jour", 10),
    Column("Payeur", 12, share=1),
    Column("Référence", 20, from_width=112),
)
LINE_COLUMNS = (
    Column("Ligne", 6, right=True),
    Column("Devient", 14),
    Column("Montant", 11, right=True),
    Column("Jour", 10),
    Column("Payeur ou référence", 20, share=1),
    Column("Dossier", 9, from_width=96),
)


def page_open_words(until: datetime) -> str:
    """Say that a page is open for a basket, and what happens if it is cashed too."""
    return (
        f"Un paiement en ligne est ouvert jusqu’à {time_text(in_paris(until))} : "
        "si le parent paie aussi en ligne, la somme deviendra un avoir."
    )


def payment_records(rows: Sequence[OnlineRow]) -> list[Record]:
    """Return the list's lines."""
    return [Record(row.online_id, _payment_texts(row), "$warning" if row.disputed else "") for row in rows]


def _payment_texts(row: OnlineRow) -> tuple[str, ...]:
    at = in_paris(row.asked_at)
    return (
        f"{at:%d/%m %H:%M}",
        row.payer_name,
        format_cents(row.amount_cents),
        state_words(row),
        row.quittance_number,
        row.dossier_number,
        row.reference,
    )


def state_words(row: OnlineRow) -> str:
    """Return what a payment is, with what an agent must see first."""
    said = [row.state_words]
    if row.disputed:
        said.insert(0, "contestée")
    if row.late:
        said.append("tardive")
    if row.reversed:
        said.append("contre-passée")
    return ", ".join(said)


def count_words(sort: OnlineSort, found: int) -> str:
    """Return how many payments are listed, and which."""
    if found == MOST_ROWS:
        return f"Les {MOST_ROWS} derniers ({sort.value}) : tapez pour chercher plus loin."
    return f"{plural(found, 'paiement')} ({sort.value}) · Ctrl+N : autre liste"


def followed_words(done: FollowedPayment) -> str:
    """Return what PayFiP said of a payment, for the message line."""
    said = f"{format_cents(done.amount_cents)} : {STATE_WORDS[done.state]}"
    if done.quittance_number:
        said += f", quittance n° {done.quittance_number}"
    return f"{said}. {late_words(done.late)}".rstrip()


def late_words(late: LateMoney | None) -> str:
    """Return what late money did."""
    if late is None:
        return ""
    return f"Argent venu quand le panier n’attendait plus ainsi. {' '.join(late.sentences)}"


def detail_text(detail: OnlineDetail) -> str:
    """Return a payment online in full."""
    row = detail.row
    lines = [
        f"{row.payer_name}, dossier {row.dossier_number}",
        f"{format_cents(row.amount_cents)}, référence {row.reference}",
        f"Demandé le {date_time_text(row.asked_at)}",
        f"État : {state_words(row)}" + (f" — {row.meaning}" if row.meaning else ""),
    ]
    if row.until is not None and row.state is OnlineState.OPEN:
        lines.append(f"Page ouverte jusqu’à {time_text(in_paris(row.until))}")
    if row.quittance_number:
        lines.append(f"Quittance n° {row.quittance_number}")
    if detail.paid_on is not None:
        lines.append(f"Payé le {long_date(detail.paid_on)}, d’après le Trésor")
    if detail.late is not None:
        lines.append(late_words(detail.late))
    lines += ["", "Journées demandées :"]
    lines += [
        f"  {day.day:%d/%m/%Y}  {day.child_name}, {day.activity}, {format_cents(day.price_cents)}"
        for day in detail.days
    ]
    if (told := detail.dispute) is not None:
        lines += ["", f"Contesté le {date_time_text(told.at)} par {told.agent_name} : {told.reason}"]
        if told.ended_at is not None:
            lines.append(f"Répondu le {date_time_text(told.ended_at)} par {told.ended_by} : {told.answer}")
    if detail.statements:
        lines.append("")
    lines += [
        f"Relevé {one.file_name}, ligne {one.rank} : {format_cents(one.amount_cents)} le {one.paid_on:%d/%m/%Y}, "
        f"{OUTCOME_WORDS[one.outcome]} alors"
        for one in detail.statements
    ]
    return "\n".join(lines)


def difference_records(found: Reconciliation) -> list[Record]:
    """Return the lines of a reconciliation."""
    styles = {Gap.STATEMENT_ELSEWHERE: "", Gap.HERE_ELSEWHERE: ""}
    return [
        Record(place, _difference_texts(one), styles.get(one.gap, "$warning"))
        for place, one in enumerate(found.differences[:MOST_ROWS])
    ]


def _difference_texts(one: Difference) -> tuple[str, ...]:
    day = one.statement_on or one.here_on
    return (
        one.gap.value,
        "" if one.here_cents is None else format_cents(one.here_cents),
        "" if one.statement_cents is None else format_cents(one.statement_cents),
        "" if day is None else f"{day:%d/%m/%Y}",
        one.payer_name or one.reference,
        one.reference,
    )


def reconciliation_words(found: Reconciliation) -> str:
    """Return the sums of a period, on two lines."""
    told = (
        f"Payé ici : {plural(found.here_count, 'paiement')}, {format_cents(found.here_cents)} · "
        f"au relevé : {plural(found.statement_count, 'ligne')}, {format_cents(found.statement_cents)} · "
        f"écart {format_cents(found.gap_cents)}"
    )
    account = f"Compte PayFiP : {format_cents(found.ledger_cents)}"
    if found.reversed_cents:
        account += f", {format_cents(found.reversed_cents)} contre-passés ôtés"
    if not found.is_explained:
        account += " · le journal ne dit pas la même somme : lancez « tui-portail verifier »"
    elif found.agrees:
        account += " · tout est rapproché" if found.here_count or found.statement_count else ""
    else:
        cut = f", les {MOST_ROWS} premières ici" if len(found.differences) > MOST_ROWS else ""
        account += f" · {plural(len(found.differences), 'différence')}{cut}"
    return f"{told}\n{account}"


def difference_text(one: Difference) -> str:
    """Return a difference in full."""
    lines = [f"{one.gap.value[:1].upper()}{one.gap.value[1:]}", f"Référence {one.reference}"]
    if one.payer_name:
        lines.append(one.payer_name)
    if one.here_cents is not None:
        said = f"Payé ici : {format_cents(one.here_cents)}"
        said += f" le {long_date(one.here_on)}" if one.here_on else ""
        lines.append(said + (f", quittance n° {one.quittance_number}" if one.quittance_number else ""))
    if one.statement_cents is not None:
        said = f"Au relevé : {format_cents(one.statement_cents)}"
        said += f" le {long_date(one.statement_on)}" if one.statement_on else ""
        lines.append(f"{said} ({one.statement}, ligne {one.rank})")
    lines += ["", _WHAT_TO_DO[one.gap]]
    return "\n".join(lines)


_WHAT_TO_DO = {
    Gap.ABSENT: "Le relevé n’est pas encore lu, ou il est à venir : lisez-le. S’il n’y est pas, voyez avec le Trésor.",
    Gap.UNPAID: "F8 entre la somme d’après le relevé : les journées sont réservées si elles peuvent l’être, le reste est un avoir.",
    Gap.UNKNOWN: "Cette référence n’a pas été demandée ici : voyez avec le Trésor à qui est cette somme.",
    Gap.AMOUNT: "Le montant n’est pas celui qui a été demandé : voyez avec le Trésor ce qui a été payé.",
    Gap.TWICE: "La même référence est deux fois aux relevés, un jour ou un montant différent : voyez avec le Trésor.",
    Gap.STATEMENT_ELSEWHERE: "Rien à faire : une période qui tient les deux jours est rapprochée.",
    Gap.HERE_ELSEWHERE: "Rien à faire : une période qui tient les deux jours est rapprochée.",
}


def line_records(lines: Sequence[StatementLine]) -> list[Record]:
    """Return the lines of a statement that is not kept yet."""
    return [
        Record(
            line.rank,
            (
                f"{line.rank}",
                OUTCOME_WORDS[line.outcome],
                format_cents(line.amount_cents),
                f"{line.paid_on:%d/%m/%Y}",
                line.payer_name or line.reference,
                line.dossier_number,
            ),
            _STYLES.get(OUTCOME_WORDS[line.outcome], "$warning"),
        )
        for line in lines
    ]


_STYLES = {"rapprochée": ""}


def preview_words(seen: StatementPreview) -> str:
    """Return what a statement holds, on two lines or three."""
    counts = " · ".join(f"{OUTCOME_WORDS[outcome]} {count}" for outcome, count in seen.counts.items())
    said = f"{seen.name} : {plural(len(seen.lines), 'paiement')}, {format_cents(seen.total_cents)}\n{counts}"
    left = []
    if seen.unpaid:
        left.append(plural(seen.unpaid, "paiement non abouti", "paiements non aboutis"))
    if seen.others:
        left.append(f"{plural(seen.others, 'ligne')} d’un autre client")
    if seen.not_read:
        left.append(f"{plural(len(seen.not_read), 'ligne')} non lue{'s' if len(seen.not_read) > 1 else ''} (Entrée)")
    return f"{said}\nLaissé de côté : {', '.join(left)}" if left else said


def not_read_text(seen: StatementPreview) -> str:
    """Return the lines not understood, with why."""
    return "\n".join(f"Ligne {one.line} : {one.why}" for one in seen.not_read)
