"""« Créer mon compte », first step: who the parent is, a user name in letters only, a password typed twice."""

from __future__ import annotations

from collections.abc import Iterable

from screens.kiosk.account_draft import AccountDraft, step_title
from screens.kiosk.fields import KioskField
from screens.kiosk.form_page import FormPage
from screens.kiosk.gestures import gesture
from screens.kiosk.new_password import LONG_ENOUGH, differ, password_fields
from tui_portail.services.passwords import PasswordRefused


class IdentityPage(FormPage):
    """The first of the three steps."""

    TITLE = "Créer mon compte"
    HELP = (
        "Tapez vos nom et prénom comme sur la lettre de la mairie. Choisissez un nom d’utilisateur de 3 à 30 lettres, sans accent, "
        f"chiffre ni espace, et un mot de passe d’{LONG_ENOUGH}."
    )
    INTRO = f"{step_title(1)} : qui êtes-vous ?"

    def __init__(self) -> None:
        super().__init__()
        self._draft = AccountDraft()

    def fields(self) -> Iterable[KioskField]:
        """Who, how to write to them, how they will sign in."""
        yield KioskField("last_name", "Votre nom", longest=120)
        yield KioskField("first_name", "Votre prénom", longest=120)
        yield KioskField("email", "Votre adresse électronique", hint="prenom.nom@exemple.fr")
        yield KioskField("username", "Nom d’utilisateur, en lettres", hint="mariedupont", longest=60)
        yield from password_fields()

    @gesture()
    async def action_submit(self) -> None:
        """Check this step, all that is wrong said at once, then go to the number."""
        from tui_portail.services.portal_accounts import (  # noqa: PLC0415
            AccountForm,
            account_mistakes,
            check_account,
        )

        typed = AccountForm(*map(self.text, ("last_name", "first_name", "email", "username", "password")))
        mistakes = await self.ask(account_mistakes, self.portal, typed)
        are_different = differ(self)
        for mistake in reversed(mistakes):  # the first one is where one goes
            if not (are_different and isinstance(mistake, PasswordRefused)):
                self.refused(mistake)
        if are_different or mistakes:
            return
        self._draft.form = await self.ask(check_account, self.portal, typed)
        self.kiosk.go("account_number", self._draft)

    def wipe(self) -> None:
        """The later steps' words go with these."""
        super().wipe()
        self._draft.forget()
