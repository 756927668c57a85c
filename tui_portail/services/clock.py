"""What time it is for the desk: the database's clock, or, in a demo or a test database only, another one (design, guarantee 8)."""

from __future__ import annotations

import contextlib
import json
import threading
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from models import tables as t
from models.database_errors import DatabaseFailure
from models.engine import Database, lock_rows
from models.states import DatabaseKind
from tui_portail.errors import PortailError
from tui_portail.french import PARIS, date_time_text

DEMO_START = datetime(2026, 12, 1, 10, 30, tzinfo=PARIS).astimezone(UTC)
BEAT_SECONDS = 5.0
STOPPED_AFTER = timedelta(seconds=60)
SET_BACK_AT_MOST = timedelta(minutes=5)
"""What a clock that the network sets right may lose: more, and the gestures would be dated before those already kept."""
CORRECTED = "corriger_horloge"  # the gesture by which an administrator says that the hour of the gestures kept was the wrong one


class ClockRefused(PortailError):
    """A clock of its own was asked of a real database."""

    code = "HORLOGE_REFUSEE"


class ClockBehind(PortailError):
    """The clock shows an instant well before a gesture already kept: one of the two is wrong, and nothing is dated by it."""

    code = "HORLOGE_EN_RETARD"

    def __init__(self, now: datetime, last_at: datetime, whose: str) -> None:
        super().__init__(
            f"L’horloge {whose} indique le {date_time_text(now)}, alors qu’un geste a déjà été enregistré le "
            f"{date_time_text(last_at)}. Rien n’a été enregistré : remettez-la à l’heure, puis recommencez. Si elle est juste et que "
            "c’était l’autre heure qui était fausse, un administrateur le déclare par « tui-portail horloge »."
        )


class Clock(ABC):
    """Gives the instant a gesture is judged at, aware and in UTC. Most clocks never stop: nothing is to be kept of them."""

    @abstractmethod
    def now(self, connection: Connection) -> datetime:
        """Return the instant it is, within a transaction."""

    @abstractmethod
    def after(self, now: datetime, seconds: float) -> datetime:
        """Return the instant it is `seconds` after one read, by this machine's monotonic clock: no query."""

    def refuse_behind(self, connection: Connection, now: datetime, last_at: datetime | None) -> None:  # noqa: B027
        """Refuse to date a gesture well before `last_at`, the latest one kept; a clock of its own may go where it likes."""

    def keep(self, connection: Connection) -> None:  # noqa: B027  (a clock that never stops has nothing to keep)
        """Keep where the clock is, in a write transaction."""

    def start(self) -> None:  # noqa: B027
        """Let the clock run while the program does."""

    def stop(self) -> None:  # noqa: B027
        """Let the clock stand where it is: the program is leaving."""


class ServerClock(Clock):
    """The database server's clock on PostgreSQL, so that a wrong desk PC cannot move a limit; this machine's on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self, connection: Connection) -> datetime:
        """Return the server's instant."""
        return self._database.server_now(connection)

    def after(self, now: datetime, seconds: float) -> datetime:
        """Return `now` moved on: a running clock runs while locks are waited for."""
        return now + timedelta(seconds=seconds)

    def refuse_behind(self, connection: Connection, now: datetime, last_at: datetime | None) -> None:
        """Refuse an instant well before the latest gesture of a real base, unless it was declared wrong. Raises ClockBehind."""
        database = self._database
        if not is_behind(now, last_at) or database.kind is not DatabaseKind.REAL:
            return
        believed_at = last_believed(connection, now, last_at)
        if believed_at is not None and is_behind(now, believed_at):
            raise ClockBehind(now, believed_at, "de ce poste" if database.dialect == "sqlite" else "du serveur")


def is_behind(now: datetime, last_at: datetime | None) -> bool:
    """Say whether an instant is well before that of a gesture kept."""
    return last_at is not None and now < last_at - SET_BACK_AT_MOST


def last_believed(connection: Connection, now: datetime, last_at: datetime | None) -> datetime | None:
    """Return the instant of the latest gesture kept whose hour was not declared wrong; `last_at` is that of the latest of all.

    A declaration covers the gestures dated from its « depuis » to its « fausse »: what is dated before them is believed, what is dated
    after them was never declared.
    """
    event = t.audit_event.c
    told = connection.scalars(select(event.details).where(event.subject == "horloge", event.gesture == CORRECTED))
    declared = [WrongHours(**json.loads(details)) for details in told]
    ahead = [one for one in declared if datetime.fromisoformat(one.fausse) > now]
    if last_at is None or not ahead or last_at > max(datetime.fromisoformat(one.fausse) for one in ahead):
        return last_at
    first_wrong = min(datetime.fromisoformat(one.depuis) for one in ahead)
    believed_at: datetime | None = connection.scalar(select(func.max(event.at)).where(event.at < first_wrong))
    return believed_at


class WrongHours(NamedTuple):
    """What the declaration of a wrong hour keeps of it in the audit trail: the first and the last instant it covers, as texts."""

    depuis: str
    fausse: str


def instant_text(instant: datetime) -> str:
    """Return an instant as the correction of a clock names it."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


class FixedClock(Clock):
    """A clock that stands where it was set, for tests. Raises ClockRefused on a real database."""

    def __init__(self, database: Database, instant: datetime) -> None:
        _refuse_real(database)
        self.instant = instant.astimezone(UTC)

    def now(self, connection: Connection) -> datetime:
        """Return the instant set."""
        return self.instant

    def advance(self, **duration: float) -> None:
        """Move the clock on, with timedelta's arguments."""
        self.instant += timedelta(**duration)

    def after(self, now: datetime, seconds: float) -> datetime:
        """Return the instant set: this clock only moves when it is told to."""
        return self.instant


class DemoClock(Clock):
    """A running clock that starts on Tuesday 2026-12-01 10:30 Paris and goes on where it stopped; never on a real database.

    All the programs on a base read one clock: the base keeps an instant of the demo's beside the server's, written by every gesture and,
    each `BEAT_SECONDS`, by every program that is open. A base that no program wrote for `STOPPED_AFTER` is a clock that stands.
    """

    def __init__(self, database: Database) -> None:
        _refuse_real(database)
        self._database = database
        self._leaving = threading.Event()
        self._beating: threading.Thread | None = None

    def now(self, connection: Connection) -> datetime:
        """Return the demo's instant, the same for every program; never earlier than the one kept."""
        return self._read(connection)[0]

    def after(self, now: datetime, seconds: float) -> datetime:
        """Return `now` moved on: a running clock runs while locks are waited for."""
        return now + timedelta(seconds=seconds)

    def keep(self, connection: Connection) -> None:
        """Keep where the clock is, as running."""
        self._write(connection, running=True)

    def beat(self) -> None:
        """Keep where the clock is, in a transaction of its own. Raises DatabaseFailure."""
        self._database.run(self.keep)

    def start(self) -> None:
        """Go on from where the clock stopped, or join the programs for which it runs. Raises DatabaseFailure."""
        self.beat()
        self._beating = threading.Thread(target=self._beat_until_left, name="horloge-demonstration", daemon=True)
        self._beating.start()

    def stop(self) -> None:
        """Let the clock stand; for the other programs it runs again at their next beat. Raises DatabaseFailure."""
        if self._beating is None:
            return
        self._leaving.set()
        self._beating.join()
        self._database.run(lambda connection: self._write(connection, running=False))

    def _beat_until_left(self) -> None:
        while not self._leaving.wait(BEAT_SECONDS):
            with contextlib.suppress(DatabaseFailure):  # a busy base: the next beat, or a gesture, will do
                self.beat()

    def _read(self, connection: Connection) -> tuple[datetime, datetime]:
        """Return the demo's instant and the server's, read together."""
        identity = t.database_identity.c
        kept_at, seen_at = connection.execute(select(identity.clock_at, identity.clock_seen_at)).one()
        server = self._database.server_now(connection)
        kept = kept_at or DEMO_START
        gone = timedelta() if seen_at is None else server - seen_at
        return (kept + gone if timedelta() <= gone <= STOPPED_AFTER else kept), server

    def _write(self, connection: Connection, *, running: bool) -> None:
        lock_rows(connection, t.database_identity, [1])
        now, server = self._read(connection)
        connection.execute(update(t.database_identity).values(clock_at=now, clock_seen_at=server if running else None))


def clock_of(database: Database) -> Clock:
    """Return the clock a database runs on: a demo's own, the server's otherwise."""
    return DemoClock(database) if database.kind is DatabaseKind.DEMO else ServerClock(database)


def _refuse_real(database: Database) -> None:
    if database.kind is DatabaseKind.REAL:
        raise ClockRefused(
            "Cette base est celle d’une vraie commune : elle n’accepte que l’horloge réelle. "
            "Ouvrez une base de démonstration pour changer l’heure."
        )
