"""The quittances: found as one types, read on the screen, edited again as a numbered duplicata."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import BOTH_DESKS, Family, a_desk, a_family, a_guardian
from tests.screens.counter_acts import FRIDAY, THURSDAY, book_and_pay
from tests.screens.playing import Scene, play
from tui_portail.services import quittances as quittances_service
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.quittances import list_quittances
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session


def test_a_quittance_is_found_read_and_edited_again_as_a_numbered_duplicata(database: Database, tmp_path) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    open_session(desk, 0, new_operation())
    book_and_pay(desk, a_family(desk), THURSDAY, FRIDAY)
    other = a_family(desk, last_name="Nguyen", guardians=[a_guardian("Nguyen", "Linh")])
    book_and_pay(desk, other, THURSDAY)

    async def act(scene: Scene) -> None:
        await scene.press("f7")
        assert "2 quittances" in scene.text()
        await scene.type("nguy")
        assert "1 quittance" in scene.text()
        assert "Dupont" not in scene.text()
        await scene.press("enter")
        assert "Quittance n° 2026-000002" in scene.text()
        assert "Espèces" in scene.text()
        assert "Inès Nguyen, restaurant scolaire" in scene.flat()
        await scene.press("d")
        assert "Duplicata de la quittance n° 2026-000002 ?" in scene.text()
        await scene.press("enter")
        assert "Fait : duplicata enregistré." in scene.flat()
        assert "quittance-2026-000002-duplicata-1.pdf" in scene.flat().replace(" ", "")

    play(act, desk)
    [row] = [row for row in list_quittances(desk) if row.copies]
    assert (row.number, row.copies) == ("2026-000002", 1)
    [path] = tmp_path.rglob("*duplicata-1.pdf")
    assert "DUPLICATA n° 1" in PdfReader(path).pages[0].extract_text().replace("\u00a0", " ")


def test_the_list_leads_to_the_dossier_and_the_field_keeps_its_letters(desk: Desk, family: Family) -> None:
    book_and_pay(desk, family, THURSDAY)

    async def act(scene: Scene) -> None:
        await scene.press("f7", "d", "o")
        assert "Aucune quittance ne correspond." in scene.text(), "letters typed in the field look for a payer"
        await scene.press("backspace", "backspace", "tab", "o")
        assert "Dossier Dupont" in scene.text()

    play(act, desk)


def test_a_duplicata_asked_for_and_given_up_is_not_recorded(desk: Desk, family: Family) -> None:
    book_and_pay(desk, family, THURSDAY)

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f5", "escape")

    play(act, desk)
    assert list_quittances(desk)[0].copies == 0


def test_the_list_asks_for_two_hundred_rows_at_most(
    desk: Desk, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_and_pay(desk, family, THURSDAY)
    [row] = list_quittances(desk)
    asked: list[int] = []

    def many(_desk: Desk, text: str = "", limit: int = 0) -> tuple[quittances_service.QuittanceRow, ...]:
        asked.append(limit)
        fields = {field: getattr(row, field) for field in row.__dataclass_fields__}
        return tuple(quittances_service.QuittanceRow(**(fields | {"quittance_id": n})) for n in range(limit))

    async def act(scene: Scene) -> None:
        import screens.quittances as screen

        monkeypatch.setattr(screen, "list_quittances", many)
        await scene.press("f7")
        assert "Les 200 dernières quittances" in scene.text()
        await scene.press("pagedown", "down")
        assert scene.screen.query_one("#quittances").chosen == 11

    play(act, desk)
    assert set(asked) == {200}


def test_the_payers_name_is_shown_as_text_whatever_it_holds(desk: Desk) -> None:
    strange = a_family(desk, guardians=[a_guardian("[red]x[/]", "Zoé")])
    book_and_pay(desk, strange, THURSDAY)

    async def act(scene: Scene) -> None:
        await scene.press("f7")
        assert "Zoé [red]x[/]" in scene.text()
        await scene.press("enter")
        assert "Zoé [red]x[/]" in scene.flat()

    play(act, desk)


def test_the_document_opens_and_closes_twenty_times(desk: Desk, family: Family) -> None:
    book_and_pay(desk, family, THURSDAY)

    async def act(scene: Scene) -> None:
        await scene.press("f7")
        depth = len(scene.app.screen_stack)
        for _ in range(20):
            await scene.press("enter", "escape")
        assert len(scene.app.screen_stack) == depth

    play(act, desk)


def test_enfance_alone_has_no_way_to_the_quittances(sqlite_database: Database, tmp_path) -> None:
    desk = a_desk(sqlite_database, Role.ENFANCE, documents_dir=tmp_path)

    async def act(scene: Scene) -> None:
        before = scene.screen
        await scene.press("f7")
        assert scene.screen is before

    play(act, desk)


def test_a_duplicata_that_could_not_be_written_is_not_said_to_be_refused(
    sqlite_database: Database, tmp_path: Path
) -> None:
    (tmp_path / "papiers").touch()  # where the folder should be
    desk = a_desk(sqlite_database, *BOTH_DESKS, documents_dir=tmp_path / "papiers")
    open_session(desk, 0, new_operation())
    book_and_pay(desk, a_family(desk), THURSDAY)

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f5", "enter")
        assert "Non imprimé : Le document n’a pas pu être écrit" in scene.flat()
        assert "L’opération est enregistrée" in scene.flat()

    play(act, desk)
