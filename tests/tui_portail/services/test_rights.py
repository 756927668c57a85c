"""What the table of roles and gestures (tests/roles) does not say: when roles count, whose an operation id is, what a role sees."""

from datetime import date

import pytest
from sqlalchemy import delete, update

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family, an_agent, paris
from tests.families import a_contact, more, save_with
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, add, agent_of, hold, row_counts
from tui_portail.family_forms import ConsentForm
from tui_portail.services import agents
from tui_portail.services.baskets import extend_basket, load_basket
from tui_portail.services.cancellations import waiting_proofs
from tui_portail.services.desk import AgentDisabled, Desk, OperationInvalid, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.gesture import OperationReused
from tui_portail.services.planning import load_planning
from tui_portail.services.rights import ROLE_RIGHTS, NotAllowed, Right, Role

ENFANCE, COMPTABILITE, REGISSEUR = Role.ENFANCE, Role.COMPTABILITE, Role.REGISSEUR
MONEY = (COMPTABILITE, REGISSEUR)


@pytest.fixture
def at_work(database: Database) -> tuple[Desk, int]:
    """A desk, and the basket on hold of a family."""
    desk = a_desk(database)
    family = a_family(desk)
    return desk, hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY, date(2026, 12, 7))).basket_id


def test_roles_given_or_taken_back_count_from_the_next_reading(at_work: tuple[Desk, int]) -> None:
    desk, basket_id = at_work
    desk.sign(an_agent(desk.database, *Role))
    with desk.database.write() as connection:
        role = t.agent_role
        connection.execute(
            delete(role).where(role.c.agent_id == agent_of(desk).agent_id, role.c.role != COMPTABILITE.value)
        )
    assert load_basket(desk, basket_id).basket_id == basket_id
    with pytest.raises(NotAllowed):
        waiting_proofs(desk)
    assert agent_of(desk).roles == {COMPTABILITE}, "the desk knows it too: its header and its keys follow"


def test_a_gesture_sent_by_another_agent_under_the_same_id_is_refused(at_work: tuple[Desk, int]) -> None:
    desk, basket_id = at_work
    operation = new_operation()
    extended = extend_basket(desk, basket_id, "File", operation)
    first = agent_of(desk)
    desk.sign(an_agent(desk.database, *Role))
    with pytest.raises(OperationReused):
        extend_basket(desk, basket_id, "File", operation)
    with desk.database.write() as connection:
        disabled = update(t.agent).where(t.agent.c.id == agent_of(desk).agent_id)
        connection.execute(disabled.values(disabled_at=paris("2026-12-01 10:31")))
    with pytest.raises(AgentDisabled):
        extend_basket(desk, basket_id, "File", operation)
    desk.sign(first)
    assert extend_basket(desk, basket_id, "File", operation) == extended


@pytest.mark.parametrize("operation", ["", "1", "0" * 15, "0" * 65, "0" * 31 + "\n", "é" * 32])
def test_an_operation_id_that_could_be_anothers_is_refused(at_work: tuple[Desk, int], operation: str) -> None:
    desk, basket_id = at_work
    before = row_counts(desk.database)
    with pytest.raises(OperationInvalid):
        extend_basket(desk, basket_id, "File", operation)
    with pytest.raises(OperationInvalid):
        agents.change_own_password(desk, "ancien-mot-de-passe", "tilleul-soupe-jeudi", operation)
    assert row_counts(desk.database) == before


def test_who_may_change_a_dossier_may_see_what_its_form_shows() -> None:
    assert all(Right.SEE_DIET in rights for rights in ROLE_RIGHTS.values() if Right.EDIT_DOSSIER in rights)


def test_comptabilite_never_sees_what_a_child_eats_nor_who_looks_after_it(database: Database) -> None:
    desk = a_desk(database, ENFANCE)
    consents = (ConsentForm("image", True, date(2026, 1, 1)),)
    family = a_family(desk, children=[a_child(meal_supplied=False, pai=True, doctor_name="Vial", consents=consents)])
    save_with(
        desk, family.dossier_id, more(contacts=a_contact(), consents=ConsentForm("reglement", True, date(2026, 1, 1)))
    )
    care = load_dossier(desk, family.dossier_id).children[0].care
    assert care is not None and (care.pai, care.doctor, care.consents) == (True, "Vial", consents)
    assert not load_planning(desk, family.dossier_id, FRIDAY, FRIDAY).children[0].meal_supplied
    for role in MONEY:
        desk.sign(an_agent(database, role))
        assert load_planning(desk, family.dossier_id, FRIDAY, FRIDAY).children[0].meal_supplied
        view = load_dossier(desk, family.dossier_id)
        assert (view.children[0].meal_supplied, view.children[0].care, view.contacts, view.consents) == (
            None,
            None,
            (),
            None,
        )
