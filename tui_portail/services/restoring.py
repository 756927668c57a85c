"""`tui-portail restaurer`: a backup checked, opened, restored apart and verified, before it takes the place of anything.

A file in place is never overwritten: it is renamed beside, with its day. On a server the backup fills an empty base, or a new one beside
the base in place, and whoever administers it switches the names. Nothing is upgraded here: a backup of an earlier version stays of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.addresses import DatabaseAddress
from models.any_version import marks_of, snapshot
from models.database_errors import DatabaseDamaged, DatabaseFailure, DatabaseMissing, DatabaseNotOurs, DatabaseTooNew
from models.inspection import OTHER_PROGRAM, PROGRAM, check_place, check_unused
from models.revisions import CURRENT, REVISIONS
from models.server_databases import STAYS, check_alone, create_database, name_of, name_with, named, server_major
from models.server_databases import drop_database as drop
from models.server_programs import find_programs
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.files import reason
from tui_portail.instants import PARIS
from tui_portail.services.backup_folder import working_folder
from tui_portail.services.backup_manifest import (
    BackupUnreadable,
    BaseFacts,
    Manifest,
    read_facts,
    read_manifest,
    sha256_of,
)
from tui_portail.services.backup_notes import BASE, RESTORED, note
from tui_portail.services.backup_sealing import SUFFIX as SEALED
from tui_portail.services.backup_sealing import Opening, decrypt
from tui_portail.services.backup_verification import Told, Verdict, verify_file, verify_restored
from tui_portail.services.backups import SUFFIXES
from tui_portail.services.lost_work import LostWork, lost_work
from tui_portail.services.replaced_files import put_in_place

NOT_RESTORED = "La base n’a pas pu être restaurée dans {folder} ({reason}) ; rien n’a été changé. Libérez de la place, puis recommencez."
ALTERED = (
    "La sauvegarde {name} n’est pas celle que dit sa description : elle est tronquée ou a été modifiée. Rien n’a été restauré. "
    "Reprenez une autre copie, ou une autre sauvegarde."
)
FILLED = "La base {address} était vide et ne l’est plus : n’y travaillez pas, supprimez-la (« dropdb »)."
TAKEN = (
    "La base {address} existe et n’est pas vide : rien n’a été changé. Donnez une autre adresse, ou --remplacer "
    "pour la mettre de côté."
)


class RestoreRefused(PortailError):
    """A backup that is not restored."""

    code = "RESTAURATION_REFUSEE"


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """What to restore and where. `opening` is asked only for an encrypted backup; `work`: where it is opened for a server's base."""

    backup: Path
    url: str
    work: Path
    opening: Callable[[], Opening]
    replace: bool = False
    without_manifest: bool = False
    despite_anomalies: bool = False
    programs: Path | None = None


@dataclass(frozen=True, slots=True)
class RestoredBase:
    """What was restored, where, how it was judged, what was put aside under which name, and what it lacks of it."""

    address: DatabaseAddress
    facts: BaseFacts
    verdict: Verdict
    aside: Path | None = None
    replaced: DatabaseAddress | None = None
    lost: LostWork | None = None


Confirm = Callable[[LostWork | None, BaseFacts], None]
"""Asked before a file in place is put aside: what would be lost (None: it cannot be read), what is restored. Raises to refuse."""


def restore(order: RestoreOrder, told: Told, confirm: Confirm) -> RestoredBase:
    """Restore a backup. The base in place stays as it is whenever this raises.

    Raises BackupUnreadable, RestoreRefused, SealRefused, DatabaseFailure, ServerProgramsMissing, BackupNotWritten.
    """
    manifest = _described(order, told)
    address = DatabaseAddress.parse(order.url)
    engine = manifest.engine if manifest else _engine_of(order.backup)
    if engine != address.dialect:
        raise InvalidInput(
            "Cette sauvegarde est celle d’une base PostgreSQL : donnez --base postgresql://…"
            if engine == "postgresql"
            else "Cette sauvegarde est celle d’un fichier : restaurez-la en un fichier, puis transférez-la (« tui-portail transferer »)."
        )
    restored = (
        _restore_file(order, address, manifest, told, confirm)
        if address.path is not None
        else _restore_on_server(order, address, manifest, told)
    )
    _note(order, restored)
    return restored


def _described(order: RestoreOrder, told: Told) -> Manifest | None:
    """Read the description and check the file against it. Raises BackupUnreadable, RestoreRefused, DatabaseTooNew."""
    if not order.backup.is_file():
        raise BackupUnreadable(f"La sauvegarde {order.backup} n’existe pas : vérifiez son nom.")
    if order.without_manifest:
        return None
    manifest = read_manifest(order.backup)
    told("Contrôle du fichier", 0, 0)
    try:
        same = (order.backup.stat().st_size, sha256_of(order.backup)) == (manifest.size, manifest.sha256)
    except OSError as error:
        raise BackupUnreadable(f"La sauvegarde {order.backup} ne peut pas être lue ({reason(error)}).") from error
    if not same:
        raise RestoreRefused(ALTERED.format(name=order.backup.name))
    if manifest.facts.revision not in REVISIONS:
        raise DatabaseTooNew(
            "Cette sauvegarde vient d’une version plus récente du programme : mettez-le à jour, puis recommencez."
        )
    return manifest


def _engine_of(backup: Path) -> str:
    name = backup.name.removesuffix(SEALED)
    for engine, suffix in SUFFIXES.items():
        if name.endswith(suffix):
            return engine
    raise BackupUnreadable(f"« {backup.name} » ne dit pas de quelle base c’est la sauvegarde (.sqlite3 ou .dump).")


@contextmanager
def _opened(order: RestoreOrder, work: Path, manifest: Manifest | None, told: Told) -> Iterator[Path]:
    """Give the backup in clear: itself, or its decrypted copy in a working folder."""
    if not order.backup.name.endswith(SEALED):
        yield order.backup
        return
    opening = order.opening()
    told("Déchiffrement", 0, 0)
    with working_folder(work, NOT_RESTORED) as private:
        clear = private / "en-clair"
        decrypt(order.backup, clear, opening)
        if manifest is not None and sha256_of(clear) != manifest.content_sha256:
            raise RestoreRefused(ALTERED.format(name=order.backup.name))
        yield clear


def _judged(order: RestoreOrder, verdict: Verdict, left: str = "Rien n’a été changé.") -> Verdict:
    """Refuse a backup that is not sound; `left` says how things are then. Raises RestoreRefused."""
    if verdict.sound is not True and not order.despite_anomalies:
        raise RestoreRefused(
            f"La sauvegarde n’est pas bonne : {verdict.sentence}. {left} Prenez-en une autre, ou restaurez celle-ci "
            "telle quelle par --malgre-les-anomalies."
        )
    return verdict


def _restore_file(
    order: RestoreOrder, address: DatabaseAddress, manifest: Manifest | None, told: Told, confirm: Confirm
) -> RestoredBase:
    target = address.path
    if target is None:
        raise ValueError("not a SQLite address")
    check_place(address, may_create=True)
    standing = _standing_file(order, address)
    with (
        _opened(order, target.parent, manifest, told) as clear,
        working_folder(target.parent, NOT_RESTORED) as work,
    ):
        told("Copie", 0, 0)
        copy = Path(shutil.copyfile(clear, work / "restauree.sqlite3"))
        restored = DatabaseAddress.parse(str(copy))
        facts = manifest.facts if manifest else _facts_of(restored)
        verdict = _judged(order, verify_file(copy, facts, work, told))
        lost = _lost(address, restored) if standing == "readable" else None
        if standing != "nothing":
            confirm(lost, facts)
        aside = put_in_place(copy, address, _stamp())
    return RestoredBase(address, facts, verdict, aside, lost=lost)


def _lost(address: DatabaseAddress, restored: DatabaseAddress) -> LostWork | None:
    """Compare with the file in place; None when it cannot be read through."""
    try:
        with snapshot(address) as now, snapshot(restored) as then:
            return lost_work(now, then)
    except (DatabaseDamaged, DatabaseNotOurs):
        return None


def _standing_file(order: RestoreOrder, address: DatabaseAddress) -> str:
    """Say what is in place: « nothing », « readable » or « unreadable ». Raises RestoreRefused unless it may be put aside."""
    try:
        marks = marks_of(address)
    except DatabaseMissing:
        return "nothing"
    except (DatabaseDamaged, DatabaseNotOurs):
        standing = "unreadable"
    else:
        if marks.empty:
            return "nothing"
        if marks.program != PROGRAM:
            raise DatabaseNotOurs(OTHER_PROGRAM.format(address=address))
        standing = "readable"
    if not order.replace:
        raise RestoreRefused(TAKEN.format(address=address))
    if standing == "readable":
        check_unused(address)  # said before anything is asked; held again when it is put aside
    return standing


def _facts_of(address: DatabaseAddress) -> BaseFacts:
    """Read what a backup without description holds. Raises DatabaseFailure when it is no base of ours."""
    marks = marks_of(address)
    if marks.program != PROGRAM or marks.revision not in REVISIONS:
        raise DatabaseNotOurs(OTHER_PROGRAM.format(address=address))
    with snapshot(address) as connection:
        return read_facts(connection)


def _restore_on_server(
    order: RestoreOrder, address: DatabaseAddress, manifest: Manifest | None, told: Told
) -> RestoredBase:
    target, made, replaced = _place_on_server(order, address)
    try:
        programs = find_programs(max(server_major(target), manifest.dumped_by or 0 if manifest else 0), order.programs)
        with _opened(order, order.work, manifest, told) as archive:
            tables = len(manifest.facts.rows) if manifest else 0
            programs.restore(target, archive, lambda done: told("Restauration", done, tables))
        facts = manifest.facts if manifest else _facts_of(target)
        if facts.revision == CURRENT:
            left = "Rien n’a été changé." if made else FILLED.format(address=target)
            verdict = _judged(order, verify_restored(target, facts, told), left)
        else:
            verdict = Verdict(
                None, "elle est d’une version plus ancienne : « tui-portail initialiser » puis « verifier »"
            )
        lost = None
        if replaced is not None:
            with snapshot(replaced) as now, snapshot(target) as then:
                lost = lost_work(now, then)
    except BaseException as refused:
        if made and not drop(target):
            _say_it_stays(target, refused)
        raise
    return RestoredBase(target, facts, verdict, replaced=replaced, lost=lost)


def _say_it_stays(target: DatabaseAddress, refused: BaseException) -> None:
    """Have what is told of a restore that ends say that the base made for it is still there."""
    stays = STAYS.format(name=name_of(target))
    if isinstance(refused, PortailError):
        refused.sentence = f"{refused.sentence} {stays}"
    elif isinstance(refused, KeyboardInterrupt):
        raise RestoreRefused(f"Restauration interrompue. {stays}") from refused


def _place_on_server(
    order: RestoreOrder, address: DatabaseAddress
) -> tuple[DatabaseAddress, bool, DatabaseAddress | None]:
    """Return the empty base to fill, whether it was made for this, and the base in place it is to replace."""
    try:
        empty = marks_of(address).empty
    except DatabaseMissing:
        create_database(address)
        return address, True, None
    if empty:
        return address, False, None
    if not order.replace:
        raise RestoreRefused(TAKEN.format(address=address))
    check_alone(address)
    beside = named(address, name_with(address, f"_restauree_{_stamp().replace('-', '_')}"))
    create_database(beside)
    return beside, True, address


def _note(order: RestoreOrder, restored: RestoredBase) -> None:
    """Have the base restored say where it comes from, and which families are to be erased again."""
    if restored.facts.revision != CURRENT:
        return
    erased = list(restored.lost.erased) if restored.lost else []
    with suppress(DatabaseFailure):
        note(restored.address.text, RESTORED, BASE, "", {"fichier": order.backup.name, "a_effacer": erased})


def _stamp() -> str:
    return f"{datetime.now(PARIS):%Y-%m-%d-%H%M%S}"
