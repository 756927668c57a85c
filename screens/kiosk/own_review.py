"""« Valider » : everything the days ticked would do, what a cancellation gives first; « Terminer les modifications » does it (leaflet)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import content
from screens.planning_state import PlanningState
from screens.planning_words import payer_blocks, refused_lines, removal_lines
from tui_portail.decision import Decision
from tui_portail.money import format_cents
from tui_portail.planning import CellKey

HELD = (
    "« Terminer les modifications » vous garde ces places un quart d’heure, le temps de payer : "
    "seul le paiement valide l’inscription."
)
Refused = Callable[[Mapping[CellKey, Decision]], None]


class OwnReviewPage(KioskScreen):
    """`refused` is told what « Terminer » refused, when the facts changed meanwhile."""

    TITLE = "Valider"
    AUTO_FOCUS = "#submit"
    HELP = "Relisez. " + HELD + " Une annulation, elle, compte tout de suite."

    def __init__(self, state: PlanningState, refused: Refused) -> None:
        super().__init__()
        self._state, self._tell = state, refused
        due = sum(bill.due_cents for bill in state.judgement.bills)  # in the title: it stays in sight
        self.title = f"Valider : {format_cents(due)} à payer" if due else "Valider : rien à payer"

    def compose_page(self) -> Iterable[Widget]:
        """What is cancelled and what it gives, what is added and its price, what is refused; then the amount and the button."""
        state, bills = self._state, self._state.judgement.bills
        if any(bill.due_cents for bill in bills):
            yield Static(content(HELD), classes="paragraph", id="held")
        if removed := removal_lines(state):
            said = dict.fromkeys(removal.outcome.sentence for removal in state.judgement.removals)
            yield Static(content("Vous annulez", "bold"), classes="summary-line")
            yield Static(content("\n".join([*removed, *said])), classes="paragraph")
        if any(bill.total_cents for bill in bills) or state.judgement.additions:
            blocks = payer_blocks(state)
            yield Static(content("Vous réservez", "bold"), classes="summary-line")
            yield Static(content("\n".join(block.split("\n", 1)[1] for block in blocks)), classes="paragraph")
        if refused := refused_lines(state, {**state.judgement.refusals, **state.refusals}):
            yield Static(content("Refusé, le reste est gardé", "bold"), classes="summary-line")
            yield Static(content("\n".join(refused)), classes="paragraph")

    def compose_bar(self) -> Iterable[Widget]:
        """« Terminer » stays in sight, however long the summary is."""
        yield BigButton("Terminer les modifications", "screen.finish", key="t", id="submit", classes="-whole")
        yield from super().compose_bar()

    @gesture()
    async def action_finish(self) -> None:
        """Send the changes once; what is refused meanwhile goes back to the planning with its sentences."""
        from tui_portail.services.booking import ChangesRefused  # noqa: PLC0415
        from tui_portail.services.portal_planning import finish_own_changes  # noqa: PLC0415

        portal, changes = self.portal, tuple(self._state.changes.values())
        try:
            done = await self.send("finish", lambda operation: finish_own_changes(portal, changes, operation))
        except ChangesRefused as refused:
            self.kiosk.go_back(self)
            self._tell(refused.refusals)
            return
        self.kiosk.go_home()
        self.kiosk.go("own_planning")  # afresh: back from the basket is one page
        self.kiosk.go("own_basket", done)
