"""PostgreSQL's own `pg_dump` and `pg_restore`: found, of a version that fits the server, run without their password being seen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseFailure
from models.engine import APPLICATION

USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "C:/Program Files/PostgreSQL/*/bin",
)
_MAY_NOT = re.compile(r"permission denied|lack SELECT privilege")
_VERSION = re.compile(r"(\d+)(?:\.\d+)*\s*(?:\(|$|[a-z])", re.MULTILINE)
_DUMPED = re.compile(r"dumping contents of table|processing data for table")
MISSING = (
    "Il faut les programmes pg_dump et pg_restore de PostgreSQL {major} ou plus récents ; {found}. Installez-les sur ce poste "
    "(Debian, Ubuntu : « apt install postgresql-client-{major} » ; Windows, macOS : l’installeur de PostgreSQL), ou dites leur dossier "
    "par le réglage « programmes_postgresql »."
)
MAY_NOT_READ = (
    "Ce compte ne peut pas lire toute la base, rien n’est gardé. Sauvegardez par le compte qui la possède (ou celui de lecture, "
    "« tui-portail droits --lecture »), pas par celui des postes."
)
FAILED = "{program} s’est arrêté sur une erreur ({cause}). {nothing} : corrigez-en la cause, puis recommencez."
NOTHING = {"pg_dump": "Rien n’est gardé", "pg_restore": "Rien n’est restauré"}
SERVER_KNOWS = "le journal du serveur PostgreSQL dit laquelle"
_CAUSES = (
    (re.compile(r"No space left|could not extend file"), "le disque est plein"),
    (re.compile(r"password authentication|no password supplied"), "le mot de passe manque ou est refusé"),
    (re.compile(r"connection to server|server closed|terminating connection"), "la liaison avec le serveur est perdue"),
    (re.compile(r"permission denied|must be owner"), "le compte n’en a pas le droit"),
    (re.compile(r"unsupported version"), "l’archive est d’un PostgreSQL plus récent"),
)
"""What is told of the programs' own words, which may quote a row: the words themselves are shown and kept nowhere."""


class ServerProgramsMissing(DatabaseFailure):
    """No `pg_dump` recent enough on this machine."""

    code = "PROGRAMMES_POSTGRESQL_ABSENTS"


class ServerProgramFailed(DatabaseFailure):
    """`pg_dump` or `pg_restore` ended on an error; `cause` says which, in words of ours."""

    code = "PROGRAMME_POSTGRESQL_ARRETE"

    def __init__(self, sentence: str, cause: str) -> None:
        super().__init__(sentence)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class ServerPrograms:
    """Where the programs are, and their major version."""

    folder: Path
    major: int

    def dump(self, address: DatabaseAddress, target: Path, exported: str, told: Callable[[int], None]) -> None:
        """Write a base's archive (custom format) of the snapshot exported; `told` how many tables are begun.

        Without large objects: the program has none, and one that another account made could not be read. Raises ServerProgramFailed.
        """
        words = ["--format=custom", "-B", "--verbose", f"--snapshot={exported}", f"--file={target}"]
        self._run("pg_dump", address, words, told)

    def restore(self, address: DatabaseAddress, archive: Path, told: Callable[[int], None]) -> None:
        """Fill an empty base from an archive, in one transaction: all of it or nothing. Raises ServerProgramFailed.

        Owners and rights are those of the account that restores: accounts of another server are not asked for.
        """
        words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--verbose"]
        self._run("pg_restore", address, [*words, str(archive)], told)

    def _run(self, program: str, address: DatabaseAddress, words: Sequence[str], told: Callable[[int], None]) -> None:
        last: deque[str] = deque(maxlen=3)
        tables = 0
        command = [str(self.folder / _named(program)), f"--dbname={_for_libpq(address)}", "--no-password", *words]
        with subprocess.Popen(  # noqa: S603  our own words, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_environment(address),
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as running:
            try:
                for line in running.stderr or ():
                    if _DUMPED.search(line):
                        tables += 1
                        told(tables)
                    elif "error" in line.lower() or "fatal" in line.lower():
                        last.append(line.split(": ", 1)[-1].strip())
            except BaseException:
                running.kill()
                raise
        if running.returncode:
            cause = next((ours for words, ours in _CAUSES if any(map(words.search, last))), SERVER_KNOWS)
            if program == "pg_dump" and any(_MAY_NOT.search(line) for line in last):
                raise ServerProgramFailed(MAY_NOT_READ, cause)
            raise ServerProgramFailed(FAILED.format(program=program, cause=cause, nothing=NOTHING[program]), cause)


def find_programs(major: int, folder: Path | None = None) -> ServerPrograms:
    """Return programs of version `major`, or the nearest more recent; `folder`: where the settings say they are.

    Raises ServerProgramsMissing, with what was found.
    """
    found = [ServerPrograms(place, version) for place in _places(folder) if (version := _version_in(place)) is not None]
    fit = min((one for one in found if one.major >= major), key=lambda one: one.major, default=None)
    if fit is not None:
        return fit
    newest = max((one.major for one in found), default=None)
    where = f"« {folder} » n’en contient pas" if folder else "aucun n’a été trouvé"
    said = where if newest is None else f"ceux trouvés sont de la version {newest}, et refuseraient ce serveur"
    raise ServerProgramsMissing(MISSING.format(major=major, found=said))


def _places(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    on_path = shutil.which("pg_dump")
    if on_path is not None:
        yield Path(on_path).parent
    for pattern in USUAL_PLACES:
        root = Path(pattern).anchor
        if Path(root).exists():
            yield from sorted(Path(root).glob(pattern.removeprefix(root)))


def _version_in(folder: Path) -> int | None:
    """Return the version of both programs in a folder; None when either is missing or cannot run."""
    versions = set[int]()
    for name in ("pg_dump", "pg_restore"):
        program = folder / _named(name)
        try:
            said = subprocess.run(  # noqa: S603
                [str(program), "--version"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
            ).stdout
        except (OSError, subprocess.SubprocessError):
            return None
        if (match := _VERSION.search(said)) is None:
            return None
        versions.add(int(match[1]))
    return min(versions)


def _named(program: str) -> str:
    return f"{program}.exe" if os.name == "nt" else program


def _for_libpq(address: DatabaseAddress) -> str:
    """Return the address as libpq reads it, without its password: a space of an option is « %20 » there, never « + »."""
    place, mark, options = str(address).partition("?")
    return f"{place}{mark}{options.replace('+', '%20')}"


def _environment(address: DatabaseAddress) -> dict[str, str]:
    """Return the environment of the programs: the password there, where other users cannot read it, and words in English to be read."""
    environment = {**os.environ, "LC_ALL": "C", "PGAPPNAME": f"{APPLICATION}-sauvegarde", "PGTZ": "UTC"}
    environment.setdefault("PGCONNECT_TIMEOUT", "10")
    given = address.url.password or address.url.query.get("password")
    if given:
        environment["PGPASSWORD"] = given if isinstance(given, str) else given[-1]
    return environment
