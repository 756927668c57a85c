"""« Créer mon compte », second step: the dossier's number, received by post."""

from __future__ import annotations

from collections.abc import Iterable

from screens.kiosk.account_draft import AccountDraft, step_title
from screens.kiosk.fields import KioskField
from screens.kiosk.form_page import FormPage
from screens.kiosk.gestures import gesture
from tui_portail.errors import PortailError

LETTER = (
    "La mairie vous a envoyé par courrier le numéro de votre dossier : neuf chiffres, comme 123 456 789. "
    "Sans cette lettre, adressez-vous au service Enfance/Jeunesse."
)
TO_THE_NAME = "Échap revient à votre nom."


class NumberPage(FormPage):
    """The second of the three steps."""

    TITLE = "Créer mon compte"
    FIELD_OF = {"RATTACHEMENT_REFUSE": "number"}  # noqa: RUF012
    HELP = LETTER + " Parents séparés : le second identifiant se demande au service Enfance/Jeunesse."
    INTRO = f"{step_title(2)} : le numéro de votre dossier.\n{LETTER}"

    def __init__(self, draft: AccountDraft) -> None:
        super().__init__()
        self._draft = draft

    def fields(self) -> Iterable[KioskField]:
        """The number."""
        yield KioskField("number", "Numéro du dossier", self._draft.number, hint="123 456 789", longest=20)

    @gesture()
    async def action_submit(self) -> None:
        """Check the number for the name typed, then go to the summary."""
        from tui_portail.services.portal_accounts import check_number  # noqa: PLC0415

        if self.missing(number="Tapez le numéro écrit sur la lettre de la mairie."):
            return
        assert self._draft.form is not None  # noqa: S101 (the first step gave it)
        self._draft.number = self.text("number")
        await self.ask(check_number, self.portal, self._draft.form, self._draft.number)
        self.kiosk.go("account_summary", self._draft)

    def refused(self, error: PortailError) -> None:
        """The name may be what is wrong: say how to go back to it."""
        if error.code in self.FIELD_OF:
            self.wrong("number", f"{error.sentence} {TO_THE_NAME}")
        else:
            super().refused(error)

    def action_back(self) -> None:
        """Go back to the identity: the number is kept for when one comes again."""
        self._draft.number = self.text("number")
        super().action_back()
