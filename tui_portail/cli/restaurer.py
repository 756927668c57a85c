"""`tui-portail restaurer`: a base from its backup, verified before it takes the place of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.asking import ask
from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.output_file import on_a_terminal
from tui_portail.cli.passphrases import known_phrase, phrase_file
from tui_portail.cli.progress import steps_line
from tui_portail.cli.told import tell
from tui_portail.errors import InvalidInput
from tui_portail.files import expanded

if TYPE_CHECKING:
    from tui_portail.services.backup_manifest import BaseFacts
    from tui_portail.services.backup_sealing import Opening
    from tui_portail.services.lost_work import LostWork
    from tui_portail.services.restoring import RestoredBase

Backup = Annotated[str, typer.Argument(metavar="FICHIER", help="La sauvegarde ; sa description (.json) est à côté.")]
BaseUrl = Annotated[
    str,
    typer.Option(
        "--base", metavar="URL", help="Où la restaurer : un fichier, ou une base PostgreSQL, vide ou à créer."
    ),
]
Replace = Annotated[
    bool,
    typer.Option(
        "--remplacer",
        help="Un fichier déjà là est gardé sous un autre nom ; sur un serveur, restaure à côté et dit comment basculer.",
    ),
]
PhraseFile = Annotated[
    str | None,
    typer.Option("--phrase-fichier", metavar="FICHIER", help="La phrase secrète est dans ce fichier (0600)."),
]
KeyFile = Annotated[
    str | None,
    typer.Option("--cle-privee", metavar="FICHIER", help="La clé privée qui l’ouvre est dans ce fichier (0600)."),
]
NoManifest = Annotated[
    bool, typer.Option("--sans-description", help="Restaure sans le .json : rien ne dit alors qu’elle est entière.")
]
Despite = Annotated[
    bool, typer.Option("--malgre-les-anomalies", help="La restaure même si la vérification y trouve des anomalies.")
]


def restaurer(
    backup: Backup,
    base: BaseUrl,
    replace: Replace = False,
    phrase: PhraseFile = None,
    private_key: KeyFile = None,
    no_manifest: NoManifest = False,
    despite: Despite = False,
) -> None:
    """Contrôle une sauvegarde, la restaure à part, la vérifie, puis la met en place. Fermez d’abord tous les postes.

    Ne change rien à une base qui n’est pas vide sans --remplacer ; dit alors ce qui a été fait depuis et serait perdu, et demande de
    confirmer en tapant un nombre.
    """
    from tui_portail.services.restoring import RestoreOrder, restore  # noqa: PLC0415  `--help` needs no database
    from tui_portail.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    with steps_line(on_a_terminal()) as told:

        def opening() -> Opening:
            told("", 0, 0)
            return _opening(backup, phrase, private_key)

        def confirm(lost: LostWork | None, facts: BaseFacts) -> None:
            told("", 0, 0)
            _confirm(lost, facts)

        order = RestoreOrder(
            expanded(backup).absolute(),
            base,
            settings.data_dir / "restaurations-en-cours",
            opening,
            replace,
            no_manifest,
            despite,
            settings.postgresql_programs,
        )
        restored = restore(order, told, confirm)
    for sentence in _sentences(restored):
        tell(sentence)


def _opening(backup: str, phrase: str | None, private_key: str | None) -> Opening:
    from tui_portail.services.backup_manifest import BackupUnreadable, read_manifest  # noqa: PLC0415
    from tui_portail.services.backup_sealing import KEY, Opening, keys_in  # noqa: PLC0415

    if private_key is not None:
        return Opening(keys=keys_in(phrase_file(private_key)))
    try:
        sealed = read_manifest(expanded(backup)).sealed
    except BackupUnreadable:
        sealed = None
    if sealed == KEY:
        raise InvalidInput(
            "Cette sauvegarde est chiffrée pour une clé : donnez sa clé privée par --cle-privee FICHIER."
        )
    known = known_phrase(phrase)
    return Opening(phrase=ask("Phrase secrète de la sauvegarde", hidden=True) if known is None else known)


def _confirm(lost: LostWork | None, facts: BaseFacts) -> None:
    """Say what would be lost and have its number typed; nothing is asked when nothing would be. Raises InvalidInput."""
    if lost is not None and not lost.anything:
        return
    if lost is None:
        tell("La base en place ne peut pas être lue : ce qui y a été fait depuis la sauvegarde est inconnu.")
        tell(f"À restaurer : {facts.sentence}.")
        number, what = facts.entries, "d’écritures de la sauvegarde"
    else:
        for sentence in lost.sentences:
            tell(sentence)
        number, what = lost.gestures, "de gestes perdus"
    if ask(f"Pour remplacer la base, tapez le nombre {what}").strip() != str(number):
        raise InvalidInput(f"Ce n’est pas le nombre {what} : rien n’a été changé.")


def _sentences(restored: RestoredBase) -> list[str]:
    from models.server_databases import name_of  # noqa: PLC0415

    said = restored.verdict.sentence
    told = [
        f"Base restaurée : {restored.address}",
        f"{restored.facts.sentence[:1].upper()}{restored.facts.sentence[1:]}.",
        f"Vérification : {said.rstrip('.')}.",
    ]
    if restored.aside is not None:
        told.append(f"La base d’avant est gardée : {restored.aside}")
    if restored.replaced is not None:
        old, new = name_of(restored.replaced), name_of(restored.address)
        if restored.lost is not None:
            told += restored.lost.sentences
        told += [
            f"La base « {old} » n’a pas changé. Pour basculer, tous les postes fermés, connecté à une autre base du serveur :",
            f'    ALTER DATABASE "{old}" RENAME TO "{old[:30]}_remplacee_{new.rpartition("_restauree_")[2]}";',
            f'    ALTER DATABASE "{new}" RENAME TO "{old}";',
        ]
    if restored.lost is not None:
        told += restored.lost.to_do_again
    else:
        told.append(
            "Si une famille a été effacée depuis cette sauvegarde, elle y reparaît : effacez de nouveau celles dont la demande, ou "
            "l’échéance, est venue depuis. De même, un agent désactivé depuis peut se connecter : désactivez-le (écran Agents)."
        )
    if restored.address.path is None:
        told.append(
            "Donnez aux postes leurs droits sur la base restaurée : tui-portail droits --base ADRESSE --role COMPTE"
        )
    return told


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("restaurer", cls=FrenchCommand, short_help="Restaure une base depuis sa sauvegarde.")(restaurer)
