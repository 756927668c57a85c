"""What sends messages at a desk: the mail server of its settings, a real one here; nothing where none is set."""

from pathlib import Path

import pytest

from tests.mail_server import PostOffice
from tests.mail_server import mail_server as mail_server
from tui_portail.cli.post import post_of
from tui_portail.mailing import Message
from tui_portail.settings import load_settings


def test_a_desk_sends_by_the_mail_server_of_its_settings(
    mail_server: PostOffice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TUI_PORTAIL_REGLAGES", str(tmp_path / "reglages.toml"))
    assert post_of(load_settings()) is None
    for name, value in mail_server.variables.items():
        monkeypatch.setenv(name, value)
    post = post_of(load_settings())
    assert post is not None
    post(Message("karim@exemple.fr", "Activez votre compte", "Code : ABCDE-FGHJK"))
    assert "ABCDE-FGHJK" in mail_server.text_to("karim@exemple.fr")
