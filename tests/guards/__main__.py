"""`python -m tests.guards` writes models/expected_guards.py again after a migration changed what the base refuses."""

import os
import tempfile
from pathlib import Path

from tests.databases import SqliteTemplate, shared_postgresql
from tests.guards.written import WRITTEN, digests, written
from tests.old_base import connected


def main() -> None:
    """Make a base of each engine, and write down its guards."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        with connected(SqliteTemplate(Path(folder)).fresh(Path(folder))) as connection:
            found["sqlite"] = digests(connection)
        with shared_postgresql(f"guards{os.getpid()}") as server, server.fresh() as url, connected(url) as connection:
            found["postgresql"] = digests(connection)
    WRITTEN.write_text(written(found), encoding="utf-8")


if __name__ == "__main__":
    main()
