"""« Mot de passe oublié »: a user name, always answered alike and at once; then the code of the message and a new password."""

from __future__ import annotations

from collections.abc import Iterable

from screens.kiosk.activation import NO_CODE, NO_NAME
from screens.kiosk.codes_sent import CodePage
from screens.kiosk.fields import KioskField
from screens.kiosk.form_page import FormPage
from screens.kiosk.gestures import gesture
from screens.kiosk.new_password import LONG_ENOUGH, NONE, differ, password_fields

CHANGED = "Votre mot de passe est changé : identifiez-vous."


class ForgottenPage(FormPage):
    """Whose password."""

    TITLE = "Mot de passe oublié"
    HELP = (
        "Un code sera envoyé à l’adresse électronique de votre compte : il sert à choisir un nouveau mot de passe. "
        "Nom d’utilisateur oublié : demandez-le au service Enfance/Jeunesse."
    )
    INTRO = "Tapez votre nom d’utilisateur : un code vous est envoyé par message."
    NEXT = "Recevoir un code"

    def fields(self) -> Iterable[KioskField]:
        """The user name."""
        yield KioskField("username", "Nom d’utilisateur", longest=60)

    def action_submit(self) -> None:
        """Go on at once: how long the service takes tells nothing."""
        if not self.missing(username=NO_NAME):
            self.kiosk.go_instead(self, "new_password", self.text("username"))


class NewPasswordPage(CodePage):
    """The code received, and the new password twice."""

    TITLE = "Mot de passe oublié"
    HELP = f"Tapez le code du message, puis deux fois le même nouveau mot de passe, d’{LONG_ENOUGH}."
    NEXT = "Changer mon mot de passe"

    def __init__(self, username: str) -> None:
        super().__init__()
        self._username = username

    def fields(self) -> Iterable[KioskField]:
        """The code, the password twice."""
        yield KioskField("code", "Code reçu", hint="ABCDE-FGHJK", longest=30)
        yield from password_fields()

    def read(self) -> None:
        """Ask for the code."""
        self.ask_code()

    @gesture()
    async def ask_code(self) -> None:
        """Say the same for everyone, then ask behind."""
        from tui_portail.services.portal_sign_in import ASKED, ask_new_password  # noqa: PLC0415

        username, portal = self._username, self.portal
        self.say_sent(ASKED)
        await self.send(
            "ask", lambda operation: ask_new_password(portal, username, self.secret_of(operation), operation)
        )
        self.show_unsent()

    @gesture()
    async def action_submit(self) -> None:
        """Change the password, then sign in with it."""
        from tui_portail.services.portal_sign_in import choose_password  # noqa: PLC0415

        if differ(self) or self.missing(code=NO_CODE, password=NONE):
            return
        username, code, password, portal = self._username, self.text("code"), self.text("password"), self.portal
        await self.send(
            f"choose {code}", lambda operation: choose_password(portal, username, code, password, operation)
        )
        self.kiosk.go_from_first("sign_in", username, CHANGED)

    def wipe(self) -> None:
        """Forget whose password it was."""
        super().wipe()
        self._username = ""
