"""The accounts of a PostgreSQL server: what a desk's may do, what a reader's may, and what the one that is connected can.

The base belongs to an account that makes and upgrades it (`initialiser`) and that no desk uses. A desk's account inserts, and changes
the few columns the program changes (`desk_rights`); the server itself refuses it the rest, whatever is asked of it. A reader's account
is for reports and `pg_dump`. Rights are given by `tui-portail droits`, and given again to the accounts that have them by each upgrade.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.account_reach import becomes, may_beyond
from models.addresses import DatabaseAddress
from models.database_errors import AccountNotFit, AccountNotMade, OwnerNeeded
from models.desk_rights import DESK_RIGHTS, Uses
from tui_portail.errors import InvalidInput

JOURNAL = (
    "journal_entry",
    "posting",
    "payment",
    "tender",
    "quittance",
    "avoir",
    "avoir_use",
    "audit_event",
    "commune_version",
)
"""Where money and gestures are written: what `account_rights` looks at."""
DESK_SETTINGS = {
    "lock_timeout": "3s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}
READER_SETTINGS = {"default_transaction_read_only": "on", "timezone": "UTC"}
"""Kept by the server for the account itself: they hold behind a connection pooler that drops what a connection asks for."""
_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,62}")
_KEYWORDS = ("public", "none", "user", "current_user", "current_role", "session_user")


@dataclass(frozen=True, slots=True)
class AccountRights:
    """What an account may do to the base beyond a desk's work: it should be nothing at all."""

    superuser: bool
    owner: bool
    may_alter_journal: bool

    @property
    def sound(self) -> bool:
        """Whether a desk may well work with this account."""
        return not (self.superuser or self.owner or self.may_alter_journal)


def account_rights(connection: Connection) -> AccountRights | None:
    """Return what the account connected may do; None on SQLite, which has none. Raises DBAPIError where the base has no tables."""
    if connection.dialect.name == "sqlite":
        return None
    row = connection.execute(
        text(
            "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser, "
            "bool_or(pg_has_role(current_user, c.relowner, 'MEMBER')) AS owner, "
            "bool_or(has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')) AS alters "
            "FROM pg_class c WHERE c.oid = ANY (CAST(:tables AS regclass[]))"
        ),
        {"tables": list(JOURNAL)},
    ).one()
    return AccountRights(bool(row.superuser), bool(row.owner), bool(row.alters))


def owns(connection: Connection, tables: Collection[str]) -> bool:
    """Say whether the account connected owns all these tables: who does not is let no VACUUM."""
    owned = text(
        "SELECT bool_and(pg_has_role(c.relowner, 'USAGE')) FROM pg_class c WHERE c.oid = ANY (CAST(:t AS regclass[]))"
    )
    return bool(connection.scalar(owned, {"t": list(tables)}))


def require_owner(connection: Connection, shown: str) -> None:
    """Refuse to make or to upgrade a base with an account that may not; `shown` is the base's address. Raises OwnerNeeded."""
    may = connection.scalar(
        text(
            "SELECT has_schema_privilege(current_schema(), 'CREATE') AND COALESCE((SELECT bool_and(pg_has_role(c.relowner, 'USAGE')) "
            "FROM pg_class c WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind IN ('r', 'S')), true)"
        )
    )
    if not may:
        raise OwnerNeeded(shown)


def known_accounts(connection: Connection) -> dict[str, bool]:
    """Return the accounts that have rights on the base beside its owner's, and whether each may write."""
    rows = connection.execute(
        text(
            "SELECT r.rolname, bool_or(a.privilege_type = 'INSERT') FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a "
            "JOIN pg_roles r ON r.oid = a.grantee WHERE c.oid = CAST('audit_event' AS regclass) "
            "AND a.grantee <> c.relowner AND NOT r.rolsuper GROUP BY r.rolname ORDER BY r.rolname"
        )
    )
    return {row[0]: bool(row[1]) for row in rows}


def foreign_settings(connection: Connection) -> tuple[str, ...]:
    """Return the names of the settings that the server keeps for the account connected and that the program did not write.

    An account may write its own (`ALTER ROLE poste SET search_path = …`): they hold at its next connection, and may stop its work.
    """
    row = connection.execute(
        text(
            "SELECT COALESCE(has_table_privilege(to_regclass('audit_event'), 'INSERT'), true) AS writes, ARRAY("
            "SELECT CAST(s.setdatabase = 0 AS text) || ' ' || one FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS one "
            "WHERE s.setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND s.setdatabase IN "
            "(0, (SELECT oid FROM pg_database WHERE datname = current_database()))) AS kept"
        )
    ).one()
    ours = {f"false {name}={value}" for name, value in (DESK_SETTINGS if row.writes else READER_SETTINGS).items()}
    foreign = [one for one in row.kept if one.replace("TimeZone", "timezone") not in ours]
    return tuple(sorted({one.partition(" ")[2].partition("=")[0] for one in foreign}))


def give_again(connection: Connection) -> tuple[str, ...]:
    """Give the accounts known what this version needs, and return their names: after an upgrade, in its transaction."""
    known = known_accounts(connection)
    for role, writes in known.items():
        _give_tables(connection, role, DESK_RIGHTS if writes else {})
    return tuple(known)


def give(connection: Connection, role: str, *, writes: bool) -> bool:
    """Give an account what a desk needs (or a reader, which only reads) and nothing more, and make it if there is none.

    Return whether the server keeps the account's own settings, which only a server's administrator may write for some.
    Raises InvalidInput, AccountNotFit, AccountNotMade, OwnerNeeded.
    """
    if not _NAME.fullmatch(role) or role.startswith("pg_") or role in _KEYWORDS:
        raise InvalidInput(
            "Le nom d’un compte s’écrit en minuscules sans accent, chiffres et « _ », et commence par une lettre : « poste », par exemple."
        )
    _check_owner(connection)
    _make(connection, role)
    if held := list(becomes(connection, role)):
        raise AccountNotFit(role, held)
    _close_to_public(connection)
    _give_tables(connection, role, DESK_RIGHTS if writes else {})
    if beyond := list(may_beyond(connection, role, DESK_RIGHTS if writes else {})):
        raise AccountNotFit(role, beyond)
    return _keep_settings(connection, role, DESK_SETTINGS if writes else READER_SETTINGS)


def _check_owner(connection: Connection) -> None:
    rights = account_rights(connection)
    if rights is None or not (rights.superuser or rights.owner):
        raise OwnerNeeded(str(DatabaseAddress("postgresql", connection.engine.url)))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _say(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))


def _make(connection: Connection, role: str) -> None:
    """Make the account, without a password: nobody enters by it before the administrator gives one."""
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        return
    may = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not connection.scalar(may):
        raise AccountNotMade(role)
    _say(connection, f"CREATE ROLE {_quoted(connection, role)} LOGIN")


def _close_to_public(connection: Connection) -> None:
    """Take from everybody what a base of the program gives to nobody: making objects in it. What cannot be is told by `may_beyond`."""
    schema, base = connection.execute(text("SELECT current_schema(), current_database()")).one()
    for statement in (
        f"REVOKE CREATE ON SCHEMA {_quoted(connection, schema)} FROM PUBLIC",
        f"REVOKE CREATE, TEMPORARY ON DATABASE {_quoted(connection, base)} FROM PUBLIC",
    ):
        _tried(connection, statement)


def _give_tables(connection: Connection, role: str, rights: dict[str, Uses]) -> None:
    """Give exactly these rights: those of before are taken back first, so that what a version no longer needs goes."""
    schema, base = connection.execute(text("SELECT current_schema(), current_database()")).one()
    here, to = _quoted(connection, schema), _quoted(connection, role)
    _say(connection, f"REVOKE ALL ON ALL TABLES IN SCHEMA {here} FROM {to}")
    _say(connection, f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {here} FROM {to}")
    _say(connection, f"GRANT CONNECT ON DATABASE {_quoted(connection, base)} TO {to}")
    _say(connection, f"GRANT USAGE ON SCHEMA {here} TO {to}")
    _say(connection, f"GRANT SELECT ON ALL TABLES IN SCHEMA {here} TO {to}")
    # `pg_dump` reads where each sequence is; a desk only takes the next number
    _say(connection, f"GRANT {'USAGE' if rights else 'SELECT'} ON ALL SEQUENCES IN SCHEMA {here} TO {to}")
    for table, uses in rights.items():
        for privilege in _privileges(connection, uses):
            _say(connection, f"GRANT {privilege} ON {here}.{_quoted(connection, table)} TO {to}")


def _privileges(connection: Connection, uses: Uses) -> Iterator[str]:
    if uses.inserts:
        yield "INSERT"
    if uses.deletes:
        yield "DELETE"
    if uses.changed:
        yield f"UPDATE ({', '.join(_quoted(connection, column) for column in uses.changed)})"


def _keep_settings(connection: Connection, role: str, settings: dict[str, str]) -> bool:
    """Have the server keep these settings for the account, and none that it, or somebody else, wrote for it before."""
    base = connection.scalar(text("SELECT current_database()"))
    everywhere = f"ALTER ROLE {_quoted(connection, role)}"
    here = f"{everywhere} IN DATABASE {_quoted(connection, str(base))}"
    wanted = [f"{here} SET {name} = '{value}'" for name, value in settings.items()]
    kept = [_tried(connection, statement) for statement in (f"{everywhere} RESET ALL", f"{here} RESET ALL", *wanted)]
    return all(kept)


def _tried(connection: Connection, statement: str) -> bool:
    """Do a statement that the account may not be allowed; what was done before it stays."""
    try:
        with connection.begin_nested():
            _say(connection, statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != "42501":
            raise
        return False
    return True
