"""« M’identifier »: a user name and a password; an unknown name and a wrong password are answered alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from screens.kiosk.fields import KioskField
from screens.kiosk.form_page import FormPage
from screens.kiosk.frame import Tone
from screens.kiosk.gestures import gesture

if TYPE_CHECKING:
    from tui_portail.errors import PortailError


class SignInPage(FormPage):
    """The sign-in."""

    TITLE = "M’identifier"
    HELP = (
        "Tapez votre nom d’utilisateur, en lettres seulement, puis votre mot de passe. "
        "Si vous l’avez oublié, revenez en arrière et choisissez « Mot de passe oublié ». "
        "Nom d’utilisateur oublié : demandez-le au service Enfance/Jeunesse."
    )
    NEXT = "M’identifier"

    def __init__(self, username: str = "", said: str = "") -> None:
        super().__init__()
        self._username, self._said = username, said

    def fields(self) -> Iterable[KioskField]:
        """Who, and the proof."""
        yield KioskField("username", "Nom d’utilisateur", self._username, longest=60)
        yield KioskField("password", "Mot de passe", hidden=True, longest=200)

    def read(self) -> None:
        """Say what led here; the password is what is left to type."""
        if self._said:
            self.say(self._said, Tone.DONE)
        if self._username and (field := self.field("password")):
            field.input.focus()

    @gesture()
    async def action_submit(self) -> None:
        """Sign the parent in, or say why not: the name stays, the password goes."""
        from tui_portail.services.portal_sign_in import sign_in_parent  # noqa: PLC0415  after the first frame

        if self.missing(username="Tapez votre nom d’utilisateur.", password="Tapez votre mot de passe."):  # noqa: S106
            return
        self.wait()
        portal = self.kiosk.fresh_portal()
        await self.ask(sign_in_parent, portal, self.text("username"), self.text("password"))
        self.kiosk.sit(portal)
        await self.enter()

    def refused(self, error: PortailError) -> None:
        """Say it; what was typed stays, but a password that was refused."""
        if error.code in {"IDENTIFIANTS_REFUSES", "TROP_D_ESSAIS"} and (field := self.field("password")):
            field.input.value = ""
            field.input.focus()
        if error.code == "COMPTE_NON_ACTIVE":
            self.open_again("activate", self.text("username"), error.sentence)
        else:
            super().refused(error)
