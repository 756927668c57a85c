"""The commune's set-up as its administrateur reads it: sections, their lines and their fields, in French. One table drives the forms of
the screens, the history's before and after, the sentences about what is wrong, and the comments of the file it is exported to.

`forms` says what a section and a field are, `table` lists them, `lines` reads and writes them in a document, `words` says a value,
`differences` compares two documents. Pure: the standard library and the pure modules.
"""

from tui_portail.commune_sections.differences import Change, differences
from tui_portail.commune_sections.forms import FieldKind, Section, SettingField
from tui_portail.commune_sections.lines import Document, Line, lines_of, with_lines
from tui_portail.commune_sections.removal import without_line
from tui_portail.commune_sections.table import SECTIONS, section_of

__all__ = [
    "SECTIONS",
    "Change",
    "Document",
    "FieldKind",
    "Line",
    "Section",
    "SettingField",
    "differences",
    "lines_of",
    "section_of",
    "with_lines",
    "without_line",
]
