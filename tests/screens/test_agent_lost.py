"""What an administrateur changes of an agent who is at work elsewhere shows at the agent's next key."""

import pytest
from sqlalchemy import delete, update

from models import tables as t
from tests.factories import Family
from tests.screens.playing import Scene, play
from tests.tui_portail.services.desk_acts import agent_of
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("disabled_at", "Votre compte a été désactivé"),
        ("must_change_password", "Votre mot de passe est provisoire"),
    ],
)
def test_an_agent_disabled_or_given_another_password_is_back_at_the_sign_in(
    desk: Desk, family: Family, change: str, sentence: str
) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.open("queue")
        with desk.database.write() as connection:
            agent = t.agent.c
            values = {change: desk.now() if change == "disabled_at" else True}
            connection.execute(update(t.agent).where(agent.id == agent_of(desk).agent_id).values(values))
        await scene.press("f5")
        assert sentence in scene.flat()
        assert desk.agent is None
        assert len(scene.app.screen_stack) == 1 and "Identifiant" in scene.text()

    play(act, desk)


def test_an_agent_who_lost_a_role_keeps_only_what_the_others_allow(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("proofs")
        with desk.database.write() as connection:
            role = t.agent_role.c
            connection.execute(
                delete(t.agent_role).where(role.agent_id == agent_of(desk).agent_id, role.role == Role.ENFANCE.value)
            )
        await scene.press("f5")
        assert "Vous n’avez pas le droit" in scene.flat()
        assert agent_of(desk).roles == {Role.COMPTABILITE}
        assert type(scene.screen).__name__ == "QueueScreen"

    play(act, desk)
