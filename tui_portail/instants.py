"""Instants are compared and added in UTC; only what people read is wall time in Paris.

Python subtracts and compares two datetimes of the same zone by their wall clocks, which is wrong by an hour on the
two nights when the clock changes: every rule goes through these few functions instead.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def in_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC. Raises ValueError on a datetime without zone: it is no instant."""
    if instant.tzinfo is None:
        raise ValueError(f"a datetime without zone is not an instant: {instant!r}")
    return instant.astimezone(UTC)


def in_paris(instant: datetime) -> datetime:
    """Return the same instant as Paris wall time. Raises ValueError on a datetime without zone."""
    return in_utc(instant).astimezone(PARIS)


def is_before(instant: datetime, limit: datetime) -> bool:
    """Say whether an instant is strictly before another, whatever their zones."""
    return in_utc(instant) < in_utc(limit)


def after_minutes(instant: datetime, minutes: int) -> datetime:
    """Return the instant that many real minutes later, in UTC."""
    return in_utc(instant) + timedelta(minutes=minutes)


def at_paris(day: date, at: time) -> datetime:
    """Return the instant of a wall time in Paris, aware, with that day's own offset."""
    return datetime.combine(day, at, PARIS)


def day_begins(day: date) -> datetime:
    """Return the midnight in Paris at which a day begins; the end of a day, exclusive, is the next one's."""
    return at_paris(day, time(0))
