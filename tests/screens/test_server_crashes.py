"""A real PostgreSQL crashes in mid-payment and starts again: the quittance appears by itself, once. Keys only, 80×24."""

from pathlib import Path

import pytest

from models import tables as t
from models.engine import Database
from tests.factories import BOTH_DESKS, a_desk, a_family
from tests.own_servers import own_postgresql
from tests.screens.outages import Pauses
from tests.screens.playing import Scene, play
from tests.screens.test_base_away import count, to_pay
from tui_portail.services.desk import new_operation
from tui_portail.services.till import open_session


@pytest.mark.postgresql
def test_a_payment_goes_through_a_crash_of_the_server_and_gives_one_quittance(tmp_path: Path) -> None:
    with own_postgresql() as server:
        desk = a_desk(Database.open(server.address()), *BOTH_DESKS, documents_dir=tmp_path)
        open_session(desk, 50_00, new_operation())
        family = a_family(desk, children=2, quotient_cents=745_00)

        async def act(scene: Scene) -> None:
            pauses = Pauses(scene)
            await to_pay(scene, desk, family)
            server.stop()  # -m immediate
            await scene.press("enter")
            assert "Base injoignable : votre saisie est gardée" in scene.flat()
            await pauses.over()
            assert "nouvel essai dans 2 s" in scene.flat()
            server.start()
            await pauses.over()
            assert "Quittance n° 2026-000001" in scene.text()
            assert "Fait : enregistré, la base est revenue." in scene.flat()
            assert "INJOIGNABLE" not in scene.text()

        try:
            assert play(act, desk).incidents == []
            assert count(desk, t.payment) == count(desk, t.quittance) == 1
        finally:
            desk.close()
