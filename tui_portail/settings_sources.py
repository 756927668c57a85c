"""The strict reading of the settings: flags, then environment, then file (pydantic-settings), with mistakes told in French.

Slow to import: only `tui_portail.settings.load_settings` does. The file's keys and the variables' names are French; `Settings` is not.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from tui_portail.address_secrets import holds_password
from tui_portail.errors import InvalidInput
from tui_portail.files import FileTooLarge, expanded, read_text, reason
from tui_portail.mail_addresses import check_address
from tui_portail.settings import ENVIRONMENT_PREFIX, MAIL_PORTS, MailServer, Settings, settings_with
from tui_portail.this_machine import is_this_machine
from tui_portail.web_addresses import WEB_ADDRESS_EXPECTED, checked_web_address

FLAGS = {
    "base": "base",
    "data_dir": "dossier_donnees",
    "documents_dir": "dossier_documents",
    "printer": "imprimante",
    "paper": "papier",
    "theme": "theme",
    "keymap": "touches",
    "disable_kitty_keys": "sans_clavier_kitty",
    "lock_after_minutes": "verrouillage_minutes",
    "backups_dir": "dossier_sauvegardes",
    "backup_key": "cle_sauvegardes",
    "postgresql_programs": "programmes_postgresql",
    "portal_address": "portail_adresse",
    "payfip_address": "payfip_adresse",
}
"""The names of `Settings`, and the key of each in the file; in capitals after TUI_PORTAIL_, its variable."""

_EXPECTED = {
    "theme": "attendu : clair, sombre, contraste ou ansi",
    "papier": "attendu : A5, A4 ou ticket",
    "touches": "attendu : une table qui donne une touche à chaque commande",
    "sans_clavier_kitty": "attendu : true ou false",
    "verrouillage_minutes": "attendu : un nombre de minutes de 0 (jamais) à 480",
    "cle_sauvegardes": "attendu : une clé publique, qui commence par « age1 » (« sauvegarder --nouvelle-cle » en fait une)",
    "courriel_serveur": "attendu : un nom comme « smtp.mairie.fr », sans « smtp:// » ni port",
    "courriel_port": "attendu : un port, de 1 à 65535",
    "courriel_securite": "attendu : starttls, tls ou aucune",
    "courriel_expediteur": "attendu : l’adresse d’où partent les messages, comme « periscolaire@mairie.fr »",
    "portail_adresse": WEB_ADDRESS_EXPECTED,
    "payfip_adresse": WEB_ADDRESS_EXPECTED,
}
_TEXT_EXPECTED = "attendu : un texte"
IN_CLEAR = (
    "Réglages : « courriel_securite = aucune » laisserait les messages aux familles passer en clair jusqu’à une autre machine. "
    "Mettez starttls ou tls ; « aucune » n’est que pour un serveur de cette machine (localhost)."
)


def _told_by_pydantic(check: Callable[[str], str]) -> AfterValidator:
    """Return a check of ours whose refusal pydantic can name the key of."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except InvalidInput as refused:
            raise ValueError(refused.code) from None

    return AfterValidator(checked)


WebAddress = Annotated[str, _told_by_pydantic(checked_web_address)]
MailAddress = Annotated[str, _told_by_pydantic(check_address)]


class SettingsForm(BaseSettings):
    """The settings as written: every key may be left out."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    base: str | None = Field(None, min_length=1)
    dossier_donnees: str | None = Field(None, min_length=1)
    dossier_documents: str | None = Field(None, min_length=1)
    imprimante: str | None = None
    papier: Literal["A5", "A4", "ticket"] = "A5"
    theme: Literal["clair", "sombre", "contraste", "ansi"] = "sombre"
    touches: dict[str, str] = Field(default_factory=dict)
    sans_clavier_kitty: bool = False
    verrouillage_minutes: Annotated[int, Field(ge=0, le=480)] = 10
    dossier_sauvegardes: str | None = Field(None, min_length=1)
    cle_sauvegardes: str | None = Field(None, pattern=r"^age1[a-z0-9]{50,}$")
    programmes_postgresql: str | None = Field(None, min_length=1)
    courriel_serveur: str | None = Field(None, pattern=r"^([A-Za-z0-9][A-Za-z0-9.-]*|[0-9a-fA-F:]*:[0-9a-fA-F:]*)$")
    courriel_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    courriel_securite: Literal["starttls", "tls", "aucune"] | None = None
    courriel_utilisateur: str | None = Field(None, min_length=1)
    courriel_mot_de_passe: str | None = Field(None, min_length=1, repr=False)
    courriel_expediteur: MailAddress | None = None
    portail_adresse: WebAddress | None = None
    payfip_adresse: WebAddress | None = None


def read_settings(file: Path, flags: Mapping[str, object], *, environment: bool = True) -> Settings:
    """Return the settings; without `environment`, those of the file alone. Raises InvalidInput with the sentence to show."""
    given: dict[str, Any] = {FLAGS[name]: _plain(value) for name, value in flags.items() if value is not None}
    _check_file(file)

    class WithFile(SettingsForm):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            """Return the sources, the strongest first."""
            written = TomlConfigSettingsSource(settings_cls, file)
            return (init_settings, env_settings, written) if environment else (init_settings, written)

    try:
        form = WithFile(**given)
    except ValidationError as fault:
        raise _mistake(str(fault.errors()[0]["loc"][0]), file, given) from fault
    except SettingsError as fault:
        raise InvalidInput(f"Variable {ENVIRONMENT_PREFIX}TOUCHES : {_EXPECTED['touches']}, en JSON.") from fault
    return _settings(form)


def _settings(form: SettingsForm) -> Settings:
    return settings_with(
        base=form.base,
        data_dir=form.dossier_donnees,
        documents_dir=form.dossier_documents,
        printer=form.imprimante or None,
        paper=form.papier,
        theme=form.theme,
        keymap=dict(form.touches),
        disable_kitty_keys=form.sans_clavier_kitty,
        lock_after_minutes=form.verrouillage_minutes,
        backups_dir=_folder(form.dossier_sauvegardes),
        backup_key=form.cle_sauvegardes,
        postgresql_programs=_folder(form.programmes_postgresql),
        mail=_mail(form),
        portal_address=form.portail_adresse,
        payfip_address=form.payfip_adresse,
    )


def _mail(form: SettingsForm) -> MailServer | None:
    """Return the mail server, None where no key of it is written. Raises InvalidInput for keys that do not go together."""
    keys = [key for key in SettingsForm.model_fields if key.startswith("courriel_") and getattr(form, key) is not None]
    host, sender, security = form.courriel_serveur, form.courriel_expediteur, form.courriel_securite or "starttls"
    if not keys:
        return None
    if host is None or sender is None:
        missing = "courriel_serveur" if host is None else "courriel_expediteur"
        raise InvalidInput(
            f"Réglages : « {keys[0]} » est donné sans « {missing} », que tout envoi de courriels demande."
        )
    if form.courriel_mot_de_passe is not None and form.courriel_utilisateur is None:
        raise InvalidInput(
            "Réglages : « courriel_mot_de_passe » est donné sans « courriel_utilisateur », le compte à qui il est."
        )
    if security == "aucune" and not is_this_machine(host):
        raise InvalidInput(IN_CLEAR)
    port = form.courriel_port or MAIL_PORTS[security]
    return MailServer(host, sender, port, security, form.courriel_utilisateur, form.courriel_mot_de_passe)


def _folder(text: str | None) -> Path | None:
    return None if text is None else expanded(text).absolute()


def _check_file(file: Path) -> None:
    """Refuse a file that cannot be read, is no TOML, or shows a password to other users of the machine."""
    try:
        written = tomllib.loads(read_text(file))
        mode = file.stat().st_mode
    except FileNotFoundError:
        return
    except UnicodeDecodeError:
        raise InvalidInput(f"Réglages {file} : le fichier n’est pas enregistré en UTF-8.") from None
    except OSError as fault:
        raise InvalidInput(f"Réglages {file} : le fichier ne peut pas être lu ({reason(fault)}).") from fault
    except FileTooLarge:
        raise InvalidInput(f"Réglages {file} : ce fichier est trop gros pour être celui des réglages.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise InvalidInput(f"Réglages {file} : ce n’est pas du TOML valide.") from fault
    shared = os.name == "posix" and stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO)
    owner = "de la base" if holds_password(written.get("base")) else ""
    if not owner and written.get("courriel_mot_de_passe"):
        owner = "du serveur de courriels"
    if shared and owner:
        raise InvalidInput(
            f"Réglages {file} : ce fichier contient le mot de passe {owner} et d’autres que vous peuvent le lire. "
            f"Protégez-le par « chmod 600 {file} »."
        )


def _mistake(key: str, file: Path, given: Mapping[str, object]) -> InvalidInput:
    variable = f"{ENVIRONMENT_PREFIX}{key.upper()}"
    if key in given:
        place = f"Option « {key} »"
    elif variable in {name.upper() for name in os.environ}:
        place = f"Variable {variable}"
    else:
        place = f"Réglages {file}, clé « {key} »"
    if key not in SettingsForm.model_fields:
        return InvalidInput(f"{place} : cette clé n’est pas connue, vérifiez son nom ou enlevez-la.")
    return InvalidInput(f"{place} : {_EXPECTED.get(key, _TEXT_EXPECTED)}.")


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value
