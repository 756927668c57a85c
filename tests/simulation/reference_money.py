"""The reference's money: avoirs, payments, numbers, and which means pay what (rules, « Avoir », « Means of payment »). Cents everywhere."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from tests.simulation.school_days import ALSH, BREAK, MEAL

CASH, CHEQUE, CARD, CESU, ANCV, TRANSFER, PAYFIP = "especes", "cheque", "carte", "cesu", "ancv", "virement", "payfip"
IN_THE_TILL = frozenset({CASH, CHEQUE, CESU, ANCV})
REFERENCES = {CHEQUE: {"bank", "number", "drawer"}, CARD: {"terminal"}, TRANSFER: {"reference"}}
MOST_CASH = 300_00


@dataclass(frozen=True)
class Line:
    """What a day asks of a payment. `young`: an ALSH day of a child under six that day."""

    key: int
    activity: str
    day: date
    young: bool
    price: int

    def admits(self, means: str) -> bool:
        """Say whether a means may pay it."""
        if means != CESU:
            return True
        return self.activity not in (MEAL, BREAK) and (self.activity not in ALSH or self.young)


@dataclass(frozen=True)
class Paid:
    """One means handed over: what it pays, what was given, the references noted."""

    means: str
    cents: int
    received: int
    references: tuple[str, ...] = ()


@dataclass
class Avoir:
    """An avoir: whose, how much, what payments and withdrawals took of it."""

    key: int
    payer: int
    cents: int
    number: str
    uses: Counter[int] = field(default_factory=Counter)  # by payment
    withdrawn: int = 0

    @property
    def left(self) -> int:
        """What is left of it."""
        return self.cents - self.uses.total() - self.withdrawn


@dataclass
class Payment:
    """A payment: the basket it paid, its days, its means, the avoirs it used."""

    key: int
    basket: int
    payer: int
    days: tuple[int, ...]
    total: int
    tenders: tuple[Paid, ...]
    number: str
    used: dict[tuple[int, int], int] = field(default_factory=dict)  # of each avoir, by day
    reversed: bool = False

    @property
    def avoirs(self) -> Counter[int]:
        """What it used of each avoir."""
        found: Counter[int] = Counter()
        for (avoir, _), cents in self.used.items():
            found[avoir] += cents
        return found


class Books:
    """Avoirs and payments of the mairie, numbered without a gap by civil year."""

    def __init__(self) -> None:
        self.avoirs: list[Avoir] = []
        self.payments: list[Payment] = []
        self.numbers: Counter[tuple[str, int]] = Counter()
        self.of_payer: defaultdict[int, list[Avoir]] = defaultdict(list)

    def give(self, payer: int, cents: int, year: int) -> Avoir:
        """Give a payer an avoir, the next of the year."""
        self.numbers["avoir", year] += 1
        avoir = Avoir(len(self.avoirs), payer, cents, f"AV-{year}-{self.numbers['avoir', year]:06d}")
        self.avoirs.append(avoir)
        self.of_payer[payer].append(avoir)
        return avoir

    def available(self, payer: int, reserved: int = 0) -> list[tuple[Avoir, int]]:
        """Return the payer's avoirs and what is left of each, oldest first, once so much is reserved of the oldest."""
        found = []
        for avoir in self.of_payer[payer]:
            kept = min(reserved, avoir.left)
            reserved -= kept
            if avoir.left > kept:
                found.append((avoir, avoir.left - kept))
        return found

    def balance(self, payer: int) -> int:
        """Return what is left of all a payer's avoirs."""
        return sum(avoir.left for avoir in self.of_payer[payer])

    def record(
        self,
        basket: int,
        payer: int,
        lines: Sequence[Line],
        avoirs: Mapping[tuple[int, int], int],
        tenders: Sequence[Paid],
        year: int,
    ) -> Payment:
        """Write a payment, the next quittance of the year; `avoirs`: what of each avoir pays each line."""
        self.numbers["quittance", year] += 1
        payment = Payment(
            len(self.payments),
            basket,
            payer,
            tuple(line.key for line in lines),
            sum(line.price for line in lines),
            tuple(tenders),
            f"{year}-{self.numbers['quittance', year]:06d}",
            dict(avoirs),
        )
        for avoir, cents in payment.avoirs.items():
            self.avoirs[avoir].uses[payment.key] += cents
        self.payments.append(payment)
        return payment

    def undo(self, payment: Payment) -> None:
        """Mark a payment reversed: the avoirs it used come back."""
        payment.reversed = True
        for avoir in payment.avoirs:
            del self.avoirs[avoir].uses[payment.key]


def use_avoirs(lines: Sequence[Line], avoirs: Iterable[tuple[Avoir, int]]) -> dict[tuple[int, int], int]:
    """Return what each avoir pays of each line: oldest first, the lines that accept the fewest means first, then the earliest days."""
    rest = {line.key: line.price for line in lines}
    ordered = sorted(lines, key=lambda line: (line.admits(CESU), line.day, line.key))
    used = {}
    for avoir, left in avoirs:
        for line in ordered:
            if cents := min(left, rest[line.key]):
                used[avoir.key, line.key] = cents
                rest[line.key] -= cents
                left -= cents  # noqa: PLW2901 (what is left of this avoir)
    return used


def why_refused(
    lines: Sequence[Line], used: Mapping[tuple[int, int], int], tenders: Sequence[Paid], debt: bool
) -> set[str]:
    """Return the codes of what is wrong with the means given for what avoirs leave of these lines; none when they pay it."""
    rest = Counter({line.key: line.price for line in lines})
    for (_, line), cents in used.items():
        rest[line] -= cents
    alone = {code for tender in tenders for code in _wrong_alone(tender, debt)}
    return alone or _wrong_by_means(lines, rest, tenders) or _wrong_together(lines, rest, tenders)


def _wrong_alone(tender: Paid, debt: bool) -> Iterable[str]:
    if tender.means == PAYFIP:
        yield "MOYEN_NON_ADMIS"
        return
    if tender.means == TRANSFER and not debt:
        yield "MOYEN_NATURE_PANIER"
        return
    if tender.cents <= 0:
        yield "MONTANT_NUL"
    elif tender.received < tender.cents:
        yield "RECU_INSUFFISANT"
    elif tender.received > tender.cents and tender.means != CASH:
        yield "SANS_MONNAIE"
    if not REFERENCES.get(tender.means, set()) <= set(tender.references):
        yield "REFERENCE_MANQUANTE"


def _payable(lines: Sequence[Line], rest: Mapping[int, int], means: Iterable[str]) -> int:
    return sum(rest[line.key] for line in lines if any(line.admits(one) for one in means))


def _wrong_by_means(lines: Sequence[Line], rest: Mapping[int, int], tenders: Sequence[Paid]) -> set[str]:
    codes = set()
    for means in {tender.means for tender in tenders}:
        cents = sum(tender.cents for tender in tenders if tender.means == means)
        if means == CASH and cents > MOST_CASH:
            codes.add("PLAFOND_DEPASSE")
        elif cents > _payable(lines, rest, [means]):
            codes.add("MOYEN_AU_DELA")
    return codes


def _wrong_together(lines: Sequence[Line], rest: Counter[int], tenders: Sequence[Paid]) -> set[str]:
    """Compare the total, then any group of means with what the lines it may pay leave due (Hall)."""
    given, due = sum(tender.cents for tender in tenders), rest.total()
    if given != due:
        return {"MONTANT_INSUFFISANT" if given < due else "MONTANT_EXCESSIF"}
    means = sorted({tender.means for tender in tenders})
    groups = [group for size in range(1, len(means) + 1) for group in combinations(means, size)]
    for group in groups:
        if sum(tender.cents for tender in tenders if tender.means in group) > _payable(lines, rest, group):
            return {"MOYENS_INCOMPATIBLES"}
    return set()
