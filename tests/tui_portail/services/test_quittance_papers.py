"""One original of a quittance, then numbered duplicatas; each base has a folder of its own for its papers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from models.states import DatabaseKind
from tests.factories import a_desk, a_family, an_agent, the_commune
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    THURSDAY,
    add,
    agent_of,
    audit_of,
    book_and_pay,
    clock_of,
    finish,
    remove,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.quittances import (
    MOST_TRIES,
    ORIGINAL_WITHIN,
    OriginalDelivered,
    QuittanceUnknown,
    print_quittance,
    reprint_quittance,
)
from tui_portail.services.rights import Role
from tui_portail.services.setup import initialise


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, documents_dir=tmp_path / "documents")


@pytest.fixture
def quittance_id(desk: Desk) -> int:
    family = a_family(desk)
    return book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY)).quittance_id


def words(path: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(path).pages).casefold()


def test_the_agent_who_was_paid_prints_the_original_and_it_leaves_a_trace(desk: Desk, quittance_id: int) -> None:
    original = print_quittance(desk, quittance_id, new_operation())

    assert "duplicata" not in words(original.path)
    [trace] = audit_of(desk.database, "imprimer_quittance")
    assert (trace.agent_id, trace.subject_id) == (agent_of(desk).agent_id, str(quittance_id))


def test_a_printer_that_fails_is_tried_again_and_then_it_is_a_duplicata(desk: Desk, quittance_id: int) -> None:
    for _ in range(MOST_TRIES):
        print_quittance(desk, quittance_id, new_operation())
    with pytest.raises(OriginalDelivered):
        print_quittance(desk, quittance_id, new_operation())

    assert "duplicata n° 1" in words(reprint_quittance(desk, quittance_id, new_operation()).path)


def test_another_agent_or_a_few_minutes_later_no_paper_comes_without_its_number(desk: Desk, quittance_id: int) -> None:
    paid, operation = agent_of(desk), new_operation()
    print_quittance(desk, quittance_id, operation)
    for role in (Role.ENFANCE, Role.COMPTABILITE, Role.REGISSEUR):
        desk.sign(an_agent(desk.database, role))
        with pytest.raises(OriginalDelivered):
            print_quittance(desk, quittance_id, new_operation())
    desk.sign(paid)
    clock_of(desk).advance(seconds=ORIGINAL_WITHIN.total_seconds())
    for sent in (operation, new_operation()):
        with pytest.raises(OriginalDelivered):
            print_quittance(desk, quittance_id, sent)
    with pytest.raises(QuittanceUnknown):
        print_quittance(desk, 10**6, new_operation())


def test_enfance_prints_the_quittance_that_its_own_terminer_settled(desk: Desk) -> None:
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    desk.sign(an_agent(desk.database, Role.ENFANCE))
    changes = remove(family.child_id, EVENING, THURSDAY) + add(family.child_id, EVENING, FRIDAY)
    [settled] = finish(desk, family.dossier_id, changes).baskets

    assert settled.settled_quittance_id is not None
    assert print_quittance(desk, settled.settled_quittance_id, new_operation()).path.exists()


@pytest.fixture
def other_base(tmp_path: Path) -> Iterator[Database]:
    """A second base, a demonstration."""
    url = str(tmp_path / "autre.sqlite3")
    initialise(url, the_commune(), "essai", DatabaseKind.DEMO)
    opened = Database.open(url)
    yield opened
    opened.close()


def test_two_bases_that_give_the_same_number_never_write_the_same_file(
    desk: Desk, quittance_id: int, other_base: Database
) -> None:
    elsewhere = a_desk(other_base, documents_dir=desk.documents_dir)
    family = a_family(elsewhere, last_name="Martin")
    other = book_and_pay(elsewhere, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    first = print_quittance(desk, quittance_id, new_operation()).path
    second = print_quittance(elsewhere, other.quittance_id, new_operation()).path

    assert first.name == second.name and first != second
    assert "dupont" in words(first) and "martin" in words(second)
    assert first.is_relative_to(desk.documents_dir) and second.is_relative_to(desk.documents_dir)


def test_a_base_keeps_its_folder_whichever_command_opens_it(desk: Desk) -> None:
    again = Database.open(desk.database.url)
    assert Desk(again, desk.documents_dir).documents() == desk.documents()
    again.close()
