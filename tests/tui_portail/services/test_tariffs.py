"""Price grids recorded from the screen: from then on days cost the new price, those booked keep theirs; real families tried on a draft."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import TUESDAY, a_child, a_desk, a_family, a_guardian
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, THURSDAY, add, hold, row_counts
from tui_portail.commune_files import with_grids
from tui_portail.dossier_number import with_key
from tui_portail.errors import InvalidInput
from tui_portail.price_copies import CopyTerms, copy_grids, to_copy
from tui_portail.price_grids import PriceGrid
from tui_portail.services.baskets import load_basket
from tui_portail.services.commune_settings import RecordedSettings, change_commune, read_settings
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.family_facts import DossierUnknown
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.sample_families import read_sample_family
from tui_portail.services.tariff_papers import export_price_table, print_price_table

TERMS = CopyTerms(date(2026, 12, 4), None, "Délibération du 1er décembre 2026", True, Fraction(2))


def doubled(grids: tuple[PriceGrid, ...]) -> tuple[PriceGrid, ...]:
    """The grids copied from 4 December on, at twice their price."""
    return copy_grids(grids, to_copy(grids, TERMS.first), TERMS)


def record(desk: Desk, grids: tuple[PriceGrid, ...]) -> RecordedSettings:
    """Record these grids as the screen does."""
    settings = read_settings(desk)
    document = with_grids(settings.document, grids)
    return change_commune(desk, settings.version, document, "essai", "Vote du conseil", new_operation())


def test_days_booked_keep_their_price_and_those_booked_later_cost_the_new_one(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.ADMINISTRATEUR)
    family = a_family(desk, quotient_cents=745_00)
    before = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert load_basket(desk, before.basket_id).total_cents == 125

    assert record(desk, doubled(read_settings(desk).commune.grids)).changed

    assert load_basket(desk, before.basket_id).total_cents == 125
    # Thursday still costs the old price, and Friday of the week after the new one
    after = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, date(2026, 12, 11)))
    assert load_basket(desk, after.basket_id).total_cents == 125 + 125 + 250


def test_a_hole_and_an_overlap_are_refused_and_nothing_is_recorded(database: Database) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR)
    old = read_settings(desk).commune.grids
    grids = doubled(old)
    with_hole = tuple(
        replace(one, valid_until=date(2026, 11, 30)) if one.activity == EVENING and one.valid_until else one
        for one in grids
    )
    before = row_counts(database)
    with pytest.raises(InvalidInput, match="n’a pas de prix du mardi 1er décembre 2026 au jeudi 3 décembre 2026"):
        record(desk, with_hole)
    with pytest.raises(InvalidInput, match="vaut en même temps"):
        record(desk, (*old, grids[-1]))
    assert row_counts(database) == before


def test_a_real_family_is_read_by_its_dossier_with_what_prices_ask_of_it(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.ADMINISTRATEUR)
    children = (a_child("Inès"), a_child("Noé", birth_on=date(2021, 5, 2), meal_supplied=False))
    guardians = (a_guardian(quotient_cents=745_00), a_guardian("Benali", "Karim", resident=False))
    family = a_family(desk, children=children, guardians=guardians)
    read = read_sample_family(desk, family.number)
    assert [(one.name, one.rank, one.meal_supplied) for one in read.children] == [("Inès", 1, True), ("Noé", 2, False)]
    assert [(one.name, one.resident, len(one.quotients)) for one in read.payers] == [
        ("Marie Dupont", True, 1),
        ("Karim Benali", False, 0),
    ]
    comptable = a_desk(database, Role.COMPTABILITE, Role.ADMINISTRATEUR, at=TUESDAY)
    assert [one.meal_supplied for one in read_sample_family(comptable, family.number).children] == [True, True]
    with pytest.raises(DossierUnknown):
        read_sample_family(desk, with_key(1234567))


def test_only_the_administrateur_prints_a_draft_and_only_with_dossiers_sees_a_family(database: Database) -> None:
    administrateur = a_desk(database, Role.ADMINISTRATEUR)
    family = a_family(administrateur)
    grids = doubled(read_settings(administrateur).commune.grids)
    for role in (Role.ENFANCE, Role.COMPTABILITE, Role.REGISSEUR, Role.SITE):
        desk = a_desk(database, role)
        before = row_counts(database)
        for forbidden in (
            lambda desk=desk: print_price_table(desk, grids, THURSDAY, draft=False),
            lambda desk=desk: export_price_table(desk, grids, THURSDAY),
            lambda desk=desk: read_sample_family(desk, family.number),
        ):
            with pytest.raises(NotAllowed):
                forbidden()
        assert row_counts(database) == before
    with pytest.raises(NotAllowed):
        read_sample_family(administrateur, family.number)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_price_table_is_printed_and_exported_whole(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR, documents_dir=tmp_path)
    grids = doubled(read_settings(desk).commune.grids)
    printed = print_price_table(desk, grids, FRIDAY, draft=True)
    text = " ".join(page.extract_text() for page in PdfReader(printed.path).pages)
    for words in (
        "Tarifs au vendredi 4 décembre 2026",
        "Projet, non enregistré",
        "ALP matin",
        "quotient de 500 à moins de 900",
    ):
        assert words in text
    assert "2,50" in text  # 1,25 doubled
    lines = export_price_table(desk, grids, FRIDAY).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Activité;Grille;Période")
    soir = next(line for line in lines if line.startswith("ALP soir") and "500 à moins de 900" in line)
    assert soir.endswith("2,50;2,13;1,75;3,13;2,66;2,19")
