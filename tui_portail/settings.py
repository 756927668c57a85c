"""The settings of one desk: which database, where its papers go, printer, theme, keys. From flags, environment, then a file.

A flag wins over `TUI_PORTAIL_…` in the environment, which wins over the TOML file in the user's configuration folder, which wins over
the defaults. This module is cheap to import; the strict reading (`settings_sources`, pydantic) is loaded by `load_settings` only, after
the first frame. What must be known before that frame is read by `first_frame_settings`, which forgives: the strict reading tells.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui_portail.errors import InvalidInput
from tui_portail.files import FileTooLarge, expanded, read_text

APPLICATION = "tui-portail"
ENVIRONMENT_PREFIX = "TUI_PORTAIL_"
FILE_VARIABLE = "TUI_PORTAIL_REGLAGES"
DATABASE_NAME = "tui-portail.sqlite3"
DOCUMENTS_NAME = "documents"
BACKUPS_NAME = "sauvegardes"
UNANSWERED_NAME = "gestes-sans-reponse"
THEMES = ("clair", "sombre", "contraste", "ansi")
PAPERS = ("A5", "A4", "ticket")
MAIL_PORTS = {"starttls": 587, "tls": 465, "aucune": 25}
"""How the link to a mail server may be protected, and the port it has then unless told otherwise."""
TRUE_WORDS = ("1", "true", "oui")


@dataclass(frozen=True, slots=True)
class MailServer:
    """The SMTP server that messages to families leave by. The password is never printed by `repr`.

    `security`: « starttls », « tls » (from the first byte) or « aucune » (this machine only). `sender`: the address they come from.
    `password` None: the keyring's, where there is a `username`.
    """

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Return where the server is, as it may be shown: « smtp.mairie.fr:587 »."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a desk. `base` is a path or a URL and may hold a password: it is never printed by `repr`.

    `printer` None: the PDF is opened instead. `lock_after_minutes` 0: the desk never locks by itself. `keymap`: command id to keys.
    `backup_key`: the public key (age) that backups are encrypted for; `postgresql_programs`: where pg_dump is, None for the usual places.
    `mail` None: no message can be sent. `portal_address`: the portal's own address in a browser (https://…), None where there is none.
    `payfip_address`: another PayFiP than the Trésor's, which only a demonstration or a test base accepts.
    """

    base: str = field(repr=False)
    data_dir: Path
    documents_dir: Path
    printer: str | None = None
    paper: str = "A5"
    theme: str = "sombre"
    keymap: Mapping[str, str] = field(default_factory=dict)
    disable_kitty_keys: bool = False
    lock_after_minutes: int = 10
    backups_dir: Path | None = None
    backup_key: str | None = None
    postgresql_programs: Path | None = None
    mail: MailServer | None = None
    portal_address: str | None = None
    payfip_address: str | None = None

    @property
    def backups_folder(self) -> Path:
        """Where backups go: « sauvegardes » in the data folder unless said otherwise."""
        return self.backups_dir or self.data_dir / BACKUPS_NAME

    @property
    def unanswered_folder(self) -> Path:
        """Where gestures that lost their answer are noted until their fate is told (`tui_portail/unanswered.py`)."""
        return self.data_dir / UNANSWERED_NAME


@dataclass(frozen=True, slots=True)
class FirstFrame:
    """What the first frame needs."""

    theme: str = "sombre"
    keymap: Mapping[str, str] = field(default_factory=dict)
    disable_kitty_keys: bool = False


def settings_file() -> Path:
    """Return the settings file: the one named by TUI_PORTAIL_REGLAGES, else « reglages.toml » of the user's configuration folder."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return expanded(named)
    import platformdirs  # noqa: PLC0415  only when no file is named

    return platformdirs.user_config_path(APPLICATION, appauthor=False) / "reglages.toml"


def default_data_dir() -> Path:
    """Return the user's data folder, where the SQLite database and the documents are kept by default."""
    import platformdirs  # noqa: PLC0415  only when the setting is not given

    return platformdirs.user_data_path(APPLICATION, appauthor=False)


def load_settings(file: Path | None = None, **flags: object) -> Settings:
    """Return the settings of this desk; `flags` (None: not given) win over environment and file.

    Raises InvalidInput, naming the file or the variable and what was expected. A file that does not exist is no mistake.
    """
    target = file or settings_file()
    if not _anything_written(target, flags):
        return settings_with()
    from tui_portail.settings_sources import read_settings  # noqa: PLC0415  pydantic is slow to load

    return read_settings(target, flags)


def _anything_written(file: Path, flags: Mapping[str, object]) -> bool:
    """Say whether there is anything to read: a file, even one that cannot be, a variable of ours or a flag."""
    if any(value is not None for value in flags.values()):
        return True
    if any(name.upper().startswith(ENVIRONMENT_PREFIX) for name in os.environ):
        return True
    try:
        file.stat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def settings_with(
    *, base: str | None = None, data_dir: str | None = None, documents_dir: str | None = None, **others: Any
) -> Settings:
    """Return settings whose places, where none is given, are in the user's data folder."""
    data = expanded(data_dir) if data_dir else default_data_dir()
    documents = expanded(documents_dir) if documents_dir else data / DOCUMENTS_NAME
    return Settings(base or str(data / DATABASE_NAME), data, documents, **others)


def save_settings(settings: Settings, file: Path | None = None) -> Path:
    """Write the settings whole or not at all, readable by their owner alone, and return the file. Raises SettingsNotWritten."""
    from tui_portail.settings_writing import write_settings  # noqa: PLC0415  only when an agent saves

    return write_settings(settings, file or settings_file())


def change_settings(file: Path | None = None, **changes: Any) -> Settings:
    """Change some settings in the file and return what it holds; what comes from flags or environment is not written there.

    Raises InvalidInput if the file cannot be understood, SettingsNotWritten.
    """
    from tui_portail.settings_sources import read_settings  # noqa: PLC0415  pydantic is slow to load

    target = file or settings_file()
    changed = replace(read_settings(target, {}, environment=False), **changes)
    save_settings(changed, target)
    return changed


def first_frame_settings(file: Path | None = None) -> FirstFrame:
    """Return what the first frame needs, without pydantic and without complaint: what cannot be understood keeps its default."""
    known = FirstFrame()
    written = _forgiving(file)
    theme = os.environ.get(f"{ENVIRONMENT_PREFIX}THEME", written.get("theme"))
    keymap = written.get("touches")
    kitty = os.environ.get(f"{ENVIRONMENT_PREFIX}SANS_CLAVIER_KITTY", written.get("sans_clavier_kitty"))
    return FirstFrame(
        theme if isinstance(theme, str) and theme in THEMES else known.theme,
        {key: keys for key, keys in keymap.items() if isinstance(keys, str)} if isinstance(keymap, dict) else {},
        kitty is True or (isinstance(kitty, str) and kitty.lower() in TRUE_WORDS),
    )


def kitty_keys_disabled() -> bool:
    """Say whether the kitty keyboard protocol is to be switched off: some terminals drop AltGr characters with it."""
    return first_frame_settings().disable_kitty_keys


def _forgiving(file: Path | None) -> dict[str, object]:
    try:
        return tomllib.loads(read_text(file or settings_file()))
    except (OSError, ValueError, RecursionError, FileTooLarge, InvalidInput):
        return {}
