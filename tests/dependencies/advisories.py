"""Known advisories, kept in the repository, compared with what is pinned."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

FILE = Path(__file__).with_name("advisories.toml")
OLD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory: its id (PYSEC, GHSA, CVE), the versions it affects, the one that mends it, what it says and who published it."""

    id: str
    package: str
    affected: SpecifierSet
    fixed: str
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """An advisory that one goes on with: why, and the day it must be looked at again."""

    id: str
    package: str
    reason: str
    review_on: date


@dataclass(frozen=True, slots=True)
class Advisories:
    """The file: what was read, until which day its sources spoke, what is accepted."""

    read_until: date
    known: tuple[Advisory, ...]
    accepted: tuple[Accepted, ...]


def read_advisories(path: Path = FILE) -> Advisories:
    """Read the file. Raises KeyError, ValueError where an entry lacks something."""
    document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    known = [
        Advisory(
            one["id"],
            canonicalize_name(one["package"]),
            SpecifierSet(one["affected"]),
            one["fixed"],
            one["says"],
            one["source"],
        )
        for one in document["advisory"]
    ]
    accepted = [
        Accepted(one["id"], canonicalize_name(one["package"]), one["reason"], one["review_on"])
        for one in document.get("accepted", ())
    ]
    if any(not one.reason.strip() for one in accepted):
        raise ValueError("an advisory is accepted without a reason")
    return Advisories(document["read_until"], tuple(known), tuple(accepted))


def advisory_faults(pins: Mapping[str, str], advisories: Advisories) -> Iterator[str]:
    """Yield each pin that a known advisory affects and nobody accepted, and each acceptance that accepts nothing."""
    accepted = {(one.id, one.package) for one in advisories.accepted}
    met = set()
    for one in advisories.known:
        version = pins.get(one.package)
        if version is None or not one.affected.contains(version, prereleases=True):
            continue
        met.add((one.id, one.package))
        if (one.id, one.package) not in accepted:
            yield f"{one.package} {version}: {one.id}, {one.says} (mended in {one.fixed}; {one.source})"
    for identifier, package in sorted(accepted - met):
        yield f"{identifier} of {package} is accepted and affects no pin: take it out of advisories.toml"


def warnings(advisories: Advisories, today: date) -> Iterator[str]:
    """Yield what time has made doubtful: sources read long ago, acceptances to be looked at again."""
    if today - advisories.read_until > OLD:
        yield f"advisories.toml speaks until {advisories.read_until}: look for newer ones (its head says where)"
    for one in advisories.accepted:
        if today >= one.review_on:
            yield f"{one.id} of {one.package} was accepted until {one.review_on} ({one.reason}): look at it again"
