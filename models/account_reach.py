"""What an account of a PostgreSQL server could do to the base beyond what a desk does, by itself, by PUBLIC or by becoming another.

An account becomes any role it is a member of (`SET ROLE`), whether it inherits from it or not: what that role may do counts as its own.
Read from the server's catalogue, which every account may read, so that `droits` and the diagnostic say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, text

from models.desk_rights import Uses

_ATTRIBUTES = {
    "rolsuper": "superutilisateur",
    "rolcreaterole": "créer des comptes",
    "rolcreatedb": "créer des bases",
    "rolreplication": "répliquer le serveur",
    "rolbypassrls": "passer outre les politiques de lignes",
}
_READ_ONLY = (
    "pg_monitor",
    "pg_read_all_data",
    "pg_read_all_settings",
    "pg_read_all_stats",
    "pg_stat_scan_tables",
    "pg_use_reserved_connections",
)
"""The server's own roles that only read; every other does more, those of servers to come too."""
_OWN_DEFINER = "portail_journal_entry_moves_head"
_MEMBER_OF = """
SELECT r.*, r.oid IN (SELECT relowner FROM pg_class WHERE oid = to_regclass('journal_entry')) AS owner
FROM pg_roles r WHERE pg_has_role(:role, r.oid, 'MEMBER') ORDER BY r.rolname <> CAST(:role AS name), r.rolname
"""
_ON_TABLES = """
SELECT c.relname, p.name FROM pg_class c CROSS JOIN unnest(CAST(:privileges AS text[])) AS p(name)
WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind = 'r' AND has_table_privilege(:role, c.oid, p.name) ORDER BY 1, 2
"""
_ON_COLUMNS = """
SELECT c.relname, p.name, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'REFERENCES']) AS p(name)
WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind = 'r'
AND has_column_privilege(:role, c.oid, a.attnum, p.name) AND NOT has_table_privilege(:role, c.oid, p.name) ORDER BY 1, 2, 3
"""
_ON_SEQUENCES = """
SELECT relname FROM pg_class
WHERE relnamespace = to_regnamespace(current_schema()) AND relkind = 'S'
AND CASE WHEN relkind = 'S' THEN has_sequence_privilege(:role, oid, 'UPDATE') END ORDER BY 1
"""
_SCHEMAS = """
SELECT nspname FROM pg_namespace WHERE has_schema_privilege(:role, oid, 'CREATE') AND nspname !~ '^pg_' ORDER BY 1
"""
_DEFINERS = """
SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
AND has_function_privilege(:role, p.oid, 'EXECUTE') AND has_schema_privilege(:role, n.oid, 'USAGE')
AND NOT (p.proname = :own AND n.nspname = current_schema()) ORDER BY 1, 2
"""


def becomes(connection: Connection, role: str) -> Iterator[str]:
    """Yield in French what the account is, or could become: powers of its own, and the roles it is a member of that have some."""
    for one in connection.execute(text(_MEMBER_OF), {"role": role}).mappings():
        powers = [words for column, words in _ATTRIBUTES.items() if one[column]]
        if one["rolsuper"]:
            powers = powers[:1]  # it can all the others
        name = one["rolname"]
        if name == role:
            yield from powers
            if one["rolsuper"]:
                return  # a member of every role
        elif powers:
            yield f"membre de {name} ({', '.join(powers)})"
        elif name.startswith("pg_") and name not in _READ_ONLY:
            yield f"membre de {name}"
        if one["owner"]:
            yield f"propriétaire de la base par « {name} »" if name != role else "propriétaire de la base"


def may_beyond(connection: Connection, role: str, rights: Mapping[str, Uses]) -> Iterator[str]:
    """Yield in French what the account may do beyond `rights`: by PUBLIC, or by a role it is a member of."""
    yield from _tables_beyond(connection, role, rights)
    asked = {"role": role}
    yield from (f"UPDATE sur {name}" for name in connection.scalars(text(_ON_SEQUENCES), asked))
    yield from (f"créer des objets dans le schéma {name}" for name in connection.scalars(text(_SCHEMAS), asked))
    if connection.scalar(text("SELECT has_database_privilege(:role, current_database(), 'CREATE')"), asked):
        yield "créer des schémas dans la base"
    for schema, function in connection.execute(text(_DEFINERS), {**asked, "own": _OWN_DEFINER}):
        yield f"appeler {schema}.{function}, qui agit avec les droits d’un autre"


def _tables_beyond(connection: Connection, role: str, rights: Mapping[str, Uses]) -> Iterator[str]:
    none = Uses(inserts=False)
    privileges = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"]
    if (connection.dialect.server_version_info or ()) >= (17,):
        privileges.append("MAINTAIN")
    for table, privilege in connection.execute(text(_ON_TABLES), {"privileges": privileges, "role": role}):
        uses = rights.get(table, none)
        if not ((privilege == "INSERT" and uses.inserts) or (privilege == "DELETE" and uses.deletes)):
            yield f"{privilege} sur {table}"
    for table, privilege, column in connection.execute(text(_ON_COLUMNS), {"role": role}):
        if not (privilege == "UPDATE" and column in rights.get(table, none).changed):
            yield f"{privilege} sur {table}.{column}"
