"""What goes out of a closure: what it would do, its families, their letters, the list to call, the spreadsheet."""

import csv
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, a_guardian
from tests.tui_portail.services.closure_acts import STRIKE, close, closed, undo
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    MEAL,
    THURSDAY,
    add,
    book_and_pay,
    hold,
    row_counts,
)
from tui_portail.services.closure_letters import write_closure_letters
from tui_portail.services.closure_papers import export_families, print_phone_list
from tui_portail.services.day_closures import list_closures, preview_closure, view_closure
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.letter_batch import NothingToWrite
from tui_portail.services.quittances import avoir_note
from tui_portail.services.rights import NotAllowed, Role

HERS = ("Solange Dupont", "Inès", "jeudi 3 décembre", "1,95 €")
HIS = ("Karim Benali", "Noé", "vendredi 4 décembre")


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, documents_dir=tmp_path)


def pages(path: Path) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def separated(desk: Desk) -> Family:
    """Two parents at two addresses, each with a child's day: hers on Thursday, his on Friday; and nobody reaches him."""
    solange = a_guardian("Dupont", "Solange", email="solange@exemple.fr")
    karim = a_guardian("Benali", "Karim", phone="", address="2 rue des Lilas", postcode="34000", city="Montpellier")
    family = a_family(desk, guardians=(solange, karim), children=(a_child("Inès"), a_child("Noé")))
    ines, noe = family.child_ids
    his = {"payer_id": family.payer_ids[1], "payer_reason": "Semaine du père"}
    book_and_pay(desk, family.dossier_id, add(ines, EVENING, THURSDAY))
    book_and_pay(desk, family.dossier_id, add(noe, MEAL, FRIDAY, **his))
    return family


def test_what_a_closure_would_do_is_said_and_nothing_is_written(desk: Desk) -> None:
    separated(desk)
    waits = a_family(desk, last_name="Abdi")
    hold(desk, waits.dossier_id, add(waits.child_id, EVENING, THURSDAY))
    before = row_counts(desk.database)

    preview = preview_closure(desk, closed(THURSDAY, FRIDAY, EVENING, BREAK, site=None))

    assert row_counts(desk.database) == before
    assert [(one.label, one.children, len(one.days)) for one in preview.families] == [
        ("Abdi", ("Inès",), 1),
        ("Dupont – Benali", ("Inès", "Noé"), 3),
    ]
    said = " ".join(preview.sentences)
    for words in ("2 familles, 3 enfants, 4 journées.", "2 avoirs de", "1 journée en attente de paiement libérée."):
        assert words in said
    assert "ALP soir" in preview.words and not preview.begun


def test_each_parent_is_written_to_about_their_own_days_and_nobody_else_s(desk: Desk) -> None:
    family = separated(desk)
    other = a_family(desk, last_name="Ailleurs")
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, date(2026, 12, 11)))
    done = close(desk, closed(THURSDAY, FRIDAY, EVENING, BREAK, site=None))

    written = write_closure_letters(desk, done.closure_id, new_operation())

    hers, his = pages(written.path)
    assert (written.letters, written.families) == (2, 1)
    assert all(words in hers and words not in his for words in HERS)
    assert all(words in his and words not in hers for words in HIS)
    avoirs = view_closure(desk, done.closure_id).families[0].avoirs
    assert [[number in page for number in avoirs] for page in (hers, his)] == [[True, False], [False, True]]
    assert STRIKE in hers and STRIKE in his and "restaurant scolaire" in his
    assert "Courrier : journées annulées" in {one.label for one in load_dossier(desk, family.dossier_id).operations}
    alone = write_closure_letters(desk, done.closure_id, new_operation(), only_unreachable=True)
    assert pages(alone.path) == [his]


def test_a_family_whose_day_was_not_paid_is_told_of_no_avoir_and_one_undone_is_not_written_to(desk: Desk) -> None:
    one = a_family(desk)
    hold(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    done = close(desk, closed(THURSDAY))
    [page] = pages(write_closure_letters(desk, done.closure_id, new_operation()).path)
    assert "Activités annulées le jeudi 3 décembre 2026" in page and "avoir" not in page
    with pytest.raises(NothingToWrite):
        write_closure_letters(desk, done.closure_id, new_operation(), only_unreachable=True)
    undo(desk, done.closure_id)
    with pytest.raises(NothingToWrite, match="défaite"):
        write_closure_letters(desk, done.closure_id, new_operation())


def test_the_families_to_call_are_on_paper_and_in_a_spreadsheet_by_name(desk: Desk) -> None:
    separated(desk)
    first = a_family(desk, last_name="=Abdi", children=[a_child("Éole")])
    book_and_pay(desk, first.dossier_id, add(first.child_id, EVENING, THURSDAY))
    done = close(desk, closed(THURSDAY, FRIDAY, EVENING, BREAK, site=None))

    [page] = pages(print_phone_list(desk, done.closure_id).path)
    assert page.index("=Abdi") < page.index("Dupont")
    assert "06 12 34 56 78 Solange Dupont" in page and "Karim Benali" not in page  # nobody reaches him
    assert "2 familles" in page and STRIKE in page and "1,95" not in page

    exported = export_families(desk, done.closure_id)
    with exported.path.open(encoding="utf-8-sig") as file:
        titles, *rows = csv.reader(file, delimiter=";")
    assert exported.count == len(rows) == 2
    assert rows[0][0] == "'=Abdi"  # text, never a formula
    found = dict(zip(titles, rows[1], strict=True))
    assert (found["Enfants"], found["Journées"]) == ("Inès et Noé", "3")
    assert found["À appeler"] == "06 12 34 56 78 Solange Dupont"


def test_the_list_says_what_each_closure_gave_and_where_it_is(desk: Desk) -> None:
    separated(desk)
    evening = close(desk, closed(THURSDAY)).closure_id
    close(desk, closed(FRIDAY, None, BREAK, site=None))
    undo(desk, evening)
    latest, first = list_closures(desk)
    assert (latest.families, latest.days, latest.state_words, latest.agent) == (1, 2, "faite", "Camille Roux")
    assert (first.days, first.avoir_cents, first.restored, first.state_words) == (1, 1_95, 1, "défaite")
    with desk.database.read() as connection:
        avoirs = connection.execute(select(t.avoir.c.id, t.avoir.c.reason)).all()
    assert {avoir.reason for avoir in avoirs} == {"commune"}
    assert avoir_note(desk, avoirs[0].id).reason == f"Journées annulées par la commune : {STRIKE}."


def test_only_enfance_sees_closures_and_their_papers(desk: Desk) -> None:
    closure_id = close(desk, closed(THURSDAY)).closure_id
    others = [a_desk(desk.database, role) for role in Role if role is not Role.ENFANCE]
    before = row_counts(desk.database)
    for other in others:
        for act in (
            partial(preview_closure, other, closed(FRIDAY)),
            partial(list_closures, other),
            partial(view_closure, other, closure_id),
            partial(write_closure_letters, other, closure_id, new_operation()),
            partial(print_phone_list, other, closure_id),
            partial(export_families, other, closure_id),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert row_counts(desk.database) == before
