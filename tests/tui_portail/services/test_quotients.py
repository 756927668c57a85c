"""The quotients to ask for: who pays the highest price for want of a proof, until the proof is seen."""

from datetime import date
from pathlib import Path

from pypdf import PdfReader
from sqlalchemy import update

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family
from tests.families import record_quotient
from tests.tui_portail.services.test_statement_counts import statements
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.quotients import (
    QUOTIENT_PROOFS,
    export_missing_quotients,
    missing_quotients,
    print_missing_quotients,
)

TODAY = date(2026, 12, 1)


def prove(desk: Desk, payer_id: int, begins: str, ends: str) -> None:
    begin, end = date.fromisoformat(begins), date.fromisoformat(ends)
    record_quotient(desk, payer_id, 745_00, begin, end, QUOTIENT_PROOFS[0], new_operation())


def asked(desk: Desk, within_days: int = 30) -> list[tuple[str, str]]:
    page = missing_quotients(desk, within_days=within_days)
    assert page.total == len(page.payers)
    return [(payer.last_name, payer.words(TODAY)) for payer in page.payers]


def test_payers_without_a_proof_today_or_within_a_month_are_listed_by_name(database: Database) -> None:
    desk = a_desk(database)
    a_family(desk, last_name="Zola")
    over, ending, gap = (a_family(desk, last_name=name) for name in ("Petit", "arnaud", "Morel"))
    a_family(desk, last_name="Dupont", quotient_cents=745_00)
    renewed, gone = a_family(desk, last_name="Renouvelé"), a_family(desk, last_name="Parti")
    prove(desk, over.payer_id, "2025-09-01", "2026-08-31")
    prove(desk, ending.payer_id, "2026-01-01", "2026-12-31")
    prove(desk, gap.payer_id, "2027-02-01", "2027-12-31")
    prove(desk, renewed.payer_id, "2026-01-01", "2026-12-31")
    prove(desk, renewed.payer_id, "2027-01-01", "2027-12-31")
    with database.write() as connection:
        connection.execute(update(t.child).where(t.child.c.id == gone.child_id).values(archived_at=desk.now()))

    never = "jamais fourni"
    assert asked(desk) == [
        ("arnaud", "expire le 31/12/2026"),
        ("Morel", never),
        ("Petit", "fini le 31/08/2026"),
        ("Zola", never),
    ]
    assert [name for name, _ in asked(desk, within_days=0)] == ["Morel", "Petit", "Zola"]
    page = missing_quotients(desk, first=1, most=2)
    assert ([payer.last_name for payer in page.payers], page.total) == (["Morel", "Petit"], 4)


def test_a_payer_leaves_the_list_once_the_proof_is_seen_and_the_dossier_says_by_whom(database: Database) -> None:
    desk = a_desk(database, name="Camille Roux")
    family = a_family(desk, two_payers=True)
    assert len(asked(desk)) == 2
    prove(desk, family.payer_id, "2026-12-01", "2027-12-31")
    assert [name for name, _ in asked(desk)] == ["Benali"]
    [payer, _] = load_dossier(desk, family.dossier_id).payers
    assert (payer.quotient_source, payer.quotient_seen_by) == ("attestation CAF", "Camille Roux")


def test_the_list_is_one_statement_whatever_it_holds(database: Database) -> None:
    desk = a_desk(database)
    counts = []
    for names in (("Un",), ("Deux", "Trois", "Quatre")):
        for name in names:
            a_family(desk, last_name=name, two_payers=True)
        missing_quotients(desk)
        with statements() as sent:
            missing_quotients(desk)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_the_list_is_printed_for_the_counter_and_written_for_a_spreadsheet(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    family = a_family(desk, last_name="=Formule")
    printed = print_missing_quotients(desk)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(printed.path).pages).split())
    assert "QUOTIENTS FAMILIAUX À DEMANDER" in text.upper()
    assert "Sans quotient prouvé le mardi 1er décembre 2026, et ceux qui expirent d’ici 30 jours : 1 payeur" in text
    assert "=Formule Marie" in text and "06 12 34 56 78" in text and "jamais fourni" in text
    written = export_missing_quotients(desk).read_text(encoding="utf-8-sig").splitlines()
    assert written[1] == f"'=Formule;Marie;06 12 34 56 78;;{family.number};"
