"""A backup, a restore, a move in a process of its own, which kills itself (SIGKILL) at the step it was ordered to."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tui_portail.services import replaced_files
from tui_portail.services.backup_sealing import Opening
from tui_portail.services.backups import BackupOrder, back_up
from tui_portail.services.moving import move
from tui_portail.services.restoring import RestoreOrder, restore


def die(*_: object) -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


IN_PLACE = "en place"
"""The step where the file in place has its new name, and the backup not yet its own."""


def die_at(step: str) -> Callable[[str, int, int], None]:
    """Hear of progress, and die at the first sign of that step."""

    def told(what: str, *_: object) -> None:
        if what == step:
            die()

    return told


class _Dying:
    """What is gone through once the file in place has been put aside."""

    def __iter__(self) -> Iterator[str]:
        die()
        yield ""


def copy_until_killed(what: str, step: str, facts: dict[str, Any]) -> None:
    """Do `what` until step `step`."""
    told = die_at(step)
    folder = Path(facts["folder"])
    if what == "sauvegarder":
        back_up(BackupOrder(facts["base"], folder, folder), told)
    elif what == "restaurer":
        if step == IN_PLACE:
            replaced_files.LOGS = _Dying()  # type: ignore[assignment]
        order = RestoreOrder(Path(facts["backup"]), facts["base"], folder, Opening, replace=True)
        restore(order, told, lambda lost, there: None)
    else:
        move(facts["base"], facts["target"], folder, told)
