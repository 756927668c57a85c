"""The fields of an account of the portal: the identifier given to a payer, the address set right."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from screens.plain_text import content
from tui_portail.portal_rules import Secret, username_proposed
from tui_portail.services.account_reading import FamilyAccount
from tui_portail.services.family_accounts import GivenCode, correct_email, give_second_identifier


class IdentifierDialog(FormDialog[GivenCode | None]):
    """The user name and the address of the account given to a payer. `secret` is drawn before: sent again, it is the same."""

    WIDE_LABELS = True
    SAVES = "donner l’identifiant"

    def __init__(self, payer: FamilyAccount, secret: Secret) -> None:
        super().__init__()
        self.title = "Donner un identifiant"
        self._payer = payer
        self._secret = secret

    def compose_body(self) -> Iterable[Widget]:
        """Whose, then the fields."""
        way = "envoyé à cette adresse" if self.desk.post else "imprimé, à remettre en main propre"
        words = f"Pour {self._payer.name}, qui choisira son mot de passe. Le code qui active le compte est {way}."
        yield Static(content(words), id="dialog-text")
        yield from super().compose_body()

    def form_fields(self) -> Iterable[Field]:
        """Return the user name, proposed from the payer's, and the address known of them."""
        yield TextField("username", "Nom d’utilisateur", username_proposed(self._payer.name), proposed=True)
        yield TextField("email", "Adresse", self._payer.known_email, placeholder="facultative", proposed=True)

    async def save(self, values: dict[str, object]) -> GivenCode:
        """Give it."""
        desk, guardian_id, secret = self.desk, self._payer.guardian_id, self._secret
        username, email = str(values["username"]), str(values["email"])
        return await self.send(
            "give",
            lambda operation: give_second_identifier(desk, guardian_id, username, email, secret, operation),
        )


class AddressDialog(FormDialog[str | None]):
    """The address that an account's messages go to. Answers it masked."""

    WIDE_LABELS = True

    def __init__(self, account: FamilyAccount) -> None:
        super().__init__()
        self.title = "Corriger l’adresse"
        self._account = account

    def compose_body(self) -> Iterable[Widget]:
        """Of which account, then the field."""
        words = f"Compte « {self._account.username} » de {self._account.name}. Vérifiez qui vous la donne : elle ouvre ce compte."
        yield Static(content(words), id="dialog-text")
        yield from super().compose_body()

    def form_fields(self) -> Iterable[Field]:
        """Return the address."""
        yield TextField("email", "Adresse", self._account.email, proposed=True)

    async def save(self, values: dict[str, object]) -> str:
        """Correct it."""
        desk, account_id, email = self.desk, self._account.account_id, str(values["email"])
        assert account_id is not None  # noqa: S101  opened on an account
        return await self.send("email", lambda operation: correct_email(desk, account_id, email, operation))
