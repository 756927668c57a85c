from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def run(program: str, hash_seed: str = "0") -> str:
    environment = os.environ | {"PYTHONPATH": str(HOUSE), "PYTHONHASHSEED": hash_seed}
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return answer.stdout.strip()


def test_a_service_fills_a_document_without_loading_what_draws_it() -> None:
    program = (
        "import receipts.documents, receipts.day_runs, receipts.closing_document, receipts.slip_document, sys;"
        "import receipts.register_document, receipts.family_documents, receipts.family_letter; print('reportlab' in sys.modules)"
    )

    assert run(program) == "False"


def test_drawing_loads_neither_database_nor_screen() -> None:
    program = (
        "import receipts.quittance, receipts.ticket, receipts.avoir_note, sys;"
        "import receipts.closing_sheet, receipts.deposit_slip, receipts.register, receipts.tax_certificate, receipts.refund_list;"
        "import receipts.letter, receipts.counter_page;"
        "print([name for name in ('sqlalchemy', 'sqlmodel', 'textual', 'models', 'screens') if name in sys.modules])"
    )

    assert run(program) == "[]"


def test_a_quittance_drawn_by_another_process_is_the_same_to_the_byte() -> None:
    program = (
        "from hashlib import sha256; from receipts.quittance import draw_quittance;"
        "from receipts.ticket import draw_ticket; from tests.receipts.documents_by_hand import many_lines, quittance;"
        "document = quittance(many_lines(30), fictitious=True);"
        "print(sha256(draw_quittance(document) + draw_ticket(document)).hexdigest())"
    )

    assert run(program, "1") == run(program, "2")


def test_the_papers_of_the_regie_drawn_by_another_process_are_the_same_to_the_byte() -> None:
    program = (
        "from hashlib import sha256; from receipts.closing_sheet import draw_closing_sheet;"
        "from receipts.deposit_slip import draw_deposit_slip; from receipts.register import draw_register;"
        "from receipts.tax_certificate import draw_tax_certificates; from receipts.refund_list import draw_refund_list;"
        "from tests.receipts.papers_by_hand import *;"
        "drawn = [draw_closing_sheet(eventful_sheet()), draw_deposit_slip(slip()), draw_register(register(plot=MONTHS), lines(80)),"
        "draw_tax_certificates([tax_certificate()]), draw_refund_list(refund_list(refund(1250)))];"
        "print(sha256(b''.join(drawn)).hexdigest())"
    )

    assert run(program, "1") == run(program, "2")
