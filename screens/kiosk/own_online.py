"""Paying online: PayFiP's page as a QR code for the parent's telephone and as an address; what becomes of it, asked until it is over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.frame import Notice, PageBody, Tone, TopLine
from screens.kiosk.gestures import CLOSED, NOT_LINKED, SESSION_OVER, TERMS, gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import content, plain
from tui_portail.errors import PortailError
from tui_portail.money import format_cents
from tui_portail.qr_lines import qr_lines

if TYPE_CHECKING:
    from tui_portail.services.online_following import FollowedPayment
    from tui_portail.services.online_late import LateMoney
    from tui_portail.services.online_payments import OnlinePage
    from tui_portail.services.portal_planning import PaidBasket

EVERY_SECONDS = 4.0
"""How long between two questions to PayFiP."""
STILL = "PayFiP ne répond pas encore, nous redemandons."
WAITING = "Dès que le paiement est fait, cette page le dit : ne la quittez pas."
_ENDS = {
    "refusee": "Le paiement a été refusé par votre banque. Rien n’a été débité.",
    "abandonnee": "Le paiement a été abandonné. Rien n’a été débité.",
    "expiree": "Le temps de cette page est passé sans paiement.",
}
_OTHERWISE = "Recommencez le paiement en ligne, ou payez à Comptabilité, à la mairie, avant la fin du quart d’heure."
_THE_PARENT_GOES = SESSION_OVER | {CLOSED, TERMS, NOT_LINKED}


class OwnOnlinePage(KioskScreen):
    """The code takes the height of a small terminal: the words and the buttons are beside it."""

    TITLE = "Payer en ligne"
    CSS_PATH = "own_online.tcss"
    HELP = (
        "Visez le carré avec l’appareil photo de votre téléphone : la page de PayFiP, le service de paiement du Trésor public, s’ouvre. "
        "Payez par carte ou par prélèvement. Cette page dit ensuite que c’est payé et donne le numéro de la quittance."
    )
    AUTO_FOCUS = ""

    def __init__(self, basket_id: int) -> None:
        super().__init__()
        self._basket_id = basket_id
        self._page: OnlinePage | None = None
        self._quittance_id: int | None = None

    def compose(self) -> Iterable[Widget]:
        """The code on the left; on the right, all the rest."""
        yield TopLine()
        with Horizontal(id="online"):
            yield Static("", id="code", markup=False)
            with PageBody(id="page"):
                yield Static("Payer en ligne", id="online-title", classes="strong", markup=False)
                yield Static("", id="online-words", markup=False)
                yield Notice()
                with VerticalScroll(id="online-bar", can_focus=False):
                    yield BigButton("Ouvrir la page de paiement", "screen.open_page", key="o", id="open")
                    yield BigButton("Lire la quittance", "screen.quittance", key="l", id="quittance")
                    yield BigButton("Recommencer le paiement en ligne", "screen.again", key="n", id="again")
                    yield BigButton("Payer à Comptabilité", "screen.back", key="c", id="counter")
                    yield BigButton("Retour", "screen.back", shown="Échap", id="back")
                    yield BigButton("Aide", "screen.help", shown="F1", id="help")
                    yield BigButton("Quitter", "app.quit_visit", id="quit")

    def on_mount(self) -> None:
        """Ask for the page; count its minutes."""
        self._offer()
        super().on_mount()
        self.set_interval(1, self._say_page)

    def read(self) -> None:
        """Ask PayFiP for a page."""
        self.open_page()

    # -- the page asked for ----------------------------------------------------------------------------------------------

    @gesture()
    async def open_page(self) -> None:
        """Ask for a page, show it, then what becomes of it."""
        from tui_portail.services.online_payments import open_online_page  # noqa: PLC0415

        portal, basket_id = self.portal, self._basket_id
        self.say("Nous demandons une page de paiement à PayFiP…", Tone.WAIT)
        try:
            page = await self.send("page", lambda operation: open_online_page(portal, basket_id, operation))
        except PortailError:
            self._offer("again", "counter")
            raise
        self._page, self.keeps_awake = page, True
        self._show_code(page.address)
        self._say_page()
        self.say(WAITING)
        self._offer(*(() if self.kiosk.guarded else ("open",)), "counter", "back")
        try:
            await self._follow(page.online_id)
        finally:
            self._sleep_again()

    async def _follow(self, online_id: int) -> None:
        """Ask, and ask again, one question at a time, until it is over; PayFiP's silence is said calmly.

        A basket that a desk cashes meanwhile must not be paid twice: it is looked at each time, before PayFiP is asked.
        """
        from tui_portail.services.online_following import follow_own  # noqa: PLC0415
        from tui_portail.services.portal_planning import own_basket_paid_elsewhere  # noqa: PLC0415

        while True:
            await self.kiosk.pause(EVERY_SECONDS)
            try:
                if (paid := await self.ask(own_basket_paid_elsewhere, self.portal, self._basket_id)) is not None:
                    self._end_at_the_desk(paid)
                    return
                followed = await self.ask(follow_own, self.portal, online_id)
            except PortailError as error:
                if error.code in _THE_PARENT_GOES:
                    raise
                self.say(STILL, Tone.WAIT)
                continue
            if followed.is_over:
                self._end(followed)
                return
            self.say(WAITING)

    def _sleep_again(self) -> None:
        """Let the rest count again, from now."""
        if self.keeps_awake:
            self.keeps_awake = False
            self.kiosk.rest.touched()

    def _end(self, followed: FollowedPayment) -> None:
        """Say how it ended; the rest counts again."""
        self._sleep_again()
        self._page = None
        self._show_code("")
        words = self.query_one("#online-words", Static)
        if followed.quittance_id is None:
            words.update(content(f"{_ENDS.get(followed.state.value, _ENDS['expiree'])}\n\n{_OTHERWISE}"))
            self.say("")
            self._offer("again", "counter")
            return
        self._quittance_id = followed.quittance_id
        lines = [f"{format_cents(followed.amount_cents)} payés, quittance n° {followed.quittance_number}."]
        if followed.late is not None:
            lines += late_lines(followed.late)
        words.update(content("\n\n".join(lines)))
        self.say("Votre paiement est reçu.", Tone.DONE)
        self._offer("quittance", "back")

    def _end_at_the_desk(self, paid: PaidBasket) -> None:
        """Take the code away: the basket was cashed at a desk."""
        self._sleep_again()
        self._page, self._quittance_id = None, paid.quittance_id
        self._show_code("")
        said = f"Ce panier vient d’être payé au guichet (quittance n° {paid.quittance_number}) : ne payez pas en ligne."
        self.query_one("#online-words", Static).update(content(said))
        self.say("")
        self._offer("quittance", "back")

    # -- what is shown ---------------------------------------------------------------------------------------------------

    def _show_code(self, address: str) -> None:
        """Draw the code where it fits, black on white; the address is always written."""
        code = self.query_one("#code", Static)
        lines = qr_lines(address) if address else ()
        fits = bool(lines) and len(lines) < self.size.height and len(lines[0]) + 2 + 30 <= self.size.width
        code.display = fits
        if fits:
            code.styles.width = len(lines[0]) + 2
            above = [""] if len(lines) + 2 < self.size.height else []  # more of the light border, where there is room
            code.update(Content("\n".join([*above, *(f" {line} " for line in lines)])))

    def _say_page(self) -> None:
        """Say the amount, the minutes left, the address."""
        if self._page is None:
            return
        from tui_portail.services.online_payments import page_words  # noqa: PLC0415

        page, now = self._page, self.portal.desk.now_estimate()
        if now >= page.until:  # even if PayFiP never answers: nobody can pay there any more
            self._sleep_again()
        how = "Visez ce carré avec votre téléphone" if self.query_one("#code").display else "Ouvrez la page de paiement"
        text = Content.assemble(
            (f"{format_cents(page.amount_cents)}\n", "bold"),
            f"{plain(page_words(page, now))}\n\n{how}, ou tapez cette adresse :\n",
            (plain(page.address), "bold"),
        )
        self.query_one("#online-words", Static).update(text)

    def _offer(self, *names: str) -> None:
        """Show some of the buttons, and what is always there; the first takes the focus."""
        for button in self.query("#online-bar BigButton"):
            button.display = button.id in (*names, "help", "quit")
        if names:
            self.query_one(f"#{names[0]}").focus()

    # -- what can be done ------------------------------------------------------------------------------------------------

    def action_open_page(self) -> None:
        """Open PayFiP's page in the parent's own browser; never on the public computer."""
        if self._page is not None and not self.kiosk.guarded:
            self.app.open_url(self._page.address)

    def action_again(self) -> None:
        """Ask for another page."""
        self.open_page()

    def action_quittance(self) -> None:
        """Read the quittance; back from it is here."""
        if self._quittance_id is not None:
            self.kiosk.go("own_quittance", self._quittance_id)

    def action_back(self) -> None:
        """Go back to the basket; once paid, home."""
        if self._quittance_id is not None:
            self.kiosk.go_home()
        else:
            super().action_back()


def late_lines(late: LateMoney) -> list[str]:
    """Return what became of days whose basket was no longer as it had been asked for when the money came."""
    return list(late.sentences)
