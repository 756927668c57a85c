"""The mail server and the addresses of the families' side in the settings: what goes together, what is refused, what is written."""

from __future__ import annotations

import stat
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tui_portail.errors import InvalidInput
from tui_portail.services.diagnosed_machine import settings_findings
from tui_portail.settings import MailServer, change_settings, load_settings, save_settings, settings_file
from tui_portail.web_addresses import checked_web_address

SECRET = "-".join(("tilleul", "soupe", "jeudi"))
SERVER = MailServer("smtp.mairie.fr", "periscolaire@mairie.fr", 465, "tls", "compte", SECRET)
PAIR = 'courriel_serveur = "smtp.mairie.fr"\ncourriel_expediteur = "periscolaire@mairie.fr"\n'


@pytest.fixture(autouse=True)
def a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_PORTAIL_REGLAGES", str(tmp_path / "reglages.toml"))


def write(text: str, mode: int = 0o600) -> None:
    settings_file().write_text(text, encoding="utf-8")
    settings_file().chmod(mode)


def test_without_its_keys_there_is_no_mail_server() -> None:
    found = load_settings()
    assert (found.mail, found.portal_address, found.payfip_address) == (None, None, None)


def test_a_server_and_a_sender_are_enough_and_the_port_follows_the_security() -> None:
    write(PAIR)
    assert load_settings().mail == MailServer("smtp.mairie.fr", "periscolaire@mairie.fr", 587, "starttls")
    write(PAIR + 'courriel_securite = "tls"\n')
    assert load_settings().mail == MailServer("smtp.mairie.fr", "periscolaire@mairie.fr", 465, "tls")
    write(PAIR.replace("smtp.mairie.fr", "::1", 1) + 'courriel_securite = "aucune"\n')
    assert load_settings().mail == MailServer("::1", "periscolaire@mairie.fr", 25, "aucune")


def test_the_password_may_come_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    write(PAIR + 'courriel_utilisateur = "compte"\n', mode=0o644)
    monkeypatch.setenv("TUI_PORTAIL_COURRIEL_MOT_DE_PASSE", SECRET)
    monkeypatch.setenv("TUI_PORTAIL_COURRIEL_PORT", "2525")
    found = load_settings().mail
    assert found is not None
    assert (found.username, found.password, found.port) == ("compte", SECRET, 2525)
    change_settings(theme="clair")
    assert SECRET not in settings_file().read_text(encoding="utf-8")


def test_what_is_written_is_read_back_the_same_and_belongs_to_its_owner() -> None:
    wanted = replace(
        load_settings(),
        mail=SERVER,
        portal_address="https://portail.mairie.fr",
        payfip_address="http://127.0.0.1:8080/payfip",
    )
    file = save_settings(wanted)
    assert load_settings() == wanted
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert change_settings(theme="clair").mail == SERVER
    assert tomllib.loads(file.read_text(encoding="utf-8"))["courriel_port"] == 465


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('courriel_serveur = "smtp.mairie.fr"', "sans « courriel_expediteur »"),
        ("courriel_port = 25", "sans « courriel_serveur »"),
        (PAIR + 'courriel_mot_de_passe = "x"', "sans « courriel_utilisateur »"),
        (PAIR + 'courriel_securite = "aucune"', "starttls ou tls"),
        (PAIR + 'courriel_securite = "ssl"', "starttls, tls ou aucune"),
        (PAIR + "courriel_port = 70000", "de 1 à 65535"),
        ('courriel_serveur = "smtp://mairie.fr"', "sans « smtp:// »"),
        ('courriel_serveur = "mairie.fr:25"', "sans « smtp:// » ni port"),
        ('courriel_expediteur = "Mairie <a@b.fr>"', "clé « courriel_expediteur »"),
        ('courriel_expediteur = ""', "clé « courriel_expediteur »"),
        ('portail_adresse = "http://portail.mairie.fr"', "clé « portail_adresse » : attendu"),
        ('payfip_adresse = "ftp://x.fr"', "clé « payfip_adresse » : attendu"),
    ],
)
def test_keys_that_do_not_hold_are_told_by_name(text: str, told: str) -> None:
    write(text)
    with pytest.raises(InvalidInput) as refused:
        load_settings()
    assert told in refused.value.sentence


def test_a_password_that_is_no_text_is_told_without_it() -> None:
    write(PAIR + 'courriel_utilisateur = "x"\ncourriel_mot_de_passe = 123456789\n')
    with pytest.raises(InvalidInput) as refused:
        load_settings()
    assert "courriel_mot_de_passe" in refused.value.sentence
    assert "123456789" not in f"{refused.value}{refused.value.__cause__}{refused.value.__cause__!r}"


def test_a_password_in_a_file_that_others_can_read_is_refused() -> None:
    write(PAIR + f'courriel_utilisateur = "x"\ncourriel_mot_de_passe = "{SECRET}"\n', mode=0o644)
    with pytest.raises(InvalidInput, match=r"mot de passe du serveur de courriels.*chmod 600") as refused:
        load_settings()
    assert SECRET not in refused.value.sentence


def test_the_password_is_neither_in_the_settings_shown_nor_in_the_diagnostic() -> None:
    write(PAIR + f'courriel_utilisateur = "compte"\ncourriel_mot_de_passe = "{SECRET}"\n')
    told = "\n".join(f"{one.what} {one.seen} {one.advice}" for one in settings_findings(load_settings()))
    assert "Serveur de courriels smtp.mairie.fr:587 (fichier)" in told
    assert "Compte des courriels compte, mot de passe donné par : fichier" in told
    assert SECRET not in told + repr(load_settings())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Portail.Mairie.FR/", "https://portail.mairie.fr"),
        ("https://mairie.fr:8443/familles/", "https://mairie.fr:8443/familles"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_of_the_web_is_kept_without_its_last_stroke(typed: str, kept: str) -> None:
    assert checked_web_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "portail.mairie.fr", "http://mairie.fr", "https://", "https://a:b@mairie.fr", "https://mairie.fr?x=1", "https://mairie.fr/#a",
     "https://mairie.fr/a b", "https://mairie.fr\n", "javascript:alert(1)", "https://mairie.fr:99999", "https://[::2]/", "https://[x",
     "https://localhost@autre.fr", "http://127.0.0.1@autre.fr", "https://é.fr"],
)  # fmt: skip
def test_an_address_that_a_link_could_not_trust_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        checked_web_address(typed)
