"""The régie on one sheet of paper: what a careful agent would write by hand, with no table, no entry and no rule of the program.

Everything is in cents. Nothing here is read from the program but the price of a day, once, when it is booked.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass
class Day:
    """A day booked: whose, what, when, its two parts, and what became of it."""

    booking_id: int
    payer: int
    child: int
    activity: str
    day: date
    care: int
    meal: int
    state: str = "paid"  # paid, given back, kept (cancelled too late), owed, owed late, dropped
    paid_by: str = ""  # the payment that stands for it
    given_year: int = 0  # when it was given back

    @property
    def price(self) -> int:
        return self.care + self.meal


@dataclass
class Avoir:
    """An avoir on paper: what is left of it, and the days it gave back."""

    payer: int
    left: int
    given: int
    days: dict[int, int] = field(default_factory=dict)


@dataclass
class Paid:
    """A payment on paper."""

    payment_id: str
    payer: int
    at: datetime
    days: list[Day]
    tenders: list[tuple[str, int]]
    uses: list[tuple[Avoir, int]]
    counts_from: datetime  # the original's instant, for a payment corrected
    reversed: bool = False
    lost: list[tuple[str, int]] = field(default_factory=list)
    reversed_at: datetime | None = None
    slip: int | None = None
    taken_off: bool = False  # what was lost of it is on a slip already, or never was deposited
    kept: Avoir | None = None  # what its reversal kept
    back: list[tuple[str, int]] = field(default_factory=list)  # kept, then come back
    back_off: int = 0  # how many of these are on a slip already, or never were deposited


class Paper:
    """The whole régie on paper."""

    def __init__(self) -> None:
        self.days: dict[int, Day] = {}
        self.paid: dict[str, Paid] = {}
        self.avoirs: defaultdict[int, list[Avoir]] = defaultdict(list)
        self.debts: dict[int, list[Day]] = {}  # by basket
        self.accounts: Counter[str] = Counter()  # what each account holds, debits positive
        self.quittances: Counter[int] = Counter()
        self.avoir_numbers: Counter[int] = Counter()
        self.received: Counter[date] = Counter()
        self.lost: Counter[date] = Counter()
        self.certified: Counter[tuple[int, int]] = (
            Counter()
        )  # payer, year: care paid for children under six, less given back
        self.under_six: dict[int, set[int]] = {}  # child: the years in which it counts
        self.net: Counter[tuple[int, int, str]] = Counter()  # year, month, activity: what remains of the money received
        self.reversals = self.corrections = 0

    # -- money -------------------------------------------------------------------------------------------------------

    def balance(self, payer: int) -> int:
        return sum(avoir.left for avoir in self.avoirs[payer])

    def pay(
        self, payment_id: str, payer: int, at: datetime, days: list[Day], tenders: list[tuple[str, int]], owed: bool
    ) -> Paid:
        """Avoirs first, oldest first; the tenders bring the rest."""
        rest = sum(day.price for day in days)
        uses = []
        for avoir in self.avoirs[payer]:
            taken = min(avoir.left, rest)
            if taken:
                avoir.left -= taken
                rest -= taken
                uses.append((avoir, taken))
        assert rest == sum(amount for _, amount in tenders)
        paid = Paid(payment_id, payer, at, days, tenders, uses, at)
        self._write(paid, owed)
        for day in days:
            self.days[day.booking_id] = day
            day.state = "kept" if day.state == "owed late" else "paid"
            day.paid_by = payment_id
        return paid

    def _write(self, paid: Paid, owed: bool) -> None:
        self.paid[paid.payment_id] = paid
        self.quittances[paid.at.year] += 1
        for means, amount in paid.tenders:
            self.accounts[means] += amount
            self.received[paid.at.date()] += amount
        self.accounts["avoirs"] += sum(amount for _, amount in paid.uses)
        if owed:
            self.accounts["creances"] -= sum(day.price for day in paid.days)
        else:
            self.accounts["garde"] -= sum(day.care for day in paid.days)
            self.accounts["repas"] -= sum(day.meal for day in paid.days)
        self._certify(paid, 1)
        self._count(paid.days, paid.at, 1)

    def _count(self, days: list[Day], at: datetime, sign: int) -> None:
        for day in days:
            self.net[at.year, at.month, day.activity] += sign * day.price

    def _certify(self, paid: Paid, sign: int) -> None:
        year = paid.counts_from.year
        for day in paid.days:
            if year in self.under_six.get(day.child, ()):
                self.certified[paid.payer, year] += sign * day.care

    def drop(self, debt: int) -> None:
        """The régisseur gives a debt up: nothing is owed of it any more, and it was never revenue."""
        for day in self.debts.pop(debt):
            day.state = "dropped"
            self.accounts["creances"] -= day.price
            self.accounts["garde"] += day.care
            self.accounts["repas"] += day.meal

    def give_back(self, days: list[Day], at: datetime) -> None:
        """Days of one payer cancelled in time: an avoir of what was paid, or a debt that is no longer owed."""
        paid = [day for day in days if day.state == "paid"]
        for day in days:
            if day.state == "owed":
                day.state = "dropped"
                self.accounts["creances"] -= day.price
                self.accounts["garde"] += day.care
                self.accounts["repas"] += day.meal
        if not paid:
            return
        total = sum(day.price for day in paid)
        self.avoirs[paid[0].payer].append(
            Avoir(paid[0].payer, total, total, {day.booking_id: day.price for day in paid})
        )
        self.avoir_numbers[at.year] += 1
        self.accounts["avoirs"] -= total
        self._count(paid, at, -1)
        for day in paid:
            day.state, day.given_year = "given back", at.year
            self.accounts["garde"] += day.care
            self.accounts["repas"] += day.meal
            if at.year in self.under_six.get(day.child, ()):
                self.certified[day.payer, at.year] -= day.care

    # -- mistakes ----------------------------------------------------------------------------------------------------

    def may_reverse(self, paid: Paid) -> bool:
        """An avoir given for its days must still hold what they gave."""
        for avoir in self.avoirs[paid.payer]:
            wanted = sum(cents for booking, cents in avoir.days.items() if self._is_of(booking, paid))
            if wanted > avoir.left:
                return False
        return True

    def _is_of(self, booking: int, paid: Paid) -> bool:
        return any(day.booking_id == booking and day.state == "given back" for day in paid.days)

    def reverse(self, paid: Paid, lost: list[tuple[str, int]], at: datetime, debt: int | None) -> int:
        """The tenders lost go; avoirs used come back; what is kept is an avoir; days given back are taken back, the others owed."""
        paid.reversed, paid.lost, paid.reversed_at = True, lost, at
        self.reversals += 1
        for means, amount in lost:
            self.accounts[means] -= amount
            self.lost[at.date()] += amount
        for avoir, amount in paid.uses:
            avoir.left += amount
            self.accounts["avoirs"] -= amount
        kept = sum(amount for _, amount in paid.tenders) - sum(amount for _, amount in lost)
        self._certify(paid, -1)
        self._count(paid.days, at, -1)
        owed = []
        for day in paid.days:
            if day.state == "given back":
                for avoir in self.avoirs[paid.payer]:
                    if cents := avoir.days.pop(day.booking_id, 0):
                        avoir.left -= cents
                        self.accounts["avoirs"] += cents
                        self._count([day], at, 1)
                        if day.given_year in self.under_six.get(day.child, ()):
                            self.certified[day.payer, day.given_year] += day.care  # neither paid nor given back
                day.state = "dropped"
            else:
                day.state = "owed late" if day.state == "kept" else "owed"
                owed.append(day)
                self.accounts["creances"] += day.price
        if kept:
            paid.kept = Avoir(paid.payer, kept, kept)
            self.avoirs[paid.payer].append(paid.kept)
            self.avoir_numbers[at.year] += 1
            self.accounts["avoirs"] -= kept
        if debt is not None:
            self.debts[debt] = owed
        return sum(day.price for day in owed)

    def come_back(self, paid: Paid, tender: tuple[str, int], at: datetime) -> bool:
        """A cheque kept of a payment reversed comes back: the avoir it became is taken back, if it still holds as much."""
        means, amount = tender
        if paid.kept is None or paid.kept.left < amount:
            return False
        paid.kept.left -= amount
        paid.back.append(tender)
        self.accounts["avoirs"] += amount
        self.accounts[means] -= amount
        self.lost[at.date()] += amount
        return True

    def correct(self, paid: Paid, payment_id: str, tenders: list[tuple[str, int]], at: datetime) -> Paid:
        """The same days and avoirs, paid by other means."""
        self.corrections += 1
        paid.reversed, paid.lost, paid.reversed_at = True, list(paid.tenders), at
        for means, amount in paid.tenders:
            self.accounts[means] -= amount
            self.lost[at.date()] += amount
        new = Paid(payment_id, paid.payer, at, paid.days, tenders, paid.uses, paid.counts_from)
        self.paid[payment_id] = new
        self.quittances[at.year] += 1
        for means, amount in tenders:
            self.accounts[means] += amount
            self.received[at.date()] += amount
        return new

    # -- the drawer and the Trésor ------------------------------------------------------------------------------------

    def move(self, kind: str, cents: int) -> None:
        """Cash brought, taken back, put aside to be deposited, or put aside and brought back."""
        comes_in = kind in ("apport", "retour")
        self.accounts["especes"] += cents if comes_in else -cents
        other = "a verser" if kind in ("versement", "retour") else "fonds"
        self.accounts[other] += -cents if comes_in else cents

    def count(self, means: str, difference: int) -> None:
        """What was counted is not what was on paper."""
        self.accounts[means] += difference
        self.accounts["ecarts"] -= difference

    def next_slip(self, left_out: set[str]) -> Counter[str]:
        """What waits to be deposited, and what was deposited and came back since, by means."""
        slip: Counter[str] = Counter()
        for paid in self.paid.values():
            if paid.slip is None and paid.payment_id not in left_out:
                for means, amount in paid.tenders:
                    slip[means] += amount
                for means, amount in (*paid.lost, *paid.back):
                    slip[means] -= amount
            elif paid.slip is not None:
                for means, amount in (*(() if paid.taken_off else paid.lost), *paid.back[paid.back_off :]):
                    slip[means] -= amount
        return slip

    def deposit(self, number: int, left_out: set[str]) -> None:
        """Send the slip: its cash from what was put aside first, then from the drawer."""
        slip = self.next_slip(left_out)
        for paid in self.paid.values():
            if paid.slip is None and paid.payment_id not in left_out:
                paid.slip, paid.taken_off = number, bool(paid.lost)
                paid.back_off = len(paid.back)
            elif paid.slip is not None:
                paid.taken_off, paid.back_off = paid.taken_off or bool(paid.lost), len(paid.back)
        aside = min(slip["especes"], self.accounts["a verser"])
        self.accounts["a verser"] -= aside
        self.accounts["especes"] -= slip["especes"] - aside
        for means, amount in slip.items():
            if means != "especes":
                self.accounts[means] -= amount
        self.accounts["versees"] += sum(slip.values())
