"""Means typed wrong: the payment screen again, on a payment already made; the new quittance names the one it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

from screens.dialogs import ReasonDialog
from screens.gestures import gesture
from screens.payment import PaymentScreen
from screens.plain_text import plain
from tui_portail.payment_rules import Tender
from tui_portail.services.corrections import correct_payment
from tui_portail.services.paid_reading import load_to_correct
from tui_portail.services.sale import CashedBasket


class CorrectionScreen(PaymentScreen):
    """The means a payment was really made by. Days, prices and avoirs stay as they were."""

    TITLE = "Correction des moyens"
    HELP = (
        "Tapez les moyens par lesquels le paiement a vraiment été reçu : les touches de fonction changent de moyen.\n"
        "Entrée, un motif, et la nouvelle quittance remplace l’ancienne ; les journées ne bougent pas."
    )
    unsaved_question: ClassVar[str] = "Les moyens saisis seront oubliés ; la quittance reste telle quelle."

    ENTER_DOES: ClassVar[str] = "corriger"

    def __init__(self, payment_id: str, quittance: str) -> None:
        super().__init__(0)
        self._payment_id = payment_id
        self._quittance = quittance

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Lines stay as they were paid."""
        return False if action == "remove_lines" else super().check_action(action, parameters)

    @gesture(group="basket", exclusive=True)
    async def load(self) -> None:
        """Read the payment and the régie's rules."""
        view, policy = await self.ask(load_to_correct, self.desk, self._payment_id)
        await self._show(view, policy)
        who = f"Quittance n° {self._quittance} à remplacer · {view.payer_name}"
        self.query_one("#payment-who", Static).update(Content.styled(plain(who), "bold"))

    async def despite_online(self) -> bool:
        """Nothing is waited for online of what is paid already."""
        return True

    async def pay(self, tenders: Sequence[Tender]) -> CashedBasket | None:
        """Ask for the reason, then correct; None when it is given up."""
        desk, payment_id = self.desk, self._payment_id
        reasons = desk.commune().policy.correction_reasons
        reason = await self.app.push_screen_wait(
            ReasonDialog("Corriger les moyens de paiement", f"Quittance n° {self._quittance} : pourquoi ?", reasons)
        )
        if reason is None:
            return None
        corrected = await self.send(
            "correct", lambda operation: correct_payment(desk, payment_id, tenders, reason, operation)
        )
        return corrected.cashed
