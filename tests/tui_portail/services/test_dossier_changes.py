"""The history of a dossier: each field with who and when, in French, a page at a time; every column followed has its words."""

from datetime import date
from itertools import chain

from models import tables as t
from models.engine import Database
from models.states import (
    AllowanceFund,
    Authority,
    ChangeSubject,
    ConsentKind,
    Diet,
    GuardianRelation,
    SecondPayerBasis,
    Sex,
)
from tests.factories import a_desk, a_family, a_guardian
from tests.families import a_contact, child, guardian, more, record_quotient, save_with
from tests.tui_portail.services.desk_acts import merged
from tui_portail.change_words import FIELDS, SUBJECTS, TAKEN_OUT
from tui_portail.family_words import AUTHORITIES, BASES, CONSENTS, DIETS, FUNDS, RELATIONS, SEXES
from tui_portail.services.desk import new_operation
from tui_portail.services.dossier_changes import dossier_changes
from tui_portail.services.dossier_gesture import _UNFOLLOWED


def test_every_column_followed_and_every_code_kept_has_its_words() -> None:
    columns = chain.from_iterable(t.metadata.tables[subject.value].columns for subject in ChangeSubject)
    assert {column.name for column in columns} - _UNFOLLOWED <= set(FIELDS)
    assert set(SUBJECTS) == set(ChangeSubject)
    for words, codes in (
        (RELATIONS, GuardianRelation),
        (AUTHORITIES, Authority),
        (FUNDS, AllowanceFund),
        (BASES, SecondPayerBasis),
        (SEXES, Sex),
        (DIETS, Diet),
        (CONSENTS, ConsentKind),
    ):
        assert set(words) == {code.value for code in codes}


def test_who_changed_what_is_told_in_french_the_latest_first(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    save_with(
        desk,
        family.dossier_id,
        guardian(phone="07 00 00 00 00", relation="mere"),
        child(school_code="COLLEGE", class_name="6e", pai=True, pai_until_on=date(2027, 8, 31)),
        more(contacts=a_contact()),
    )
    desk.clock.advance(minutes=5)  # type: ignore[attr-defined]
    desk.sign(a_desk(database, name="Autre Agent").agent)  # type: ignore[arg-type]
    record_quotient(desk, family.payer_id, 820_50, date(2026, 12, 1), date(2027, 8, 31), "CAF", new_operation())
    save_with(desk, family.dossier_id, lambda form: type(form)(form.guardians, form.children))
    page = dossier_changes(desk, family.dossier_id)

    told = [(line.agent, line.subject, line.who, line.field, line.before, line.after) for line in page.lines]
    assert told[0] == ("Autre Agent", "Personne", "", "retrait", "", "")
    assert ("Autre Agent", "Quotient familial", "Marie Dupont", "quotient", "", "820,50") in told
    first = [line[1:] for line in told if line[0] == "Camille Roux"]
    assert ("Responsable", "Marie Dupont", "téléphone", "06 12 34 56 78", "07 00 00 00 00") in first
    assert ("Responsable", "Marie Dupont", "lien", "", "mère") in first
    assert ("Enfant", "Inès Dupont", "PAI", "non", "oui") in first
    assert ("Enfant", "Inès Dupont", "PAI jusqu’au", "", "31/08/2027") in first
    assert ("Scolarité", "Inès Dupont", "école", "", "Collège") in first
    assert page.lines[0].at > page.lines[-1].at
    assert page.older_than is None


def test_a_long_history_is_read_a_page_at_a_time_and_nothing_twice(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    save_with(desk, family.dossier_id, more(guardians=a_guardian("Benali", "Karim")), more(contacts=a_contact()))
    whole = dossier_changes(desk, family.dossier_id).lines
    seen, older = [], None
    while True:
        page = dossier_changes(desk, family.dossier_id, older, limit=7)
        seen += [line.change_id for line in page.lines]
        if (older := page.older_than) is None:
            break
    assert len(seen) == len(set(seen)) == len(whole)
    assert set(seen) == {line.change_id for line in whole}


def test_the_history_of_a_dossier_merged_since_is_read_in_the_one_it_became(database: Database) -> None:
    desk = a_desk(database)
    kept, other = a_family(desk), a_family(desk)
    save_with(desk, other.dossier_id, guardian(phone="07 00 00 00 00"))
    merged(desk, kept, other)
    told = [(line.subject, line.who, line.field, line.after) for line in dossier_changes(desk, kept.dossier_id).lines]
    assert ("Responsable", "Marie Dupont", "téléphone", "07 00 00 00 00") in told
    assert TAKEN_OUT not in {field for _, _, field, _ in told}, "what the merge moved is told once, as it came"
