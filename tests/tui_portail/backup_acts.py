"""Small acts on backups: a commune with a payment, the commands run on it, and what its base holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from models.addresses import DatabaseAddress
from models.any_version import snapshot
from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, MORNING, add, book_and_pay, remove
from tui_portail.cli import app
from tui_portail.services.backup_manifest import BaseFacts, manifest_path, read_facts
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

PHRASE = "correct horse battery staple"
OF_THE_MACHINE = ("audit_event",)


def a_paid_day(database: Database) -> tuple[Desk, Family]:
    """A desk, its till open, a family that paid one day."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    family = a_family(desk)
    open_session(desk, 100_00, new_operation())
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    return desk, family


def pay_another(desk: Desk, family: Family) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, MORNING, FRIDAY))


def run(*words: str | Path, typed: str = "", **environment: str) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=typed, env=environment)


def backed_up(folder: Path) -> Path:
    """The one backup of a folder."""
    [found] = [one for one in folder.iterdir() if not one.name.endswith(".json")]
    assert manifest_path(found).exists()
    assert found.stat().st_mode & 0o777 == 0o600
    return found


def facts_of(url: str) -> BaseFacts:
    with snapshot(DatabaseAddress.parse(url)) as connection:
        return read_facts(connection)


def plainly(facts: BaseFacts) -> dict[str, Any]:
    """What a base says but of the machine's own gestures, which each copy adds to."""
    rows = {name: count for name, count in facts.rows.items() if name not in OF_THE_MACHINE}
    return {"base": facts.base_id, "chains": facts.chains, "quittance": facts.quittance, "rows": rows}


__all__ = ["EVENING", "FRIDAY", "MORNING", "add", "remove"]
