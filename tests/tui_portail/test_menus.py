"""Menus typed or read from a file: what is understood, what is refused, and that one is the other's inverse."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_portail.errors import InvalidInput
from tui_portail.field_checks import gather
from tui_portail.menus import ALLERGENS, EVERYWHERE, Course, DayMenu, Dish, read_allergens, read_course, read_menus

SITES = {"MELODIE": "Mélodie", "HARMONIE": "Harmonie"}
MONDAY, TUESDAY = date(2026, 12, 7), date(2026, 12, 8)
LABELS = st.text(st.characters(categories=["L", "N"], include_characters=" '’-,[]"), min_size=1, max_size=40).map(
    gather
)


def test_a_course_typed_gives_its_dishes_with_their_allergens_in_the_regulation_s_order() -> None:
    assert read_course(Course.STARTER, "Salade de tomates (Sulfites, moutarde) ; Radis") == (
        Dish(Course.STARTER, "Salade de tomates", ("moutarde", "sulfites")),
        Dish(Course.STARTER, "Radis"),
    )


@pytest.mark.parametrize("typed", ["œuf", "OEUFS", "Fruits à coque", "Crustacé"])
def test_an_allergen_is_known_whatever_its_accents_ligatures_or_number(typed: str) -> None:
    assert len(read_allergens(typed)) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Pizza (cacahuète)", "cacahuète"),
        ("(lait)", "écrivez le plat"),
        ("Pizza (lait", "écrivez le plat"),
        ("x" * 121, "trop long"),
        ("Pizza\x1b[31m", "ne s’imprime pas"),
        (" ; ".join("abcdefg"), "6 plats au plus"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_to_write(typed: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_course(Course.MAIN, typed)


@given(st.lists(st.tuples(LABELS.filter(bool), st.sets(st.sampled_from(list(ALLERGENS)))), max_size=6))
def test_a_course_read_again_from_its_text_is_the_same(dishes: list[tuple[str, set[str]]]) -> None:
    course = tuple(
        Dish(Course.SIDE, label, tuple(code for code in ALLERGENS if code in found)) for label, found in dishes
    )
    menu = DayMenu(MONDAY, EVERYWHERE, course)
    assert read_course(Course.SIDE, menu.course_text(Course.SIDE)) == course


@pytest.mark.parametrize("cell", [1, 2, 3, 4])
def test_a_line_of_a_file_with_what_does_not_print_is_refused_and_the_refusal_prints(cell: int) -> None:
    header = ("date", "service", "plat", "allergenes", "note")
    cells = ["02/12/2026", "plat", "Pizza", "lait", "Noël"]
    assert read_menus(header, [(2, cells)], {}).menus
    cells[cell] += "\x1b[31m\x07"

    plan = read_menus(header, [(2, cells)], {})

    assert (plan.menus, [one.line for one in plan.refused]) == ((), [2])
    assert "ne s’imprime pas" in plan.refused[0].why
    assert plan.refused[0].why.isprintable()


def test_a_file_of_one_line_a_dish_gives_whole_days_in_the_order_of_the_meal() -> None:
    plan = read_menus(
        ("Date", "Site", "Service", "Plat", "Allergènes"),
        [
            (2, ("07/12/2026", "", "Plat", "Pizza", "gluten, lait")),
            (3, ("2026-12-07", "", "Entrées", "Taboulé", "")),
            (4, ("08/12/2026", "mélodie", "Plat", "Omelette ; frites", "œufs")),
        ],
        SITES,
    )
    assert plan.refused == ()
    assert plan.menus == (
        DayMenu(MONDAY, EVERYWHERE, (Dish(Course.STARTER, "Taboulé"), Dish(Course.MAIN, "Pizza", ("gluten", "lait")))),
        DayMenu(TUESDAY, "MELODIE", (Dish(Course.MAIN, "Omelette , frites", ("oeufs",)),)),
    )


def test_a_file_of_one_line_a_day_is_read_too() -> None:
    plan = read_menus(
        ("jour", "entree", "plat", "dessert", "note"), [(2, ("07/12/2026", "", "Pizza (lait)", "Kiwi", "Noël"))], SITES
    )
    assert [(menu.note, [dish.label for dish in menu.dishes]) for menu in plan.menus] == [("Noël", ["Pizza", "Kiwi"])]


def test_a_line_refused_is_left_out_with_its_number_and_the_others_stand() -> None:
    plan = read_menus(
        ("date", "service", "plat", "allergenes"),
        [
            (2, ("31/02/2026", "plat", "Pizza", "")),
            (3, ("07/12/2026", "brunch", "Pizza", "")),
            (4, ("07/12/2026", "plat", "", "")),
            (5, ("07/12/2026", "plat", "Pizza", "cacahuète")),
            (6, ("07/12/2026", "plat", "Pizza", "lait")),
        ],
        SITES,
    )
    assert [one.line for one in plan.refused] == [2, 3, 4, 5]
    assert len(plan.menus) == 1


def test_a_file_without_the_titles_is_refused_with_those_expected() -> None:
    with pytest.raises(InvalidInput, match="date;service;plat;allergenes"):
        read_menus(("nom", "prenom"), [], SITES)
