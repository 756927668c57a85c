"""A parent's account, step by step as the leaflet has it: who, the number received by post, the summary; then activation and terms."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import func, select, update

from models import tables as t
from models.engine import Database
from models.states import BasketOrigin
from tests.factories import Family, a_desk, a_family, a_guardian
from tests.tui_portail.services.portal_acts import (
    PASSWORD,
    Mailbox,
    a_form,
    a_portal,
    an_active_account,
    new_account,
    sign_in,
)
from tui_portail.dossier_number import with_key
from tui_portail.errors import PortailError
from tui_portail.field_checks import FormRefused
from tui_portail.services.archiving import archive_dossier
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_search import search
from tui_portail.services.family_accounts import link_account_again, unlink_account
from tui_portail.services.gesture import OperationReused
from tui_portail.services.passwords import PasswordRefused
from tui_portail.services.portal import (
    NotLinked,
    Portal,
    PortalClosed,
    SignInNeeded,
    TermsToAccept,
)
from tui_portail.services.portal_accounts import (
    UsernameRefused,
    accept_terms,
    activate_by_code,
    activate_by_link,
    check_account,
    check_number,
    create_account,
    link_again,
    send_activation_again,
)
from tui_portail.services.portal_codes import CodeRefused, new_secret
from tui_portail.services.portal_links import LinkRefused
from tui_portail.services.portal_planning import load_own_planning
from tui_portail.services.portal_sign_in import (
    ASKED,
    NotActivated,
    ask_new_password,
    choose_password,
    sign_in_parent,
)
from tui_portail.services.portal_tries import TooManyTries, Tried
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.sign_in import BadCredentials


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database)


@pytest.fixture
def family(desk: Desk) -> Family:
    return a_family(desk)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def portal(desk: Desk, mailbox: Mailbox) -> Portal:
    return a_portal(desk, mailbox)


def _moved(portal: Portal, **duration: float) -> None:
    clock = portal.desk.clock
    assert isinstance(clock, FixedClock)
    clock.advance(**duration)


def _tries(gesture: Callable[[], object], refusal: type[PortailError], most: int = 5) -> None:
    for _ in range(most):
        with pytest.raises(refusal):
            gesture()
    with pytest.raises(TooManyTries):
        gesture()


def test_step_1_who_i_am_and_a_user_name_in_letters_only(portal: Portal) -> None:
    assert check_account(portal, a_form(last_name=" Dupont ", username="MarieDupont")).last_name == "Dupont"
    for username in ("ab", "marie2", "marie dupont", "mariée", "m" * 31, "", "marie-d"):
        with pytest.raises(UsernameRefused) as refused:
            check_account(portal, a_form(username=username))
        assert refused.value.field == "username"
    for field, typed in (("email", "marie"), ("email", ""), ("last_name", " "), ("first_name", "")):
        with pytest.raises(FormRefused) as missing:
            check_account(portal, a_form(**{field: typed}))
        assert missing.value.field == field
    for password in ("court", "mariedupont-jeudi", "azertyuiop", "aaaaaaaaaaaa"):
        with pytest.raises(PasswordRefused):
            check_account(portal, a_form(password=password))


def test_a_user_name_is_unique_whatever_its_case(portal: Portal, desk: Desk, family: Family) -> None:
    new_account(portal, family, username="MarieDupont")
    other = a_family(desk, last_name="Martin")
    with pytest.raises(UsernameRefused):
        check_account(portal, a_form(last_name="Martin", username="MARIEDUPONT"))
    with pytest.raises(UsernameRefused):
        new_account(portal, other, last_name="Martin", username="mariedupont")


def test_step_2_the_number_received_by_post_goes_with_the_name(portal: Portal, family: Family) -> None:
    check_number(portal, a_form(), family.number)
    spaced = f"{family.number[:3]} {family.number[3:6]} {family.number[6:]}"
    check_number(portal, a_form(first_name="MARIE", last_name="dupont"), spaced)


def test_every_failure_of_the_number_is_answered_alike(portal: Portal, desk: Desk, family: Family) -> None:
    linked = a_family(desk, last_name="Martin")
    new_account(portal, linked, last_name="Martin", username="martin")
    gone = a_family(desk, last_name="Petit")
    archive_dossier(desk, gone.dossier_id, 1, "Déménagement", new_operation())
    sentences = set()
    for form, number in (
        (a_form(first_name="Jeanne"), family.number),  # somebody else
        (a_form(last_name="Martin"), linked.number),  # has an account already
        (a_form(last_name="Petit"), gone.number),
        (a_form(first_name="Luc"), with_key(1_234_567)),  # nobody's
        (a_form(first_name="Paul"), "123"),
    ):
        with pytest.raises(LinkRefused) as refused:
            check_number(portal, form, number)
        sentences.add(str(refused.value))
    assert len(sentences) == 1


def test_a_second_payer_asks_enfance_jeunesse_for_their_identifier(portal: Portal, desk: Desk) -> None:
    parents = a_family(desk, two_payers=True)
    with pytest.raises(LinkRefused):
        check_number(portal, a_form(last_name="Benali", first_name="Karim"), parents.number)


def test_a_number_is_tried_five_times_an_hour_by_one_name_and_for_one_dossier(portal: Portal, family: Family) -> None:
    _tries(lambda: check_number(portal, a_form(first_name="Jeanne"), with_key(1_234_567)), LinkRefused)
    with pytest.raises(TooManyTries):  # the name is spent, whatever the number
        check_number(portal, a_form(first_name="jeanne"), family.number)
    _moved(portal, minutes=59, seconds=59)
    with pytest.raises(TooManyTries):
        check_number(portal, a_form(first_name="Jeanne"), family.number)
    _moved(portal, seconds=1)
    with pytest.raises(LinkRefused):
        check_number(portal, a_form(first_name="Jeanne"), family.number)
    guessed = iter("abcdefgh")
    _tries(lambda: check_number(portal, a_form(first_name=f"Jean{next(guessed)}"), family.number), LinkRefused, 4)


def test_step_3_confirmed_the_account_is_made_linked_and_its_message_sent(
    portal: Portal, desk: Desk, family: Family, mailbox: Mailbox
) -> None:
    secret = new_secret()
    made = new_account(portal, family, secret)
    assert made.sent.done
    assert made.email == "m•••@exemple.fr"
    assert mailbox.last.to == "marie@exemple.fr"
    assert secret.shown_code in mailbox.last.body
    assert secret.link not in mailbox.last.body  # this portal has no address in a browser
    with desk.database.read() as connection:
        guardian = connection.execute(select(t.guardian).where(t.guardian.c.id == family.guardian_ids[0])).one()
        account = connection.execute(select(t.portal_account)).one()
        kept = connection.scalars(select(t.audit_event.c.result)).all()
        codes = connection.execute(select(t.portal_code)).one()
    assert guardian.linked_at is not None
    assert account.guardian_id == guardian.id
    assert account.activated_at is None
    written = " ".join([*kept, *map(str, codes), *map(str, account)])
    assert not any(clear in written for clear in (secret.code, secret.link, PASSWORD))


def test_confirmed_twice_it_is_made_once(portal: Portal, desk: Desk, family: Family) -> None:
    secret, operation = new_secret(), new_operation()
    first = create_account(portal, a_form(), family.number, secret, operation)
    assert create_account(portal, a_form(), family.number, secret, operation) == first
    with pytest.raises(OperationReused):
        create_account(portal, a_form(email="autre@exemple.fr"), family.number, secret, operation)
    with desk.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.portal_account)) == 1


def test_a_message_that_cannot_leave_undoes_nothing(desk: Desk, family: Family) -> None:
    portal = a_portal(desk)
    portal.desk.post = None
    made = new_account(portal, family)
    assert not made.sent.done
    assert "Enfance/Jeunesse" in made.sent.sentence


def test_the_code_of_the_message_activates_the_account_once(portal: Portal, family: Family) -> None:
    secret = new_secret()
    new_account(portal, family, secret)
    with pytest.raises(NotActivated):
        sign_in_parent(portal, "mariedupont", PASSWORD)
    activate_by_code(portal, "MarieDupont", secret.shown_code.lower(), new_operation())
    with pytest.raises(CodeRefused):
        activate_by_code(portal, "mariedupont", secret.code, new_operation())
    assert sign_in_parent(portal, "MARIEDUPONT", PASSWORD).username == "mariedupont"


def test_the_link_of_the_message_activates_the_account_once(desk: Desk, family: Family, mailbox: Mailbox) -> None:
    portal, secret = a_portal(desk, mailbox, address="https://portail.exemple.fr"), new_secret()
    new_account(portal, family, secret)
    assert f"https://portail.exemple.fr/activer?jeton={secret.link}" in mailbox.last.body
    with pytest.raises(CodeRefused):
        activate_by_link(portal, "0" * 64, new_operation())
    assert activate_by_link(portal, secret.link, new_operation()) == "mariedupont"
    with pytest.raises(CodeRefused):
        activate_by_link(portal, secret.link, new_operation())


def test_a_link_is_valid_for_a_limited_time_and_a_later_one_ends_it(
    portal: Portal, family: Family, mailbox: Mailbox
) -> None:
    late, again = new_secret(), new_secret()
    new_account(portal, family, late)
    _moved(portal, hours=48)
    with pytest.raises(CodeRefused):
        activate_by_code(portal, "mariedupont", late.code, new_operation())
    first = new_secret()
    send_activation_again(portal, "mariedupont", first, new_operation())
    send_activation_again(portal, "mariedupont", again, new_operation())
    assert again.shown_code in mailbox.last.body
    with pytest.raises(CodeRefused):
        activate_by_code(portal, "mariedupont", first.code, new_operation())
    activate_by_code(portal, "mariedupont", again.code, new_operation())
    sent = len(mailbox.messages)
    send_activation_again(portal, "mariedupont", new_secret(), new_operation())  # activated: nothing to send
    send_activation_again(portal, "personne", new_secret(), new_operation())
    assert len(mailbox.messages) == sent


def test_a_code_is_tried_five_times_an_hour(portal: Portal, family: Family) -> None:
    secret = new_secret()
    new_account(portal, family, secret)
    _tries(lambda: activate_by_code(portal, "mariedupont", "22222-22222", new_operation()), CodeRefused)
    with pytest.raises(TooManyTries):
        activate_by_code(portal, "mariedupont", secret.code, new_operation())


def test_terms_are_accepted_with_their_version_and_their_date(portal: Portal, desk: Desk, family: Family) -> None:
    secret = new_secret()
    new_account(portal, family, secret)
    activate_by_code(portal, "mariedupont", secret.code, new_operation())
    sign_in_parent(portal, "mariedupont", PASSWORD)
    day = desk.now().date()
    with pytest.raises(TermsToAccept):
        load_own_planning(portal, day, day)
    terms = desk.commune().policy.portal.terms
    accept_terms(portal, terms.version, new_operation())
    assert load_own_planning(portal, day, day).dossier_id == family.dossier_id
    with desk.database.read() as connection:
        row = connection.execute(select(t.terms_accepted)).one()
    assert (row.version, row.terms_on, row.accepted_at) == (terms.version, terms.on, desk.now())


def test_an_unknown_user_name_and_a_wrong_password_are_answered_alike(portal: Portal, family: Family) -> None:
    an_active_account(portal, family)
    answers = []
    for username, password in (("mariedupont", "autre-mot-de-passe"), ("personne", PASSWORD), ("a\x00b", PASSWORD)):
        with pytest.raises(BadCredentials) as refused:
            sign_in_parent(portal, username, password)
        answers.append(str(refused.value))
    assert len(set(answers)) == 1
    for username in ("mariedupont", "personne"):
        _tries(lambda username=username: sign_in_parent(portal, username, "faux-mot-de-passe"), BadCredentials, 4)  # type: ignore[misc]
    with pytest.raises(TooManyTries):
        sign_in_parent(portal, "mariedupont", PASSWORD)
    _moved(portal, minutes=15)
    assert sign_in_parent(portal, "mariedupont", PASSWORD)


def test_a_forgotten_password_is_answered_alike_and_changed_by_the_code_received(
    portal: Portal, desk: Desk, family: Family, mailbox: Mailbox
) -> None:
    an_active_account(portal, family)
    sent = len(mailbox.messages)
    secret = new_secret()
    assert ask_new_password(portal, "personne", new_secret(), new_operation()) == ASKED
    assert len(mailbox.messages) == sent
    assert ask_new_password(portal, "MarieDupont", secret, new_operation()) == ASKED
    assert secret.shown_code in mailbox.last.body
    day = desk.now().date()
    choose_password(portal, "mariedupont", secret.code, "chemin-vallon-orage", new_operation())
    with pytest.raises(SignInNeeded):  # the session under way ended
        load_own_planning(portal, day, day)
    with pytest.raises(BadCredentials):
        sign_in_parent(portal, "mariedupont", PASSWORD)
    sign_in(portal, password="chemin-vallon-orage")
    with pytest.raises(CodeRefused):
        choose_password(portal, "mariedupont", secret.code, "encore-un-autre-essai", new_operation())


def test_a_code_for_a_new_password_lasts_an_hour(portal: Portal, family: Family) -> None:
    an_active_account(portal, family)
    secret = new_secret()
    ask_new_password(portal, "mariedupont", secret, new_operation())
    _moved(portal, minutes=60)
    with pytest.raises(CodeRefused):
        choose_password(portal, "mariedupont", secret.code, "chemin-vallon-orage", new_operation())


def test_messages_are_asked_for_five_times_an_hour(portal: Portal, family: Family, mailbox: Mailbox) -> None:
    an_active_account(portal, family)
    for _ in range(5):
        ask_new_password(portal, "mariedupont", new_secret(), new_operation())
    with pytest.raises(TooManyTries):
        ask_new_password(portal, "mariedupont", new_secret(), new_operation())


@pytest.mark.parametrize("at", ["2026-12-05 10:00", "2026-12-06 23:59", "2026-12-01 02:00", "2026-12-01 05:59"])
def test_the_portal_is_closed_at_the_weekend_and_from_two_to_six(database: Database, at: str) -> None:
    desk = a_desk(database, at=at)
    family, portal = a_family(desk), a_portal(desk)
    with pytest.raises(PortalClosed) as closed:
        sign_in_parent(portal, "mariedupont", PASSWORD)
    assert "du lundi au vendredi, sauf de 2 h à 6 h" in str(closed.value)
    with pytest.raises(PortalClosed):
        check_account(portal, a_form())
    with pytest.raises(PortalClosed):
        new_account(portal, family)


def test_a_session_open_when_the_portal_closes_stops(portal: Portal, desk: Desk, family: Family) -> None:
    an_active_account(portal, family)
    clock = portal.desk.clock
    assert isinstance(clock, FixedClock)
    clock.advance(hours=15, minutes=30)  # 2 h in the morning
    day = desk.now().date()
    with pytest.raises(PortalClosed):
        load_own_planning(portal, day, day)


def test_the_portals_agent_is_nobodys_and_asks_no_service_of_the_desks(portal: Portal, desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        search(portal.desk, "dupont")
    with pytest.raises(BadCredentials):
        from tui_portail.services.sign_in import sign_in as agent_signs_in

        agent_signs_in(a_desk(desk.database), "portail famille", "")
    again = a_portal(desk, origin=BasketOrigin.ONLINE)
    assert again.desk.require().agent_id == portal.desk.require().agent_id


def test_an_account_unlinked_sees_nothing_more(portal: Portal, desk: Desk, family: Family) -> None:
    signed = an_active_account(portal, family)
    with desk.database.write() as connection:
        connection.execute(update(t.portal_account).values(guardian_id=None))
    day = desk.now().date()
    with pytest.raises(NotLinked):
        load_own_planning(portal, day, day)
    portal.account = replace(signed, version=signed.version + 1)
    with pytest.raises(SignInNeeded):
        load_own_planning(portal, day, day)
    assert Role.PORTAL in portal.desk.require().roles
    assert a_guardian().last_name == "Dupont"


def test_nobodys_success_gives_another_account_its_tries_back(portal: Portal, desk: Desk, family: Family) -> None:
    """Two names that share a row by chance would let one's owner try the other's password for ever."""
    an_active_account(portal, family)
    portal.forget()
    other = a_family(desk, last_name="Martin")
    twin = _sharing_a_row("mariedupont")
    an_active_account(portal, other, last_name="Martin", username=twin)
    for _ in range(4):
        with pytest.raises(BadCredentials):
            sign_in_parent(portal, "mariedupont", "faux-mot-de-passe")
    sign_in_parent(portal, twin, PASSWORD)
    with pytest.raises(BadCredentials):
        sign_in_parent(portal, "mariedupont", "faux-mot-de-passe")
    with pytest.raises(TooManyTries):
        sign_in_parent(portal, "mariedupont", "faux-mot-de-passe")


def _sharing_a_row(username: str) -> str:
    wanted = Tried(username, known=False).bucket
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = ("".join(name) for name in product(letters, repeat=4))
    return next(name for name in names if Tried(name, known=False).bucket == wanted)


def test_an_account_taken_off_is_not_linked_again_by_its_number(portal: Portal, desk: Desk, family: Family) -> None:
    signed = an_active_account(portal, family)
    unlink_account(desk, signed.account_id, "Garde retirée", new_operation())
    signed_again = sign_in_parent(portal, "mariedupont", PASSWORD)
    with pytest.raises(LinkRefused):
        link_again(portal, family.number, new_operation())
    with pytest.raises(LinkRefused):
        new_account(portal, family, username="mariebis")
    link_account_again(desk, signed.account_id, family.guardian_ids[0], new_operation())
    day = desk.now().date()
    assert signed_again.account_id == signed.account_id
    sign_in(portal)
    assert load_own_planning(portal, day, day).dossier_id == family.dossier_id


def test_an_address_that_no_message_can_reach_is_refused(portal: Portal) -> None:
    for address in ("marié@exemple.fr", "marie@-exemple-.fr", "<a@b.fr>"):
        with pytest.raises(FormRefused) as refused:
            check_account(portal, a_form(email=address))
        assert refused.value.field == "email"
