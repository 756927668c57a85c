"""The settings of this desk: printer, paper, theme, keyboard; the keys as they are. Kept in the user's settings file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.change_password import ChangePasswordDialog
from screens.choice_field import ChoiceField, YesNoField
from screens.columns import fit
from screens.commands import COMMANDS, bindings_of
from screens.desk_screen import DeskScreen
from screens.form_fields import Field
from screens.forms import Form
from screens.gestures import gesture
from screens.key_names import key_name
from screens.key_test import KeyTestDialog
from screens.themes import THEME_NAMES
from tui_portail.printing import list_printers
from tui_portail.settings import PAPERS, Settings, change_settings, load_settings, settings_file

_PAPER_LABELS = {"A5": "A5", "A4": "A4", "ticket": "ticket de 80 mm"}
_THEME_LABELS = {
    "clair": "clair",
    "sombre": "sombre",
    "contraste": "contraste renforcé",
    "ansi": "couleurs du terminal",
}


class SettingsScreen(DeskScreen):
    """A short form, then the keys of each command."""

    AREA = "settings"
    TITLE = "Réglages de ce poste"
    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("settings")
    HELP = "Un choix ‹ › se change par Espace, les flèches ou sa première lettre. Rien n’est enregistré avant F10."
    unsaved_question: ClassVar[str] = "Les réglages changés ne sont pas enregistrés."

    def __init__(self) -> None:
        super().__init__()
        self._settings: Settings | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The form is filled when the settings and the printers are read."""
        with Form(id="settings"):
            yield Static("Lecture des réglages…", id="settings-wait", markup=False)

    def on_mount(self) -> None:
        """Read the settings."""
        self.read_settings()

    @gesture(group="settings", exclusive=True)
    async def read_settings(self) -> None:
        """Read the settings file and ask the system for its printers, then show the form."""
        settings, printers = await self.ask(_settings_and_printers)
        self._settings = settings
        form = self.query_one(Form)
        await form.remove_children()
        await form.mount(*self._fields(settings, printers), *self._below(settings))
        form.fields[0].focus_field()
        form.keep_as_saved()
        self.refresh_bindings()

    def _fields(self, settings: Settings, printers: tuple[str, ...]) -> list[Field]:
        queues = list(dict.fromkeys([*printers, *([settings.printer] if settings.printer else [])]))
        choices: list[tuple[object, str]] = [(None, "aucune : ouvrir le PDF"), *((name, name) for name in queues)]
        return [
            ChoiceField("printer", "Imprimante", choices, settings.printer),
            ChoiceField("paper", "Papier", [(paper, _PAPER_LABELS[paper]) for paper in PAPERS], settings.paper),
            ChoiceField("theme", "Thème", [(name, _THEME_LABELS[name]) for name in THEME_NAMES], self.app.theme),
            YesNoField("extended", "Clavier étendu", not settings.disable_kitty_keys),
        ]

    def _below(self, settings: Settings) -> list[Widget]:
        words = (
            "Mon clavier n’écrit pas « @ » : choisissez « non » à « Clavier étendu », enregistrez, puis relancez l’application. "
            "F5 montre la touche que le programme reçoit."
        )
        file = f"Les touches se changent dans le fichier {settings_file()}, sous [touches]."
        return [
            Static(Content(words), classes="settings-words"),
            Static(Content.styled("Touches de chaque commande", "bold $primary"), classes="settings-words"),
            Static(Content(file), classes="settings-file"),
            Static(Content(keys_text(settings)), id="keymap"),
        ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is saved before it is read."""
        if action == "save" and self._settings is None:
            return None
        return super().check_action(action, parameters)

    def has_unsaved(self) -> bool:
        """What was changed and not saved."""
        return self._settings is not None and self.query_one(Form).is_touched

    @on(Field.Done)
    def _last_entered(self) -> None:
        self.action_save()

    @gesture(group="save")
    async def action_save(self) -> None:
        """Write the settings file and follow it at once, except the keyboard's protocol which needs a new start."""
        form = self.query_one(Form)
        values = form.values()
        before = self._settings
        printer, paper, theme = values["printer"], str(values["paper"]), str(values["theme"])
        changes: dict[str, Any] = {
            "printer": printer if isinstance(printer, str) else None,
            "paper": paper,
            "theme": theme,
            "disable_kitty_keys": not values["extended"],
        }
        after = await self.send("settings", lambda _operation: change_settings(**changes))
        self._settings = after
        self.desk.printer, self.desk.paper = after.printer, paper
        self.app.theme = theme
        form.keep_as_saved()
        again = before is not None and before.disable_kitty_keys != after.disable_kitty_keys
        restart = " Le changement de clavier vaudra au prochain démarrage." if again else ""
        self.message(f"réglages enregistrés.{restart}", Kind.DONE)

    @gesture(group="dialog")
    async def action_test_keys(self) -> None:
        """Show the keys received."""
        await self.app.push_screen_wait(KeyTestDialog())

    @gesture(group="dialog")
    async def action_change_password(self) -> None:
        """Change one's own password."""
        if await self.app.push_screen_wait(ChangePasswordDialog()):
            self.message("votre mot de passe est changé.", Kind.DONE)


def keys_text(settings: Settings) -> str:
    """Return one line a command: its name, its keys (« * »: changed in the settings file), the id the file knows it by."""
    lines = []
    for command in COMMANDS:
        changed = settings.keymap.get(command.id)
        keys = ", ".join(key_name(key.strip()) for key in (changed or command.keys).split(","))
        mark = " *" if changed else ""
        lines.append(f"{fit(command.label, 24)}{fit(keys + mark, 22)}{command.id}")
    return "\n".join(lines)


def _settings_and_printers() -> tuple[Settings, tuple[str, ...]]:
    return load_settings(), list_printers()
