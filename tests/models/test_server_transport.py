"""A server on another machine is reached by TLS and proves who it is, or is not reached; this machine's own is asked for nothing.

The certificates are made here. « portail.example » leads to 127.0.0.1 by `hostaddr`: what decides is the name, nothing leaves the machine.
"""

import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseAddressInvalid, DatabaseNotTrusted
from models.engine import Database
from models.server_transport import is_remote, transport_options
from tests.databases import PostgresqlServer
from tests.server_proxy import Proxy, proxied
from tui_portail.diagnosis import State
from tui_portail.services.diagnostic import diagnose

NAME = "portail.example"


@pytest.fixture(autouse=True)
def nothing_of_libpq_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGSSLMODE", "PGSSLROOTCERT", "PGHOST", "PGHOSTADDR", "PGSERVICE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://agent@localhost/m",
        "postgresql://agent@127.0.0.1/m",
        "postgresql://agent@127.8.9.1:5433/m",
        "postgresql://agent@[::1]/m",
        "postgresql://agent@/m?host=/var/run/postgresql",
        "postgresql:///m",
        "postgresql://agent@/m?host=localhost:5432&host=127.0.0.1:5433",
        "/srv/portail.sqlite",
    ],
)
def test_this_machine_is_asked_for_nothing(address: str) -> None:
    parsed = DatabaseAddress.parse(address)
    assert not is_remote(parsed)
    assert transport_options(parsed) == {}


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://agent@serveur/m",
        "postgresql://agent@192.168.1.20/m",
        "postgresql://agent@[2001:db8::1]/m",
        "postgresql://agent@127.0.0.1.exemple.fr/m",
        "postgresql://agent@/m?host=localhost:5432&host=serveur:5432",
        "postgresql://agent@localhost/m?hostaddr=192.168.1.20",
        "postgresql://agent@serveur/m?hostaddr=127.0.0.1",
        "postgresql://agent@/m?service=mairie",
        "postgresql://agent@localhost/m?service=mairie",  # whose file may say another « hostaddr »
        "postgresql://agent@/m?host=127.0.0.1%25exemple.fr",
    ],
)
def test_any_other_machine_proves_its_name_to_the_authorities_of_the_system(address: str) -> None:
    parsed = DatabaseAddress.parse(address)
    assert is_remote(parsed)
    options = transport_options(parsed)
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "system")


@pytest.mark.parametrize("option", ["conninfo=host%3Dserveur", "autocommit=1", "row_factory=x", "Host=serveur"])
def test_an_option_that_is_not_libpq_s_own_leads_nowhere(option: str) -> None:
    with pytest.raises(DatabaseAddressInvalid, match="porte une option"):
        Database.open(f"postgresql://agent@/m?{option}")


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_what_may_go_in_clear_is_refused_from_another_machine(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = DatabaseAddress.parse(f"postgresql://agent:secret@serveur/m?sslmode={mode}")
    with pytest.raises(DatabaseNotTrusted, match="Retirez-le de l’adresse") as refused:
        transport_options(address)
    assert "secret" not in refused.value.sentence
    assert transport_options(DatabaseAddress.parse(f"postgresql://agent@localhost/m?sslmode={mode}")) == {}
    if mode != "prefer":  # libpq's own default, which the environment need not say
        monkeypatch.setenv("PGSSLMODE", mode)
        with pytest.raises(DatabaseNotTrusted, match="PGSSLMODE"):
            transport_options(DatabaseAddress.parse("postgresql://agent@serveur/m"))


def test_what_the_address_or_the_environment_says_of_the_check_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    def added(address: str) -> set[str]:
        return set(transport_options(DatabaseAddress.parse(address))) - {"gssencmode"}

    assert added("postgresql://agent@serveur/m?sslmode=verify-ca&sslrootcert=/a.pem") == set()
    assert added("postgresql://agent@serveur/m?sslmode=require") == set()
    assert added("postgresql://agent@serveur/m?sslrootcert=/a.pem") == {"sslmode"}
    monkeypatch.setenv("PGSSLROOTCERT", "/b.pem")
    assert added("postgresql://agent@serveur/m") == {"sslmode"}
    monkeypatch.setenv("PGSSLMODE", "verify-ca")
    assert added("postgresql://agent@serveur/m") == set()
    monkeypatch.setenv("PGHOST", "serveur")
    assert is_remote(DatabaseAddress.parse("postgresql:///m"))


class Mairie:
    """A certificate authority, the certificate of a server, and files of authorities a desk may be given."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.other = trustme.CA(), trustme.CA()
        self.roots, self.other_roots = folder / "mairie.pem", folder / "autre.pem"
        self.authority.cert_pem.write_to_path(self.roots)
        self.other.cert_pem.write_to_path(self.other_roots)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(NAME).configure_cert(self.tls)


@pytest.fixture(scope="module")
def mairie(tmp_path_factory: pytest.TempPathFactory) -> Mairie:
    return Mairie(tmp_path_factory.mktemp("certificats"))


@pytest.fixture(scope="module")
def served(postgresql_server: PostgresqlServer) -> Iterator[str]:
    with postgresql_server.fresh() as url:
        yield url


def address(served: str, proxy: Proxy, name: str = NAME, **options: object) -> str:
    base = served.split("/")[3].split("?", maxsplit=1)[0]
    query = "&".join(f"{key}={value}" for key, value in {"hostaddr": "127.0.0.1", **options}.items())
    return f"postgresql://postgres@{name}:{proxy.port}/{base}?{query}"


def refusal(url: str) -> str:
    with pytest.raises(DatabaseNotTrusted) as refused:
        Database.open(url)
    return refused.value.sentence


@pytest.mark.postgresql
def test_a_server_with_the_certificate_of_its_name_is_used_by_tls(served: str, mairie: Mairie) -> None:
    with proxied(served, mairie.tls) as proxy:
        with closing(Database.open(address(served, proxy, sslrootcert=mairie.roots))) as database, database.read() as c:
            assert c.exec_driver_sql("SELECT 1").scalar() == 1
        assert set(proxy.seen) == {"TLS"}


@pytest.mark.postgresql
def test_the_authorities_of_the_system_are_found(served: str, mairie: Mairie, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(mairie.roots))
    with proxied(served, mairie.tls) as proxy:
        Database.open(address(served, proxy)).close()
        assert set(proxy.seen) == {"TLS"}


@pytest.mark.postgresql
def test_an_authority_one_does_not_know_another_name_and_no_tls_at_all_are_refused_before_anything_is_said(
    served: str, mairie: Mairie
) -> None:
    with proxied(served, mairie.tls) as proxy:
        assert "sslrootcert=FICHIER" in refusal(address(served, proxy, sslrootcert=mairie.other_roots))
        assert "d’un autre nom" in refusal(address(served, proxy, "autre.example", sslrootcert=mairie.roots))
        assert "n’existe pas" in refusal(address(served, proxy, sslrootcert="/absent.pem"))
        assert proxy.seen == []
    with proxied(served) as proxy:
        assert "ssl = on" in refusal(address(served, proxy, sslrootcert=mairie.roots))
        assert proxy.seen == []


@pytest.mark.postgresql
def test_an_encrypted_link_that_is_not_verified_is_used_when_the_address_says_so(served: str, mairie: Mairie) -> None:
    with proxied(served, mairie.tls) as proxy:
        url = address(served, proxy, sslmode="require")
        Database.open(url).close()
        assert set(proxy.seen) == {"TLS"}
        (link,) = [one for one in diagnose(url).findings if one.what == "Liaison"]
        assert (link.state, "exigé : require" in link.seen) == (State.ATTENTION, True), "and the diagnostic warns"
        (link,) = [
            one for one in diagnose(address(served, proxy, sslrootcert=mairie.roots)).findings if one.what == "Liaison"
        ]
        assert (link.state, link.seen) == (State.OK, "TLS, jusqu’à un relais, exigé : verify-full")
