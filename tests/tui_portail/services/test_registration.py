"""A family that is not connected is registered at the desk, in one gesture, or refused with a sentence."""

from dataclasses import replace
from datetime import date
from itertools import chain, repeat

import pytest
from sqlalchemy import Engine, event, func, select

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family, a_guardian
from tui_portail.dossier_number import is_number
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import FamilyForm, FormRefused
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import DossierUnknown, load_dossier, register_family, schools
from tui_portail.services.family_records import RenewalRefused
from tui_portail.services.gesture import OperationReused
from tui_portail.services.rights import NotAllowed, Role

FAMILY = FamilyForm(
    (a_guardian(quotient_cents=745_00),),
    (a_child(), a_child("Noé", birth_on=date(2022, 5, 2), school_code="MATERNELLE", class_name="Petite section")),
)


def _count(desk: Desk, table: object) -> int:
    with desk.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_a_registered_family_is_read_back_as_it_was_given(database: Database) -> None:
    desk = a_desk(database)
    made = register_family(desk, FAMILY, new_operation())
    view = load_dossier(desk, made.dossier_id)

    assert is_number(made.number)
    assert (view.number, view.label, view.version, view.archived) == (made.number, "Dupont", 1, False)
    assert [(g.last_name, g.first_name, g.phone, g.city) for g in view.guardians] == [
        ("Dupont", "Marie", "06 12 34 56 78", "Clapiers")
    ]
    assert [(p.name, p.rank, p.resident, p.quotient_cents, p.quotient_until) for p in view.payers] == [
        ("Marie Dupont", 1, True, 745_00, date(2027, 12, 31))
    ]
    assert view.guardians[0].payer_id == view.payers[0].payer_id
    assert [(c.first_name, c.school_name, c.class_name, c.alp_site, c.alsh_site) for c in view.children] == [
        ("Inès", "École élémentaire", "CE1", "Harmonie", "Harmonie"),
        ("Noé", "École maternelle", "Petite section", "Mélodie", "Mélodie"),
    ]
    assert [(line.label, line.agent) for line in view.operations] == [("Dossier ouvert", "Camille Roux")]
    assert (view.payers[0].avoir_cents, view.payers[0].live_basket_id, view.waiting_proofs) == (0, None, 0)


def test_each_person_is_named_by_a_snapshot_of_the_day(database: Database) -> None:
    desk = a_desk(database)
    register_family(desk, FAMILY, new_operation())
    with database.read() as connection:
        named = connection.execute(
            select(
                t.identity_snapshot.c.name,
                t.identity_snapshot.c.address,
                t.identity_snapshot.c.person_id,
                t.guardian.c.id,
            ).join(t.guardian, t.guardian.c.snapshot_id == t.identity_snapshot.c.id)
        ).all()
        children = connection.execute(
            select(
                t.identity_snapshot.c.kind, t.identity_snapshot.c.name, t.identity_snapshot.c.person_id == t.child.c.id
            )
            .join(t.child, t.child.c.snapshot_id == t.identity_snapshot.c.id)
            .order_by(t.child.c.id)
        ).all()

    assert [tuple(row) for row in named] == [
        ("Marie Dupont", "1 place de la Mairie\n34830 Clapiers", named[0].id, named[0].id)
    ]
    assert [(kind, name, bool(own)) for kind, name, own in children] == [
        ("enfant", "Inès Dupont", True),
        ("enfant", "Noé Dupont", True),
    ]


def test_a_registration_sent_twice_opens_one_dossier_and_with_another_content_is_refused(database: Database) -> None:
    desk, operation = a_desk(database), new_operation()
    first = register_family(desk, FAMILY, operation)

    assert register_family(desk, FAMILY, operation) == first
    assert _count(desk, t.dossier) == 1
    with pytest.raises(OperationReused):
        register_family(desk, replace(FAMILY, children=()), operation)


def test_a_number_already_given_is_drawn_again(database: Database) -> None:
    desk = a_desk(database)
    first = register_family(desk, FAMILY, new_operation(), below=lambda below: 7)
    draws = chain([7, 7], repeat(8))
    second = register_family(desk, FAMILY, new_operation(), below=lambda below: next(draws))

    assert first.number != second.number


def test_an_alsh_year_is_renewed_from_the_opening_the_commune_set(database: Database) -> None:
    early = a_desk(database, at="2026-09-30 10:00")
    with pytest.raises(RenewalRefused, match="1er octobre 2026"):
        a_family(early, renew_alsh_years=(2027,))

    family = a_family(a_desk(database, at="2026-10-01 09:00"), renew_alsh_years=(2026, 2027))
    view = load_dossier(a_desk(database), family.dossier_id)
    assert view.children[0].alsh_years == ((2026, "renouvelé"), (2027, "renouvelé"))


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        (replace(FAMILY, guardians=()), "guardians", "au moins un responsable"),
        (replace(FAMILY, guardians=(a_guardian(payer=False),)), "guardians.0.payer", "qui paie"),
        (replace(FAMILY, guardians=(a_guardian(),) * 3), "guardians", "deux payeurs"),
        (replace(FAMILY, guardians=(a_guardian("  "),)), "guardians.0.last_name", "obligatoire"),
        (replace(FAMILY, guardians=(a_guardian("Du\x00pont"),)), "guardians.0.last_name", "ne s’imprime pas"),
        (replace(FAMILY, guardians=(a_guardian("Du\u202epont"),)), "guardians.0.last_name", "ne s’imprime pas"),
        (replace(FAMILY, guardians=(a_guardian("D" * 121),)), "guardians.0.last_name", "120 caractères"),
        (replace(FAMILY, guardians=(a_guardian(email="marie"),)), "guardians.0.email", "exemple.fr"),
        (replace(FAMILY, guardians=(a_guardian(phone="allô"),)), "guardians.0.phone", "chiffres"),
        (replace(FAMILY, guardians=(a_guardian(postcode="?"),)), "guardians.0.postcode", "34830"),
        (replace(FAMILY, guardians=(a_guardian(quotient_cents=-1),)), "guardians.0.quotient_cents", "de 0"),
        (
            replace(FAMILY, guardians=(a_guardian(quotient_cents=1, quotient_until=None),)),
            "guardians.0.quotient_until",
            "deux dates",
        ),
        (replace(FAMILY, children=(a_child(birth_on=date(2026, 12, 2)),)), "children.0.birth_on", "pas encore passée"),
        (replace(FAMILY, children=(a_child(birth_on=date(1990, 1, 1)),)), "children.0.birth_on", "plus de 25 ans"),
        (replace(FAMILY, children=(a_child(), a_child("\n"))), "children.1.first_name", "obligatoire"),
    ],
)
def test_a_form_that_cannot_be_kept_is_refused_with_the_field_and_writes_nothing(
    database: Database, form: FamilyForm, field: str, sentence: str
) -> None:
    desk = a_desk(database)
    with pytest.raises(FormRefused, match=sentence) as refused:
        register_family(desk, form, new_operation())

    assert refused.value.field == field
    assert _count(desk, t.dossier) == _count(desk, t.identity_snapshot) == _count(desk, t.audit_event) == 0


@pytest.mark.parametrize("child", [a_child(school_code="INCONNUE"), a_child(class_name="6e")])
def test_a_school_or_class_the_commune_does_not_have_is_refused(database: Database, child: object) -> None:
    desk = a_desk(database)
    with pytest.raises(FormRefused):
        register_family(desk, replace(FAMILY, children=(child,)), new_operation())  # type: ignore[arg-type]
    assert _count(desk, t.dossier) == 0


def test_pasted_spaces_and_line_ends_are_gathered(database: Database) -> None:
    desk = a_desk(database)
    made = register_family(
        desk, replace(FAMILY, guardians=(a_guardian(" de\u00a0La\tTour\n", "Jean -  Noël"),)), new_operation()
    )

    assert load_dossier(desk, made.dossier_id).guardians[0].last_name == "de La Tour"


def test_comptabilite_neither_registers_nor_sees_what_children_eat(database: Database) -> None:
    family = a_family(a_desk(database), children=(a_child(meal_supplied=False),))
    desk = a_desk(database, Role.COMPTABILITE)

    with pytest.raises(NotAllowed):
        register_family(desk, FAMILY, new_operation())
    assert load_dossier(desk, family.dossier_id).children[0].meal_supplied is None
    assert load_dossier(a_desk(database, Role.ENFANCE), family.dossier_id).children[0].meal_supplied is False


def test_a_dossier_is_read_in_twelve_statements_whatever_its_size(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=6, two_payers=True, quotient_cents=500_00)
    load_dossier(desk, family.dossier_id)
    statements: list[str] = []

    def count(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    load_dossier(desk, family.dossier_id)
    event.remove(Engine, "before_cursor_execute", count)

    assert 5 <= len(statements) <= 12


def test_an_unknown_dossier_is_said_so(database: Database) -> None:
    desk = a_desk(database)
    with pytest.raises(DossierUnknown):
        load_dossier(desk, 404)
    with pytest.raises(InvalidInput):
        register_family(desk, FamilyForm((), ()), new_operation())


def test_the_schools_to_choose_from_are_the_communes(database: Database) -> None:
    listed = schools(a_desk(database))

    assert [school.code for school in listed] == ["MATERNELLE", "ELEMENTAIRE", "COLLEGE"]
    assert "CE1" in listed[1].classes
