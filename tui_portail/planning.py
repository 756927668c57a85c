"""The planning of a family as a value: what is booked, what could be, and what a set of ticked days would change and cost.

A `PlanningSnapshot` is loaded once; ticking days only adds `Change`s beside it. `planning_judgement.judge_changes` is the one place that
says what changes would do: screens call it at each key, « Terminer » calls it again inside its transaction on rows read under lock, so
that what was shown and what is written can differ only if the facts did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from tui_portail.booking_rules import ChildFacts
from tui_portail.cancellation_rules import Cancellation
from tui_portail.commune import Commune
from tui_portail.custody import Custody
from tui_portail.decision import Decision
from tui_portail.payment_rules import AvoirBalance, AvoirPlan, DueLine, age_on
from tui_portail.pricing import Price, QuotientFamilial
from tui_portail.site_day import Room, Seat, SiteDay
from tui_portail.waiting_line import WaitingPlace

OTHER_PARENT = "l’autre parent"


class Tick(StrEnum):
    """What a change asks of a cell."""

    ADD = "ajouter"
    REMOVE = "retirer"


@dataclass(frozen=True, slots=True, order=True)
class CellKey:
    """One cell of the grid: a child, an activity (code), a day."""

    child_id: int
    activity: str
    day: date


@dataclass(frozen=True, slots=True)
class Change:
    """One ticked cell. `derogation` is the reason a passed limit is lifted; `payer_id` chooses the other payer, for `payer_reason`."""

    key: CellKey
    tick: Tick
    derogation: str = ""
    payer_id: int | None = None
    payer_reason: str = ""


Changes = Mapping[CellKey, Change]


@dataclass(frozen=True, slots=True)
class PlanningBooking:
    """A booking as the grid shows it. `state` is one of BookingState's values; a held one is live while `now < expires_at`.

    `came`: the child was marked present that day.
    """

    booking_id: int
    key: CellKey
    site: str
    state: str
    payer_id: int
    basket_id: int | None
    expires_at: datetime | None
    price_cents: int
    care_cents: int
    meal_cents: int
    came: bool = False

    def occupies(self, now: datetime) -> bool:
        """Whether it takes the cell: confirmed, due, or held and not expired."""
        if self.state == "held":
            return self.expires_at is None or now < self.expires_at
        return self.state in ("confirmed", "due")


@dataclass(frozen=True, slots=True)
class PlanningChild:
    """A child of the dossier with what the rules ask of it.

    `facts` are those in force when the planning was read; `later` those of a school recorded for a day to come, from that day on.
    """

    child_id: int
    first_name: str
    last_name: str
    birth_on: date
    rank: int
    facts: ChildFacts
    meal_supplied: bool
    custody: Custody
    later: tuple[tuple[date, ChildFacts], ...] = ()

    def facts_on(self, day: date) -> ChildFacts:
        """Return the facts in force on a day: the sites follow the school the child will be in."""
        for from_on, facts in reversed(self.later):
            if from_on <= day:
                return facts
        return self.facts

    @property
    def payer_id(self) -> int:
        """Who pays where no custody says otherwise."""
        return self.custody.usual_payer_id

    @property
    def all_sites(self) -> set[str]:
        """Every site the child goes to, now or later."""
        return {site for facts in (self.facts, *(facts for _, facts in self.later)) for site in facts.sites.values()}


@dataclass(frozen=True, slots=True)
class LiveBasket:
    """The payer's basket on hold, if any, with all its lines, inside the window shown or not."""

    basket_id: int
    expires_at: datetime
    extensions: int
    lines: tuple[DueLine, ...]


@dataclass(frozen=True, slots=True)
class PlanningPayer:
    """A payer of the dossier: resident or not, quotients proven, avoirs left, basket on hold, what is owed (cents)."""

    payer_id: int
    name: str
    resident: bool
    quotients: tuple[QuotientFamilial, ...]
    avoirs: tuple[AvoirBalance, ...]
    basket: LiveBasket | None = None
    debt_cents: int = 0


@dataclass(frozen=True, slots=True)
class PlanningSnapshot:
    """Everything the rules need for one dossier and one window of days, read in one transaction at `taken_at` (UTC).

    `places`: the days of the window as counted at the children's sites; `waiting`: the open entries of the waiting list.
    `answered` is a memory, no fact: `planning_judgement` keeps there what it answered from these facts, so that a key does not ask the
    rules again of each day ticked before it. A snapshot read again or replaced starts without any: « Terminer » judges from fresh facts.
    `own_payer_id`: the parent who looks at it on the portal, and changes no other's days; None at the desks.
    """

    dossier_id: int
    dossier_number: str
    dossier_label: str
    first_day: date
    last_day: date
    taken_at: datetime
    commune: Commune
    children: tuple[PlanningChild, ...]
    payers: tuple[PlanningPayer, ...]
    bookings: Mapping[CellKey, PlanningBooking]
    cancelled: Mapping[CellKey, str]
    places: Mapping[tuple[str, date], SiteDay]
    blocked: str = ""
    waiting: Mapping[CellKey, WaitingPlace] = field(default_factory=dict)
    own_payer_id: int | None = None
    answered: dict[CellKey, LoneAnswer] = field(default_factory=dict, init=False, repr=False, compare=False)

    def seen_by(self, payer_id: int) -> PlanningSnapshot:
        """Return what one parent may see: of the other, only that a day is theirs.

        Neither name, price, quotient, avoir nor debt, nor whether a day of theirs is paid, nor why custody was departed from one day.
        """

        def shown(booking: PlanningBooking) -> PlanningBooking:
            if booking.payer_id == payer_id:
                return booking
            return replace(
                booking,
                state="confirmed",
                basket_id=None,
                expires_at=None,
                price_cents=0,
                care_cents=0,
                meal_cents=0,
                came=False,
            )

        def without_reasons(child: PlanningChild) -> PlanningChild:
            exceptions = tuple(replace(one, reason="") for one in child.custody.exceptions)
            return replace(child, custody=replace(child.custody, exceptions=exceptions))

        payers = (
            payer if payer.payer_id == payer_id else PlanningPayer(payer.payer_id, OTHER_PARENT, True, (), ())
            for payer in self.payers
        )
        return replace(
            self,
            dossier_label="",
            children=tuple(without_reasons(child) for child in self.children),
            payers=tuple(payers),
            bookings={key: shown(booking) for key, booking in self.bookings.items()},
            own_payer_id=payer_id,
        )

    def child(self, child_id: int) -> PlanningChild:
        """Return a child of the dossier. Raises KeyError."""
        for child in self.children:
            if child.child_id == child_id:
                return child
        raise KeyError(child_id)

    def payer(self, payer_id: int) -> PlanningPayer:
        """Return a payer of the dossier. Raises KeyError."""
        for payer in self.payers:
            if payer.payer_id == payer_id:
                return payer
        raise KeyError(payer_id)

    def site_of(self, key: CellKey) -> str:
        """Return the site that receives the child of a cell on its day, empty when none does."""
        return self.child(key.child_id).facts_on(key.day).sites.get(key.activity, "")

    def seat(self, key: CellKey) -> Seat:
        """Return the place a cell asks for: the child, the activity and the age on the day."""
        return Seat(key.child_id, key.activity, age_on(self.child(key.child_id).birth_on, key.day))

    def room(self, key: CellKey) -> Room | None:
        """Return what is left for the child of a cell, nothing being ticked; None of a day outside the window or without a site."""
        day = self.places.get((self.site_of(key), key.day))
        return None if day is None else day.room(self.seat(key))


@dataclass(frozen=True, slots=True)
class Addition:
    """A day that would be booked, for whom and at what price."""

    change: Change
    site: str
    payer_id: int
    price: Price


@dataclass(frozen=True, slots=True)
class LoneAnswer:
    """What the rules answer of a day by itself, its place and what else is ticked apart: the addition, or what refuses it after its place.

    The answer to `asked` is the same at every instant from `since` until `until` (UTC, exclusive); past its limit a day is asked again.
    """

    asked: Change
    site: str
    seat: Seat
    answer: Addition | Decision
    since: datetime
    until: datetime

    def holds(self, change: Change, now: datetime) -> bool:
        """Whether it is the answer to a change now."""
        return self.since <= now < self.until and (self.asked is change or self.asked == change)


@dataclass(frozen=True, slots=True)
class Removal:
    """A booking that would be released or cancelled, and what comes of it."""

    booking: PlanningBooking
    outcome: Cancellation


@dataclass(frozen=True, slots=True)
class Bill:
    """What one payer would owe after « Terminer »: lines on hold kept and added, avoirs used (those the removals give included)."""

    payer_id: int
    payer_name: str
    lines: tuple[DueLine, ...]
    uses: AvoirPlan
    total_cents: int
    avoir_cents: int
    due_cents: int
    avoir_left_cents: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The whole effect of a set of changes. `refusals` says for each cell that cannot be why, and the others stand without it."""

    additions: tuple[Addition, ...]
    removals: tuple[Removal, ...]
    refusals: Mapping[CellKey, Decision]
    bills: tuple[Bill, ...]
    avoir_given_cents: Mapping[int, int]

    @property
    def due_cents(self) -> int:
        """What all payers together would have to pay."""
        return sum(bill.due_cents for bill in self.bills)
