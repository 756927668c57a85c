"""« M’identifier », the code typed, the password forgotten, the terms, the account unlinked: what is told, and what is never told."""

from dataclasses import replace
from unittest.mock import patch

import pytest
from sqlalchemy import update
from textual.widgets import Input

from models import tables as t
from models.engine import Database
from screens.kiosk.terms import TermsPage
from tests.factories import Family, a_desk, a_family
from tests.screens.kiosk.playing import Visit, visit
from tests.tui_portail.services.portal_acts import PASSWORD, Mailbox, a_portal, an_active_account, new_account
from tui_portail.services import portal_public
from tui_portail.services.portal import Portal
from tui_portail.services.portal_codes import new_secret

OTHER = "cerise-lampe-mardi"


@pytest.fixture
def active(portal: Portal, family: Family) -> Portal:
    """The portal of Marie Dupont, whose account is activated and signed out."""
    an_active_account(portal, family)
    portal.forget()
    return portal


def said_to(portal: Portal, username: str, password: str) -> str:
    """What the page shows after a sign-in, without the name typed."""
    shown: list[str] = []

    async def act(scene: Visit) -> None:
        await scene.sign_in(password, username)
        assert [field.value for field in scene.screen.query(Input)] == [username, ""]
        shown.append(scene.flat().replace(username, "…"))

    visit(act, portal)
    return shown[0]


def test_an_unknown_name_and_a_wrong_password_look_alike(active: Portal) -> None:
    unknown = said_to(active, "mariedupond", PASSWORD)
    assert unknown == said_to(active, "mariedupont", "faux-mot-de-passe")
    assert "n’est pas le bon" in unknown


def test_a_parent_signs_in_whatever_the_case_and_goes_home(database: Database) -> None:
    desk = a_desk(database)
    portal = a_portal(desk)
    an_active_account(portal, a_family(desk))
    portal.forget()

    async def act(scene: Visit) -> None:
        await scene.sign_in(username="MarieDupont")
        assert scene.page == "FamilyHome"

    visit(act, portal)


def test_an_empty_name_or_password_is_asked_for(active: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("i", "enter", "enter")
        assert "✗ Tapez votre nom d’utilisateur." in scene.flat()

    visit(act, active)


def test_an_account_not_activated_leads_to_its_activation(portal: Portal, family: Family) -> None:
    new_account(portal, family)

    async def act(scene: Visit) -> None:
        await scene.sign_in()
        assert scene.page == "ActivationPage"
        assert "Votre compte n’est pas encore activé" in scene.flat()
        assert "tapez ici le code" in scene.flat()

    visit(act, portal)


def test_a_code_wrong_six_times_is_asked_no_more(portal: Portal, family: Family) -> None:
    new_account(portal, family)

    async def act(scene: Visit) -> None:
        await scene.press("a")
        await scene.fill("mariedupont", "AAAAA-AAAAA")
        for _ in range(5):
            await scene.press("enter")
            assert "✗ Ce code n’est pas valable" in scene.flat()
        await scene.press("enter")
        assert "Trop d’essais" in scene.flat()

    visit(act, portal)


def test_another_code_is_sent_and_the_first_one_opens_nothing_more(
    portal: Portal, family: Family, mailbox: Mailbox
) -> None:
    new_account(portal, family)

    async def act(scene: Visit) -> None:
        await scene.press("a")
        await scene.fill("mariedupont")
        scene.screen.action_send_again()  # type: ignore[attr-defined]
        await scene.settle()
        first, second = scene.codes
        await scene.press("enter")
        await scene.fill(first)
        await scene.press("enter")
        assert "✗ Ce code n’est pas valable" in scene.flat()
        scene.screen.query(Input)[1].value = second
        await scene.press("enter")
        assert "Votre compte est activé" in scene.flat()

    visit(act, portal, mailbox=mailbox)


def test_asking_for_another_code_says_the_same_for_a_name_that_nobody_has(portal: Portal, mailbox: Mailbox) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("a")
        await scene.fill("personne")
        scene.screen.action_send_again()  # type: ignore[attr-defined]
        await scene.settle()
        assert "Si un compte à activer porte ce nom" in scene.flat()
        assert not mailbox.messages

    visit(act, portal, mailbox=mailbox)


def test_an_account_given_by_the_mairie_takes_its_password_when_activated(portal: Portal, family: Family) -> None:
    secret = new_secret()
    made = new_account(portal, family, secret)
    with portal.desk.database.write() as connection:
        account = t.portal_account
        connection.execute(update(account).where(account.c.id == made.account_id).values(password_hash=""))

    async def act(scene: Visit) -> None:
        await scene.choose("a", "mariedupont", secret.shown_code)
        assert "Votre compte vous a été donné par la mairie" in scene.flat()
        await scene.fill(OTHER, OTHER)
        await scene.press("enter")
        assert "Votre compte est activé" in scene.flat()
        await scene.fill(OTHER)
        await scene.press("enter")
        assert scene.page == "TermsPage"

    visit(act, portal)


def test_a_forgotten_password_is_answered_alike_at_once_and_changed_by_the_code(
    active: Portal, mailbox: Mailbox
) -> None:
    mailbox.messages.clear()

    async def act(scene: Visit) -> None:
        await scene.choose("o", "personne")
        nobody = scene.flat()
        assert not mailbox.messages
        await scene.press("escape")
        await scene.choose("o", "mariedupont")
        assert scene.flat() == nobody
        [code] = scene.codes
        await scene.fill(code, OTHER, OTHER)
        await scene.press("enter")
        assert "Votre mot de passe est changé" in scene.flat()
        await scene.fill(OTHER)
        await scene.press("enter")
        assert scene.page == "FamilyHome"

    visit(act, active, mailbox=mailbox)


def test_where_no_message_can_be_sent_it_is_said_to_everyone(active: Portal) -> None:
    active.desk.post = None

    async def act(scene: Visit) -> None:
        for name in ("personne", "mariedupont"):
            await scene.choose("o", name)
            assert "La mairie n’a pas réglé l’envoi des messages" in scene.flat()
            await scene.press("escape")

    visit(act, active)


def test_terms_refused_end_the_session_and_new_terms_are_asked_again(active: Portal) -> None:
    with active.desk.database.write() as connection:
        connection.execute(update(t.portal_account).values(terms_version="d’avant"))
    in_force = active.desk.commune().policy.portal.terms
    terms = replace(in_force, paragraphs=("Premier [b]article[/].", "Second article."))

    async def act(scene: Visit) -> None:
        await scene.sign_in()
        assert scene.page == "TermsPage"
        assert "Premier [b]article[/]." in scene.text()
        await scene.press("escape")
        assert scene.page == "FirstPage"
        assert "votre session est fermée" in scene.flat()
        assert not scene.app.is_signed
        await scene.sign_in()
        await scene.press("enter")
        assert scene.page == "FamilyHome"

    with patch.object(portal_public, "public_terms", lambda _portal: terms):
        visit(act, active)


def test_an_account_unlinked_is_asked_for_its_number_and_linked_again(active: Portal, family: Family) -> None:
    with active.desk.database.write() as connection:
        connection.execute(update(t.portal_account).values(guardian_id=None))
        connection.execute(update(t.guardian).values(linked_at=None))

    async def act(scene: Visit) -> None:
        await scene.sign_in()
        assert "Votre compte n’est rattaché à aucun dossier" in scene.flat()
        await scene.fill("123")
        await scene.press("enter")
        assert "✗ Ce numéro de dossier" in scene.flat()
        scene.screen.query_one(Input).value = family.number
        await scene.press("enter")
        assert scene.page == "FamilyHome"

    visit(act, active)


def test_a_session_ended_meanwhile_goes_back_to_the_first_page_and_says_so(active: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.sign_in()
        with active.desk.database.write() as connection:
            account = t.portal_account
            connection.execute(update(account).values(version=account.c.version + 1))
        await scene.press("m", "escape")
        assert scene.page == "FirstPage"
        assert "Votre session est terminée" in scene.flat()

    visit(act, active)


def test_long_terms_say_that_they_go_on_until_their_end(portal: Portal, family: Family) -> None:
    an_active_account(portal, family)
    in_force = portal.desk.commune().policy.portal.terms
    long = replace(in_force, paragraphs=("Ce portail sert à réserver les journées de vos enfants.",) * 20)

    async def act(scene: Visit) -> None:
        with patch.object(portal_public, "public_terms", lambda _portal: long):
            scene.app.push_screen(TermsPage())
            await scene.settle()
        assert "Le texte continue" in scene.flat()
        for _ in range(6):
            await scene.press("pagedown")
        assert "Le texte continue" not in scene.flat()
        await scene.press("pageup")
        assert "Le texte continue" in scene.flat()

    visit(act, portal)
