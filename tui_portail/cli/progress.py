"""How far a long command is, on one line of the terminal, wiped at the end: so many of a thing, or step after step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


@contextmanager
def progress_line(what: str, every: int, shown: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Give what shows « 40 attestations sur 500… » each `every` ones, and at the last; None when nobody reads it."""
    if not shown:
        yield None
        return
    with _wiped_line() as write:

        def show(done: int, total: int) -> None:
            if done % every == 0 or done == total:
                write(f"{done} {what} sur {total}…")

        yield show


@contextmanager
def steps_line(shown: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Give what shows « Copie : 45 % », or « Vérification… » where nothing can be counted, step after step.

    The line is wiped when a step is done, and when called without words: something is about to be said or asked.
    """
    with _wiped_line() as write:

        def show(what: str, done: int, total: int) -> None:
            if shown:
                over = not what or 0 < total <= done
                write("" if over else f"{what} : {100 * done // total} %" if total else f"{what}…")

        yield show


@contextmanager
def _wiped_line() -> Iterator[Callable[[str], None]]:
    """Give what writes a text over the one before it on the terminal's line, where it changes; nothing of it is left at the end."""
    last = ""

    def write(text: str) -> None:
        nonlocal last
        if text != last:
            typer.echo(f"\r{text:{len(last)}}" + ("" if text else "\r"), nl=False, err=True)
            last = text

    try:
        yield write
    finally:
        write("")
