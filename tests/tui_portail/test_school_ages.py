"""A child's age beside the school and the class: doubts, no refusal."""

from datetime import date

import pytest

from tui_portail.errors import InvalidInput
from tui_portail.family_forms import GuardianForm, checked_guardian
from tui_portail.school_ages import age_warning

TODAY = date(2026, 12, 1)
NURSERY = ("Petite section", "Moyenne section", "Grande section")


@pytest.mark.parametrize(
    ("year", "class_name", "doubted"),
    [
        (2022, "Moyenne section", False),
        (2021, "Moyenne section", False),
        (2019, "Moyenne section", True),
        (2023, "", False),
        (2020, "", False),
        (2019, "", True),
        (2025, "", True),
        (2019, "Tournesols", False),
    ],
)
def test_a_year_ahead_or_behind_is_usual_more_is_doubted(year: int, class_name: str, doubted: bool) -> None:
    warning = age_warning(date(year, 5, 1), "École maternelle", NURSERY, class_name, TODAY)
    assert bool(warning) is doubted
    assert not doubted or "À vérifier" in warning


def test_until_summer_the_school_year_is_the_one_begun_the_year_before() -> None:
    assert age_warning(date(2020, 5, 1), "", (), "CP", date(2027, 6, 1)) == ""
    assert age_warning(date(2018, 5, 1), "", (), "CP", date(2027, 6, 1)) != ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", True),
        ("+33 6 12 34 56 78", True),
        ("0033612345678", True),
        ("+49 30 1234567", True),
        ("06 12 34 56", False),
        ("06 12 34 56 789", False),
        ("6 12 34 56 78", False),
        ("+33 6", False),
    ],
)
def test_a_telephone_has_ten_digits_or_its_country(typed: str, kept: bool) -> None:
    form = GuardianForm("Martin", "Zoé", phone=typed)
    if kept:
        assert checked_guardian(form, TODAY).phone == typed
    else:
        with pytest.raises(InvalidInput, match="dix chiffres"):
            checked_guardian(form, TODAY)
