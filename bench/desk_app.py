"""Our application as the entry point starts it, on a database of the measures, an agent of both desks signed in (as the demo does).

python -m bench.desk_app BASE [DOSSIER]     opens on the search, or on the planning of a dossier
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.app import PortailApp
    from tui_portail.services.desk import Desk
    from tui_portail.settings import Settings


def main(base: str, dossier: str = "") -> None:
    """Run the application, imports in the order of `tui_portail.__main__`."""
    gc.disable()
    os.environ.setdefault("ESCDELAY", "25")
    from tui_portail.settings import kitty_keys_disabled  # noqa: PLC0415

    kitty_keys_disabled()
    import tui_portail.cli  # noqa: F401, PLC0415
    from tui_portail.cli.opening import run_application  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    if dossier:
        _open_on_planning(int(dossier))

    def open_desk(settings: Settings) -> Desk:
        from datetime import UTC, datetime  # noqa: PLC0415  after the first frame, and nothing the program would not load

        from models.engine import Database  # noqa: PLC0415
        from tui_portail.services.clock import FixedClock  # noqa: PLC0415
        from tui_portail.services.desk import Desk, SignedAgent  # noqa: PLC0415
        from tui_portail.services.rights import Role  # noqa: PLC0415

        database = Database.open(base)
        clock = FixedClock(database, datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
        desk = Desk(database, Path(settings.documents_dir), clock)
        desk.sign(SignedAgent(1, "mesures", "Camille Roux", frozenset({Role.ENFANCE, Role.COMPTABILITE})))
        return desk

    run_application(open_desk)


def _open_on_planning(dossier_id: int) -> None:
    from screens.app import PortailApp  # noqa: PLC0415

    def welcome(app: PortailApp) -> None:
        app.open("planning", dossier_id)

    PortailApp.welcome = welcome  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main(*sys.argv[1:])
