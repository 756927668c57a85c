"""After « Terminer »: what waits for payment, by whom, until when; the avoirs given. Enter goes on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.commands import bindings_of
from screens.countdown import Countdown
from screens.desk_screen import DeskScreen
from screens.gestures import gesture
from screens.plain_text import plain
from screens.sending import new_operation
from tui_portail.french import plural, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.booking import FinishedBasket, FinishedChanges
from tui_portail.services.quittances import print_avoir_note, print_quittance

_TO_DOSSIER = "Entrée : revenir au dossier"


class FinishedScreen(DeskScreen):
    """Shows what a « Terminer » did; an agent who may cash goes straight to the payment."""

    AREA = "finished"
    TITLE = "Modifications terminées"
    CSS_PATH = "finished.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("finished")

    def __init__(self, dossier_id: int, done: FinishedChanges) -> None:
        super().__init__()
        self._dossier_id = dossier_id
        self._done = done
        self._to_pay = [basket for basket in done.baskets if basket.settled_quittance_id is None and basket.due_cents]

    def compose_body(self) -> Iterable[Widget]:
        """One block a payer, then the avoirs and what awaits a justificatif."""
        with VerticalScroll(id="finished"):
            yield Static(Content.styled(self._summary(), "bold"), classes="finished-block")
            for basket in self._done.baskets:
                yield Static(self._basket_text(basket), classes="finished-block")
                if basket in self._to_pay:
                    yield Countdown("Temps restant : ", id=f"left-{basket.basket_id}")
            for avoir in self._done.avoirs:
                words = f"Avoir n° {avoir.number} de {format_cents(avoir.amount_cents)} pour {avoir.payer_name}, utilisé d’office."
                yield Static(Content(plain(words)), classes="finished-block")
            if self._done.awaiting_proof:
                words = f"{plural(self._done.awaiting_proof, 'absence')} en attente de justificatif (F6)."
                yield Static(Content(words), classes="finished-block")
            if self._done.offered:
                words = f"{plural(self._done.offered, 'place libérée')} proposée à la liste d’attente (Ctrl+A) : appelez la famille."
                yield Static(Content(words), classes="finished-block")
            yield Static("", id="finished-papers", classes="finished-block", markup=False)
            yield Static(Content.styled(self._next_step(), "bold $accent"), classes="finished-block")

    def on_mount(self) -> None:
        """Count down; the text stays in place."""
        for basket in self._to_pay:
            self.query_one(f"#left-{basket.basket_id}", Countdown).until = basket.expires_at
        self._tick()
        self.set_interval(1, self._tick)
        if self._done.avoirs or any(basket.settled_quittance_id for basket in self._done.baskets):
            self.print_papers()

    @gesture(group="print", keys_wait=False)
    async def print_papers(self) -> None:
        """Draw and print the avoir notes, and the quittances of baskets that avoirs paid whole; say what became of each."""
        said = self.query_one("#finished-papers", Static)
        said.update(Content("Impression en cours…"))
        sentences = []
        for avoir in self._done.avoirs:
            printed = await self.ask(print_avoir_note, self.desk, avoir.avoir_id)
            sentences.append(f"Avoir n° {avoir.number} : {printed.sentence}")
        for basket in self._done.baskets:
            if basket.settled_quittance_id is not None:
                printed = await self.ask(print_quittance, self.desk, basket.settled_quittance_id, new_operation())
                sentences.append(f"Quittance n° {basket.settled_quittance_number} : {printed.sentence}")
        said.update(Content(plain("\n".join(sentences))))

    def _tick(self) -> None:
        now = self.desk.now_estimate()
        for countdown in self.query(Countdown):
            countdown.tick(now)

    def _summary(self) -> str:
        added, removed = self._done.added, self._done.removed
        parts = [plural(added, "réservation") + " ajoutée" + ("s" if added > 1 else "")] if added else []
        if removed:
            parts.append(plural(removed, "réservation") + " retirée" + ("s" if removed > 1 else ""))
        return f"Enregistré : {' et '.join(parts) or 'rien'}."

    def _basket_text(self, basket: FinishedBasket) -> Content:
        lines = [f"Total            {format_cents(basket.total_cents):>14}"]
        if basket.avoir_cents:
            lines.append(f"Avoirs utilisés  {'−' + format_cents(basket.avoir_cents):>14}")
        lines.append(f"À payer          {format_cents(basket.due_cents):>14}")
        if basket.settled_quittance_id is not None:
            lines.append(f"Rien à encaisser : réglé, quittance n° {basket.settled_quittance_number}.")
        elif basket.expires_at is not None:
            lines.append(
                f"À payer avant {time_text(in_paris(basket.expires_at))} : seul le paiement valide l’inscription."
            )
        return Content.assemble((plain(basket.payer_name), "bold"), "\n", "\n".join(lines))

    def _next_step(self) -> str:
        if not self._to_pay:
            return _TO_DOSSIER
        if self.may("CASH"):
            return "Entrée : encaisser maintenant"
        until = self._to_pay[0].expires_at
        before = f" avant {time_text(in_paris(until))}" if until else ""
        return f"À encaisser à la Comptabilité{before} · {_TO_DOSSIER}"

    def action_go_on(self) -> None:
        """Go to the payment of the first payer, or back to the dossier."""
        if self._to_pay and self.may("CASH"):
            from screens.payment import PaymentScreen  # noqa: PLC0415  only for who may cash

            first, *others = [basket.basket_id for basket in self._to_pay]
            self.app.switch_screen(PaymentScreen(first, tuple(others)))
        else:
            self._to_dossier()

    def _to_dossier(self) -> None:
        """Go back to the dossier, or open it where the planning was opened without it."""
        from screens.dossier import DossierScreen  # noqa: PLC0415  most often it is below already

        below = self.app.screen_stack[-2]
        if isinstance(below, DossierScreen) and below.dossier_id == self._dossier_id:
            self.leave()
        else:
            self.app.switch_screen(DossierScreen(self._dossier_id))
