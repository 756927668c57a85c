"""Finding a family as one types, with the hands on the field."""

import pytest

from tests.factories import Family, a_child, a_family, a_guardian
from tests.screens.playing import Scene, play
from tests.screens.test_payment_act import a_basket
from tui_portail.services.desk import Desk


def families(desk: Desk) -> None:
    a_family(desk, last_name="Lefèvre", children=2)
    a_family(desk, last_name="Durand", children=1)
    a_family(desk, guardians=[a_guardian("[red]Zoé", "Œdipe")], children=[a_child("N’Guyen", "[b]Zoé")])


def test_accents_are_not_needed_and_enter_opens_the_family(desk: Desk) -> None:
    families(desk)

    async def act(scene: Scene) -> None:
        await scene.type("lefevre")
        assert "Lefèvre" in scene.text()
        assert "Durand" not in scene.text()
        await scene.press("enter")
        assert "Lefèvre" in scene.text()
        assert "Recherche" not in scene.lines()[0]

    play(act, desk)


def test_a_name_like_markup_is_shown_as_it_is_written(desk: Desk) -> None:
    families(desk)

    async def act(scene: Scene) -> None:
        await scene.type("zoe")
        assert "[red]Zoé" in scene.text()

    play(act, desk)


def test_nothing_found_says_what_to_do(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.type("xqzw")
        assert "Aucun dossier ne correspond" in scene.text()
        await scene.press("enter")
        assert "Recherche" in scene.lines()[0]

    play(act, desk)


def test_the_arrows_move_in_the_list_without_leaving_the_field(desk: Desk) -> None:
    families(desk)

    async def act(scene: Scene) -> None:
        options = scene.screen.query_one("#hits")
        first = options.highlighted  # type: ignore[attr-defined]
        await scene.press("down")
        assert options.highlighted == first + 1  # type: ignore[attr-defined]
        assert scene.screen.focused is scene.screen.query_one("#search-text")

    play(act, desk)


def test_letters_typed_faster_than_the_answers_open_the_family_typed(desk: Desk) -> None:
    families(desk)

    async def act(scene: Scene) -> None:
        await scene.pilot.press(*"durand", "enter")  # no pause between the keys
        await scene.settle()
        assert "Durand" in scene.text()
        assert "Recherche" not in scene.lines()[0]

    play(act, desk)


def test_f5_goes_straight_to_the_planning(desk: Desk) -> None:
    families(desk)

    async def act(scene: Scene) -> None:
        await scene.type("durand")
        await scene.press("f5")
        assert "Planning Durand" in scene.lines()[0]

    play(act, desk)


def test_the_header_of_an_empty_desk_says_nothing_of_the_till(desk: Desk) -> None:
    from screens.header import TillState, header_texts

    assert "caisse ouverte" in header_texts(desk, "Clapiers", TillState.OPEN, "Connexion", 130)[0]
    desk.sign_out()
    assert header_texts(desk, "Clapiers", TillState.OPEN, "Connexion", 130)[0] == "Clapiers · Connexion"


def test_the_demo_clock_is_shown_as_such(desk: Desk) -> None:
    from screens.header import TillState, header_texts

    class Demo:
        """A desk whose database is a demonstration."""

        is_demo = True
        agent = desk.agent
        now_estimate = staticmethod(desk.now_estimate)

    left, clock = header_texts(Demo(), "Clapiers", TillState.OPEN, "Recherche", 130)  # type: ignore[arg-type]
    assert clock == "Horloge de démonstration : mardi 1er décembre 2026, 10 h 30"
    assert left == "Clapiers · Recherche · Camille Roux · caisse ouverte"
    left, _ = header_texts(Demo(), "Clapiers", TillState.OPEN, "Recherche", 160)  # type: ignore[arg-type]
    assert left.startswith("Clapiers · Recherche · Camille Roux (Enfance/Jeunesse, Comptabilité)")
    left, clock = header_texts(Demo(), "Clapiers", TillState.OPEN, "Recherche", 78)  # type: ignore[arg-type]
    assert clock == "Démo · mar. 01/12/2026, 10 h 30"
    assert left == "Recherche · Camille Roux · caisse ouverte"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("xqzw", "Aucun dossier ne correspond : vérifiez l’orthographe ; F8 inscrit la famille."),
        ("123456789", "Le numéro 123 456 789 est mal tapé : un chiffre est faux. Relisez-le sur la lettre."),
        ("31/02/2019", "La date 31/02/2019 n’existe pas dans le calendrier : vérifiez le jour et le mois."),
    ],
)
def test_what_can_find_nothing_says_why_whole_in_eighty_columns(desk: Desk, typed: str, sentence: str) -> None:
    families(desk)

    async def act(scene: Scene) -> None:
        await scene.type(typed)
        assert sentence in scene.flat()

    play(act, desk)


def test_a_list_that_goes_on_says_that_only_its_beginning_is_shown(desk: Desk) -> None:
    for _ in range(51):
        a_family(desk)

    async def act(scene: Scene) -> None:
        await scene.type("dupont")
        assert "Les 30 premiers dossiers : précisez" in scene.flat()
        assert scene.screen.query_one("#hits").option_count == 30  # type: ignore[attr-defined]

    play(act, desk)


def test_after_a_counter_act_the_next_family_is_typed_in_an_empty_field(desk: Desk, family: Family) -> None:
    a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.type("dupont")
        await scene.press("enter", "e", "enter")
        assert "Quittance n°" in scene.text()
        await scene.press("enter")
        field = scene.screen.query_one("#search-text")
        assert scene.screen.focused is field
        assert field.value == ""  # type: ignore[attr-defined]
        assert "Derniers dossiers consultés" in scene.text()

    play(act, desk)
