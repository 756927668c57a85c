"""The planning in words: what the cell under the cursor says, what is owed, what is refused, what « Terminer » would do. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from screens.planning_state import MEALS, PlanningState
from tui_portail.cancellation_rules import CancellationOutcome
from tui_portail.decision import Decision
from tui_portail.french import long_date, plural, run_of_days, time_text
from tui_portail.full_days import ages_words
from tui_portail.instants import in_paris
from tui_portail.money import NO_BREAK_SPACE, format_cents
from tui_portail.period_ticks import days_words, gather
from tui_portail.planning import Bill, CellKey, PlanningBooking, Removal
from tui_portail.planning_ticks import CellState
from tui_portail.pricing import WITHOUT_MEAL

MOST_APART = 6
"""More refusals than that are not read one by one."""


def cell_words(state: PlanningState, key: CellKey) -> tuple[str, str, str]:
    """Return the cell's name, its day, and what there is to say of it."""
    child = state.loaded.child(key.child_id)
    label = state.loaded.commune.policy.activity(key.activity).label
    return f"{child.first_name} · {label}", long_date(key.day), _what(state, key)


def _what(state: PlanningState, key: CellKey) -> str:
    refusal, place = state.why_not(key), state.loaded.waiting.get(key)
    if refusal is not None and not refusal.accepted:
        return refusal.sentence if place is None else f"{place.words} {refusal.sentence}"
    view = state.view(key)
    if view.state is CellState.REMOVING and (removal := state.removal(key)):
        return removal_words(removal)
    booking = state.loaded.bookings.get(key)
    if view.state is CellState.HELD and booking is not None and booking.expires_at is not None:
        until = time_text(in_paris(booking.expires_at))
        return f"En attente de paiement jusqu’à {until}, {format_cents(booking.price_cents)}.{_payer_words(state, booking)}"
    if booking is not None and view.state in (CellState.CONFIRMED, CellState.DUE):
        return f"{view.state.value.capitalize()}, {format_cents(booking.price_cents)}.{_payer_words(state, booking)}"
    if view.state is CellState.ADDING:
        return _addition_words(state, key)
    return _free_words(state, key)


def _free_words(state: PlanningState, key: CellKey) -> str:
    """Say how many places are left, or that the one left is the child's own."""
    place, view = state.loaded.waiting.get(key), state.view(key)
    if place is not None:
        turn = "" if place.offer_until is not None else " Une place est libre pour lui : réservez."
        return f"{place.words}{turn}"
    words = f"{view.state.value.capitalize()}."
    return f"{words} {room_words(state, key)}" if view.state is CellState.FREE else words


def room_words(state: PlanningState, key: CellKey) -> str:
    """Return how many places are left for the cell's child, by which limit where it is not the day's own, and how many wait."""
    room = state.loaded.room(key)
    if room is None or room.limit is None:
        return ""
    ages = f" pour {ages_words(room.limit.from_age, room.limit.under_age)}" if room.limit.of_some_ages else ""
    waiting = f", {plural(room.waiting, 'enfant')} en attente" if room.waiting else ""
    return f"{plural(room.left, 'place')}{ages}{waiting}."


def _without_meal(state: PlanningState, key: CellKey) -> str:
    """Say why a meal costs nothing, in the neutral words; only agents who may book, and so see meals, open the planning."""
    brings = key.activity == MEALS and not state.loaded.child(key.child_id).meal_supplied
    return f" ({WITHOUT_MEAL})" if brings else ""


def _payer_words(state: PlanningState, booking: PlanningBooking) -> str:
    return f" Payeur : {state.loaded.payer(booking.payer_id).name}." if len(state.loaded.payers) > 1 else ""


def _addition_words(state: PlanningState, key: CellKey) -> str:
    found = next((added for added in state.judgement.additions if added.change.key == key), None)
    if found is None:
        return "À ajouter."
    words = f"À ajouter, {format_cents(found.price.total_cents)}{_without_meal(state, key)}."
    if found.price.quotient_unproven:
        words += " QF non justifié à cette date : tarif le plus haut."
    if len(state.loaded.payers) > 1:
        words += f" Payeur : {state.loaded.payer(found.payer_id).name}."
    if found.change.payer_id is not None:
        words += f" Motif : {found.change.payer_reason}."
    if found.change.derogation:
        words += f" Dérogation : {found.change.derogation}."
    return words


def outcome_short(removal: Removal) -> str:
    """Return what a removal gives, in a few words: « sans remboursement », « avoir de 12,50 € »…"""
    outcome = removal.outcome
    match outcome.kind:
        case CancellationOutcome.AVOIR:
            return f"avoir de {format_cents(outcome.refund_cents)}"
        case CancellationOutcome.NO_REFUND:
            return "sans remboursement"
        case CancellationOutcome.AWAITING_PROOF:
            until = outcome.proof_until
            last = long_date((in_paris(until) - timedelta(days=1)).date()) if until else "la date limite"
            return f"en attente de justificatif jusqu’au {last} inclus"
        case CancellationOutcome.RELEASED:
            return "place libérée, rien n’était payé"
        case CancellationOutcome.NOTHING_PAID:
            return "rien n’était payé, rien n’est dû"
        case _:
            return "impossible"


def removal_words(removal: Removal) -> str:
    """Return a removal's outcome and the rule's whole sentence."""
    short = outcome_short(removal)
    return f"À retirer : {short}. {removal.outcome.sentence}"


def bill_words(bill: Bill) -> str:
    """Return what a payer would owe, on two or three short lines."""
    lines = [bill.payer_name, f"  Total {format_cents(bill.total_cents)}"]
    if bill.avoir_cents:
        lines.append(f"  Avoirs utilisés −{format_cents(bill.avoir_cents)}")
    lines.append(f"  À payer {format_cents(bill.due_cents)}")
    if bill.avoir_left_cents:
        lines.append(f"  (avoir restant {format_cents(bill.avoir_left_cents)})")
    return "\n".join(lines)


def _how_words(bill: Bill) -> str:
    used = f" − avoirs {format_cents(bill.avoir_cents)}" if bill.avoir_cents else ""
    left = f", avoir restant {format_cents(bill.avoir_left_cents)}" if bill.avoir_left_cents else ""
    return f"({bill.payer_name} : total {format_cents(bill.total_cents)}{used}{left})"


def money_words(state: PlanningState) -> str:
    """Return the amounts for each payer; without any bill, the avoirs that wait."""
    bills = state.judgement.bills
    if len(bills) > 1:  # what each owes first: it is what must be seen whole
        return "\n".join([*(due_line(bill) for bill in bills), *(_how_words(bill) for bill in bills)])
    if bills:
        return bill_words(bills[0])
    waiting = [
        f"{payer.name} : avoir de {format_cents(total)}"
        for payer in state.loaded.payers
        if (total := sum(avoir.remaining_cents for avoir in payer.avoirs))
    ]
    return "\n".join(["Rien à payer.", *waiting])


def ticked_words(state: PlanningState) -> str:
    """Return how many days are ticked: « 4 à ajouter, 1 à retirer »."""
    judgement = state.judgement
    parts = []
    if judgement.additions:
        parts.append(f"+ {len(judgement.additions)} à ajouter")
    if judgement.removals:
        parts.append(f"- {len(judgement.removals)} à retirer")
    return ", ".join(parts) or "Rien de coché."


def refusal_lines(refusals: Mapping[CellKey, Decision], *, with_source: bool = False) -> list[str]:
    """Return each refusal's sentence once, with how many days it refuses and, where there is room, what it rests on."""
    count: defaultdict[tuple[str, str], int] = defaultdict(int)
    for refusal in refusals.values():
        count[refusal.sentence, refusal.source if with_source else ""] += 1
    return [
        (sentence if times == 1 else f"{sentence} ({plural(times, 'journée')})")
        + (f"\nSource : {source}" if source else "")
        for (sentence, source), times in count.items()
    ]


def gathered_lines(
    state: PlanningState, refusals: Mapping[CellKey, Decision], *, with_source: bool = False
) -> list[str]:
    """Return refusals grouped where they are the same: whose, which days, then the sentence."""
    return [
        (f"{one.who}, {days_words(one.days)} : {one.sentence}" if one.cells > 1 else one.sentence)
        + (f"\nSource : {one.source}" if with_source and one.source else "")
        for one in gather(state.loaded, refusals)
    ]


def refused_lines(
    state: PlanningState, refusals: Mapping[CellKey, Decision], *, with_source: bool = False
) -> list[str]:
    """Return each refusal's sentence; past a screenful, those of a row refused for one reason are gathered."""
    lines = refusal_lines(refusals, with_source=with_source)
    return lines if len(lines) <= MOST_APART else gathered_lines(state, refusals, with_source=with_source)


def _named(state: PlanningState, child_id: int, activity: str) -> str:
    return f"{state.loaded.child(child_id).first_name} · {state.loaded.commune.policy.activity(activity).label}"


def addition_lines(state: PlanningState, payer_id: int) -> list[str]:
    """Return the days a payer would pay, one line a child, activity and price: « + Léa · ALP soir : du lundi 7 … : 4 × 2,40 € »."""
    days: dict[tuple[int, str, int], list[date]] = {}
    for added in state.judgement.additions:
        if added.payer_id == payer_id:
            key = added.change.key
            days.setdefault((key.child_id, key.activity, added.price.total_cents), []).append(key.day)
    return [
        f"+ {_named(state, child_id, activity)} : {days_words(found)}, {_times(len(found), cents)}"
        + _without_meal(state, CellKey(child_id, activity, found[0]))
        for (child_id, activity, cents), found in days.items()
    ]


def _unproven_lines(state: PlanningState, payer_id: int) -> list[str]:
    """Return the line that explains the highest price where the payer's quotient is not proven, if there is such a day."""
    days = {
        added.change.key.day
        for added in state.judgement.additions
        if added.payer_id == payer_id and added.price.quotient_unproven
    }
    return [f"  QF non justifié {run_of_days(days)} : tarif le plus haut"] if days else []


def _times(count: int, cents: int) -> str:
    each = format_cents(cents)
    if count == 1:
        return each
    return f"{count}{NO_BREAK_SPACE}×{NO_BREAK_SPACE}{each} = {format_cents(count * cents)}"


def payer_blocks(state: PlanningState) -> list[str]:
    """Return one block a payer: the name, the days to pay with their prices, what already waits, then what is due."""
    blocks = []
    for bill in state.judgement.bills:
        name, *amounts = bill_words(bill).split("\n")
        added = sum(one.price.total_cents for one in state.judgement.additions if one.payer_id == bill.payer_id)
        waiting = bill.total_cents - added
        kept = [f"  déjà en attente de paiement : {format_cents(waiting)}"] if waiting > 0 else []
        days = [*addition_lines(state, bill.payer_id), *_unproven_lines(state, bill.payer_id)]
        blocks.append("\n".join([f"{name} paie :", *days, *kept, *amounts]))
    return blocks


def due_line(bill: Bill) -> str:
    """Return what a payer would have to pay, on one line."""
    return f"{bill.payer_name} : à payer {format_cents(bill.due_cents)}"


def removal_lines(state: PlanningState) -> list[str]:
    """Return the days to remove, one line a child, activity and outcome."""
    groups: dict[tuple[int, str, str], list[Removal]] = {}
    for removal in state.judgement.removals:
        key = removal.booking.key
        outcome = "" if removal.outcome.kind is CancellationOutcome.AVOIR else outcome_short(removal)
        groups.setdefault((key.child_id, key.activity, outcome), []).append(removal)
    lines = []
    for (child_id, activity, outcome), removals in groups.items():
        given = sum(removal.outcome.refund_cents for removal in removals)
        words = outcome or f"avoir de {format_cents(given)}"
        days = days_words(removal.booking.key.day for removal in removals)
        lines.append(f"- {_named(state, child_id, activity)} : {days}\n  → {words}")
    return lines


def reason_lines(state: PlanningState) -> list[str]:
    """Return the derogations and the payers chosen by the agent, each with the reason kept in the audit trail."""
    groups: dict[tuple[str, str, int, str], list[date]] = {}
    for key, change in state.changes.items():
        if change.derogation:
            said = ("Dérogation", change.derogation)
            groups.setdefault((said[0], said[1], key.child_id, key.activity), []).append(key.day)
        if change.payer_id is not None:
            title = f"Autre payeur ({state.loaded.payer(change.payer_id).name})"
            groups.setdefault((title, change.payer_reason, key.child_id, key.activity), []).append(key.day)
    return [
        f"! {title}, {_named(state, child_id, activity)} {run_of_days(days)} : {reason}"
        for (title, reason, child_id, activity), days in groups.items()
    ]
