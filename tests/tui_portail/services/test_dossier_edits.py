"""A dossier is edited in place: nothing typed is lost, nothing dated is deleted, names stay as they were on what is already printed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family, a_guardian
from tests.families import a_contact, child, guardian, more, record_quotient, save_with
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import ConsentForm, FormRefused
from tui_portail.pricing import QuotientFamilial, quotient_on
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.dossier_gesture import DossierChanged
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.family_reading import open_family
from tui_portail.services.family_records import RenewalRefused
from tui_portail.services.family_saving import save_family
from tui_portail.services.rights import NotAllowed, Role


def _snapshots(desk: Desk, person_id: int, kind: str) -> list[tuple[str, str]]:
    snapshot = t.identity_snapshot
    with desk.database.read() as connection:
        rows = connection.execute(
            select(snapshot.c.name, snapshot.c.address)
            .where(snapshot.c.person_id == person_id, snapshot.c.kind == kind)
            .order_by(snapshot.c.id)
        )
        return [(row.name, row.address) for row in rows]


def _quotients(desk: Desk, payer_id: int) -> list[tuple[int, date, date]]:
    quotient = t.quotient_familial
    with desk.database.read() as connection:
        rows = connection.execute(select(quotient).where(quotient.c.payer_id == payer_id).order_by(quotient.c.id))
        return [(row.value_cents, row.valid_from_on, row.valid_until_on) for row in rows]


def test_a_new_name_or_address_takes_a_new_snapshot_and_leaves_the_former_as_it_was(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    view = save_with(desk, family.dossier_id, guardian(last_name="Durand", city="Jacou"))

    assert (view.label, view.version) == ("Durand", 2)
    assert _snapshots(desk, family.guardian_ids[0], "payeur") == [
        ("Marie Dupont", "1 place de la Mairie\n34830 Clapiers"),
        ("Marie Durand", "1 place de la Mairie\n34830 Jacou"),
    ]


def test_a_new_telephone_takes_no_new_snapshot(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    save_with(desk, family.dossier_id, guardian(phone="07 00 00 00 00"))

    assert len(_snapshots(desk, family.guardian_ids[0], "payeur")) == 1


def test_an_edit_made_from_an_older_version_is_refused_and_changes_nothing(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    save_with(desk, family.dossier_id, child(first_name="Inaya"))

    with pytest.raises(DossierChanged, match="votre saisie est gardée"):
        save_with(desk, family.dossier_id, guardian(last_name="Autre"), version=1)
    assert load_dossier(desk, family.dossier_id).label == "Dupont"


def test_an_edit_sent_twice_is_done_once(database: Database) -> None:
    desk = a_desk(database)
    family, operation = a_family(desk), new_operation()
    form = more(children=a_child("Gabriel"))(open_family(desk, family.dossier_id).form)
    first = save_family(desk, family.dossier_id, form, 1, operation)
    second = save_family(desk, family.dossier_id, form, 1, operation)

    assert first == second
    assert (first.version, len(first.children)) == (2, 2)


def test_a_second_payer_is_added_on_what_was_seen_and_no_third(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    karim = a_guardian("Benali", "Karim", basis="")
    with pytest.raises(FormRefused, match="jugement ou un accord écrit") as refused:
        save_with(desk, family.dossier_id, more(guardians=karim))
    assert refused.value.field == "guardians.1.basis"
    for missing in ("basis_on", "basis_seen_on"):
        with pytest.raises(FormRefused, match="Donnez"):
            save_with(desk, family.dossier_id, more(guardians=replace(a_guardian("Benali"), **{missing: None})))
    view = save_with(desk, family.dossier_id, more(guardians=replace(karim, basis="jugement")))

    assert [(payer.name, payer.rank) for payer in view.payers] == [("Marie Dupont", 1), ("Karim Benali", 2)]
    assert view.label == "Dupont – Benali"
    with database.read() as connection:
        bases = connection.execute(select(t.payer).order_by(t.payer.c.rank)).all()
    assert [(row.basis, row.basis_on, row.basis_seen_by is None) for row in bases] == [
        ("", None, True),
        ("jugement", date(2026, 1, 5), False),
    ]
    with pytest.raises(FormRefused, match="deux payeurs"):
        save_with(desk, family.dossier_id, more(guardians=a_guardian("Trois")))
    view = save_with(desk, family.dossier_id, more(guardians=a_guardian("Trois", payer=False)))
    assert len(view.guardians) == 3


def test_a_payer_stays_one(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, two_payers=True)
    with pytest.raises(FormRefused, match="est payeur") as refused:
        save_with(desk, family.dossier_id, guardian(1, payer=False))
    assert refused.value.field == "guardians.1.payer"


def test_what_was_recorded_before_a_rule_blocks_no_other_change(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, two_payers=True)
    with database.write() as connection:
        connection.execute(update(t.payer).values(basis="", basis_on=None, basis_seen_on=None))
        connection.execute(update(t.guardian).values(postcode="3483"))
        connection.execute(update(t.child).values(birth_on=date(1990, 1, 1)))
    view = save_with(desk, family.dossier_id, guardian(1, phone="07 00 00 00 00", postcode="34830"))

    assert view.guardians[1].phone == "07 00 00 00 00"
    with pytest.raises(FormRefused, match="cinq chiffres"):
        save_with(desk, family.dossier_id, guardian(phone="07 00 00 00 00"))


def test_persons_and_consents_are_saved_in_the_same_gesture_and_keep_their_rows(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2)
    grandmother, banned = a_contact(), a_contact("Petit", "Jean", may_collect=False, forbidden=True, child=1)
    allowed = ConsentForm("reglement", True, date(2026, 12, 1))
    save_with(
        desk,
        family.dossier_id,
        more(contacts=grandmother),
        more(contacts=banned),
        more(consents=allowed),
        child(consents=(ConsentForm("image", False, date(2026, 12, 1)),)),
    )
    form = open_family(desk, family.dossier_id).form
    kept = form.contacts[1].contact_id
    view = save_with(
        desk,
        family.dossier_id,
        lambda form: replace(form, contacts=(replace(form.contacts[1], phone="07 00 00 00 00"),)),
        child(consents=(ConsentForm("image", True, date(2026, 12, 1)),)),
    )

    [contact] = view.contacts
    assert (contact.contact_id, contact.name, contact.phone, contact.forbidden) == (
        kept,
        "Jean Petit",
        "07 00 00 00 00",
        True,
    )
    assert contact.child_id == view.children[1].child_id
    assert view.consents == (allowed,)
    assert view.children[0].care is not None and view.children[0].care.consents_missing == ("sortie_seul",)
    with database.read() as connection:
        rows = connection.execute(select(t.consent).order_by(t.consent.c.id)).all()
    assert [(row.kind, bool(row.given)) for row in rows] == [("image", False), ("reglement", True), ("image", True)]


def test_another_class_counts_from_today_and_the_former_is_kept(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    save_with(desk, family.dossier_id, child(class_name="CE2"))
    view = save_with(desk, family.dossier_id, child(class_name="CM1"))

    with database.read() as connection:
        rows = connection.execute(select(t.schooling).order_by(t.schooling.c.from_on)).all()
    assert view.children[0].class_name == "CM1"
    assert [(row.class_name, row.level, row.from_on) for row in rows] == [
        ("CE1", "CE1", date(2026, 9, 1)),
        ("CM1", "CM1", date(2026, 12, 1)),
    ]


def test_a_renamed_child_keeps_the_former_name_on_what_was_printed(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    save_with(desk, family.dossier_id, child(first_name="Inaya", last_name="Benali"))

    assert _snapshots(desk, family.child_id, "enfant") == [("Inès Dupont", ""), ("Inaya Benali", "")]


def test_a_new_quotient_ends_the_former_the_day_before(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, quotient_cents=745_00)
    view = record_quotient(
        desk, family.payer_id, 820_00, date(2026, 12, 1), date(2027, 11, 30), "attestation CAF", new_operation()
    )

    assert _quotients(desk, family.payer_id) == [
        (745_00, date(2026, 1, 1), date(2026, 11, 30)),
        (820_00, date(2026, 12, 1), date(2027, 11, 30)),
    ]
    assert (view.payers[0].quotient_cents, view.payers[0].quotient_from) == (820_00, date(2026, 12, 1))


def test_a_quotient_from_the_same_day_corrects_the_former_which_is_kept(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, quotient_cents=745_00)
    view = record_quotient(
        desk, family.payer_id, 475_00, date(2026, 1, 1), date(2026, 12, 31), "attestation CAF", new_operation()
    )

    assert [value for value, _, _ in _quotients(desk, family.payer_id)] == [745_00, 475_00]
    assert view.payers[0].quotient_cents == 475_00


def test_a_quotient_over_a_later_one_is_refused(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, quotient_cents=745_00)
    with pytest.raises(InvalidInput, match="1er janvier 2026"):
        record_quotient(desk, family.payer_id, 1, date(2025, 9, 1), date(2026, 8, 31), "", new_operation())
    with pytest.raises(FormRefused, match="finir avant de commencer"):
        record_quotient(desk, family.payer_id, 1, date(2026, 9, 1), date(2026, 8, 31), "", new_operation())


_DAYS = st.integers(0, 40).map(lambda day: date.fromordinal(date(2027, 1, 1).toordinal() + day))


@given(st.lists(st.tuples(st.integers(0, 2_000), _DAYS, _DAYS), min_size=1, max_size=5))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_last_quotient_accepted_is_the_one_in_force_on_its_days(
    database: Database, recorded: list[tuple[int, date, date]]
) -> None:
    desk = a_desk(database)
    payer_id = a_family(desk).payer_id
    for value, start, end in recorded:
        try:
            record_quotient(desk, payer_id, value, start, end, "", new_operation())
        except InvalidInput:
            continue
        kept = [QuotientFamilial(*row) for row in _quotients(desk, payer_id)]
        for day in (start, end):
            in_force = quotient_on(kept, day)
            assert in_force is not None and in_force.value_cents == value
    starts = sorted({row[1] for row in _quotients(desk, payer_id)})
    assert all(
        ends < following
        for begins, following in pairwise(starts)
        for _, start, ends in _quotients(desk, payer_id)
        if start == begins
    )


def test_an_alsh_year_is_renewed_once_and_only_in_its_time(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    view = renew_alsh(desk, family.child_id, 2027, new_operation())
    view = renew_alsh(desk, family.child_id, 2027, new_operation())

    assert view.children[0].alsh_years == ((2027, "renouvelé"),)
    for year in (2025, 2028, 27):
        with pytest.raises(RenewalRefused):
            renew_alsh(desk, family.child_id, year, new_operation())


def test_an_edit_names_a_person_of_its_own_dossier(database: Database) -> None:
    desk = a_desk(database)
    family, other = a_family(desk), a_family(desk)
    with pytest.raises(InvalidInput):
        save_with(desk, family.dossier_id, child(child_id=other.child_id))
    with pytest.raises(InvalidInput):
        renew_alsh(desk, 404, 2027, new_operation())


def test_comptabilite_edits_nothing(database: Database) -> None:
    office = a_desk(database)
    family = a_family(office)
    form = open_family(office, family.dossier_id).form
    desk = a_desk(database, Role.COMPTABILITE, Role.REGISSEUR)
    edits: list[Callable[[], object]] = [
        lambda: save_family(desk, family.dossier_id, form, 1, new_operation()),
        lambda: open_family(desk, family.dossier_id),
        lambda: renew_alsh(desk, family.child_id, 2027, new_operation()),
    ]
    for edit in edits:
        with pytest.raises(NotAllowed):
            edit()


def test_operations_are_listed_newest_first_with_who_did_them(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    desk.clock.advance(minutes=5)  # type: ignore[attr-defined]
    view = renew_alsh(desk, family.child_id, 2027, new_operation())

    assert [(line.label, line.reference) for line in view.operations] == [
        ("Dossier ALSH renouvelé", "Inès Dupont, 2027"),
        ("Dossier ouvert", f"{family.number[:3]}\u00a0{family.number[3:6]}\u00a0{family.number[6:]}"),
    ]
    assert view.operations[0].agent == "Camille Roux"
