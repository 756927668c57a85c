"""A bug told without the data it met: types, codes, constraints and lines of code; never a message, a parameter, a value or a local.

An exception's message is where names end up: « Key (phone)=(06…) already exists », a file named after a family, the text that was typed.
What is left here is enough to find the line, and can be sent to whoever helps.
"""

from __future__ import annotations

import errno
import linecache
import re
import site
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tui_portail.errors import PortailError

MOST_FRAMES = 60
MOST_CAUSES = 8
_NAMES = r"[A-Za-z0-9_]+"
_BROKEN_RULE = re.compile(
    rf"(?:UNIQUE|CHECK|NOT NULL|FOREIGN KEY) constraint failed(?:: {_NAMES}(?:\.{_NAMES})?(?:, {_NAMES}\.{_NAMES})*)?"
)
_GUARD = re.compile(r"[a-z0-9_]{1,80}")
_OF_OUR_TRIGGERS = "23000"  # the state they alone raise, with their own name for a message


def trace_of(error: BaseException) -> list[str]:
    """Return the lines that tell an error and what caused it, the first cause first, without any data."""
    lines: list[str] = []
    for number, one in enumerate(_causes(error)):
        if number:
            lines.append("ce qui a mené à :")
        lines.append(named(one))
        lines += frames_of(one.__traceback__)
        if isinstance(one, BaseExceptionGroup):
            for inner in one.exceptions[:MOST_CAUSES]:
                lines += ["dans le groupe :", *(f"  {line}" for line in trace_of(inner))]
    return lines


def named(error: BaseException) -> str:
    """Return an error's type and the codes it carries, none of which is made of data."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return " ".join([name, *_codes(error)])


def frames_of(trace: TracebackType | None) -> list[str]:
    """Return where a trace passed: file within its package, line, function, and the line of code itself."""
    frames: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        source = linecache.getline(code.co_filename, trace.tb_lineno).strip()
        frames.append(f"  {within_package(code.co_filename)}:{trace.tb_lineno} {code.co_qualname}  {source}".rstrip())
        trace = trace.tb_next
    if len(frames) > MOST_FRAMES:
        half = MOST_FRAMES // 2
        frames = [*frames[:half], f"  … {len(frames) - 2 * half} autres", *frames[-half:]]
    return frames


def within_package(filename: str) -> str:
    """Return a source file from where its package is installed: the folders above are named after whoever installed it."""
    if filename.startswith("<"):
        return filename if filename in {"<string>", "<stdin>"} or filename.startswith("<frozen ") else "<code>"
    path = Path(filename)
    for root in _roots():
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def _roots() -> Iterator[Path]:
    folders = {*site.getsitepackages(), *sysconfig.get_paths().values(), str(Path(__file__).parent.parent), *sys.path}
    if user := site.getusersitepackages():
        folders.add(user)
    yield from sorted((Path(folder) for folder in folders if folder), key=lambda folder: -len(folder.parts))


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error after what it came from, the first first; a chain that goes round is cut."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and all(one is not known for known in chain) and len(chain) < MOST_CAUSES:
        chain.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return chain[::-1]


def _codes(error: BaseException) -> Iterator[str]:
    """Yield what is known to hold no data: our own codes, the system's, the databases' and the names of constraints."""
    if isinstance(error, PortailError):
        yield f"code={error.code}"
    elif isinstance(error, OSError):
        if error.errno is not None:
            yield f"errno={errno.errorcode.get(error.errno, str(error.errno))}"
    else:
        yield from _database_codes(error)


def _database_codes(error: BaseException) -> Iterator[str]:
    if isinstance(name := getattr(error, "sqlite_errorname", None), str):
        yield f"sqlite={name}"
        message = str(error)
        if _BROKEN_RULE.fullmatch(message) or (name == "SQLITE_CONSTRAINT_TRIGGER" and _GUARD.fullmatch(message)):
            yield f"regle={message!r}"
    state = getattr(error, "sqlstate", None)
    if not isinstance(state, str):
        return
    yield f"sqlstate={state}"
    said = getattr(error, "diag", None)
    value: object
    for label, attribute in (("table", "table_name"), ("colonne", "column_name"), ("contrainte", "constraint_name")):
        value = getattr(said, attribute, None)
        if isinstance(value, str) and re.fullmatch(_NAMES, value):
            yield f"{label}={value}"
    primary = getattr(said, "message_primary", None)
    if state == _OF_OUR_TRIGGERS and isinstance(primary, str) and _GUARD.fullmatch(primary):
        yield f"garde={primary}"
