"""One refusal, written once and installed on both engines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# 23000, integrity_constraint_violation: SQLAlchemy makes it the IntegrityError that SQLite's RAISE(ABORT) also gives.
REFUSE_FUNCTION = """
CREATE FUNCTION portail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
END $$
"""


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse `event` on `table` when `condition` holds (always, when it is empty).

    `frozen` names columns that may not change (UPDATE only): the condition then also holds when one of them does, `within` some rows only.
    `condition` is SQL both engines read, over NEW and OLD; when it looks at other rows, `lock` is what PostgreSQL must hold first
    (SQLite's writer is alone already).
    """

    name: str
    table: str
    event: str  # INSERT, UPDATE, DELETE
    condition: str = ""
    frozen: tuple[str, ...] = ()
    lock: str = ""
    within: str = ""
    when: str = "BEFORE"

    def for_sqlite(self) -> str:
        """Return the CREATE TRIGGER of SQLite."""
        when = self._condition("OLD.{0} IS NOT NEW.{0}")
        return (
            f"CREATE TRIGGER {self.name} {self.when} {self.event} ON {self.table} FOR EACH ROW "
            f"{f'WHEN {when} ' if when else ''}BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
        )

    def for_postgresql(self) -> Iterator[str]:
        """Yield the statements of PostgreSQL: a condition over other rows needs a function of its own."""
        when = self._condition("OLD.{0} IS DISTINCT FROM NEW.{0}")
        create = f"CREATE TRIGGER {self.name} {self.when} {self.event} ON {self.table} FOR EACH ROW "
        if "SELECT" not in when:
            yield f"{create}{f'WHEN ({when}) ' if when else ''}EXECUTE FUNCTION portail_refuse('{self.name}')"
            return
        yield (
            f"CREATE FUNCTION portail_{self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{f'PERFORM 1 FROM {self.lock} FOR UPDATE; ' if self.lock else ''}"
            f"IF {when} THEN "
            f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{self.name}'; "
            f"END IF; RETURN {'OLD' if self.event == 'DELETE' else 'NEW'}; END $$"
        )
        yield f"{create}EXECUTE FUNCTION portail_{self.name}()"

    def _condition(self, differs: str) -> str:
        changed = " OR ".join(differs.format(column) for column in self.frozen)
        if changed and self.within:
            changed = f"({self.within}) AND ({changed})"
        return " OR ".join([*([f"({self.condition})"] if self.condition else []), *([changed] if changed else [])])


def installed(
    dialect: str,
    *,
    replaced: Iterable[Guard],
    guards: Iterable[Guard],
    sqlite_only: Iterable[Guard],
    not_truncated: Iterable[str],
) -> Iterator[str]:
    """Yield the statements of a later version: drop the guards `replaced`, install `guards`, on `sqlite` or `postgresql`.

    `sqlite_only` refuse what PostgreSQL has no word for (REPLACE), `not_truncated` tables what SQLite has none for.
    """
    if dialect == "sqlite":
        for guard in replaced:
            yield f"DROP TRIGGER {guard.name}"
        for guard in (*guards, *sqlite_only):
            yield guard.for_sqlite()
        return
    for guard in replaced:
        yield f"DROP TRIGGER {guard.name} ON {guard.table}"
        yield f"DROP FUNCTION IF EXISTS portail_{guard.name}()"
    for guard in guards:
        yield from guard.for_postgresql()
    for table in not_truncated:
        yield (
            f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION portail_refuse('{table}_not_truncated')"
        )
