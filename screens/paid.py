"""After the payment: the quittance's number, the change to give in large, what the printer did. Enter: the next family."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Digits, Static

from screens.bars import Kind
from screens.commands import bindings_of
from screens.desk_screen import DeskScreen
from screens.gestures import gesture
from screens.plain_text import plain
from screens.sending import new_operation
from tui_portail.errors import PortailError
from tui_portail.money import format_cents
from tui_portail.services.baskets import BasketView
from tui_portail.services.quittances import print_quittance
from tui_portail.services.sale import CashedBasket


class PaidScreen(DeskScreen):
    """The payment is committed; its paper is drawn and printed from here, and again while the printer fails."""

    AREA = "paid"
    TITLE = "Encaissé"
    CSS_PATH = "paid.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("paid")

    def __init__(self, cashed: CashedBasket, view: BasketView, following: tuple[int, ...] = ()) -> None:
        super().__init__()
        self._cashed = cashed
        self._view = view
        self._following = following
        self._asked_again = 0

    def compose_body(self) -> Iterable[Widget]:
        """What the agent says and hands over."""
        cashed = self._cashed
        with Vertical(id="paid"):
            yield Static(Content.styled(f"Quittance n° {cashed.quittance_number}", "bold"), id="paid-number")
            yield Static(Content(plain(f"{self._view.payer_name} · dossier {self._view.dossier_number}")))
            yield Static(Content(self._amounts()), id="paid-amounts")
            if cashed.change_cents:
                yield Static("Monnaie à rendre", id="paid-change-label", markup=False)
                yield Digits(format_cents(cashed.change_cents, symbol=False), id="paid-change")
            yield Static("Quittance en cours d’impression…", id="paid-printed", markup=False)
            yield Static(Content.styled(self._next_step(), "bold $accent"))

    def on_mount(self) -> None:
        """Draw and print, once committed."""
        self.portail.read_till()
        self.print_paper()

    @gesture(group="print", keys_wait=False)
    async def print_paper(self) -> None:
        """Draw the quittance and print it; say what became of it."""
        said = self.query_one("#paid-printed", Static)
        said.update(Content("Quittance en cours d’impression…"))
        printed = await self.ask(print_quittance, self.desk, self._cashed.quittance_id, new_operation())
        said.update(Content(plain(printed.sentence)))

    def refused(self, error: PortailError) -> None:
        """Say why; an original already delivered is not offered again."""
        if error.code == "ORIGINAL_DELIVRE":
            super().message(error.sentence, Kind.REFUSED)
            self.query_one("#paid-printed", Static).update(
                Content("Le paiement est enregistré et sa quittance délivrée.")
            )
        else:
            super().refused(error)

    def message(self, sentence: str, kind: Kind = Kind.INFO) -> None:
        """Show a sentence; a paper that failed can be asked for again."""
        if kind in (Kind.REFUSED, Kind.UNPRINTED, Kind.INCIDENT):
            text = "Le paiement est enregistré ; la quittance n’a pas été imprimée (i : imprimer à nouveau)."
            self.query_one("#paid-printed", Static).update(Content(text))
        super().message(sentence, kind)

    def _amounts(self) -> str:
        cashed = self._cashed
        lines = [f"Total {format_cents(cashed.total_cents)}"]
        if cashed.avoir_cents:
            lines.append(f"Avoirs utilisés {format_cents(cashed.avoir_cents)}")
        lines.append(f"Reçu {format_cents(cashed.received_cents)}")
        if cashed.avoir_left_cents:
            lines.append(f"Avoir restant {format_cents(cashed.avoir_left_cents)}")
        return " · ".join(lines)

    def _next_step(self) -> str:
        return "Entrée : encaisser l’autre payeur" if self._following else "Entrée : famille suivante · Échap : revenir"

    def action_print_again(self) -> None:
        """Draw and print once more, when the paper jammed."""
        self._asked_again += 1
        times = "une fois" if self._asked_again == 1 else f"{self._asked_again} fois"
        self.message(f"Impression demandée à nouveau ({times}) ; la réponse est ci-dessus.")
        self.print_paper()

    def action_next(self) -> None:
        """Go to the other payer's basket, else back to where one came from: the queue, or the search."""
        if self._following:
            from screens.payment import PaymentScreen  # noqa: PLC0415  the two screens follow each other

            first, *others = self._following
            self.app.switch_screen(PaymentScreen(first, tuple(others)))
        elif type(self.app.screen_stack[-2]).__name__ == "QueueScreen":
            self.leave()
        else:
            self.portail.back_to_first()
            begin_again = getattr(self.app.screen, "begin_again", None)  # the search; another first screen has no field
            if begin_again is not None:
                begin_again()
