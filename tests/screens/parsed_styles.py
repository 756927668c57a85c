"""One cache of parsed style sheets for all the applications of a run: each test opens one, with the same sheets and the same theme.

Textual keeps what it parsed with each sheet; a rule does not change once it is parsed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parse = Stylesheet._parse_rules


@contextmanager
def shared_styles() -> Iterator[None]:
    """Let every application of this process use the sheets parsed by the others."""
    parsed: dict[Any, list[RuleSet]] = {}

    def parse_rules(sheet: Stylesheet, css: str, *where: Any, **more: Any) -> list[RuleSet]:
        key = (css, where, tuple(more.items()), tuple(sheet._variables.items()))
        if key not in parsed:
            parsed[key] = _parse(sheet, css, *where, **more)
        return parsed[key]

    with patch.object(Stylesheet, "_parse_rules", parse_rules):
        yield
