"""Texts and flags of the command line are kept as they were typed.

Typer checks every value with Pydantic, even a text that is to stay a text: loading it would be a third of the time to the first frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typer._coercion import RuntimeParam


class _AsTyped(RuntimeParam):
    """The coercion of a value into itself."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        return value


def keep_as_typed(parameters: Iterable[Any]) -> None:
    """Leave the single texts and the flags among a command's parameters to themselves."""
    for parameter in parameters:
        described = getattr(parameter, "type_descriptor", None)
        if described is None or parameter.nargs != 1 or parameter.multiple:
            continue
        if described.annotation is str or (described.annotation is bool and parameter.is_flag):
            parameter._runtime_param = _AsTyped(described.parameter_info, described.annotation)
