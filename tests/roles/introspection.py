"""The public functions of the services, found by looking: a new one cannot be left out of the table."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache

import tui_portail.services


@cache
def services() -> dict[str, Callable[..., object]]:
    """Return, by « module.function », every public function that takes a desk, a base or its address, and no open connection."""
    return dict(_found())


def _found() -> Iterator[tuple[str, Callable[..., object]]]:
    for module in pkgutil.iter_modules(tui_portail.services.__path__):
        inside = importlib.import_module(f"tui_portail.services.{module.name}")
        for name, one in vars(inside).items():
            if inspect.isfunction(one) and one.__module__ == inside.__name__ and not name.startswith("_"):
                takes = {str(parameter.annotation) for parameter in inspect.signature(one).parameters.values()}
                names = set(inspect.signature(one).parameters)
                if takes & {"Desk", "Database"} | names & {"url"} and "Connection" not in takes:
                    yield f"{module.name}.{name}", one
