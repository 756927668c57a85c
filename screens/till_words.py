"""What the till's screens say: the balance of the open session, a difference, a session of the list, a closing sheet as text."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from screens.columns import fit
from screens.plain_text import plain
from tui_portail.french import date_time_text, plural, time_text
from tui_portail.money import format_cents
from tui_portail.services.cash_movements import MOVEMENT_LABELS
from tui_portail.services.till import TillSessionView
from tui_portail.services.till_balance import TillBalance

_LABEL, _AMOUNT = 26, 14


def signed(cents: int) -> str:
    """Return an amount with its sign, « + » included."""
    return f"+{format_cents(cents)}" if cents > 0 else format_cents(cents)


def session_words(session: TillSessionView) -> str:
    """Return when a session was opened and by whom, « jeudi 3 décembre 2026 à 8 h 30 par … »."""
    return f"{date_time_text(session.opened_at)} par {plain(session.opened_by)}"


def closed_text(expected_cents: int | None) -> Content:
    """Return what the screen says of a closed till."""
    expected = (
        ""
        if expected_cents is None
        else f"\nElle doit contenir {format_cents(expected_cents)} d’après la dernière clôture et les bordereaux validés depuis."
    )
    return Content.assemble(
        ("Caisse fermée", "bold"), f"{expected}\n\nComptez le fonds de caisse, puis ouvrez-la : Entrée."
    )


def balance_text(balance: TillBalance) -> Content:
    """Return the live balance of the open session: what it received, its cash, its cheques and values, its movements."""
    session = balance.session
    title = "Caisse d’un jour passé, à clôturer" if session.forgotten else "Caisse ouverte"
    received = [
        _row(
            f"  {flow.label}",
            format_cents(flow.received_cents),
            format_cents(-flow.reversed_cents) if flow.reversed_cents else "",
        )
        for flow in balance.flows
    ]
    moved = [f"  {MOVEMENT_LABELS[move.kind]} à {time_text(move.moved_at)}" for move in balance.movements]
    width = max([_LABEL, *map(cell_len, moved)])  # amounts stand in one column, the longest label too
    moves = [
        f"{_row(label, signed(move.amount_cents), width=width)}  {plain(move.reason)}"
        for label, move in zip(moved, balance.movements, strict=True)
    ]
    return Content.assemble(
        (title, "bold"),
        f"\n{session_words(session)}\n\n",
        _block(_row("Reçu", "encaissé", "contre-passé"), received),
        _block("Mouvements d’espèces", moves),
        _row("Fonds de caisse", format_cents(session.float_cents)),
        "\n",
        (_held(balance), "bold"),
    )


def _block(title: str, lines: list[str]) -> str:
    return "\n".join([title, *lines, "", ""]) if lines else ""


def _held(balance: TillBalance) -> str:
    """Return what is in the till: cash, cheques, values."""
    missing = sum(cheque.missing for cheque in balance.cheques)
    cheques = _row(f"{plural(len(balance.cheques) - missing, 'chèque')} en caisse", format_cents(balance.cheques_cents))
    lines = [
        _row("Espèces en caisse", format_cents(balance.cash_cents)),
        cheques + (f"  et {plural(missing, 'manquant')}" if missing else ""),
        *(
            _row(f"{value.label} en caisse", format_cents(value.expected_cents))
            for value in balance.values
            if value.expected_cents
        ),
    ]
    if balance.deposited_cents:
        lines.insert(0, _row("Versé par bordereau", format_cents(-balance.deposited_cents)))
    return "\n".join(lines)


def _row(label: str, *amounts: str, width: int = _LABEL) -> str:
    text = plain(label)
    width = max(width, cell_len(text))
    return (fit(text, width) + "".join(fit(amount, _AMOUNT, right=True) for amount in amounts)).rstrip()
