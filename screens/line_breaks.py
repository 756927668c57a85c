"""Where a French line may not break: before « : ; ? ! », inside « », after « n° », within a number or an hour, at a no-break space.

Textual breaks at every space, the no-break ones too (Python's `\\s`), so that typing those in sentences would change nothing. The rule is
given to its wrapping instead, once: every sentence follows it as it is written, and what is copied from the screen holds plain spaces.
"""

from __future__ import annotations

import re

from rich import _wrap

_WORD = re.compile(
    r"\s*(?:[«°]\s|[^\s«°]+|\S|[\u00a0\u202f]|\s(?=[:;?!»€])|(?<=\d)\s(?=\d|h\b)|(?<=\d\sh)\s(?=\d))+\s*"
)
"""A run that is kept on one line, then the spaces after it."""


def follow_french_rules() -> None:
    """Have Textual wrap, by Rich’s words, as French is set."""
    _wrap.re_word = _WORD
