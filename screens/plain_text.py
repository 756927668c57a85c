"""Text from people as widgets take it: without markup, and without what a terminal would obey."""

from __future__ import annotations

from textual.content import Content

from tui_portail.plain_text import plain as plain


def content(text: str, style: str = "") -> Content:
    """Return a text from people as a `Content`: `[red]` in a name stays `[red]`."""
    return Content.styled(plain(text), style) if style else Content(plain(text))
