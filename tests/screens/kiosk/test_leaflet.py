"""The leaflet of the Portail Famille, step by step as a parent follows it at the public computer, a test a numbered step.

Each test begins where the step before leaves the family, and says the leaflet's sentence.
"""

import re
from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import BOTH_DESKS, Family, a_child, a_desk, a_family
from tests.mail_server import PostOffice
from tests.mail_server import mail_server as mail_server
from tests.screens.kiosk.family_acts import Parent, go_to
from tests.screens.kiosk.playing import WHO, Visit, visit
from tests.screens.playing import Scene, play
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    NEXT_MONDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    alternate_weeks,
    book_and_pay,
    clock_of,
    hold,
    pay_by_card,
    states_of,
)
from tests.tui_portail.services.portal_acts import PASSWORD, a_portal, new_account
from tui_portail.mailing import send
from tui_portail.services.baskets import BasketExpired
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.family_accounts import give_second_identifier
from tui_portail.services.payment import cash_basket
from tui_portail.services.portal import Portal
from tui_portail.services.portal_codes import new_secret
from tui_portail.services.till import open_session


@pytest.fixture
def parent(desk: Desk, family: Family) -> Parent:
    """Marie Dupont, whose account is made: from step 7 on."""
    return Parent(desk, family)


async def _who(scene: Visit) -> None:
    await scene.choose("c", *WHO)


def test_step_01_i_give_my_name_my_first_name_my_email_a_user_name_in_letters_only_and_a_password(
    portal: Portal, family: Family
) -> None:
    async def act(scene: Visit) -> None:
        await scene.choose("c", "Dupont", "Marie", "marie@exemple.fr", "marie34", PASSWORD, PASSWORD)
        assert "lettres seulement" in scene.flat()
        await scene.press("escape")
        await _who(scene)
        assert "Étape 2 sur 3" in scene.flat()

    visit(act, portal)
    assert family.number


def test_step_02_i_type_the_dossier_number_received_by_post(portal: Portal, family: Family) -> None:
    async def act(scene: Visit) -> None:
        await _who(scene)
        await scene.fill("123 456 789")
        await scene.press("enter")
        assert "ne permettent pas de rattacher votre compte" in scene.flat()
        await scene.press("ctrl+u")
        await scene.fill(family.number)
        await scene.press("enter")
        assert "Étape 3 sur 3" in scene.flat()

    visit(act, portal)


def test_step_03_i_check_the_summary_and_confirm(portal: Portal, family: Family, mailbox: object) -> None:
    async def act(scene: Visit) -> None:
        await _who(scene)
        await scene.fill(family.number)
        await scene.press("enter")
        said = scene.flat()
        assert "mariedupont" in said and "marie@exemple.fr" in said and PASSWORD not in said
        await scene.press("enter")
        assert "Un message est parti à m•••@exemple.fr" in scene.flat()

    visit(act, portal)
    with portal.read_public() as connection:
        assert connection.scalars(select(t.portal_account.c.guardian_id)).one() == family.guardian_ids[0]


def test_step_04_i_activate_my_account_with_the_message_received(database: Database, mail_server: PostOffice) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    portal = a_portal(desk)
    portal.desk.post = partial(_posted, mail_server)

    async def act(scene: Visit) -> None:
        await _who(scene)
        await scene.fill(family.number)
        await scene.press("enter", "enter")
        code = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", mail_server.text_to("marie@exemple.fr"))
        assert code is not None
        await scene.fill(code[0])
        await scene.press("enter")
        assert "Votre compte est activé" in scene.flat()

    visit(act, portal)
    [received] = mail_server.to("marie@exemple.fr")
    assert received["Subject"] == "Activez votre compte du Portail Famille"


def _posted(office: PostOffice, message: object) -> None:
    send(office.settings, message)  # type: ignore[arg-type]


def test_step_05_i_sign_in_with_my_user_name_whatever_its_case_and_my_password(portal: Portal, family: Family) -> None:
    secret = new_secret()
    new_account(portal, family, secret)

    async def act(scene: Visit) -> None:
        await scene.choose("a", "MarieDupont", secret.shown_code)
        await scene.press("escape")
        await scene.sign_in("pas-le-bon-mot-de-passe")
        assert "n’est pas le bon" in scene.flat()
        await scene.press("escape")
        await scene.sign_in(username="MARIEDUPONT")
        assert scene.page == "TermsPage"

    visit(act, portal)


def test_step_06_i_accept_the_terms_of_use(portal: Portal, family: Family) -> None:
    secret = new_secret()
    new_account(portal, family, secret)

    async def act(scene: Visit) -> None:
        await scene.choose("a", "mariedupont", secret.code)
        await scene.press("escape")
        await scene.sign_in()
        assert "Version 1, du mardi 1er septembre 2026" in scene.flat()
        await scene.press("enter")
        assert "Bonjour Marie Dupont" in scene.flat()

    visit(act, portal)
    with portal.read_public() as connection:
        accepted = connection.execute(select(t.terms_accepted)).one()
    assert (accepted.version, accepted.terms_on) == ("1", date(2026, 9, 1))


def test_step_07_i_choose_payer_mes_journees(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        assert "Payer mes journées" in scene.flat()
        await scene.press("p")
        assert "Semaine du 30 novembre au 4 décembre 2026" in scene.flat()
        await scene.press("enter")
        assert "+ 1 réservation" not in scene.flat()

    parent.visits(act)


def test_step_08_i_choose_modifier(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        assert "Valider" in scene.flat()

    parent.visits(act)


def test_step_09_i_tick_the_days_i_want(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "right", "enter")
        assert "+ 4 réservations" in scene.flat()

    parent.visits(act)


def test_step_10_i_validate_and_the_amount_is_shown_on_the_right(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter")
        assert "À payer 2,95 €" in scene.flat()
        await scene.press("v")
        assert "Terminer les modifications" in scene.flat()
        assert "Total 2,95 €" in scene.flat()

    parent.visits(act)


def test_step_11_i_end_the_modifications_and_have_a_quarter_of_an_hour_to_pay(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "v", "t")
        assert "jusqu’à 10 h 45 : il reste à payer 2,95 €. Seul le paiement valide l’inscription" in scene.flat()
        assert "15:00" in scene.flat()

    parent.visits(act)


def test_step_12_only_the_payment_at_comptabilite_validates(database: Database, tmp_path: object) -> None:
    desk = a_desk(database, *BOTH_DESKS, documents_dir=tmp_path)  # type: ignore[arg-type]
    open_session(desk, 50_00, new_operation())
    family = a_family(desk)

    async def books(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "v", "t", "c")

    Parent(desk, family).visits(books)
    assert {state for states in states_of(database, family.child_ids).values() for state in states} == {"held"}

    async def cashes(scene: Scene) -> None:
        await scene.open("queue")
        assert "B · " in scene.text()
        await scene.press("enter", "enter")
        assert "Quittance n°" in scene.text()

    play(cashes, desk)
    assert {state for states in states_of(database, family.child_ids).values() for state in states} == {"confirmed"}


def test_step_13_after_the_quarter_of_an_hour_it_is_booked_again(desk: Desk, family: Family, parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "v", "t")

    parent.visits(act)
    clock_of(desk).advance(minutes=15)
    with desk.database.read() as connection:
        basket_id = connection.scalars(select(t.basket.c.id)).one()
    with pytest.raises(BasketExpired):
        cash_basket(desk, basket_id, [], new_operation())
    parent.visits(act)
    assert family.child_id


def test_step_14_cancelled_the_day_before_noon_it_is_an_avoir_used_at_my_next_payment(
    desk: Desk, family: Family, parent: Parent
) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "s", "m")
        await go_to(scene, family.child_id, EVENING, NEXT_MONDAY)
        await scene.press("enter", "v")
        assert "avoir de" in scene.flat()  # told first
        await scene.press("t", "escape", "m")
        await go_to(scene, family.child_id, EVENING, FRIDAY)
        await scene.press("enter", "v", "t")
        assert "réglé" in scene.flat() and "quittance n° 2026-000002" in scene.flat()

    parent.visits(act)


def test_step_15_later_nothing_comes_back(desk: Desk, family: Family, parent: Parent) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    clock_of(desk).advance(days=2, hours=1, minutes=30)  # Thursday at noon

    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        await go_to(scene, family.child_id, EVENING, FRIDAY)
        await scene.press("enter", "v")
        assert "sans remboursement" in scene.flat()
        await scene.press("t", "escape", "escape", "a")
        assert "0,00 €" in scene.flat()

    parent.visits(act)


def test_step_16_an_alsh_day_with_a_justificatif_within_48_hours(desk: Desk) -> None:
    family = a_family(desk, children=(a_child(renew_alsh_years=(2026,)),))
    book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    clock_of(desk).advance(hours=2)

    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        await go_to(scene, family.child_id, WEDNESDAY_ALSH, WEDNESDAY)
        await scene.press("enter", "v")
        assert "justificatif jusqu’au vendredi 4 décembre 2026 inclus" in scene.flat()

    Parent(desk, family).visits(act)


def test_step_17_separated_i_ask_enfance_jeunesse_for_a_second_identifier_and_pay_my_weeks(desk: Desk) -> None:
    family = a_family(desk, two_payers=True)
    alternate_weeks(desk.database, family.child_id, *reversed(family.payer_ids), date(2026, 11, 30))
    secret = new_secret()
    give_second_identifier(desk, family.guardian_ids[1], "karim", "karim@exemple.fr", secret, new_operation())
    portal = a_portal(desk)

    async def act(scene: Visit) -> None:
        await scene.choose("a", "karim", secret.shown_code)
        await scene.fill(PASSWORD, PASSWORD)
        await scene.press("enter")
        await scene.fill(PASSWORD)
        await scene.press("enter", "enter")
        assert "Bonjour Karim Benali" in scene.flat()
        await scene.press("p", "m")
        await go_to(scene, family.child_id, EVENING, FRIDAY)
        await scene.press("enter", "v")
        assert "Total 1,95 €" in scene.flat()
        await scene.press("escape", "s")
        await go_to(scene, family.child_id, EVENING, NEXT_MONDAY)
        await scene.press("enter")
        assert "l’autre parent" in scene.flat()

    visit(act, portal)


def test_step_18_without_internet_i_go_straight_to_enfance_jeunesse_then_pay_at_comptabilite(
    desk: Desk, family: Family
) -> None:
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert pay_by_card(desk, basket.basket_id).quittance_number == "2026-000001"


@pytest.mark.parametrize(
    ("at", "opens"), [("2026-12-05 10:00", "lundi à 0 h"), ("2026-12-02 03:00", "aujourd’hui à 6 h")]
)
def test_step_19_the_portal_is_open_from_monday_to_friday_but_from_two_to_six(
    sqlite_database: Database, at: str, opens: str
) -> None:
    portal = a_portal(a_desk(sqlite_database, at=at))

    async def act(scene: Visit) -> None:
        assert f"sauf de 2 h à 6 h. Il rouvre {opens}." in scene.flat()
        await scene.press("c")
        assert scene.page == "FirstPage"

    visit(act, portal)


def test_step_20_menus_news_and_contacts_are_there_for_everyone(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        for key, page in (("m", "MenusPage"), ("n", "NewsPage"), ("h", "ContactsPage")):
            await scene.press(key)
            assert scene.page == page
            await scene.press("escape")

    visit(act, portal)
