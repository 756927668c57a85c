"""The `tui-portail` commands, one module each; the only place that wires screens, services, files and settings together.

Nothing heavy is imported while the commands are declared: `--help` loads neither SQLModel nor Textual.
"""

from tui_portail.cli.program import app

__all__ = ["app"]
