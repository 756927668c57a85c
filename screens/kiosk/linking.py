"""An account linked to no dossier any more: the number received by post links it again."""

from __future__ import annotations

from collections.abc import Iterable

from screens.kiosk.account_number import LETTER
from screens.kiosk.fields import KioskField
from screens.kiosk.form_page import FormPage
from screens.kiosk.gestures import gesture


class LinkPage(FormPage):
    """The number."""

    TITLE = "Mon dossier"
    HELP = LETTER
    INTRO = f"Votre compte n’est rattaché à aucun dossier.\n{LETTER}"
    FIELD_OF = {"RATTACHEMENT_REFUSE": "number"}  # noqa: RUF012
    BACK = "Me déconnecter"

    def fields(self) -> Iterable[KioskField]:
        """The number."""
        yield KioskField("number", "Numéro du dossier", hint="123 456 789", longest=20)

    @gesture()
    async def action_submit(self) -> None:
        """Link the account, then go home."""
        from tui_portail.services.portal_accounts import link_again  # noqa: PLC0415

        if self.missing(number="Tapez le numéro écrit sur la lettre de la mairie."):
            return
        number, portal = self.text("number"), self.portal
        await self.send(f"link {number}", lambda operation: link_again(portal, number, operation))
        await self.enter()
