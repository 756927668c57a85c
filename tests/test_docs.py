"""What the documents quote exists: files, tests, modules, commands and their options, targets of make."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import typer

from tui_portail.cli.program import app

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
FOLDERS = ("tui_portail", "screens", "models", "receipts", "data", "tests", "bench", "docs")
FILES = tuple(
    str(path.relative_to(ROOT))
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if "__pycache__" not in path.parts
) + tuple(path.name for path in ROOT.iterdir())
QUOTED = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`|\]\(([^)#\s]+)[^)]*\)", re.DOTALL)
FILE = re.compile(r"[\w.*/-]+\.(?:py|md|toml|svg|txt)|(?:\w+/)+\w*\*?")
COMMAND = re.compile(r"tui-portail ([^\n#`]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
WRITTEN_OPTION = re.compile(r"""["'](--[a-z][a-z-]+)["']""")


def quotes(page: Path) -> Iterator[str]:
    for match in QUOTED.finditer(page.read_text(encoding="utf-8")):
        quote = next(part for part in match.groups() if part is not None)
        yield from quote.splitlines() if match[1] is not None else [quote]


def exists(named: str) -> bool:
    wanted = named.strip("/")
    return any(fnmatch(file, wanted) or fnmatch(file, f"*/{wanted}") for file in FILES)


def known_command(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that these words name, as far as they name one, and the words left."""
    command: Any = typer.main.get_command(app)
    while words and words[0] in commands_of(command):
        command, words = command.commands[words[0]], words[1:]
    return command, words


def commands_of(command: Any) -> dict[str, Any]:
    return getattr(command, "commands", {})


def options_of(command: Any) -> set[str]:
    own = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    return own.union({"--aide"}, *(options_of(one) for one in commands_of(command).values()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_quoted_is_there(page: Path) -> None:
    named = {word for quote in quotes(page) for word in quote.split() if FILE.fullmatch(word)}
    assert [word for word in sorted(named) if not exists(word)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_run_is_there(page: Path) -> None:
    run = {name for quote in quotes(page) for name in re.findall(r"python -m ([\w.]+)", quote)}
    paths = {name: name.replace(".", "/") for name in run}
    assert [name for name, path in paths.items() if not (exists(f"{path}.py") or exists(f"{path}/__main__.py"))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_of_the_program_is_known(page: Path) -> None:
    wrong = []
    for quote in quotes(page):
        for line in COMMAND.findall(quote):
            words = line.split()
            command, left = known_command(words)
            if words[:1] == left[:1] and re.fullmatch(r"[a-z-]+", words[0]):
                wrong.append(line)
            wrong += [f"{line}: {option}" for option in OPTION.findall(line) if option not in options_of(command)]
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_quoted_alone_is_one_of_ours(page: Path) -> None:
    known = options_of(typer.main.get_command(app))
    for folder in ("bench", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            known |= set(WRITTEN_OPTION.findall(path.read_text(encoding="utf-8")))
    alone = {match[0] for quote in quotes(page) if quote.startswith("--") for match in [OPTION.match(quote)] if match}
    assert sorted(alone - known) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = {name for quote in quotes(page) for name in re.findall(r"(?<![\w-])make ([a-z]+)", quote)}
    assert sorted(asked - targets) == []
