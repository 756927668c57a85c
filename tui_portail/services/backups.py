"""`tui-portail sauvegarder`: a base copied while desks work, proved by restoring it, encrypted by choice, and noted in the base.

The file is written beside under a name nobody trusts and takes its own once whole, on the disk and judged. What it holds is in clear only
in a working folder of its owner: in the folder of backups, or, when it is encrypted, in this machine's data folder.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from models.addresses import DatabaseAddress
from models.any_version import our_marks, snapshot
from models.database_errors import DatabaseFailure
from models.online_copy import copy_online
from models.revisions import CURRENT
from models.server_databases import server_major
from models.server_programs import ServerPrograms, find_programs
from tui_portail.program_version import program_version
from tui_portail.services.backup_folder import backups_in, prune, put_away, working_folder
from tui_portail.services.backup_history import of_this_history
from tui_portail.services.backup_manifest import BaseFacts, Manifest, read_facts, sha256_of
from tui_portail.services.backup_notes import BACKED_UP, NOT_VERIFIED, SUBJECT, VERIFIED, note
from tui_portail.services.backup_sealing import PHRASE, Opening, Seal, SealRefused, decrypt, encrypt
from tui_portail.services.backup_sealing import SUFFIX as SEALED
from tui_portail.services.backup_verification import Told, Verdict, verify_archive, verify_file

NOT_ASKED = "vous avez demandé de ne pas la vérifier"
SUFFIXES = {"sqlite": ".sqlite3", "postgresql": ".dump"}


@dataclass(frozen=True, slots=True)
class BackupOrder:
    """What to back up and how. `keep`: how many verified ones stay, None to remove none; `work`: where an encrypted one is in clear."""

    url: str
    folder: Path
    work: Path
    seal: Seal | None = None
    verify: bool = True
    keep: int | None = None
    programs: Path | None = None
    verification_url: str | None = None


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was done. `noted`: the base itself knows of it, so that any desk does. `verdict`: what is told of its verification."""

    path: Path
    manifest: Manifest
    noted: bool
    removed: tuple[str, ...]
    verdict: Verdict


def back_up(order: BackupOrder, told: Told, at: datetime | None = None) -> BackupReport:
    """Back a base up. `at`: when it is said to be made (aware), None for now.

    Raises DatabaseFailure, ServerProgramsMissing, BackupNotWritten, SealRefused; nothing is left under a name that would be trusted.
    """
    address = DatabaseAddress.parse(order.url)
    our_marks(address)
    made_at = at or datetime.now(UTC)
    suffix = SUFFIXES[address.dialect]
    with working_folder(order.folder) as beside:
        if order.seal is None:
            written, manifest, verdict = _copied(order, address, beside, made_at, told)
        else:
            with working_folder(order.work, None) as private:
                clear, manifest, verdict = _copied(order, address, private, made_at, told)
                written, suffix = beside / "chiffree", suffix + SEALED
                told("Chiffrement", 0, 0)
                encrypt(clear, written, order.seal)
                _open_again(written, private / "relue", order.seal, manifest)
                manifest = replace(manifest, sealed=order.seal.kind)
        path, manifest = put_away(written, order.folder, manifest, suffix)
    noted = _noted(order.url, path, manifest)
    removed = () if order.keep is None else _pruned(address, path, manifest, order.keep, noted)
    return BackupReport(path, manifest, noted, removed, verdict)


def _copied(
    order: BackupOrder, address: DatabaseAddress, work: Path, at: datetime, told: Told
) -> tuple[Path, Manifest, Verdict]:
    """Copy the base in the working folder, and judge the copy; return its file, what it is, and how it was judged."""
    programs = None
    if address.dialect == "sqlite":
        copy = work / "copie.sqlite3"
        copy_online(address, copy, lambda done, total: told("Copie", done, total))
        with snapshot(DatabaseAddress.parse(str(copy))) as connection:
            facts = read_facts(connection)
    else:
        programs = find_programs(server_major(address), order.programs)
        copy = work / "copie.dump"
        with snapshot(address) as connection:
            facts = _dumped(connection, address, programs, copy, told)
    verdict = _judged(order, address, copy, facts, programs, work, told)
    manifest = Manifest(
        facts=facts,
        program=program_version() or "",
        engine=address.dialect,
        at=at,
        size=0,
        sha256="",
        content_sha256=sha256_of(copy),
        verified=verdict.sound,
        verification=verdict.code or verdict.sentence,
        dumped_by=programs.major if programs else None,
    )
    return copy, manifest, verdict


def _dumped(
    connection: Connection, address: DatabaseAddress, programs: ServerPrograms, copy: Path, told: Told
) -> BaseFacts:
    """Have pg_dump write the very instant that the facts are read of."""
    facts = read_facts(connection)
    tables = len(facts.rows)
    exported: str = connection.execute(select(func.pg_export_snapshot())).scalar_one()
    programs.dump(address, copy, exported, lambda done: told("Copie", done, tables))
    return facts


def _judged(
    order: BackupOrder,
    address: DatabaseAddress,
    copy: Path,
    facts: BaseFacts,
    programs: ServerPrograms | None,
    work: Path,
    told: Told,
) -> Verdict:
    if not order.verify:
        return Verdict(None, NOT_ASKED)
    if programs is None:
        return verify_file(copy, facts, work, told)
    server = DatabaseAddress.parse(order.verification_url) if order.verification_url else address
    return verify_archive(copy, facts, server, programs, told)


def _open_again(written: Path, target: Path, seal: Seal, manifest: Manifest) -> None:
    """Check that what was encrypted with a passphrase opens with it; for a key, its owner alone can. Raises SealRefused."""
    if seal.kind != PHRASE:
        return
    decrypt(written, target, Opening(phrase=seal.secret))
    if sha256_of(target) != manifest.content_sha256:
        raise SealRefused(
            "La sauvegarde chiffrée ne redonne pas ce qui a été copié : rien n’en est gardé. Recommencez."
        )
    target.unlink()


def _pruned(address: DatabaseAddress, made: Path, manifest: Manifest, keep: int, noted: bool) -> tuple[str, ...]:
    """Remove the older backups of this base that need not be kept; none when it no longer answers: the next backup will."""
    found = backups_in(made.parent, manifest.facts.base_id)
    try:
        with snapshot(address) as connection:
            own = of_this_history(connection, found, remembers=noted)
    except DatabaseFailure:
        return ()
    return prune(made.parent, own, made.name, keep, manifest.at)


def _noted(url: str, path: Path, manifest: Manifest) -> bool:
    """Write in the base that it was backed up: any desk may then say since when it was not. One of an earlier version is left as it is."""
    if manifest.facts.revision != CURRENT:
        return False
    details = {
        "fichier": path.name,
        "octets": manifest.size,
        "sha256": manifest.sha256,
        "chaines": [[one.regie, one.seq, one.hash] for one in manifest.facts.chains],
        "verifiee": manifest.verified,
        "chiffree": manifest.sealed,
    }
    verified = VERIFIED if manifest.verified else NOT_VERIFIED
    try:
        note(url, BACKED_UP, SUBJECT, verified, details)
    except DatabaseFailure:
        return False
    return True
