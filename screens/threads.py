"""Calls that block run in threads, and are counted: whoever drives the application knows when all are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from textual.app import App

T = TypeVar("T")
P = ParamSpec("P")


async def in_thread(app: App[Any], call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a call that blocks in a thread; `app.calls_under_way` counts those not answered yet."""
    app.calls_under_way = getattr(app, "calls_under_way", 0) + 1  # type: ignore[attr-defined]
    try:
        return await asyncio.to_thread(call, *args, **kwargs)
    finally:
        app.calls_under_way -= 1  # type: ignore[attr-defined]
