"""What a set of ticked days would do: book, release, cancel, give back as avoir, and bill to each payer; refusals with their sentences.

Pure: the same function answers a key on the screen and « Terminer » in its transaction (rules, « Hold and payment », « Cancelling »,
« Avoir »; the payer of a line is the custody pattern's on the day booked).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import cast

from tui_portail.booking_rules import BookingRequest, brought_by, judge_booking, with_next_day
from tui_portail.cancellation_rules import CancellationLine, CancellationOutcome, LineState, judge_cancellations
from tui_portail.commune import Commune
from tui_portail.custody import NOON
from tui_portail.decision import LEAFLET_BOOKING, POLICY, Decision
from tui_portail.french import date_time_text
from tui_portail.full_days import FULL, KEPT, why_no_place
from tui_portail.holds import hold_expires_at
from tui_portail.instants import after_minutes, in_paris, in_utc
from tui_portail.limits import limit_instant
from tui_portail.money import format_cents
from tui_portail.payment_rules import AvoirBalance, DueLine, age_on, use_avoirs
from tui_portail.planning import (
    Addition,
    Bill,
    CellKey,
    Change,
    Changes,
    Judgement,
    LoneAnswer,
    PlanningBooking,
    PlanningChild,
    PlanningPayer,
    PlanningSnapshot,
    Removal,
    Tick,
)
from tui_portail.planning_refusals import (
    already_booked,
    brought_missing,
    child_came,
    day_is_past,
    debt_first,
    nothing_to_remove,
    other_parents_day,
    waits_elsewhere,
    what,
)
from tui_portail.policy import Policy
from tui_portail.pricing import Price, price_of, quotient_on
from tui_portail.site_day import Room, SiteDay, Tally

NEW_AVOIR = 0  # the id, in a bill, of the avoir that the removals of the same gesture would give
_NOTHING_OFFERED = SiteDay({})
Tallies = dict[tuple[str, date], Tally]  # by site and day


def judge_changes(snapshot: PlanningSnapshot, changes: Changes, now: datetime, *, next_day: bool = True) -> Judgement:
    """Say what `changes` would do at `now` (aware: the instant of « Terminer les modifications »).

    Without `next_day` a refusal does not look for the next day it would propose: hundreds at once are read by their reason.
    Each cell is either in the additions, in the removals or in the refusals; the bills are those of the payers whose basket is touched.
    What was answered of a day by itself is kept with the snapshot (`PlanningSnapshot.answered`): a whole school year may be ticked, and
    each key judges it again.
    """
    refusals: dict[CellKey, Decision] = {}
    whole = complete(snapshot, changes, now)
    removals = _judge_removals(snapshot, whole.values(), refusals, now)
    additions = _judge_additions(snapshot, whole.values(), removals, refusals, now, next_day)
    additions = _with_what_they_bring(snapshot, additions, removals, refusals, now)
    given = _given(removals)
    bills = _bills(snapshot, additions, removals, given, now)
    return Judgement(tuple(additions), tuple(removals), refusals, bills, given)


def complete(snapshot: PlanningSnapshot, changes: Changes, now: datetime) -> Changes:
    """Return the changes with what they bring or take along: the meal brings the midday break, no meal stays without its break."""
    policy = snapshot.commune.policy
    bringing = {code: rule.brings for code, rule in policy.activities.items() if rule.brings}
    if not bringing:
        return changes
    whole = dict(changes)
    brought_with = {code: brought_by([code], policy) for code in bringing}
    for change in changes.values():
        key = change.key
        if change.tick is Tick.ADD and key.activity in bringing:
            for code in brought_with[key.activity]:
                brought = CellKey(key.child_id, code, key.day)
                if brought not in whole and not _occupied(snapshot, brought, now):
                    whole[brought] = replace(change, key=brought)
        elif change.tick is Tick.REMOVE:
            for code, brings in bringing.items():
                needing = replace(key, activity=code)
                if key.activity in brings and needing not in whole and _occupied(snapshot, needing, now):
                    whole[needing] = replace(change, key=needing)
    return whole


def judge_cell(
    snapshot: PlanningSnapshot, key: CellKey, now: datetime, *, derogation: bool = False, next_day: bool = True
) -> Decision:
    """Say whether a free cell could be booked now, capacity included, whatever else is ticked.

    Without `next_day` a refusal does not look for the next day it would propose: a month of cells shows letters only.
    """
    child = snapshot.child(key.child_id)
    commune = snapshot.commune
    if (refusal := _not_own(snapshot, key, payer_of(snapshot, key))) is not None:
        return refusal
    request = _request(snapshot, key, now, derogation=derogation, next_day=next_day)
    facts = child.facts_on(key.day)
    decision = judge_booking(request, facts, commune.policy, commune.calendar, now)
    if not decision:
        return decision
    room = _tally_of(snapshot, {}, facts.sites[key.activity], key.day).room(snapshot.seat(key))
    if room.left <= 0:
        return _no_place(snapshot, request, key, room, now)
    formula = _other_formula(snapshot, key, now)
    return decision if formula is None else formula


def judge_waiting(snapshot: PlanningSnapshot, key: CellKey, now: datetime) -> Decision:
    """Say whether a child may wait for a place on a day: full for it, or kept for who came first, and otherwise bookable."""
    if (before := _before_the_rules(snapshot, Change(key, Tick.ADD), now)) is not None:
        return before
    if key in snapshot.waiting:
        sentence = f"{what(snapshot, key)} : c’est déjà sur la liste d’attente."
        return Decision.refuse("DEJA_EN_ATTENTE", sentence, POLICY)
    decision = judge_cell(snapshot, key, now)
    if decision:
        sentence = (
            f"{what(snapshot, key)} : il reste une place, réservez-la. On n’attend que pour une journée complète."
        )
        return Decision.refuse("PLACE_LIBRE", sentence, POLICY)
    if decision.code not in (FULL, KEPT):
        return decision
    others = (_other_formula(snapshot, key, now), _debt_of(snapshot, key, payer_of(snapshot, key)))
    return next((refusal for refusal in others if refusal is not None), Decision.accept(day=key.day))


def payer_of(snapshot: PlanningSnapshot, key: CellKey) -> int:
    """Return the payer of a cell: the parent who has the child when the activity begins, at noon where the commune gave no hour."""
    commune = snapshot.commune
    begins_at = commune.policy.activity(key.activity).begins_at or NOON
    return snapshot.child(key.child_id).custody.payer_on(key.day, commune.calendar, begins_at)


def price_on(
    snapshot: PlanningSnapshot, child: PlanningChild, activity: str, day: date, payer_id: int
) -> Price | Decision:
    """Return the price of a day for a payer, by the grid in force and the quotient proven that day, or why there is none."""
    return price_for(snapshot.commune, child, snapshot.payer(payer_id), activity, day)


def price_for(
    commune: Commune, child: PlanningChild, payer: PlanningPayer, activity: str, day: date
) -> Price | Decision:
    """Return the price of a day of a child for a payer, or why there is none."""
    return price_of(
        commune.grids,
        activity,
        day,
        quotient_on(payer.quotients, day),
        child.rank,
        resident=payer.resident,
        meal_supplied=child.meal_supplied,
    )


def _request(
    snapshot: PlanningSnapshot,
    key: CellKey,
    now: datetime,
    *,
    derogation: bool,
    next_day: bool = True,
    payer_id: int | None = None,
) -> BookingRequest:
    """Return what the rules are asked for a cell; days of the window known to be full or taken are never proposed instead."""

    def unavailable(day: date) -> bool:
        other = replace(key, day=day)
        room = snapshot.room(other)
        return _occupied(snapshot, other, now) or (room is not None and room.left <= 0)

    return BookingRequest(key.activity, key.day, derogation, unavailable, next_day, payer_id or payer_of(snapshot, key))


def _judge_removals(
    snapshot: PlanningSnapshot, changes: Iterable[Change], refusals: dict[CellKey, Decision], now: datetime
) -> list[Removal]:
    lines: dict[CancellationLine, PlanningBooking] = {}
    for change in changes:
        if change.tick is not Tick.REMOVE:
            continue
        booking = snapshot.bookings.get(change.key)
        if booking is None or not booking.occupies(now):
            refusals[change.key] = nothing_to_remove(snapshot, change.key)
            continue
        if (refusal := _not_own(snapshot, change.key, booking.payer_id)) is not None:
            refusals[change.key] = refusal
            continue
        if booking.came:
            refusals[change.key] = child_came(snapshot, change.key)
            continue
        state = LineState(booking.state)
        paid = booking.price_cents if state is LineState.CONFIRMED else 0
        lines[CancellationLine(change.key.child_id, change.key.activity, change.key.day, state, paid)] = booking
    commune = snapshot.commune
    removals = []
    for line, outcome in judge_cancellations(list(lines), commune.policy, commune.calendar, now).items():
        booking = lines[line]
        if outcome.stays_due:
            refusals[booking.key] = debt_first(snapshot, booking.key)
        elif outcome.possible:
            removals.append(Removal(booking, outcome))
        else:
            refusals[booking.key] = Decision.refuse("ANNULATION_IMPOSSIBLE", outcome.sentence, outcome.source)
    return removals


def _judge_additions(
    snapshot: PlanningSnapshot,
    changes: Iterable[Change],
    removals: list[Removal],
    refusals: dict[CellKey, Decision],
    now: datetime,
    next_day: bool,
) -> list[Addition]:
    tallies: Tallies = {}
    for removal in removals:
        booking = removal.booking
        if (booking.site, booking.key.day) in snapshot.places:
            _tally_of(snapshot, tallies, booking.site, booking.key.day).take_back(snapshot.seat(booking.key))
    additions: dict[CellKey, Addition] = {}
    gone = {removal.booking.key for removal in removals}
    exclusive = _exclusive(snapshot.commune.policy)
    for change in changes:
        if change.tick is not Tick.ADD:
            continue
        key, formula = change.key, None
        if key.activity in exclusive:
            formula = _other_formula(snapshot, key, now, additions, gone)
        answer = _judge_addition(snapshot, change, tallies, now, next_day) if formula is None else formula
        if isinstance(answer, Decision):
            refusals[key] = answer
        else:
            additions[key] = answer
    return list(additions.values())


def _exclusive(policy: Policy) -> set[str]:
    """Return the activities that another excludes the same day, or that exclude one."""
    found = {code for code, rule in policy.activities.items() if rule.excludes}
    return found.union(*(policy.activities[code].excludes for code in found))


def _other_formula(
    snapshot: PlanningSnapshot,
    key: CellKey,
    now: datetime,
    added: Container[CellKey] = (),
    gone: Container[CellKey] = (),
) -> Decision | None:
    """Refuse a day on which the child has, or is being given, an activity that this one excludes (policy: formulas of a day)."""
    activities = snapshot.commune.policy.activities
    excluded = {
        code
        for code, rule in activities.items()
        if code in activities[key.activity].excludes or key.activity in rule.excludes
    }
    for code in sorted(excluded, key=lambda code: activities[code].order):
        other = replace(key, activity=code)
        if other in added or (other not in gone and _occupied(snapshot, other, now)):
            sentence = (
                f"{what(snapshot, key)} ne s’ajoute pas à « {activities[code].label} » le même jour : "
                "retirez d’abord l’un des deux."
            )
            return Decision.refuse("FORMULE_INCOMPATIBLE", sentence, POLICY, day=key.day, other=code)
    return None


def _judge_addition(
    snapshot: PlanningSnapshot, change: Change, tallies: Tallies, now: datetime, next_day: bool
) -> Addition | Decision:
    """Judge an addition, and take its place where it is accepted."""
    key = change.key
    lone = snapshot.answered.get(key)
    if lone is None or not lone.holds(change, now):
        judged = _judge_alone(snapshot, change, now, next_day)
        if isinstance(judged, Decision):
            return judged
        lone = snapshot.answered[key] = judged
    tally = _tally_of(snapshot, tallies, lone.site, key.day)
    room = tally.room(lone.seat)
    if room.left <= 0:
        payer_id = change.payer_id or payer_of(snapshot, key)
        request = _request(snapshot, key, now, derogation=bool(change.derogation), next_day=next_day, payer_id=payer_id)
        return _no_place(snapshot, request, key, room, now)
    if isinstance(lone.answer, Addition):
        tally.give(lone.seat)
    return lone.answer


def _judge_alone(snapshot: PlanningSnapshot, change: Change, now: datetime, next_day: bool) -> LoneAnswer | Decision:
    """Judge an addition whatever its place and what else is ticked. A refusal returned here comes before that of a full day.

    Until the limit of the day the answer stays the same: a basket extended past the kitchen's freeze ends after it.
    """
    key = change.key
    child = snapshot.child(key.child_id)
    commune = snapshot.commune
    if (refusal := _before_the_rules(snapshot, change, now)) is not None:
        return refusal
    payer_id = change.payer_id or payer_of(snapshot, key)
    request = _request(snapshot, key, now, derogation=bool(change.derogation), next_day=next_day, payer_id=payer_id)
    facts = child.facts_on(key.day)
    decision = judge_booking(request, facts, commune.policy, commune.calendar, now)
    if not decision:
        return decision
    passed, site = bool(decision.facts["derogation_used"]), facts.sites[key.activity]
    answer = _after_the_rules(snapshot, change, site, payer_id, passed, now)
    limit = cast("datetime", decision.facts["limit"])
    return LoneAnswer(change, site, snapshot.seat(key), answer, in_utc(now), in_utc(limit))


def _after_the_rules(
    snapshot: PlanningSnapshot, change: Change, site: str, payer_id: int, passed: bool, now: datetime
) -> Addition | Decision:
    """Return the addition at its price, or what refuses a day that has its place: a debt, the kitchen's freeze, no price.

    `passed`: the derogation went past something.
    """
    key = change.key
    if (debt := _debt_of(snapshot, key, payer_id)) is not None:
        return debt
    frozen = _past_kitchen_freeze(snapshot, change, payer_id, now)
    if frozen is not None and not change.derogation:
        return frozen
    if not passed and frozen is None and change.derogation:
        change = replace(change, derogation="")  # nothing was passed: none is to be kept
    price = price_on(snapshot, snapshot.child(key.child_id), key.activity, key.day, payer_id)
    return price if isinstance(price, Decision) else Addition(change, site, payer_id, price)


def _before_the_rules(snapshot: PlanningSnapshot, change: Change, now: datetime) -> Decision | None:
    """Refuse what no rule of the day has to be asked for: a dossier that books nothing, a cell already taken, a day that is over."""
    if snapshot.blocked:
        return Decision.refuse("DOSSIER_BLOQUE", snapshot.blocked, POLICY)
    if (refusal := _not_own(snapshot, change.key, change.payer_id or payer_of(snapshot, change.key))) is not None:
        return refusal
    if _occupied(snapshot, change.key, now):
        return already_booked(snapshot, change.key)
    if change.derogation and change.key.day < in_paris(now).date():
        return day_is_past(snapshot, change.key)
    return None


def _not_own(snapshot: PlanningSnapshot, key: CellKey, payer_id: int) -> Decision | None:
    """Refuse a parent on the portal a day that the other parent pays."""
    mine = snapshot.own_payer_id is None or snapshot.own_payer_id == payer_id
    return None if mine else other_parents_day(snapshot, key)


def _debt_of(snapshot: PlanningSnapshot, key: CellKey, payer_id: int) -> Decision | None:
    """Refuse a day whose payer owes something, where the commune wants debts paid first (policy: `dette_bloque_reservations`)."""
    payer = snapshot.payer(payer_id)
    if not payer.debt_cents or not snapshot.commune.policy.debt_blocks_bookings:
        return None
    sentence = f"{what(snapshot, key)} : {payer.name} doit {format_cents(payer.debt_cents)}. " + (
        "Encaissez d’abord cette régularisation, dans la file « à encaisser », ou demandez au régisseur de l’y annuler."
        if snapshot.own_payer_id is None
        else "Réglez d’abord cette somme à Comptabilité, à la mairie."
    )
    return Decision.refuse("DETTE_EN_COURS", sentence, POLICY, debt_cents=payer.debt_cents)


def _past_kitchen_freeze(snapshot: PlanningSnapshot, change: Change, payer_id: int, now: datetime) -> Decision | None:
    """Refuse a meal in a basket already extended past the moment its kitchen's numbers freeze (rules, « Hold and payment »).

    The caller lets a derogation go past it: the kitchen sees a difference.
    """
    key, policy = change.key, snapshot.commune.policy
    basket = snapshot.payer(payer_id).basket
    rule = policy.activity(key.activity)
    if not rule.has_meal or basket is None or not basket.extensions:
        return None
    freeze = after_minutes(
        limit_instant(rule.add_limit, key.day, snapshot.commune.calendar), policy.meal_freeze_minutes
    )
    if now >= basket.expires_at or basket.expires_at <= freeze:
        return None
    sentence = (
        f"{what(snapshot, key)} : la commande des repas est arrêtée le {date_time_text(freeze)}, avant la fin du panier "
        "prolongé. Encaissez ou abandonnez d’abord ce panier."
    )
    return Decision.refuse("REPAS_PANIER_PROLONGE", sentence, POLICY, freeze_at=freeze)


def _with_what_they_bring(
    snapshot: PlanningSnapshot,
    additions: list[Addition],
    removals: list[Removal],
    refusals: dict[CellKey, Decision],
    now: datetime,
) -> list[Addition]:
    """Refuse an addition when what it must bring (the break of a meal) is itself refused or leaves in the same gesture."""
    policy = snapshot.commune.policy
    added = {addition.change.key for addition in additions}
    removed = {removal.booking.key for removal in removals}
    kept = []
    for addition in additions:
        key = addition.change.key
        brings = policy.activity(key.activity).brings
        if not brings:
            kept.append(addition)
            continue
        needed = [CellKey(key.child_id, code, key.day) for code in brings]
        missing = [n for n in needed if n not in added and (n in removed or not _occupied(snapshot, n, now))]
        apart = [n for n in needed if n not in added and _held_by_another(snapshot, n, addition.payer_id)]
        if missing:
            refusals[key] = refusals.get(missing[0], brought_missing(snapshot, key, missing[0]))
        elif apart:
            refusals[key] = waits_elsewhere(snapshot, key, apart[0])
        else:
            kept.append(addition)
    return kept


def _held_by_another(snapshot: PlanningSnapshot, key: CellKey, payer_id: int) -> bool:
    """Whether a cell is still unpaid in another payer's basket: it may be given up without this payer's."""
    booking = snapshot.bookings.get(key)
    return booking is not None and booking.state == LineState.HELD.value and booking.payer_id != payer_id


def _occupied(snapshot: PlanningSnapshot, key: CellKey, now: datetime) -> bool:
    booking = snapshot.bookings.get(key)
    return booking is not None and booking.occupies(now)


def _given(removals: Iterable[Removal]) -> dict[int, int]:
    """Return the avoir each payer would be given at once, in cents: what waits for a justificatif is not in it."""
    given: defaultdict[int, int] = defaultdict(int)
    for removal in removals:
        if removal.outcome.kind is CancellationOutcome.AVOIR:
            given[removal.booking.payer_id] += removal.outcome.refund_cents
    return {payer_id: cents for payer_id, cents in given.items() if cents}


def _bills(
    snapshot: PlanningSnapshot,
    additions: list[Addition],
    removals: list[Removal],
    given: dict[int, int],
    now: datetime,
) -> tuple[Bill, ...]:
    released = {removal.booking.booking_id for removal in removals}
    touched = {addition.payer_id for addition in additions} | {removal.booking.payer_id for removal in removals}
    bills = []
    for payer in snapshot.payers:
        if payer.basket is not None and now < payer.basket.expires_at:
            kept = [line for line in payer.basket.lines if line.key not in released]
            expires_at = payer.basket.expires_at
        else:
            kept, expires_at = [], hold_expires_at(now, snapshot.commune.policy)
        added = [
            due_line(snapshot, -index - 1, addition)
            for index, addition in enumerate(additions)
            if addition.payer_id == payer.payer_id
        ]
        lines = (*kept, *added)
        if lines or payer.payer_id in touched:
            bills.append(_bill(snapshot, payer, lines, given.get(payer.payer_id, 0), expires_at, now))
    return tuple(bills)


def due_line(snapshot: PlanningSnapshot, key: int, addition: Addition) -> DueLine:
    """Return an addition as a line to pay; `key` is negative for a line not written yet."""
    cell, price = addition.change.key, addition.price
    rule = snapshot.commune.policy.activity(cell.activity)
    age = age_on(snapshot.child(cell.child_id).birth_on, cell.day)
    return DueLine(
        key, cell.activity, rule.family, cell.day, age, price.total_cents, price.care_cents, price.meal_cents
    )


def _bill(
    snapshot: PlanningSnapshot,
    payer: PlanningPayer,
    lines: tuple[DueLine, ...],
    given_cents: int,
    expires_at: datetime,
    now: datetime,
) -> Bill:
    avoirs = payer.avoirs
    if given_cents:
        avoirs = (*avoirs, AvoirBalance(NEW_AVOIR, now, given_cents))
    uses = use_avoirs(lines, avoirs, snapshot.commune.policy)
    total = sum(line.price_cents for line in lines)
    used = uses.used_cents
    left = sum(avoir.remaining_cents for avoir in avoirs) - used
    return Bill(payer.payer_id, payer.name, lines, uses, total, used, total - used, left, expires_at if lines else None)


def _tally_of(snapshot: PlanningSnapshot, tallies: Tallies, site: str, day: date) -> Tally:
    """Return the places of a site's day as this gesture leaves them so far."""
    if (site, day) not in tallies:
        tallies[site, day] = Tally(snapshot.places.get((site, day), _NOTHING_OFFERED))
    return tallies[site, day]


def _no_place(snapshot: PlanningSnapshot, request: BookingRequest, key: CellKey, room: Room, now: datetime) -> Decision:
    """Refuse a day whose smallest limit is reached, or whose last places are kept for those who wait."""
    code, sentence = why_no_place(what(snapshot, key), room, snapshot.commune.policy.activities)
    refusal = Decision.refuse(code, sentence, LEAFLET_BOOKING, day=key.day, activity=key.activity)
    facts, commune = snapshot.child(key.child_id).facts_on(key.day), snapshot.commune
    return with_next_day(refusal, request, facts, commune.policy, commune.calendar, now)
