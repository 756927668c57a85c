"""What a command line gives to the commands that open the application, and what it does not load on the way."""

import subprocess
import sys

PROGRAM = """
import sys
from tui_portail.cli import opening
seen = []
opening.run_application = seen.append
from tui_portail.cli import app
app(["ouvrir", "--base", "  mairie 5.sqlite "], standalone_mode=False)
print(len(seen), seen[0].__closure__[0].cell_contents, sorted({"pydantic", "sqlalchemy", "rich"} & sys.modules.keys()), sep="|")
"""


def test_opening_gets_its_base_as_typed_and_loads_no_pydantic_before_the_first_frame() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["1|  mairie 5.sqlite |[]"]
