"""The reference at the counter: cashing, extending, taking lines out, giving up, reversing, dropping a debt, the till's gestures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from tests.simulation.reference import (
    COMPTABILITE,
    ENFANCE,
    QUARTER,
    REGISSEUR,
    Basket,
    Outcome,
    Payment,
    Reference,
)
from tests.simulation.reference_money import CHEQUE, Paid, why_refused
from tests.simulation.reference_planning import INVALID, NOT_ALLOWED
from tests.simulation.school_days import BREAK, MEAL, paris_day

AT_THE_COUNTER = frozenset({COMPTABILITE, REGISSEUR})
_SHUT = {"paid": Outcome("PANIER_DEJA_PAYE"), "closed": Outcome("PANIER_CLOS")}
EXPIRED = Outcome("PANIER_EXPIRE")


def cash(model: Reference, roles: Collection[str], now: datetime, key: int, tenders: Sequence[Paid]) -> Outcome:
    """Cash a basket."""
    if not AT_THE_COUNTER.intersection(roles):
        return NOT_ALLOWED
    if closed := model.till.why_not([tender.means for tender in tenders], paris_day(now)):
        return Outcome(closed)
    basket = model.baskets[key]
    if basket.state != "open":
        return _SHUT[basket.state]
    if not basket.live(now):
        return EXPIRED
    before = sum(left for _, left in model.available(basket, now))
    payment = model.pay(basket, tenders, now)
    if not isinstance(payment, Payment):
        return Outcome("REGLEMENT_REFUSE", tuple(sorted(payment)))
    by_avoirs = payment.avoirs.total()
    received = sum(tender.received for tender in tenders)
    change = received - sum(tender.cents for tender in tenders)
    return Outcome(facts=(payment.number, payment.total, by_avoirs, received, change, before - by_avoirs))


def extend(model: Reference, roles: Collection[str], now: datetime, key: int) -> Outcome:
    """Give a live basket a quarter of an hour more, three times, never past the freeze of a meal it holds."""
    if not {ENFANCE, *AT_THE_COUNTER}.intersection(roles):
        return NOT_ALLOWED
    basket = model.baskets[key]
    if basket.state != "open":
        return _SHUT[basket.state]
    if basket.expires is None:
        return Outcome("PANIER_SANS_DELAI")
    if not basket.live(now):
        return EXPIRED
    if basket.extensions == 3:
        return Outcome("PROLONGATIONS_EPUISEES")
    freeze = model.earliest_freeze(model.lines(basket))
    if freeze is not None and basket.expires >= freeze:
        return Outcome("PROLONGATION_REPAS")
    basket.expires = basket.expires + QUARTER if freeze is None else min(basket.expires + QUARTER, freeze)
    basket.extensions += 1
    return Outcome(facts=(basket.expires,))


def take_out(model: Reference, roles: Collection[str], now: datetime, key: int, chosen: Sequence[int]) -> Outcome:
    """Take days out of a basket; a meal and its break leave together."""
    if not AT_THE_COUNTER.intersection(roles):
        return NOT_ALLOWED
    basket = model.baskets[key]
    if basket.state != "open":
        return _SHUT[basket.state]
    if basket.expires is None:
        return Outcome("DETTE_CONSERVEE")
    if not basket.live(now):
        return EXPIRED
    lines = model.lines(basket)
    cells = {day.cell for day in lines if day.key in chosen}
    company = {(child, BREAK if code == MEAL else MEAL, on) for child, code, on in cells if code in (BREAK, MEAL)}
    leaving = [day for day in lines if day.cell in cells | company]
    if not leaving:
        return INVALID
    for day in leaving:
        day.state = "released"
    if len(leaving) == len(lines):
        basket.state = "closed"
        return Outcome(facts=("",))
    settled = model.settle_if_nothing_due(basket, now)
    return Outcome(facts=(settled.number if settled else "",))


def give_up(model: Reference, roles: Collection[str], key: int) -> Outcome:
    """Give a basket on hold up, expired or not."""
    if ENFANCE not in roles:
        return NOT_ALLOWED
    basket = model.baskets[key]
    if basket.state != "open":
        return _SHUT[basket.state]
    if basket.expires is None:
        return Outcome("DETTE_CONSERVEE")
    for day in model.lines(basket):
        day.state = "released"
    basket.state = "closed"
    return Outcome()


def reverse(
    model: Reference, roles: Collection[str], now: datetime, key: int, lost: Sequence[int], why: str
) -> Outcome:
    """Reverse a payment whose means of these ranks never came (`why`: « impaye », « annule », or « inconnu » to the commune)."""
    if REGISSEUR not in roles:
        return NOT_ALLOWED
    if why == "inconnu":
        return INVALID
    payment = model.books.payments[key]
    means = {rank: tender.means for rank, tender in enumerate(payment.tenders, start=1)}
    by_avoirs = payment.total - sum(tender.cents for tender in payment.tenders)
    if not means and not by_avoirs:
        return INVALID  # free days
    if lost or not by_avoirs or why != "annule":
        if not lost or not set(lost) <= set(means):
            return INVALID
        if why == "impaye" and any(means[rank] != CHEQUE for rank in lost):
            return INVALID
    if closed := model.till.why_not([means[rank] for rank in lost], paris_day(now)):
        return Outcome(closed)
    if payment.reversed:
        return Outcome("PAIEMENT_DEJA_CONTRE_PASSE")
    return _undo(model, now, payment, lost)


def _undo(model: Reference, now: datetime, payment: Payment, lost: Sequence[int]) -> Outcome:
    days = [model.days[one] for one in payment.days]
    withdrawn = [day for day in days if day.avoir is not None or day.state == "cancelled"]
    taken: Counter[int] = Counter()
    for day in withdrawn:
        if day.avoir is not None:
            taken[day.avoir] += day.price
    if any(model.books.avoirs[avoir].left < cents for avoir, cents in taken.items()):
        return Outcome("AVOIR_DEJA_UTILISE")
    owed = [day for day in days if day not in withdrawn]
    debt = None
    if owed:
        debt = Basket(len(model.baskets), model.baskets[payment.basket].family, payment.payer, None)
        model.baskets.append(debt)
    for day in owed:
        assert debt is not None
        day.state = "due_late" if day.state == "cancelled_late" else "due"
        day.basket = debt.key
        debt.days.append(day.key)
    given_back = payment.avoirs.total()
    model.books.undo(payment)
    for avoir, cents in taken.items():
        model.books.avoirs[avoir].withdrawn += cents
    kept = sum(tender.cents for rank, tender in enumerate(payment.tenders, start=1) if rank not in lost)
    for rank, tender in enumerate(payment.tenders, start=1):
        if rank in lost:
            model.till.lose(payment.key, rank, tender)
    avoir_number = model.books.give(payment.payer, kept, paris_day(now).year).number if kept else ""
    owed_cents = sum(day.price for day in owed)
    live = model.live_basket(payment.payer, now)
    settled = model.settle_if_nothing_due(live, now) if live else None
    return Outcome(
        facts=(
            owed_cents,
            given_back,
            payment.total - owed_cents,
            None if debt is None else debt.key,
            avoir_number,
            kept,
            settled.number if settled else "",
        )
    )


def correct(
    model: Reference, roles: Collection[str], now: datetime, key: int, tenders: Sequence[Paid], known: bool
) -> Outcome:
    """Write a payment again with the means it was really paid by: same days, same avoirs, another quittance."""
    if REGISSEUR not in roles:
        return NOT_ALLOWED
    payment = model.books.payments[key]
    if not known or not payment.tenders or sorted(map(_paper, payment.tenders)) == sorted(map(_paper, tenders)):
        return INVALID
    if closed := model.till.why_not([one.means for one in (*payment.tenders, *tenders)], paris_day(now)):
        return Outcome(closed)
    if payment.reversed:
        return Outcome("PAIEMENT_DEJA_CONTRE_PASSE")
    lines = [model.line_of(model.days[day]) for day in payment.days]
    debt = model.baskets[payment.basket].expires is None
    if wrong := why_refused(lines, payment.used, tenders, debt):
        return Outcome("REGLEMENT_REFUSE", tuple(sorted(wrong)))
    for rank, tender in enumerate(payment.tenders, start=1):
        model.till.lose(payment.key, rank, tender)
    model.books.undo(payment)
    again = model.books.record(payment.basket, payment.payer, lines, payment.used, tenders, paris_day(now).year)
    model.till.receive(again.key, tenders)
    received = sum(tender.received for tender in tenders)
    change = received - sum(tender.cents for tender in tenders)
    left = model.books.balance(payment.payer)
    return Outcome(facts=(again.number, again.total, again.avoirs.total(), received, change, left, payment.number))


def _paper(one: Paid) -> tuple[str, int, tuple[str, ...]]:
    return one.means, one.cents, one.references


def drop(model: Reference, roles: Collection[str], key: int) -> Outcome:
    """Drop a debt whole."""
    if REGISSEUR not in roles:
        return NOT_ALLOWED
    basket = model.baskets[key]
    if basket.state != "open":
        return _SHUT[basket.state]
    if basket.expires is not None:
        return Outcome("PANIER_SANS_DETTE")
    days = model.lines(basket)
    for day in days:
        day.state = "cancelled"
    basket.state = "closed"
    return Outcome(facts=(sum(day.price for day in days), len(days)))


def open_till(
    model: Reference, roles: Collection[str], now: datetime, agent: int, counted: int, reason: str
) -> Outcome:
    """Open the till with the float counted."""
    if not AT_THE_COUNTER.intersection(roles):
        return NOT_ALLOWED
    return Outcome(model.till.open(paris_day(now), agent, counted, reason))


def close_till(model: Reference, roles: Collection[str], agent: int, counted: int, reason: str) -> Outcome:
    """Close the open session."""
    if not AT_THE_COUNTER.intersection(roles):
        return NOT_ALLOWED
    gap = counted - model.till.cash
    refusal = model.till.close(agent, REGISSEUR in roles, counted, reason)
    return Outcome(refusal) if refusal else Outcome(facts=(counted, gap))


def move_cash(model: Reference, roles: Collection[str], now: datetime, kind: str, cents: int) -> Outcome:
    """Bring cash, take some out, or put some back."""
    if not AT_THE_COUNTER.intersection(roles):
        return NOT_ALLOWED
    refusal = model.till.move(paris_day(now), kind, cents)
    return Outcome(refusal) if refusal else Outcome(facts=(model.till.cash,))
