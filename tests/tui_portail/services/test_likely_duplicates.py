"""Families already known are said before another is registered: whichever way they were written, and quickly among homonyms."""

from datetime import date

import pytest

from models.engine import Database
from tests.factories import a_child, a_desk, a_family, a_guardian
from tests.tui_portail.services.desk_acts import archive, clock_of, merged
from tests.tui_portail.services.test_statement_counts import statements
from tui_portail.duplicates import Likeness
from tui_portail.family_forms import FamilyForm
from tui_portail.services.desk import Desk
from tui_portail.services.likely_duplicates import likely_duplicates
from tui_portail.services.rights import Role


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database, Role.ENFANCE)


def a_form(child: str = "Ines", child_name: str = "DUPONT", **guardian: object) -> FamilyForm:
    values: dict[str, object] = {"phone": "", "address": "", "first_name": "Paul", "last_name": "Durand"}
    return FamilyForm((a_guardian(**(values | guardian)),), (a_child(child, child_name),))  # type: ignore[arg-type]


def test_a_child_of_the_same_names_and_birth_date_is_nearly_certain(desk: Desk) -> None:
    family = a_family(desk)
    [found] = likely_duplicates(desk, a_form())
    assert (found.dossier_id, found.likeness, found.why) == (
        family.dossier_id,
        Likeness.CERTAIN,
        ("même enfant : Inès Dupont, 12/03/2019",),
    )


def test_a_guardian_of_the_same_name_is_known_by_the_telephone_however_it_is_written(desk: Desk) -> None:
    family = a_family(desk)
    form = a_form("Tom", "Durand", last_name="dupont", first_name="marie", phone="+33 6 12 34 56 78")
    [found] = likely_duplicates(desk, form)
    assert (found.dossier_id, found.why) == (family.dossier_id, ("même nom et même téléphone : Marie Dupont",))


def test_a_typing_error_in_the_childs_name_is_seen_and_a_twin_is_not(desk: Desk) -> None:
    family = a_family(desk, children=[a_child("Gabriel")])
    assert [one.dossier_id for one in likely_duplicates(desk, a_form("Gabreil"))] == [family.dossier_id]
    assert likely_duplicates(desk, a_form("Raphaël")) == ()


def test_another_family_is_nobodys_duplicate(desk: Desk) -> None:
    a_family(desk)
    assert likely_duplicates(desk, a_form("Inès", "Martin")) == ()


def test_a_dossier_that_is_edited_is_nobodys_duplicate_but_those_new_to_it_are_looked_for(desk: Desk) -> None:
    family, other = a_family(desk), a_family(desk, last_name="Martin", children=[a_child("Noé", "Martin")])
    same, new = FamilyForm((), (a_child(),)), FamilyForm((), (a_child("Noé", "Martin"),))
    assert likely_duplicates(desk, same, family.dossier_id) == ()
    assert [one.dossier_id for one in likely_duplicates(desk, new, family.dossier_id)] == [other.dossier_id]


def test_an_archived_dossier_is_shown_and_a_merged_one_once(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    merged(desk, kept, other)
    archive(desk.database, kept.dossier_id, clock_of(desk).instant)
    [found] = likely_duplicates(desk, a_form())
    assert (found.dossier_id, found.archived) == (kept.dossier_id, True)


def test_homonyms_cost_no_statement_more(desk: Desk) -> None:
    counts = []
    for homonyms in (1, 12):
        for place in range(homonyms):
            a_family(desk, children=[a_child(birth_on=date(2015, 1 + place % 12, 1))])
        with statements() as sent:
            likely_duplicates(desk, a_form(last_name="Dupont", first_name="Marie"))
        counts.append(len(sent))
    assert counts[0] >= counts[1] - 3, "whoever is read is read at once"
    assert max(counts) <= 16
