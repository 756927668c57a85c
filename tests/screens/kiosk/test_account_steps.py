"""« Créer mon compte » at the kiosk, as the leaflet has it: identity, number received by post, summary; then the code of the message."""

from unittest.mock import patch

from sqlalchemy import func, select
from textual.widgets import Input

from models import tables as t
from models.database_errors import DatabaseUnreachable
from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.screens.kiosk.playing import PHONE, WHO, Visit, visit
from tests.tui_portail.services.portal_acts import PASSWORD, Mailbox, a_portal
from tui_portail.mail_refusals import MailNotSent
from tui_portail.mailing import Message
from tui_portail.portal_rules import Secret
from tui_portail.services import portal_accounts
from tui_portail.services.passwords import MINIMUM_LENGTH
from tui_portail.services.portal import Portal
from tui_portail.services.portal_accounts import AccountForm, NewAccount


def typed(scene: Visit) -> list[str]:
    return [field.value for field in scene.screen.query(Input)]


def accounts(portal: Portal) -> int:
    with portal.read_public() as connection:
        return connection.scalar(select(func.count()).select_from(t.portal_account)) or 0


def test_a_parent_makes_an_account_in_three_steps_activates_it_accepts_the_terms_and_is_at_home(
    database: Database,
) -> None:
    desk, mailbox = a_desk(database), Mailbox()
    family, portal = a_family(desk), a_portal(desk, mailbox)

    async def act(scene: Visit) -> None:
        await scene.choose("c", *WHO)
        assert "Étape 2 sur 3" in scene.flat()
        await scene.fill(family.number)
        await scene.press("enter")
        assert "Étape 3 sur 3" in scene.flat()
        await scene.press("enter")
        assert "Un message est parti à m•••@exemple.fr" in scene.flat()
        [code] = scene.codes
        await scene.fill(code.lower())
        await scene.press("enter")
        assert "Votre compte est activé" in scene.flat()
        await scene.fill(PASSWORD)
        await scene.press("enter")
        assert "Version 1, du mardi 1er septembre 2026" in scene.flat()
        await scene.press("enter")
        assert scene.page == "FamilyHome"
        assert "Bonjour Marie Dupont." in scene.flat()
        await scene.press("escape", "escape")
        assert scene.page == "FirstPage"
        assert not scene.app.is_signed

    visit(act, portal, mailbox=mailbox)


def test_the_same_on_a_telephone_in_one_column(portal: Portal, family: Family, mailbox: Mailbox) -> None:
    async def act(scene: Visit) -> None:
        await scene.choose("c", *WHO)
        await scene.fill(family.number)
        await scene.press("enter", "enter")
        assert "m•••@exemple.fr" in scene.flat()

    visit(act, portal, mailbox=mailbox, size=PHONE)


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.choose("c", "Dupont", "Marie", "marie@exemple.fr", "marie2", PASSWORD, PASSWORD)
        assert "✗ Le nom d’utilisateur s’écrit en lettres seulement" in scene.flat()
        assert typed(scene) == ["Dupont", "Marie", "marie@exemple.fr", "marie2", PASSWORD, PASSWORD]
        assert scene.screen.focused is list(scene.screen.query(Input))[3]
        await scene.press("backspace")
        assert "✗" not in scene.text()

    visit(act, portal)


def test_an_address_that_is_none_a_short_password_and_two_that_differ_are_said_in_the_service_s_words(
    portal: Portal,
) -> None:
    async def act(scene: Visit) -> None:
        await scene.choose("c", "Dupont", "Marie", "marie", "mariedupont", "court", "cours")
        assert "L’adresse électronique s’écrit comme" in scene.flat()
        assert scene.screen.field("password").text == ""  # type: ignore[attr-defined]
        fields = list(scene.screen.query(Input))
        fields[2].value, fields[4].value, fields[5].value = "marie@exemple.fr", "court", "court"
        scene.screen.action_submit()  # type: ignore[attr-defined]
        await scene.settle()
        assert "Choisissez un mot de passe d’au moins" in scene.flat()

    visit(act, portal)


def test_going_back_keeps_what_was_typed_and_the_number_too(portal: Portal, family: Family) -> None:
    async def act(scene: Visit) -> None:
        await scene.choose("c", *WHO)
        await scene.fill(family.number)
        await scene.press("enter")
        assert scene.page == "SummaryPage"
        await scene.press("escape")
        assert typed(scene) == [family.number]
        await scene.press("escape")
        assert typed(scene) == list(WHO)
        await scene.press("enter")
        assert typed(scene) == [family.number]

    visit(act, portal)


def test_the_password_is_hidden_shown_when_asked_and_never_in_the_summary(portal: Portal, family: Family) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("c")
        await scene.fill(*WHO)
        assert PASSWORD not in scene.text()
        scene.screen.action_reveal()  # type: ignore[attr-defined]
        await scene.settle()
        assert scene.text().count(PASSWORD) == 2
        assert "Cacher le mot de passe" in scene.text()
        await scene.press("enter")
        await scene.fill(family.number)
        await scene.press("enter")
        assert PASSWORD not in scene.text()
        assert "celui que vous avez choisi" in scene.flat()

    visit(act, portal)


def test_a_number_that_is_not_theirs_is_refused_beside_it_without_saying_why(portal: Portal, family: Family) -> None:
    async def act(scene: Visit) -> None:
        await scene.choose("c", "Durand", *WHO[1:])
        await scene.fill(family.number)
        await scene.press("enter")
        assert "✗ Ce numéro de dossier et ce nom ne permettent pas" in scene.flat()
        assert typed(scene) == [family.number]

    visit(act, portal)


def test_a_confirmation_whose_answer_was_lost_is_sent_again_and_done_once(
    portal: Portal, family: Family, mailbox: Mailbox
) -> None:
    real, answers = portal_accounts.create_account, []

    def lost_once(portal: Portal, form: AccountForm, number: str, secret: Secret, operation: str) -> NewAccount:
        answers.append(real(portal, form, number, secret, operation))
        if len(answers) == 1:
            raise DatabaseUnreachable("La base ne répond pas.")
        return answers[-1]

    async def act(scene: Visit) -> None:
        await scene.choose("c", *WHO)
        await scene.fill(family.number)
        await scene.press("enter", "enter")
        assert "Le service est momentanément indisponible" in scene.flat()
        assert scene.page == "SummaryPage"
        await scene.press("enter")
        assert "m•••@exemple.fr" in scene.flat()
        assert answers[0].account_id == answers[1].account_id
        assert len(set(scene.codes)) == 1, "the same secret, sent twice"
        assert accounts(portal) == 1

    with patch.object(portal_accounts, "create_account", lost_once):
        visit(act, portal, mailbox=mailbox)


def test_a_message_that_does_not_leave_is_said_in_words_for_a_parent(portal: Portal, family: Family) -> None:
    def no_server(_message: Message) -> None:
        raise MailNotSent("Le serveur smtp.mairie.example:587 ne répond pas.", code="COURRIEL_SERVEUR_INJOIGNABLE")

    portal.desk.post = no_server

    async def act(scene: Visit) -> None:
        await scene.choose("c", *WHO)
        await scene.fill(family.number)
        await scene.press("enter", "enter")
        assert scene.page == "ActivationPage"
        assert "le message n’est pas parti" in scene.flat()
        assert "smtp.mairie" not in scene.flat()

    visit(act, portal)


def test_a_pasted_text_with_line_ends_is_one_line(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("c")
        await scene.burst("\x1b[200~Du\npont\r\n Martin\x1b[201~")
        assert typed(scene)[0] == "Du pont Martin"

    visit(act, portal)


def test_markup_typed_in_a_name_is_text(portal: Portal, family: Family) -> None:
    async def act(scene: Visit) -> None:
        await scene.choose("c", "[red]Dupont[/]", *WHO[1:])
        await scene.press("escape")
        assert typed(scene)[0] == "[red]Dupont[/]"

    visit(act, portal)


def test_passwords_that_differ_are_both_typed_again_and_their_length_is_said_before(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("c")
        assert f"Mot de passe ({MINIMUM_LENGTH} caractères min.)" in scene.flat()
        await scene.fill("Dupont", "Marie", "marie@exemple.fr", "mariedupont", PASSWORD, f"{PASSWORD}x")
        await scene.press("enter")
        assert "Les deux mots de passe ne sont pas les mêmes" in scene.flat()
        assert typed(scene) == ["Dupont", "Marie", "marie@exemple.fr", "mariedupont", "", ""]
        await scene.fill(PASSWORD, PASSWORD)
        await scene.press("enter")
        assert "Étape 2 sur 3" in scene.flat()

    visit(act, portal)


def test_all_that_is_wrong_in_the_first_step_is_said_at_once(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.choose("c", "", "", "marie", "marie34", "court", "court")
        said = scene.flat()
        for sentence in (
            "Donnez votre nom",
            "Donnez votre prénom",
            "L’adresse électronique s’écrit",
            "lettres seulement",
            f"au moins {MINIMUM_LENGTH} caractères",
        ):
            assert sentence in said
        await scene.fill("Dupont")
        assert typed(scene)[0] == "Dupont", "one is led to the first mistake"

    visit(act, portal, size=(80, 40))


def test_the_help_of_a_password_says_the_length_that_is_asked(portal: Portal) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("c", "f1")
        assert f"au moins {MINIMUM_LENGTH} caractères" in scene.flat()
        await scene.press("escape", "escape")
        await scene.choose("o", "mariedupont")
        await scene.press("f1")
        assert f"au moins {MINIMUM_LENGTH} caractères" in scene.flat()

    visit(act, portal)
