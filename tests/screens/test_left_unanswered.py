"""The program is left, or ends, while a gesture has no answer: its agent is told at the next opening what became of it, and nobody else."""

from pathlib import Path

import pytest

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_family
from tests.screens.outages import ONE_ENGINE, Line, Pauses, a_shared_desk
from tests.screens.playing import Scene, play
from tests.screens.test_base_away import count, to_pay, to_register
from tests.screens.test_base_away_agents import sign_in
from tui_portail.services.desk import Desk


@pytest.fixture
def mairie(database: Database, tmp_path: Path) -> Desk:
    return a_shared_desk(database, tmp_path)


@pytest.fixture
def family(mairie: Desk) -> Family:
    return a_family(mairie, children=2, quotient_cents=745_00)


def left_while_cashing(mairie: Desk, family: Family, notes: Path, lost: str) -> Line:
    """« camille » cashes, gets no answer, and leaves the program."""
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        Pauses(scene)
        await sign_in(scene)
        await to_pay(scene, mairie, family)
        (line.cut if lost == "before" else line.lose_answer)()
        await scene.press("enter", "ctrl+q")
        assert "son agent saura s’il l’est" in scene.flat()
        await scene.press("enter")

    play(act, mairie, notes=notes)
    mairie.sign_out()
    line.mend()
    return line


@ONE_ENGINE
@pytest.mark.parametrize(
    ("lost", "told"),
    [
        (
            "after",
            "Le paiement envoyé le mardi 1er décembre 2026 à 10 h 30 a bien été enregistré (quittance 2026-000001).",
        ),
        ("before", "Le paiement envoyé le mardi 1er décembre 2026 à 10 h 30 n’a pas été enregistré : refaites-le."),
    ],
)
def test_a_payment_left_without_an_answer_is_told_to_its_agent_at_the_next_opening(
    mairie: Desk, family: Family, tmp_path: Path, lost: str, told: str
) -> None:
    notes = tmp_path / "gestes"
    left_while_cashing(mairie, family, notes, lost)
    assert [file.suffix for file in notes.iterdir()] == [".json"]
    mairie.clock.advance(days=1)  # type: ignore[attr-defined]

    async def another_opens(scene: Scene) -> None:
        await sign_in(scene, "ines")
        assert "envoyé le" not in scene.flat(), "it is not hers"
        await scene.press("ctrl+q")
        assert "n’a pas encore reçu" not in scene.flat(), "nothing of hers waits"

    play(another_opens, mairie, notes=notes)
    mairie.sign_out()

    async def camille_opens(scene: Scene) -> None:
        await sign_in(scene)
        assert "Restés sans réponse" in scene.flat()
        assert told in scene.flat()
        await scene.press("escape")
        assert "Caisse d’un jour passé" in scene.text(), "what else is to be said at a sign-in still is"

    play(camille_opens, mairie, notes=notes)
    assert list(notes.iterdir()) == [], "told once"
    assert count(mairie, t.payment) == (lost == "after")


@ONE_ENGINE
def test_what_is_noted_names_nobody(mairie: Desk, family: Family, tmp_path: Path) -> None:
    notes = tmp_path / "gestes"
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        Pauses(scene)
        await sign_in(scene)
        await to_register(scene, mairie, family)
        line.lose_answer()
        await scene.press("f10")
        [note] = notes.iterdir()
        assert "Nouvelle famille" in note.read_text()
        assert not [word for word in ("Martin", "Zoé", "camille", "Roux", "Four") if word in note.read_text()]
        line.mend()

    play(act, mairie, notes=notes)


@ONE_ENGINE
def test_a_gesture_answered_after_all_leaves_no_note(mairie: Desk, family: Family, tmp_path: Path) -> None:
    notes = tmp_path / "gestes"
    mairie.sign_out()
    line = Line(mairie.database)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        await sign_in(scene)
        await to_pay(scene, mairie, family)
        line.lose_answer()
        await scene.press("enter")
        assert len(list(notes.iterdir())) == 1
        line.mend()
        await pauses.over()
        assert "Quittance n° 2026-000001" in scene.text()

    play(act, mairie, notes=notes)
    assert list(notes.iterdir()) == []
