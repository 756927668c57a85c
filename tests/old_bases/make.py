"""Make the full bases of the released versions again, each by its own program, from this repository's history.

    python -m tests.old_bases.make [REVISION…]

A version's released state is the last commit, on the main line, before the next version's migration was added. Its tree is taken to a
temporary folder, `fill.py` runs there and asks that version's own verifier, and every row is kept in `base_NNNN.jsonl.xz`: a first line
that says where it comes from, then a line `["table", [columns]]` before a line a row. Values are SQLite's own; bytes are `{"hex": …}`.
Names are the demonstration's and the tests': nobody's. Operation ids are drawn anew each time, so a file made again is not the same.
"""

import json
import lzma
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from models.revisions import CURRENT, REVISIONS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VERSIONS = "models/migrations/versions"
RELEASED = tuple(revision for revision in REVISIONS if revision != CURRENT)


def file_of(revision: str) -> Path:
    """Return where the rows of a version's full base are kept."""
    return HERE / f"base_{revision[:4]}.jsonl.xz"


def released_commit(following: str) -> str:
    """Return the commit before the migration `following` was added to the main line."""
    asked = ("log", "--first-parent", "--diff-filter=A", "-m", "--format=%H", "--", f"{VERSIONS}/{following}.py")
    added = _git(*asked).decode().split()[-1]
    return _git("rev-parse", f"{added}^").decode().strip()


def make(revision: str, following: str) -> str:
    """Make a version's full base and keep its rows; return what its own verifier counted, as a sentence."""
    commit = released_commit(following)
    with tempfile.TemporaryDirectory() as name:
        tree, home = Path(name) / "programme", Path(name) / "home"
        home.mkdir()
        with tarfile.open(fileobj=BytesIO(_git("archive", commit))) as archive:
            archive.extractall(tree, filter="data")
        base = home / "base.sqlite"
        told = _filled(tree, home, base, revision)
        if told.pop("findings"):
            raise SystemExit(f"{revision}: its own verifier is not green")
        header = {"revision": revision, "commit": commit, "made_by": "tests/old_bases/make.py", "verified": told}
        rows = _keep(base, file_of(revision), header)
    return f"{revision} ({commit[:7]}): {rows} rows, {file_of(revision).stat().st_size} bytes, {told}"


def _filled(tree: Path, home: Path, base: Path, revision: str) -> dict[str, Any]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(tree), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-W", "ignore", str(HERE / "fill.py"), str(base), revision]
    told = subprocess.run(command, cwd=tree, env=environment, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return answer


def _keep(base: Path, kept: Path, header: dict[str, Any]) -> int:
    """Write every row of a base, table by table; return how many."""
    rows = 0
    with closing(sqlite3.connect(base)) as file, lzma.open(kept, "wt", encoding="utf-8", preset=9) as lines:
        lines.write(f"{_json(header)}\n")
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        for (table,) in file.execute(asked).fetchall():
            found = file.execute(f"SELECT * FROM {table} ORDER BY rowid")
            columns = [column for column, *_ in found.description]
            if table == "alembic_version" or not (content := found.fetchall()):
                continue
            lines.write(f"{_json([table, columns])}\n")
            lines.writelines(f"{_json([_written(value) for value in row])}\n" for row in content)
            rows += len(content)
    return rows


def _written(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


if __name__ == "__main__":
    asked = sys.argv[1:] or RELEASED
    for one, following in pairwise(REVISIONS):
        if one in asked:
            sys.stdout.write(f"{make(one, following)}\n")
