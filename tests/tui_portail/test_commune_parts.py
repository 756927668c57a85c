"""Prices and calendar of a document apart from the rest; a set-up recorded with a hole in its prices stays readable, to be mended."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import the_commune
from tui_portail.commune_files import (
    DocumentMistake,
    calendar_in,
    from_document,
    grids_in,
    new_commune,
    to_document,
    with_calendar,
    with_grids,
)
from tui_portail.school_calendar import Closure


def with_a_hole() -> dict[str, object]:
    """The example, where ALP soir has no price for a week."""
    grids = the_commune().grids
    evening = next(grid for grid in grids if grid.activity == "ALP_SOIR")
    ended = replace(evening, valid_until=date(2026, 12, 4))
    begun = replace(evening, valid_from=date(2026, 12, 14))
    return with_grids(to_document(the_commune()), (*(grid for grid in grids if grid != evening), ended, begun))


def test_a_hole_is_refused_to_whoever_records_it_and_read_where_it_was_recorded_before() -> None:
    assert len(from_document(with_a_hole()).grids) == 7
    with pytest.raises(DocumentMistake, match="n’a pas de prix du lundi 7 décembre 2026 au vendredi 11") as refused:
        new_commune(with_a_hole())
    assert refused.value.place == ("tarifs", "grilles")


@given(kept=st.sets(st.integers(0, 5)), closed=st.booleans())
@settings(max_examples=20)
def test_a_part_written_is_the_part_read_and_the_rest_stays(kept: set[int], closed: bool) -> None:
    commune = the_commune()
    document = to_document(commune)
    grids = tuple(grid for place, grid in enumerate(commune.grids) if place in kept)
    day = date(2026, 12, 24)
    calendar = replace(commune.calendar, closures=(Closure(day, day, "Veille", site="ADOS"),) if closed else ())
    changed = json.loads(json.dumps(with_calendar(with_grids(document, grids), calendar)))
    assert grids_in(changed) == grids
    assert calendar_in(changed) == calendar
    assert {key: changed[key] for key in document if key not in ("tarifs", "calendrier")} == {
        key: document[key] for key in document if key not in ("tarifs", "calendrier")
    }
