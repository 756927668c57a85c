"""What desks at work leave in the log folder: names of gestures, ids, codes; whatever breaks, none of the families' data."""

import re
from pathlib import Path

import pytest

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.screens.playing import Scene, play
from tests.tui_portail.test_traces import DATA, holds_data
from tui_portail.logs import INCIDENTS, JOURNAL, keep_logs
from tui_portail.services.desk import new_operation
from tui_portail.services.gesture import Gesture, perform
from tui_portail.services.rights import Right, Role
from tui_portail.services.sign_in import BadCredentials, sign_in


def test_a_gesture_leaves_its_name_its_ids_and_how_it_ended_and_no_word_of_its_content(
    sqlite_database: Database, tmp_path: Path
) -> None:
    desk = a_desk(sqlite_database, *Role)
    with keep_logs(tmp_path):
        a_family(desk, last_name=DATA[1])
        operation = new_operation()

        def broken(gesture: Gesture) -> None:
            raise ValueError(*DATA)

        with pytest.raises(ValueError, match=DATA[0]):
            perform(desk, "casser", Right.BOOK, operation, list(DATA), broken, lambda kept: None)  # type: ignore[arg-type]
        with pytest.raises(BadCredentials):
            sign_in(desk, DATA[0], DATA[1])
    told = (tmp_path / JOURNAL).read_text(encoding="utf-8")
    assert not holds_data(told)
    assert desk.agent is not None
    assert re.search(r"geste nom=\w+ operation=[0-9a-f]{32} agent=\d+ ms=\d+ resultat=fait", told)
    assert re.search(rf"geste nom=casser operation={operation} .* resultat=ValueError", told)
    assert re.search(r"nom=ouvrir_session .* resultat=IDENTIFIANTS_REFUSES", told)


def test_bugs_of_a_screen_leave_no_data_and_what_closes_the_application_is_one_sentence(
    sqlite_database: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk = a_desk(sqlite_database, *Role)

    async def act(scene: Scene) -> None:
        def broken() -> None:
            raise LookupError(*DATA)

        async def worker() -> None:
            broken()

        scene.app.call_later(broken)
        await scene.settle()
        scene.app.run_worker(worker(), exit_on_error=True)
        await scene.settle()
        scene.app.incidents.extend([ValueError()] * 50)
        scene.app.call_later(broken)
        await scene.pilot.pause()

    with pytest.raises(LookupError):
        play(act, desk, log_folder=tmp_path, bugs_expected=True)
    told = (tmp_path / INCIDENTS).read_text(encoding="utf-8")
    assert told.count("référence") == 3
    assert not holds_data(told)
    printed = "".join(capfd.readouterr())
    assert not holds_data(printed)
    assert "Traceback" not in printed
    assert "doit se fermer" in printed
    reference = re.findall(r"référence (\w{5}) \(fermeture\)", told)
    assert reference and reference[0] in printed
