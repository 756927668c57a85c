"""Codes asked for: each one's operation and secret, kept while its fate is not known; in a demonstration, what would have been sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screens.kiosk.form_page import FormPage
from screens.kiosk.frame import Tone

if TYPE_CHECKING:
    from tui_portail.mailing import Message
    from tui_portail.portal_rules import Secret

_CODE = re.compile(r"^ {4}([2-9A-Z]{5}-[2-9A-Z]{5})$", re.MULTILINE)


class UnsentMessages:
    """The messages of a demonstration, kept instead of being sent: called as a `Post` is."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    def __call__(self, message: Message) -> None:
        """Keep a message."""
        self._messages.append(message)

    def take_code(self) -> str:
        """Return the code of the last message kept, and forget them all; empty when there is none."""
        codes = [found for message in self._messages for found in _CODE.findall(message.body)]
        self._messages.clear()
        return codes[-1] if codes else ""


class CodePage(FormPage):
    """A page where a code received is typed."""

    def secret_of(self, operation: str) -> Secret:
        """Return the secret sent by an operation: the same when it is sent again."""
        from tui_portail.services.portal_codes import new_secret  # noqa: PLC0415  after the first frame

        secrets: dict[str, Secret] = self.__dict__.setdefault("_kiosk_secrets", {})
        return secrets.setdefault(operation, new_secret())

    def say_sent(self, sentence: str) -> None:
        """Say what became of a code asked for; where nothing can be sent, that."""
        from tui_portail.services.portal_messages import NO_SERVER  # noqa: PLC0415  after the first frame

        if self.portal.post is None:
            self.say(NO_SERVER, Tone.PROBLEM)
        else:
            self.say(sentence, Tone.INFO)
        self.show_unsent()

    def show_unsent(self) -> None:
        """In a demonstration, and nowhere else, show the code that would have been sent."""
        if code := self.kiosk.unsent_code():
            self.say(f"Démonstration, aucun message n’est envoyé : le code est {code}.")
