"""A commune's set-up, read from the TOML files it edits and kept by the database as one JSON document; the same parser serves both.

`reading` gathers the files into a document, `forms` says what a document may hold, `building` makes the pure `Commune` of it,
`document` writes it back. May import the pure modules, pydantic and holidays: no database, no screen.
"""

from tui_portail.commune_files.building import from_document, new_commune
from tui_portail.commune_files.document import to_document
from tui_portail.commune_files.mistakes import DocumentMistake
from tui_portail.commune_files.parts import calendar_in, grids_in, with_calendar, with_grids
from tui_portail.commune_files.reading import SHIPPED_FILE, read_commune, shipped_commune, shipped_file

__all__ = [
    "SHIPPED_FILE",
    "DocumentMistake",
    "calendar_in",
    "from_document",
    "grids_in",
    "new_commune",
    "read_commune",
    "shipped_commune",
    "shipped_file",
    "to_document",
    "with_calendar",
    "with_grids",
]
