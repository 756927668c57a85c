"""Changing one's own password, when one wants to. The one asked for at sign-in, after a provisional password, is `new_password`."""

from __future__ import annotations

from collections.abc import Iterable

from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from tui_portail.errors import InvalidInput
from tui_portail.services.agents import change_own_password


class ChangePasswordDialog(FormDialog[bool | None]):
    """Asks for the present password and twice for the new one. Returns True once it is recorded."""

    TITLE = "Changer mon mot de passe"

    def form_fields(self) -> Iterable[Field]:
        """Three hidden fields."""
        return [
            TextField("old", "Actuel", hidden=True, full=True),
            TextField("new", "Nouveau", hidden=True, full=True),
            TextField("again", "Encore", hidden=True, full=True),
        ]

    async def save(self, values: dict[str, object]) -> bool:
        """Record it if both are the same."""
        old, new, again = (str(values[key]) for key in ("old", "new", "again"))
        if new != again:
            raise InvalidInput("Les deux nouveaux mots de passe ne sont pas les mêmes : tapez-les à nouveau.")
        desk = self.desk
        await self.send("password", lambda operation: change_own_password(desk, old, new, operation))
        return True
