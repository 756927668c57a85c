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

    def compose_page(self) -> Iterable[Widget]:
        """What was done, what is due, how to pay."""
        if self._done is not None:
            yield Static(content("\n".join(done_lines(self._done))), classes="paragraph", id="done")
        yield Static("", id="basket-lines", classes="paragraph", markup=False)
        yield Static("", id="basket-due", classes="summary-line strong", markup=False)
        yield Countdown("Temps restant : ", id="basket-left")
        with Grid(classes="choices -after", id="ways"):
            yield BigButton("Payer à Comptabilité", "screen.counter", key="c", id="counter")
            yield BigButton("Payer en ligne", "screen.online", key="l", id="online")
            yield BigButton("Abandonner", "screen.release", key="a", id="release")

    def on_mount(self) -> None:
        """Nothing to choose until it is read; then count down."""
        self.query_one("#ways").display = self.query_one("#basket-left").display = False
        super().on_mount()
        self.set_interval(1, self._tick)

    def on_screen_resume(self) -> None:
        """Back from another page: it may be paid."""
        if self._basket is not None:
            self.read()

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read what waits."""
        from tui_portail.services.online_payments import online_is_open  # noqa: PLC0415
        from tui_portail.services.portal_planning import own_basket  # noqa: PLC0415

        self._basket = basket = await self.ask(own_basket, self.portal)
        online = await self.ask(online_is_open, self.portal)
        is_there = basket is not None
        self.query_one("#ways").display = self.query_one("#basket-left").display = is_there
        self.query_one("#online").display = online
        self.query_one("#basket-lines", Static).update(Content(plain("\n".join(basket_lines(basket)))))
        if basket is None:
            nothing = "" if self._done is not None and not _to_pay(self._done) else EMPTY
            self.query_one("#basket-due", Static).update(nothing)
            return
        until = time_text(in_paris(basket.expires_at))
        due = f"À payer : {format_cents(basket.view.due_cents)} avant {until}. Seul le paiement valide l’inscription."
        self.query_one("#basket-due", Static).update(due)
        self.query_one("#basket-left", Countdown).until = basket.expires_at
        self._tick()
        self.query_one("#online" if online else "#counter", BigButton).focus()

    def _tick(self) -> None:
        if self._basket is None:
            return
        if self.query_one("#basket-left", Countdown).tick(self.portal.desk.now_estimate()):
            self._basket = None
            self.query_one("#ways").display = self.query_one("#basket-left").display = False
            self.query_one("#basket-due", Static).update(TOO_LATE)

    def action_counter(self) -> None:
        """Say where to go."""
        if self._basket is not None:
            self.kiosk.go("own_counter", self._basket)

    def action_online(self) -> None:
        """Ask for a page to pay on."""
        if self._basket is not None:
            self.kiosk.go("own_online", self._basket.view.basket_id)

    def action_release(self) -> None:
        """Ask whether the places are really given up."""
        if self._basket is not None:
            self.kiosk.go("own_release", self._basket)


def _to_pay(done: FinishedChanges) -> bool:
    return any(basket.settled_quittance_id is None and basket.due_cents for basket in done.baskets)


def done_lines(done: FinishedChanges) -> list[str]:
    """Return what a « Terminer » did, in sentences."""
    lines = ["C’est enregistré."]
    if done.added:
        lines[0] += f" {plural(done.added, 'journée réservée', 'journées réservées')}."
    if done.removed:
        lines[0] += f" {plural(done.removed, 'journée annulée', 'journées annulées')}."
    lines += [
        f"Avoir n° {avoir.number} de {format_cents(avoir.amount_cents)}, utilisé d’office." for avoir in done.avoirs
    ]
    if done.awaiting_proof:
        lines.append("Pour avoir un avoir, apportez votre justificatif au service Enfance/Jeunesse avant la date dite.")
    lines += [
        f"Rien à payer : réglé par vos avoirs, quittance n° {basket.settled_quittance_number}."
        for basket in done.baskets
        if basket.settled_quittance_id is not None
    ]
    return lines


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
