"""The file « à encaisser », shared by the desks: countdowns run on the spot, the rows are read again every few seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.commands import bindings_of
from screens.desk_screen import DeskScreen
from screens.dialogs import ConfirmDialog, ReasonDialog
from screens.gestures import gesture
from screens.lines_dialog import LinesDialog, basket_and_policy
from screens.paid import PaidScreen
from screens.queue_table import QueueTable
from tui_portail.errors import PortailError
from tui_portail.french import plural, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.policy import BasketKind
from tui_portail.services.basket_origins import origin_words
from tui_portail.services.baskets import extend_basket, release_basket
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.lines_out import remove_lines
from tui_portail.services.queue import QueueRow, list_queue

READ_EVERY = 4
"""Seconds between two readings of the queue."""


class QueueScreen(DeskScreen):
    """The baskets to cash, soonest to expire first."""

    AREA = "queue"
    TITLE = "À encaisser"
    CSS_PATH = "queue.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("queue")

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, then the table."""
        yield Static("", id="queue-sum", markup=False)
        yield QueueTable()

    def on_mount(self) -> None:
        """Count each second, read every few."""
        self.set_interval(1, self._tick)
        self.set_interval(READ_EVERY, self._read_if_in_front)

    def on_screen_resume(self) -> None:
        """Back here: the queue has changed."""
        self.read_queue()

    @property
    def table(self) -> QueueTable:
        """The table."""
        return self.query_one(QueueTable)

    def _tick(self) -> None:
        if self.is_current:
            self.table.tick(self.desk.now_estimate())

    def _read_if_in_front(self) -> None:
        if self.is_current:
            self.read_queue()

    @gesture(group="queue", exclusive=True)
    async def read_queue(self) -> None:
        """Read the baskets again."""
        rows = await self.ask(list_queue, self.desk)
        self.table.show(rows, self.desk.now_estimate())
        self.query_one("#queue-sum", Static).update(Content(_sum_words(rows)), layout=False)

    def refused(self, error: PortailError) -> None:
        """Say why and read the queue again: another desk may have acted."""
        super().refused(error)
        if error.code.startswith("PANIER"):
            self.read_queue()

    def action_reload(self) -> None:
        """Read the queue now."""
        self.read_queue()

    def _live(self) -> QueueRow | None:
        row = self.table.chosen
        if row is None:
            self.message("aucun panier n’est choisi.")
            return None
        if self.table.is_expired(row):
            self.message(
                "ce panier a expiré : o ouvre le dossier, pour réserver de nouveau au planning si la limite et les places le permettent.",
                Kind.REFUSED,
            )
            return None
        return row

    @on(QueueTable.Opened)
    def action_pay(self) -> None:
        """Cash the basket chosen."""
        if row := self._live():
            self.message("")
            self.portail.open("payment", row.basket_id)

    def action_open_dossier(self) -> None:
        """Open the basket's dossier, expired or not."""
        if row := self.table.chosen:
            self.portail.open("dossier", row.dossier_id)

    @gesture(group="extend")
    async def action_extend(self) -> None:
        """Give the basket chosen more time, with a reason."""
        if (row := self._live()) is None:
            return
        made = origin_words(row.origin).made
        text = f"Panier de {row.payer_name}{f', {made}' if made else ''}, {format_cents(row.due_cents)}. Pourquoi prolonger ?"
        reason = await self.app.push_screen_wait(ReasonDialog("Prolonger le panier", text))
        if reason is None:
            return
        desk, basket_id = self.desk, row.basket_id
        until = await self.send("extend", lambda operation: extend_basket(desk, basket_id, reason, operation))
        self.message(f"Panier prolongé, à payer avant {time_text(in_paris(until))}.", Kind.DONE)
        self.read_queue()

    @gesture(group="lines")
    async def action_remove_lines(self) -> None:
        """Take lines out of the basket chosen."""
        if (row := self._live()) is None:
            return
        desk, basket_id = self.desk, row.basket_id
        view, policy = await self.ask(basket_and_policy, desk, basket_id)
        chosen = await self.app.push_screen_wait(LinesDialog(view, policy))
        if not chosen:
            return
        left = await self.send("lines", lambda operation: remove_lines(desk, basket_id, chosen, operation))
        if left.settled is not None:
            self.app.push_screen(PaidScreen(left.settled, left.view))
            return
        self.message(f"Lignes retirées, reste à payer : {format_cents(left.view.due_cents)}.", Kind.DONE)
        self.read_queue()

    @gesture(group="release")
    async def action_release(self) -> None:
        """Give the places of the basket chosen back."""
        if (row := self._live()) is None:
            return
        lines = (
            f"{row.payer_name} : {plural(row.lines, 'journée')}, {format_cents(row.due_cents)}.",
            "Les places seront rendues.",
        )
        if await self.app.push_screen_wait(ConfirmDialog("Abandonner ce panier ?", lines, yes="Abandonner")):
            desk, basket_id = self.desk, row.basket_id
            await self.send("release", lambda operation: release_basket(desk, basket_id, operation))
            self.message("Panier abandonné, les places sont rendues.", Kind.DONE)
            self.read_queue()

    @gesture(group="drop-debt")
    async def action_drop_debt(self) -> None:
        """Drop the debt chosen, with a reason and after a question."""
        row = self.table.chosen
        if row is None:
            self.message("aucun panier n’est choisi.")
            return
        if row.kind is not BasketKind.REGULARISATION:
            self.message("ce panier n’est pas une dette : a rend ses places s’il ne sera pas payé.", Kind.REFUSED)
            return
        text = (
            f"{row.payer_name} doit {format_cents(row.total_cents)}. Pourquoi annuler cette dette ? "
            "Par exemple : encaissé pour une autre famille ; décision de l’ordonnateur, sa date. "
            "N’y nommez personne : il ne s’efface jamais."
        )
        reason = await self.app.push_screen_wait(ReasonDialog("Annuler la dette", text))
        if reason is None:
            return
        asked = ConfirmDialog("Annuler cette dette ?", _drop_words(row, reason), yes="Annuler la dette", no="La garder")
        if await self.app.push_screen_wait(asked):
            desk, basket_id = self.desk, row.basket_id
            done = await self.send("drop-debt", lambda operation: drop_debt(desk, basket_id, reason, operation))
            self.message(done.sentence, Kind.DONE)
            self.read_queue()


def _drop_words(row: QueueRow, reason: str) -> tuple[str, ...]:
    """Return what dropping a debt does, a line a fact."""
    kept = (f"Ses avoirs, {format_cents(row.avoir_cents)}, lui restent.",) if row.avoir_cents else ()
    return (
        f"{row.payer_name} ne devra plus {format_cents(row.total_cents)} ({plural(row.lines, 'journée')}, {row.children}).",
        f"Motif : {reason}.",
        "Les journées sont annulées et leurs places rendues, sans avoir ni quittance.",
        *kept,
        "C’est définitif.",
    )


def _sum_words(rows: Sequence[QueueRow]) -> str:
    """Return how many baskets wait, for how much, how many have just expired, and what the letters of those made elsewhere mean."""
    if not rows:
        return "Aucun panier à encaisser."
    live = [row for row in rows if not row.expired]
    words = f"{plural(len(live), 'panier')}, {format_cents(sum(row.due_cents for row in live))} à encaisser"
    if expired := len(rows) - len(live):
        words += f" · {expired} expiré{'s' if expired > 1 else ''} (o : réserver de nouveau)"
    made = {words.letter: words.word for words in (origin_words(row.origin) for row in rows) if words.letter}
    return " · ".join([words, *(f"{letter} : {word}" for letter, word in sorted(made.items()))])
