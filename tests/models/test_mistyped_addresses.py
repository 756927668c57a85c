"""An address mistyped, its password in it, is refused and never shown as it was typed; a server's name that cannot be one is said."""

import pytest

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseAddressInvalid, DatabaseUnreachable
from models.engine import Database
from tui_portail.address_secrets import holds_password
from tui_portail.services.diagnosed_machine import shown_address


@pytest.mark.parametrize(
    "address",
    [
        "host=serveur dbname=mairie user=agent password=secret",
        "dbname=mairie password = secret",
        "pass=secret hote=serveur",
        "postgresql//agent:secret@serveur/mairie",
        "postgresql:/agent:secret@serveur/mairie",
        "//agent:secret@serveur/mairie",
        "agent:secret@serveur/mairie",
        "agent%3Asecret@serveur/mairie",
        "a:secret@serveur",
        "postgresql://agent%3Asecret@serveur/mairie",
        "sqlite:///agent:secret@serveur/mairie",
    ],
)
def test_an_address_mistyped_with_its_password_is_refused_and_shown_nowhere(address: str) -> None:
    with pytest.raises(DatabaseAddressInvalid) as refused:
        Database.open(address)
    assert "postgresql://utilisateur@serveur/base" in refused.value.sentence
    assert "secret" not in refused.value.sentence
    assert shown_address(address) == "(adresse non comprise)"
    assert holds_password(address)


@pytest.mark.parametrize(
    "path", ["/srv/a:b@c.sqlite", "./a:b@c.sqlite", r"C:\Users\a@b.sqlite", "c:/a@b.sqlite", "a@b", "a=b"]
)
def test_a_file_s_name_is_no_address_for_a_sign_in_it(path: str) -> None:
    assert DatabaseAddress.parse(path).dialect == "sqlite"
    assert not holds_password(path)


@pytest.mark.parametrize("host", ["serveur..mairie", ".serveur", "s" * 70, "é" * 40 + ".fr"])
def test_a_name_that_no_server_can_have_is_said_not_to_answer(host: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        Database.open(f"postgresql://agent@{host}/mairie")
    assert "ne répond pas" in refused.value.sentence and host in refused.value.sentence
