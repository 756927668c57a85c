"""What a day costs: the commune's grids, as values (rules of the service, « Prices »).

The grid in force gives a base price: flat, by bracket of quotient familial, or by taux d'effort. It is multiplied by the factors (rank
of the sibling, resident or extérieur) as exact rationals and rounded once, half up to the cent; the care part is rounded the same way
and the meal is what remains, so that care + meal is the price. What is not in the grids is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from tui_portail.decision import POLICY, Decision
from tui_portail.french import long_date
from tui_portail.money import format_cents, round_half_up
from tui_portail.price_grids import (
    BracketTariff,
    EffortTariff,
    FlatTariff,
    PriceGrid,
    QuotientBracket,
    Tariff,
    check_grid,
    check_grids,
    exact_factor,
    factor_text,
    meal_part,
    quotient_text,
)
from tui_portail.service_rules import AttendanceRules

__all__ = [
    "BracketTariff",
    "EffortTariff",
    "FlatTariff",
    "Price",
    "PriceGrid",
    "QuotientBracket",
    "QuotientFamilial",
    "Sibling",
    "Tariff",
    "check_grid",
    "check_grids",
    "exact_factor",
    "price_of",
    "quotient_on",
    "sibling_rank",
]

FICTITIOUS = "FICTIF"
WITHOUT_MEAL = "accueil sans repas fourni"
UNBOOKED = "sans réservation"


@dataclass(frozen=True, slots=True)
class QuotientFamilial:
    """A proven quotient of a payer, in cents (QF 745 is 74 500), valid on `[valid_from, valid_until]`; None: no end known.

    Raises ValueError if it is negative or ends before it begins.
    """

    value_cents: int
    valid_from: date
    valid_until: date | None

    def __post_init__(self) -> None:
        if self.value_cents < 0:
            raise ValueError("a quotient familial is never negative")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("a quotient familial ends before it begins")

    def covers(self, day: date) -> bool:
        """Say whether the quotient is valid on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Sibling:
    """A child of the dossier, as the rank sees it. `child_id` never changes and breaks the tie of twins."""

    child_id: int
    born_on: date
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a day, in cents: care + meal make the total. `label` names the grid, `explanation` shows the product.

    `quotient_unproven`: the highest price of the grid, for want of a quotient proven that day.
    """

    total_cents: int
    care_cents: int
    meal_cents: int
    label: str
    explanation: str
    fictitious: bool
    quotient_unproven: bool = False


def unbooked_price(price: Price, rules: AttendanceRules, *, extra: bool = True) -> Price:
    """Return what a child who came without booking owes for a day: its price × the policy's factor, rounded once, + the extra of care.

    `extra` is False for what an activity brings with it: the extra is asked once a presence.
    """
    more = rules.unbooked_extra_cents if extra else 0
    total = round_half_up(price.total_cents * rules.unbooked_factor)
    care = round_half_up(price.care_cents * rules.unbooked_factor)
    steps = [f" × {factor_text(rules.unbooked_factor)}"] if rules.unbooked_factor != 1 else []
    steps += [f" + {format_cents(more)}"] if more else []
    told = f"{price.explanation}, {UNBOOKED}{''.join(steps)} = {format_cents(total + more)}"
    return replace(
        price,
        total_cents=total + more,
        care_cents=care + more,
        meal_cents=total - care,
        label=f"{price.label} – {UNBOOKED}",
        explanation=told,
    )


def quotient_on(quotients: Iterable[QuotientFamilial], day: date) -> QuotientFamilial | None:
    """Return the quotient valid on a day, None if none is proven: then the highest price applies.

    `quotients` are those of the payer recorded when « Terminer » is pressed, oldest record first. Where several are valid the one
    that begins last is taken; of two that begin the same day, the one recorded last (it corrects the other).
    """
    return max((q for q in reversed(list(quotients)) if q.covers(day)), key=lambda q: q.valid_from, default=None)


def sibling_rank(child_id: int, children: Iterable[Sibling]) -> int:
    """Return the rank (1 = eldest) by order of birth among the dossier's children not archived; twins by `child_id`.

    Raises ValueError if the child is not among them.
    """
    living = sorted((c for c in children if not c.archived), key=lambda c: (c.born_on, c.child_id))
    return [child.child_id for child in living].index(child_id) + 1


def price_of(
    grids: Sequence[PriceGrid],
    activity: str,
    day: date,
    quotient: QuotientFamilial | None,
    rank: int,
    *,
    resident: bool,
    meal_supplied: bool = True,
) -> Price | Decision:
    """Return the price of one activity on one day, or the refusal that says why there is none.

    `quotient` is what `quotient_on` found for the payer, `rank` what `sibling_rank` found (1 or more, else ValueError). Refusals:
    TARIF_ABSENT (no grid in force), TARIF_EN_DOUBLE (more than one), TARIF_HORS_TRANCHES (no bracket for the quotient).
    """
    if rank < 1:
        raise ValueError("the rank of a child is 1 or more")
    in_force = [grid for grid in grids if grid.activity == activity and grid.covers(day)]
    if len(in_force) != 1:
        return _no_single_grid(in_force, activity, day)
    grid = in_force[0]
    based = _base_price(grid.tariff, quotient)
    if based is None:
        return Decision.refuse(
            "TARIF_HORS_TRANCHES",
            f"Aucune tranche de la grille « {grid.name} » ne contient ce quotient familial : faites corriger la grille.",
            grid.source,
            activity=activity,
            day=day,
        )
    base, words = based
    factors = _factors(grid, rank, resident)
    product = Fraction(1)
    for factor, _ in factors:
        product *= factor
    meal_base = meal_part(grid, base)
    care_exact = (base - meal_base) * product
    meal_exact = meal_base * product * (1 if meal_supplied else grid.unsupplied_meal_factor)
    total = round_half_up(care_exact + meal_exact)
    care = round_half_up(care_exact)
    brings_meal = meal_base > 0 and not meal_supplied
    label = f"{grid.name} – {WITHOUT_MEAL}" if brings_meal else grid.name
    label = f"{label} ({FICTITIOUS})" if grid.fictitious else label
    steps = [words, *(f"× {factor_text(factor)} ({why})" for factor, why in factors if factor != 1)]
    if brings_meal:
        steps.append(f", {WITHOUT_MEAL}")
    shown = " ".join(steps).replace(" ,", ",")
    return Price(
        total,
        care,
        total - care,
        label,
        f"{label} : {shown} = {format_cents(total)}",
        grid.fictitious,
        quotient_unproven=quotient is None and not isinstance(grid.tariff, FlatTariff),
    )


def _no_single_grid(in_force: Sequence[PriceGrid], activity: str, day: date) -> Decision:
    if in_force:
        names = ", ".join(f"« {grid.name} »" for grid in in_force)
        return Decision.refuse(
            "TARIF_EN_DOUBLE",
            f"Plusieurs tarifs valent le {long_date(day)} pour la même activité ({names}) : faites corriger les grilles.",
            in_force[0].source,
            activity=activity,
            day=day,
        )
    return Decision.refuse(
        "TARIF_ABSENT",
        f"Aucun tarif n’est enregistré pour cette activité le {long_date(day)} : la grille de la commune est à compléter.",
        POLICY,
        activity=activity,
        day=day,
    )


def _base_price(tariff: Tariff, quotient: QuotientFamilial | None) -> tuple[Fraction, str] | None:
    """Return the price before factors, in exact cents, and its words; without a quotient, the highest price."""
    if isinstance(tariff, FlatTariff):
        return Fraction(tariff.price_cents), f"tarif unique {format_cents(tariff.price_cents)}"
    known = "quotient non justifié" if quotient is None else f"quotient {quotient_text(quotient.value_cents)}"
    if isinstance(tariff, EffortTariff):
        base, words = _effort_price(tariff, quotient)
        return base, f"{known}{words}"
    brackets = sorted(tariff.brackets, key=lambda bracket: bracket.from_quotient_cents)
    found = brackets[-1:] if quotient is None else [b for b in brackets if b.holds(quotient.value_cents)]
    if len(found) != 1:
        return None
    return Fraction(found[0].price_cents), f"{known}, {_bracket_text(found[0])}, {format_cents(found[0].price_cents)}"


def _effort_price(tariff: EffortTariff, quotient: QuotientFamilial | None) -> tuple[Fraction, str]:
    exact = None if quotient is None else quotient.value_cents * tariff.rate
    if exact is None or exact >= tariff.ceiling_cents:
        return Fraction(tariff.ceiling_cents), f", prix plafond {format_cents(tariff.ceiling_cents)}"
    if exact <= tariff.floor_cents:
        return Fraction(tariff.floor_cents), f", prix plancher {format_cents(tariff.floor_cents)}"
    return exact, f" × {factor_text(tariff.rate * 100)}\u00a0%"


def _factors(grid: PriceGrid, rank: int, resident: bool) -> list[tuple[Fraction, str]]:
    place = min(rank, len(grid.sibling_factors)) - 1
    rank_factor = grid.sibling_factors[place] if grid.sibling_factors else Fraction(1)
    home = (grid.resident_factor, "résident") if resident else (grid.non_resident_factor, "extérieur")
    return [(rank_factor, "1er enfant" if rank == 1 else f"{rank}e enfant"), home]


def _bracket_text(bracket: QuotientBracket) -> str:
    start = quotient_text(bracket.from_quotient_cents)
    if bracket.below_quotient_cents is None:
        return f"tranche à partir de {start}"
    return f"tranche de {start} à moins de {quotient_text(bracket.below_quotient_cents)}"
