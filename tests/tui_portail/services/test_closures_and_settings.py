"""The calendar's entry of a closure: followed whatever the set-up becomes, and never lost while families are cancelled for it."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from models.engine import Database
from tests.factories import a_desk, a_family, paris, where_debts_block_nothing
from tests.tui_portail.services.closure_acts import STRIKE, close, closed, left_why, undo
from tests.tui_portail.services.desk_acts import EVENING, THURSDAY, add, book_and_pay, row_counts, set_time
from tui_portail.services.commune_settings import change_commune, read_settings
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.recorded_closures import ClosureStands
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """An agent who books, cashes and sets up; whatever was done then, the verifier finds nothing."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, Role.ADMINISTRATEUR, commune=where_debts_block_nothing())
    open_session(desk, 100_00, new_operation())
    yield desk
    assert verify(desk).findings == ()


def change(desk: Desk, how: Callable[[dict[str, Any]], object]) -> None:
    settings = read_settings(desk)
    document = copy.deepcopy(settings.document)
    how(document)
    change_commune(desk, settings.version, document, "essai", "Essai", new_operation())


def add_an_activity(document: dict[str, Any]) -> None:
    document["activites"].append(copy.deepcopy(document["activites"][-1]) | {"code": "ETUDES", "nom": "Études"})


def test_a_closure_of_everything_is_undone_though_an_activity_was_added_since(desk: Desk) -> None:
    one = a_family(desk)
    book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    before = desk.commune().calendar.closures
    done = close(desk, closed(THURSDAY, None, *desk.commune().policy.activities, site=None))
    change(desk, add_an_activity)

    undone = undo(desk, done.closure_id)

    assert (undone.restored, undone.reopened, left_why(desk.database, done.closure_id)) == (1, True, [None])
    assert desk.commune().calendar.closures == before


def test_an_older_file_or_a_calendar_without_it_does_not_reopen_days_cancelled_to_families(desk: Desk) -> None:
    one, older = a_family(desk), read_settings(desk).document
    book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    done = close(desk, closed(THURSDAY))
    before = row_counts(desk.database)
    for how in (
        lambda document: document.update(older),
        lambda document: document["calendrier"]["fermetures"][-1].update(motif="Grève levée"),
    ):
        with pytest.raises(ClosureStands, match=f"jeudi 3 décembre 2026, {STRIKE}.*annulez d’abord la fermeture"):
            change(desk, how)
    assert row_counts(desk.database) == before
    change(desk, add_an_activity)  # other settings are changed as before

    set_time(desk, paris("2026-12-04 09:00"))
    change(desk, lambda document: document["calendrier"]["fermetures"].clear())  # its day is past

    undone = undo(desk, done.closure_id)
    assert (undone.restored, undone.reopened) == (1, False)
    assert "n’était déjà plus au calendrier" in undone.sentence
