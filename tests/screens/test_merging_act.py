"""A family registered twice, seen at the desk: said before it is saved, merged after; a dossier archived, found, reopened."""

from textual.widgets import Input

from models.engine import Database
from tests.factories import a_child, a_desk, a_family, a_guardian
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.screens.test_registration_screen import fill, go, retype, the_field
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, add, book_and_pay, merged
from tui_portail.services.desk import Desk
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.planning import load_planning


def test_a_family_registered_twice_is_said_before_and_merged_after(desk: Desk) -> None:
    known = a_family(desk, guardians=[a_guardian("Martin", "Zoé"), a_guardian("Benali", "Karim", payer=False)])

    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, "Martin", "Zoé", "06 12 34 56 78")
        await scene.press("pagedown")
        await retype(scene, last_name="Dupont", first_name="Ines", birth_on="12/3/2019")
        await go(scene, "school_code", "é", "f10")
        check_screen(scene, "duplicates")
        await scene.press("escape")
        assert the_field(scene, "first_name").text == "Ines", "nothing typed is lost"
        await scene.press("f10", "enter")
        assert "· Martin – Benali" in scene.text()
        await scene.press("escape")
        assert the_field(scene, "first_name").text == "Ines", "nothing typed is lost"
        await scene.press("f10", "down", "enter")
        assert "Fait : dossier n°" in scene.text()

        await scene.press("f")
        scene.screen.query_one(Input).value = "benali"
        await scene.press("enter")
        assert "Fusion de dossiers" in scene.text()
        await scene.press("c")
        check_screen(scene, "merging")
        await scene.press("down", "space")
        assert "une autre personne" in scene.text()
        await scene.press("space", "f10")
        await scene.type("double")
        await scene.press("enter", "enter")
        assert "est réuni à celui-ci" in scene.text()

    play(act, desk)
    view = load_dossier(desk, known.dossier_id)
    assert [guardian.first_name for guardian in view.guardians] == ["Zoé", "Karim"]
    assert len(view.children) == 1


def test_a_child_added_who_has_a_dossier_already_is_said_before_it_is_saved(desk: Desk) -> None:
    family, _ = a_family(desk), a_family(desk, last_name="Martin", children=[a_child("Noé", "Martin")])

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.press("a")
        await retype(scene, last_name="Martin", first_name="Noe", birth_on="12/3/2019")
        await go(scene, "school_code", "é", "f10")
        assert "Cette personne est peut-être déjà inscrite" in scene.flat()
        assert "même enfant : Noé Martin, 12/03/2019" in scene.flat()
        await scene.press("down", "enter")
        assert "dossier enregistré" in scene.flat()

    play(act, desk)
    assert len(load_dossier(desk, family.dossier_id).children) == 2


@SIZES_AND_ENGINES
def test_what_refuses_a_merge_is_read_on_the_screen(database: Database, size: tuple[int, int]) -> None:
    desk = a_desk(database)
    kept, other = a_family(desk), a_family(desk)
    for family in (kept, other):
        book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Scene) -> None:
        await scene.open("merging", kept.dossier_id, other.dossier_id)
        assert "est réservé dans les deux dossiers le vendredi 4 décembre 2026" in scene.flat()
        check_screen(scene, "merging_refused")
        await scene.press("f10")
        assert "Motif" not in scene.text(), "nothing to confirm"
        await scene.press("down", "enter")
        assert "réservé dans les deux dossiers" not in scene.flat(), "another child, of the same name"

    play(act, desk, size=size)


def test_a_dossier_merged_at_another_desk_says_at_every_key_where_it_is(desk: Desk) -> None:
    kept, other = a_family(desk, two_payers=True), a_family(desk, two_payers=True)
    opened = {"planning": "p", "papers": "i", "custody": "g", "diary": "v", "form": "enter", "a child more": "a"}
    here = {
        "letter": ["c"],
        "data": ["k", "enter"],
        "erasure": ["k", "down", "enter"],
        "archiving": ["x", "u", "enter"],
    }

    async def act(scene: Scene) -> None:
        await scene.open("dossier", other.dossier_id)
        merged(desk, kept, other)
        dossier = scene.screen
        for what, keys in {**{what: [key] for what, key in opened.items()}, **here}.items():
            scene.screen.message("")  # type: ignore[attr-defined]
            await scene.press(*keys)
            assert "fusionné" in scene.flat(), what
            if what in opened:
                await scene.press("escape")
            assert scene.screen is dossier, what
        await scene.press("f")
        scene.screen.query_one(Input).value = kept.number
        await scene.press("enter")
        assert "est déjà réuni au n°" in scene.flat()

    play(act, desk)


def test_a_dossier_is_archived_found_last_and_reopened(desk: Desk) -> None:
    family = a_family(desk, children=[a_child("Noé")])
    other = a_family(desk)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.press("x")
        await scene.type("parti")
        await scene.press("enter")
        assert "dossier archivé : il se rouvre par x" in scene.text()
        await scene.press("f")
        assert "rouvrez-le d’abord" in scene.text()
        await scene.press("f3")
        scene.screen.query_one(Input).value = "dupont"
        await scene.settle()
        lines = [line for line in scene.lines() if "Dupont" in line and "←" in line]
        assert ["(archivé)" in line for line in lines] == [False, True]
        await scene.press("ctrl+w")
        await scene.press("end", "up", "enter")
        assert "parti" in scene.text()
        await scene.press("r")
        await scene.type("revenu")
        await scene.press("enter")
        assert "est rouvert" in scene.text()
        assert "Aucun dossier n’est archivé" in scene.text()

    play(act, desk)
    assert not load_dossier(desk, family.dossier_id).archived
    assert load_planning(desk, other.dossier_id, FRIDAY, FRIDAY).blocked == ""
