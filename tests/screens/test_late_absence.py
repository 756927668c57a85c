"""An ALSH day cancelled late: by the planning's keys, then among the justificatifs that are waited for."""

from tests.factories import a_family
from tests.screens.counter_acts import NEXT_WEDNESDAY, WEDNESDAY, book_and_pay
from tests.screens.playing import Scene, play
from tests.tui_portail.services.attendance_acts import PRESENT, at, desk_of, mark
from tests.tui_portail.services.till_acts import later
from tui_portail.services.cancellations import waiting_proofs
from tui_portail.services.desk import Desk


def test_a_late_cancellation_confirmed_at_the_planning_waits_for_its_justificatif(desk: Desk) -> None:
    family = a_family(desk, quotient_cents=745_00, renew_alsh_years=(2026,))
    book_and_pay(desk, family, NEXT_WEDNESDAY, activity=WEDNESDAY)
    later(desk, days=8)  # the Wednesday itself
    desk.now()

    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)
        state, grid = scene.screen.state, scene.screen.grid  # type: ignore[attr-defined]
        row = next(place for place, line in enumerate(state.rows) if line.activity == WEDNESDAY)
        grid.go(row, NEXT_WEDNESDAY.weekday())
        await scene.press("space", "v", "t")
        assert len(waiting_proofs(desk)) == 1
        await scene.open("proofs")
        assert "1 absence attend un justificatif" in scene.text()
        assert "ven. 11/12/2026" in scene.text()

    play(act, desk)


def test_a_day_marked_present_is_not_taken_off_the_planning_and_says_why(desk: Desk) -> None:
    family = a_family(desk, quotient_cents=745_00, renew_alsh_years=(2026,))
    book_and_pay(desk, family, NEXT_WEDNESDAY, activity=WEDNESDAY)
    later(desk, days=8)  # the Wednesday itself
    mark(desk_of(desk), at(WEDNESDAY, NEXT_WEDNESDAY), family.child_id, PRESENT)

    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)
        state, grid = scene.screen.state, scene.screen.grid  # type: ignore[attr-defined]
        row = next(place for place, line in enumerate(state.rows) if line.activity == WEDNESDAY)
        grid.go(row, NEXT_WEDNESDAY.weekday())
        await scene.press("space")
        text = " ".join(scene.text().split())
        assert "a été pointé présent" in text
        assert "à retirer" not in text

    play(act, desk)
