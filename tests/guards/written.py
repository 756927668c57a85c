"""The text of `models/expected_guards.py`, from a base of each engine that migrations have just made."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from models.guards import guards_of

WRITTEN = Path(__file__).parents[2] / "models" / "expected_guards.py"
_HEAD = '''"""The guards of a base of this version, and a digest of each, by table and name. Written by `python -m tests.guards`."""

'''


def digests(connection: Connection) -> dict[str, str]:
    """Return what a base refuses by itself."""
    guards = list(guards_of(connection))
    found = {guard.key: guard.digest for guard in sorted(guards, key=lambda guard: guard.key)}
    assert len(found) == len(guards), "two guards of a table have one name"
    assert all(guard.in_use for guard in guards)
    return found


def written(guards: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of the module."""
    engines = (
        f'    "{engine}": {{\n'
        + "".join(f'        "{key}": "{digest}",\n' for key, digest in of_one.items())
        + "    },\n"
        for engine, of_one in sorted(guards.items())
    )
    return f"{_HEAD}EXPECTED: dict[str, dict[str, str]] = {{\n{''.join(engines)}}}\n"
