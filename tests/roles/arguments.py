"""A small world, and plausible arguments for any gesture: by the parameter's name, but where a gesture asks for others."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import AttendanceState, LetterKind, MovementKind, PeriodKind
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, the_commune
from tests.tui_portail.onde_files import pupil, pupils_file
from tests.tui_portail.services.closure_acts import close, closed
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HARMONIE,
    WEDNESDAY,
    add,
    book_and_pay,
    card,
    hold,
    remove,
)
from tests.tui_portail.services.online_acts import FakePayFip
from tests.tui_portail.services.online_desk import a_statement
from tui_portail.custody import CustodyException, CustodyPattern
from tui_portail.family_forms import FamilyForm
from tui_portail.figures import FigureKind
from tui_portail.imports.columns import ColumnMap, FileKind
from tui_portail.imports.files import read_delimited
from tui_portail.imports.plan import ImportPlan
from tui_portail.menus import EVERYWHERE, Course, DayMenu, Dish
from tui_portail.planning import CellKey
from tui_portail.services.appointments import Visitor, book_appointment
from tui_portail.services.attendance import Mark
from tui_portail.services.bulk_gesture import BaseMark
from tui_portail.services.commune_settings import read_settings
from tui_portail.services.day_places import PlacesSet
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.erasure import ErasureReason
from tui_portail.services.family_accounts import GivenCode
from tui_portail.services.figure_reading import FigureAsked
from tui_portail.services.imports import DryRun, ImportFile
from tui_portail.services.letter_batch import WrittenLetters
from tui_portail.services.letter_offers import LetterOffer
from tui_portail.services.merge_reading import Pairing
from tui_portail.services.news import NewsForm
from tui_portail.services.portal_codes import new_secret
from tui_portail.services.portal_messages import Sent
from tui_portail.services.register_exports import Export, FileFormat, RegisterName
from tui_portail.services.registers import WHOLE
from tui_portail.services.revenue_sums import Dimension
from tui_portail.services.rights import Role
from tui_portail.services.supporting_documents import PaperKey
from tui_portail.services.till import open_session

BIRTHDAY = date(2026, 12, 8)
PASSWORD = "tilleul-soupe-jeudi"
PUPILS = ImportFile(read_delimited("eleves.csv", pupils_file(pupil("ROUX", "Zoé", "2019-05-04"))), FileKind.PUPILS)
UNKNOWN = 10**6


@dataclass(frozen=True)
class World:
    """A base with a family, its basket on hold, a quittance, an appointment, a closure and a till open, whose agent holds every role."""

    desk: Desk
    family: Family
    other: Family
    basket_id: int
    payment_id: str
    quittance_id: int
    closure_id: int
    session_id: int
    document: Mapping[str, Any]
    files: Path


def a_world(database: Database, files: Path) -> World:
    """Make it through the services, on a base where nothing is."""
    desk = a_desk(database, *Role, documents_dir=files)
    family = a_family(desk, two_payers=True, renew_alsh_years=(2026,))
    other = a_family(desk, last_name="Martin")
    session = open_session(desk, 0, new_operation())
    paid = book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY, date(2026, 12, 7)))
    book_appointment(desk, datetime(2026, 12, 2, 9), "DOSSIER", Visitor(None, "Petit", ""), "", new_operation())
    closure = close(desk, closed(date(2027, 1, 14)))
    (files / "lettre.pdf").write_bytes(b"%PDF-1.4")
    with database.read() as connection:
        quittance_id = connection.scalars(select(t.quittance.c.id)).one()
    return World(
        desk,
        family,
        other,
        basket.basket_id,
        paid.payment_id,
        quittance_id,
        closure.closure_id,
        session.session_id,
        read_settings(desk).document,
        files,
    )


def arguments(world: World, gesture: str, service: Callable[..., object]) -> dict[str, Any]:
    """Return what a gesture of the table is called with, its desk left out.

    A parameter that is not known here fails the test: say what to give it.
    """
    given, others = _by_parameter(world), _of_gesture(world).get(gesture, {})
    asked = list(inspect.signature(service).parameters.values())[1:]
    return {
        one.name: others[one.name] if one.name in others else _value(given, one)
        for one in asked
        if one.default is one.empty or one.name in others
    }


def _value(given: Mapping[str, Any], parameter: inspect.Parameter) -> Any:
    exact = f"{parameter.name}: {parameter.annotation}"
    return given[exact] if exact in given else given[parameter.name]


def _of_gesture(world: World) -> dict[str, dict[str, Any]]:
    """Return what some gestures ask that is of them alone, and what makes each case of one that has several."""
    family = world.family
    tuesday, friday = date(2026, 12, 1), date(2026, 12, 11)
    other_payer = add(family.child_id, EVENING, friday, payer_id=family.payer_ids[1], payer_reason="Accord écrit")
    return {
        "booking.finish_changes (cocher)": {"changes": add(family.child_id, EVENING, BIRTHDAY)},
        "booking.finish_changes (décocher)": {"changes": remove(family.child_id, EVENING, FRIDAY)},
        "booking.finish_changes (avec dérogation)": {
            "changes": add(family.child_id, EVENING, tuesday, derogation="Urgence")
        },
        "booking.finish_changes (pour un autre payeur)": {"changes": other_payer},
        "commune_settings.change_commune": {"document": world.document},
        "commune_exchange.export_version": {"typed": str(world.files / "commune.toml"), "replace": True},
        "family_accounts.give_second_identifier": {"guardian_id": family.guardian_ids[1], "username": "karimbenali"},
        "family_accounts.link_account_again": {"guardian_id": family.guardian_ids[1]},
        "family_data.give_family_data": {"replace": True},
        "till_closing.close_session (la sienne)": {"session_id": UNKNOWN},
    }


def _by_parameter(world: World) -> dict[str, Any]:
    """Return a value by parameter, or by parameter and type where one name has several."""
    family, commune = world.family, the_commune()
    form = FamilyForm((a_guardian("Petit"),), (a_child(last_name="Petit"),))
    january = date(2027, 1, 15)
    return {
        "accepted": True,
        "account": "5311",
        "account_id": UNKNOWN,
        "activity": EVENING,
        "answer": "Payé : quittance remise",
        "agent_id": UNKNOWN,
        "amount_cents": 100,
        "appointment_id": 1,
        "as_format": FileFormat.CSV,
        "asked: ClosedDays": closed(january),
        "asked: FigureAsked": FigureAsked(FigureKind.OCCUPATION, WEDNESDAY, FRIDAY),
        "avoir_id": 1,
        "basket_id": world.basket_id,
        "booking_ids": [UNKNOWN],
        "calendar": commune.calendar,
        "cash": {1: 0},
        "cheques": {},
        "child_id": family.child_id,
        "child_ids": family.child_ids,
        "closure_id": world.closure_id,
        "columns": ColumnMap({}),
        "dated_on": FRIDAY,
        "day": WEDNESDAY,
        "days": ((0, EVENING),),
        "dimension": Dimension.PERIOD,
        "document_id": UNKNOWN,
        "dossier_id": family.dossier_id,
        "dossier_ids": None,
        "draft": True,
        "email": "",
        "entry_id": 1,
        "exception": CustodyException(FRIDAY, FRIDAY, family.payer_id),
        "exception_id": 1,
        "excluded": (),
        "export": Export(RegisterName.JOURNAL, FileFormat.CSV),
        "files": [PUPILS],
        "first_day": january,
        "first_on": WEDNESDAY,
        "float_cents": 0,
        "form: FamilyForm": form,
        "form: NewsForm": NewsForm("Grève", "Pas d’accueil le soir.", WEDNESDAY),
        "from_on": WEDNESDAY,
        "given: GivenCode": GivenCode(UNKNOWN, "", "", "", datetime(2026, 12, 3, tzinfo=UTC), Sent(False)),
        "grids": commune.grids[:1],
        "guardian_id": None,
        "kept_id": family.dossier_id,
        "keys": [CellKey(family.child_id, EVENING, date(2026, 12, 11))],
        "kind: LetterKind": LetterKind.NUMBER,
        "kind: MovementKind": MovementKind.SUPPLY,
        "kind: PeriodKind": PeriodKind.DAY,
        "kind_code": "DOSSIER",
        "label": "Total",
        "last_day": january,
        "last_on": FRIDAY,
        "lost": [1],
        "marks": [Mark(family.child_id, AttendanceState.PRESENT)],
        "menus": [DayMenu(WEDNESDAY, EVERYWHERE, (Dish(Course.MAIN, "Gratin"),))],
        "merged_id": world.other.dossier_id,
        "minutes": 15,
        "monday": date(2026, 12, 7),
        "moved": 0,
        "name": "Sam Petit",
        "new_password": PASSWORD,
        "news_id": 1,
        "note": "",
        "number": family.number,
        "offer": LetterOffer(LetterKind.LEAFLET, "Dépliant", "à afficher", 1),
        "on": None,
        "online_id": UNKNOWN,
        "operation": new_operation(),
        "pairing": Pairing(),
        "papers": [PaperKey("DOMICILE")],
        "password": PASSWORD,
        "path": world.files / "famille.zip",
        "pattern": CustodyPattern(FRIDAY, *family.payer_ids),
        "pattern_id": 1,
        "payer_id": family.payer_id,
        "payment_id": world.payment_id,
        "pdf": b"%PDF-1.4",
        "period": WHOLE,
        "places": PlacesSet(capacity=10),
        "printed": [(family.dossier_id, family.guardian_ids[0])],
        "proof_id": 1,
        "quittance_id": world.quittance_id,
        "rank": 1,
        "reason: ErasureReason": ErasureReason.RETENTION,
        "reason": "Décision de l’ordonnateur",
        "reasons": {},
        "received_on": WEDNESDAY,
        "roles": [Role.SITE],
        "secret": new_secret(),
        "seen": DryRun((PUPILS,), "", date(2026, 9, 1), ImportPlan(()), BaseMark(0, 0, 0)),
        "services": FakePayFip(),
        "session_id": world.session_id,
        "site": HARMONIE,
        "site_code": "",
        "slip_id": 1,
        "slot": (HARMONIE, EVENING, FRIDAY),
        "source: SourceFile": a_statement(("PF2026AUTRE", 100, WEDNESDAY)),
        "source": "écran",
        "starts": datetime(2026, 12, 3, 14),
        "step": -1,
        "suffix": ".csv",
        "tenders": [card(1)],
        "text": "Bonjour",
        "treasury_line_id": UNKNOWN,
        "typed": family.number,
        "typed_number": family.number,
        "typed_path": "",
        "until_on": FRIDAY,
        "username": "sam.petit",
        "values": {},
        "version": 1,
        "visitor": Visitor(None, "Petit", ""),
        "written": WrittenLetters(world.files / "lettre.pdf", 1, 1),
        "written_until": None,
        "year: date": date(2026, 9, 1),
        "year": 2026,
    }
