"""The justificatifs: an absence waits, is accepted with its avoir or refused with a reason; a rule's refusal keeps what was typed."""

from datetime import date

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.screens.counter_acts import WEDNESDAY, a_late_absence, book_and_pay, cancel
from tests.screens.playing import Scene, play
from tests.tui_portail.services.till_acts import later
from tui_portail.services.cancellations import waiting_proofs
from tui_portail.services.desk import new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.till import open_session


def test_a_justificatif_in_time_is_accepted_and_its_avoir_note_is_drawn(database: Database, tmp_path) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    open_session(desk, 0, new_operation())
    family = a_family(desk, renew_alsh_years=(2026,))
    a_late_absence(desk, family)
    [row] = waiting_proofs(desk)

    async def act(scene: Scene) -> None:
        await scene.press("f6")
        assert "1 absence attend un justificatif" in scene.text()
        assert "ven. 11/12/2026" in scene.text()
        await scene.press("a")
        assert "Reçu jusqu’au vendredi 11 décembre 2026 inclus" in scene.flat()
        await scene.type("10/12")
        await scene.press("enter", "enter")
        assert "est après aujourd’hui" in scene.flat(), "the rule's own sentence"
        await scene.press("shift+tab")
        await scene.type("8/12")
        assert "est après aujourd’hui" not in scene.flat(), "a refusal goes away while it is corrected"
        await scene.press("enter", "enter")
        assert "Fait : Justificatif vu le mercredi 9 décembre 2026 par Camille Roux, accepté" in scene.flat()
        assert "L’avis d’avoir est prêt. Aucune imprimante n’est choisie." in scene.flat()
        assert ".pdf" in scene.text(), "the path is whole, on as many lines as it takes"
        assert "Aucune absence n’attend de justificatif." in scene.text()

    play(act, desk)
    assert waiting_proofs(desk) == ()
    assert load_dossier(desk, family.dossier_id).payers[0].avoir_cents == row.refund_cents > 0
    assert len(list(tmp_path.rglob("avoir-*.pdf"))) == 1


def test_a_justificatif_is_refused_with_a_reason_of_the_communes_list(database: Database, tmp_path) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    open_session(desk, 0, new_operation())
    family = a_family(desk, renew_alsh_years=(2026,))
    a_late_absence(desk, family)

    async def act(scene: Scene) -> None:
        await scene.press("f6", "r")
        assert "Document illisible ou incomplet" in scene.text()
        await scene.press("enter", "down", "down", "enter")
        assert "refusé (Document illisible ou incomplet) : aucun avoir" in scene.flat()

    play(act, desk)
    assert load_dossier(desk, family.dossier_id).payers[0].avoir_cents == 0


def test_an_absence_that_can_still_be_accepted_comes_before_one_that_has_run_out(desk) -> None:
    family = a_family(desk, children=2, renew_alsh_years=(2026,), quotient_cents=745_00)
    a_late_absence(desk, family)
    book_and_pay(desk, family, date(2026, 12, 16), activity=WEDNESDAY, child=1)
    later(desk, days=7)
    cancel(desk, family, date(2026, 12, 16), activity=WEDNESDAY, child=1)

    async def act(scene: Scene) -> None:
        await scene.press("f6")
        assert scene.screen.chosen.first_on == date(2026, 12, 16)
        assert "x délai passé pour 1" in scene.flat()

    play(act, desk)


def test_a_late_justificatif_cannot_be_accepted_and_the_absence_still_waits(desk, family) -> None:
    other = a_family(desk, last_name="[red]x[/]", renew_alsh_years=(2026,))
    a_late_absence(desk, other)
    later(desk, days=4)

    async def act(scene: Scene) -> None:
        await scene.press("f6")
        assert "x ven. 11/12/2026" in scene.text(), "a late absence has a letter, not only a colour"
        assert "[red]x[/]" in scene.text()
        await scene.press("a")
        await scene.press("enter", "enter")
        assert "au plus tard le vendredi 11 décembre 2026 inclus" in scene.flat()
        for _ in range(20):
            await scene.press("escape", "a")
        assert type(scene.screen).__name__ == "ProofDialog"
        await scene.press("escape", "o")
        assert "Dossier [red]x[/]" in scene.text()

    play(act, desk)
    assert len(waiting_proofs(desk)) == 1
