"""The base is away when somebody opens the program, signs in, locks the desk or sits down in another's place."""

from pathlib import Path

import pytest
from sqlalchemy import select

from models import tables as t
from models.database_errors import DatabaseUnreachable
from models.engine import Database
from tests.factories import Family, a_family, an_agent
from tests.screens.counter_acts import book
from tests.screens.outages import ONE_ENGINE, PASSWORD, Line, Pauses, a_shared_desk
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.screens.test_base_away import MONDAY, count, to_pay
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.known_operations import operation_done
from tui_portail.services.rights import Role


@pytest.fixture
def mairie(database: Database, tmp_path: Path) -> Desk:
    return a_shared_desk(database, tmp_path)


@pytest.fixture
def family(mairie: Desk) -> Family:
    return a_family(mairie, children=2, quotient_cents=745_00)


async def sign_in(scene: Scene, username: str = "camille") -> None:
    await scene.type(username)
    await scene.press("enter")
    await scene.type(PASSWORD)
    await scene.press("enter")


@SIZES_AND_ENGINES
def test_the_program_opened_while_the_server_is_down_waits_for_it_and_signs_in_what_was_typed(
    mairie: Desk, size: tuple[int, int]
) -> None:
    mairie.sign_out()
    down, pauses = [True], Pauses()

    def opener() -> Desk:
        if down:
            raise DatabaseUnreachable("Le serveur de la base ne répond pas ou refuse la connexion.")
        return mairie

    async def act(scene: Scene) -> None:
        await scene.type("camille")
        check_screen(scene, "base_away_opening")
        assert "Base injoignable : le serveur de la base ne répond pas" in scene.flat()
        assert "BASE INJOIGNABLE" in scene.lines()[0]
        await scene.press("enter")
        await scene.type(PASSWORD)
        await scene.press("enter")
        await pauses.over(scene)
        assert pauses.asked == [1, 2]
        down.clear()
        await pauses.over(scene)
        assert "Recherche · Camille Roux" in scene.text()
        assert "INJOIGNABLE" not in scene.text()

    play(act, opener, size=size, pause=pauses)


@ONE_ENGINE
def test_signing_in_goes_on_when_the_base_is_back_with_the_password_typed(mairie: Desk) -> None:
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        line.cut()
        await sign_in(scene)
        assert "vos identifiant et mot de passe sont gardés" in scene.flat()
        assert PASSWORD not in scene.text()
        line.mend()
        await pauses.over()
        assert "Recherche · Camille Roux" in scene.text()

    play(act, mairie)


@ONE_ENGINE
def test_escape_gives_a_sign_in_up_and_keeps_what_was_typed(mairie: Desk) -> None:
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        line.cut()
        await sign_in(scene)
        await scene.press("escape")
        assert "attente arrêtée" in scene.flat().lower()
        line.mend()
        await pauses.over()
        assert "Connexion" in scene.lines()[0]
        await scene.press("enter")
        assert "Recherche · Camille Roux" in scene.text()

    play(act, mairie)


async def unanswered(scene: Scene, desk: Desk, family: Family, line: Line) -> Pauses:
    """« camille » signs in and cashes; the payment is done, its answer lost."""
    pauses = Pauses(scene)
    await sign_in(scene)
    await to_pay(scene, desk, family)
    line.lose_answer()
    await scene.press("enter")
    return pauses


@ONE_ENGINE
def test_a_desk_whose_gesture_waits_locks_itself_and_shows_its_answer_to_its_agent_only(
    mairie: Desk, family: Family
) -> None:
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        pauses = await unanswered(scene, mairie, family, line)
        scene.app._last_input -= 10_000
        scene.app._lock_if_idle()
        await scene.settle()
        assert "Poste verrouillé" in scene.text()
        line.mend()
        await pauses.over()
        assert "Poste verrouillé" in scene.text()
        assert "Quittance" not in scene.text() and "Dupont" not in scene.text()
        await scene.type(PASSWORD)
        await scene.press("enter")
        assert "Quittance n° 2026-000001" in scene.text()

    play(act, mairie, idle_minutes=10)
    assert count(mairie, t.payment) == 1


@ONE_ENGINE
def test_the_password_that_unlocks_waits_for_the_base_too(mairie: Desk) -> None:
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        await sign_in(scene)
        line.cut()
        await scene.press("ctrl+l")
        await scene.type(PASSWORD)
        await scene.press("enter")
        assert "Poste verrouillé" in scene.text()
        assert "mot de passe sont gardés" in scene.flat()
        await scene.press("escape", "escape", "ctrl+f")
        assert "Poste verrouillé" in scene.text()
        line.mend()
        await pauses.over()
        await scene.press("enter")
        assert "Recherche · Camille Roux" in scene.text()
        assert "enregistré" not in scene.flat(), "an agent identified recorded nothing"

    play(act, mairie)


@pytest.mark.parametrize("lost", ["before", "after"])
def test_another_agent_never_does_the_gesture_of_the_one_before_who_is_told_of_it_later(
    mairie: Desk, family: Family, lost: str
) -> None:
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        await sign_in(scene)
        await to_pay(scene, mairie, family)
        (line.cut if lost == "before" else line.lose_answer)()
        await scene.press("enter", "escape", "ctrl+g")
        line.mend()
        await sign_in(scene, "ines")
        assert "Inès Leroy" in scene.lines()[0]
        await pauses.over()
        assert "envoyé à" not in scene.flat(), "it is not hers"
        assert "bien été enregistré" not in scene.flat()
        await scene.press("ctrl+g")
        await sign_in(scene, "camille")
        told = "a bien été enregistré (quittance 2026-000001)" if lost == "after" else "n’a pas été enregistré"
        assert f"Le paiement envoyé à 10 h 30 {told}" in scene.flat()

    play(act, mairie)
    assert count(mairie, t.payment) == (lost == "after")


@ONE_ENGINE
def test_a_gesture_that_waits_is_not_sent_under_the_name_of_who_sits_down(mairie: Desk, family: Family) -> None:
    """The base comes back while the other types a password: the payment waits until it is known who sits there."""
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        await sign_in(scene)
        await to_pay(scene, mairie, family)
        line.cut()
        await scene.press("enter", "ctrl+g")
        await sign_in(scene, "ines")
        assert "sont gardés" in scene.flat()
        line.mend()
        await pauses.over()
        assert "Inès Leroy" in scene.text().splitlines()[0]
        assert "Quittance n°" not in scene.text()

    play(act, mairie)
    with mairie.database.read() as connection:
        done_by = connection.scalars(
            select(t.agent.c.username)
            .join(t.audit_event, t.audit_event.c.agent_id == t.agent.c.id)
            .where(t.audit_event.c.gesture == "encaisser")
        ).all()
    assert "ines" not in done_by


def test_an_operation_is_told_to_its_own_agent_only(mairie: Desk, family: Family) -> None:
    operation = new_operation()
    from tui_portail.services.baskets import release_basket

    [basket] = book(mairie, family, MONDAY).baskets
    release_basket(mairie, basket.basket_id, operation)
    done = operation_done(mairie, operation)
    assert done is not None and done.gesture == "abandonner_panier"
    assert operation_done(mairie, new_operation()) is None
    mairie.sign(an_agent(mairie.database, Role.COMPTABILITE))
    assert operation_done(mairie, operation) is None


@ONE_ENGINE
def test_quitting_with_a_gesture_of_unknown_fate_is_asked_about(mairie: Desk, family: Family) -> None:
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        await unanswered(scene, mairie, family, line)
        await scene.press("ctrl+q")
        assert "Un geste envoyé n’a pas encore reçu de réponse" in scene.flat()
        line.mend()
        await scene.press("escape")
        assert scene.app.is_running

    play(act, mairie)
