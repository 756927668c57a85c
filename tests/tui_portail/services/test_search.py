"""A family is found whatever the agent remembers of it, and homonyms are told apart."""

from datetime import date

import pytest
from sqlalchemy import insert

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, a_guardian
from tests.families import guardian, save_with
from tui_portail.dossier_number import display, with_key
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.dossier_search import recent_dossiers, search
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.search_index import add_to_vocabulary


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database)


@pytest.fixture
def tower(desk: Desk) -> Family:
    """Clémence de La Tour and her daughter Cœline O’Connor, born on 12 March 2019."""
    others = [("Martin", "Inès"), ("Lefèvre", "Noé"), ("Tournier", "Anatole")]
    for last_name, first_name in others:
        guardian = a_guardian(last_name, "Paul", phone="07 00 00 00 00")
        a_family(desk, guardians=[guardian], children=[a_child(first_name, last_name, birth_on=date(2018, 1, 1))])
    return a_family(
        desk,
        guardians=[a_guardian("de La Tour", "Clémence", phone="+33 6 98 76 54 32", city="Jacou")],
        children=[a_child("Cœline", "O’Connor", birth_on=date(2019, 3, 12))],
    )


@pytest.mark.parametrize(
    "text",
    [
        "de La Tour",
        "de la tour clemence",
        "CLEMENCE Tour",
        "delatour",
        "latour",
        "tour clém",
        "coeline",
        "Cœline o'connor",
        "oconnor",
        "connor",
        "clemence de tour",
        "12/03/2019",
        "12 mars 2019",
        "12032019",
        "120319",
        "06 98 76 54 32",
        "0698765432",
        "+33698765432",
        "069876",
        "tour 2019",
        "12/03/2019 clemence",
    ],
)
def test_a_family_is_found_by_what_is_remembered_of_it(desk: Desk, tower: Family, text: str) -> None:
    assert [hit.dossier_id for hit in search(desk, text)] == [tower.dossier_id]


@pytest.mark.parametrize(
    "text", ["clemense", "clemnce", "clemencee", "lcemence", "colnnor", "coeline o'conor", "tuor clemence"]
)
def test_one_typing_error_is_forgiven(desk: Desk, tower: Family, text: str) -> None:
    assert tower.dossier_id in [hit.dossier_id for hit in search(desk, text)]


def test_a_family_is_found_by_its_number_typed_or_begun(desk: Desk, tower: Family) -> None:
    for text in (tower.number, display(tower.number), tower.number[:6]):
        (hit,) = search(desk, text)
        assert (hit.dossier_id, hit.matched) == (tower.dossier_id, f"n° {display(tower.number)}")


def test_what_was_met_is_said(desk: Desk, tower: Family) -> None:
    said = {text: search(desk, text)[0].matched for text in ("coeline", "tour", "12/03/2019", "06 98 76 54 32")}

    assert said == {
        "coeline": "Cœline O’Connor, 12/03/2019",
        "tour": "Clémence de La Tour",
        "12/03/2019": "Cœline O’Connor, 12/03/2019",
        "06 98 76 54 32": "",
    }


def test_every_word_must_be_met(desk: Desk, tower: Family) -> None:
    assert search(desk, "clemence martin") == ()
    assert search(desk, "introuvable") == ()
    assert search(desk, "") == search(desk, " '- ") == ()


def test_what_is_typed_exactly_comes_before_what_begins_so(desk: Desk) -> None:
    names = ["Martinez", "Martineau", "Martin", "Martins"]
    for name in names:
        a_family(desk, last_name=name)

    assert search(desk, "martin")[0].label == "Martin"
    assert {hit.label for hit in search(desk, "martin")} == set(names)


def test_homonyms_are_told_apart_by_children_home_and_telephone(desk: Desk) -> None:
    for first_name, city, phone in (("Inès", "Clapiers", "06 11 11 11 11"), ("Noé", "Jacou", "06 22 22 22 22")):
        a_family(
            desk,
            guardians=[a_guardian("Martin", "Marie", city=city, phone=phone)],
            children=[a_child(first_name, "Martin")],
        )

    hits = search(desk, "marie martin")

    assert len({hit.label for hit in hits}) == 1
    assert {hit.detail for hit in hits} == {
        "Inès 2019 · 06 11 11 11 11 · 1 place de la Mairie, Clapiers",
        "Noé 2019 · 06 22 22 22 22 · 1 place de la Mairie, Jacou",
    }
    assert {hit.matched for hit in hits} == {"Marie Martin"}


def test_homonyms_to_the_children_s_first_name_are_told_apart_by_who_is_meant_and_when_they_were_born(
    desk: Desk,
) -> None:
    for birth_on in (date(2019, 3, 12), date(2019, 11, 2), date(2021, 3, 12)):
        guardian = a_guardian("Martin", "Marie", birth_on=date(1985, 1, birth_on.month))
        a_family(desk, guardians=[guardian], children=[a_child("Inès", "Martin", birth_on=birth_on)])

    children, mothers = search(desk, "inès martin"), search(desk, "martin marie")

    assert {hit.matched for hit in children} == {
        "Inès Martin, 12/03/2019",
        "Inès Martin, 02/11/2019",
        "Inès Martin, 12/03/2021",
    }
    assert {hit.matched for hit in mothers} == {"Marie Martin, 03/01/1985", "Marie Martin, 11/01/1985"}
    assert [hit.matched for hit in search(desk, "martin ines 02/11/2019")] == ["Inès Martin, 02/11/2019"]


def test_a_family_renamed_or_with_another_telephone_is_found_by_the_new_and_no_longer_by_the_old(desk: Desk) -> None:
    family = a_family(desk, last_name="Ancelin", children=[a_child("Zoé", "Zimmer")])
    save_with(desk, family.dossier_id, guardian(last_name="Nouvel", birth_name="Kieffer", phone="0799999999"))

    assert [hit.dossier_id for hit in search(desk, "nouvel")] == [family.dossier_id]
    assert [hit.matched for hit in search(desk, "kieffer marie")] == ["Marie Nouvel, né(e) Kieffer"]
    assert [hit.dossier_id for hit in search(desk, "07 99")] == [family.dossier_id]
    assert search(desk, "ancelin") == search(desk, "0612345678") == ()


def test_a_name_recorded_a_moment_ago_is_known_to_the_typing_errors(desk: Desk) -> None:
    assert search(desk, "zylbersztein") == ()
    family = a_family(desk, last_name="Zylberstein")

    assert [hit.dossier_id for hit in search(desk, "zylbersztein")] == [family.dossier_id]


def test_a_name_already_in_the_vocabulary_is_not_added_twice(desk: Desk) -> None:
    with desk.database.write() as connection:
        add_to_vocabulary(connection, ["dupont", "durand"])
        add_to_vocabulary(connection, ["durand", "duval", "dupont"])
        words = connection.exec_driver_sql("SELECT word FROM search_word ORDER BY id").scalars().all()

    assert sorted(words) == ["dupont", "durand", "duval"]


def test_a_search_gives_no_more_dossiers_than_asked(desk: Desk) -> None:
    with desk.database.write() as connection:
        rows = [
            {
                "id": n,
                "number": with_key(1_000_000 + n),
                "label": "Martin",
                "created_at": desk.instant(connection),
                "version": 1,
            }
            for n in range(1, 301)
        ]
        connection.execute(insert(t.dossier), rows)
        connection.execute(insert(t.search_token), [{"word": "martin", "dossier_id": n} for n in range(1, 301)])

    assert len(search(desk, "mar")) == 30
    assert len(search(desk, "mar", limit=10)) == 10
    assert len(search(desk, "mar", limit=10_000)) == 200


def test_text_that_looks_like_a_pattern_is_only_text(desk: Desk, tower: Family) -> None:
    for text in ("%", "_", "*", "'; DROP TABLE dossier; --", "[red]", "\\", "🙂", "x" * 5_000):
        assert search(desk, text) == ()
    assert search(desk, "tour")


def test_recent_dossiers_are_those_touched_last(desk: Desk) -> None:
    first, second, third = (a_family(desk, last_name=name) for name in ("Un", "Deux", "Trois"))
    desk.clock.advance(minutes=1)  # type: ignore[attr-defined]
    renew_alsh(desk, first.child_id, 2027, new_operation())
    desk.clock.advance(minutes=1)  # type: ignore[attr-defined]
    renew_alsh(desk, second.child_id, 2027, new_operation())

    assert [hit.dossier_id for hit in recent_dossiers(desk)] == [second.dossier_id, first.dossier_id, third.dossier_id]
    assert [hit.dossier_id for hit in recent_dossiers(desk, limit=1)] == [second.dossier_id]


def test_comptabilite_may_search_and_an_administrateur_alone_may_not(
    database: Database, desk: Desk, tower: Family
) -> None:
    assert search(a_desk(database, Role.COMPTABILITE), "tour")
    with pytest.raises(NotAllowed):
        search(a_desk(database, Role.ADMINISTRATEUR), "tour")
