"""What is pinned, what is installed, what is needed: they must be one list."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
BUILD_ONLY = frozenset({"hatchling", "editables", "tomlkit", "trove-classifiers"})
"""The build back-end and what it alone needs: pip installs them in an environment of their own, made and thrown away."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A distribution as it is installed: its version, and what it asks for."""

    version: str
    requires: tuple[Requirement, ...] = ()


ELSEWHERE = [
    {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": system, "platform_system": name}
    for version in ("3.11", "3.12", "3.13", "3.14")
    for system, name in (("linux", "Linux"), ("win32", "Windows"), ("darwin", "Darwin"))
]
"""The interpreters and systems that constraints.txt also serves."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What the program, its tests and its build need here, by name, and what they would need on another interpreter or system.

    `unmet` says which requirements what is installed does not answer.
    """

    names: frozenset[str]
    elsewhere: frozenset[str]
    unmet: tuple[str, ...] = ()


def read_pins(text: str) -> dict[str, str]:
    """Return the version each line of a constraints file pins, by canonical name. Raises ValueError on a line that pins none."""
    pins = {}
    for line in text.splitlines():
        written = line.partition("#")[0].strip()
        if not written:
            continue
        name, equals, version = written.partition("==")
        if not equals or not version.strip():
            raise ValueError(f"constraints.txt: « {written} » pins no version")
        pins[canonicalize_name(name.strip())] = version.strip()
    return pins


def read_installed() -> dict[str, Installed]:
    """Return what is installed beside the interpreter that runs, by canonical name."""
    return {canonicalize_name(one.metadata["Name"]): _installed(one) for one in distributions()}


def _installed(distribution: Distribution) -> Installed:
    return Installed(distribution.version, tuple(map(Requirement, distribution.requires or ())))


def read_roots(pyproject: Path = ROOT / "pyproject.toml") -> list[Requirement]:
    """Return what the project itself asks for: to run, to be tested, to be built."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in project["project"]["optional-dependencies"].values():
        asked += extra
    return [Requirement(one) for one in asked]


def needed(roots: Collection[Requirement], installed: Mapping[str, Installed]) -> Needed:
    """Follow the requirements of what is installed, from the project's own, on this interpreter and system."""
    names, elsewhere, unmet, seen = set(BUILD_ONLY), set[str](), list[str](), set[tuple[str, frozenset[str]]]()
    todo = [(root, "pyproject.toml") for root in roots]
    while todo:
        asked, by = todo.pop()
        name = canonicalize_name(asked.name)
        names.add(name)
        there = installed.get(name)
        if there is None:
            if name not in BUILD_ONLY:
                unmet.append(f"{by} asks for {asked}, which is not installed")
            continue
        if not asked.specifier.contains(there.version, prereleases=True):
            unmet.append(f"{by} asks for {asked}: {there.version} is installed")
        if (key := (name, frozenset(asked.extras))) not in seen:
            seen.add(key)
            todo += [(one, name) for one in there.requires if _applies(one, asked.extras, {})]
            elsewhere |= {
                canonicalize_name(one.name)
                for one in there.requires
                if any(_applies(one, asked.extras, other) for other in ELSEWHERE)
            }
    return Needed(frozenset(names), frozenset(elsewhere), tuple(unmet))


def _applies(requirement: Requirement, extras: Collection[str], environment: Mapping[str, str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras))


def pin_faults(pins: Mapping[str, str], installed: Mapping[str, Installed], wanted: Needed) -> Iterator[str]:
    """Yield what makes the three lists differ: another version, no pin, a pin nobody needs, a requirement unmet.

    Where something is needed elsewhere alone, and so is not installed here, what it needs in turn is not seen: such pins are let be.
    """
    hidden = any(name in pins and name not in installed for name in wanted.elsewhere)
    for name in sorted(wanted.names - pins.keys()):
        yield f"{name} is needed and has no pin: add « {name}==… » to constraints.txt"
    for name in sorted(pins.keys() - wanted.names - wanted.elsewhere):
        if hidden and name not in installed:
            continue
        yield f"{name} is pinned and nothing needs it: take it out of constraints.txt"
    for name in sorted(pins.keys() & installed.keys()):
        if installed[name].version != pins[name]:
            yield f"{name} {installed[name].version} is installed and {pins[name]} is pinned: make install"
    yield from sorted(wanted.unmet)
