"""`python -m tests.roles` writes docs/roles.md again after the table or the rights changed."""

from tests.roles.document import DOCUMENT, written

DOCUMENT.write_text(written(), encoding="utf-8")
