"""The short registration: a family typed by the keyboard alone, its mistakes said beside their fields, nothing typed ever lost."""

from datetime import date

import pytest
from textual.widgets import Input

from models.engine import Database
from screens.form_fields import Field
from tests.factories import a_desk
from tests.screens.playing import Scene, play
from tui_portail.errors import PortailError
from tui_portail.family_forms import FamilyForm
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_search import search
from tui_portail.services.dossiers import DossierView, load_dossier
from tui_portail.services.registration import RegisteredFamily, register_family


async def fill(scene: Scene, *texts: str) -> None:
    """Type one text a field, Enter between them; « ‹x » presses a key in a choice."""
    for text in texts:
        if text.startswith("‹"):
            await scene.press(*text[1:])
        elif text:
            field = scene.screen.focused
            assert isinstance(field, Input), field
            field.replace(text, *sorted(field.selection))  # as a key does
        await scene.press("enter")


def wrong(scene: Scene) -> dict[str, str]:
    """The sentences shown beside fields."""
    return {field.key: field.wrong for field in scene.screen.query(Field) if field.wrong}


def the_family(desk: Desk, name: str) -> DossierView:
    [hit] = search(desk, name)
    return load_dossier(desk, hit.dossier_id)


GUARDIAN = ("Martin", "Zoé", "06 12 34 56 78", "zoe@exemple.fr", "3 rue du Four", "34830", "Clapiers", "2/5/1988")


def test_a_family_is_registered_by_the_keyboard_alone(database: Database, tmp_path) -> None:
    desk = a_desk(database, documents_dir=tmp_path)

    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, *GUARDIAN, "", "‹e", "745,5", "", "", "")
        await fill(scene, "Martin", "Noé", "120319", "‹éé", "‹c", "‹pp")
        await scene.press("a")
        assert "accueil sans repas fourni" in scene.text()
        await scene.press("enter", "enter")
        assert "Dossier Martin" in scene.text()
        assert "Fait : dossier n°" in scene.text()

    play(act, desk)
    view = the_family(desk, "martin")
    [payer], [child] = view.payers, view.children
    assert (payer.name, payer.resident, payer.quotient_cents) == ("Zoé Martin", False, 745_50)
    assert payer.quotient_until == date(2027, 12, 31)
    assert view.guardians[0].birth_on == date(1988, 5, 2)
    assert (child.birth_on, child.school_code, child.class_name) == (date(2019, 3, 12), "ELEMENTAIRE", "CP")
    assert child.meal_supplied is False
    assert child.alsh_years == ((2027, "renouvelé"),)


def test_brothers_and_a_second_payer_are_added_by_a_key_each(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, "Martin", "Zoé", "", "", "3 rue du Four", "34830", "Clapiers")
        await scene.press("f6")
        await fill(scene, "Benali", "Karim")
        focused = scene.screen.focused
        assert isinstance(focused, Input)
        for _ in range(6):
            await scene.press("enter")
        await scene.press("o", "f5")
        await scene.press("shift+tab")
        people = scene.screen.people("children")
        assert [person.field("last_name").text for person in people] == ["Martin", "Martin"]
        people[0].field("last_name").text = "Martin"
        people[0].field("first_name").text = "Noé"
        people[0].field("birth_on").text = "12/3/19"
        people[0].field("school_code").focus_field()
        await scene.press("c", "f5")
        third = scene.screen.people("children")[2]
        assert third.has_focus_within
        assert third.field("birth_on").text == ""
        await scene.press("f9")
        assert len(scene.screen.people("children")) == 2
        last = scene.screen.people("children")[1]
        for key, text in (("last_name", "Martin"), ("first_name", "Léa"), ("birth_on", "4/4/2021")):
            last.field(key).text = text
        last.field("school_code").focus_field()
        await scene.press("é", "f10")
        assert "· Martin – Benali" in scene.text()

    play(act, desk)
    view = the_family(desk, "benali")
    assert [payer.name for payer in view.payers] == ["Zoé Martin", "Karim Benali"]
    assert view.guardians[1].address == "3 rue du Four", "the second is proposed at the same address"
    assert [child.first_name for child in view.children] == ["Noé", "Léa"]


def test_each_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, "Martin", "Zoé", "0612", "zoe")
        assert "Le téléphone s’écrit en dix chiffres" in wrong(scene)["phone"], "said on leaving the field"
        assert "prenom.nom@exemple.fr" in wrong(scene)["email"]
        await scene.press("f10")
        assert "rien n’est encore enregistré" in scene.flat()
        assert scene.screen.focused.value == "0612", "the cursor is in the first field to correct"
        assert "Donnez le prénom de l’enfant" in wrong(scene)["first_name"]
        guardian, child = scene.screen.people("guardians")[0], scene.screen.people("children")[0]
        guardian.field("phone").text = "06 12 34 56 78"
        guardian.field("email").text = ""
        for key, text in (("last_name", "Martin"), ("first_name", "Noé"), ("birth_on", "12/3/2019")):
            child.field(key).text = text
        await scene.press("f10")
        assert wrong(scene) == {"school_code": "Choisissez l’école de l’enfant dans la liste."}, (
            "the service's sentence"
        )
        guardian.field("quotient_cents").text = "12,345"
        await scene.press("f10")
        assert "plus de deux chiffres" in wrong(scene)["quotient_cents"]
        guardian.field("quotient_cents").text = "745"
        guardian.field("quotient_until").text = "1/1/2020"
        child.field("school_code").focus_field()
        await scene.press("c", "f10")
        assert "ne peut pas finir avant de commencer" in wrong(scene)["quotient_until"]
        assert guardian.field("phone").text == "06 12 34 56 78"
        guardian.field("quotient_until").text = "31/12/2027"
        await scene.press("f10")
        assert "Dossier Martin" in scene.text()

    play(act, desk)
    assert the_family(desk, "martin").payers[0].quotient_cents == 745_00


def test_a_family_without_payer_is_refused_beside_the_question(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, "Martin", "Zoé", "", "", "", "", "", "")
        await scene.press("n")
        assert "Quotient" not in scene.text(), "what is asked of a payer only goes away"
        child = scene.screen.people("children")[0]
        for key, text in (("last_name", "Martin"), ("first_name", "Noé"), ("birth_on", "12/3/2019")):
            child.field(key).text = text
        await scene.press("f10")
        assert "Indiquez qui paie" in wrong(scene)["payer"]

    play(act, desk)
    assert search(desk, "martin") == ()


def test_leaving_a_form_begun_asks_and_markup_in_a_name_stays_text(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8", "escape")
        assert "Recherche" in scene.text(), "an empty form is left at once"
        await scene.press("f8")
        await fill(scene, "[red]x[/]")
        for _ in range(20):
            await scene.press("escape")
            assert "ce que vous avez saisi sera perdu" in scene.flat()
            await scene.press("escape")
        assert "[red]x[/]" in scene.text()

    play(act, desk)


def test_removing_somebody_typed_asks_first(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8", "f9")
        assert "au moins un responsable" in scene.flat()
        child = scene.screen.people("children")[0]
        child.field("first_name").text = "Noé"
        child.field("first_name").focus_field()
        await scene.press("f9", "escape")
        assert len(scene.screen.people("children")) == 1
        await scene.press("f9", "enter")
        assert scene.screen.people("children") == []

    play(act, desk)


async def fill_a_whole_family(scene: Scene) -> None:
    """Everything the form asks for, the cursor left in it."""
    guardian, child = scene.screen.people("guardians")[0], scene.screen.people("children")[0]
    guardian.field("last_name").text, guardian.field("first_name").text = "Martin", "Zoé"
    for key, text in (("last_name", "Martin"), ("first_name", "Noé"), ("birth_on", "12/3/2019")):
        child.field(key).text = text
    child.field("school_code").focus_field()
    await scene.press("c")


def test_saving_twice_in_a_row_registers_one_family(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill_a_whole_family(scene)
        await scene.pilot.press("f10", "f10", "f10")
        await scene.settle()
        assert "Dossier Martin" in scene.text()

    play(act, desk)
    assert len(search(desk, "martin")) == 1


def test_a_busy_database_loses_nothing_and_the_same_gesture_is_sent_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def busy_once(the_desk: Desk, form: FamilyForm, operation: str) -> RegisteredFamily:
        sent.append(operation)
        if len(sent) == 1:
            raise PortailError("La base de données est occupée : recommencez dans un instant.", code="BASE_OCCUPEE")
        return register_family(the_desk, form, operation)

    async def act(scene: Scene) -> None:
        await scene.press("f8")
        import screens.registration

        monkeypatch.setattr(screens.registration, "register_family", busy_once)
        await fill_a_whole_family(scene)
        await scene.press("f10")
        assert "occupée" in scene.flat()
        assert scene.screen.people("guardians")[0].field("last_name").text == "Martin"
        await scene.press("f10")
        assert "Dossier Martin" in scene.text()

    play(act, desk)
    assert sent[0] == sent[1]


def test_the_first_child_takes_the_first_guardians_name_until_another_is_typed(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, "Martin")
        [child] = scene.screen.people("children")
        name = child.field("last_name")
        assert name.text == "Martin"
        name.focus_field()
        await scene.settle()
        await fill(scene, "Benali")
        assert name.text == "Benali", "typing replaces what was proposed"
        scene.screen.people("guardians")[0].field("last_name").focus_field()
        await scene.settle()
        await fill(scene, "e")
        assert name.text == "Benali", "what the agent typed stays"

    play(act, desk)


def test_an_unusual_age_for_the_school_is_said_and_refuses_nothing(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, "Martin", "Zoé")
        [child] = scene.screen.people("children")
        child.field("first_name").text = "Noé"
        child.field("birth_on").text = "12/3/2014"
        child.field("school_code").focus_field()
        await scene.press("é")
        assert "À vérifier : 12 ans en 2026, âge inhabituel pour « École" in scene.flat()
        child.field("birth_on").text = "12/3/2021"
        await scene.settle()
        assert "À vérifier" not in scene.text()
        child.field("birth_on").text = "12/3/2014"
        await scene.press("f10")
        assert "Dossier Martin" in scene.text()

    play(act, desk)


def test_a_birth_date_that_is_none_suggests_a_whole_date(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, *GUARDIAN[:7], "mai 88")
        assert "tapez par exemple 12/03/2019 ou 120319." in wrong(scene)["birth_on"]
        assert "ex. 745" in scene.text()

    play(act, desk)
