"""The payments online: what became of each, asked of PayFiP again, contested and answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from screens import online_words as words
from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ReasonDialog, TextDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import FilterField, RecordsList
from tui_portail.errors import PortailError
from tui_portail.french import plural
from tui_portail.services.online_disputes import ask_again, dispute, end_dispute
from tui_portail.services.online_following import unsettled
from tui_portail.services.online_list import OnlineRow, OnlineSort, list_online_payments, online_detail


class OnlinePaymentsScreen(ReadForAgent):
    """The latest payments online of a sort, or those that match what is typed."""

    AREA = "online"
    TITLE = "Paiements en ligne"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("online")
    DEFAULT_CSS = "OnlinePaymentsScreen #online-count { height: 1; padding: 0 1; }"
    HELP = (
        "Tapez une référence, un numéro de dossier ou un nom de payeur ; Ctrl+N change de liste.\n"
        "F5 redemande à PayFiP ce que le paiement est devenu : seul ce qu’il répond est enregistré, et jamais deux fois."
    )

    def __init__(self) -> None:
        super().__init__()
        self._sort = OnlineSort.ALL
        self._rows: dict[int, OnlineRow] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The field above, the list below."""
        yield FilterField(placeholder="Référence, numéro de dossier ou payeur", id="filter", select_on_focus=False)
        yield Static("", id="online-count", markup=False)
        yield RecordsList(words.PAYMENT_COLUMNS, id="online", empty="Aucun paiement en ligne.")

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._rows = {}
        self.query_one(RecordsList).show([])

    @property
    def chosen(self) -> OnlineRow | None:
        """The payment under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._rows.get(key)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self.read_list()

    @gesture(group="online", exclusive=True)
    async def read_list(self) -> None:
        """Read the payments of the sort shown that match what is typed."""
        await self._read()

    async def _read(self) -> None:
        typed = plain(self.query_one("#filter", Input).value).strip()
        rows = await self.ask(list_online_payments, self.desk, self._sort, typed)
        self._rows = {row.online_id: row for row in rows}
        self.query_one(RecordsList).show(words.payment_records(rows))
        self.query_one("#online-count", Static).update(Content(words.count_words(self._sort, len(rows))), layout=False)

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the field."""
        self.query_one(RecordsList).move(step)

    def action_next_sort(self) -> None:
        """Show another list."""
        sorts = list(OnlineSort)
        self._sort = sorts[(sorts.index(self._sort) + 1) % len(sorts)]
        self.message("")
        self.read_list()

    @on(Input.Submitted, "#filter")
    @on(OptionList.OptionSelected)
    @gesture(group="detail")
    async def action_open_detail(self) -> None:
        """Show the payment chosen in full."""
        if (row := self.chosen) is None:
            return
        detail = await self.ask(online_detail, self.desk, row.online_id)
        await self.app.push_screen_wait(TextDialog("Paiement en ligne", words.detail_text(detail)))

    @gesture(group="ask")
    async def action_ask_one(self) -> None:
        """Ask PayFiP what became of the payment chosen."""
        if (row := self.chosen) is None:
            return
        self.message("PayFiP est interrogé…", Kind.WAIT)
        done = await self.ask(ask_again, self.desk, row.online_id)
        await self._read()
        self.message(words.followed_words(done), Kind.DONE)

    @gesture(group="ask")
    async def action_ask_all(self) -> None:
        """Ask PayFiP of each payment whose money may still come, one after the other."""
        waiting = await self.ask(unsettled, self.desk)
        paid, lost = 0, ""
        for place, online_id in enumerate(waiting, start=1):
            self.message(f"PayFiP est interrogé : {place} sur {len(waiting)}…", Kind.WAIT)
            try:
                paid += bool((await self.ask(ask_again, self.desk, online_id)).quittance_id)
            except PortailError as refused:  # of one: the others are asked all the same
                lost = refused.sentence
        await self._read()
        said = f"{plural(len(waiting), 'paiement demandé', 'paiements demandés')} à PayFiP, {plural(paid, 'payé')}."
        if lost:
            self.message(f"{said} Au moins un n’a pas de réponse : {lost}", Kind.REFUSED)
        else:
            self.message(said, Kind.DONE)

    @gesture(group="dispute")
    async def action_dispute(self) -> None:
        """Note that the payment chosen is contested, or what was answered."""
        if (row := self.chosen) is None:
            return
        desk, online_id = self.desk, row.online_id
        if row.disputed:
            asked = ReasonDialog("Répondre à la contestation", f"{row.payer_name} : qu’a-t-il été répondu ?")
            if (answer := await self.app.push_screen_wait(asked)) is None:
                return
            await self.send(f"end-{online_id}", lambda operation: end_dispute(desk, online_id, answer, operation))
            self.message("contestation terminée, la réponse est gardée.", Kind.DONE)
        else:
            asked = ReasonDialog(
                "Contester le paiement",
                f"{row.payer_name} : que dit la famille ? Par exemple : « j’ai payé, rien n’apparaît ». PayFiP est redemandé d’abord.",
            )
            if (reason := await self.app.push_screen_wait(asked)) is None:
                return
            noted = await self.send(
                f"dispute-{online_id}", lambda operation: dispute(desk, online_id, reason, operation)
            )
            told = noted.not_asked if noted.followed is None else words.followed_words(noted.followed)
            self.message(f"contestation notée. {told}", Kind.DONE)
        await self._read()

    def action_open_dossier(self) -> None:
        """Open the dossier of the payer chosen."""
        if row := self.chosen:
            self.portail.open("dossier", row.dossier_id)
