"""The dossier: read at a glance, edited in place line by line; another desk's save is told and loses nothing typed."""

from datetime import date

import pytest
from textual.widgets import OptionList

from models.engine import Database
from screens.dossier_lines import LineKind
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, an_agent
from tests.families import a_contact, child, guardian, more, save_with
from tests.screens.counter_acts import FRIDAY, THURSDAY, a_late_absence, book, book_and_pay, cancel
from tests.screens.outages import Pauses
from tests.screens.playing import Scene, play
from tests.screens.test_registration_screen import go, retype, the_field
from tui_portail.errors import PortailError
from tui_portail.family_forms import ConsentForm
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import DossierView, load_dossier
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session


async def go_to(scene: Scene, kind: LineKind, place: int = 0) -> None:
    """Put the cursor on a line of a kind with the arrows, and press Enter."""
    lines = scene.screen.query_one("#dossier-lines", OptionList)
    wanted = [number for number, line in enumerate(scene.screen._lines) if line.kind is kind][place]
    while lines.highlighted != wanted:
        await scene.press("down")
    await scene.press("enter")


def test_a_dossier_is_read_and_edited_in_one_form_and_its_history_tells_it(  # noqa: PLR0915  one whole act
    database: Database, tmp_path
) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    open_session(desk, 0, new_operation())
    family = a_family(desk, children=2, two_payers=True, quotient_cents=745_00)
    book_and_pay(desk, family, THURSDAY, FRIDAY)
    cancel(desk, family, FRIDAY)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        assert "Payeur · QF 745 jusqu’au 31/12/2027 · avoirs 2,40 € · de la commune" in scene.text()
        assert "Quittance 2026-000001" in scene.text()
        await go_to(scene, LineKind.GUARDIAN)
        await retype(scene, phone="07 00 00 00 01")
        await go(scene, "authority", "n")
        await scene.press("pagedown")
        await retype(scene, quotient_cents="1200")
        await scene.press("pagedown")
        assert "* Marie Dupont" in scene.text()
        await retype(scene, first_name="Œdipe")
        await scene.press("f5")
        await scene.type("Léa")
        await scene.press("enter")
        await scene.type("1/9/2022")
        await scene.press("enter", "é", "f6")
        await scene.type("Durand")
        await scene.press("enter")
        await scene.type("Luc")
        await scene.press("f10")
        assert "Fait : dossier enregistré." in scene.text()
        assert "SANS AUTORITÉ PARENTALE · 07 00 00 00 01" in scene.text()
        assert "Luc Durand" in scene.text()
        await go_to(scene, LineKind.PAYER, 1)
        assert the_field(scene, "quotient_cents").has_focus_within
        assert the_field(scene, "quotient_cents").text == "1 200".replace(" ", "\u202f")
        await scene.press("f10")
        assert "rien n’avait changé" in scene.text()
        await go_to(scene, LineKind.ALSH)
        assert "Renouveler pour 2026" in scene.text()
        await scene.press("down", "enter")
        assert "renouvelé pour 2027" in scene.text()
        await go_to(scene, LineKind.CUSTODY)
        await scene.press("m", "enter", "space", "f10")
        assert "Garde alternée : Karim Benali la semaine" in scene.flat()
        await scene.press("escape")
        assert "Garde alternée : Karim Benali la semaine" in scene.flat()
        await scene.press("h")
        assert "Historique Dupont" in scene.text()
        told = scene.text()
        for _ in range(4):
            await scene.press("pagedown")
            told += scene.text()
        assert "prénom : Gabriel → Œdipe" in told
        assert "téléphone : 06 12 34 56 78 → 07" in told
        await scene.press("s")
        assert "pas de changement plus ancien" in scene.flat()
        await scene.press("enter")
        assert "Par : Camille Roux" in scene.text()

    play(act, desk)
    view = load_dossier(desk, family.dossier_id)
    assert [guardian.first_name for guardian in view.guardians] == ["Marie", "Karim", "Luc"]
    assert [child.first_name for child in view.children] == ["Œdipe", "Inès", "Léa"]
    assert view.payers[1].quotient_cents == 1200_00
    assert view.children[0].custody_pattern is not None


def test_another_desks_save_is_told_and_what_was_typed_stays(database: Database, tmp_path) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    family = a_family(desk)
    elsewhere = a_desk(database, name="Autre Agent", documents_dir=tmp_path)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await go_to(scene, LineKind.GUARDIAN)
        await retype(scene, email="marie@exemple.fr", city="Jacou")
        await scene.press("pagedown")
        await retype(scene, first_name="Œdipe")
        save_with(
            elsewhere,
            family.dossier_id,
            guardian(phone="07 99 99 99 99", city="Montpellier"),
            child(school_code="COLLEGE", class_name="6e"),
            more(contacts=a_contact()),
        )
        await scene.press("f10")
        said = scene.flat()
        assert "Un autre poste a enregistré ce dossier" in said
        assert "Téléphone : « 06 12 34 56 78 » est devenu « 07 99 99 99 99 »." in said
        assert "Commune : « Clapiers » est devenu « Montpellier » ; gardé : « Jacou »" in said
        assert "École : « École élémentaire » est devenu « Collège »" in said
        assert "Odile Morel vient d’être ajouté" in said
        assert load_dossier(desk, family.dossier_id).guardians[0].email == "", "nothing half-written"
        await scene.press("escape")
        assert the_field(scene, "class_name").text == "6e"
        await scene.press("f10")
        assert "dossier enregistré" in scene.text()

    play(act, desk)
    view = load_dossier(desk, family.dossier_id)
    [one], [noe] = view.guardians, view.children
    assert (one.email, one.phone, one.city) == ("marie@exemple.fr", "07 99 99 99 99", "Jacou")
    assert (noe.first_name, noe.school_code, noe.class_name) == ("Œdipe", "COLLEGE", "6e")
    assert [contact.name for contact in view.contacts] == ["Odile Morel"]


def test_a_refusal_or_a_database_away_keeps_what_was_typed_in_every_section(
    desk: Desk, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> DossierView:
        raise PortailError("La base ne répond pas.", code="BASE_INJOIGNABLE")

    async def act(scene: Scene) -> None:
        Pauses(scene)
        await scene.open("dossier", family.dossier_id)
        await go_to(scene, LineKind.GUARDIAN)
        await retype(scene, postcode="34000")
        await go(scene, "payer", "n", "pagedown")
        await retype(scene, first_name="Œdipe")
        await scene.press("f10")
        assert "Indiquez qui paie" in the_field(scene, "payer").wrong, "the service's sentence, beside its field"
        await scene.press("o")
        with monkeypatch.context() as broken:
            broken.setattr("screens.family_form.save_family", away)
            await scene.press("f10")
        assert "Base injoignable : votre saisie est gardée" in scene.flat()
        await scene.press("escape", "escape")
        assert "sera perdu" in scene.flat()
        await scene.press("escape")
        assert the_field(scene, "postcode").text == "34000"
        await scene.press("f10")
        assert "dossier enregistré" in scene.text()

    play(act, desk)
    view = load_dossier(desk, family.dossier_id)
    assert (view.guardians[0].postcode, view.children[0].first_name) == ("34000", "Œdipe")


def test_a_quotient_that_would_hide_a_later_one_is_refused_with_what_was_typed(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await go_to(scene, LineKind.PAYER)
        await retype(scene, quotient_cents="800", quotient_from="1/1/2025")
        await scene.press("f10")
        assert "déjà enregistré à partir du jeudi 1er janvier 2026" in scene.flat()
        assert the_field(scene, "quotient_cents").text == "800"

    play(act, desk)


def test_a_live_basket_counts_down_and_is_cashed_from_here(desk: Desk, family: Family) -> None:
    [basket] = book(desk, family, THURSDAY).baskets

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        assert "Panier en attente · Marie Dupont" in scene.text()
        assert "14:5" in scene.text() or "15:00" in scene.text()
        await scene.press("e")
        assert type(scene.screen).__name__ == "PaymentScreen"
        await scene.press("escape")
        desk.clock.advance(minutes=16)
        await scene.press("f5")
        assert "Panier en attente" not in scene.text()
        before = scene.screen
        await scene.press("e")
        assert scene.screen is before

    play(act, desk)
    assert basket.due_cents > 0


def test_each_key_goes_to_its_place(desk: Desk) -> None:
    family = a_family(desk, renew_alsh_years=(2026,))
    a_late_absence(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        for key, name in (("p", "PlanningScreen"), ("q", "QuittancesScreen"), ("j", "ProofsScreen")):
            await scene.press(key)
            assert type(scene.screen).__name__ == name
            if name == "QuittancesScreen":
                assert "1 quittance" in scene.text(), "those of the family"
            await scene.press("escape")

    play(act, desk)


def test_comptabilite_reads_without_diet_and_without_editing(desk: Desk) -> None:
    consents = (ConsentForm("image", False, date(2026, 12, 1)),)
    noe = a_child("Noé", meal_supplied=False, pai=True, diet="sans_porc", doctor_name="Dr Vial", consents=consents)
    family = a_family(desk, children=[noe])
    save_with(desk, family.dossier_id, more(contacts=a_contact("Petit", may_collect=False, forbidden=True)))
    seen = ("accueil sans repas fourni", "PAI", "menu sans porc", "droit à l’image : NON", "INTERDIT", "Autorisations")

    async def enfance(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        for words in seen:
            assert words in scene.text()

    async def comptabilite(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        assert "Noé Dupont" in scene.text()
        for words in (*seen, "Vial", "Petit"):
            assert words not in scene.text()
        for key in ("enter", "a", "r", "p", "h"):
            await scene.press(key)
            assert type(scene.screen).__name__ == "DossierScreen"
        assert "ajouter" not in scene.text()

    play(enfance, desk)
    desk.sign(an_agent(desk.database, Role.COMPTABILITE))
    play(comptabilite, desk)


def test_names_with_markup_are_text_and_the_form_opens_again_and_again(desk: Desk) -> None:
    family = a_family(
        desk,
        guardians=[a_guardian("[red]x[/]", "Zoé", address="[b]3[/b] rue"), a_guardian("Benali", "[i]K[/i]")],
        children=[a_child("[blink]Noé[/]", "[red]x[/]")],
    )

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        for shown in ("Zoé [red]x[/]", "[b]3[/b] rue", "[blink]Noé[/] [red]x[/]", "[i]K[/i] Benali"):
            assert shown in scene.text()
        depth = len(scene.app.screen_stack)
        for kind in (LineKind.PAYER, LineKind.CUSTODY):
            await go_to(scene, kind)
            assert "[" in scene.text()
            await scene.press("escape")
        await go_to(scene, LineKind.CHILD)
        assert "[blink]Noé[/]" in scene.text()
        for _ in range(5):
            await scene.press("escape", "enter")
        await scene.press("escape")
        assert len(scene.app.screen_stack) == depth

    play(act, desk)


def test_a_child_moved_to_another_school_is_offered_its_classes(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await go_to(scene, LineKind.CHILD, 1)
        await go(scene, "school_code", "c", "enter", "6", "f10")
        assert "Collège, 6e" in scene.text()

    play(act, desk)
    ines = load_dossier(desk, family.dossier_id).children[1]
    assert (ines.school_code, ines.class_name) == ("COLLEGE", "6e")
    assert ines.birth_on == date(2019, 3, 12)


def test_the_childs_fields_say_the_years_already_renewed_and_offer_the_others(desk: Desk) -> None:
    family = a_family(desk, children=[a_child("Noé", renew_alsh_years=(2027,))])

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await go_to(scene, LineKind.CHILD)
        assert "‹ déjà 2027 ›" in scene.text()
        await go(scene, "renew_alsh_years", "a")
        assert "‹ aussi 2026 ›" in scene.text()
        await scene.press("f10")
        assert "renouvelé pour 2026 et 2027" in scene.flat()
        await scene.press("enter")
        assert the_field(scene, "renew_alsh_years").text == "déjà 2026 et 2027"

    play(act, desk)


def test_another_agent_at_the_desk_never_reads_what_the_first_might(desk: Desk) -> None:
    from tui_portail.services.passwords import hash_password

    family = a_family(desk, children=[a_child("Noé", meal_supplied=False)])
    password = "tilleul-soupe-jeudi"
    an_agent(desk.database, Role.COMPTABILITE, username="compta", password_hash=hash_password(password))

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        assert "accueil sans repas fourni" in scene.text()
        await scene.press("f12")
        await scene.type("compta")
        await scene.press("enter")
        await scene.type(password)
        await scene.press("enter")
        assert "Noé Dupont" in scene.text()
        assert "sans repas" not in scene.text()

    play(act, desk)


def test_a_dossier_that_does_not_exist_is_said(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("dossier", 999)
        assert "Refusé : Aucun dossier n’existe." in scene.flat()
        await scene.press("e", "q", "enter", "a", "r", "escape")
        assert "Recherche" in scene.text()

    play(act, desk)
