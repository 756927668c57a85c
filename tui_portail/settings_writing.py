"""Writing the settings file: whole or not at all, for its owner alone since it may hold a password (the base's, the mail server's)."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from tui_portail.errors import PortailError
from tui_portail.files import reason
from tui_portail.settings import DATABASE_NAME, DOCUMENTS_NAME, MailServer, Settings, default_data_dir
from tui_portail.toml_text import quoted


class SettingsNotWritten(PortailError):
    """The settings could not be written; those of before stand."""

    code = "REGLAGES_NON_ECRITS"


def write_settings(settings: Settings, file: Path) -> Path:
    """Write the settings and return the file. Raises SettingsNotWritten."""
    temporary: str | None = None
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".reglages-", dir=file.parent)  # made 0600
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as written:
            written.write(as_toml(settings))
            written.flush()
            os.fsync(written.fileno())
        Path(temporary).replace(file)
    except OSError as fault:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise SettingsNotWritten(
            f"Les réglages n’ont pas pu être écrits dans {file} ({reason(fault)}). Ceux d’avant restent en vigueur."
        ) from fault
    return file


def as_toml(settings: Settings) -> str:
    """Return the text of the settings file. Places that are the default ones are left out, so that they follow the user's folders."""
    data_dir = settings.data_dir
    values: list[tuple[str, str | None]] = [
        ("base", _unless_default(settings.base, data_dir / DATABASE_NAME)),
        ("dossier_donnees", _unless_default(str(data_dir), default_data_dir())),
        ("dossier_documents", _unless_default(str(settings.documents_dir), data_dir / DOCUMENTS_NAME)),
        ("imprimante", None if settings.printer is None else quoted(settings.printer)),
        ("papier", quoted(settings.paper)),
        ("theme", quoted(settings.theme)),
        ("sans_clavier_kitty", "true" if settings.disable_kitty_keys else "false"),
        ("verrouillage_minutes", str(settings.lock_after_minutes)),
        ("dossier_sauvegardes", _if_given(settings.backups_dir)),
        ("cle_sauvegardes", _if_given(settings.backup_key)),
        ("programmes_postgresql", _if_given(settings.postgresql_programs)),
        *([] if settings.mail is None else _mail_lines(settings.mail)),
        ("portail_adresse", _if_given(settings.portal_address)),
        ("payfip_adresse", _if_given(settings.payfip_address)),
    ]
    lines = ["# Réglages de ce poste, écrits par tui-portail ; peuvent être modifiés à la main."]
    lines += [f"{key} = {value}" for key, value in values if value is not None]
    lines += ["", "[touches]"]
    lines += [f"{quoted(command)} = {quoted(keys)}" for command, keys in sorted(settings.keymap.items())]
    return "\n".join(lines) + "\n"


def _mail_lines(server: MailServer) -> list[tuple[str, str | None]]:
    return [
        ("courriel_serveur", quoted(server.host)),
        ("courriel_port", str(server.port)),
        ("courriel_securite", quoted(server.security)),
        ("courriel_utilisateur", _if_given(server.username)),
        ("courriel_mot_de_passe", _if_given(server.password)),
        ("courriel_expediteur", quoted(server.sender)),
    ]


def _unless_default(place: str, default: Path) -> str | None:
    return None if place == str(default) else quoted(place)


def _if_given(value: object) -> str | None:
    return None if value is None else quoted(str(value))
