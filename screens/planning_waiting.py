"""The waiting list from the planning: a full day asked for, or given up."""

from __future__ import annotations

from screens.bars import Kind
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from screens.planning_periods import PeriodTicking
from tui_portail.french import plural
from tui_portail.planning import CellKey
from tui_portail.planning_ticks import CellState
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.waiting import ask_places, withdraw_entry


class WaitingFromPlanning(PeriodTicking):
    """What the planning screen does about full days."""

    @gesture(group="wait")
    async def action_wait(self) -> None:
        """Put the children of the full cells chosen on the waiting list; where they are all on it already, take them off."""
        state = self.state
        keys = self.grid.selected_keys
        full = [key for key in keys if state.view(key).state is CellState.FULL]
        waited = [key for key in keys if key in state.loaded.waiting]
        self.message("")
        if full:
            await self._ask(full)
        elif waited:
            await self._give_up(waited)
        else:
            self.message("on n’attend que pour une journée complète (C) : placez-y le curseur.", Kind.REFUSED)

    async def _ask(self, keys: list[CellKey]) -> None:
        desk, dossier_id = self.desk, self.state.loaded.dossier_id
        try:
            asked = await self.send("wait", lambda operation: ask_places(desk, dossier_id, keys, operation))
        except ChangesRefused as refused:
            await self.read()
            self.state.refuse(refused.refusals)
            self.show_all()
            self.message(refused.sentence, Kind.REFUSED)
            return
        await self.read()
        self.show_all()
        count = plural(len(asked.entries), "journée attendue", "journées attendues")
        told = f"{count} : la famille sera appelée dès qu’une place se libère."
        if asked.offered:
            told = (
                f"{count}, {plural(asked.offered, 'place proposée', 'places proposées')} tout de suite (o) : réservez."
            )
        self.message(told, Kind.DONE)

    async def _give_up(self, keys: list[CellKey]) -> None:
        desk, waiting = self.desk, self.state.loaded.waiting
        offered = sum(waiting[key].offer_until is not None for key in keys)
        lines = [f"{plural(len(keys), 'journée')} : l’enfant n’attendra plus, et perdra son rang."]
        if offered:
            lines.append(f"{plural(offered, 'place proposée', 'places proposées')} : elle va au suivant de la liste.")
        if not await self.app.push_screen_wait(ConfirmDialog("Ne plus attendre ?", lines, yes="Ne plus attendre")):
            return
        for key in keys:
            entry_id = waiting[key].entry_id
            await self.send(f"give-up-{entry_id}", lambda operation, one=entry_id: withdraw_entry(desk, one, operation))  # type: ignore[misc]
        await self.read()
        self.show_all()
        self.message(f"{plural(len(keys), 'journée')} : l’enfant n’attend plus.", Kind.DONE)
