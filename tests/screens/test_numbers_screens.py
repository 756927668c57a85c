"""« Effectifs » and « Repas à commander » by their keys: numbers, what is behind each, the days before and after, paper and file."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import a_child, a_desk, a_family, a_guardian, paris
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import (
    MEAL,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    finish,
    hold,
    remove,
    set_time,
)
from tui_portail.services.desk import Desk


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """Two families on Thursday's restaurant, one cancelled after the order; one who holds it; one on Wednesday's ALSH."""
    desk = a_desk(database, at="2026-12-01 10:30", documents_dir=tmp_path)
    small = a_child("Éole", birth_on=paris("2022-01-05 00:00").date(), school_code="MATERNELLE", class_name="")
    one = a_family(desk, children=[a_child(diet="sans_porc", renew_alsh_years=(2026,)), small])
    booked = [*add(one.child_id, MEAL, THURSDAY), *add(one.child_ids[1], MEAL, THURSDAY)]
    book_and_pay(desk, one.dossier_id, [*booked, *add(one.child_id, WEDNESDAY_ALSH, WEDNESDAY)])
    other = a_family(desk, last_name="Abel", guardians=[a_guardian("Abel")], children=[a_child("Zoé", "Abel")])
    book_and_pay(desk, other.dossier_id, add(other.child_id, MEAL, THURSDAY))
    set_time(desk, paris("2026-12-02 18:00"))
    finish(desk, other.dossier_id, remove(other.child_id, MEAL, THURSDAY))
    late = a_family(desk, last_name="Sy", guardians=[a_guardian("Sy")], children=[a_child("Awa", "Sy")])
    hold(desk, late.dossier_id, add(late.child_id, MEAL, THURSDAY, derogation="Oubli"))
    return desk


@SIZES_AND_ENGINES
def test_the_numbers_of_a_day_and_the_meals_of_a_week_are_read_opened_printed_and_exported(
    desk: Desk, size: tuple[int, int]
) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("expected")
        assert "Mercredi 2 décembre 2026 · tous les sites" in scene.text()
        assert "ALSH mercredi" in scene.text()
        await scene.press("semicolon", "end")
        assert "Jeudi 3 décembre 2026" in scene.text()
        assert "3 enfants différents" in scene.text()
        check_screen(scene, "expected")
        await scene.press("enter")
        assert "Dupont Inès, 7 ans, CE1 (menu sans porc)" in scene.flat()
        assert "En attente de paiement : Sy Awa, 7 ans, CE1" in scene.flat()
        await scene.press("escape", "s")
        assert "Jeudi 3 décembre 2026 · Mélodie" in scene.text()
        assert "Harmonie" not in scene.text()
        await scene.press("f10")
        await scene.until(lambda: "se trouve ici" in scene.flat())

        await scene.open("meals")
        assert "Du lundi 30 novembre 2026 au vendredi 4 décembre 2026" in scene.text()
        assert "3 repas à ce jour, commandes arrêtées." in scene.text()
        await scene.press("end")
        assert "commande de 2 arrêtée le mercredi 2 décembre 2026 à 12 h 15, écarts −1 : 1 à ce jour." in scene.flat()
        check_screen(scene, "meals")
        await scene.press("enter")
        assert "18 h : −1 menu ordinaire, 6 ans et plus – annulé hors délai (Abel Zoé)" in scene.flat()
        assert "1 → 1 menu sans porc, 6 ans et plus" in scene.text()
        assert "1 de plus en attente de paiement" in scene.text()
        await scene.press("escape", "w", "comma")
        assert "Mardi 1er décembre 2026" in scene.text()
        assert "Aucun repas n’est réservé" in scene.text()
        await scene.press("d")
        await scene.type("3/12")
        await scene.press("enter")
        assert "Jeudi 3 décembre 2026" in scene.text()
        await scene.press("f10")
        await scene.until(lambda: "se trouve ici" in scene.flat())
        await scene.press("ctrl+x", "enter")
        await scene.until(lambda: "lignes dans" in scene.flat())
        await scene.press("h")
        assert "Mercredi 2 décembre 2026" in scene.text()

    play(act, desk, size=size)
    [order] = desk.documents().rglob("repas-*.pdf")
    assert "écarts au mercredi 2 décembre 2026 à 18 h" in " ".join(PdfReader(order).pages[0].extract_text().split())
    [numbers] = desk.documents().rglob("effectifs-*.pdf")
    assert "Dupont Éole" in PdfReader(numbers).pages[0].extract_text()
    [table] = desk.documents().rglob("repas-*.csv")
    assert "sans porc" in table.read_text("utf-8")
