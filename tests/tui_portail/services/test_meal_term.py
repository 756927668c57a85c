"""A simulated term with late changes: what the kitchen was told, counted a second way from the test's own log of what happened."""

from collections import Counter
from pathlib import Path

import pytest

from models.engine import Database
from tests.tui_portail.services.meal_term import FIRST, LAST, Counts, MealTerm
from tui_portail.meal_counts import Cause
from tui_portail.services.meals import MealSheet, load_meals
from tui_portail.services.verification import verify

SIZES = pytest.mark.parametrize(
    ("database_url", "families", "gestures", "seed"),
    [
        pytest.param("sqlite", 6, 180, 5, id="sqlite"),
        pytest.param("postgresql", 2, 30, 6, id="postgresql", marks=pytest.mark.postgresql),
    ],
    indirect=["database_url"],
)


CAUSES = {
    Cause.DEROGATION,
    Cause.UNBOOKED,
    Cause.CANCELLED,
    Cause.CANCELLED_LATE,
    Cause.CLOSED,
    Cause.MENU,
}


def compared(
    sheets: list[MealSheet], counts: Counts, *, ordered: bool
) -> dict[tuple[object, ...], tuple[object, object]]:
    """Return where the program's counts and the log's differ, by day, site, menu and age."""
    said: Counter[tuple[object, ...]] = Counter()
    for one in sheets:
        for kind, number in ((one.ordered or {}) if ordered else one.now).items():
            said[one.day, one.site_code, kind.menu, kind.under_six] += number
    logged = Counter(
        {(*place, *kind): number for place, count in counts.items() for kind, number in count.items() if number}
    )
    return {key: (said[key], logged[key]) for key in said.keys() | logged.keys() if said[key] != logged[key]}


@SIZES
def test_what_was_ordered_and_each_difference_are_what_the_log_says(
    database: Database, tmp_path: Path, families: int, gestures: int, seed: int
) -> None:
    term = MealTerm(database, tmp_path, families=families, seed=seed)
    term.play(gestures)
    sheets = list(load_meals(term.desk, FIRST, LAST))
    ordered, stands = term.replay()
    frozen = [one for one in sheets if one.frozen]
    assert {one.day for one in frozen} <= {day for day, _ in ordered}
    assert compared(frozen, ordered, ordered=True) == {}
    assert compared(sheets, stands, ordered=False) == {}
    for one in frozen:
        changed: Counter[tuple[str, bool]] = Counter()
        for gap in one.gaps:
            assert gap.at >= one.frozen_at
            changed[gap.kind] += gap.change
        logged = Counter(stands.get((one.day, one.site_code), {}))
        logged.subtract(ordered[one.day, one.site_code])
        assert {k: n for k, n in changed.items() if n} == {k: n for k, n in logged.items() if n}, one.day
    assert list(load_meals(term.desk, FIRST, LAST)) == sheets
    assert [one for one in verify(term.desk).findings if one.table == "meal_order"] == []
    gaps = [gap for one in sheets for gap in one.gaps]
    if families > 2:
        done = term.log.done
        assert len(gaps) >= 40, "late changes are what this is about"
        assert {gap.cause for gap in gaps} >= CAUSES
        assert all(
            done[name] for name in ("expired", "extend", "reverse", "drop", "close_a_day", "change_menu", "come")
        ), done
        assert done["cancel"] >= 20
        assert done["book_late"] >= 20
        assert any(gap.change > 0 for gap in gaps)
        assert sum(len(count) for count in ordered.values()) > 40
