"""What sends messages at a desk, from its settings: nothing where no mail server is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_portail.mailing import Message
    from tui_portail.services.desk import Post
    from tui_portail.settings import Settings


def post_of(settings: Settings) -> Post | None:
    """Return what hands a message to the mail server of the settings; None without a server."""
    server = settings.mail
    if server is None:
        return None

    def post(message: Message) -> None:
        from tui_portail.mailing import send  # noqa: PLC0415  not needed before the first message

        send(server, message)

    return post
