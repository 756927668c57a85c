"""A password chosen: its length said before it is typed, the same twice, both emptied when they are not."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widgets import Input

from screens.kiosk.fields import KioskField
from screens.kiosk.form_page import FormPage
from tui_portail.services.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH

LONG_ENOUGH = f"au moins {MINIMUM_LENGTH} caractères : quatre mots sans rapport, par exemple"
DIFFERENT = "Les deux mots de passe ne sont pas les mêmes : tapez-les de nouveau."
NONE = "Choisissez un mot de passe."


def password_fields() -> Iterable[KioskField]:
    """Return the fields `password` and `again`."""
    yield KioskField(
        "password", f"Mot de passe ({MINIMUM_LENGTH} caractères min.)", hidden=True, longest=MAXIMUM_LENGTH
    )
    yield KioskField("again", "Mot de passe, encore une fois", hidden=True, longest=MAXIMUM_LENGTH)


def differ(page: FormPage) -> bool:
    """Say that the two passwords of a page are not the same, if so, and empty both: neither is corrected unseen."""
    if page.text("password") == page.text("again"):
        return False
    for key in ("password", "again"):
        if field := page.field(key):
            with field.input.prevent(Input.Changed):  # it would take the sentence off
                field.input.value = ""
    return page.wrong("password", DIFFERENT)
