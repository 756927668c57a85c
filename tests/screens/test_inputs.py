"""Amounts and dates as agents type them; text from people stays text."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from screens.inputs import DateInput, MoneyInput, PlainInput
from screens.plain_text import content, plain
from screens.typed_dates import parse_date
from tui_portail.errors import InvalidInput

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("12/3", date(2027, 3, 12)),
        ("30/11", date(2026, 11, 30)),
        ("12/03/2019", date(2019, 3, 12)),
        ("120319", date(2019, 3, 12)),
        ("12032019", date(2019, 3, 12)),
        ("12.3.19", date(2019, 3, 12)),
        ("+7", date(2026, 12, 8)),
        ("-2", date(2026, 11, 29)),
        ("+0", TODAY),
        (" 1/12 ", TODAY),
    ],
)
def test_a_date_is_understood_as_it_is_typed(typed: str, day: date) -> None:
    assert parse_date(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "day"), [("2/12", date(2025, 12, 2)), ("120338", date(1938, 3, 12)), ("29/2", date(2024, 2, 29))]
)
def test_a_date_of_birth_is_in_the_past(typed: str, day: date) -> None:
    assert parse_date(typed, TODAY, past=True) == day


@pytest.mark.parametrize("typed", ["31/2", "0/1", "12/13", "abc", "1", "", "12/3/201", "99999999", "++7", "12//3"])
def test_what_is_no_date_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_date(typed, TODAY)
    assert refused.value.sentence.endswith(".")


@given(st.dates(date(1950, 1, 1), date(2050, 12, 31)))
@settings(max_examples=100)
def test_a_whole_date_is_read_back_whatever_today(day: date) -> None:
    assert parse_date(f"{day:%d/%m/%Y}", TODAY) == day
    assert parse_date(f"{day:%d%m%Y}", TODAY, past=True) == day


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
@settings(max_examples=100)
def test_a_day_and_month_alone_are_never_more_than_half_a_year_away_unless_29_february(today: date) -> None:
    found = parse_date("12/3", today)
    assert (found.day, found.month) == (12, 3)
    assert abs((found - today).days) <= 183


@given(st.text())
@settings(max_examples=100)
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    assert {unicodedata.category(char) for char in plain(text) if char != "\n"}.isdisjoint({"Cc", "Cf", "Cs"})
    assert "\x1b" not in plain(text + "\x1b[31m\u202e")


def test_markup_in_a_name_is_only_text() -> None:
    assert content("[red]Zoé[/]").plain == "[red]Zoé[/]"


class Fields(App[None]):
    def compose(self) -> ComposeResult:
        yield MoneyInput("Montant", id="money")
        yield DateInput("Date", TODAY, id="date")
        yield PlainInput(id="plain")


async def typed_in(pilot: object, field: MoneyInput | DateInput, text: str) -> str:
    field.focus_field()
    await pilot.press(*text)  # type: ignore[attr-defined]
    await pilot.pause()  # type: ignore[attr-defined]
    return str(field.query_one(".understood").render())


def play(act: object) -> None:
    import asyncio

    async def run() -> None:
        app = Fields()
        async with app.run_test() as pilot:
            await act(app, pilot)  # type: ignore[operator]

    asyncio.run(run())


def test_money_shows_what_it_understood_with_comma_or_point() -> None:
    async def act(app: Fields, pilot: object) -> None:
        field = app.query_one(MoneyInput)
        for text in ("12,5", "12.50"):
            shown = await typed_in(pilot, field, text)
            assert shown.replace("\u00a0", " ") == "= 12,50 €"
            assert field.cents == 1250

    play(act)


@pytest.mark.parametrize("text", ["12,345", "abc", "-3"])
def test_money_refuses_the_rest_on_leaving_the_field(text: str) -> None:
    async def act(app: Fields, pilot: object) -> None:
        field = app.query_one(MoneyInput)
        await typed_in(pilot, field, text)
        await pilot.press("enter")  # type: ignore[attr-defined]
        await pilot.pause()  # type: ignore[attr-defined]
        understood = field.query_one(".understood")
        assert understood.has_class("-wrong")
        assert "montant" in str(understood.render()) or "chiffres" in str(understood.render())
        with pytest.raises(InvalidInput):
            _ = field.cents

    play(act)


def test_a_date_is_said_in_words() -> None:
    async def act(app: Fields, pilot: object) -> None:
        assert await typed_in(pilot, app.query_one(DateInput), "+7") == "= mardi 8 décembre 2026"

    play(act)


def test_a_paste_loses_its_line_ends_and_control_characters() -> None:
    from textual.events import Paste

    async def act(app: Fields, pilot: object) -> None:
        field = app.query_one(PlainInput)
        field.focus()
        field.post_message(Paste("Du\u00a0pont\r\n\tMarie\x1b[31m"))
        await pilot.pause()  # type: ignore[attr-defined]
        assert field.value == "Du pont Marie[31m"

    play(act)
