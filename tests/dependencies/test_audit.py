"""The audit of the dependencies catches what it is there for; the repository's own lists pass it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.dependencies.advisories import Accepted, Advisories, Advisory, advisory_faults, read_advisories, warnings
from tests.dependencies.pins import (
    BUILD_ONLY,
    ROOT,
    Installed,
    needed,
    pin_faults,
    read_installed,
    read_pins,
    read_roots,
)

BUILD_PINS = dict.fromkeys(BUILD_ONLY, "1")
INSTALLED = {
    "desk": Installed("2.0", (Requirement("paper>=1"), Requirement("lamp; extra == 'night'"))),
    "paper": Installed("1.5"),
    "lamp": Installed("1.0"),
}
ROOTS = [Requirement("desk>=1")]
BAD = Advisory("GHSA-0000", "paper", SpecifierSet(">=1,<1.6"), "1.6", "it burns", "a test")
TODAY = date(2026, 12, 1)


def faults(pins: dict[str, str], installed: dict[str, Installed] = INSTALLED) -> list[str]:
    return list(pin_faults(BUILD_PINS | pins, installed, needed(ROOTS, installed)))


def known(*accepted: Accepted) -> Advisories:
    return Advisories(TODAY, (BAD,), accepted)


def test_the_repository_is_sound() -> None:
    pins = read_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    installed = read_installed()
    assert list(pin_faults(pins, installed, needed(read_roots(), installed))) == []
    advisories = read_advisories()
    assert list(advisory_faults(pins, advisories)) == []
    assert len({(one.id, one.package) for one in advisories.known}) == len(advisories.known)
    assert all(one.fixed not in one.affected for one in advisories.known)


def test_three_lists_that_agree_have_no_fault() -> None:
    assert faults({"desk": "2.0", "paper": "1.5"}) == []


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        ({"desk": "2.1", "paper": "1.5"}, "desk 2.0 is installed and 2.1 is pinned"),
        ({"desk": "2.0"}, "paper is needed and has no pin"),
        ({"desk": "2.0", "paper": "1.5", "lamp": "1.0"}, "lamp is pinned and nothing needs it"),
    ],
)
def test_a_version_not_pinned_a_pin_missing_or_useless_is_a_fault(pins: dict[str, str], said: str) -> None:
    [fault] = faults(pins)
    assert said in fault


def test_what_is_asked_and_not_installed_or_too_old_is_a_fault() -> None:
    old = INSTALLED | {"paper": Installed("0.9")}
    assert "desk asks for paper>=1: 0.9 is installed" in faults({"desk": "2.0", "paper": "0.9"}, old)
    gone = {"desk": INSTALLED["desk"]}
    assert "desk asks for paper>=1, which is not installed" in faults({"desk": "2.0", "paper": "1.5"}, gone)


def test_a_pin_needed_on_another_system_alone_is_no_fault() -> None:
    asked = tuple(map(Requirement, ("paper>=1", "bell; sys_platform == 'win32'", "clock; python_version < '3.5'")))
    installed = INSTALLED | {"desk": Installed("2.0", asked)}
    assert faults({"desk": "2.0", "paper": "1.5", "bell": "1", "what-a-bell-needs": "1"}, installed) == []
    [fault] = faults({"desk": "2.0", "paper": "1.5", "clock": "1"}, installed)
    assert "clock is pinned and nothing needs it" in fault


def test_a_line_of_constraints_that_pins_nothing_is_refused() -> None:
    assert read_pins("# why\nRapid_Fuzz==3.1 # here\n") == {"rapid-fuzz": "3.1"}
    with pytest.raises(ValueError, match="pins no version"):
        read_pins("paper>=1")


def test_a_pin_that_an_advisory_affects_is_caught_unless_accepted_with_a_reason() -> None:
    [fault] = advisory_faults({"paper": "1.5"}, known())
    assert "GHSA-0000" in fault
    assert "1.6" in fault
    assert list(advisory_faults({"paper": "1.6"}, known())) == []
    accepted = Accepted("GHSA-0000", "paper", "kept in a drawer", TODAY + timedelta(days=30))
    assert list(advisory_faults({"paper": "1.5"}, known(accepted))) == []
    [useless] = advisory_faults({"paper": "1.6"}, known(accepted))
    assert "affects no pin" in useless


def test_old_sources_and_acceptances_past_their_day_are_told() -> None:
    accepted = Accepted("GHSA-0000", "paper", "kept in a drawer", TODAY)
    assert list(warnings(known(), TODAY)) == []
    assert len(list(warnings(replace(known(accepted), read_until=TODAY - timedelta(days=91)), TODAY))) == 2
