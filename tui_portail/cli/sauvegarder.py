"""`tui-portail sauvegarder`: a verified copy of the base while desks work, now or each night."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.french import EXIT_REFUSED, FrenchCommand
from tui_portail.cli.output_file import on_a_terminal
from tui_portail.cli.passphrases import chosen_phrase, known_phrase, phrase_file
from tui_portail.cli.progress import steps_line
from tui_portail.cli.told import tell
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.files import expanded
from tui_portail.logs import note_backup

if TYPE_CHECKING:
    from tui_portail.services.backup_sealing import Seal
    from tui_portail.services.backups import BackupReport
    from tui_portail.settings import Settings

EXIT_NOT_VERIFIED = 3
KEPT_BY_DEFAULT = 14
CARRIED = tuple(f"TUI_PORTAIL_{name}" for name in ("DOSSIER_DONNEES", "CLE_SAUVEGARDES", "PROGRAMMES_POSTGRESQL"))
"""Settings of this terminal's environment that a scheduled backup needs too; none is a secret."""

BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="URL", help="La base à sauvegarder : adresse ou fichier ; sinon, celle des réglages."
    ),
]
Folder = Annotated[
    str | None,
    typer.Option("--vers", metavar="DOSSIER", help="Où la ranger ; sinon, le dossier de sauvegardes des réglages."),
]
Keep = Annotated[
    str | None,
    typer.Option(
        "--garder",
        metavar="N",
        help="Ne garde que les N dernières sauvegardes vérifiées de cette base, et une par mois pendant un an.",
    ),
]
NoCheck = Annotated[
    bool, typer.Option("--sans-verification", help="N’essaie pas de la restaurer : elle n’est pas vérifiée.")
]
CheckServer = Annotated[
    str | None,
    typer.Option(
        "--serveur-verification", metavar="URL", help="PostgreSQL : où la restaurer à l’essai ; sinon, sur son serveur."
    ),
]
Sealed = Annotated[
    bool,
    typer.Option(
        "--chiffrer", help="La chiffre, pour la clé des réglages s’il y en a une, sinon par une phrase secrète."
    ),
]
Key = Annotated[
    str | None, typer.Option("--cle", metavar="AGE1", help="La chiffre pour cette clé publique (« age1… »).")
]
PhraseFile = Annotated[
    str | None,
    typer.Option("--phrase-fichier", metavar="FICHIER", help="La chiffre par la phrase secrète de ce fichier (0600)."),
]
Clear = Annotated[bool, typer.Option("--en-clair", help="Ne la chiffre pas, malgré la clé des réglages.")]
At = Annotated[
    str | None, typer.Option("--planifier", metavar="HEURE", help="La planifie chaque jour à cette heure, comme 02:30.")
]
NoMore = Annotated[bool, typer.Option("--deplanifier", help="Ne la planifie plus (de toutes les bases, sans --base).")]
NewKey = Annotated[
    str | None,
    typer.Option(
        "--nouvelle-cle", metavar="FICHIER", help="Écrit une clé privée dans ce fichier et donne la publique."
    ),
]


def sauvegarder(
    base: BaseUrl = None,
    folder: Folder = None,
    keep: Keep = None,
    no_check: NoCheck = False,
    check_server: CheckServer = None,
    sealed: Sealed = False,
    key: Key = None,
    phrase: PhraseFile = None,
    clear: Clear = False,
    at: At = None,
    no_more: NoMore = False,
    new_key: NewKey = None,
) -> None:
    """Copie la base sans arrêter les postes, restaure la copie à part et la vérifie.

    Une phrase secrète vient de la variable TUI_PORTAIL_PHRASE_SAUVEGARDES, d’un fichier, ou se tape deux fois. Une clé publique suffit pour
    chiffrer chaque nuit : la privée n’a pas à être sur la machine. Sort en erreur si la sauvegarde n’est pas bonne (1) ou n’a pas pu
    être vérifiée (3).
    """
    from tui_portail.settings import load_settings  # noqa: PLC0415  `--help` needs no settings

    if new_key is not None:
        _make_key(new_key)
        return
    if no_more:
        from models.addresses import DatabaseAddress  # noqa: PLC0415
        from tui_portail.services.backup_schedule import unschedule  # noqa: PLC0415

        tell(unschedule(None if base is None else str(DatabaseAddress.parse(base))))
        return
    kept = None if keep is None else _count(keep)
    settings = load_settings()
    if clear and (sealed or key is not None or phrase is not None):
        raise InvalidInput("--en-clair ne va pas avec --chiffrer, --cle ni --phrase-fichier.")
    if key is not None and phrase is not None:
        raise InvalidInput("Donnez --cle ou --phrase-fichier, pas les deux.")
    if at is not None:
        tell(_schedule(settings, at, base, folder, kept, no_check, check_server, sealed, key, phrase, clear))
        return
    _back_up(settings, base, folder, kept, no_check, check_server, _seal(settings, sealed, key, phrase, clear))


def _back_up(
    settings: Settings,
    base: str | None,
    folder: str | None,
    keep: int | None,
    no_check: bool,
    check_server: str | None,
    seal: Seal | None,
) -> None:
    from tui_portail.services.backups import BackupOrder, back_up  # noqa: PLC0415  `--help` needs no database

    order = BackupOrder(
        base or settings.base,
        expanded(folder).absolute() if folder else settings.backups_folder,
        settings.data_dir / "sauvegardes-en-cours",
        seal,
        not no_check,
        keep,
        settings.postgresql_programs,
        check_server,
    )
    try:
        with steps_line(on_a_terminal()) as told:
            report = back_up(order, told)
    except PortailError as refused:
        note_backup("refusee", code=refused.code)
        raise
    verified = {True: "verifiee", False: "anomalie", None: "non-verifiee"}[report.manifest.verified]
    note_backup(
        verified, fichier=report.path.name, octets=report.manifest.size, ecritures=report.manifest.facts.entries
    )
    for sentence in _sentences(report):
        tell(sentence)
    if report.manifest.verified is False:
        raise typer.Exit(EXIT_REFUSED)
    if report.manifest.verified is None and not no_check:
        raise typer.Exit(EXIT_NOT_VERIFIED)


def _sentences(report: BackupReport) -> list[str]:
    from models.server_databases import STAYS  # noqa: PLC0415  `--help` needs no database
    from tui_portail.french import plural  # noqa: PLC0415
    from tui_portail.services.backup_sealing import KEY  # noqa: PLC0415

    manifest = report.manifest
    told = [f"Sauvegarde : {report.path} ({_size(manifest.size)})", f"{_capital(manifest.facts.sentence)}."]
    if manifest.sealed:
        told.append(f"Chiffrée {'pour la clé publique' if manifest.sealed == KEY else 'par la phrase secrète'}.")
    if manifest.verified:
        told.append(f"Vérifiée : {report.verdict.sentence}.")
    elif manifest.verified is None:
        told.append(f"NON VÉRIFIÉE : {report.verdict.sentence}.")
    else:
        told.append(f"ANOMALIE : {report.verdict.sentence}. Lancez « tui-portail verifier » et prévenez le régisseur.")
    if report.verdict.left:
        told.append(STAYS.format(name=report.verdict.left))
    if not report.noted:
        told.append("La base n’a pas pu noter cette sauvegarde (base ancienne, ou en lecture seule).")
    if report.removed:
        told.append(
            f"{plural(len(report.removed), 'sauvegarde ancienne supprimée', 'sauvegardes anciennes supprimées')}."
        )
    return told


def _seal(settings: Settings, sealed: bool, key: str | None, phrase: str | None, clear: bool) -> Seal | None:
    """Return what to encrypt for: what the command says, else the key of the settings, else nothing."""
    from tui_portail.services.backup_sealing import seal_for_key, seal_for_phrase  # noqa: PLC0415

    if clear:
        return None
    if phrase is not None:
        return seal_for_phrase(chosen_phrase(phrase))
    public = key or settings.backup_key
    if public is not None:
        return seal_for_key(public)
    return seal_for_phrase(chosen_phrase(None)) if sealed else None


def _schedule(
    settings: Settings,
    at: str,
    base: str | None,
    folder: str | None,
    keep: int | None,
    no_check: bool,
    check_server: str | None,
    sealed: bool,
    key: str | None,
    phrase: str | None,
    clear: bool,
) -> str:
    """Install the daily backup, each of its words written in full: what runs it at night has none of this terminal's variables."""
    from models.addresses import DatabaseAddress  # noqa: PLC0415
    from tui_portail.backup_rules import time_of_day  # noqa: PLC0415
    from tui_portail.services.backup_schedule import DailyBackup, schedule  # noqa: PLC0415
    from tui_portail.settings import FILE_VARIABLE  # noqa: PLC0415

    hour, minute = time_of_day(at)
    if sealed and key is None and phrase is None and settings.backup_key is None:
        raise InvalidInput(
            "Personne ne tapera de phrase secrète la nuit : donnez --phrase-fichier, ou une clé (--cle, réglage « cle_sauvegardes »)."
        )
    _seal(settings, sealed and settings.backup_key is not None, key, phrase, clear)  # a wrong one is refused now
    known_phrase(phrase)
    words = [sys.executable, "-m", "tui_portail", "sauvegarder", "--garder", str(keep or KEPT_BY_DEFAULT)]
    written = settings if base is None else None
    for option, url in (("--base", base or settings.base), ("--serveur-verification", check_server)):
        if url is None:
            continue
        address = DatabaseAddress.parse(url)
        if not address.holds_password:
            words += [option, str(address)]
        elif option != "--base" or written is None or os.environ.get("TUI_PORTAIL_BASE"):
            raise InvalidInput(
                f"L’adresse de {option} contient un mot de passe, que tous liraient dans la planification. Mettez-la dans le fichier "
                "des réglages (clé « base »), ou le mot de passe dans ~/.pgpass."
            )
    words += ["--vers", str(expanded(folder).absolute() if folder else settings.backups_folder)]
    if phrase is not None:
        words += ["--phrase-fichier", str(phrase_file(phrase))]
    elif key is not None:
        words += ["--cle", key]
    words += ["--sans-verification"] * no_check + ["--en-clair"] * clear
    given = tuple((name, os.environ[name]) for name in (FILE_VARIABLE, *CARRIED) if os.environ.get(name))
    return schedule(DailyBackup(hour, minute, str(DatabaseAddress.parse(base or settings.base)), words, given))


def _make_key(typed: str) -> None:
    from tui_portail.services.backup_sealing import new_key  # noqa: PLC0415  `--help` needs no cipher

    path = expanded(typed).absolute()
    public = new_key(path)
    tell(f"Clé privée écrite dans {path} : gardez-la hors de cette machine, sans elle rien ne s’ouvre plus.")
    tell("Réglage à ajouter sur la machine qui sauvegarde :")
    tell(f'    cle_sauvegardes = "{public}"')


def _count(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:6]) <= 10_000):
        raise InvalidInput("--garder attend un nombre de sauvegardes, comme 14.")
    return int(typed)


def _size(octets: int) -> str:
    if octets < 1_000_000:
        return f"{max(octets // 1000, 1)} ko"
    return f"{octets / 1_000_000:.1f} Mo".replace(".", ",")


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "sauvegarder", cls=FrenchCommand, short_help="Sauvegarde la base, vérifiée, maintenant ou chaque nuit."
    )(sauvegarder)
