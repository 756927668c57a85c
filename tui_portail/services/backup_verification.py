"""A backup proved: restored in a temporary place, compared with what was copied, and verified as the base itself would be.

One of an earlier version is brought to this one there, so that its next upgrade is tried too.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from models.addresses import DatabaseAddress
from models.any_version import snapshot
from models.database_errors import DatabaseFailure, DatabaseFull, DatabaseReadOnly, DatabaseUnreachable
from models.engine import Database
from models.migrate import migrate
from models.online_copy import damage_in
from models.revisions import CURRENT
from models.server_databases import may_create, short_lived
from models.server_programs import SERVER_KNOWS, ServerProgramFailed, ServerPrograms
from models.states import DatabaseKind
from tui_portail.services.backup_manifest import BaseFacts, read_facts
from tui_portail.services.clock import clock_of
from tui_portail.services.desk import Desk
from tui_portail.services.verification import verify

Told = Callable[[str, int, int], None]
"""Hears of what is being done, how much of it is, and how much there is (0: it cannot be told)."""
WORD = "verification"
DIFFERENT = (
    "ce qui est restauré n’est pas ce qui a été copié : gardez les sauvegardes d’avant et prévenez l’administrateur"
)
NOT_TRIED = "elle est gardée, mais sa restauration d’essai s’est arrêtée sur une erreur ({cause}) ; corrigez-en la cause, puis recommencez"
MAY_NOT_CREATE = "DROIT_DE_CREER_UNE_BASE_ABSENT"
_WHY: dict[type[DatabaseFailure], str] = {
    DatabaseFull: "le disque du serveur est plein",
    DatabaseReadOnly: "le compte n’en a pas le droit",
    DatabaseUnreachable: "la liaison avec le serveur est perdue",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying said: `sound` None when it could not be tried. `left`: the trial database that could not be taken away.

    `code`: what is written beside the backup in place of a sentence that says why it could not be tried.
    """

    sound: bool | None
    sentence: str
    left: str = ""
    code: str = ""


def verify_file(copy: Path, facts: BaseFacts, work: Path, told: Told) -> Verdict:
    """Verify the copy of a SQLite base; `work` is a folder for a second one where need be."""
    if damage_in(copy) is not None:
        return Verdict(False, "le fichier est abîmé")
    tried = copy
    if facts.revision != CURRENT:
        tried = Path(shutil.copyfile(copy, work / "essai.sqlite3"))
    return verify_restored(DatabaseAddress.parse(str(tried)), facts, told)


def verify_archive(
    archive: Path, facts: BaseFacts, server: DatabaseAddress, programs: ServerPrograms, told: Told
) -> Verdict:
    """Verify the archive of a PostgreSQL base in a database of `server` that lives for this only."""
    left: list[str] = []
    verdict = _verify_apart(archive, facts, server, programs, told, left.append)
    return replace(verdict, left="".join(left))


def _verify_apart(
    archive: Path,
    facts: BaseFacts,
    server: DatabaseAddress,
    programs: ServerPrograms,
    told: Told,
    stays: Callable[[str], None],
) -> Verdict:
    try:
        if not may_create(server):
            return Verdict(
                None,
                f"le compte n’a pas le droit de créer une base sur {server} ; donnez-lui CREATEDB, ou un autre serveur par "
                "--serveur-verification",
                code=MAY_NOT_CREATE,
            )
        with short_lived(server, WORD, stays) as made:
            tables = len(facts.rows)
            told("Restauration d’essai", 0, tables)
            programs.restore(made, archive, lambda done: told("Restauration d’essai", done, tables))
            return verify_restored(made, facts, told)
    except ServerProgramFailed as failure:
        return _not_tried(failure, failure.cause)
    except DatabaseFailure as failure:
        return _not_tried(failure, next((why for kind, why in _WHY.items() if isinstance(failure, kind)), SERVER_KNOWS))


def _not_tried(failure: DatabaseFailure, cause: str) -> Verdict:
    """Say why the trial could not be made; beside the backup goes our code only, and the server's when it has told one."""
    sqlstate = getattr(getattr(failure.__cause__, "orig", None), "sqlstate", None)
    return Verdict(None, NOT_TRIED.format(cause=cause), code=f"{failure.code} {sqlstate or ''}".rstrip())


def verify_restored(address: DatabaseAddress, facts: BaseFacts, told: Told) -> Verdict:
    """Compare a restored base with the facts of what was copied, then recompute all of it; one of an earlier version is upgraded first."""
    told("Vérification", 0, 0)
    with snapshot(address) as connection:
        if read_facts(connection) != facts:
            return Verdict(False, DIFFERENT)
    if facts.revision != CURRENT:
        migrate(address.text, DatabaseKind(facts.kind))
    database = Database.open(address.text, to_write=False)
    try:
        report = verify(Desk(database, Path(), clock_of(database)))
    finally:
        database.close()
    if report.sound:
        return Verdict(True, "restaurée et recalculée, tout concorde")
    return Verdict(False, f"la base sauvegardée ne concorde pas ; la première anomalie : {report.findings[0]}")
