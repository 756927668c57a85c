"""The portal's accounts from the desk of Enfance/Jeunesse: given, sent again, taken off, corrected; what the history and the paper say."""

from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import BasketOrigin
from tests.factories import Family, a_desk, a_family, an_agent
from tests.tui_portail.services.desk_acts import EVENING, add, clock_of, merged
from tests.tui_portail.services.portal_acts import (
    PASSWORD,
    Mailbox,
    a_portal,
    an_active_account,
    finish_own,
    new_account,
    sign_in,
)
from tui_portail.errors import InvalidInput
from tui_portail.field_checks import FormRefused
from tui_portail.portal_rules import Secret
from tui_portail.services.account_papers import print_identifier
from tui_portail.services.account_reading import AccountState, FamilyAccount, accounts_of
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_changes import dossier_changes
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.erasure import ErasureReason, erase_family
from tui_portail.services.family_accounts import (
    AccountRefused,
    GivenCode,
    correct_email,
    give_second_identifier,
    link_account_again,
    send_code_again,
    unlink_account,
)
from tui_portail.services.gesture import OperationReused
from tui_portail.services.letter_families import not_connected
from tui_portail.services.merging import preview_merge
from tui_portail.services.portal import NotLinked, Portal, SignInNeeded
from tui_portail.services.portal_accounts import UsernameRefused, activate_by_code
from tui_portail.services.portal_codes import CodeRefused, new_secret
from tui_portail.services.portal_planning import load_own_planning
from tui_portail.services.portal_sign_in import choose_password, sign_in_parent
from tui_portail.services.queue import list_queue
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.verification import verify

FRIDAY = date(2026, 12, 4)


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database)


@pytest.fixture
def family(desk: Desk) -> Family:
    """Separated parents: Marie Dupont pays first, Karim Benali second."""
    return a_family(desk, two_payers=True)


def given(desk: Desk, family: Family, secret: Secret | None = None, **typed: str) -> GivenCode:
    """Karim's identifier, unless said otherwise."""
    said = {"username": "karimbenali", "email": "karim@exemple.fr"} | typed
    return give_second_identifier(
        desk, family.guardian_ids[1], said["username"], said["email"], secret or new_secret(), new_operation()
    )


def account(desk: Desk, family: Family, place: int = 1) -> FamilyAccount:
    return accounts_of(desk, family.dossier_id).accounts[place]


def last_operation(desk: Desk, family: Family) -> tuple[str, str]:
    line = load_dossier(desk, family.dossier_id).operations[0]
    return line.label, line.reference


def sees_planning(portal: Portal) -> bool:
    day = portal.desk.now().date()
    return bool(load_own_planning(portal, day, day))


def test_the_second_payer_gets_an_identifier_and_chooses_their_password(desk: Desk, family: Family) -> None:
    secret = new_secret()
    karim = given(desk, family, secret, username="KarimBenali")
    assert (karim.name, karim.username, karim.email) == ("Karim Benali", "karimbenali", "k•••@exemple.fr")
    assert (karim.until - desk.now()).total_seconds() == 48 * 3600
    assert not karim.sent.done
    assert account(desk, family).state is AccountState.TO_ACTIVATE
    assert account(desk, family).code_until == karim.until
    portal = a_portal(desk)
    activate_by_code(portal, "karimbenali", secret.shown_code, new_operation(), PASSWORD)
    signed = sign_in(portal, "karimbenali")
    assert signed.name == "Karim Benali"
    shown = account(desk, family)
    assert (shown.state, shown.given_by, shown.code_until) == (AccountState.ACTIVE, desk.require().name, None)
    assert (shown.terms_version, shown.terms_accepted_at) == (desk.commune().policy.portal.terms.version, desk.now())
    assert sees_planning(portal)
    assert verify(desk).findings == ()


def test_each_payer_of_a_dossier_is_shown_with_their_account_or_none(desk: Desk, family: Family) -> None:
    assert [(one.name, one.rank, one.state) for one in accounts_of(desk, family.dossier_id).accounts] == [
        ("Marie Dupont", 1, AccountState.NONE),
        ("Karim Benali", 2, AccountState.NONE),
    ]
    an_active_account(a_portal(desk), family)
    marie = account(desk, family, 0)
    assert (marie.state, marie.username, marie.email) == (AccountState.ACTIVE, "mariedupont", "marie@exemple.fr")
    assert marie.given_by == ""
    with desk.database.read() as connection:
        assert family.dossier_id not in not_connected(connection)


def test_an_identifier_is_given_once_and_never_under_a_name_that_is_taken(desk: Desk, family: Family) -> None:
    secret, operation = new_secret(), new_operation()
    asked = (desk, family.guardian_ids[1], "karimbenali", "karim@exemple.fr", secret, operation)
    assert give_second_identifier(*asked) == give_second_identifier(*asked)
    with pytest.raises(OperationReused):
        give_second_identifier(*asked[:3], "autre@exemple.fr", secret, operation)
    with pytest.raises(AccountRefused, match="a déjà un compte"):
        given(desk, family, username="karimbis")
    other = a_family(desk, last_name="Martin", two_payers=True)
    with pytest.raises(UsernameRefused, match="déjà pris"):
        given(desk, other, username="KARIMBENALI")
    with pytest.raises(UsernameRefused, match="en lettres seulement"):
        given(desk, other, username="karim2")
    with pytest.raises(FormRefused):
        given(desk, other, username="autre", email="karim")
    with desk.database.write() as connection:
        connection.execute(t.dossier.update().where(t.dossier.c.id == other.dossier_id).values(archived_at=desk.now()))
    with pytest.raises(AccountRefused, match="archivé"):
        given(desk, other, username="autre")


def test_no_secret_is_kept_in_clear(desk: Desk, family: Family) -> None:
    secret = new_secret()
    given(desk, family, secret)
    with desk.database.read() as connection:
        kept = [
            str(row)
            for table in (t.audit_event, t.portal_code, t.portal_account)
            for row in connection.execute(select(table))
        ]
    assert not any(clear in row for row in kept for clear in (secret.code, secret.shown_code, secret.link))


def test_where_messages_can_be_sent_the_code_goes_by_message(desk: Desk, family: Family) -> None:
    mailbox, secret = Mailbox(), new_secret()
    desk.post, desk.portal_address = mailbox.messages.append, "https://portail.exemple.fr"
    assert given(desk, family, secret).sent.done
    assert mailbox.last.to == "karim@exemple.fr"
    assert secret.shown_code in mailbox.last.body
    assert "Sur https://portail.exemple.fr, ou à la borne" in mailbox.last.body
    assert secret.link not in mailbox.last.body  # a password is to be chosen, with the code
    other = a_family(desk, last_name="Martin", two_payers=True)
    without = given(desk, other, username="sansadresse", email="")
    assert (without.sent.done, len(mailbox.messages)) == (False, 1)


def test_the_paper_says_the_name_the_code_until_when_and_the_hours(desk: Desk, family: Family) -> None:
    secret = new_secret()
    desk.portal_address = "https://portail.exemple.fr"
    paper = print_identifier(desk, given(desk, family, secret), secret).path
    pages = PdfReader(paper).pages
    assert len(pages) == 1
    text = " ".join(pages[0].extract_text().replace("\xa0", " ").split())
    for said in (
        "Karim Benali",
        "karimbenali",
        secret.shown_code,
        "jusqu’au 03/12/2026 à 10 h 30",
        "du lundi au vendredi, sauf de 2 h à 6 h",
        "https://portail.exemple.fr",
        "FICTIF",
    ):
        assert said in text
    assert f"dossier-{family.number}" in paper.name
    assert erase_family(desk, family.dossier_id, family.number, ErasureReason.REQUESTED, new_operation())
    assert not paper.exists()


def test_a_code_given_again_ends_the_one_before(desk: Desk, family: Family) -> None:
    first, second = new_secret(), new_secret()
    karim = given(desk, family, first)
    clock_of(desk).advance(hours=47)
    again = send_code_again(desk, karim.account_id, second, new_operation())
    assert (again.until - desk.now()).total_seconds() == 48 * 3600
    portal = a_portal(desk)
    with pytest.raises(CodeRefused):
        activate_by_code(portal, "karimbenali", first.code, new_operation(), PASSWORD)
    activate_by_code(portal, "karimbenali", second.code, new_operation(), PASSWORD)
    with pytest.raises(AccountRefused, match="Mot de passe oublié"):
        send_code_again(desk, karim.account_id, new_secret(), new_operation())


def test_an_account_unlinked_sees_nothing_more_and_its_codes_end(desk: Desk, family: Family) -> None:
    portal = a_portal(desk)
    signed = an_active_account(portal, family)
    assert sees_planning(portal)
    with pytest.raises(InvalidInput):
        unlink_account(desk, signed.account_id, " ", new_operation())
    unlink_account(desk, signed.account_id, "Rattaché par erreur", new_operation())
    with pytest.raises(SignInNeeded):  # the session under way ended
        sees_planning(portal)
    sign_in_parent(portal, "mariedupont", PASSWORD)
    with pytest.raises(NotLinked):
        sees_planning(portal)
    assert account(desk, family, 0).state is AccountState.UNLINKED
    with desk.database.read() as connection:
        assert (
            connection.scalar(select(t.guardian.c.linked_at).where(t.guardian.c.id == family.guardian_ids[0])) is None
        )
        assert family.dossier_id in not_connected(connection)
        reasons = connection.scalars(select(t.audit_event.c.reason).where(t.audit_event.c.gesture == "detacher_compte"))
        assert list(reasons) == ["Rattaché par erreur"]
    with pytest.raises(AccountRefused, match="n’est plus rattaché"):
        unlink_account(desk, signed.account_id, "Encore", new_operation())
    assert verify(desk).findings == ()


def test_an_account_unlinked_by_mistake_is_linked_again_to_whom_it_was_of(desk: Desk, family: Family) -> None:
    karim = given(desk, family)
    unlink_account(desk, karim.account_id, "Erreur", new_operation())
    with pytest.raises(AccountRefused, match="n’était pas"):
        link_account_again(desk, karim.account_id, family.guardian_ids[0], new_operation())
    link_account_again(desk, karim.account_id, family.guardian_ids[1], new_operation())
    assert account(desk, family).state is AccountState.TO_ACTIVATE
    secret = new_secret()
    send_code_again(desk, karim.account_id, secret, new_operation())
    activate_by_code(a_portal(desk), "karimbenali", secret.code, new_operation(), PASSWORD)
    assert verify(desk).findings == ()


def test_an_address_corrected_ends_the_codes_sent_to_the_one_before(desk: Desk, family: Family) -> None:
    secret = new_secret()
    karim = given(desk, family, secret, email="karin@exemple.fr")
    assert correct_email(desk, karim.account_id, "karim@exemple.fr", new_operation()) == "k•••@exemple.fr"
    assert account(desk, family).email == "karim@exemple.fr"
    portal = a_portal(desk)
    with pytest.raises(CodeRefused):
        activate_by_code(portal, "karimbenali", secret.code, new_operation(), PASSWORD)
    with pytest.raises(FormRefused):
        correct_email(desk, karim.account_id, "karim", new_operation())
    with pytest.raises(CodeRefused):
        choose_password(portal, "karimbenali", secret.code, PASSWORD, new_operation())


def test_only_enfance_holds_the_accounts(desk: Desk, family: Family) -> None:
    desk.sign(an_agent(desk.database, Role.COMPTABILITE, Role.ADMINISTRATEUR))
    with pytest.raises(NotAllowed):
        accounts_of(desk, family.dossier_id)
    with pytest.raises(NotAllowed):
        given(desk, family)


def test_the_history_says_what_was_done_to_an_account_and_which_parent_did_what(desk: Desk, family: Family) -> None:
    karim = given(desk, family)
    assert last_operation(desk, family) == ("Identifiant du portail donné", "Karim Benali")
    clock_of(desk).advance(minutes=1)
    correct_email(desk, karim.account_id, "benali@exemple.fr", new_operation())
    assert last_operation(desk, family) == ("Adresse du compte du portail corrigée", "Karim Benali")
    clock_of(desk).advance(minutes=1)
    portal = a_portal(desk)
    an_active_account(portal, family)
    clock_of(portal.desk).advance(minutes=1)
    unlink_account(desk, karim.account_id, "Erreur", new_operation())
    assert last_operation(desk, family) == ("Compte du portail détaché", "Karim Benali")
    clock_of(portal.desk).advance(minutes=1)
    finish_own(portal, add(family.child_id, EVENING, FRIDAY))
    assert last_operation(desk, family) == ("Portail : modifications terminées", "Marie Dupont, 1 journée ajoutée")
    labels = [line.label for line in load_dossier(desk, family.dossier_id).operations]
    assert {"Portail : compte créé", "Portail : compte activé", "Portail : conditions acceptées"} <= set(labels)
    changed = [(line.who, line.field) for line in dossier_changes(desk, family.dossier_id).lines]
    assert ("Karim Benali", "compte du portail") in changed
    assert ("Marie Dupont", "compte du portail") in changed


def test_the_queue_says_where_each_basket_was_made(desk: Desk, family: Family) -> None:
    portal = a_portal(desk, origin=BasketOrigin.ONLINE)
    an_active_account(portal, family)
    finish_own(portal, add(family.child_id, EVENING, FRIDAY))
    [row] = list_queue(desk)
    assert row.origin is BasketOrigin.ONLINE


def test_the_account_of_a_guardian_recorded_twice_follows_the_one_shown(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    portal = a_portal(desk)
    an_active_account(portal, other)
    [said] = preview_merge(desk, kept.dossier_id, other.dossier_id).accounts
    assert said == "Le compte de Marie Dupont sur le portail, « mariedupont », vient au dossier gardé."
    merged(desk, kept, other)
    assert account(desk, kept, 0).state is AccountState.ACTIVE
    day = desk.now().date()
    assert load_own_planning(portal, day, day).dossier_id == kept.dossier_id
    assert verify(desk).findings == ()


def test_of_two_accounts_of_one_person_that_of_the_kept_dossier_stays(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    portal = a_portal(desk)
    an_active_account(portal, kept)
    new_account(portal, other, username="mariebis")
    [said] = preview_merge(desk, kept.dossier_id, other.dossier_id).accounts
    assert said == "Marie Dupont a deux comptes sur le portail : « mariedupont » reste, « mariebis » est détaché."
    merged(desk, kept, other)
    assert [one.username for one in accounts_of(desk, kept.dossier_id).accounts] == ["mariedupont"]
    with desk.database.read() as connection:
        accounts = {row.username: row for row in connection.execute(select(t.portal_account))}
        codes = connection.scalars(select(t.portal_code.c.ended_at)).all()
    assert accounts["mariebis"].guardian_id is None
    assert None not in codes
    assert verify(desk).findings == ()


def test_a_family_erased_leaves_its_user_names_to_others(desk: Desk, family: Family) -> None:
    portal = a_portal(desk)
    secret = new_secret()
    given(desk, family, secret)
    an_active_account(portal, family)
    erase_family(desk, family.dossier_id, family.number, ErasureReason.REQUESTED, new_operation())
    with pytest.raises(SignInNeeded):
        sees_planning(portal)
    with pytest.raises(CodeRefused):
        activate_by_code(portal, "karimbenali", secret.code, new_operation(), PASSWORD)
    assert new_account(portal, a_family(desk), username="mariedupont").username == "mariedupont"
    assert verify(desk).findings == ()
