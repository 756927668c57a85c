"""The reference at the planning: « Terminer », and the justificatifs of late absences (rules, « Hold and payment », « Cancelling »)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from tests.simulation.reference import (
    ENFANCE,
    QUARTER,
    Basket,
    Cell,
    Day,
    Outcome,
    Payer,
    Payment,
    Proof,
    Reference,
    Tick,
)
from tests.simulation.school_days import (
    ALSH,
    BREAK,
    HOLIDAYS,
    MEAL,
    WITH_A_MEAL,
    first_day_of_absence,
    paris_day,
    paris_instant,
    proof_until,
    why_closed,
)

NOT_ALLOWED = Outcome("DROIT_INSUFFISANT")
INVALID = Outcome("SAISIE_INVALIDE")


def finish(model: Reference, roles: Collection[str], now: datetime, family: int, ticks: Sequence[Tick]) -> Outcome:
    """Book and cancel what was ticked, all of it or nothing."""
    if ENFANCE not in roles:
        return NOT_ALLOWED
    whole = _with_their_meals(model, ticks, now)
    refused: dict[Cell, str] = {}
    removed = _judge_removals(model, [tick.cell for tick in whole.values() if not tick.add], now, refused)
    added = _judge_additions(model, whole, removed, now, refused)
    _judge_company(model, added, removed, now, refused)
    if refused:
        return Outcome("MODIFICATIONS_REFUSEES", tuple(sorted(refused.items())))
    return _write(model, family, added, removed, now)


def _with_their_meals(model: Reference, ticks: Sequence[Tick], now: datetime) -> dict[Cell, Tick]:
    """Return the ticks with the break that a meal brings, and the meal that leaves with its break."""
    whole = {tick.cell: tick for tick in ticks}
    for tick in ticks:
        child, activity, day = tick.cell
        other = (child, BREAK if activity == MEAL else MEAL, day)
        if other in whole:
            continue
        if tick.add and activity == MEAL and not model.occupied(other, now):
            whole[other] = Tick(other, True, tick.derogation, tick.payer)
        if not tick.add and activity == BREAK and model.occupied(other, now):
            whole[other] = Tick(other, False)
    return whole


def _judge_removals(
    model: Reference, cells: Sequence[Cell], now: datetime, refused: dict[Cell, str]
) -> dict[Cell, tuple[Day, str]]:
    """Return, by cell, the day that leaves and what becomes of it: released, avoir, nothing, late, or proof."""
    leaving = {cell: day for cell in cells if (day := model.occupied(cell, now)) is not None}
    refused |= dict.fromkeys((cell for cell in cells if cell not in leaving), "RIEN_A_RETIRER")
    together: defaultdict[tuple[int, str], set[date]] = defaultdict(set)
    for (child, activity, on), day in leaving.items():
        if day.state != "held":
            together[child, activity].add(on)
    found = {}
    for cell, day in leaving.items():
        child, activity, on = cell
        if day.state == "held":
            found[cell] = (day, "released")
        elif now < model.limit(on):
            found[cell] = (day, "avoir" if day.state == "confirmed" and day.price else "nothing")
        elif activity in ALSH and now < proof_until(first_day_of_absence(activity, on, together[child, activity])):
            found[cell] = (day, "proof" if day.price or day.state == "due" else "late")
        elif now < paris_instant(on, time(0)):
            found[cell] = (day, "late")
        else:
            refused[cell] = "ANNULATION_IMPOSSIBLE"
            continue
        if day.state == "due" and found[cell][1] in ("proof", "late"):
            del found[cell]
            refused[cell] = "DETTE_A_REGLER"
    return found


def _judge_additions(
    model: Reference,
    whole: dict[Cell, Tick],
    removed: dict[Cell, tuple[Day, str]],
    now: datetime,
    refused: dict[Cell, str],
) -> dict[Cell, tuple[Tick, int]]:
    """Return, by cell, the ticks accepted and who pays them; places freed by the same gesture are free."""
    freed = {day.key for day, _ in removed.values()}
    given: defaultdict[tuple[str, str, date], int] = defaultdict(int)
    added = {}
    for cell, tick in whole.items():
        if not tick.add:
            continue
        child, activity, on = model.house.children[cell[0]], cell[1], cell[2]
        payer = model.payer_on(child, on) if tick.payer is None else tick.payer
        code = _why_not(model, tick, now)
        if not code:
            place = (str(child.site(activity)), activity, on)
            taken = sum(model.takes_place(day, now) for day in model.on[place] if day.key not in freed)
            if taken + given[place] >= model.house.places[place[:2]]:
                code = "COMPLET"
        code = code or _why_payer_may_not(model, tick, model.house.payers[payer], now)
        if code:
            refused[cell] = code
        else:
            given[place] += 1
            added[cell] = (tick, payer)
    return added


def _why_not(model: Reference, tick: Tick, now: datetime) -> str:
    """Return the code of what keeps a child from being booked on a day, places and money apart, in the order it is explained."""
    child, activity, on = model.house.children[tick.cell[0]], tick.cell[1], tick.cell[2]
    today = paris_day(now)
    if model.occupied(tick.cell, now):
        return "DEJA_RESERVE"
    if tick.derogation and on < today:
        return "JOUR_PASSE"
    if closed := why_closed(activity, on):
        return closed
    if child.site(activity) is None:
        return "SITE_NON_PROPOSE"
    if activity in ALSH and not model.may_attend_alsh(child, on.year, today):
        return "DOSSIER_ALSH"
    if activity == HOLIDAYS and not child.health_form and not tick.derogation:
        return "PIECE_MANQUANTE"
    return "LIMITE_PASSEE" if now >= model.limit(on) and not tick.derogation else ""


def _why_payer_may_not(model: Reference, tick: Tick, payer: Payer, now: datetime) -> str:
    """Return the code of what a payer's debt or extended basket refuses."""
    if model.house.debts_first and model.owed(payer.key):
        return "DETTE_EN_COURS"
    live = model.live_basket(payer.key, now)
    if live is None or live.expires is None or not live.extensions or tick.cell[1] not in WITH_A_MEAL:
        return ""
    frozen = live.expires > model.limit(tick.cell[2]) + QUARTER
    return "REPAS_PANIER_PROLONGE" if frozen and not tick.derogation else ""


def _judge_company(
    model: Reference,
    added: dict[Cell, tuple[Tick, int]],
    removed: dict[Cell, tuple[Day, str]],
    now: datetime,
    refused: dict[Cell, str],
) -> None:
    """Refuse a meal without its break, or whose break another payer may still give up."""
    for cell, (_, payer) in list(added.items()):
        if cell[1] != MEAL:
            continue
        company = (cell[0], BREAK, cell[2])
        there = model.occupied(company, now)
        if company in added:
            continue
        if there is None or company in removed:
            refused[cell] = refused.get(company, "ACCOMPAGNEMENT_MANQUANT")
        elif there.state == "held" and there.payer != payer:
            refused[cell] = "ACCOMPAGNEMENT_NON_PAYE"


def close_expired(model: Reference, payers: Collection[int], now: datetime) -> None:
    """Close the baskets of these payers that have expired: their days may be booked again."""
    for basket in model.baskets:
        if basket.payer in payers and basket.state == "open" and not basket.live(now):
            basket.state = "closed"
            for day in model.lines(basket):
                day.state = "released"


def _write(
    model: Reference,
    family: int,
    added: dict[Cell, tuple[Tick, int]],
    removed: dict[Cell, tuple[Day, str]],
    now: datetime,
) -> Outcome:
    payers = model.house.families[family].payers
    close_expired(model, payers, now)
    debts = {day.basket for day, _ in removed.values() if day.state == "due"}
    waiting = _end(model, removed)
    avoirs = model.give_back([day for day, became in removed.values() if became == "avoir"], now)
    _await_proofs(model, waiting, removed)
    touched = {payer for _, payer in added.values()} | {day.payer for day, _ in removed.values()}
    baskets = []
    for payer in payers:
        if payer in touched:
            mine = [tick.cell for tick, who in added.values() if who == payer]
            baskets += _hold(model, family, payer, mine, now)
    for key in debts:
        if not model.lines(model.baskets[key]):
            model.baskets[key].state = "closed"
    return Outcome(facts=(tuple(baskets), tuple(avoirs), len(added), len(removed), len(waiting)))


def _end(model: Reference, removed: dict[Cell, tuple[Day, str]]) -> list[Day]:
    """Give each day that leaves its new state; return those that wait for a justificatif."""
    states = {"released": "released", "avoir": "cancelled", "nothing": "cancelled", "late": "cancelled_late"}
    for day, became in removed.values():
        day.state = states.get(became, "cancelled_late")
    return [day for day, became in removed.values() if became == "proof"]


def _await_proofs(model: Reference, waiting: Sequence[Day], removed: dict[Cell, tuple[Day, str]]) -> None:
    """Let each absence wait for its justificatif: consecutive days of a child and activity."""
    together: defaultdict[tuple[int, str], set[date]] = defaultdict(set)
    booked: defaultdict[tuple[int, str], set[date]] = defaultdict(set)
    for (child, activity, on), (_, became) in removed.items():
        if became != "released":
            booked[child, activity].add(on)
        if became == "proof":
            together[child, activity].add(on)
    absences: defaultdict[tuple[int, str, date], list[Day]] = defaultdict(list)
    for day in sorted(waiting, key=lambda one: one.cell):
        child, activity, on = day.cell
        absences[child, activity, first_day_of_absence(activity, on, together[child, activity])].append(day)
    for (child, activity, first), days in sorted(absences.items()):
        until = proof_until(first_day_of_absence(activity, first, booked[child, activity]))
        proof = Proof(len(model.proofs), [day.key for day in days], until)
        model.proofs.append(proof)
        for day in days:
            day.proof = proof.key


def _hold(
    model: Reference, family: int, payer: int, cells: Sequence[Cell], now: datetime
) -> list[tuple[int, int, int, int, int, datetime, str]]:
    """Put a payer's days on hold and return the basket: its key, payer, total, avoirs, rest, expiry, and quittance where nothing is due."""
    basket = model.live_basket(payer, now)
    if basket is None and not cells:
        return []
    if basket is None:
        basket = Basket(len(model.baskets), family, payer, now + QUARTER)
        model.baskets.append(basket)
    for cell in cells:
        care, meal = model.price(cell, payer)
        day = Day(len(model.days), cell, payer, basket.key, care, meal)
        model.days.append(day)
        basket.days.append(day.key)
        model.booked[cell] = day
        model.on[str(model.house.children[cell[0]].site(cell[1])), cell[1], cell[2]].append(day)
        if cell[1] in ALSH:
            model.attended[cell[0]].append(day)
    total = sum(day.price for day in model.lines(basket))
    if not model.lines(basket):
        basket.state = "closed"
        return []
    by_avoirs = min(total, model.books.balance(payer))
    settled = model.settle_if_nothing_due(basket, now)
    assert basket.expires is not None
    quittance = settled.number if settled else ""
    return [(basket.key, payer, total, by_avoirs, total - by_avoirs, basket.expires, quittance)]


def renew(model: Reference, roles: Collection[str], now: datetime, key: int, year: int) -> Outcome:
    """Renew a child's ALSH dossier for a civil year: from 1 October of the year before."""
    if ENFANCE not in roles:
        return NOT_ALLOWED
    child, today = model.house.children[key], paris_day(now)
    if year not in child.renewed and today < date(year - 1, 10, 1):
        return Outcome("RENOUVELLEMENT_PAS_OUVERT")
    if year not in child.renewed and today.year > year:
        return Outcome("RENOUVELLEMENT_ANNEE_FINIE")
    child.renewed.add(year)
    return Outcome()


def judge_proof(
    model: Reference, roles: Collection[str], now: datetime, key: int, received: date, accepted: bool, known: bool
) -> Outcome:
    """Accept or refuse a justificatif; `known`: the reason is of the commune's list."""
    if ENFANCE not in roles:
        return NOT_ALLOWED
    if not known:
        return INVALID
    proof = model.proofs[key]
    if proof.decided:
        return Outcome("JUSTIFICATIF_DEJA_TRAITE")
    if received > paris_day(now):
        return Outcome("JUSTIFICATIF_DATE_FUTURE")
    if accepted and paris_instant(received, time(0)) >= proof.until:
        return Outcome("JUSTIFICATIF_TARDIF")
    days = [model.days[one] for one in proof.days]
    if accepted and any(day.state == "due_late" for day in days):
        return Outcome("ABSENCE_DUE")
    proof.decided = True
    if not accepted:
        return Outcome(facts=((), ()))
    back = [day for day in days if day.state == "cancelled_late" and day.price and day.avoir is None]
    payers = sorted({day.payer for day in back})
    waiting = [b for b in model.baskets if b.payer in payers and b.expires is not None and b.live(now)]
    given = model.give_back(back, now)
    settled = [model.settle_if_nothing_due(basket, now) for basket in waiting]
    return Outcome(facts=(tuple(given), tuple(one.number for one in settled if isinstance(one, Payment))))
