"""What a set of price grids would change for families, before it is recorded: the price now and the price then, activity by activity.

Families are of the commune's choosing (quotients, ranks, resident or not, meal supplied or not) or real ones, read by their dossier.
Both prices are those of `pricing.price_of`, on the same day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.money import format_cents, parse_amount
from tui_portail.price_grids import PriceGrid, quotient_text
from tui_portail.price_table import rank_titles
from tui_portail.pricing import Price, QuotientFamilial, price_of, quotient_on

MOST_QUOTIENTS = 12
MOST_CHILDREN = 4
UNPROVEN = "non justifié"


@dataclass(frozen=True, slots=True)
class SampleTerms:
    """Families of the commune's choosing: quotients in cents (None: not proven), children, resident or not, meal supplied or not."""

    quotients: tuple[int | None, ...] = (30000, 60000, 74500, 100000, 150000, None)
    children: int = 3
    resident: bool = True
    meal_supplied: bool = True


@dataclass(frozen=True, slots=True)
class SampleChild:
    """A child of a real family, as its price sees it."""

    name: str
    rank: int
    meal_supplied: bool = True


@dataclass(frozen=True, slots=True)
class SamplePayer:
    """A payer of a real family, with its quotients, oldest record first."""

    name: str
    resident: bool
    quotients: tuple[QuotientFamilial, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleFamily:
    """A real family."""

    label: str
    children: tuple[SampleChild, ...]
    payers: tuple[SamplePayer, ...]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price in cents under the grids recorded, then under those of the draft; None: no price."""

    before: int | None
    after: int | None

    @property
    def words(self) -> str:
        """« 2,40 → 2,45 », or the price alone where it stays."""
        if self.before == self.after:
            return _amount(self.before)
        return f"{_amount(self.before)} → {_amount(self.after)}"


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One line: the activity, who pays, a change a column."""

    activity: str
    who: str
    changes: tuple[PriceChange, ...]


@dataclass(frozen=True, slots=True)
class SampleTable:
    """The lines, by activity, under the titles of their columns (ranks, or the names of the children)."""

    columns: tuple[str, ...]
    rows: tuple[SampleRow, ...]

    @property
    def changed(self) -> int:
        """How many prices of the table change."""
        return sum(change.before != change.after for row in self.rows for change in row.changes)


def read_quotients(text: str) -> tuple[int | None, ...]:
    """Return the quotients typed one after the other, « 300 745,50 1200 »; the quotient not proven comes last. Raises InvalidInput."""
    found = sorted({parse_amount(word) for word in text.replace(";", " ").split()})
    if len(found) > MOST_QUOTIENTS:
        raise InvalidInput(f"Donnez au plus {MOST_QUOTIENTS} quotients : les autres ne tiendraient pas à l’écran.")
    return (*found, None)


def typed_samples(
    commune: Commune, before: Sequence[PriceGrid], after: Sequence[PriceGrid], day: date, terms: SampleTerms
) -> SampleTable:
    """Return what changes on a day for families of the commune's choosing: a line an activity and quotient, a column a rank."""
    rows = []
    for code, label in _offered(commune):
        for cents in terms.quotients:
            quotient = None if cents is None else QuotientFamilial(cents, day, None)
            changes = tuple(
                _change(before, after, code, day, quotient, rank, terms.resident, terms.meal_supplied)
                for rank in range(1, terms.children + 1)
            )
            rows.append(SampleRow(label, UNPROVEN if cents is None else quotient_text(cents), changes))
    return SampleTable(rank_titles(terms.children), tuple(rows))


def family_samples(
    commune: Commune, before: Sequence[PriceGrid], after: Sequence[PriceGrid], day: date, family: SampleFamily
) -> SampleTable:
    """Return what changes on a day for a real family: a line an activity and payer, a column a child."""
    rows = []
    for code, label in _offered(commune):
        for payer in family.payers:
            quotient = quotient_on(payer.quotients, day)
            changes = tuple(
                _change(before, after, code, day, quotient, child.rank, payer.resident, child.meal_supplied)
                for child in family.children
            )
            known = UNPROVEN if quotient is None else quotient_text(quotient.value_cents)
            rows.append(SampleRow(label, f"{payer.name} ({known})", changes))
    return SampleTable(tuple(child.name for child in family.children), tuple(rows))


def _offered(commune: Commune) -> Iterator[tuple[str, str]]:
    offered = {offering.activity for offering in commune.offerings}
    return ((code, rule.label) for code, rule in commune.policy.activities.items() if code in offered)


def _change(
    before: Sequence[PriceGrid],
    after: Sequence[PriceGrid],
    activity: str,
    day: date,
    quotient: QuotientFamilial | None,
    rank: int,
    resident: bool,
    meal_supplied: bool,
) -> PriceChange:
    found = [
        price_of(grids, activity, day, quotient, rank, resident=resident, meal_supplied=meal_supplied)
        for grids in (before, after)
    ]
    now, then = (price.total_cents if isinstance(price, Price) else None for price in found)
    return PriceChange(now, then)


def _amount(cents: int | None) -> str:
    return "—" if cents is None else format_cents(cents, symbol=False)
