"""What a draft would change for families, and the price table: always the prices that `price_of` charges."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from tests.factories import the_commune
from tui_portail.errors import InvalidInput
from tui_portail.price_copies import CopyTerms, copy_grids, to_copy
from tui_portail.price_table import price_table, rate_words
from tui_portail.pricing import Price, QuotientFamilial, price_of
from tui_portail.tariff_samples import (
    PriceChange,
    SampleChild,
    SampleFamily,
    SamplePayer,
    SampleTerms,
    family_samples,
    read_quotients,
    typed_samples,
)

DAY = date(2027, 9, 2)
BEFORE = the_commune().grids
TERMS = CopyTerms(date(2027, 9, 1), None, "Délibération", False, Fraction("1.025"))
AFTER = copy_grids(BEFORE, to_copy(BEFORE, TERMS.first), TERMS)


def test_a_sample_shows_the_price_now_and_then_for_each_activity_and_rank() -> None:
    table = typed_samples(the_commune(), BEFORE, AFTER, DAY, SampleTerms((74500, None), 3))
    assert table.columns == ("1er enfant", "2e enfant", "3e et suivants")
    soir = next(row for row in table.rows if row.activity == "ALP soir" and row.who == "745")
    assert [change.words for change in soir.changes] == ["1,25 → 1,28", "1,06 → 1,09", "0,88 → 0,90"]
    assert [row.who for row in table.rows if row.activity == "ALP soir"] == ["745", "non justifié"]
    assert table.changed == len(table.rows) * 3


@pytest.mark.parametrize("resident", [True, False])
@pytest.mark.parametrize("supplied", [True, False])
def test_every_price_of_a_sample_is_the_one_charged(resident: bool, supplied: bool) -> None:
    quotients = (0, 49999, 50000, 120000, None)
    table = typed_samples(the_commune(), BEFORE, AFTER, DAY, SampleTerms(quotients, 2, resident, supplied))
    codes = {rule.label: code for code, rule in the_commune().policy.activities.items()}
    rows = iter(table.rows)
    for _ in codes:
        for cents in quotients:
            row = next(rows)
            quotient = None if cents is None else QuotientFamilial(cents, DAY, None)
            for rank, change in enumerate(row.changes, 1):
                for grids, shown in ((BEFORE, change.before), (AFTER, change.after)):
                    charged = price_of(
                        grids, codes[row.activity], DAY, quotient, rank, resident=resident, meal_supplied=supplied
                    )
                    assert isinstance(charged, Price)
                    assert charged.total_cents == shown


def test_a_real_family_is_shown_by_payer_with_its_quotient_that_day_and_each_child_s_own_meal() -> None:
    family = SampleFamily(
        "Dupont",
        (SampleChild("Inès", 1), SampleChild("Noé", 2, meal_supplied=False)),
        (
            SamplePayer("Marie Dupont", True, (QuotientFamilial(74500, date(2027, 1, 1), date(2027, 12, 31)),)),
            SamplePayer("Paul Dupont", False),
        ),
    )
    table = family_samples(the_commune(), BEFORE, AFTER, DAY, family)
    assert table.columns == ("Inès", "Noé")
    meal = [row for row in table.rows if row.activity == "restaurant scolaire"]
    assert [(row.who, [change.words for change in row.changes]) for row in meal] == [
        ("Marie Dupont (745)", ["2,40 → 2,46", "0,00"]),
        ("Paul Dupont (non justifié)", ["5,13 → 5,25", "0,00"]),
    ]


def test_a_price_that_does_not_exist_yet_or_any_more_is_a_dash() -> None:
    assert PriceChange(None, 125).words == "— → 1,25"
    assert PriceChange(None, None).words == "—"
    assert PriceChange(125, 125).words == "1,25"
    without = tuple(grid for grid in BEFORE if grid.activity != "ALP_SOIR")
    table = typed_samples(the_commune(), BEFORE, without, DAY, SampleTerms((None,), 1))
    assert [change.words for row in table.rows for change in row.changes if row.activity == "ALP soir"] == ["1,95 → —"]


def test_quotients_are_typed_in_any_order_and_the_one_not_proven_comes_last() -> None:
    assert read_quotients("745,50 300 ; 300") == (30000, 74550, None)
    with pytest.raises(InvalidInput):
        read_quotients("beaucoup")
    with pytest.raises(InvalidInput, match="au plus"):
        read_quotients(" ".join(map(str, range(20))))


def test_a_share_of_the_quotient_says_at_most_four_decimals() -> None:
    exact = {"0.011": "1,1", "0.011275": "1,1275", "0.0119796875": "environ 1,198", "0.00958375": "environ 0,9584"}
    assert [rate_words(Fraction(rate)) for rate in exact] == [f"{words}\u00a0%" for words in exact.values()]


def test_the_price_table_has_every_line_of_the_grids_in_force_that_day() -> None:
    table = price_table(the_commune(), AFTER, DAY)
    assert table.ranks == ("1er enfant", "2e enfant", "3e et suivants")
    matin = table.grids[0]
    assert (matin.activity, matin.period) == ("ALP matin", "à partir du mercredi 1er septembre 2027")
    assert [line.words for line in matin.lines] == [
        "quotient de moins de 500",
        "quotient de 500 à moins de 900",
        "quotient de 900 à moins de 1400",
        "quotient à partir de 1400",
    ]
    assert matin.lines[1].residents == ("0,87", "0,74", "0,61")
    mercredi = next(grid for grid in table.grids if grid.activity == "ALSH mercredi")
    assert [(line.words, line.residents[0]) for line in mercredi.lines[:3]] == [
        ("plancher", "5,13"),
        ("entre les deux, part du quotient", "1,1275\u00a0%"),
        ("plafond, ou quotient non justifié", "16,40"),
    ]
    assert mercredi.lines[3].words == "plancher, accueil sans repas fourni"


def test_a_meal_that_costs_nothing_when_not_supplied_takes_one_line() -> None:
    meal = next(
        grid for grid in price_table(the_commune(), BEFORE, DAY).grids if grid.activity == "restaurant scolaire"
    )
    assert [line.words for line in meal.lines][-1] == "accueil sans repas fourni"
    assert len(meal.lines) == 5


def test_an_activity_without_a_price_that_day_is_named() -> None:
    without = tuple(grid for grid in BEFORE if grid.activity != "ALP_SOIR")
    assert price_table(the_commune(), without, DAY).unpriced == ("ALP soir",)
    offered_nowhere = replace(the_commune(), offerings=())
    assert price_table(offered_nowhere, BEFORE, DAY).grids == ()
