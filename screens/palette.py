"""The command palette: the commands that answer on the screen below, by their French names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rich.align import Align
from rich.text import Text
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.widgets.option_list import Option

from screens.command import Command
from screens.commands import command_of
from screens.key_names import key_name


class DeskCommands(Provider):
    """Gives the palette the commands that may be asked for now, with their keys."""

    def _commands(self) -> Iterator[tuple[Command, str, DOMNode]]:
        seen: set[str] = set()
        for key, active in self.screen.active_bindings.items():
            command = command_of(active.binding)
            if command and active.enabled and command.id not in seen and command.id != "app.palette":
                seen.add(command.id)
                yield command, key_name(key), active.node

    async def _run(self, command: Command, node: DOMNode) -> None:
        await self.app.run_action(command.action, node)

    async def discover(self) -> Hits:
        """Return every command."""
        for command, key, node in self._commands():
            yield DiscoveryHit(f"{command.label} ({key})", partial(self._run, command, node), help=command.tooltip)

    async def search(self, query: str) -> Hits:
        """Return the commands whose name or sentence resembles the query."""
        matcher = self.matcher(query)
        for command, key, node in self._commands():
            name = f"{command.label} ({key})"
            score = max(matcher.match(name), matcher.match(command.tooltip) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(name), partial(self._run, command, node), help=command.tooltip)


class FrenchPalette(CommandPalette):
    """Textual's palette, saying in French that nothing matches."""

    @property
    def is_reading(self) -> bool:
        """Whether commands are still being looked for: Enter waits for them (`typed_ahead`)."""
        return any(worker.group == self._GATHER_COMMANDS_GROUP and not worker.is_finished for worker in self.workers)

    def _start_no_matches_countdown(self, search_value: str) -> None:
        self._stop_no_matches_countdown()

        def show_no_matches() -> None:
            if search_value:
                line = Option(Align.center(Text("Aucune commande de ce nom")), disabled=True, id=self._NO_MATCHES)
                self.query_one(CommandList).add_option(line)
                self._list_visible = True
            else:
                self._list_visible = False

        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, show_no_matches)
