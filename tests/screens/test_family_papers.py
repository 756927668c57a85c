"""Papers by the keys: a day waits for one, it is seen at the counter, the day can be ticked; and what is to be asked of whom."""

from datetime import date

from textual.widgets import OptionList

from models.engine import Database
from screens.dossier_lines import LineKind
from tests.factories import a_desk, a_family, an_agent
from tests.screens.playing import SIZES_AND_ENGINES, Scene, play
from tests.screens.test_dossier_screen import go_to
from tui_portail.paper_rules import PaperState
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role
from tui_portail.services.supporting_documents import papers_of

MISSING = "ne se réserve pas pour Inès sans la pièce « Fiche sanitaire de liaison »"


async def first_day_of_the_holidays(scene: Scene, dossier_id: int) -> None:
    """Open the planning on Monday 21 December."""
    await scene.open("planning", dossier_id)
    await scene.press("semicolon", "semicolon", "semicolon", "home")


@SIZES_AND_ENGINES
def test_a_day_is_refused_for_want_of_a_paper_then_ticked_once_it_is_seen_at_the_counter(
    database: Database, size: tuple[int, int]
) -> None:
    desk = a_desk(database)
    family = a_family(desk, renew_alsh_years=(2026,), health_forms=False)

    async def act(scene: Scene) -> None:
        await first_day_of_the_holidays(scene, family.dossier_id)
        await scene.press("space")
        assert f"« ALSH vacances scolaires » du lundi 21 décembre 2026 {MISSING}" in scene.flat()
        assert "Rien de coché" in scene.text()
        await scene.press("d")
        assert "Dérogation" in scene.text() and MISSING in scene.flat()
        await scene.press("escape", "escape")

        await scene.open("dossier", family.dossier_id)
        await scene.press("i")
        assert "3 pièces à demander" in scene.text()
        await scene.press("down", "space", "space", "enter")
        assert "Fiche sanitaire de liaison, Inès Dupont" in scene.text()
        await scene.type("2/12")
        await scene.press("f10")
        assert "Fait : 2 pièces vues le 01/12/2026 par Camille Roux." in scene.flat()
        assert "1 pièce à demander" in scene.text()
        await scene.press("up")
        assert "Fiche sanitaire de liaison · Inès Dupont · vue le 01/12/2026 par Camille Roux" in scene.flat()

        await scene.press("escape", "escape")
        await first_day_of_the_holidays(scene, family.dossier_id)
        await scene.press("space")
        assert "+ 1 à ajouter" in scene.text()
        assert "À ajouter, 18,00 €. QF non justifié à cette date : tarif le plus haut." in scene.flat()

    play(act, desk, size=size)


def test_a_paper_that_is_too_old_is_said_beside_what_was_typed_and_a_mistake_is_taken_back(desk: Desk) -> None:
    family = a_family(desk)

    async def act(scene: Scene) -> None:
        await scene.open("family_papers", family.dossier_id)
        await scene.press("enter")
        await scene.type("1/6/2025")
        await scene.press("enter")
        assert "« Justificatif de domicile » n’est plus valable depuis le dimanche 31 mai 2026" in scene.flat()
        assert "1/6/2025" in scene.text(), "what was typed stays"
        await scene.press("ctrl+u")
        await scene.type("15/11")
        await scene.press("enter")
        assert "jusqu’au 14/11/2027" in scene.text()
        await scene.press("down", "r")
        assert "n’a pas été vue" in scene.flat()
        await scene.press("down", "r")
        assert "Elle ne comptera plus" in scene.flat()
        await scene.press("enter")
        assert "Fait : pièce retirée." in scene.flat()

    play(act, desk)
    home, _, form, *_ = papers_of(desk, family.dossier_id).lines
    assert (home.seen_on, form.state) == (date(2026, 12, 1), PaperState.MISSING)


def test_the_papers_to_ask_for_are_filtered_and_open_the_family(desk: Desk) -> None:
    family = a_family(desk, last_name="[b]Zola[/]", children=2)

    async def act(scene: Scene) -> None:
        await scene.open("missing_papers")
        assert "1 famille. Toutes les pièces, tous les sites, aujourd’hui." in scene.text()
        assert "[b]Zola[/]" in scene.text()
        await scene.press("t", "t")
        assert "Attestation d’assurance scolaire et extrascolaire (Gabriel et Inès)" in scene.flat()
        await scene.press("s")
        assert "0 famille" in scene.text() and "Aucune pièce ne manque." in scene.text()
        await scene.press("s", "m")
        assert "d’ici un mois" in scene.flat()
        await scene.press("i")
        assert type(scene.screen).__name__ == "FamilyPapersScreen"
        await scene.press("o")
        assert scene.screen.query_one("#dossier-lines", OptionList)

    play(act, desk)
    assert len(papers_of(desk, family.dossier_id).to_ask) == 3


def test_a_payer_leaves_the_quotients_to_ask_for_once_the_proof_is_recorded(desk: Desk) -> None:
    a_family(desk)

    async def act(scene: Scene) -> None:
        await scene.open("quotients")
        assert "1 payeur" in scene.text()
        assert "Dupont Marie" in scene.text() and "jamais fourni" in scene.text() and "06 12 34 56 78" in scene.text()
        await scene.press("enter")
        await go_to(scene, LineKind.PAYER)
        await scene.type("745")
        await scene.press("down", "down", "down", "right", "f10")
        assert "QF 745 jusqu’au 31/12/2027" in scene.flat()
        assert "preuve du QF : attestation MSA, vue par Camille Roux" in scene.flat()
        await scene.press("escape")
        assert "Aucun quotient n’est à demander." in scene.text()
        await scene.press("f10")
        assert "quotients-a-demander-" in scene.flat().replace(" ", "")

    play(act, desk)


def test_comptabilite_is_shown_no_paper(desk: Desk) -> None:
    family = a_family(desk)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.press("i")
        desk.sign(an_agent(desk.database, Role.COMPTABILITE))
        await scene.press("f5")
        assert "Fiche sanitaire" not in scene.text()
        await scene.open("dossier", family.dossier_id)
        await scene.press("i")
        assert "Réservé à : Enfance/Jeunesse" in scene.flat()

    play(act, desk)
