"""`tui-portail courriel essayer` and the mail server's password in the keyring, from a shell, with a real SMTP server."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme
from typer.testing import CliRunner, Result

from tests.mail_server import Answers, PostOffice, serving_mail
from tests.mail_server import mail_server as mail_server
from tests.memory_keyring import MemoryKeyring
from tests.memory_keyring import trousseau as trousseau
from tui_portail.cli import app

SECRET = "-".join(("tilleul", "soupe", "jeudi"))
TO = "agent@exemple.fr"


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, [*words], input=typed)


def desk_of(office: PostOffice, monkeypatch: pytest.MonkeyPatch, **changed: str) -> None:
    for name, value in (office.variables | changed).items():
        monkeypatch.setenv(name, value)


def said(result: Result) -> str:
    return " ".join(result.output.split())


def test_a_trial_message_leaves_and_the_server_s_answer_is_told(
    mail_server: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk_of(mail_server, monkeypatch)
    tried = run("courriel", "essayer", TO)
    assert tried.exit_code == 0, tried.output
    assert "Réponse du serveur : « 2.0.0 Ok: queued as 1 »" in said(tried)
    assert "é, è, ç, œ, « ’ »" in mail_server.text_to(TO)


def test_without_a_server_in_the_settings_the_command_says_which_keys_to_give() -> None:
    tried = run("courriel", "essayer", TO)
    assert (tried.exit_code, "courriel_serveur" in said(tried)) == (1, True)


def test_a_mistyped_address_is_mistyped(mail_server: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    desk_of(mail_server, monkeypatch)
    assert run("courriel", "essayer", "agent").exit_code == 2
    assert mail_server.opened == []


def test_what_the_server_refuses_is_told_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving_mail(answers=Answers(recipients={TO: "550 5.1.1 no\x1b[31m such user"})) as office:
        desk_of(office, monkeypatch)
        tried = run("courriel", "essayer", TO)
    assert tried.exit_code == 1
    assert "no[31m such user" in said(tried)
    assert "Vérifiez comment elle s’écrit" in said(tried)


def test_the_system_s_authorities_are_those_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serving_mail("starttls", context, host="localhost") as office:
        desk_of(office, monkeypatch)
        assert run("courriel", "essayer", TO).exit_code == 1
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert run("courriel", "essayer", TO).exit_code == 0
    assert office.encrypted == [True]


def test_the_password_kept_in_the_keyring_signs_in_and_forgotten_no_more(
    trousseau: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_mail(account=("compte", SECRET)) as office:
        desk_of(office, monkeypatch)
        monkeypatch.delenv("TUI_PORTAIL_COURRIEL_MOT_DE_PASSE")
        assert "mot-de-passe enregistrer --courriel" in said(run("courriel", "essayer", TO))
        kept = run("mot-de-passe", "enregistrer", "--courriel", typed=f"{SECRET}\n")
        assert (kept.exit_code, SECRET in kept.output) == (0, False)
        assert list(trousseau.kept) == [("tui-portail", f"smtp://compte@{office.settings}")]
        assert run("courriel", "essayer", TO).exit_code == 0
        assert run("mot-de-passe", "oublier", "--courriel").exit_code == 0
        again = run("mot-de-passe", "oublier", "--courriel")
        assert (again.exit_code, "rien à oublier" in said(again)) == (1, True)
    assert office.accounts == [("compte", SECRET)]


def test_the_keyring_is_asked_for_one_password_and_the_settings_say_whose(
    mail_server: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = run("mot-de-passe", "enregistrer", "--courriel", "--base", "postgresql://a@s/m", typed="x\n")
    assert (both.exit_code, "pas les deux" in said(both)) == (2, True)
    desk_of(mail_server, monkeypatch)
    nobody = run("mot-de-passe", "enregistrer", "--courriel", typed="x\n")
    assert (nobody.exit_code, "courriel_utilisateur" in said(nobody)) == (2, True)


def test_its_help_is_in_french() -> None:
    assert "Sort avec 0" in run("courriel", "essayer", "--aide").output
