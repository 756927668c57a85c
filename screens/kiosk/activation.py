"""« Activer mon compte »: the user name and the code of the message; an account given by Enfance/Jeunesse then takes a password."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from screens.kiosk.buttons import BigButton
from screens.kiosk.codes_sent import CodePage
from screens.kiosk.fields import KioskField
from screens.kiosk.gestures import gesture
from screens.kiosk.new_password import LONG_ENOUGH, NONE, differ, password_fields
from tui_portail.errors import PortailError

NO_NAME, NO_CODE = "Tapez votre nom d’utilisateur.", "Tapez le code du message reçu."
SENT_AGAIN = (
    "Si un compte à activer porte ce nom, un nouveau message part à son adresse : tapez ici le code qu’il contient."
)
ACTIVE = "Votre compte est activé : identifiez-vous."
GIVEN = "MOT_DE_PASSE_A_CHOISIR"


class ActivationPage(CodePage):
    """User name and code. `said` is what is told on arriving, after the account was made for instance."""

    TITLE = "Activer mon compte"
    HELP = (
        "Le code est dans le message envoyé à votre adresse électronique, ou sur le papier remis par le service Enfance/Jeunesse. "
        "Majuscules, tiret et espaces sont sans importance."
    )
    INTRO = "Tapez votre nom d’utilisateur et le code reçu."
    NEXT = "Activer mon compte"

    def __init__(self, username: str = "", said: str = "") -> None:
        super().__init__()
        self._username, self._said = username, said

    def fields(self) -> Iterable[KioskField]:
        """Who, and the code; the password only once it is asked for."""
        yield KioskField("username", "Nom d’utilisateur", self._username, longest=60)
        yield KioskField("code", "Code reçu", hint="ABCDE-FGHJK", longest=30)

    def more_buttons(self) -> Iterable[Widget]:
        """Asking for another message."""
        yield BigButton("Recevoir un autre code", "screen.send_again", id="again")

    def read(self) -> None:
        """Say what led here; the code is what is left to type."""
        if self._said:
            self.say(self._said)
            self.show_unsent()
        if self._username and (field := self.field("code")):
            field.input.focus()

    @gesture()
    async def action_submit(self) -> None:
        """Activate the account, or ask for its password first."""
        from tui_portail.services.portal_accounts import activate_by_code  # noqa: PLC0415

        if self.missing(username=NO_NAME, code=NO_CODE):
            return
        username, code, portal = self.text("username"), self.text("code"), self.portal
        try:
            await self.send(
                f"activate {username} {code}", lambda operation: activate_by_code(portal, username, code, operation)
            )
        except PortailError as error:
            if error.code != GIVEN:
                raise
            self.kiosk.go("choose_password", username, code)
        else:
            self.kiosk.go_from_first("sign_in", username, ACTIVE)

    @gesture()
    async def action_send_again(self) -> None:
        """Send another code: what is said never tells whether there is such an account."""
        from tui_portail.services.portal_accounts import send_activation_again  # noqa: PLC0415

        if self.missing(username=NO_NAME):
            return
        username, portal = self.text("username"), self.portal
        self.say_sent(SENT_AGAIN)
        await self.send(
            f"again {username}",
            lambda operation: send_activation_again(portal, username, self.secret_of(operation), operation),
        )
        self.show_unsent()


class ChoosePasswordPage(CodePage):
    """The password of an account given by Enfance/Jeunesse, whose code was right."""

    TITLE = "Votre mot de passe"
    HELP = f"Choisissez {LONG_ENOUGH}."
    INTRO = "Votre compte vous a été donné par la mairie. Choisissez le mot de passe qui vous sera demandé chaque fois."
    NEXT = "Activer mon compte"

    def __init__(self, username: str, code: str) -> None:
        super().__init__()
        self._username, self._code = username, code

    def fields(self) -> Iterable[KioskField]:
        """The password, twice."""
        yield from password_fields()

    @gesture()
    async def action_submit(self) -> None:
        """Activate the account with its password."""
        from tui_portail.services.portal_accounts import activate_by_code  # noqa: PLC0415

        if differ(self) or self.missing(password=NONE):
            return
        password, portal, username, code = self.text("password"), self.portal, self._username, self._code
        await self.send("activate", lambda operation: activate_by_code(portal, username, code, operation, password))
        self.kiosk.go_from_first("sign_in", username, ACTIVE)

    def wipe(self) -> None:
        """Forget the code too."""
        super().wipe()
        self._username = self._code = ""
