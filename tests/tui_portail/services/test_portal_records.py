"""What a parent finds of their own at the portal: avoirs, quittances and their papers, children."""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    NEXT_MONDAY,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    alternate_weeks,
    book_and_pay,
    hold,
    pay_by_card,
    remove,
)
from tests.tui_portail.services.online_acts import FakePayFip, pay, paying_online
from tests.tui_portail.services.portal_acts import Mailbox, a_portal, an_active_account, finish_own, hold_own
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_history import FINISHED_ON_PORTAL, LABELS
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.portal import Portal
from tui_portail.services.portal_records import (
    can_print,
    mail_quittance,
    own_avoirs,
    own_children,
    own_quittance,
    own_quittances,
    print_own_quittance,
)
from tui_portail.services.quittances import QuittanceUnknown
from tui_portail.services.verification import findings_of


def is_sound(desk: Desk) -> bool:
    with desk.database.read() as connection:
        found = list(findings_of(connection, desk.now()))
    assert not found
    return True


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, documents_dir=tmp_path, commune=paying_online())


@pytest.fixture
def family(desk: Desk) -> Family:
    return a_family(desk, children=2, renew_alsh_years=(2026,))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def portal(desk: Desk, family: Family, mailbox: Mailbox) -> Portal:
    made = a_portal(desk, mailbox)
    an_active_account(made, family)
    return made


def test_avoirs_are_told_with_what_is_left_of_them(desk: Desk, family: Family, portal: Portal) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))
    finish_own(portal, remove(family.child_id, EVENING, NEXT_MONDAY))
    assert is_sound(desk)
    assert LABELS[FINISHED_ON_PORTAL] in [one.label for one in load_dossier(desk, family.dossier_id).operations]
    found = own_avoirs(portal)
    [avoir] = found.avoirs
    assert (found.balance_cents, avoir.left_cents, avoir.number) == (166, 166, "AV-2026-000001")
    assert avoir.why == "Journées annulées avant la limite."
    done = finish_own(portal, add(family.child_id, EVENING, FRIDAY))
    assert done.baskets[0].settled_quittance_number == "2026-000002"
    assert (own_avoirs(portal).balance_cents, own_avoirs(portal).avoirs[0].left_cents) == (0, 0)


def test_quittances_are_listed_the_newest_first_and_read(desk: Desk, family: Family, portal: Portal) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))
    pay_by_card(desk, hold_own(portal, add(family.child_id, EVENING, FRIDAY)).basket_id)
    assert [row.number for row in own_quittances(portal)] == ["2026-000002", "2026-000001"]
    document = own_quittance(portal, own_quittances(portal)[0].quittance_id)
    assert (document.number, document.total_cents, document.duplicate_no) == ("2026-000002", 166, None)


def test_the_first_paper_of_a_quittance_of_the_portal_is_its_original(
    desk: Desk, family: Family, portal: Portal, mailbox: Mailbox, tmp_path: Path
) -> None:
    payfip = FakePayFip()
    portal.desk.online = payfip
    paid = pay(portal, payfip, hold_own(portal, add(family.child_id, EVENING, FRIDAY)).basket_id)
    assert paid.quittance_id is not None
    operation = new_operation()
    sent = [mail_quittance(portal, paid.quittance_id, one) for one in (operation, operation, new_operation())]
    assert [(one.sent.done, one.email, one.copy_no) for one in sent] == [
        (True, "m•••@exemple.fr", copy) for copy in (None, None, 1)
    ]
    names = [message.attachments[0].name for message in mailbox.messages[-3:]]
    assert names == ["quittance-2026-000001.pdf"] * 2 + ["quittance-2026-000001-duplicata-1.pdf"]
    assert {message.to for message in mailbox.messages[-3:]} == {"marie@exemple.fr"}
    [first, again] = [
        "".join(page.extract_text() for page in PdfReader(path).pages)
        for path in sorted(tmp_path.rglob("quittance*.pdf"))[::-1]
    ]
    assert "duplicata" not in first.lower()
    assert "duplicata" in again.lower()
    assert is_sound(desk)


def test_a_quittance_of_the_desk_is_given_as_a_numbered_duplicata(
    desk: Desk, family: Family, portal: Portal, mailbox: Mailbox
) -> None:
    paid = book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert not can_print(portal)
    printed = print_own_quittance(portal, paid.quittance_id, new_operation())
    assert "duplicata-1" in printed.path.name
    mail_quittance(portal, paid.quittance_id, new_operation())
    assert mailbox.last.attachments[0].name == "quittance-2026-000001-duplicata-2.pdf"
    assert own_quittances(portal)[0].copies == 2
    assert is_sound(desk)


def test_without_a_server_the_parent_is_told(desk: Desk, family: Family, portal: Portal) -> None:
    paid = book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    portal.desk.post = None
    sent = mail_quittance(portal, paid.quittance_id, new_operation()).sent
    assert not sent.done
    assert "Enfance/Jeunesse" in sent.sentence


def test_another_familys_quittance_does_not_exist(desk: Desk, portal: Portal) -> None:
    stranger = a_family(desk, last_name="Martin")
    paid = book_and_pay(desk, stranger.dossier_id, add(stranger.child_id, EVENING, FRIDAY))
    for ask in (
        lambda: own_quittance(portal, paid.quittance_id),
        lambda: mail_quittance(portal, paid.quittance_id, new_operation()),
        lambda: print_own_quittance(portal, paid.quittance_id, new_operation()),
    ):
        with pytest.raises(QuittanceUnknown):
            ask()


def test_children_are_told_with_their_school_and_next_days(desk: Desk, family: Family, portal: Portal) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))
    hold_own(portal, add(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    children = {child.child_id: child for child in own_children(portal)}
    child = children[family.child_id]
    assert (child.first_name, child.class_name, child.alsh_years) == ("Inès", "CE1", (2026,))
    assert [(day.day, day.paid) for day in child.next_days] == [(NEXT_MONDAY, True), (NEXT_WEDNESDAY, False)]
    assert not children[family.child_ids[1]].next_days


def test_the_other_parents_days_are_not_among_the_childs(desk: Desk) -> None:
    family = a_family(desk, two_payers=True)
    alternate_weeks(desk.database, family.child_id, *family.payer_ids, date(2026, 11, 30))
    for days in ((THURSDAY, FRIDAY), (NEXT_MONDAY,)):
        hold(desk, family.dossier_id, add(family.child_id, EVENING, *days))
    portal = a_portal(desk)
    an_active_account(portal, family)
    [child] = own_children(portal)
    assert [day.day for day in child.next_days] == [THURSDAY, FRIDAY]
