"""An account locked at the sign-in, unlocked by an administrateur, then given a password that must be changed: all by keys."""

from pathlib import Path

from models.engine import Database
from tests.factories import a_desk, an_agent
from tests.screens.playing import Scene, play
from tui_portail.services.desk import Desk
from tui_portail.services.passwords import hash_password
from tui_portail.services.rights import Role

PASSWORD, CHOSEN = "tilleul-soupe-jeudi", "carotte-velo-lundi"


async def sign_in(scene: Scene, password: str) -> None:
    await scene.press("ctrl+u")
    await scene.type(password)
    await scene.press("enter")


def test_a_locked_agent_is_unlocked_then_chooses_a_password_at_the_next_sign_in(
    sqlite_database: Database, tmp_path: Path
) -> None:
    desk = a_desk(sqlite_database, documents_dir=tmp_path)
    an_agent(
        sqlite_database, Role.COMPTABILITE, username="zoe", name="Zoé Petit", password_hash=hash_password(PASSWORD)
    )
    administrateur = an_agent(sqlite_database, Role.ADMINISTRATEUR, username="admin", name="Aline Chef")
    given: list[str] = []

    async def fails(scene: Scene) -> None:
        await scene.type("zoe")
        await scene.press("enter")
        for _ in range(5):
            await sign_in(scene, "faux-mot-de-passe")
        await sign_in(scene, PASSWORD)
        assert "verrouillé" in scene.flat(), "the right password does not open a locked account"

    async def unlocks(scene: Scene) -> None:
        for _ in range(5):
            if "Déverrouiller" in scene.lines()[-1]:
                break
            await scene.press("down")
        await scene.press("d")
        assert "est déverrouillé" in scene.flat()
        await scene.press("m")
        given.append(scene.screen.form.field("password").text)  # type: ignore[attr-defined]
        await scene.press("f10")
        assert "choisira un nouveau mot de passe" in scene.flat()

    async def chooses(scene: Scene) -> None:
        await scene.type("zoe")
        await scene.press("enter")
        await sign_in(scene, given[0])
        assert "Nouveau mot de passe" in scene.text()
        for _ in range(2):
            await scene.type(CHOSEN)
            await scene.press("enter")
        assert "Zoé Petit" in scene.lines()[0]

    desk.sign_out()
    play(fails, desk)
    elsewhere = Desk(sqlite_database, tmp_path, desk.clock)
    elsewhere.sign(administrateur)
    play(unlocks, elsewhere)
    play(chooses, Desk(sqlite_database, tmp_path, desk.clock))
