"""Lines to a plan: what a line says of people, and what becomes of it against the base and the lines before it."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import the_commune
from tests.tui_portail.onde_files import (
    MAIRIE,
    PUITS,
    PUPILS,
    delimited,
    guardian,
    guardians_file,
    pupil,
    pupils_file,
)
from tui_portail.errors import PortailError
from tui_portail.imports.columns import ColumnMap, ColumnsMissing, FileKind, guess_kind, guess_map, map_of
from tui_portail.imports.files import read_delimited
from tui_portail.imports.known import Known, KnownChild, KnownDossier, KnownGuardian, KnownSchooling
from tui_portail.imports.lines import PlaceSaid, Reading, understanding
from tui_portail.imports.plan import FileToPlan, ImportPlan, Outcome
from tui_portail.imports.planning import plan_import

CREATED, MATCHED, AMBIGUOUS, REJECTED = Outcome
TODAY, YEAR = date(2026, 12, 1), date(2026, 9, 1)
LEA = KnownChild(
    7, 3, "Nguyen", "", "Léa", date(2019, 3, 12), "F", False, (KnownSchooling(9, YEAR, "ELEMENTAIRE", "CE1", "CE1"),)
)
HER_FAMILY = Known((KnownDossier(3, "123456789", 1),), (LEA,))


def plan(*contents: bytes, known: Known = HER_FAMILY, columns: ColumnMap | None = None, school: str = "") -> ImportPlan:
    files = []
    for content in contents:
        source = read_delimited("f.csv", content)
        kind = FileKind.TABLE if columns is not None else guess_kind(source.header)
        reading = Reading(the_commune().schools, TODAY, school)
        files.append(FileToPlan(source, understanding(kind, source.header, columns, reading)))
    return plan_import(files, known, YEAR, TODAY)


def told(made: ImportPlan) -> list[tuple[int, Outcome]]:
    return [(line.line, line.outcome) for line in made.lines]


def reason(made: ImportPlan, line: int) -> str:
    return next(one.reason for one in made.lines if one.line == line)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "cp1252", "utf-8-sig"])
@pytest.mark.parametrize("titles", [PUPILS, tuple(reversed(PUPILS))], ids=["onde", "reversed"])
def test_columns_are_found_by_their_titles_whatever_the_order(encoding: str, titles: Sequence[str]) -> None:
    made = plan(
        pupils_file(
            pupil("NGUYEN", "Léa", "12/03/2019"), pupil("ÉCHÉ", "Zoé", "2019-05-04"), titles=titles, encoding=encoding
        )
    )
    assert told(made) == [(2, MATCHED), (3, CREATED)]
    assert made.children[0].said.last_name == "ÉCHÉ"
    assert not made.touched


def test_titles_with_typographic_apostrophes_capitals_and_spaces_are_the_same() -> None:
    titles = ["NOM ÉLÈVE", " Nom d’usage  élève", "Prenom eleve", "Date Naissance", "sexe", "  Cycle", "NIVEAU "]
    made = plan(delimited([titles, ["NGUYEN", "", "Léa", "2019-03-12", "F", "C2", "CE1"]]))
    assert told(made) == [(2, MATCHED)]


def test_brothers_and_sisters_of_one_name_and_address_share_a_dossier_and_others_do_not() -> None:
    made = plan(
        pupils_file(
            pupil("ROUX", "Zoé", "2019-05-04"),
            pupil("ROUX", "Tom", "2016-05-04", "CM1", sex="H"),
            pupil("ROUX", "Ana", "2017-05-04", "CE2", address=MAIRIE),
            pupil("PETIT", "Max", "2017-05-04", "CE2", sex="M"),
        )
    )
    homes = [child.dossier for child in made.children]
    assert len(made.dossiers) == 3
    assert {child.said.first_name for child in made.children if homes.count(child.dossier) == 2} == {"Zoé", "Tom"}


def test_a_new_brother_joins_the_dossier_of_the_child_or_of_the_guardian_who_lives_there() -> None:
    tom = pupil("NGUYEN", "Tom", "2021-05-04", "PS", sex="H")
    alone = plan(pupils_file(pupil("NGUYEN", "Léa", "2019-03-12"), tom))
    minh = KnownGuardian(5, 3, "Nguyen", "", "Minh", place=PlaceSaid(PUITS, "34830"), payer_id=4)
    with_guardian = plan(pupils_file(tom), known=Known(HER_FAMILY.dossiers, (LEA,), (minh,)))
    for made in (alone, with_guardian):
        assert ([child.dossier for child in made.children], made.dossiers) == ([3], ())
    elsewhere = plan(pupils_file({**tom, "Adresse1": MAIRIE}))
    assert len(elsewhere.dossiers) == 1


def test_twins_are_two_children_and_the_same_line_twice_is_one() -> None:
    twice = pupil("ROUX", "Zoé", "2019-05-04")
    made = plan(pupils_file(twice, pupil("ROUX", "Tom", "2019-05-04"), twice, {**twice, "Adresse1": MAIRIE}))
    assert told(made) == [(2, CREATED), (3, CREATED), (4, REJECTED), (5, AMBIGUOUS)]
    assert reason(made, 4) == "Ligne répétée : la ligne 2 dit déjà tout de cet enfant."
    assert "homonyme" in reason(made, 5)


def test_a_child_is_known_by_the_name_used_or_the_one_of_birth_accents_and_hyphens_apart() -> None:
    made = plan(pupils_file(pupil("DE LA-TOUR", "LEA", "2019-03-12", usual="nguyen")))
    assert told(made) == [(2, MATCHED)]
    assert [(one.name, one.value) for one in made.filled] == [("birth_name", "DE LA-TOUR")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (pupil("ROUX", "Zoé", "29/02/2019"), "le 29/02/2019 n’existe pas dans le calendrier"),
        (pupil("ROUX", "Zoé", ""), "La date de naissance manque."),
        (pupil("ROUX", "Zoé", "12 mars"), "ne s’écrit ni 12/03/2019 ni 2019-03-12"),
        (pupil("ROUX", "", "2019-05-04"), "le prénom de l’enfant : il est obligatoire"),
        (pupil("RO\x07UX", "Zoé", "2019-05-04"), "un caractère qui ne s’imprime pas"),
        (pupil("ROUX", "Zoé", "2019-05-04", sex="X"), "n’est ni F, ni H, ni M"),
        (pupil("ROUX", "Zoé", "2019-05-04", "ULIS"), "Le niveau « ULIS » n’est pas connu"),
        (pupil("ROUX", "Zoé", "2099-05-04"), "n’est pas encore passée"),
    ],
)
def test_a_line_that_cannot_be_kept_says_why(line: dict[str, str], why: str) -> None:
    made = plan(pupils_file(line))
    assert told(made) == [(2, REJECTED)]
    assert why in reason(made, 2)


def test_formulas_are_text_and_29_february_of_a_leap_year_is_a_day() -> None:
    made = plan(pupils_file(pupil("=cmd|' /C calc'!A0", "@Zoé", "29/02/2020")))
    said = made.children[0].said
    assert (said.last_name, said.first_name, said.birth_on) == ("=cmd|' /C calc'!A0", "@Zoé", date(2020, 2, 29))


def test_the_school_is_the_one_that_has_the_level_or_the_one_chosen_for_the_file() -> None:
    line = pupil("ROUX", "Zoé", "2020-05-04", "Grande section", label="Les Lutins")
    [child] = plan(pupils_file(line)).children
    assert (child.said.school_code, child.said.level, child.said.class_name) == ("MATERNELLE", "GS", "Grande section")
    mistaken = plan(pupils_file(line), school="ELEMENTAIRE")
    assert reason(mistaken, 2).startswith("Le niveau Grande section n’est pas de « École élémentaire »")
    [chosen] = plan(pupils_file(pupil("ROUX", "Zoé", "2020-05-04", "ULIS")), school="ELEMENTAIRE").children
    assert (chosen.said.school_code, chosen.said.level) == ("ELEMENTAIRE", "")


def test_another_class_counts_from_the_day_and_a_first_school_of_the_year_from_september() -> None:
    [moved] = plan(pupils_file(pupil("NGUYEN", "Léa", "2019-03-12", "CE2"))).schoolings
    assert (moved.from_on, moved.level, moved.before) == (TODAY, "CE2", ("ELEMENTAIRE", "CE1", "CE1"))
    last_year = KnownChild(
        *(7, 3, "Nguyen", "", "Léa", date(2019, 3, 12), "F", False),
        (KnownSchooling(9, date(2025, 9, 1), "ELEMENTAIRE", "CP", "CP"),),
    )
    known = Known(HER_FAMILY.dossiers, (last_year,))
    [first] = plan(pupils_file(pupil("NGUYEN", "Léa", "2019-03-12")), known=known).schoolings
    assert first.from_on == YEAR


def test_guardians_are_given_the_children_they_list_and_the_class_tells_homonyms_apart() -> None:
    pupils = pupils_file(
        pupil("MARTIN", "Léo", "2019-01-05", "CE1", sex="M", label="CE1 Mme Roy"),
        pupil("MARTIN", "Léo", "2017-02-06", "CM1", sex="M", address=MAIRIE),
    )
    guardians = guardians_file(
        guardian("MARTIN", "Jean", ("MARTIN", "Léo", "CE1 MME ROY")),
        guardian("MARTIN", "Anne", ("MARTIN", "Léo", "CM1"), address=MAIRIE),
        guardian("MARTIN", "Paul", ("MARTIN", "Léo", "CM2"), address="8 rue Basse"),
        guardian("INCONNU", "Max", ("PERSONNE", "Zoé", "CP")),
    )
    made = plan(pupils, guardians)
    assert told(made) == [(2, CREATED), (3, CREATED), (2, CREATED), (3, CREATED), (4, AMBIGUOUS), (5, REJECTED)]
    of = {child.said.birth_on.year: child.dossier for child in made.children}
    assert {one.said.first_name: one.dossier for one in made.guardians} == {"Jean": of[2019], "Anne": of[2017]}
    assert [one.payer for one in made.guardians] == [True, True]


def test_a_guardian_of_two_new_families_makes_them_one_and_of_a_known_one_joins_it() -> None:
    pupils = pupils_file(pupil("ROUX", "Zoé", "2019-05-04"), pupil("PETIT", "Max", "2017-05-04", "CE2", address=MAIRIE))
    one_mother = guardians_file(
        guardian("ROUX", "Anne", ("ROUX", "Zoé", "CE1"), ("PETIT", "Max", "CE2")),
        guardian("PETIT", "Luc", ("PETIT", "Max", "CE2"), address=MAIRIE),
    )
    made = plan(pupils, one_mother)
    assert len(made.dossiers) == 1
    assert [(one.said.first_name, one.payer) for one in made.guardians] == [("Anne", True), ("Luc", False)]
    hers = guardians_file(guardian("NGUYEN", "Minh", ("NGUYEN", "Léa", "CE1"), ("ROUX", "Zoé", "CE1")))
    joined = plan(pupils, hers)
    assert len(joined.dossiers) == 1
    assert {child.said.first_name: child.dossier for child in joined.children}["Zoé"] == 3


def test_a_guardian_already_known_is_only_completed() -> None:
    minh = KnownGuardian(5, 3, "Nguyen", "", "Minh", phone="0611111111", place=PlaceSaid(PUITS), payer_id=4)
    known = Known(HER_FAMILY.dossiers, (LEA,), (minh,))
    line = guardian(
        "NGUYEN", "MINH", ("NGUYEN", "Léa", "CE1"), address=MAIRIE, phone="0622222222", email="m@exemple.fr"
    )
    made = plan(guardians_file(line), known=known)
    assert told(made) == [(2, MATCHED)]
    assert [(one.name, one.value) for one in made.filled] == [("email", "m@exemple.fr")]
    assert made.guardians == ()


def test_a_table_is_read_by_its_map() -> None:
    titles = [
        "Nom enfant",
        "Prénom enfant",
        "Date de naissance",
        "Niveau",
        "Nom parent",
        "Prénom parent",
        "Téléphone parent",
    ]
    titles += ["Adresse parent", "QF", "QF du", "QF au", "CAF", "ALSH"]
    cells = [
        "Roux",
        "Zoé",
        "04/05/2019",
        "CE1",
        "Roux",
        "Anne",
        "612345678",
        PUITS,
        "745,50",
        "01/01/2026",
        "31/12/2026",
    ]
    content = delimited([titles, [*cells, "1234567A", "2025, 2026"]])
    columns = guess_map(titles)
    assert map_of(dict(columns.titles)) == columns
    made = plan(content, columns=columns)
    assert told(made) == [(2, CREATED)]
    [anne] = made.guardians
    assert (anne.said.phone, anne.said.allowance_number, anne.payer) == ("0612345678", "1234567A", True)
    assert [one.value_cents for one in made.quotients] == [745_50]
    assert [one.year for one in made.alsh_years] == [2025, 2026]


def test_a_table_without_a_column_that_is_needed_is_refused_whole() -> None:
    with pytest.raises(ColumnsMissing, match="naissance"):
        plan(b"Nom;Prenom\nRoux;Zoe\n", columns=ColumnMap({"enfant_nom": "Nom", "enfant_prenom": "Prenom"}))
    with pytest.raises(ColumnsMissing, match="n’est pas dans ce fichier"):
        plan(b"Nom;Prenom\nRoux;Zoe\n", columns=ColumnMap({"enfant_nom": "Autre"}))


CELLS = st.text(alphabet="aÉ-' 1/9\x00=;\"\n", max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["2019-05-04", "29/02/2019", "x", ""]), CELLS), max_size=8))
def test_every_record_has_one_outcome_and_nothing_but_a_sentence_is_raised(rows: list[tuple[str, ...]]) -> None:
    content = delimited([["Nom élève", "Prénom élève", "Date naissance", "Niveau"], *rows])
    try:
        made = plan(content, school="ELEMENTAIRE")
    except PortailError:
        return
    assert sum(made.counts.values()) == len(made.lines) == len(read_delimited("f", content).records)
    assert len(made.children) == made.counts[CREATED]
    assert all(line.reason for line in made.lines)
