"""Paying online at the kiosk: the code and the address, PayFiP asked until it is over, and each way it ends."""

import pytest

from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.screens.kiosk.family_acts import Parent, beside
from tests.screens.kiosk.playing import PHONE, SMALL, Visit, check_page
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, MORNING, add, clock_of, hold, pay_by_card
from tests.tui_portail.services.online_acts import FakePayFip, paying_online
from tui_portail.services.desk import Desk


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:  # type: ignore[no-redef]
    return a_desk(sqlite_database, commune=paying_online())


@pytest.fixture
def family(desk: Desk) -> Family:
    return a_family(desk, children=2)


@pytest.fixture
def payfip() -> FakePayFip:
    return FakePayFip()


@pytest.fixture
def parent(desk: Desk, family: Family, payfip: FakePayFip) -> Parent:
    made = Parent(desk, family, payfip=payfip)
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    return made


async def _open_page(scene: Visit) -> None:
    await scene.press("p", "b", "l")
    assert scene.page == "OwnOnlinePage"


def test_a_parent_pays_online_on_each_engine(database: Database) -> None:
    desk = a_desk(database, commune=paying_online())
    family, payfip = a_family(desk, children=2), FakePayFip()
    parent = Parent(desk, family, payfip=payfip)

    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "v", "t", "l")
        assert "À payer avant 10 h 45 (15 minutes)" in scene.flat()
        await parent.pauses.end(scene)
        assert "ne la quittez pas" in scene.flat()
        payfip.decide("P")
        await parent.pauses.end(scene)
        assert "Votre paiement est reçu" in scene.flat()
        assert "quittance n° 2026-000001" in scene.flat()
        await scene.press("l")
        assert scene.page == "OwnQuittancePage"
        assert "Total" in scene.flat()
        await scene.press("r")
        assert "La quittance est partie à m•••@exemple.fr" in scene.flat()

    parent.visits(act)
    assert parent.mailbox.last.attachments[0].name == "quittance-2026-000001.pdf"


def test_the_code_fits_a_small_terminal_and_a_telephone_has_the_link(parent: Parent) -> None:
    opened: list[str] = []

    async def small(scene: Visit) -> None:
        await _open_page(scene)
        assert scene.screen.query_one("#code").display
        assert any("█▀▀▀▀▀█" in line for line in scene.lines())
        assert "Ouvrir la page" not in scene.flat()  # the public computer opens no browser

    async def telephone(scene: Visit) -> None:
        await _open_page(scene)
        assert not scene.screen.query_one("#code").display
        assert "https://payfip.exemple.fr" in scene.flat()
        scene.app.open_url = lambda url, **_: opened.append(url)  # type: ignore[method-assign,assignment]
        await scene.press("o")

    parent.visits(small)
    parent.visits(telephone, size=PHONE, guarded=False)
    assert len(opened) == 1
    assert len(parent.payfip.pages if parent.payfip else {}) == 1  # the live page is given again


def test_payfips_silence_is_said_calmly_and_asked_again(parent: Parent, payfip: FakePayFip) -> None:
    async def act(scene: Visit) -> None:
        await _open_page(scene)
        payfip.lost.append(True)
        await parent.pauses.end(scene)
        assert "PayFiP ne répond pas encore, nous redemandons" in beside(scene, "notice")
        payfip.decide("P")
        await parent.pauses.end(scene)
        assert "Votre paiement est reçu" in scene.flat()

    parent.visits(act)


@pytest.mark.parametrize(
    ("code", "words"),
    [("R", "refusé par votre banque"), ("Z", "refusé par votre banque"), ("A", "abandonné")],
)
def test_a_page_that_ends_without_money_offers_another_or_the_counter(
    parent: Parent, payfip: FakePayFip, code: str, words: str
) -> None:
    async def act(scene: Visit) -> None:
        await _open_page(scene)
        payfip.decide(code)
        await parent.pauses.end(scene)
        assert words in beside(scene, "online-words")
        assert "Payer à Comptabilité" in scene.flat()
        await scene.press("n")
        assert len(payfip.pages) == 2
        payfip.decide("P")
        await parent.pauses.end(scene)
        assert "Votre paiement est reçu" in scene.flat()

    parent.visits(act)


def test_a_page_left_unpaid_says_that_its_time_is_over(desk: Desk, parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await _open_page(scene)
        clock_of(desk).advance(minutes=16)
        await parent.pauses.end(scene)
        assert "Le temps de cette page est passé sans paiement" in beside(scene, "online-words")
        await scene.press("n")
        assert "expiré" in scene.flat()

    parent.visits(act)


@pytest.mark.parametrize("silent", [False, True], ids=["not paid yet", "PayFiP silent"])
def test_a_basket_cashed_at_the_desk_meanwhile_takes_the_code_away(
    desk: Desk, family: Family, payfip: FakePayFip, silent: bool
) -> None:
    parent = Parent(desk, family, payfip=payfip)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Visit) -> None:
        await _open_page(scene)
        pay_by_card(desk, basket.basket_id)
        payfip.lost += [True] * silent
        await parent.pauses.end(scene)
        said = beside(scene, "online-words")
        assert "payé au guichet (quittance n° 2026-000001) : ne payez pas en ligne" in said
        assert "payfip.exemple.fr" not in scene.flat() and not scene.screen.query_one("#code").display
        await scene.press("l")
        assert scene.page == "OwnQuittancePage"
        await scene.press("escape")
        assert scene.page == "OwnOnlinePage"  # one page back
        await scene.press("escape")
        assert scene.page == "FamilyHome"

    parent.visits(act)


def test_once_the_quarter_of_an_hour_is_over_a_page_still_open_says_what_money_does_then(
    desk: Desk, parent: Parent
) -> None:
    async def act(scene: Visit) -> None:
        clock_of(desk).advance(minutes=10)
        await _open_page(scene)
        clock_of(desk).advance(minutes=6)
        scene.screen._say_page()  # type: ignore[attr-defined]  # what the timer does
        said = beside(scene, "online-words")
        assert "vos places sont reprises s’il en reste, sinon la somme devient un avoir" in said
        assert "À payer avant" not in said
        clock_of(desk).advance(minutes=10)
        scene.screen._say_page()  # type: ignore[attr-defined]
        assert "Le temps de cette page est passé" in beside(scene, "online-words")

    parent.visits(act)


def test_no_page_says_why_and_another_may_be_asked(parent: Parent, payfip: FakePayFip) -> None:
    async def act(scene: Visit) -> None:
        payfip.lost.append(False)
        await _open_page(scene)
        assert "PayFiP n’est pas joignable" in scene.flat()
        await scene.press("n")
        assert "À payer avant 10 h 45" in scene.flat()

    parent.visits(act)


def test_late_money_tells_what_was_kept_and_the_avoir(
    desk: Desk, family: Family, parent: Parent, payfip: FakePayFip
) -> None:
    async def act(scene: Visit) -> None:
        await _open_page(scene)
        clock_of(desk).advance(minutes=16)
        payfip.decide("P")
        await parent.pauses.end(scene)
        assert "1 réservation confirmée" in scene.flat()

    parent.visits(act)


def test_late_money_for_a_place_taken_becomes_an_avoir(
    desk: Desk, family: Family, parent: Parent, payfip: FakePayFip
) -> None:
    stranger = a_family(desk, last_name="Martin")
    hold(desk, family.dossier_id, add(family.child_id, MORNING, FRIDAY))

    async def act(scene: Visit) -> None:
        await _open_page(scene)
        clock_of(desk).advance(minutes=16)
        _full(desk, EVENING)
        hold(desk, stranger.dossier_id, add(stranger.child_id, MORNING, FRIDAY))
        payfip.decide("P")
        await parent.pauses.end(scene)
        assert "1 réservation n’a pas pu être gardée" in scene.flat()
        assert "avoir n° AV-2026-000001" in scene.flat()

    parent.visits(act)


def _full(desk: Desk, activity: str) -> None:
    from sqlalchemy import update

    from models import tables as t

    with desk.database.write() as connection:
        connection.execute(
            update(t.slot).where(t.slot.c.activity_code == activity, t.slot.c.day == FRIDAY).values(capacity=0)
        )


def test_the_rest_waits_while_a_page_is_being_paid_and_warns_once_it_is_over(
    parent: Parent, payfip: FakePayFip
) -> None:
    async def act(scene: Visit) -> None:
        await _open_page(scene)
        await scene.rest(300)
        assert scene.page == "OwnOnlinePage"
        payfip.decide("P")
        await parent.pauses.end(scene)
        await scene.rest(52)
        assert scene.page == "RestWarning"
        await scene.rest(10)
        assert scene.page == "FirstPage"

    parent.visits(act)


def test_a_page_that_payfip_never_answers_about_does_not_keep_the_kiosk_awake_past_its_end(
    desk: Desk, parent: Parent, payfip: FakePayFip
) -> None:
    async def act(scene: Visit) -> None:
        await _open_page(scene)
        clock_of(desk).advance(minutes=16)
        payfip.lost += [True] * 3
        await parent.pauses.end(scene)
        scene.screen._say_page()  # type: ignore[attr-defined]  # what the timer does
        await scene.rest(61)
        assert scene.page == "FirstPage"

    parent.visits(act)


@pytest.mark.parametrize("size", [SMALL, PHONE], ids=["80x24", "40x30"])
def test_the_pages_are_as_kept(parent: Parent, payfip: FakePayFip, size: tuple[int, int]) -> None:
    async def act(scene: Visit) -> None:
        await _open_page(scene)
        check_page(scene, "online")
        payfip.decide("R")
        await parent.pauses.end(scene)
        check_page(scene, "online-refused")

    parent.visits(act, size=size)
