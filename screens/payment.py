"""Cashing a basket: cash exact filled in so that Enter cashes; other means by their keys; what is missing said as one types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.commands import bindings_of
from screens.countdown import Countdown
from screens.desk_screen import DeskScreen
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from screens.header import TillState
from screens.key_names import key_name
from screens.lines_dialog import LinesDialog, basket_and_policy
from screens.online_words import page_open_words
from screens.paid import PaidScreen
from screens.payment_fields import TenderFields
from screens.payment_state import PaymentState
from screens.payment_words import amounts_text, line_words
from screens.plain_text import plain
from screens.till_dialog import OpenTillDialog
from screens.till_watch import offer_closing
from tui_portail.errors import PortailError
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means, Policy
from tui_portail.services.basket_origins import origin_words
from tui_portail.services.baskets import (
    BasketAlreadyPaid,
    BasketExpired,
    BasketGone,
    BasketView,
)
from tui_portail.services.lines_out import remove_lines
from tui_portail.services.online_list import online_page_until
from tui_portail.services.payment import cash_basket
from tui_portail.services.sale import CashedBasket
from tui_portail.services.till import TillClosed, TillForgotten, current_session


class PaymentScreen(DeskScreen):
    """One basket, its lines, the means given. `following` are the baskets to cash after it (the other payer's)."""

    AREA = "payment"
    TITLE = "Encaissement"
    CSS_PATH = "payment.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("payment")
    HELP = (
        "Entrée encaisse dès que le compte y est. Une touche de fonction paie le reste par un autre moyen ; "
        "videz un montant pour y renoncer."
    )

    ENTER_DOES: ClassVar[str] = "encaisser"

    def __init__(self, basket_id: int, following: tuple[int, ...] = ()) -> None:
        super().__init__()
        self._basket_id = basket_id
        self._following = following
        self.state: PaymentState | None = None

    def compose_body(self) -> Iterable[Widget]:
        """What is paid above, how below."""
        with Horizontal(id="payment-top"):
            with Vertical(id="payment-what"):
                yield Static("", id="payment-who", markup=False)
                with VerticalScroll(id="payment-lines", can_focus=False):
                    yield Static("", id="payment-list", markup=False)
            with Vertical(id="payment-amounts"):
                yield Static("", id="payment-due", markup=False)
                yield Countdown("Reste ", id="payment-left")
        yield Static("", id="payment-means", markup=False)
        yield VerticalScroll(id="tenders", can_focus=False)
        yield Static("", id="payment-verdict", markup=False)

    def on_mount(self) -> None:
        """Load the basket."""
        self.load()
        self.set_interval(1, self._tick)

    def has_unsaved(self) -> bool:
        """Amounts typed for something else than the cash filled in are lost on leaving."""
        return self.state is not None and any(entry.typed for entry in self.state.entries.values())

    unsaved_question: ClassVar[str] = "Les règlements saisis seront oubliés ; le panier reste à encaisser."

    # -- what is shown ---------------------------------------------------------------------------------------------------

    @gesture(group="basket", exclusive=True)
    async def load(self) -> None:
        """Read the basket and the régie's rules."""
        view, policy = await self.ask(basket_and_policy, self.desk, self._basket_id)
        await self._show(view, policy)

    async def _show(self, view: BasketView, policy: Policy) -> None:
        self.state = PaymentState(view, policy)
        made = origin_words(view.origin).made
        who = f"{view.payer_name} · dossier {view.dossier_number}{f' · {made}' if made else ''}"
        self.query_one("#payment-who", Static).update(Content.styled(plain(who), "bold"))
        self.query_one("#payment-list", Static).update(Content(plain(line_words(view))))
        self.query_one("#payment-due", Static).update(amounts_text(view))
        self.query_one(Countdown).until = view.expires_at
        self.query_one("#payment-means", Static).update(Content(self._means_words()))
        self._tick()
        await self._show_fields()
        self._focus_first()

    async def _show_fields(self) -> None:
        """Make the fields of the means in use, and only those."""
        state = self._ready
        tenders = self.query_one("#tenders")
        for fields in self.query(TenderFields):
            if fields.means not in state.entries:
                await fields.remove()
        present = {fields.means for fields in self.query(TenderFields)}
        for means, entry in state.entries.items():
            if means not in present:
                await tenders.mount(TenderFields(state.policy.means[means], entry))
        self._refresh_amounts()

    def _means_words(self) -> str:
        """Name the means this basket may be paid by, each with its key as it is set here."""
        words = []
        for key, active in self.active_bindings.items():
            name = active.binding.action.removeprefix("use('").removesuffix("')")
            if active.binding.action.startswith("use('") and self._ready.usable(Means(name)):
                words.append(f"{key_name(key)} {active.binding.description}")
        return " · ".join(words)

    def _refresh_amounts(self) -> None:
        """Write again what was filled in, and the verdict."""
        state = self._ready
        for fields in self.query(TenderFields):
            if fields.means in state.entries:
                fields.show(state.entries[fields.means].text)
        complete, sentence = state.words()
        maxima = state.maxima()
        verdict = self.query_one("#payment-verdict", Static)
        verdict.set_class(complete, "-complete")
        ready = f" — Entrée : {self.ENTER_DOES}" if complete else ""
        text = Content.assemble((plain(sentence) + ready, "bold"), "\n" + plain(maxima) if maxima else "")
        verdict.update(text, layout=False)

    @property
    def _ready(self) -> PaymentState:
        if self.state is None:
            raise RuntimeError("the basket is not loaded yet")
        return self.state

    def _tick(self) -> None:
        if self.state is not None:
            self.query_one(Countdown).tick(self.desk.now_estimate())

    def _focus_first(self) -> None:
        for fields in self.query(TenderFields):
            fields.amount.focus_field()
            return
        self.set_focus(None)

    # -- typing ----------------------------------------------------------------------------------------------------------

    @on(TenderFields.Edited)
    def _edited(self, event: TenderFields.Edited) -> None:
        entry = self._ready.entries.get(event.means)
        if entry is None:
            return
        if event.reference:
            changed = entry.references.get(event.reference, "") != event.text
            entry.references[event.reference] = event.text
        elif changed := entry.text != event.text:
            self._ready.type_amount(event.means, event.text)
        if changed:
            self.message("")  # what was refused is being corrected
        self._refresh_amounts()

    @on(TenderFields.Entered)
    def _entered(self) -> None:
        """Enter cashes when all is there, else goes to the next field."""
        if self._ready.words()[0]:
            self.cash_in()
        else:
            self.focus_next()

    def on_key(self, event: object) -> None:
        """Enter with nothing to type (avoirs pay all) cashes too."""
        if getattr(event, "key", "") == "enter" and self.state is not None and not self.state.entries:
            self.cash_in()

    @gesture(group="means")
    async def action_use(self, means: str) -> None:
        """Pay the rest by a means, or say why it cannot."""
        if self.state is None:
            return
        chosen = Means(means)
        if sentence := self.state.use(chosen):
            self.message(sentence, Kind.REFUSED)
            return
        self.message(self.state.explained(chosen))
        await self._show_fields()
        fields = self.query_one(f"#tender-{chosen.value}", TenderFields)
        fields.amount.focus_field()

    # -- cashing ---------------------------------------------------------------------------------------------------------

    def action_cash_in(self) -> None:
        """Cash, if all is there."""
        if self.state is not None:
            self.cash_in()

    @gesture(group="cash")
    async def cash_in(self) -> None:
        """Cash once: have an unlikely sum confirmed, open the till first if cash needs it, then show the quittance."""
        state = self._ready
        complete, sentence = state.words()
        if not complete:
            self.message(sentence, Kind.REFUSED)
            return
        if (doubts := state.doubts()) and not await self._confirmed(doubts):
            return
        if not await self.despite_online():
            return
        tenders = state.tenders()
        if (
            state.needs_till()
            and not state.view.till_open
            and self.portail.till is not TillState.OPEN
            and not await self._open_till()
        ):
            return
        try:
            cashed = await self.pay(tenders)
        except (TillClosed, TillForgotten):
            if not await self._open_till():
                raise
            cashed = await self.pay(tenders)
        if cashed is None:
            return
        self.state = None
        self.app.switch_screen(PaidScreen(cashed, state.view, self._following))

    async def pay(self, tenders: Sequence[Tender]) -> CashedBasket | None:
        """Send the payment; None when the agent gives it up."""
        desk, basket_id = self.desk, self._basket_id
        return await self.send("cash", lambda operation: cash_basket(desk, basket_id, tenders, operation))

    async def despite_online(self) -> bool:
        """Say whether the basket may be cashed here: a page of PayFiP that is open for it is told first, and confirmed."""
        if not self._ready.policy.online.enabled:
            return True
        until = await self.ask(online_page_until, self.desk, self._basket_id)
        if until is None:
            return True
        lines = (page_open_words(until), "Vérifiez avec le parent qu’il ne paie pas en ce moment sur son téléphone.")
        dialog = ConfirmDialog("Encaisser malgré le paiement en ligne ?", lines, yes="Encaisser", no="Attendre")
        answer = await self.app.push_screen_wait(dialog)
        return bool(answer)

    async def _confirmed(self, doubts: tuple[str, ...]) -> bool:
        dialog = ConfirmDialog("Est-ce bien la somme remise ?", doubts, yes="Encaisser", no="Corriger la somme")
        answer = await self.app.push_screen_wait(dialog)
        return bool(answer)

    async def _open_till(self) -> bool:
        """Open the till, or go and close the session forgotten; return whether the basket may be cashed now."""
        session = await self.ask(current_session, self.desk)
        if session is not None and session.forgotten:
            await offer_closing(self, session)
            return False
        if session is None and not await self.app.push_screen_wait(OpenTillDialog()):
            return False
        self.portail.till = TillState.OPEN
        self.portail.show_header()
        return True

    def refused(self, error: PortailError) -> None:
        """Say why; a basket that can no longer be cashed loses its fields, so that nobody tries again."""
        super().refused(error)
        if isinstance(error, BasketExpired | BasketAlreadyPaid | BasketGone):
            self.state = None
            self.query_one("#tenders").remove_children()
            self.query_one("#payment-verdict", Static).update(Content("Échap : revenir"), layout=False)

    @gesture(group="lines")
    async def action_remove_lines(self) -> None:
        """Take lines out before paying."""
        state = self._ready
        chosen = await self.app.push_screen_wait(LinesDialog(state.view, state.policy))
        if not chosen:
            return
        desk, basket_id = self.desk, self._basket_id
        left = await self.send("lines", lambda operation: remove_lines(desk, basket_id, chosen, operation))
        if left.settled is not None:
            self.state = None
            self.app.switch_screen(PaidScreen(left.settled, left.view, self._following))
            return
        if not left.view.lines:
            self.message("Toutes les lignes sont retirées : il n’y a plus rien à encaisser.", Kind.DONE)
            self.leave()
            return
        for fields in self.query(TenderFields):
            await fields.remove()
        await self._show(left.view, state.policy)
        self.message("Lignes retirées, le montant est recalculé.", Kind.DONE)
