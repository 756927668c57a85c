"""The errors a person at the desk may be told about.

Each carries a stable `code` and one French `sentence` that says what to do next. They are raised by services, caught once, where a
screen or a command shows them. Anything else that escapes is a bug.
"""

from __future__ import annotations


class PortailError(Exception):
    """A refusal or a failure with a French sentence to show. Subclasses fix `code`; the sentence comes at raise time.

    `source` is the leaflet's heading or the commune's text that a rule's refusal rests on, empty for what is no rule.
    """

    code = "ERREUR"
    source = ""

    def __init__(self, sentence: str, *, code: str | None = None, source: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code
        if source is not None:
            self.source = source


class InvalidInput(PortailError):
    """Something typed cannot be understood or breaks a rule of the form."""

    code = "SAISIE_INVALIDE"
