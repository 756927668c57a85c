"""The base goes away in mid-gesture: what was typed is kept, the gesture is sent again by itself with its id, and done once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import BOTH_DESKS, Family, a_desk, a_family
from tests.screens.counter_acts import book, book_and_pay, next_week
from tests.screens.outages import ONE_ENGINE, Line, Pauses
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.screens.test_registration_screen import fill
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.till import open_session

MONDAY = date(2026, 12, 7)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = a_desk(database, *BOTH_DESKS, documents_dir=tmp_path)
    open_session(made, 50_00, new_operation())
    return made


@pytest.fixture
def family(desk: Desk) -> Family:
    return a_family(desk, children=2, quotient_cents=745_00)


@pytest.fixture
def line(desk: Desk, family: Family) -> Line:
    return Line(desk.database)


def count(desk: Desk, table: object, *where: object) -> int:
    with desk.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0  # type: ignore[arg-type]


# -- the five gestures nobody may do twice -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """A gesture up to its last key, that key, what the screen says of it once done, and what it left in the base."""

    prepare: Callable[[Scene, Desk, Family], Awaitable[None]]
    key: str
    says: str
    left: Callable[[Desk], int]


async def to_pay(scene: Scene, desk: Desk, family: Family) -> None:
    [basket] = book(desk, family, MONDAY).baskets
    await scene.open("payment", basket.basket_id)


async def to_book(scene: Scene, desk: Desk, family: Family) -> None:
    await next_week(scene, family)
    await scene.press("w", "v")


async def to_cancel(scene: Scene, desk: Desk, family: Family) -> None:
    book_and_pay(desk, family, MONDAY, activity="ALP_SOIR")
    await next_week(scene, family)
    rows = [(row.child_id, row.activity) for row in scene.screen.state.rows]  # type: ignore[attr-defined]
    scene.screen.grid.go(rows.index((family.child_id, "ALP_SOIR")), 0)  # type: ignore[attr-defined]
    await scene.press("space", "v")


async def to_register(scene: Scene, desk: Desk, family: Family) -> None:
    await scene.press("f8")
    await fill(scene, "Martin", "Zoé", "06 12 34 56 78", "", "3 rue du Four", "34830", "Clapiers")
    await scene.press("pagedown")
    await fill(scene, "Noé", "120319", "‹éé", "‹c")


async def to_close(scene: Scene, desk: Desk, family: Family) -> None:
    await scene.press("f11", "f10", "enter", "enter", "enter")
    await scene.type("1")
    for field in scene.screen.query("#closing-values Input"):
        field.focus()
        await scene.type("0")
    await scene.press("f10")


ACTS = {
    "payment": Act(to_pay, "enter", "Quittance n° 2026-000001", lambda desk: count(desk, t.payment)),
    "Terminer": Act(to_book, "t", "Enregistré :", lambda desk: count(desk, t.basket)),
    "cancellation": Act(to_cancel, "t", "Avoir n°", lambda desk: count(desk, t.avoir)),
    "registration": Act(to_register, "f10", "ouvert", lambda desk: count(desk, t.dossier) - 1),
    "closing": Act(to_close, "enter", "la caisse est clôturée", lambda desk: count(desk, t.till_count) and 1),
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize(
    ("database_url", "lost"), [("sqlite", "before"), ("postgresql", "after")], indirect=["database_url"]
)
def test_a_gesture_goes_on_by_itself_when_the_base_is_back_and_is_done_once(
    desk: Desk, family: Family, line: Line, name: str, lost: str
) -> None:
    one = ACTS[name]

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        await one.prepare(scene, desk, family)
        (line.cut if lost == "before" else line.lose_answer)()
        await scene.press(one.key)
        waiting = scene.screen
        assert "Base injoignable : votre saisie est gardée" in scene.flat()
        assert "nouvel essai dans 1 s. Échap : arrêter d’attendre." in scene.flat()
        shown = scene.text()
        await scene.press(one.key, "x", "enter", "f4", "tab")
        assert scene.screen is waiting
        assert scene.text() == shown, "no key does anything, what was typed stays"
        await pauses.over()
        assert "nouvel essai dans 2 s" in scene.flat()
        line.mend()
        await pauses.over()
        assert "Fait : enregistré, la base est revenue." in scene.flat()
        assert one.says in scene.flat(), scene.text()
        assert "INJOIGNABLE" not in scene.text()

    play(act, desk)
    assert one.left(desk) == 1


# -- what the agent may do meanwhile -------------------------------------------------------------------------------------


async def cashed_without_answer(scene: Scene, desk: Desk, family: Family, line: Line, lost: str) -> Pauses:
    """Press Enter on a payment whose answer does not come."""
    pauses = Pauses(scene)
    await to_pay(scene, desk, family)
    (line.cut if lost == "before" else line.lose_answer)()
    await scene.press("enter")
    return pauses


@SIZES_AND_ENGINES
def test_the_screen_says_that_the_base_is_away_in_words(
    desk: Desk, family: Family, line: Line, size: tuple[int, int]
) -> None:
    async def act(scene: Scene) -> None:
        await cashed_without_answer(scene, desk, family, line, "after")
        check_screen(scene, "base_away")
        await scene.press("escape")
        check_screen(scene, "base_away_stopped")
        await scene.open("queue")
        check_screen(scene, "base_away_queue")

    play(act, desk, size=size)


@ONE_ENGINE
def test_escape_stops_waiting_and_the_same_key_goes_on_with_the_same_gesture(
    desk: Desk, family: Family, line: Line
) -> None:
    async def act(scene: Scene) -> None:
        pauses = await cashed_without_answer(scene, desk, family, line, "after")
        await scene.press("escape")
        assert "On ne sait pas encore si ce geste est enregistré" in scene.flat()
        assert "Encaissement" in scene.lines()[0]
        await scene.press("enter")
        assert "votre saisie est gardée et partira d’elle-même" in scene.flat()
        line.mend()
        await pauses.over()
        assert "Quittance n° 2026-000001" in scene.text()

    play(act, desk)
    assert count(desk, t.payment) == 1


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ("after", "Fait : Le paiement envoyé à 10 h 30 a bien été enregistré (quittance 2026-000001)."),
        ("before", "À refaire : Le paiement envoyé à 10 h 30 n’a pas été enregistré : refaites-le."),
    ],
)
def test_a_payment_left_without_an_answer_is_told_when_the_base_is_back(
    desk: Desk, family: Family, line: Line, lost: str, told: str
) -> None:
    async def act(scene: Scene) -> None:
        pauses = await cashed_without_answer(scene, desk, family, line, lost)
        await scene.press("escape", "escape")
        assert "Encaissement" not in scene.lines()[0], "the screen can be left"
        line.mend()
        await pauses.over()
        assert told in scene.flat()

    play(act, desk)


@ONE_ENGINE
def test_the_payment_told_as_done_is_shown_by_its_own_key_and_another_gesture_of_that_name_goes_out(
    desk: Desk, family: Family, line: Line
) -> None:
    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        book(desk, family, MONDAY)
        await scene.open("queue")
        line.lose_answer()
        await scene.press("x")
        await scene.type("attente")
        await scene.press("enter", "escape")
        line.mend()
        await pauses.over()
        assert "a bien été enregistré (panier prolongé, dossier" in scene.flat()
        await scene.press("x")
        await scene.type("encore")
        await scene.press("enter")
        assert "Panier prolongé" in scene.flat()

    play(act, desk)
    assert count(desk, t.audit_event, t.audit_event.c.gesture == "prolonger") == 2


@ONE_ENGINE
def test_a_gesture_whose_base_comes_back_unable_to_write_is_still_done_once(
    desk: Desk, family: Family, line: Line
) -> None:
    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        book(desk, family, MONDAY)
        await scene.open("queue")
        line.lose_answer()
        await scene.press("x")
        await scene.type("attente")
        await scene.press("enter")
        line.stand_by()
        await pauses.over()
        assert "La base ne peut être que lue" in scene.flat()
        line.mend()
        await scene.press("x")
        await scene.type("attente")
        await scene.press("enter")
        assert "Panier prolongé" in scene.flat()
        assert not scene.app.fates.unknown

    play(act, desk)
    assert count(desk, t.audit_event, t.audit_event.c.gesture == "prolonger") == 1


@ONE_ENGINE
def test_a_refusal_that_comes_after_the_return_is_said_as_such(desk: Desk, family: Family, line: Line) -> None:
    async def act(scene: Scene) -> None:
        pauses = await cashed_without_answer(scene, desk, family, line, "before")
        desk.clock.advance(minutes=20)  # type: ignore[attr-defined]
        line.mend()
        await pauses.over()
        assert "Refusé :" in scene.flat()
        assert "expiré" in scene.flat()
        assert "enregistré, la base est revenue" not in scene.flat()
        assert not scene.app.fates.unknown

    play(act, desk)
    assert count(desk, t.payment) == 0


@ONE_ENGINE
def test_a_list_keeps_what_it_showed_and_is_read_again_by_one_probe(desk: Desk, family: Family, line: Line) -> None:
    book(desk, family, MONDAY)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        await scene.open("queue")
        line.cut()
        for _ in range(4):
            scene.screen._read_if_in_front()  # type: ignore[attr-defined]
            await scene.settle()
        assert "BASE INJOIGNABLE" in scene.lines()[0]
        assert "l’écran n’est pas à jour" in scene.flat()
        assert "Marie Dupont" in scene.text()
        assert pauses.asked == [1], "one probe, however often the list is read"
        await scene.open("search")
        await scene.type("dup")
        assert pauses.asked == [1]
        line.mend()
        await pauses.over()
        assert "INJOIGNABLE" not in scene.text().upper()
        assert "Marie Dupont" in scene.text() or "Dupont" in scene.text()
        await scene.press("escape", "escape")
        assert "pas à jour" not in scene.flat()

    assert play(act, desk).incidents == []


@ONE_ENGINE
def test_help_opens_while_the_base_is_away_and_the_answer_waits_for_it_to_be_closed(
    desk: Desk, family: Family, line: Line
) -> None:
    async def act(scene: Scene) -> None:
        pauses = await cashed_without_answer(scene, desk, family, line, "after")
        await scene.press("f1")
        assert "Aide" in scene.text()
        line.mend()
        await pauses.over()
        assert "Aide" in scene.text() and "Quittance n°" not in scene.text()
        await scene.press("escape")
        assert "Quittance n° 2026-000001" in scene.text()

    play(act, desk)
    assert count(desk, t.payment) == 1


@ONE_ENGINE
def test_the_probe_comes_later_and_later(desk: Desk, family: Family, line: Line) -> None:
    async def act(scene: Scene) -> None:
        pauses = await cashed_without_answer(scene, desk, family, line, "before")
        for _ in range(6):
            await pauses.over()
        assert pauses.asked == [1, 2, 4, 8, 15, 15, 15]
        line.mend()

    play(act, desk)
