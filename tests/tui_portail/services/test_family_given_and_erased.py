"""Right of access and erasure (RGPD): a family that did everything is given whole, each parent apart, then erased without a trace."""

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import Date, String, Text, func, insert, select

from models import tables as t
from models.engine import Database
from models.schema import metadata
from receipts.family_documents import TaxCertificate
from tests.conftest import ENGINES
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.factories import a_desk, a_family, paris
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    THURSDAY,
    add,
    agent_of,
    book_and_pay,
    finish,
    hold,
    merged,
    remove,
    set_time,
)
from tests.tui_portail.services.family_life import (
    CHILD_WORDS,
    EVERY_WORD,
    FIRST_WORDS,
    SECOND_WORDS,
    Life,
    a_life,
)
from tests.tui_portail.services.tampering import change_a_row, found, undone, unguarded
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import FormRefused
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.dossier_history import LABELS
from tui_portail.services.dossier_search import recent_dossiers, search
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.erased_columns import BLANKED, DELETED, ERASED_LABEL, KEPT
from tui_portail.services.erasure import ErasureReason, ErasureRefused, erase_due, erase_family
from tui_portail.services.family_data import data_path, give_family_data
from tui_portail.services.family_facts import DossierErased
from tui_portail.services.family_labels import TITLES
from tui_portail.services.family_rows import HELD, NOTHING_HELD, family_of
from tui_portail.services.kept_papers import kept_papers, papers_of
from tui_portail.services.letters import write_number_letters
from tui_portail.services.quittances import reprint_quittance
from tui_portail.services.refunds import request_refund
from tui_portail.services.register_exports import ExportNotWritten
from tui_portail.services.registers import WHOLE, open_books
from tui_portail.services.registers_tables import journal_table
from tui_portail.services.retention import due_for_erasure
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.search_vocabulary import vocabulary_of
from tui_portail.services.slip_papers import print_slip
from tui_portail.services.tax_certificates import draw_certificates, read_certificates
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify
from tui_portail.services.verified_erasure import check_erasures

REQUESTED, RETENTION = ErasureReason.REQUESTED, ErasureReason.RETENTION


class Lives:
    """Lives told on one engine: one is enough, unless a test that gives a family comes after one that erases it."""

    def __init__(self, tell: Callable[[], Life]) -> None:
        self._tell = tell
        self._life: Life | None = None

    def told(self) -> Life:
        if self._life is None or self._is_erased(self._life):
            self._life = self._tell()
        return self._life

    def erased(self) -> Life:
        if self._life is None or not self._is_erased(self._life):
            self._life = self.told()
            erase_with_its_papers(self._life)
        return self._life

    @staticmethod
    def _is_erased(life: Life) -> bool:
        return load_dossier(life.desk, life.family.dossier_id).erased_on is not None


def erase_with_its_papers(life: Life) -> None:
    """Erase the family, its number typed with spaces; its papers were printed before, and its certificate says the same sum after."""
    desk, family = life.desk, life.family
    zipped = data_path(desk, family.number, desk.now())
    give_family_data(desk, family.dossier_id, None, zipped, new_operation())
    letter = write_number_letters(desk, [family.dossier_id], new_operation(), guardian_id=family.guardian_ids[0]).path
    kept = {reprint_quittance(desk, 1, new_operation()).path, zipped, letter}
    assert kept <= papers_kept(life)
    certified, typed = certified_cents(desk), f" {family.number[:3]} {family.number[3:]}"
    assert certified
    assert erase_family(desk, family.dossier_id, typed, REQUESTED, new_operation()).scrubbed
    assert not any(path.exists() for path in kept)
    assert certified_cents(desk) == certified


@pytest.fixture(scope="module", params=ENGINES)
def lives(
    request: pytest.FixtureRequest, sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lives]:
    with ExitStack() as stack:

        def tell() -> Life:
            if request.param == "sqlite":
                url = sqlite_template.fresh(tmp_path_factory.mktemp("vie"))
            else:
                server: PostgresqlServer = request.getfixturevalue("postgresql_server")
                url = stack.enter_context(server.fresh())
            database = stack.enter_context(closing(Database.open(url)))
            return a_life(database, tmp_path_factory.mktemp("papiers"))

        yield Lives(tell)


@pytest.fixture
def life(lives: Lives) -> Life:
    """The life of a family, told once for the tests that only read it."""
    return lives.told()


@pytest.fixture
def erased(lives: Lives) -> Life:
    """The same life, its family erased."""
    return lives.erased()


def given(life: Life, guardian_id: int | None, folder: Path) -> tuple[dict[str, list[dict[str, object]]], str]:
    """Write the ZIP; return its tables, and all its text."""
    path = folder / "famille.zip"
    give_family_data(life.desk, life.family.dossier_id, guardian_id, path, new_operation(), replace=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        read_me, data = archive.read("LISEZ-MOI.txt").decode(), archive.read("donnees.json").decode()
        pages = PdfReader(BytesIO(archive.read("donnees.pdf"))).pages
    return json.loads(data)["tables"], "\n".join([read_me, data, *(page.extract_text() for page in pages)])


def said_in(text: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word.casefold() in text.casefold()]


def test_every_table_is_given_or_says_why_not() -> None:
    held, not_held = {table.name for table in HELD}, {table.name for table in NOTHING_HELD}
    assert held | not_held == set(metadata.tables)
    assert not held & not_held
    assert set(TITLES) == held


def test_every_text_and_date_of_a_family_is_erased_or_says_why_not() -> None:
    deleted = {table.name for table in DELETED}
    blanked = {f"{table.name}.{column}" for table, values in BLANKED.items() for column in values}
    texts = {
        f"{table.name}.{column.name}"
        for table in HELD
        if table.name not in deleted
        for column in table.columns
        if isinstance(column.type, String | Text | Date)
    }
    assert texts - blanked == set(KEPT)


def test_a_family_is_given_whole(life: Life, tmp_path: Path) -> None:
    tables, text = given(life, None, tmp_path)
    assert said_in(text, EVERY_WORD) == list(EVERY_WORD)
    assert [name for name, rows in tables.items() if not rows] == []
    [cheque, *_] = [row for row in tables["tender"] if row["means"] == "cheque"]
    assert (cheque["amount_cents"], cheque["amount_euros"], cheque["reference"]) == (390, "3.90", "0000777")
    assert tables["booking"][0]["activite"] == EVENING
    assert str(life.neighbour.number) not in text
    with life.desk.database.read() as connection:
        event = t.audit_event.c
        row = connection.execute(
            select(event.agent_id, event.dossier_id, event.details).where(event.gesture == "remettre_donnees")
        ).one()
        moved = t.posting.c.payer_id.in_([*life.family.payer_ids, life.merged.payer_id])
        moves = connection.scalar(select(func.count()).select_from(t.posting).where(moved))
    assert len(tables["posting"]) == moves
    for table, twice in (("guardian", life.merged.guardian_ids), ("child", life.merged.child_ids)):
        assert set(twice) < {row["id"] for row in tables[table]}, "their second records too"
    [transfer] = tables["payer_transfer"]
    assert (transfer["into_payer_id"], transfer["avoir_cents"]) == (life.family.payer_id, 195)
    assert row == (agent_of(life.desk).agent_id, life.family.dossier_id, row.details)
    assert not said_in(row.details, EVERY_WORD)


def test_every_gesture_on_a_dossier_has_its_words_in_the_history_or_another_line_there(life: Life) -> None:
    with life.desk.database.read() as connection:
        event = t.audit_event.c
        done = set(connection.scalars(select(event.gesture).where(event.dossier_id.is_not(None)).distinct()))
    assert done - LABELS.keys() == {"encaisser"}, "whose quittance is a line"


@pytest.mark.parametrize("place", [0, 1])
def test_one_parents_file_has_nothing_of_the_others(life: Life, tmp_path: Path, place: int) -> None:
    own, others = (FIRST_WORDS, SECOND_WORDS) if place == 0 else (SECOND_WORDS, FIRST_WORDS)
    tables, text = given(life, life.family.guardian_ids[place], tmp_path)
    assert said_in(text, others) == []
    assert said_in(text, own)[:2] == list(own[:2])
    assert said_in(text, CHILD_WORDS) == list(CHILD_WORDS)
    accounts = {life.family.payer_ids[place], *([life.merged.payer_id] if place == 0 else [])}
    assert {row["payer_id"] for name in ("payment", "booking", "avoir") for row in tables[name]} == accounts


def test_a_file_is_not_replaced_unless_asked_nor_given_of_a_stranger(life: Life, tmp_path: Path) -> None:
    path = tmp_path / "famille.zip"
    path.write_bytes(b"autre chose")
    with pytest.raises(ExportNotWritten):
        give_family_data(life.desk, life.family.dossier_id, None, path, new_operation())
    with pytest.raises(InvalidInput, match="fusionné dans le"):
        give_family_data(life.desk, life.merged.dossier_id, None, tmp_path / "c.zip", new_operation())
    with pytest.raises(InvalidInput):
        stranger = life.neighbour.guardian_ids[0]
        give_family_data(life.desk, life.family.dossier_id, stranger, tmp_path / "b.zip", new_operation())
    assert [file.name for file in tmp_path.iterdir()] == ["famille.zip"]


def everything(database: Database) -> str:
    """Every value of every row."""
    with database.read() as connection:
        return "\n".join(
            str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )


def papers_kept(life: Life) -> set[Path]:
    with life.desk.database.read() as connection:
        family = family_of(connection, life.family.dossier_id)
        return set(papers_of(connection, family, kept_papers(life.desk)))


def test_a_family_erased_leaves_no_trace_and_green_books(erased: Life) -> None:
    desk = erased.desk
    report = verify(desk)
    assert report.findings == ()
    assert (report.payments, report.avoirs) == (13, 6)
    assert said_in(everything(desk.database), EVERY_WORD) == []
    if desk.database.address.path is not None:
        base = desk.database.address.path
        raw = b"".join(file.read_bytes() for file in base.parent.glob(f"{base.name}*"))
        assert [word for word in EVERY_WORD if word.encode() in raw] == []
    assert papers_kept(erased) == set()


def certificates_of(desk: Desk) -> list[TaxCertificate]:
    with desk.database.read() as connection:
        return read_certificates(connection, desk.commune(connection), 2026, desk.instant(connection))


def certified_cents(desk: Desk) -> list[int]:
    return sorted(certificate.total_cents for certificate in certificates_of(desk))


def printed(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(word for page in pages for word in page.extract_text().split())


def test_the_papers_of_an_erased_family_say_so(erased: Life) -> None:
    desk = erased.desk
    said = "identité effacée le lundi 4 janvier 2027"
    assert said in printed(reprint_quittance(desk, 1, new_operation()).path.read_bytes())
    assert said in printed(draw_certificates(certificates_of(desk), 2026))
    assert said in printed(print_slip(desk, 1).path.read_bytes())
    with open_books(desk) as books:
        assert said in {str(cell) for row in journal_table(books, WHOLE).rows for cell in row}


def test_an_erased_dossier_is_found_by_its_number_only_and_never_changed(erased: Life, tmp_path: Path) -> None:
    desk, family = erased.desk, erased.family
    assert [search(desk, words) for words in ("Qwertzbach", "Oxana Malakoff", "08/09/2021", "0601020304")] == [()] * 4
    [hit] = search(desk, family.number)
    assert (hit.dossier_id, hit.label) == (family.dossier_id, ERASED_LABEL)
    assert family.dossier_id not in [hit.dossier_id for hit in recent_dossiers(desk)]
    with desk.database.read() as connection:
        paid = connection.scalars(select(t.payment.c.id).where(t.payment.c.payer_id == family.payer_id)).first() or ""
        assert not vocabulary_of(desk.database, connection).knows("qwertzbach")
    assert load_dossier(desk, family.dossier_id).erased_on == date(2027, 1, 4)
    for gesture in (
        lambda: renew_alsh(desk, family.child_id, 2027, new_operation()),
        lambda: finish(desk, family.dossier_id, add(family.child_id, EVENING, date(2027, 1, 7))),
        lambda: erase_family(desk, family.dossier_id, family.number, REQUESTED, new_operation()),
        lambda: give_family_data(desk, family.dossier_id, None, tmp_path / "a.zip", new_operation()),
        lambda: reverse_payment(desk, paid, [], "Montant mal saisi", new_operation()),
    ):
        with pytest.raises(DossierErased):
            gesture()


ERASED_TAMPERED = [
    ("identity_snapshot", "name = '', address = '', erased_at = taken_at", "erased_at IS NULL"),
    ("identity_snapshot", "name = 'Revenu', erased_at = NULL", "erased_at IS NOT NULL"),
    ("guardian", "last_name = '', first_name = ''", "last_name <> ''"),
    ("guardian", "phone = '0600000000'", "last_name = ''"),
    ("child", "last_name = 'Revenue'", "last_name = ''"),
    ("dossier", "label = 'Revenue'", "erased_at IS NOT NULL"),
    (
        "audit_event",
        "reason = '', details = '{}', erased_at = at",
        "erased_at IS NULL AND gesture = 'inscrire_famille'",
    ),
    ("audit_event", "erased_at = NULL", "erased_at IS NOT NULL AND gesture = 'inscrire_famille'"),
    ("booking", "derogation = ''", "derogation IS NULL AND payer_id = {neighbour}"),
    ("booking", "payer_reason = 'Revenue'", "payer_reason = ''"),
    ("portal_account", "email = 'revenue@example.org'", "erased_at IS NOT NULL"),
    ("portal_account", "username = 'revenue'", "erased_at IS NOT NULL AND guardian_id IS NULL"),
    ("portal_account", "erased_at = NULL", "guardian_id IS NOT NULL"),
    ("portal_code", "ended_at = NULL", "kind = 'activation'"),
    ("online_payment", "dispute = 'Revenue'", "dispute = ''"),
]


def test_a_name_blanked_behind_the_programs_back_is_not_taken_for_an_erasure(erased: Life) -> None:
    with unguarded(erased.desk) as connection:
        for table, change, where in ERASED_TAMPERED:
            with undone(connection):
                row = change_a_row(connection, table, change, where.format(neighbour=erased.neighbour.payer_id))
                assert (table, row) in {(one.table, one.row) for one in check_erasures(connection)}, (table, change)
        change_a_row(connection, "child", "last_name = 'Revenue'", "last_name = ''")
        assert "child" in {table for table, _ in found(erased.desk, connection)}


class Stopped(Exception):
    """The agent stopped the batch."""


def test_what_is_past_its_retention_is_erased_in_a_batch_that_goes_on_where_it_stopped(erased: Life) -> None:
    desk, neighbour = erased.desk, erased.neighbour
    with desk.database.write() as connection:
        visit = {"minutes": 30, "kind_code": "DOSSIER", "state": "absent", "booked_by": agent_of(desk).agent_id}
        seen = paris("2027-01-04 10:00")
        connection.execute(
            insert(t.appointment).values(**visit, starts_at=seen, booked_at=seen, name="Mme Ombellifère")
        )
    set_time(desk, paris("2031-12-17 09:00"))
    assert due_for_erasure(desk).families == ()
    set_time(desk, paris("2031-12-18 09:00"))
    report = due_for_erasure(desk)
    assert [(one.dossier_id, one.last_on, one.obstacles) for one in report.families] == [
        (neighbour.dossier_id, date(2026, 12, 17), ())
    ]
    assert (report.due, report.appointments, report.by_year) == (1, 1, ((2026, 1),))

    def stop(done: int, total: int) -> None:
        raise Stopped

    operation = new_operation()
    with pytest.raises(Stopped):
        erase_due(desk, operation, stop)
    assert due_for_erasure(desk).due == 1
    told: list[tuple[int, int]] = []
    batch = erase_due(desk, operation, lambda done, total: told.append((done, total)))
    assert (batch.erased, batch.refused, batch.appointments, told) == (1, (), 1, [(0, 1), (1, 1)])
    assert due_for_erasure(desk).due == due_for_erasure(desk).appointments == 0
    assert said_in(everything(desk.database), ("Voisin", "Ombellifère")) == []
    assert verify(desk).findings == ()


def test_a_family_is_not_erased_before_everything_of_it_is_settled(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    open_session(desk, 100_00, new_operation())
    family = a_family(desk)

    def refusal(number: str = family.number, reason: ErasureReason = REQUESTED) -> str:
        with pytest.raises(ErasureRefused) as refused:
            erase_family(desk, family.dossier_id, number, reason, new_operation())
        return refused.value.sentence

    with pytest.raises(InvalidInput, match="numéro tapé"):
        erase_family(desk, family.dossier_id, "123456789", REQUESTED, new_operation())
    assert "durée de conservation de 5 ans" in refusal(reason=RETENTION)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert "un panier est en attente" in refusal()
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY))
    assert basket.due_cents
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    assert "des journées sont réservées" in refusal()
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY, FRIDAY))
    assert "d’avoirs restent : faites-les d’abord rembourser" in refusal().replace("\xa0", " ")
    with pytest.raises(FormRefused, match="nomme la famille"):
        request_refund(desk, family.payer_id, "M. DUPONT part", new_operation())
    request_refund(desk, family.payer_id, "Départ de la commune", new_operation())
    assert "n’a pas clos l’année 2026" in refusal()


def test_the_avoirs_of_a_family_whose_accounts_were_joined_are_counted_once(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    kept, other = a_family(desk), a_family(desk)
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    finish(desk, other.dossier_id, remove(other.child_id, EVENING, FRIDAY))
    merged(desk, kept, other)
    with pytest.raises(ErasureRefused, match=r"effacée : 1,95\s€ d’avoirs restent"):
        erase_family(desk, kept.dossier_id, kept.number, REQUESTED, new_operation())
