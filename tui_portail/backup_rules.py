"""Backups: how their files are called, which ones are kept, and when a base has gone too long without one. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_portail.errors import InvalidInput
from tui_portail.instants import in_paris

MONTHS_KEPT = 12
LATE_AFTER = timedelta(days=2)
_TIME = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class DatedBackup:
    """A backup of a folder: its file's name, when it was made (aware), whether it was verified."""

    name: str
    at: datetime
    verified: bool


def backup_name(commune: str, at: datetime, suffix: str, *, seconds: bool = False) -> str:
    """Return « portail-clapiers-2026-11-29-0230.sqlite3 », at Paris wall time."""
    plain = (
        unicodedata.normalize("NFKD", commune.lower().replace("œ", "oe").replace("’", " "))
        .encode("ascii", "ignore")
        .decode()
    )
    town = _NOT_A_LETTER.sub("-", plain).strip("-")[:40].strip("-") or "commune"
    wall = in_paris(at)
    return f"portail-{town}-{wall:%Y-%m-%d-%H%M}{f'{wall:%S}' if seconds else ''}{suffix}"


def to_remove(backups: Collection[DatedBackup], keep: int, now: datetime) -> frozenset[str]:
    """Return the backups that need not be kept any more: all but the last `keep` verified ones and the last verified of each month.

    Months count for a year. A backup that was not verified is kept until `keep` verified ones came after it: it is better than nothing.
    One dated later than `now`, by a clock put right since, stays and takes nobody's place.
    """
    backups = [one for one in backups if one.at <= now]
    verified = sorted((one for one in backups if one.verified), key=lambda one: (one.at, one.name), reverse=True)
    last = verified[: max(keep, 1)]
    kept = {one.name for one in last}
    months = set[int]()
    for one in verified:
        month = _month(one.at)
        if month not in months and _month(now) - month <= MONTHS_KEPT:
            kept.add(one.name)
        months.add(month)
    since = last[-1].at if len(last) >= max(keep, 1) else None
    kept |= {one.name for one in backups if not one.verified and (since is None or one.at >= since)}
    return frozenset(one.name for one in backups) - kept


def is_late(last_verified_at: datetime | None, begun_at: datetime, now: datetime) -> bool:
    """Say whether a base begun at `begun_at` has gone two days without a verified backup."""
    return now - (last_verified_at or begun_at) > LATE_AFTER


def time_of_day(typed: str) -> tuple[int, int]:
    """Return the hour and minute typed as « 02:30 » or « 2h30 ». Raises InvalidInput."""
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        raise InvalidInput(f"« {typed[:20]} » n’est pas une heure : tapez-la comme 02:30.")
    return int(found[1]), int(found[2])


def _month(at: datetime) -> int:
    wall = in_paris(at)
    return wall.year * 12 + wall.month
