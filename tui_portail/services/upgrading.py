"""An upgrade checked by the program itself, in the transaction that does it: verified before, kept whole, verified after, or not done.

`initialise` hands `VerifiedUpgrade.around` to `models.migrate`, which knows nothing of the rules.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select

from models import tables as t
from models.addresses import DatabaseAddress
from models.revisions import CURRENT
from models.states import DatabaseKind
from models.table_contents import Content
from models.upgrade_copy import copy_beside, remove_copy
from tui_portail.diagnosis import number_text
from tui_portail.errors import PortailError
from tui_portail.services.clock import DEMO_START
from tui_portail.services.findings import Finding
from tui_portail.services.verification import MOST_FINDINGS, findings_of
from tui_portail.services.verified_before import check_before

ENTRIES_A_SECOND = 2000
"""About how fast the journal is verified on a machine of two cores (docs/operations.md)."""
WORTH_SAYING_S = 10
ROWS_AT_ONCE = 5000
NOT_KEPT = "alembic_version"
"""The one table an upgrade changes: which version the base is of."""


class UpgradeRefused(PortailError):
    """The base does not hold before its upgrade, or would not after: it stays as it was. `findings` says what, the first thing first."""

    code = "MISE_A_JOUR_REFUSEE"

    def __init__(self, sentence: str, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        more = f" (et {len(findings) - 1} autres)" if len(findings) > 2 else " (et une autre)" if findings[1:] else ""
        super().__init__(f"{sentence} Première anomalie{more} : {findings[0]}")


@dataclass(frozen=True, slots=True)
class KeptTable:
    """What a table held, by the columns it had."""

    columns: tuple[str, ...]
    content: Content


class VerifiedUpgrade:
    """One upgrade. `say` is told each step in French; `progress` how much of a step is done, of how much. `copy`: the file's, if any."""

    def __init__(
        self,
        say: Callable[[str], None] = lambda _: None,
        progress: Callable[[str, int, int], None] = lambda *_: None,
    ) -> None:
        self._say, self._progress = say, progress
        self.copy: Path | None = None

    @contextmanager
    def around(self, address: DatabaseAddress, connection: Connection, revision: str) -> Iterator[None]:
        """Verify a base of version `revision`, copy it if it is a file, and once it is upgraded compare and verify it again.

        Raises UpgradeRefused, and DatabaseFailure when the copy cannot be made: nothing is changed then, and no copy left.
        """
        begun, now = time.monotonic(), _instant(connection)
        entries = int(connection.scalar(select(func.count()).select_from(t.journal_entry)) or 0)
        self._say(f"Vérification avant la mise à jour… {_entries(entries)}")
        self._refuse_unsound(connection, entries)
        try:
            if address.path is not None:
                self._say("Copie de la base…")
                self.copy = copy_beside(address, revision, datetime.now(UTC), self._copied)
                self._say(f"Copie gardée : {self.copy}")
            before = contents(connection)
            self._say(f"Mise à jour {revision[:4]} → {CURRENT[:4]}…")
            yield
            self._say(f"Vérification après la mise à jour… {_entries(entries)}")
            _refuse_changed(before, contents(connection, before))
            found = tuple(islice(findings_of(connection, now), MOST_FINDINGS))
            if found:
                raise UpgradeRefused(
                    "La base mise à jour ne concorderait pas : elle a été laissée comme elle était. "
                    "Gardez l’ancienne version du programme et envoyez ce message à qui vous l’a fourni.",
                    found,
                )
        except BaseException:
            if self.copy is not None:
                remove_copy(self.copy)
                self.copy = None
            raise
        self._say(f"Tout concorde, en {_duration(time.monotonic() - begun)}.")

    def _refuse_unsound(self, connection: Connection, entries: int) -> None:
        def read(done: int) -> None:
            self._progress("Écritures vérifiées", done, entries)

        found = tuple(islice(check_before(connection, read), MOST_FINDINGS))
        if found:
            raise UpgradeRefused(
                "La base ne concorde pas : elle n’a pas été mise à jour, et rien n’y a été changé. N’encaissez plus, prévenez le "
                "régisseur, et lancez « tui-portail verifier » de la version du programme qui l’a écrite.",
                found,
            )

    def _copied(self, done: int, total: int) -> None:
        self._progress("Pages copiées", done, total)


def contents(connection: Connection, known: Mapping[str, KeptTable] | None = None) -> dict[str, KeptTable]:
    """Read every row of every table and return what each holds; of those `known`, if given, by the columns they had then."""
    found: dict[str, KeptTable] = {}
    look = inspect(connection)
    present = set(look.get_table_names())
    for table in sorted(present - {NOT_KEPT} if known is None else present & known.keys()):
        columns = tuple(column["name"] for column in look.get_columns(table))
        if known is not None:
            columns = tuple(column for column in known[table].columns if column in columns)
        found[table] = KeptTable(columns, _content(connection, table, columns))
    return found


def _content(connection: Connection, table: str, columns: tuple[str, ...]) -> Content:
    named = ", ".join(f'"{column}"' for column in columns)
    content = Content()
    statement = f'SELECT {named} FROM "{table}"'  # noqa: S608 (names the base itself gives)
    streamed = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    with connection.exec_driver_sql(statement, execution_options=streamed) as result:
        for row in result:
            content.add(row)
    return content


def _refuse_changed(before: Mapping[str, KeptTable], after: Mapping[str, KeptTable]) -> None:
    changed = tuple(
        Finding(
            table,
            "",
            f"{kept.content.rows} lignes avant, {after[table].content.rows if table in after else 0} après, ou autrement écrites.",
        )
        for table, kept in before.items()
        if after.get(table) != kept
    )
    if changed:
        raise UpgradeRefused(
            "La mise à jour n’aurait pas tout gardé : la base a été laissée comme elle était.", changed
        )


def _instant(connection: Connection) -> datetime:
    """Return the instant the base is judged at (aware, UTC): where a demonstration's clock stands, now elsewhere."""
    identity = t.database_identity.c
    kind, stands_at = connection.execute(select(identity.kind, identity.clock_at)).one()
    if kind == DatabaseKind.DEMO.value:
        return stands_at or DEMO_START
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = connection.scalars(select(func.clock_timestamp())).one()
    return now.astimezone(UTC)


def _entries(count: int) -> str:
    seconds = count / ENTRIES_A_SECOND
    told = f", environ {_duration(seconds)}" if seconds >= WORTH_SAYING_S else ""
    return f"{number_text(count)} écriture{'s' if count > 1 else ''}{told}"


def _duration(seconds: float) -> str:
    """Return « 8 s », « 3 min »."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
