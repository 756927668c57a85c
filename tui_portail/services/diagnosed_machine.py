"""The machine's part of a diagnostic: program, system, terminal, settings and their origin, logs, papers, printers."""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from operator import itemgetter
from pathlib import Path

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseAddressInvalid
from models.revisions import CURRENT
from tui_portail.address_secrets import holds_password
from tui_portail.diagnosis import Finding, State, judged_room, size_text
from tui_portail.errors import PortailError
from tui_portail.files import reason
from tui_portail.french import time_text
from tui_portail.instants import in_paris
from tui_portail.logs import BACKUPS, CRASHES, INCIDENTS, JOURNAL, kept_in
from tui_portail.password_keyring import keyring_name
from tui_portail.printing import list_printers
from tui_portail.program_version import FROM_SOURCES, program_version
from tui_portail.settings import MailServer, Settings, settings_file

LIBRARIES = ("textual", "sqlmodel", "sqlalchemy", "psycopg", "alembic", "reportlab", "typer", "argon2-cffi", "keyring")
TERMINAL_VARIABLES = ("TERM", "COLORTERM", "NO_COLOR", "ESCDELAY", "TEXTUAL_DISABLE_KITTY_KEY", "LANG", "TZ")
SMALLEST = (80, 24)
LAST_INCIDENTS = 5
_INCIDENT = re.compile(r"^(\S+) \d+ référence (\w{5})", re.MULTILINE)


def program_findings() -> Iterator[Finding]:
    """Yield the versions of the program, of what it uses, and of the system."""
    section = "Programme"
    yield Finding(section, "Version", f"{program_version() or FROM_SOURCES}, base de version {CURRENT}")
    yield Finding(section, "Python", f"{platform.python_version()} ({platform.python_implementation()})")
    yield Finding(section, "Bibliothèques", ", ".join(f"{name} {_version(name)}" for name in LIBRARIES))
    yield Finding(section, "Système", f"{platform.system()} {platform.release()}, {platform.machine()}")


def terminal_findings(size: tuple[int, int] | None = None) -> Iterator[Finding]:
    """Yield what the terminal is. `size` (columns, lines) where the application knows it."""
    section = "Terminal"
    columns, lines = size or shutil.get_terminal_size((0, 0))
    small = 0 < columns < SMALLEST[0] or 0 < lines < SMALLEST[1]
    yield Finding(
        section,
        "Taille",
        f"{columns}×{lines}" if columns else "inconnue (pas de terminal)",
        State.ATTENTION if small else State.OK,
        "Agrandissez la fenêtre : 80 colonnes et 24 lignes au moins." if small else "",
    )
    encoding = (getattr(sys.__stdout__, "encoding", None) or locale.getpreferredencoding(False)).lower()
    french = encoding.replace("-", "") in {"utf8", "cp65001"}
    yield Finding(
        section,
        "Encodage",
        encoding,
        State.OK if french else State.ATTENTION,
        "" if french else "Réglez le terminal sur UTF-8 : les accents et le « ’ » y sont remplacés.",
    )
    told = [f"{name}={os.environ[name][:40]}" for name in TERMINAL_VARIABLES if name in os.environ]
    yield Finding(section, "Variables", _visible(", ".join(told)) or "aucune")


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """Yield each setting in force and where it comes from; the base's address without its password."""
    section = "Réglages"
    file = settings_file()
    written = _written(file)
    yield _file_finding(section, file, holds_password(settings.base) or "courriel_mot_de_passe" in written)
    for label, key, value in (
        ("Base", "base", shown_address(settings.base)),
        ("Données", "dossier_donnees", settings.data_dir),
        ("Documents", "dossier_documents", settings.documents_dir),
        ("Imprimante", "imprimante", settings.printer or "aucune : le PDF s’ouvre"),
        ("Papier", "papier", settings.paper),
        ("Thème", "theme", settings.theme),
        ("Verrouillage", "verrouillage_minutes", _minutes(settings.lock_after_minutes)),
        ("Clavier kitty", "sans_clavier_kitty", "coupé" if settings.disable_kitty_keys else "permis"),
        ("Touches changées", "touches", len(settings.keymap)),
        ("Serveur de courriels", "courriel_serveur", settings.mail or "aucun : aucun message ne part"),
        ("Adresse du portail", "portail_adresse", settings.portal_address or "aucune"),
        ("Adresse de PayFiP", "payfip_adresse", settings.payfip_address or "celle du Trésor"),
    ):
        never = key == "verrouillage_minutes" and not settings.lock_after_minutes
        yield Finding(
            section,
            label,
            f"{_visible(value)} ({_origin(key, written)})",
            State.ATTENTION if never else State.OK,
            "Un poste laissé seul reste ouvert : mettez verrouillage_minutes à 10 par exemple." if never else "",
        )
    ways = [name for name in ("PGPASSWORD", "PGPASSFILE") if os.environ.get(name)]
    ways += ["l’adresse"] if holds_password(settings.base) else []
    yield Finding(section, "Mot de passe de la base", f"donné par {', '.join(ways)}" if ways else "donné par personne")
    if settings.mail is not None:
        yield from _mail_findings(section, settings.mail, written)
    yield Finding(section, "Trousseau", keyring_name() or "aucun")


def _mail_findings(section: str, server: MailServer, written: frozenset[str]) -> Iterator[Finding]:
    """Yield how messages leave: the link, the account, where its password is; never the password."""
    yield Finding(section, "Liaison des courriels", f"{server.security} ({_origin('courriel_securite', written)})")
    yield Finding(section, "Expéditeur des courriels", _visible(server.sender))
    account = "aucun" if server.username is None else _visible(server.username)
    where = _origin("courriel_mot_de_passe", written) if server.password else "le trousseau, s’il l’a"
    told = account if server.username is None else f"{account}, mot de passe donné par : {where}"
    yield Finding(section, "Compte des courriels", told)


def log_findings(folder: Path | None = None) -> Iterator[Finding]:
    """Yield where the logs are, their size, and the last incidents' references and dates."""
    section = "Journaux"
    folder = folder or kept_in()
    files = [file for name in (INCIDENTS, JOURNAL, BACKUPS, CRASHES) for file in folder.glob(f"{name}*")]
    yield Finding(section, "Dossier", f"{_visible(folder)}, {size_text(sum(file.stat().st_size for file in files))}")
    found = []
    for file in sorted(folder.glob(f"{INCIDENTS}*")):
        found += _INCIDENT.findall(file.read_text(encoding="utf-8", errors="replace"))
    last = [f"{reference} le {_local(at)}" for at, reference in sorted(found, key=itemgetter(0))[-LAST_INCIDENTS:]]
    yield Finding(
        section,
        "Derniers incidents",
        ", ".join(reversed(last)) or "aucun",
        State.ATTENTION if last else State.OK,
        "Joignez le fichier incidents.log à ce rapport : il ne contient ni nom ni donnée de famille." if last else "",
    )


def documents_findings(settings: Settings) -> Iterator[Finding]:
    """Yield whether papers can be written, with how much room, and the printers seen."""
    section = "Papiers"
    folder = settings.documents_dir
    there = next((one for one in (folder, *folder.parents) if one.is_dir()), Path("/"))
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
        yield Finding(section, "Dossier des documents", "peut être écrit" + ("" if there == folder else ", sera créé"))
    except OSError as fault:
        advice = "Donnez au compte de ce poste le droit d’y écrire, ou changez dossier_documents dans les réglages."
        yield Finding(
            section, "Dossier des documents", f"ne peut pas être écrit ({reason(fault)})", State.ERREUR, advice
        )
    yield room_finding(section, there)
    printers = list_printers()
    unknown = settings.printer is not None and settings.printer not in printers
    yield Finding(
        section,
        "Imprimantes",
        _visible(", ".join(printers)) or "aucune",
        State.ATTENTION if unknown else State.OK,
        "L’imprimante des réglages n’est pas parmi elles : vérifiez son nom, ou qu’elle est installée."
        if unknown
        else "",
    )


def room_finding(section: str, folder: Path) -> Finding:
    """Return how much room a disk has. Raises OSError."""
    free = shutil.disk_usage(folder).free
    state, advice = judged_room(free)
    return Finding(section, "Place libre", size_text(free), state, advice)


def shown_address(base: str) -> str:
    """Return an address as it may be shown; one that is not understood may be made of a password, and is not shown at all."""
    try:
        return str(DatabaseAddress.parse(base))
    except DatabaseAddressInvalid:
        return "(adresse non comprise)"
    except PortailError:
        return "(adresse illisible)"


def mode_text(path: Path) -> str:
    """Return a file's mode in octal. Raises OSError."""
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


def open_to_others(path: Path) -> bool:
    """Say whether others than its owner and group may read a file; never known outside POSIX. Raises OSError."""
    return os.name == "posix" and bool(path.stat().st_mode & stat.S_IRWXO)


def _file_finding(section: str, file: Path, secret: bool) -> Finding:
    if not file.exists():
        return Finding(section, "Fichier", f"{_visible(file)}, absent : tout est par défaut ou par l’environnement")
    shared = os.name == "posix" and bool(stat.S_IMODE(file.stat().st_mode) & 0o077)
    state = State.OK if not shared else State.ERREUR if secret else State.ATTENTION
    advice = f"Protégez-le par « chmod 600 {_visible(file)} »." if shared else ""
    return Finding(section, "Fichier", f"{_visible(file)}, mode {mode_text(file)}", state, advice)


def _written(file: Path) -> frozenset[str]:
    import tomllib  # noqa: PLC0415

    try:
        return frozenset(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError):
        return frozenset()


def _origin(key: str, written: frozenset[str]) -> str:
    variable = f"TUI_PORTAIL_{key.upper()}"
    if variable in {name.upper() for name in os.environ}:
        return f"variable {variable}"
    return "fichier" if key in written else "par défaut"


def _minutes(minutes: int) -> str:
    return f"après {minutes} min" if minutes else "jamais"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _local(at: str) -> str:
    try:
        wall = in_paris(datetime.fromisoformat(at))
        return f"{wall:%d/%m/%Y} à {time_text(wall)}"
    except ValueError:
        return "?"


def _visible(value: object) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(one if one.isprintable() else "?" for one in str(value))
