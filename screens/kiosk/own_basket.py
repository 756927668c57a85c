"""What waits to be paid after « Terminer » : the amount, until when, and the two ways to pay (leaflet: « seul le paiement valide »)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Grid
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.countdown import Countdown
from screens.kiosk.buttons import BigButton
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import content, plain
from tui_portail.french import plural, short_date, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents

if TYPE_CHECKING:
    from tui_portail.services.booking import FinishedChanges
    from tui_portail.services.portal_planning import OwnBasket

EMPTY = "Rien n’attend d’être payé."
DONE = "C’est fait"
TOO_LATE = "Le quart d’heure est passé : les places ne sont plus gardées. Revenez à « Payer mes journées » pour les réserver de nouveau."


class OwnBasketPage(KioskScreen):
    """The basket; just after « Terminer », what it did is told above it."""

    TITLE = "À payer"
    HELP = (
        "Vos places sont gardées un quart d’heure. Payez à Comptabilité, à la mairie, ou en ligne si ce choix est proposé. "
        "Sans paiement, les places sont rendues."
    )

    def __init__(self, done: FinishedChanges | None = None) -> None:
        super().__init__()
        self._done = done
        self._basket: OwnBasket | None = None
        settled = (one.settled_quittance_id for one in done.baskets) if done is not None else ()
        self._quittance_id = next((one for one in settled if one is not None), None)

    def compose_page(self) -> Iterable[Widget]:
        """What was done, what is due, how to pay."""
        if self._done is not None and (lines := done_lines(self._done)):
            yield Static(content("\n".join(lines)), classes="paragraph", id="done")
        yield Static("", id="basket-lines", classes="paragraph", markup=False)
        yield Static("", id="basket-due", classes="summary-line strong", markup=False)
        yield Countdown("Temps restant : ", id="basket-left")
        yield Static("", id="online-why", classes="paragraph", markup=False)
        with Grid(classes="choices -after", id="ways"):
            yield BigButton("Payer à Comptabilité", "screen.counter", key="c", id="counter")
            yield BigButton("Payer en ligne", "screen.online", key="l", id="online")
            yield BigButton("Abandonner", "screen.release", key="a", id="release")
        with Grid(classes="choices -after", id="settled"):
            yield BigButton("Lire la quittance", "screen.quittance", key="q", id="quittance")

    def on_mount(self) -> None:
        """Nothing to choose until it is read; then count down."""
        self._hide_ways()
        self.query_one("#settled").display = self._quittance_id is not None
        super().on_mount()
        self.set_interval(1, self._tick)

    def on_screen_resume(self) -> None:
        """Back from another page: it may be paid."""
        if self._basket is not None:
            self.read()

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read what waits."""
        from tui_portail.services.online_payments import why_not_online  # noqa: PLC0415
        from tui_portail.services.portal_planning import own_basket, own_basket_paid_elsewhere  # noqa: PLC0415

        before, basket = self._basket, await self.ask(own_basket, self.portal)
        self._basket = basket
        self.query_one("#basket-lines", Static).update(Content(plain("\n".join(basket_lines(basket)))))
        if basket is None:
            paid = None
            if before is not None:
                paid = await self.ask(own_basket_paid_elsewhere, self.portal, before.view.basket_id)
            if paid is not None:
                self._quittance_id = paid.quittance_id
            self.query_one("#settled").display = self._quittance_id is not None
            is_done = self._done is not None and not _to_pay(self._done)
            nothing = "" if is_done else EMPTY
            self._hide_ways()
            self.retitle(DONE if is_done or paid is not None else self.TITLE)
            self.query_one("#basket-due", Static).update(
                nothing if paid is None else f"Payé : quittance n° {paid.quittance_number}."
            )
            return
        why = await self.ask(why_not_online, self.portal, basket.view.due_cents)
        self.query_one("#ways").display = self.query_one("#basket-left").display = True
        self.query_one("#online").display = why is None
        reason = self.query_one("#online-why", Static)
        reason.display = why is not None and why.code == "MONTANT_TROP_PETIT"
        reason.update(content(why.sentence) if why is not None else "")
        self.retitle(self.TITLE)
        self.query_one("#basket-due", Static).update(due_words(basket))
        self.query_one("#basket-left", Countdown).until = basket.expires_at
        self._tick()
        self.query_one("#online" if why is None else "#counter", BigButton).focus()

    def _hide_ways(self) -> None:
        for name in ("#ways", "#basket-left", "#online-why"):
            self.query_one(name).display = False

    def _tick(self) -> None:
        if self._basket is None:
            return
        if self.query_one("#basket-left", Countdown).tick(self.portal.desk.now_estimate()):
            self._basket = None
            self._hide_ways()
            self.query_one("#basket-due", Static).update(TOO_LATE)

    def action_counter(self) -> None:
        """Say where to go."""
        if self._basket is not None:
            self.kiosk.go("own_counter", self._basket)

    def action_online(self) -> None:
        """Ask for a page to pay on."""
        if self._basket is not None:
            self.kiosk.go("own_online", self._basket.view.basket_id)

    def action_quittance(self) -> None:
        """Read the quittance of what was just paid."""
        if self._quittance_id is not None:
            self.kiosk.go("own_quittance", self._quittance_id)

    def action_release(self) -> None:
        """Ask whether the places are really given up."""
        if self._basket is not None:
            self.kiosk.go("own_release", self._basket)


def _to_pay(done: FinishedChanges) -> bool:
    return any(basket.settled_quittance_id is None and basket.due_cents for basket in done.baskets)


def done_lines(done: FinishedChanges) -> list[str]:
    """Return what a « Terminer » did for good, in sentences: what waits to be paid is not booked yet, and told by `due_words`."""
    lines = []
    if done.removed:
        lines.append(f"{plural(done.removed, 'journée annulée', 'journées annulées')}.")
    if done.added and not _to_pay(done):
        lines.append(f"{plural(done.added, 'réservation confirmée', 'réservations confirmées')}.")
    lines += [
        f"Avoir n° {avoir.number} de {format_cents(avoir.amount_cents)} : il servira tout seul à votre prochain paiement."
        for avoir in done.avoirs
    ]
    if done.awaiting_proof:
        lines.append("Pour avoir un avoir, apportez votre justificatif au service Enfance/Jeunesse avant la date dite.")
    lines += [
        f"Rien à payer : réglé par vos avoirs, quittance n° {basket.settled_quittance_number}."
        for basket in done.baskets
        if basket.settled_quittance_id is not None
    ]
    return lines


def due_words(basket: OwnBasket) -> str:
    """Return how many bookings are held until when, and what they owe."""
    count, until = len(basket.view.lines), time_text(in_paris(basket.expires_at))
    held = "réservation vous est gardée" if count == 1 else "réservations vous sont gardées"
    due = format_cents(basket.view.due_cents)
    return f"{count} {held} jusqu’à {until} : il reste à payer {due}. Seul le paiement valide l’inscription."


def basket_lines(basket: OwnBasket | None) -> list[str]:
    """Return the days that wait, one line a child and activity, then the total and what avoirs pay of it."""
    if basket is None:
        return []
    days: dict[tuple[str, str], list[str]] = {}
    cents: dict[tuple[str, str], int] = {}
    for line in basket.view.lines:
        key = (line.child, line.label)
        days.setdefault(key, []).append(short_date(line.day))
        cents[key] = cents.get(key, 0) + line.price_cents
    lines = [
        f"{child} · {label} : {', '.join(found)} · {format_cents(cents[child, label])}"
        for (child, label), found in days.items()
    ]
    view = basket.view
    if view.avoir_cents:
        lines.append(f"Total {format_cents(view.total_cents)}, vos avoirs paient {format_cents(view.avoir_cents)}.")
    return lines
