"""The random lives can fail: one thing of the program broken on purpose is found soon, and found again by the command that is printed."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from tests.simulation import __main__ as command
from tests.simulation.lives import FreshBase, LifeFailed, live
from tests.soak import at_length
from tui_portail import booking_rules, planning_judgement
from tui_portail.payment_rules import AvoirBalance
from tui_portail.services import baskets, lines_out, payment, places_reading, sale
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import perform
from tui_portail.services.ledger import next_number
from tui_portail.site_day import SlotCount

Break = Callable[[], AbstractContextManager[Any]]


def live_holds_take_no_place() -> AbstractContextManager[Any]:
    counted: Any = places_reading._Slot.count

    def without_holds(slot: Any) -> SlotCount:
        return replace(counted.fget(slot), held=0)

    return patch.object(places_reading._Slot, "count", property(without_holds))


def a_basket_lives_a_second_too_long() -> AbstractContextManager[Any]:
    def is_live(expires_at: datetime | None, now: datetime) -> bool:
        return expires_at is None or now < expires_at + timedelta(seconds=1)

    return patch.object(payment, "is_live", is_live)


def a_payment_sent_again_is_done_again() -> AbstractContextManager[Any]:
    def under_a_new_id(desk: Desk, name: str, right: Any, _operation: str, *more: Any, **also: Any) -> Any:
        return perform(desk, name, right, new_operation(), *more, **also)

    return patch.object(payment, "perform", under_a_new_id)


def an_avoir_is_worth_twice() -> AbstractContextManager[Any]:
    read = payment.avoirs_for

    def doubled(*arguments: Any) -> tuple[AvoirBalance, ...]:
        return tuple(replace(one, remaining_cents=2 * one.remaining_cents) for one in read(*arguments))

    return patch.object(payment, "avoirs_for", doubled)


def noon_is_still_in_time() -> AbstractContextManager[Any]:
    return patch.object(booking_rules, "is_before", lambda now, until: now <= until)


@contextmanager
def a_number_is_lost() -> Iterator[None]:
    given = 0

    def skipping(*arguments: Any) -> tuple[int, int]:
        nonlocal given
        given += 1
        if given == 3:
            next_number(*arguments)
        return next_number(*arguments)

    with patch.object(sale, "next_number", skipping):
        yield


def a_meal_is_extended_past_the_kitchen() -> AbstractContextManager[Any]:
    judge = baskets.judge_extension
    return patch.object(
        baskets,
        "judge_extension",
        lambda hold, now, policy: judge(replace(hold, earliest_meal_limit=None), now, policy),
    )


def a_debt_blocks_nothing() -> AbstractContextManager[Any]:
    return patch.object(planning_judgement, "_debt_of", lambda *_: None)


def what_avoirs_pay_whole_waits() -> AbstractContextManager[Any]:
    return patch.object(lines_out, "settle_if_nothing_due", lambda *_: None)


QUICK: dict[Break, int] = {  # and a seed whose life comes upon it early
    live_holds_take_no_place: 4,
    a_basket_lives_a_second_too_long: 1,
    a_payment_sent_again_is_done_again: 5,
    an_avoir_is_worth_twice: 3,
    noon_is_still_in_time: 1,
}
RARE: dict[Break, int] = {
    a_number_is_lost: 3,
    a_meal_is_extended_past_the_kitchen: 6,
    a_debt_blocks_nothing: 4,
    what_avoirs_pay_whole_waits: 5,
}
BROKEN = QUICK | (RARE if at_length() else {})  # the rare ones in `make soak`
A_FEW_HUNDRED = 400


@pytest.mark.parametrize("broken", list(BROKEN), ids=lambda broken: broken.__name__)
def test_what_is_broken_on_purpose_is_found(broken: Break, fresh_files: FreshBase) -> None:
    with broken(), pytest.raises(LifeFailed):
        live(BROKEN[broken], fresh_files, until=A_FEW_HUNDRED)


def test_the_command_printed_fails_at_the_same_step(
    fresh_files: FreshBase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_basket_lives_a_second_too_long():
        with pytest.raises(LifeFailed) as found:
            live(BROKEN[a_basket_lives_a_second_too_long], fresh_files, until=A_FEW_HUNDRED)
        *_, again = command.failed_words(found.value, "sqlite", 6)
        monkeypatch.setattr(sys, "argv", shlex.split(again)[2:])
        monkeypatch.setattr(command, "bases", contextmanager(lambda engine: iter([fresh_files])))
        assert command.main() == 1
    said = capsys.readouterr().out
    assert f"FAILED — {found.value}" in said
    assert again in said
