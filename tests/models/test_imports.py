"""What importing the model layer loads, seen from a fresh interpreter."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["models.tables", "models.engine", "models.migrate"])
def test_the_model_layer_never_loads_textual(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{m.split('.')[0] for m in sys.modules}} & {{'textual', 'reportlab'}}))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_opening_a_database_does_not_load_the_migrations() -> None:
    code = "import sys, models.engine; print('alembic' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "False"


def test_what_answers_the_first_search_loads_no_class_of_table_and_no_driver_it_does_not_use() -> None:
    code = (
        "import sys, tui_portail.services.dossier_search, tui_portail.services.till, tui_portail.services.agents; "
        "print([name for name in ('sqlmodel', 'sqlalchemy.orm', 'pydantic', 'psycopg', 'alembic') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
