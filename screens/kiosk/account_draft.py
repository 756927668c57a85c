"""What a parent types in the three steps of their account, kept from one page to the next and forgotten with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screens.sending import new_operation

if TYPE_CHECKING:
    from tui_portail.portal_rules import Secret
    from tui_portail.services.portal_accounts import AccountForm

STEPS = 3


def step_title(step: int) -> str:
    """Return « Étape 1 sur 3 »."""
    return f"Étape {step} sur {STEPS}"


@dataclass(eq=False, slots=True)
class Attempt:
    """One confirmation: sent again, it keeps its operation id and its secret."""

    content: tuple[AccountForm, str]
    operation: str
    secret: Secret


@dataclass(eq=False, slots=True)
class AccountDraft:
    """The identity once checked, the number as typed, and the confirmation sent, if any."""

    form: AccountForm | None = None
    number: str = ""
    attempt: Attempt | None = None

    def confirmed(self) -> Attempt:
        """Return the attempt for what is confirmed now: the one before, unless something was changed since."""
        from tui_portail.services.portal_codes import new_secret  # noqa: PLC0415  after the first frame

        assert self.form is not None  # noqa: S101 (the first step gave it)
        content = (self.form, self.number)
        if self.attempt is None or self.attempt.content != content:
            self.attempt = Attempt(content, new_operation(), new_secret())
        return self.attempt

    def forget(self) -> None:
        """Forget all of it."""
        self.form, self.number, self.attempt = None, "", None
