"""The family's form for a new family: typed by the keyboard alone, mistakes said beside their fields, nothing typed ever lost."""

from datetime import date

import pytest
from sqlalchemy import select
from textual.widgets import Input

from models import tables as t
from models.engine import Database
from screens.family_form import FamilyFormScreen
from screens.family_form_state import Kind
from screens.form_fields import Field
from tests.factories import a_desk
from tests.screens.outages import Pauses
from tests.screens.playing import Scene, play
from tui_portail.errors import PortailError
from tui_portail.family_forms import FamilyForm
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_search import search
from tui_portail.services.dossiers import DossierView, load_dossier
from tui_portail.services.family_reading import open_family
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


def form_of(scene: Scene) -> FamilyFormScreen:
    assert isinstance(scene.screen, FamilyFormScreen)
    return scene.screen


async def retype(scene: Scene, **texts: str) -> None:
    """Replace what fields of the section hold, as a paste does; the cursor ends in the last."""
    for key, text in texts.items():
        field = the_field(scene, key)
        field.focus_field()
        await scene.settle()
        field.text = text  # type: ignore[misc]
        await scene.settle()


async def go(scene: Scene, key: str, *keys: str) -> None:
    """Put the cursor in a field, then press keys there."""
    the_field(scene, key).focus_field()
    await scene.settle()
    await scene.press(*keys)


def the_field(scene: Scene, key: str) -> Field:
    return next(field for field in scene.screen.query(Field) if field.key == key)


def wrong(scene: Scene) -> dict[str, str]:
    """The sentences shown beside fields."""
    return {field.key: field.wrong for field in scene.screen.query(Field) if field.wrong}


def the_family(desk: Desk, name: str) -> DossierView:
    [hit] = search(desk, name)
    return load_dossier(desk, hit.dossier_id)


GUARDIAN = ("Martin", "Zoé", "06 12 34 56 78", "zoe@exemple.fr", "3 rue du Four", "34830", "Clapiers")


def test_a_family_goes_from_nothing_to_a_basket_in_the_queue_by_the_keyboard_alone(
    database: Database, tmp_path
) -> None:
    desk = a_desk(database, documents_dir=tmp_path)

    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, *GUARDIAN, "", "‹e")
        assert "À vérifier : l’adresse est à Clapiers" in scene.flat()
        await fill(scene, "745,5", "", "", "")
        await scene.press("pagedown")
        await fill(scene, "Noé", "120319", "‹éé", "‹c", "")
        assert "CP" in the_field(scene, "level").text, "the class names its level"
        await fill(scene, "‹pp")
        await scene.press("s", "enter", "a", "enter", "o")
        assert "accueil sans repas fourni" in scene.text()
        await fill(scene, "", "31/8/2027")
        await scene.press("f7")
        await fill(scene, "Morel", "Odile", "", "grand-mère", "", "06 55 44 33 22")
        await scene.press("f7")
        await fill(scene, "Petit", "Jean", "‹i", "père", "", "", "", "jugement vu ce jour")
        assert "Autorisations" in scene.lines()[1], "Enter on the last field goes to the next section"
        await fill(scene, "‹a", "", "‹o", "", "‹n")
        await scene.press("f10")
        assert "Fait : dossier n°" in scene.text()
        assert "PAI jusqu’au 31/08/2027 · menu sans porc" in scene.flat()
        assert "Jean Petit · INTERDIT : ne jamais lui remettre l’enfant" in scene.flat()
        await scene.press("end")
        assert "règlement accepté le 01/12/2026" in scene.flat()
        await scene.press("p", "semicolon", "home", "w", "v")
        await scene.press("t")
        await scene.open("queue")
        assert "Martin" in scene.text()

    play(act, desk)
    view = the_family(desk, "martin")
    [payer], [child] = view.payers, view.children
    assert (payer.name, payer.resident, payer.quotient_cents) == ("Zoé Martin", False, 745_50)
    assert payer.quotient_until == date(2027, 12, 31)
    assert payer.live_basket_id is not None
    assert (child.last_name, child.birth_on, child.school_code) == ("Martin", date(2019, 3, 12), "ELEMENTAIRE")
    assert (child.class_name, child.level, child.meal_supplied) == ("CP", "CP", False)
    assert child.alsh_years == ((2027, "renouvelé"),)
    assert [(one.name, one.forbidden, one.may_collect) for one in view.contacts] == [
        ("Jean Petit", True, False),
        ("Odile Morel", False, True),
    ]
    assert child.care is not None
    assert [(one.kind, one.given) for one in child.care.consents] == [("image", True), ("sortie_seul", False)]


def test_brothers_and_a_second_payer_are_added_by_a_key_each(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, "Martin", "Zoé", "", "", "3 rue du Four", "34830", "Clapiers")
        await scene.press("f6")
        await fill(scene, "Benali", "Karim")
        await go(scene, "payer", "o")
        assert the_field(scene, "address").text == "3 rue du Four", "proposed at the same address"
        await go(scene, "address")
        await fill(scene, "12 rue Neuve")
        assert the_field(scene, "address").text == "12 rue Neuve", "typing replaces what was only proposed"
        assert the_field(scene, "basis").display, "a second payer rests on something seen"
        await scene.press("f5")
        assert the_field(scene, "last_name").text == "Martin"
        await fill(scene, "Noé", "12/3/19", "‹éé")
        assert "‹ École élém… ›" in scene.text(), "a choice cut short says so"
        await scene.press("f5")
        assert (the_field(scene, "first_name").text, the_field(scene, "school_code").value) == ("", "ELEMENTAIRE")
        await fill(scene, "Léa", "4/4/2018")
        await scene.press("f5", "f9")
        assert [one.name for one in form_of(scene).state.of(Kind.CHILD)] == ["Noé Martin", "Léa Martin"]
        await scene.press("f10")
        assert "un jugement ou un accord écrit" in wrong(scene)["basis"]
        await go(scene, "basis", "j", "enter")
        await fill(scene, "17/6/2026")
        assert the_field(scene, "basis_seen_on").text == "01/12/2026"
        await scene.press("f10")
        assert "· Martin – Benali" in scene.text()

    play(act, desk)
    view = the_family(desk, "benali")
    assert [payer.name for payer in view.payers] == ["Zoé Martin", "Karim Benali"]
    assert [child.first_name for child in view.children] == ["Léa", "Noé"]
    second = open_family(desk, view.dossier_id).form.guardians[1]
    assert (second.basis, second.basis_on, second.basis_seen_on) == ("jugement", date(2026, 6, 17), date(2026, 12, 1))


def test_each_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8")
        await fill(scene, "Martin", "Zoé", "0612", "zoe")
        assert "Le téléphone s’écrit en dix chiffres" in wrong(scene)["phone"], "said on leaving the field"
        assert "prenom.nom@exemple.fr" in wrong(scene)["email"]
        await retype(scene, quotient_cents="999999", postcode="3483")
        assert "de 0 à 100 000" in wrong(scene)["quotient_cents"]
        await retype(
            scene, quotient_cents="745", birth_insee="1", birth_on="mai 88", city="FR76 3000 6000 0112 3456 7890 189"
        )
        await scene.press("f10")
        assert "rien n’est encore enregistré" in scene.flat()
        assert scene.screen.focused.value == "0612", "the cursor is in the first field to correct"
        assert "! Zoé Martin" in scene.text()
        assert "Un RIB ou un IBAN ne s’enregistre jamais" in wrong(scene)["city"]
        assert "cinq chiffres" in wrong(scene)["postcode"]
        assert "cinq caractères" in wrong(scene)["birth_insee"]
        assert "tapez par exemple 12/03/2019 ou 120319." in wrong(scene)["birth_on"]
        await retype(
            scene,
            phone="06 12 34 56 78",
            email="",
            postcode="34830",
            birth_insee="34172",
            birth_on="2/5/88",
            city="Jacou",
        )
        await scene.press("f10")
        assert "Donnez le prénom de l’enfant" in wrong(scene)["first_name"], "the next section with something wrong"
        await retype(scene, first_name="Noé", birth_on="12/3/2019")
        await scene.press("f10")
        assert wrong(scene) == {"school_code": "Choisissez l’école de l’enfant dans la liste."}, (
            "the service's sentence"
        )
        await go(scene, "school_code", "c", "pageup")
        await retype(scene, quotient_cents="12,345")
        await scene.press("f10")
        assert "plus de deux chiffres" in wrong(scene)["quotient_cents"]
        await retype(scene, quotient_cents="745", quotient_until="1/1/2020")
        await scene.press("f10")
        assert "ne peut pas finir avant de commencer" in wrong(scene)["quotient_until"]
        assert the_field(scene, "phone").text == "06 12 34 56 78"
        await go(scene, "payer", "n", "f10")
        assert "Indiquez qui paie" in wrong(scene)["payer"]
        assert not the_field(scene, "quotient_cents").display, "what is asked of a payer only goes away"
        await scene.press("o")
        await retype(scene, quotient_until="31/12/2027")
        await scene.press("f10")
        assert "Dossier Martin" in scene.text()

    play(act, desk)
    view = the_family(desk, "martin")
    assert view.payers[0].quotient_cents == 745_00
    assert (view.guardians[0].city, view.guardians[0].birth_on) == ("Jacou", date(1988, 5, 2))


def test_leaving_a_form_begun_asks_and_so_does_removing_somebody_typed(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f8", "escape")
        assert "Recherche" in scene.text(), "an empty form is left at once"
        await scene.press("f8", "f9")
        assert "au moins un responsable" in scene.flat()
        await fill(scene, "[red]x[/]")
        for _ in range(3):
            await scene.press("escape")
            assert "ce que vous avez saisi sera perdu" in scene.flat()
            await scene.press("escape")
        assert "[red]x[/]" in scene.text()
        await scene.press("pagedown")
        assert the_field(scene, "last_name").text == "[red]x[/]", "the child is proposed under the guardian's name"
        await retype(scene, last_name="Benali", first_name="Noé")
        await scene.press("f9", "escape")
        assert "Noé Benali" in scene.text()
        await scene.press("pageup")
        await retype(scene, last_name="Martin")
        await scene.press("pagedown")
        assert the_field(scene, "last_name").text == "Benali", "what the agent typed stays"
        await scene.press("f9", "enter")
        assert "Noé Benali" not in scene.text()

    play(act, desk)


async def fill_a_whole_family(scene: Scene) -> None:
    """Everything the form asks for, the cursor left in it."""
    await fill(scene, "Martin", "Zoé")
    await scene.press("pagedown")
    await fill(scene, "Noé", "12/3/2014", "‹é")


def test_a_busy_database_loses_nothing_and_the_same_gesture_is_sent_again_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def busy_once(the_desk: Desk, form: FamilyForm, operation: str) -> RegisteredFamily:
        sent.append(operation)
        if len(sent) == 1:
            raise PortailError("La base de données est occupée : recommencez dans un instant.", code="BASE_OCCUPEE")
        return register_family(the_desk, form, operation)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        await scene.press("f8")
        monkeypatch.setattr("screens.family_form.register_family", busy_once)
        await fill_a_whole_family(scene)
        assert "À vérifier : 12 ans en 2026," in scene.flat(), "a doubt refuses nothing"
        await scene.press("f10")
        assert "d’autres postes occupent la base" in scene.flat()
        assert the_field(scene, "first_name").text == "Noé"
        await scene.press("f10", "f10", "f10")
        await pauses.over()
        assert "Dossier Martin" in scene.text()

    play(act, desk)
    assert len(sent) == 2 and sent[0] == sent[1]
    with desk.database.read() as connection:
        assert len(connection.execute(select(t.dossier)).all()) == 1
