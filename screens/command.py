"""What a command is: one thing an agent may ask of a screen, and the keys that ask for it.

Keys, palette and help are all made from the same `Command` values (see `commands`), so that the three cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `id` is « area.name », stable: the settings file remaps its keys by it.

    `keys` are Textual key names, separated by commas; `label` is the two or three words of the footer, `tooltip` the sentence of the help
    and of the palette; `action` a method `action_…` of the screen (`app.…` for the application's). `right` names a member of
    `services.rights.Right`: without it the command is neither shown nor answered. `shown` puts it in the footer.
    """

    id: str
    keys: str
    label: str
    tooltip: str
    action: str
    right: str | None = None
    shown: bool = False
    priority: bool = False

    @property
    def area(self) -> str:
        """The screen it belongs to, « app » for those that answer everywhere."""
        return self.id.partition(".")[0]

    def binding(self) -> Binding:
        """Return the binding Textual knows, which `App.set_keymap` may move to other keys."""
        return Binding(
            self.keys,
            self.action,
            self.label,
            show=self.shown,
            priority=self.priority,
            tooltip=self.tooltip,
            id=self.id,
        )
