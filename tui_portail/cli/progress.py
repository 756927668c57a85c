"""How far a command that writes many pages is, on one line of the terminal, wiped at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


@contextmanager
def progress_line(what: str, every: int, shown: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Give what shows « 40 attestations sur 500… » each `every` ones, and at the last; None when nobody reads it."""
    if not shown:
        yield None
        return

    def show(done: int, total: int) -> None:
        if done % every == 0 or done == total:
            typer.echo(f"\r{done} {what} sur {total}…", nl=False, err=True)

    try:
        yield show
    finally:
        typer.echo(f"\r{'':40}\r", nl=False, err=True)


@contextmanager
def stages_line(shown: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Give what shows « Copie : 45 % », or « Vérification… » where nothing can be counted, on one line wiped at the end.

    Called without words, it wipes the line: something is about to be asked.
    """
    last = ""

    def show(what: str, done: int, total: int) -> None:
        nonlocal last
        if not shown:
            return
        said = "" if not what else f"{what} : {100 * done // total} %" if total else f"{what}…"
        if said != last:
            typer.echo(f"\r{said:{len(last)}}", nl=False, err=True)
            last = said
            if not said:
                typer.echo("\r", nl=False, err=True)

    try:
        yield show
    finally:
        if shown:
            typer.echo(f"\r{'':{len(last)}}\r", nl=False, err=True)


@contextmanager
def rows_line(shown: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Give what shows « journal_entry 12 000 sur 40 000… », table after table, on one line wiped at the end."""
    longest = 0

    def show(what: str, done: int, total: int) -> None:
        nonlocal longest
        if not shown:
            return
        said = f"{what} {done:,} sur {total:,}…".replace(",", "\u202f") if total else f"{what}…"
        longest = max(longest, len(said))
        typer.echo(f"\r{said:{longest}}", nl=False, err=True)

    try:
        yield show
    finally:
        if shown:
            typer.echo(f"\r{'':{longest}}\r", nl=False, err=True)


@contextmanager
def progress_of_steps(shown: bool, seconds: float = 1.0) -> Iterator[Callable[[str, int, int], None]]:
    """Give what shows « 12000 écritures sur 40000… » once a second at most, step after step, wiped as each ends."""
    last = time.monotonic()

    def show(what: str, done: int, total: int) -> None:
        nonlocal last
        if shown and done >= total:
            typer.echo(f"\r{'':60}\r", nl=False, err=True)
        elif shown and time.monotonic() - last >= seconds:
            last = time.monotonic()
            typer.echo(f"\r{done} {what} sur {total}…", nl=False, err=True)

    yield show
