"""What the portal shows to everyone, and who may close it: on both engines."""

from datetime import date

import pytest

from models.engine import Database
from tests.factories import a_desk, a_family, an_agent
from tests.tui_portail.services.portal_acts import PASSWORD, Mailbox, a_form, a_portal, an_active_account, new_account
from tui_portail.mail_refusals import MailNotSent
from tui_portail.mailing import Message
from tui_portail.menus import EVERYWHERE, Course, DayMenu, read_course
from tui_portail.services.agents import hash_password
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.menus import record_menus
from tui_portail.services.news import NewsForm, publish_news
from tui_portail.services.portal import Portal, was_done
from tui_portail.services.portal_accounts import activate_by_code, create_account
from tui_portail.services.portal_codes import CodeRefused, new_secret
from tui_portail.services.portal_exit import check_agent
from tui_portail.services.portal_home import open_home
from tui_portail.services.portal_messages import NOT_NOW, REFUSED
from tui_portail.services.portal_public import portal_state, public_contacts, public_menus, public_news, public_terms
from tui_portail.services.portal_sign_in import ask_new_password, choose_password, sign_in_parent
from tui_portail.services.rights import Role
from tui_portail.services.sign_in import BadCredentials


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database)


@pytest.fixture
def portal(desk: Desk) -> Portal:
    return a_portal(desk)


def test_menus_news_and_contacts_are_read_without_an_account_at_night_too(database: Database) -> None:
    desk = a_desk(database, at="2026-12-05 03:00")
    record_menus(desk, [DayMenu(date(2026, 12, 1), EVERYWHERE, read_course(Course.MAIN, "Gratin"))], new_operation())
    publish_news(desk, NewsForm("Repas", "Jeudi.", date(2026, 12, 1)), new_operation())
    portal = a_portal(desk)
    assert public_menus(portal).monday == date(2026, 11, 30)
    assert public_menus(portal, date(2026, 12, 1)).days[1].dishes[0].label == "Gratin"
    assert [one.title for one in public_news(portal)] == ["Repas"]
    contacts = public_contacts(portal)
    assert "ALP Harmonie : 06 86 68 95 66" in contacts.sites
    assert contacts.hours == "Le Portail Famille est ouvert du lundi au vendredi, sauf de 2 h à 6 h."
    assert public_terms(portal).version == "1"
    state = portal_state(portal)
    assert not state.open
    assert "lundi à 0 h" in state.sentence
    assert not state.demo


def test_the_home_names_the_parent_and_masks_their_address(portal: Portal, desk: Desk) -> None:
    an_active_account(portal, a_family(desk))
    home = open_home(portal)
    assert (home.name, home.email) == ("Marie Dupont", "m•••@exemple.fr")
    assert portal_state(portal).open


def test_an_agent_closes_the_kiosk_and_the_portals_own_seat_stays(portal: Portal, desk: Desk) -> None:
    an_agent(desk.database, Role.SITE, username="zoe", password_hash=hash_password(PASSWORD))
    seat = portal.desk.agent
    check_agent(portal, "zoe", PASSWORD)
    assert portal.desk.agent is seat
    for name in ("personne", "portail famille", "zoe"):
        with pytest.raises(BadCredentials):
            check_agent(portal, name, "")


def test_an_activation_and_a_new_password_sent_again_are_done_already(desk: Desk) -> None:
    mailbox, secret = Mailbox(), new_secret()
    portal = a_portal(desk, mailbox)
    made = new_account(portal, a_family(desk), secret)
    activation, asking, choosing = new_operation(), new_operation(), new_operation()
    for _ in range(2):
        activate_by_code(portal, made.username, secret.code, activation)
    assert was_done(portal, activation)
    with pytest.raises(CodeRefused):
        activate_by_code(portal, made.username, secret.code, new_operation())
    other = new_secret()
    ask_new_password(portal, made.username, other, asking)
    for _ in range(2):
        choose_password(portal, made.username, other.code, "cerise-lampe-mardi", choosing)
    assert sign_in_parent(portal, made.username, "cerise-lampe-mardi").name == "Marie Dupont"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("COURRIEL_DESTINATAIRE_REFUSE", REFUSED),
        ("COURRIEL_SERVEUR_INJOIGNABLE", NOT_NOW),
        ("COURRIEL_REFUSE", NOT_NOW),
    ],
)
def test_why_a_message_did_not_leave_names_no_server_to_a_parent(desk: Desk, code: str, sentence: str) -> None:
    def refuse(_message: Message) -> None:
        raise MailNotSent("smtp.mairie.example:587 a répondu non.", code=code)

    portal = a_portal(desk)
    portal.desk.post = refuse
    family = a_family(desk)

    made = create_account(portal, a_form(), family.number, new_secret(), new_operation())
    assert (made.sent.done, made.sent.sentence) == (False, sentence)
