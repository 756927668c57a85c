"""A payment to reverse or correct: its means ticked one by one, what would become of its days said first, then one reason and Enter.

Once it is reversed, a cheque that was kept may still be said to have come back unpaid.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.commands import bindings_of
from screens.correction import CorrectionScreen
from screens.desk_screen import DeskScreen
from screens.dialogs import ConfirmDialog, ReasonDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.reversal_words import come_back_text, consequences, state_words, summary, tender_words
from tui_portail.policy import Means
from tui_portail.services.late_unpaid import declare_unpaid
from tui_portail.services.paid_reading import PaidView, load_paid
from tui_portail.services.reversals import reverse_payment


class ReversalScreen(DeskScreen):
    """One quittance: which of its means never came, or came back. The means typed wrong are corrected from here too."""

    AREA = "reversal"
    TITLE = "Contre-passation"
    CSS_PATH = "reversal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("reversal")
    HELP = (
        "Espace coche le règlement qui n’a pas été reçu, ou qui est revenu impayé ; Entrée contre-passe, avec un motif gardé.\n"
        "Moyen saisi par erreur, argent bien reçu : « Corriger les moyens » garde les journées et donne une nouvelle quittance.\n"
        "Déjà contre-passée : Entrée sur un chèque gardé le note impayé."
    )

    def __init__(self, quittance_id: int) -> None:
        super().__init__()
        self._quittance_id = quittance_id
        self._view: PaidView | None = None
        self._lost: set[int] = set()

    def compose_body(self) -> Iterable[Widget]:
        """What was paid, the means, what it would do."""
        yield Static("Lecture du paiement…", id="reversal-what", markup=False)
        yield Static("Cochez ce qui n’a pas été reçu, ou qui est revenu impayé :", id="reversal-ask", markup=False)
        yield OptionList(id="reversal-tenders")
        yield Static("", id="reversal-outcome", markup=False)

    def on_screen_resume(self) -> None:
        """Another desk may have reversed it."""
        super().on_screen_resume()
        self.read()

    @gesture(group="paid", exclusive=True)
    async def read(self) -> None:
        """Read the payment; its cheque is ticked, or its only means."""
        first = self._view is None
        view = self._view = await self.ask(load_paid, self.desk, self._quittance_id)
        if first:
            cheques = {tender.rank for tender in view.tenders if tender.means is Means.CHEQUE}
            self._lost = cheques if len(cheques) == 1 else {view.tenders[0].rank} if len(view.tenders) == 1 else set()
        self.query_one("#reversal-what", Static).update(Content(plain(summary(view))))
        tenders = self.query_one("#reversal-tenders", OptionList)
        tenders.set_options(Option(text) for text in self._texts())
        may = [place for place, tender in enumerate(view.tenders) if tender.may_come_back]
        tenders.highlighted = may[0] if may else 0 if view.tenders else None
        tenders.display = bool(view.tenders)
        self.query_one("#reversal-ask").display = tenders.display and view.is_reversible
        self.set_focus(tenders if view.tenders else None)  # what is not shown must not keep Enter
        self._say()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A payment reversed already, or of free days, offers nothing; what avoirs alone paid has no means to tick or correct."""
        view = self._view
        if action == "reverse" and (view is None or not view.is_reversible):
            return False
        if action == "come_back" and (view is None or not view.may_come_back):
            return False
        if action in {"tick", "correct"} and (view is None or not view.is_reversible or not view.tenders):
            return False
        return super().check_action(action, parameters)

    def _texts(self) -> list[Content]:
        view = self._view
        if view is None:
            return []
        marks = ["" if not view.is_reversible else "[x] " if one.rank in self._lost else "[ ] " for one in view.tenders]
        return [
            Content(plain(f"{mark}{tender_words(tender)}{state_words(tender)}"))
            for mark, tender in zip(marks, view.tenders, strict=True)
        ]

    def _say(self) -> None:
        if self._view is not None:
            self.query_one("#reversal-outcome", Static).update(Content(plain(consequences(self._view, self._lost))))

    def action_tick(self) -> None:
        """Tick the means under the cursor, or untick it."""
        tenders = self.query_one("#reversal-tenders", OptionList)
        if self._view is None or tenders.highlighted is None:
            return
        self._lost ^= {self._view.tenders[tenders.highlighted].rank}
        for place, text in enumerate(self._texts()):
            tenders.replace_option_prompt_at_index(place, text)
        self._say()
        self.message("")

    @on(OptionList.OptionSelected, "#reversal-tenders")
    def _chosen(self) -> None:
        if self._view is not None and self._view.may_come_back:
            self.action_come_back()
        else:
            self.action_reverse()

    @gesture(group="come-back")
    async def action_come_back(self) -> None:
        """Say that the cheque under the cursor, kept by the reversal, came back unpaid."""
        view, desk, place = self._view, self.desk, self.query_one("#reversal-tenders", OptionList).highlighted
        if view is None or place is None or not view.may_come_back:
            return
        tender = view.tenders[place]
        if not tender.may_come_back:
            self.message("choisissez le chèque gardé qui est revenu impayé.", Kind.REFUSED)
            return
        policy = desk.commune().policy
        reason = await self.app.push_screen_wait(
            ReasonDialog("Chèque gardé, revenu impayé", come_back_text(tender), policy.unpaid_reasons)
        )
        if reason is None:
            return
        lines = (
            f"Quittance n° {view.quittance}, {view.payer_name}.",
            f"{tender_words(tender)} : {reason}.",
            "Rien ne sera effacé ; c’est définitif.",
        )
        if not await self.app.push_screen_wait(ConfirmDialog("Noter ce chèque impayé ?", lines, yes="Noter impayé")):
            return
        done = await self.send(
            f"come-back-{view.payment_id}-{tender.rank}",
            lambda operation: declare_unpaid(desk, view.payment_id, tender.rank, reason, operation),
        )
        self.message(done.sentence, Kind.DONE)
        self.read()

    @gesture(group="reverse")
    async def action_reverse(self) -> None:
        """Ask for the reason, say what will be done, do it."""
        view, lost, desk = self._view, frozenset(self._lost), self.desk
        if view is None or not view.is_reversible:
            return
        if not lost and not view.may_keep_all:
            self.message("cochez par Espace le règlement qui n’a pas été reçu.", Kind.REFUSED)
            return
        policy = desk.commune().policy
        cheques_only = bool(lost) and all(
            tender.means is Means.CHEQUE for tender in view.tenders if tender.rank in lost
        )
        reasons = (*(policy.unpaid_reasons if cheques_only else ()), *policy.reversal_reasons)
        reason = await self.app.push_screen_wait(
            ReasonDialog("Contre-passer le paiement", consequences(view, lost), reasons)
        )
        if reason is None:
            return
        lines = (
            f"Quittance n° {view.quittance}, {view.payer_name}.",
            reason + ".",
            "Rien ne sera effacé ; c’est définitif.",
        )
        if not await self.app.push_screen_wait(
            ConfirmDialog("Contre-passer ce paiement ?", lines, yes="Contre-passer")
        ):
            return
        done = await self.send(
            f"reverse-{view.payment_id}",
            lambda operation: reverse_payment(desk, view.payment_id, lost, reason, operation),
        )
        self.message(done.sentence, Kind.DONE)
        self.read()

    def action_correct(self) -> None:
        """Go and type the means it was really paid by."""
        if self._view is not None:
            self.app.switch_screen(CorrectionScreen(self._view.payment_id, self._view.quittance))
