from __future__ import annotations

from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.rows import Row, height_of
from receipts.sheet import Sheet, Table, break_into_pages
from tests.receipts.papers_by_hand import AT_SIX

ROOM = 700.0

heights = st.floats(5, 60)
rows = st.builds(lambda height: Row([], above=height), heights)
bodies = st.lists(st.tuples(rows, st.integers(-500, 500)), max_size=60)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    carries = draw(st.booleans())
    return Table(
        columns=draw(st.lists(rows, max_size=2)),
        body=draw(bodies),
        carry=CarryNote if carries else None,
        closing=draw(st.lists(rows, max_size=8)),
    )


class CarryNote(Row):
    """A carried total that a test can read."""

    def __init__(self, label: str, cents: int) -> None:
        super().__init__([], above=12)
        self.said = (label, cents)


@settings(max_examples=100, deadline=None)
@given(st.lists(rows, min_size=1, max_size=3), st.lists(rows, max_size=2), st.lists(tables(), min_size=1, max_size=5))
def test_every_row_is_set_once_in_order_and_no_page_is_taller_than_its_room(
    heading: list[Row], reminder: list[Row], chosen: list[Table]
) -> None:
    sheet = Sheet("", "", AT_SIX, heading, reminder, chosen, "", fictitious=False)

    pages = break_into_pages(sheet, ROOM)

    assert all(height_of(page) <= ROOM + 0.001 for page in pages)
    wanted = [*heading, *chain.from_iterable([row for row, _ in table.body] + [*table.closing] for table in chosen)]
    kept = {id(row) for row in wanted}
    assert [id(row) for row in chain.from_iterable(pages) if id(row) in kept] == [id(row) for row in wanted]
    heads = {id(table.columns[-1]) for table in chosen if table.columns and (table.body or table.closing)}
    assert not any(id(page[-1]) in heads for page in pages if page)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(rows, st.integers(-500, 500)), min_size=1, max_size=40))
def test_what_is_carried_over_is_the_sum_of_the_rows_before(body: list[tuple[Row, int]]) -> None:
    sheet = Sheet("", "", AT_SIX, [], [], [Table(body=body, carry=CarryNote)], "", fictitious=False)
    amounts = {id(row): cents for row, cents in body}

    total = 0
    for place, page in enumerate(break_into_pages(sheet, 150.0)):
        if place:
            assert isinstance(page[0], CarryNote)
            assert page[0].said == ("Report", total)
        total += sum(amounts.get(id(row), 0) for row in page)
        if isinstance(page[-1], CarryNote) and len(page) > 1:
            assert page[-1].said == ("À reporter", total)
    assert total == sum(cents for _, cents in body)
