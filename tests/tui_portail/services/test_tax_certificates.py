"""Certificates read from the books: by payer and civil year, care only, reversals removed, corrections where the original was."""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, an_agent, paris
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    MEAL,
    add,
    alternate_weeks,
    book_and_pay,
    card,
    finish,
    pay_by_card,
    remove,
    set_time,
)
from tests.tui_portail.services.test_statement_counts import statements
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.tax_certificates import NothingToCertify, list_certificates, write_certificates

DAYS = [date(2027, 1, 7), date(2027, 1, 8), date(2027, 1, 11), date(2027, 1, 12), date(2027, 1, 14)]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, Role.ENFANCE, Role.REGISSEUR, documents_dir=tmp_path, at="2026-12-01 10:00")


def a_young_family(desk: Desk, born_on: date = date(2021, 5, 4), **fields: object) -> Family:
    child = a_child(birth_on=born_on, school_code="MATERNELLE", class_name="Grande section")
    return a_family(desk, children=[child], **fields)  # type: ignore[arg-type]


def totals(desk: Desk, year: int) -> list[int]:
    return [row.total_cents for row in list_certificates(desk, year)]


def words_of(path: Path) -> str:
    """The first page's words, on one line."""
    return " ".join(PdfReader(path).pages[0].extract_text().split())


def test_paid_in_one_year_given_back_the_same_and_used_the_next(desk: Desk) -> None:
    family = a_young_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, DAYS[0]))
    set_time(desk, paris("2027-01-05 10:00"))
    finish(desk, family.dossier_id, add(family.child_id, EVENING, date(2027, 1, 15)))  # the avoir pays it at once

    assert totals(desk, 2026) == [4 * EVENING_CENTS]  # 100 paid, 20 given back: 80
    assert totals(desk, 2027) == [EVENING_CENTS]  # then 20


def test_meals_and_children_of_six_or_more_do_not_count(desk: Desk) -> None:
    family = a_young_family(desk)
    charged = book_and_pay(desk, family.dossier_id, add(family.child_id, MEAL, DAYS[0]))
    older = a_young_family(desk, date(2020, 1, 1), last_name="Nguyen")
    book_and_pay(desk, older.dossier_id, add(older.child_id, EVENING, DAYS[0]))

    [row] = list_certificates(desk, 2026)
    assert row.payer_name == "Marie Dupont"
    assert 0 < row.total_cents < charged.total_cents  # the midday break is care, the meal is not


def test_a_reversed_payment_counts_for_nothing_nor_does_what_its_reversal_took_back(desk: Desk) -> None:
    family = a_young_family(desk)
    paid = book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, DAYS[0]))
    reverse_payment(desk, paid.payment_id, [1], desk.commune().policy.reversal_reasons[0], new_operation())

    assert totals(desk, 2026) == []


def test_a_correction_made_the_year_after_counts_in_the_year_of_the_payment(desk: Desk) -> None:
    family = a_young_family(desk)
    paid = book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
    set_time(desk, paris("2027-01-05 10:00"))
    reason = desk.commune().policy.correction_reasons[0]
    once = correct_payment(desk, paid.payment_id, [card(paid.total_cents, "1")], reason, new_operation())
    correct_payment(desk, once.cashed.payment_id, [card(paid.total_cents, "2")], reason, new_operation())

    assert (totals(desk, 2026), totals(desk, 2027)) == ([5 * EVENING_CENTS], [])


def test_each_separated_parent_declares_what_they_paid(desk: Desk) -> None:
    family = a_young_family(desk, two_payers=True)
    first, second = family.payer_ids
    alternate_weeks(desk.database, family.child_id, first, second, date(2027, 1, 4))
    baskets = finish(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS)).baskets
    for basket in baskets:
        pay_by_card(desk, basket.basket_id)

    rows = {row.payer_name: row.total_cents for row in list_certificates(desk, 2026)}
    assert rows == {"Marie Dupont": 2 * EVENING_CENTS, "Karim Benali": 3 * EVENING_CENTS}


def test_all_the_certificates_of_a_year_are_one_pdf_written_with_its_progress(desk: Desk) -> None:
    for name in ("Dupont", "Nguyen", "Œuvrard"):
        family = a_young_family(desk, last_name=name)
        book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, DAYS[0]))
    told: list[tuple[int, int]] = []

    path = write_certificates(desk, 2026, on_certificate=lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]
    pages = PdfReader(path).pages
    assert len(pages) == 3
    assert "Œuvrard" in pages[2].extract_text()
    [one] = [row.payer_id for row in list_certificates(desk, 2026) if row.payer_name == "Marie Nguyen"]
    assert len(PdfReader(write_certificates(desk, 2026, [one])).pages) == 1


def test_a_batch_that_is_stopped_leaves_no_file(desk: Desk, tmp_path: Path) -> None:
    family = a_young_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, DAYS[0]))

    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write_certificates(desk, 2026, on_certificate=stop)
    assert list(tmp_path.rglob("attestations*")) == []
    with pytest.raises(NothingToCertify):
        write_certificates(desk, 2025)


def test_an_erased_family_is_certified_without_its_names(desk: Desk) -> None:
    family = a_young_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, DAYS[0]))
    with desk.database.write() as connection:
        person = t.identity_snapshot
        connection.execute(
            update(person).values(name="", address="", erased_at=paris("2026-12-20 10:00")).where(person.c.name != "")
        )

    [row] = list_certificates(desk, 2026)
    text = words_of(write_certificates(desk, 2026))
    assert row.payer_name == f"Payeur n° {row.payer_id}"
    assert "dentité effacée le dimanche 20 décembre 2026" in text
    assert "Dupont" not in text
    assert "1,95 €" in text


def test_only_a_regisseur_is_named_where_the_regisseur_signs(database: Database, desk: Desk) -> None:
    family = a_young_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, DAYS[0]))

    assert "Le régisseur : Camille Roux" in words_of(write_certificates(desk, 2026))
    desk.sign(an_agent(database, Role.COMPTABILITE, name="Zoé Faure"))
    words = words_of(write_certificates(desk, 2026))
    assert "Le régisseur" in words
    assert "Zoé Faure" not in words


def test_certificates_are_read_in_as_many_statements_for_one_family_as_for_six(desk: Desk) -> None:
    counts = []
    for name in ("Dupont", "Nguyen", "Œuvrard", "Benali", "Costa", "Diallo"):
        family = a_young_family(desk, last_name=name)
        paid = book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *DAYS))
        finish(desk, family.dossier_id, remove(family.child_id, EVENING, DAYS[0]))
        reason = desk.commune().policy.correction_reasons[0]
        correct_payment(desk, paid.payment_id, [card(paid.total_cents, "1")], reason, new_operation())
        with statements() as sent:
            write_certificates(desk, 2026)
        counts.append(len(sent))

    assert totals(desk, 2026) == [4 * EVENING_CENTS] * 6
    assert len(set(counts[1:])) == 1  # the first also reads the commune


def test_enfance_reads_no_certificate(database: Database, desk: Desk) -> None:
    desk.sign(an_agent(database, Role.ENFANCE))
    with pytest.raises(NotAllowed):
        list_certificates(desk, 2026)
