"""Leaving the kiosk: an agent's user name and password, whatever their role; a parent stays in."""

from __future__ import annotations

from collections.abc import Iterable

from screens.kiosk.fields import KioskField
from screens.kiosk.form_page import FormPage
from screens.kiosk.gestures import gesture
from tui_portail.errors import PortailError


class StaffExitPage(FormPage):
    """Who closes the kiosk."""

    TITLE = "Fermer la borne"
    HELP = "Cette page est celle des agents de la mairie. Pour revenir aux pages des familles, choisissez « Retour »."
    INTRO = (
        "Réservé aux agents de la mairie : tapez votre identifiant et votre mot de passe d’agent pour fermer la borne."
    )
    NEXT = "Fermer la borne"

    def fields(self) -> Iterable[KioskField]:
        """An agent's."""
        yield KioskField("username", "Identifiant d’agent", longest=60)
        yield KioskField("password", "Mot de passe", hidden=True, longest=200)

    @gesture()
    async def action_submit(self) -> None:
        """Leave, if it is an agent."""
        from tui_portail.services.portal_exit import check_agent  # noqa: PLC0415

        await self.ask(check_agent, self.portal, self.text("username"), self.text("password"))
        self.wipe()
        self.app.exit()

    def refused(self, error: PortailError) -> None:
        """The password goes."""
        if field := self.field("password"):
            field.input.value = ""
            field.input.focus()
        super().refused(error)
