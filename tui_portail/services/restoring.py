"""`tui-portail restaurer`: a backup checked, opened, restored apart and verified, before it takes the place of anything.

A file in place is never overwritten: it is renamed beside, with its day. On a server the backup fills an empty base, where nobody else
may write meanwhile, or a new one that takes its name (beside the base in place, whose administrator then switches the names) once it was
judged: no desk works in what may still be refused. Nothing is upgraded here: a backup of an earlier version stays of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect

from models.addresses import DatabaseAddress
from models.any_version import marks_of, our_marks, snapshot
from models.database_errors import DatabaseDamaged, DatabaseFailure, DatabaseMissing, DatabaseNotOurs, DatabaseTooNew
from models.driver_errors import translated
from models.inspection import OTHER_PROGRAM, PROGRAM, check_place, check_unused
from models.revisions import CURRENT, REVISIONS
from models.server_databases import check_alone, closed_to_desks, made_apart, name_of, name_with, named, server_major
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
from tui_portail.services.backup_verification import DIFFERENT, Told, Verdict, verify_file, verify_restored
from tui_portail.services.backups import SUFFIXES
from tui_portail.services.lost_work import LostWork, lost_work
from tui_portail.services.replaced_files import put_in_place

NOT_RESTORED = "La base n’a pas pu être restaurée dans {folder} ({reason}) ; rien n’a été changé. Libérez de la place, puis recommencez."
ALTERED = (
    "La sauvegarde {name} n’est pas celle que dit sa description : elle est tronquée ou a été modifiée. Rien n’a été restauré. "
    "Reprenez une autre copie, ou une autre sauvegarde."
)
DAMAGED = "La sauvegarde {name} est abîmée, ou n’est pas celle d’une base du Portail. Rien n’a été changé. Prenez-en une autre."
ITSELF = "La sauvegarde et la base à restaurer sont le même fichier : donnez à « --base » le nom de la base."
UNCHANGED = "Rien n’a été changé."
WORD = "restauration"
FILLED = "La base {address} était vide et ne l’est plus ; personne ne peut y écrire : supprimez-la (« dropdb »), puis créez-la de nouveau."
OLDER = "elle est d’une version plus ancienne : « tui-portail initialiser » puis « verifier »"
CHANGED = (
    "Quelqu’un a travaillé dans la base {address} pendant que la question était posée : ce qui serait perdu n’est plus ce que vous avez "
    "confirmé. Rien n’a été changé. Fermez tous les postes, puis recommencez."
)
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
    address = DatabaseAddress.parse(order.url).resolved
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
        raise BackupUnreadable(
            f"La sauvegarde {order.backup} n’existe pas, ou n’est pas un fichier : vérifiez son nom."
        )
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


def _judged(order: RestoreOrder, verdict: Verdict, left: str = UNCHANGED) -> Verdict:
    """Refuse a backup that is not sound; `left` says how things are then. Raises RestoreRefused."""
    if verdict.sound is not True and not order.despite_anomalies:
        raise RestoreRefused(
            f"La sauvegarde n’est pas bonne : {verdict.sentence.rstrip('.')}. {left} Prenez-en une autre, ou restaurez celle-ci "
            "telle quelle par --malgre-les-anomalies."
        )
    return verdict


def _restore_file(
    order: RestoreOrder, address: DatabaseAddress, manifest: Manifest | None, told: Told, confirm: Confirm
) -> RestoredBase:
    target = address.path
    if target is None:
        raise ValueError("not a SQLite address")
    if target == order.backup.resolve():
        raise InvalidInput(ITSELF)
    check_place(address, may_create=True)
    standing = _standing_file(order, address)
    with (
        _opened(order, target.parent, manifest, told) as clear,
        working_folder(target.parent, NOT_RESTORED) as work,
    ):
        told("Copie", 0, 0)
        copy = Path(shutil.copyfile(clear, work / "restauree.sqlite3"))
        restored = DatabaseAddress.parse(str(copy))
        said = manifest.facts if manifest else _facts_undescribed(order, restored)
        verdict = _judged(order, verify_file(copy, said, work, told))
        facts = said if verdict.sound else _facts_in(restored, said)
        lost = _lost(address, restored) if standing == "readable" else None
        if standing != "nothing":
            confirm(lost, facts)
        aside = put_in_place(
            copy, address, _stamp(), lambda held: _check_unchanged(held, address, restored, standing, lost)
        )
    return RestoredBase(address, facts, verdict, aside, lost=lost)


def _lost(address: DatabaseAddress, restored: DatabaseAddress, held: Connection | None = None) -> LostWork | None:
    """Compare with the file in place, by the connection that holds it if one does; None when it cannot be read through."""
    try:
        with translated(address), nullcontext(held) if held else snapshot(address) as now, snapshot(restored) as then:
            return lost_work(now, then)
    except (DatabaseDamaged, DatabaseNotOurs):
        return None


def _check_unchanged(
    held: Connection, address: DatabaseAddress, restored: DatabaseAddress, standing: str, lost: LostWork | None
) -> None:
    """Refuse to put aside, once nobody else has it, a file that is no longer what was confirmed. Raises RestoreRefused."""
    if standing == "nothing":
        if inspect(held).get_table_names():
            raise RestoreRefused(TAKEN.format(address=address))
    elif _lost(address, restored, held) != lost:
        raise RestoreRefused(CHANGED.format(address=address))


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
    """Read what a backup holds, whatever its description says. Raises DatabaseFailure when it is no base of ours."""
    our_marks(address)
    with snapshot(address) as connection:
        return read_facts(connection)


def _facts_undescribed(order: RestoreOrder, restored: DatabaseAddress) -> BaseFacts:
    """Read what a backup without a description holds. Raises RestoreRefused when it is damaged, or no base of ours."""
    try:
        return _facts_of(restored)
    except (DatabaseDamaged, DatabaseNotOurs) as error:
        raise RestoreRefused(DAMAGED.format(name=order.backup.name)) from error


def _facts_in(address: DatabaseAddress, said: BaseFacts) -> BaseFacts:
    """Read what a file that is not sound holds; what its description says where it cannot be read."""
    try:
        return _facts_of(address)
    except DatabaseDamaged:
        return said


def _restore_on_server(
    order: RestoreOrder, address: DatabaseAddress, manifest: Manifest | None, told: Told
) -> RestoredBase:
    with _place_on_server(order, address) as place:
        filling = place.filling
        programs = find_programs(max(server_major(filling), manifest.dumped_by or 0 if manifest else 0), order.programs)
        with _opened(order, order.work, manifest, told) as archive:
            tables = len(manifest.facts.rows) if manifest else 0
            programs.restore(filling, archive, lambda done: told("Restauration", done, tables))
        facts = _facts_of(filling)  # what is there, whatever the description says
        verdict = _verified(order, filling, manifest.facts if manifest else facts, facts, told, place.left)
        lost = None
        if place.replaced is not None:
            with snapshot(place.replaced) as now, snapshot(filling) as then:
                lost = lost_work(now, then)
    return RestoredBase(place.final, facts, verdict, replaced=place.replaced, lost=lost)


def _verified(
    order: RestoreOrder, filling: DatabaseAddress, said: BaseFacts, facts: BaseFacts, told: Told, left: str
) -> Verdict:
    """Judge what was restored by what is there; one of an earlier version is only compared with its description. Raises RestoreRefused."""
    if facts.revision == CURRENT:
        return _judged(order, verify_restored(filling, said, told), left)
    if said != facts:
        return _judged(order, Verdict(False, DIFFERENT), left)
    return Verdict(None, OLDER)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an archive is restored: the base being filled, its address once judged, the one it is to replace.

    `left` says how things are when it is refused.
    """

    filling: DatabaseAddress
    final: DatabaseAddress
    replaced: DatabaseAddress | None = None
    left: str = UNCHANGED


@contextmanager
def _place_on_server(order: RestoreOrder, address: DatabaseAddress) -> Iterator[_Place]:
    """Give the empty base to fill, that desks may open once the block ends well. Raises RestoreRefused, DatabaseFailure."""
    final, replaced = address, None
    try:
        marks = marks_of(address)
    except DatabaseMissing:
        pass
    else:
        if marks.empty:
            with closed_to_desks(address) as filling:
                yield _Place(filling, address, left=FILLED.format(address=address))
            return
        if marks.program != PROGRAM:
            raise DatabaseNotOurs(OTHER_PROGRAM.format(address=address))
        if not order.replace:
            raise RestoreRefused(TAKEN.format(address=address))
        check_alone(address)
        final, replaced = named(address, name_with(address, f"_restauree_{_stamp().replace('-', '_')}")), address
    with made_apart(address, name_of(final), WORD) as filling:
        yield _Place(filling, final, replaced)


def _note(order: RestoreOrder, restored: RestoredBase) -> None:
    """Have the base restored say where it comes from, and which families are to be erased again."""
    if restored.facts.revision != CURRENT:
        return
    erased = list(restored.lost.erased) if restored.lost else []
    with suppress(DatabaseFailure):
        note(restored.address.text, RESTORED, BASE, "", {"fichier": order.backup.name, "a_effacer": erased})


def _stamp() -> str:
    return f"{datetime.now(PARIS):%Y-%m-%d-%H%M%S}"
