"""What matters stays whole in the lists of an 80-column screen."""

from datetime import date

from models.engine import Database
from tests.factories import a_child, a_desk, a_family, an_agent
from tests.screens.counter_acts import a_late_absence, book, ticked
from tests.screens.playing import Scene, play
from tui_portail.payment_rules import Tender
from tui_portail.planning import Tick
from tui_portail.policy import Means
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.rights import ASSIGNABLE_ROLES, Role

WEEK = (date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 10), date(2026, 12, 11))


def test_the_queue_says_how_many_days_before_the_names(desk: Desk) -> None:
    family = a_family(desk, children=3)
    changes = [change for child in family.child_ids for change in ticked(child, "RESTAURATION", WEEK, Tick.ADD)]
    finish_changes(desk, family.dossier_id, changes, new_operation())

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        assert "24 j · " in scene.text()

    play(act, desk)


def test_a_childs_name_is_whole_among_the_justificatifs(desk: Desk) -> None:
    child = a_child("Cœline", "O’Connor", renew_alsh_years=(2026,))
    a_late_absence(desk, a_family(desk, children=[child]))

    async def act(scene: Scene) -> None:
        await scene.open("proofs")
        assert "Cœline O’Connor " in scene.text()

    play(act, desk)


def test_two_means_are_told_by_their_short_names(desk: Desk) -> None:
    family = a_family(desk, quotient_cents=745_00)
    [basket] = book(desk, family, *WEEK).baskets
    references = {"bank": "Poste", "number": "12", "drawer": "Dupont"}
    cheque = Tender(Means.CHEQUE, basket.due_cents - 100, None, references)
    cash_basket(desk, basket.basket_id, [Tender(Means.CASH, 100), cheque], new_operation())

    async def act(scene: Scene) -> None:
        await scene.open("quittances")
        assert "esp.+chq" in scene.text()

    play(act, desk)


def test_every_role_of_an_agent_is_said(sqlite_database: Database) -> None:
    desk = a_desk(sqlite_database, Role.ADMINISTRATEUR)
    an_agent(desk.database, *ASSIGNABLE_ROLES, username="marie.claire", name="Marie-Claire Petit")

    async def act(scene: Scene) -> None:
        await scene.open("agents")
        assert "Enf, Cpta, Rég, Adm, Site" in scene.text()

    play(act, desk)
