"""Names that are markup, formulas, links, escape sequences: on every paper and in every file they are letters, and nothing else.

The first families were registered as any other is. The others could not be (`test_hostile_text`): their names were put in the base behind
the services' back, as a base transferred from elsewhere might hold them.
"""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from models.engine import Database
from tests.hostile_text import PRINTED
from tests.tui_portail.services.attendance_acts import at
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY
from tests.tui_portail.services.hostile_crowd import Crowd, a_crowd, obeyed
from tui_portail.services.attendance_papers import print_badges, print_list
from tui_portail.services.closure_papers import export_families, print_phone_list
from tui_portail.services.desk import new_operation
from tui_portail.services.expected_papers import print_expected, write_expected
from tui_portail.services.family_data import data_path, give_family_data
from tui_portail.services.letters import print_letters, write_number_letters
from tui_portail.services.quittances import print_avoir_note, reprint_quittance
from tui_portail.services.quotients import export_missing_quotients, print_missing_quotients
from tui_portail.services.register_exports import Export, FileFormat, RegisterName
from tui_portail.services.register_papers import print_avoirs, print_journal
from tui_portail.services.register_views import write_register
from tui_portail.services.registers import WHOLE
from tui_portail.services.renewals import print_call_list
from tui_portail.services.tax_certificates import write_certificates

ACTIONS = re.compile(rb"/(URI|Launch|JavaScript|JS|GoToR|EmbeddedFile|RichMedia|SubmitForm)\b")
BEGINS_A_FORMULA = re.compile(r"\s*[=+\-@\t\r]")


def papers_of(crowd: Crowd) -> dict[str, Callable[[], Path]]:
    """Every paper and file that names families, drawn when asked."""
    desk = crowd.desk
    exports = [(register, form) for register in (RegisterName.JOURNAL, RegisterName.AVOIRS) for form in ("csv", "xlsx")]
    books = [(RegisterName.JOURNAL, form) for form in ("beancount", "hledger")]
    dossier = crowd.families[0].dossier_id
    letters = [family.dossier_id for family in crowd.families]
    return {
        **{
            f"quittance {place}": lambda one=one: reprint_quittance(desk, one, new_operation()).path
            for place, one in enumerate(crowd.quittances[::2])
        },
        "avoir": lambda: print_avoir_note(desk, crowd.avoir_id).path,
        "liste de pointage": lambda: print_list(desk, at(EVENING, FRIDAY)).path,
        "badges": lambda: print_badges(desk, at(EVENING, FRIDAY)).path,
        "effectifs": lambda: print_expected(desk, FRIDAY, FRIDAY).path,
        "effectifs csv": lambda: write_expected(desk, FRIDAY, FRIDAY, "csv").path,
        "familles à appeler": lambda: print_phone_list(desk, crowd.closure_id).path,
        "familles csv": lambda: export_families(desk, crowd.closure_id).path,
        "courriers": lambda: print_letters(desk, write_number_letters(desk, letters, new_operation())).path,
        "quotients": lambda: print_missing_quotients(desk).path,
        "quotients csv": lambda: export_missing_quotients(desk),
        "renouvellements": lambda: print_call_list(desk, 2027).path,
        "registre": lambda: print_journal(desk, WHOLE).path,
        "registre des avoirs": lambda: print_avoirs(desk, None).path,
        "attestations": lambda: write_certificates(desk, 2026),
        "données": lambda: (
            give_family_data(desk, dossier, None, data_path(desk, "1", desk.now()), new_operation()).path
        ),
        **{
            f"{register} {form}": lambda register=register, form=form: (
                write_register(desk, Export(register, FileFormat(form)), f"{register}.{form}").path
            )
            for register, form in (*exports, *books)
        },
    }


@pytest.fixture
def crowd(database: Database, tmp_path: Path) -> Crowd:
    return a_crowd(database, tmp_path)


def test_on_every_paper_and_in_every_file_a_name_is_only_letters(crowd: Crowd) -> None:
    seen = ""
    for name, draw in papers_of(crowd).items():
        path = draw()
        content = path.read_bytes()
        if path.suffix == ".pdf":
            assert not ACTIONS.search(content), name
            seen += text_of_pdf(name, content)
        elif path.suffix == ".csv":
            seen += text_of_csv(name, content)
        elif path.suffix == ".xlsx":
            seen += text_of_xlsx(name, content)
        elif path.suffix == ".zip":
            with ZipFile(path) as archive:
                for part in archive.namelist():
                    assert not Path(part).is_absolute()
                    assert ".." not in part
                    if part.endswith(".pdf"):
                        seen += text_of_pdf(part, archive.read(part))
        else:
            assert obeyed(content.decode()) == set(), name
    assert "root:" not in seen  # no file of the machine was drawn
    letters = re.sub(r"\s", "", seen)
    for text in PRINTED:
        assert re.sub(r"\s", "", text) in letters, text


def text_of_pdf(name: str, content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    assert not any("/Annots" in page for page in pages), name
    text = "".join(page.extract_text() for page in pages)
    assert obeyed(text.replace("\u00ad", "")) == set(), name
    return text


def text_of_csv(name: str, content: bytes) -> str:
    text = content.decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text), delimiter=";"):
        for cell in row:
            amount = re.fullmatch(r"-?[\d ,]+", cell)
            assert amount or not BEGINS_A_FORMULA.match(cell), (name, cell)
    assert obeyed(text.replace("\r\n", "\n")) == set(), name
    return text


def text_of_xlsx(name: str, content: bytes) -> str:
    cells = [cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells), name
    text = "\n".join(str(cell.value) for cell in cells if cell.value is not None)
    assert obeyed(text) == set(), name
    return text
