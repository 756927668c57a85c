"""What commands say: whole words on each line of a terminal; anywhere else, a sentence is one line."""

from __future__ import annotations

import json
import re
import shutil
import sys

import typer

from tui_portail.plain_text import plain

LEAST_COLUMNS = 40
"""A terminal narrower than that, or of no known width, folds lines itself."""

BETWEEN_WORDS = re.compile(r"(?<! )(?<!«) (?! )(?![:;?!»=])")
"""Where a line may be folded: French keeps its double marks with their word."""
HEAD = re.compile(r"  (?:OK|ATTENTION|ERREUR|INCONNU) +| +→ | *- | *")
"""What stands before a line's first word."""


def tell(sentence: str = "", *, err: bool = False) -> None:
    """Write a sentence, or several lines, on the standard output, or the error one; folded between words where somebody reads it.

    A line that begins with four spaces is one to copy (a setting, a command): it stays whole.
    """
    sentence = plain(sentence)  # it may quote a file, a base or what was typed: a terminal obeys none of it
    stream = sys.stderr if err else sys.stdout
    columns = shutil.get_terminal_size().columns
    if stream.isatty() and columns >= LEAST_COLUMNS:
        sentence = "\n".join(folded(line, columns) for line in sentence.split("\n"))
    typer.echo(sentence, err=err)


def tell_json(text: str) -> None:
    """Write a JSON text on the standard output, what a terminal would obey escaped in it."""
    typer.echo("".join(char if char == plain(char) else json.dumps(char)[1:-1] for char in text))


def folded(line: str, columns: int) -> str:
    """Return a line folded between words at a width in columns, what follows under its first word; no-break spaces hold."""
    if len(line) <= columns or (line.startswith("    ") and "→" not in line):
        return line
    start = HEAD.match(line)
    indent = " " * (start.end() if start else 0)
    rows: list[str] = []
    row = ""
    for word in BETWEEN_WORDS.split(line):
        if row and len(row) + 1 + len(word) > columns:
            rows.append(row)
            row = indent + word
        else:
            row = f"{row} {word}" if row else word
    return "\n".join([*rows, row])
