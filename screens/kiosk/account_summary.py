"""« Créer mon compte », third step: a summary to confirm; the password is never shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Grid
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.account_draft import AccountDraft, step_title
from screens.kiosk.buttons import BigButton
from screens.kiosk.frame import Tone
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import plain
from tui_portail.dossier_number import compact, display

if TYPE_CHECKING:
    from tui_portail.services.portal_accounts import NewAccount


class SummaryPage(KioskScreen):
    """The last of the three steps."""

    TITLE = "Créer mon compte"
    AUTO_FOCUS = "#submit"
    HELP = "Relisez. Pour corriger, revenez en arrière : ce que vous avez tapé est gardé."

    def __init__(self, draft: AccountDraft) -> None:
        super().__init__()
        self._draft = draft

    def compose_page(self) -> Iterable[Widget]:
        """What was typed, then the button that confirms."""
        form = self._draft.form
        assert form is not None  # noqa: S101 (the first step gave it)
        lines = (
            ("Nom", form.last_name),
            ("Prénom", form.first_name),
            ("Adresse électronique", form.email),
            ("Nom d’utilisateur", form.username),
            ("Mot de passe", "celui que vous avez choisi"),
            ("Numéro du dossier", display(compact(self._draft.number))),
        )
        yield Static(f"{step_title(3)} : relisez, puis confirmez.", classes="paragraph", markup=False)
        for label, text in lines:
            yield Static(Content.assemble(f"{label} : ", (plain(text), "bold")), classes="summary-line")
        with Grid(classes="choices -after"):
            yield BigButton("Corriger", "screen.back")
            yield BigButton("Confirmer", "screen.confirm", id="submit")

    @gesture()
    async def action_confirm(self) -> None:
        """Make the account, and say where its message went or why it did not leave."""
        from tui_portail.services.portal_accounts import create_account  # noqa: PLC0415

        self.say("Votre compte est en cours de création…", Tone.WAIT)
        attempt, portal = self._draft.confirmed(), self.portal
        form, number = attempt.content
        made = await self.ask(create_account, portal, form, number, attempt.secret, attempt.operation)
        self._draft.forget()
        self.kiosk.go_from_first("activate", made.username, sent_words(made))


def sent_words(made: NewAccount) -> str:
    """Say where the message of a new account went, or why it did not leave."""
    if made.sent.done:
        return (
            f"Votre compte est créé. Un message est parti à {made.email} : tapez ici le code qu’il contient. "
            "Il peut mettre quelques minutes ; regardez aussi dans les indésirables."
        )
    return f"Votre compte est créé, mais le message n’est pas parti. {made.sent.sentence}"
