"""What keeps the régie's places safe to use: dates typed wrong, nothing to show, many months, a writing stopped, a folder refused."""

import csv
from datetime import date
from pathlib import Path
from threading import Event

import pytest

from models.engine import Database
from screens.revenue_plot import RevenuePlot
from tests.factories import a_child, a_desk, a_family, paris
from tests.screens.playing import LARGE, SMALL, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import EVENING, add, book_and_pay, cheque, hold, set_time
from tests.tui_portail.services.till_acts import close_till
from tui_portail.services import register_views, tax_certificates
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

THURSDAYS = [
    date(2026, month, day) for month, day in ((1, 15), (2, 12), (3, 12), (4, 9), (5, 21), (6, 11), (9, 10), (10, 8))
]
DAYS = (date(2026, 12, 10), date(2026, 12, 11))


@pytest.fixture
def regisseur(sqlite_database: Database, tmp_path: Path) -> Desk:
    desk = a_desk(sqlite_database, Role.ENFANCE, Role.REGISSEUR, documents_dir=tmp_path / "documents")
    open_session(desk, 100_00, new_operation())
    return desk


def pay_evenings(desk: Desk, last_name: str = "Dupont", *days: date) -> None:
    young = a_child("Léo", last_name, birth_on=date(2021, 5, 4), school_code="MATERNELLE", class_name="Grande section")
    family = a_family(desk, last_name=last_name, children=[young])
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *(days or DAYS)))


async def type_period(scene: Scene, first: str, last: str) -> None:
    """Type both dates as an agent does; the list is read after the second."""
    scene.screen.query_one("#from-on").focus_field()  # type: ignore[attr-defined]
    for typed in (first, last):
        await scene.press("ctrl+u", *typed, "enter")


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_nothing_on_the_period_is_said_for_each_register(regisseur: Desk, size: tuple[int, int]) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("registers")
        await type_period(scene, "01/10/2026", "31/10/2026")
        for key in ("f5", "f6", "f8", "f9"):
            await scene.press(key)
            assert "Rien sur cette période." in scene.text()
            await scene.press("enter")
        check_screen(scene, "register_nothing")
        await scene.press("escape")
        assert "Régie" not in scene.lines()[0]

    play(act, regisseur, size=size)


def test_letters_and_the_cut_key_typed_in_a_date_field_do_not_act_on_it(regisseur: Desk) -> None:
    pay_evenings(regisseur)

    async def act(scene: Scene) -> None:
        await scene.open("registers")
        scene.screen.query_one("#from-on").focus_field()  # type: ignore[attr-defined]
        await scene.press("c", "i", "m", "t")
        assert "cimt" in scene.text()
        await scene.press("ctrl+x")
        assert "Dans quel format ?" in scene.text()
        await scene.press("escape")
        assert "cimt" in scene.text()

    play(act, regisseur)


def test_a_date_typed_wrong_leaves_the_lines_shown_and_their_detail_theirs(regisseur: Desk) -> None:
    pay_evenings(regisseur)

    async def act(scene: Scene) -> None:
        await scene.open("registers")
        await type_period(scene, "01/12/2026", "31/02/2026")
        assert "Refusé" in scene.text()
        await scene.press("f6")
        assert "2026-000001" in scene.text()
        await scene.press("enter", "f10")
        assert "Refusé" in scene.text()

    play(act, regisseur)
    assert not list(regisseur.documents().rglob("*.pdf"))


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_many_months_are_numbered_under_their_bars_and_in_the_list(regisseur: Desk, size: tuple[int, int]) -> None:
    for place, day in enumerate(THURSDAYS):
        set_time(regisseur, paris(f"2026-{day.month:02}-05 10:00"))
        family = a_family(regisseur, last_name=f"Famille {chr(65 + place)}")
        basket = hold(regisseur, family.dossier_id, add(family.child_id, EVENING, day))
        paid = cash_basket(regisseur, basket.basket_id, [cheque(basket.due_cents)], new_operation())
    set_time(regisseur, paris("2026-11-05 10:00"))
    reverse_payment(regisseur, paid.payment_id, [1], "Chèque sans provision", new_operation())

    async def act(scene: Scene) -> None:
        await scene.open("registers")
        await type_period(scene, "01/01/2026", "31/12/2026")
        await scene.press("f9")
        check_screen(scene, "revenue_months")
        assert scene.screen.query_one(RevenuePlot).display

    play(act, regisseur, size=size)


def test_the_journal_is_exported_as_a_spreadsheet_over_the_days_typed(regisseur: Desk) -> None:
    pay_evenings(regisseur)

    async def act(scene: Scene) -> None:
        await scene.open("registers")
        await type_period(scene, "01/12/2026", "31/12/2026")
        await scene.press("ctrl+x", "enter")
        assert "1 ligne dans" in scene.flat()

    play(act, regisseur)
    [file] = (regisseur.documents() / "exports").glob("journal-*.csv")
    with file.open(encoding="utf-8-sig", newline="") as text:
        [row] = csv.DictReader(text, delimiter=";")
    assert (row["Quittance"], row["Total"]) == ("2026-000001", "3,90")


def test_the_screen_answers_while_a_file_is_written(regisseur: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pay_evenings(regisseur)
    begun, let_go = Event(), Event()
    write = register_views.export_register

    def slow(*given: object, **more: object) -> object:
        begun.set()
        let_go.wait(20)
        return write(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(register_views, "export_register", slow)

    async def act(scene: Scene) -> None:
        await scene.open("registers")
        await scene.press("ctrl+x")
        await scene.pilot.press("enter")
        await scene.until(begun.is_set)
        await scene.pilot.press("f6")
        await scene.until(lambda: "Débits" in scene.text())
        let_go.set()
        await scene.settle()
        assert "1 ligne dans" in scene.flat()

    play(act, regisseur)


def test_a_documents_folder_that_cannot_be_made_is_told(regisseur: Desk, tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("ce n’est pas un dossier", encoding="utf-8")

    async def act(scene: Scene) -> None:
        await scene.open("registers")
        await scene.press("ctrl+x", "enter")
        assert "Vérifiez le dossier des documents" in scene.flat()
        await scene.press("f10")
        assert "Non imprimé" in scene.text()

    play(act, regisseur)


def test_leaving_while_certificates_are_written_asks_then_keeps_no_file(
    regisseur: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay_evenings(regisseur)
    pay_evenings(regisseur, "Martin")
    close_till(regisseur)
    set_time(regisseur, paris("2027-02-01 09:00"))
    begun, let_go = Event(), Event()
    draw = tax_certificates.draw_certificates

    def slow(*given: object) -> bytes:
        begun.set()
        let_go.wait(20)
        return draw(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(tax_certificates, "draw_certificates", slow)

    async def act(scene: Scene) -> None:
        await scene.open("certificates")
        assert "2 attestations" in scene.flat()
        await scene.pilot.press("f5")
        await scene.until(begun.is_set)
        await scene.until(lambda: "F8 Arrêter" in scene.text())
        await scene.pilot.press("escape")
        await scene.until(lambda: "partir l’arrête" in scene.flat())
        await scene.pilot.press("enter")
        await scene.until(lambda: "Attestations" not in scene.lines()[0])
        let_go.set()
        await scene.settle()

    play(act, regisseur)
    assert not list(regisseur.documents().rglob("attestations*.pdf"))


def test_one_payers_certificate_is_written_by_enter(regisseur: Desk) -> None:
    pay_evenings(regisseur)
    pay_evenings(regisseur, "Martin")
    close_till(regisseur)
    set_time(regisseur, paris("2027-02-01 09:00"))

    async def act(scene: Scene) -> None:
        await scene.open("certificates")
        await scene.press("down", "enter")
        await scene.until(lambda: "attestation de Marie Martin écrite" in scene.flat())

    play(act, regisseur)
    [file] = regisseur.documents().rglob("attestations-fiscales-2026-payeur-*.pdf")
    assert file.stat().st_size > 0


def test_the_years_of_refunds_and_the_kinds_of_closings_with_nothing_say_so(regisseur: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("refunds")
        await scene.press("comma")
        assert "Année 2025 : 0 remboursement" in scene.flat()
        assert "Aucun remboursement" in scene.flat()
        await scene.press("semicolon", "semicolon")
        assert "Année 2027" in scene.flat()
        await scene.open("closings")
        await scene.press("f6", "f6")
        assert "Années : 0 clôture." in scene.flat()

    play(act, regisseur)
