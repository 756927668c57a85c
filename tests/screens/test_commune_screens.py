"""The commune's settings through the keys: edited, refused where it is wrong, previewed, recorded, followed, exported and imported."""

import copy
from pathlib import Path

import pytest

from models.engine import Database
from screens.texts_field import TextsArea
from tests.factories import a_desk
from tests.screens.commune_acts import fill, go_to, keep, record
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tui_portail.services.commune_history import list_versions, version_changes
from tui_portail.services.commune_settings import change_commune, read_settings
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role


def told(desk: Desk, version: int) -> list[str]:
    return [
        change.sentence.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")
        for change in version_changes(desk, version)
    ]


@SIZES_AND_ENGINES
def test_a_line_is_refused_beside_its_field_and_a_draft_that_contradicts_itself_is_not_recorded(
    database: Database, size: tuple[int, int]
) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR, name="Maxime Bel")

    async def act(scene: Scene) -> None:
        await scene.open("commune")
        check_screen(scene, "commune")
        await go_to(scene, "activites")
        await scene.press("down", "down", "down")
        check_screen(scene, "commune_section")
        await scene.press("enter")
        await fill(scene, fin="16h")
        await keep(scene)
        assert "Attendu : une heure après celle du début." in scene.flat()
        check_screen(scene, "commune_form")
        await fill(scene, fin="1845", exclut=" ")
        await keep(scene)
        assert "2 changements à enregistrer (F10)." in scene.flat()
        await scene.press("x")
        check_screen(scene, "commune_remove")
        await scene.press("enter")
        assert "« ALP soir » est enlevé du brouillon" in scene.flat()
        await scene.press("escape")
        await go_to(scene, "motifs")
        await scene.press("x", "x", "x")
        assert "À corriger avant d’enregistrer : Rendez-vous : motifs : attendu : au moins un motif" in scene.flat()
        await scene.press("f10")
        assert "Refusé : Rendez-vous : motifs" in scene.flat()
        await scene.press("escape", "u")
        assert "Abandonner ces changements ?" in scene.flat()
        await scene.press("enter")
        assert "Rien à enregistrer." in scene.flat()

    play(act, desk, size=size)
    assert [version.version for version in list_versions(desk)] == [1]


@SIZES_AND_ENGINES
def test_changes_of_several_sections_are_previewed_and_recorded_with_a_reason(
    database: Database, size: tuple[int, int]
) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR, name="Maxime Bel")

    async def act(scene: Scene) -> None:
        await scene.open("commune")
        await go_to(scene, "sites")
        await scene.press("n")
        await fill(scene, code="espace bonnier", nom="Espace [Bonnier]", contacts__ALSH="04 67 00 00 00")
        await keep(scene)
        assert "Espace [Bonnier]" in scene.text() and "ESPACE_BONNIER" in scene.text()
        await scene.press("h")
        assert scene.text().index("Espace [Bonnier]") < scene.text().index("Ados"), "moved above"
        await scene.press("c")
        await keep(scene)
        assert "Remplissez ce champ." in scene.flat(), "a copy has a code of its own"
        await fill(scene, code="annexe")
        await keep(scene)
        assert "ANNEXE" in scene.text()
        await scene.press("x", "escape")
        await go_to(scene, "caisse")
        await fill(scene, encaisse_maximum="12 345,5", motifs_impaye="Refusé")
        await keep(scene)
        check_screen(scene, "commune_changed")
        await scene.press("escape")
        assert "Quitter sans enregistrer" in scene.flat()
        await scene.press("escape", "f10")
        check_screen(scene, "commune_preview")
        await scene.press("enter")
        assert "écrivez un motif" in scene.flat()
        await scene.press("escape")
        await record(scene, "Conseil du 4 juin")
        assert "3 changements en vigueur" in scene.flat()
        await scene.press("h")
        check_screen(scene, "commune_history")
        await scene.press("enter")
        check_screen(scene, "commune_version")

    play(act, desk, size=size)
    assert told(desk, 2) == [
        "Sites, Espace [Bonnier] — ajouté : Code ESPACE_BONNIER, Nom Espace [Bonnier], Téléphone ALSH 04 67 00 00 00",
        "Caisse et contre-passation — Encaisse maximum : 1 000,00 € → 12 345,50 €",
        "Caisse et contre-passation — Motifs : impayé : Chèque sans provision, Chèque refusé par la banque → Refusé",
    ]
    assert list_versions(desk)[0].reason == "Conseil du 4 juin"


@SIZES_AND_ENGINES
def test_the_terms_of_use_are_read_over_several_rows_and_a_change_of_theirs_needs_a_version(
    database: Database, size: tuple[int, int]
) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR, name="Maxime Bel")

    async def act(scene: Scene) -> None:
        await scene.open("commune")
        await go_to(scene, "conditions")
        check_screen(scene, "commune_terms")
        await scene.press("down", "down")
        area = scene.screen.focused
        assert isinstance(area, TextsArea)
        area.move_cursor((1, 0))
        await scene.press("down")
        assert area.cursor_location[0] == 1 and area.cursor_location[1] > 0, "a row further in the same paragraph"
        await scene.press("up", "enter")
        await scene.press(*"Sic.")
        assert area.text.splitlines()[2] == "Sic.", "a new paragraph after the whole of this one"
        await scene.press("f10")
        assert "1 changement à enregistrer (F10)." in scene.flat()
        await scene.press("f10", *"avis", "enter")
        assert "donnez-lui une autre version que « 1 »" in scene.flat()
        await go_to(scene, "conditions")
        await fill(scene, version="2")
        await keep(scene)
        await record(scene, "avis du délégué")
        assert "2 changements en vigueur" in scene.flat()

    play(act, desk, size=size)
    assert told(desk, 2)[0] == "Conditions d’utilisation — Version : 1 → 2"


@SIZES_AND_ENGINES
def test_payment_online_is_switched_on_once_payfip_is_admitted_with_its_client_number(
    database: Database, size: tuple[int, int]
) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR, name="Maxime Bel")

    async def act(scene: Scene) -> None:
        await scene.open("commune")
        await go_to(scene, "paiement_en_ligne")
        await fill(scene, actif="o")
        await keep(scene)
        assert "Attendu : les six chiffres du numéro de client" in scene.flat()
        await fill(scene, client="012345")
        await keep(scene)
        assert "Le paiement en ligne demande que le moyen de paiement PayFiP soit" in scene.flat()
        check_screen(scene, "commune_online")
        await scene.press("escape", "escape")
        await go_to(scene, "moyens")
        await scene.press("end", "enter")
        await fill(scene, actif="o")
        await keep(scene)
        await scene.press("escape")
        await go_to(scene, "paiement_en_ligne")
        await fill(scene, actif="o", client="012345")
        await keep(scene)
        assert "3 changements à enregistrer (F10)." in scene.flat()
        await record(scene, "convention avec la DGFiP")

    play(act, desk, size=size)
    assert told(desk, 2) == [
        "Moyens de paiement, PayFiP — Admis : non → oui",
        "Paiement en ligne — Actif : non → oui",
        "Paiement en ligne — Numéro de client : — → 012345",
    ]


def test_what_another_administrateur_recorded_is_shown_and_nothing_typed_is_lost(sqlite_database: Database) -> None:
    desk = a_desk(sqlite_database, Role.ADMINISTRATEUR, name="Maxime Bel")
    other = a_desk(sqlite_database, Role.ADMINISTRATEUR, name="Anne Roux")

    def they_change(minutes: int, service: str) -> None:
        settings = read_settings(other)
        document = copy.deepcopy(settings.document)
        document["liste_attente"]["offre_minutes"] = minutes
        document["identite"]["service"] = service
        change_commune(other, settings.version, document, "essai", "essai", new_operation())

    async def act(scene: Scene) -> None:
        await scene.open("commune")
        await go_to(scene, "attente")
        await fill(scene, offre_minutes="60")
        await keep(scene)
        they_change(1440, "Périscolaire")
        await scene.press("f10", *"motif")
        await scene.press("enter")
        assert "Réglages modifiés par Anne Roux" in scene.flat()
        assert "Service : Service Enfance/Jeunesse →" in scene.flat()
        assert "Vos changements sont gardés" in scene.flat()
        await scene.press("enter")
        assert "1 changement à enregistrer" in scene.flat()
        they_change(120, "Périscolaire")
        await scene.press("f10", "enter")
        assert "Vous aviez aussi changé « Liste d’attente »." in scene.flat()
        check_screen(scene, "commune_both_changed")
        await scene.press("enter", "f10", "enter")
        assert "1 changement en vigueur" in scene.flat()

    play(act, desk)
    assert told(desk, 4) == ["Liste d’attente — Place gardée : 120 min → 60 min"]
    assert list_versions(desk)[0].reason == "motif", "the reason typed the first time was proposed again"


def test_the_settings_go_to_a_file_and_come_back_as_changes_to_record(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk(sqlite_database, Role.ADMINISTRATEUR)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "c.toml"

    async def act(scene: Scene) -> None:
        await scene.open("commune")
        await scene.press("e", *"c.toml", "f10")
        assert "réglages écrits dans" in scene.flat()
        await scene.press("e", *"c.toml", "f10")
        assert "existe déjà" in scene.flat()
        await scene.press("escape", "escape")
        file.write_text(file.read_text().replace("offre_minutes = 1440", "offre_minutes = 90"))
        await scene.press("i", *"c.toml", "f10")
        assert "1 changement à enregistrer" in scene.flat()
        await scene.press("f10", *"repris", "enter")
        assert "1 changement en vigueur" in scene.flat()
        file.write_text(file.read_text().replace("offre_minutes = 90", "offre_minutes = 1"))
        await scene.press("i", *"c.toml", "f10")
        assert "c.toml, clé « liste_attente.offre_minutes »" in scene.flat()

    play(act, desk)
    latest = list_versions(desk)[0]
    assert (latest.source, latest.reason) == ("fichier c.toml", "repris")
