"""How a connection to a server travels: in clear on this machine only; elsewhere encrypted, and with whom it is made sure of.

What travels is families' data, the hashes of agents' passwords, often the base's own password. So a server that is not this machine gets
`sslmode=verify-full` and the system's certificate authorities, unless the address, or libpq's own environment, says another check.
`disable`, `allow` and `prefer` are refused there: the last two fall back to clear text, silently, as soon as somebody on the way asks.
Who has an encrypted tunnel gives it an end on this machine; who has no public certificate names his own by `sslrootcert=FICHIER`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseAddressInvalid, DatabaseNotTrusted, DatabaseUnreachable
from models.driver_errors import SERVER_SILENT, UNKNOWN_OPTION
from tui_portail.this_machine import is_this_machine

IN_CLEAR = frozenset({"disable", "allow", "prefer"})
FULLY_VERIFIED = "verify-full"
SYSTEM_ROOTS = "system"
OWN_ROOTS = Path(".postgresql", "root.crt")
"""Where libpq itself looks for authorities, in the home folder."""
MAY_BE_IN_CLEAR = (
    "La base {address} est sur une autre machine et « sslmode={mode} » laisse les données des familles passer en clair. "
    "Retirez-le {where} : la liaison sera chiffrée et le serveur reconnu. Pour un certificat propre à la mairie, ajoutez "
    "« sslrootcert=FICHIER » à l’adresse."
)


def is_remote(address: DatabaseAddress) -> bool:
    """Say whether some of the traffic may leave this machine: one of the hosts is neither a socket, `localhost` nor a loopback number.

    A name is judged as it is written, never resolved: who answers for it is exactly what the certificate proves.
    """
    if address.dialect != "postgresql":
        return False
    return any(not _is_local(host) for host in _hosts(address))


def transport_options(address: DatabaseAddress) -> dict[str, str]:
    """Return what libpq must be told besides the address.

    Raises DatabaseNotTrusted for a mode that may go in clear, DatabaseAddressInvalid for an option that is not libpq's own,
    DatabaseUnreachable for a name that no server can have.
    """
    _check_options(address)
    if not is_remote(address):
        return {}
    _check_names(address)
    mode, roots = told(address, "sslmode"), told(address, "sslrootcert")
    if mode in IN_CLEAR:
        where = "de l’adresse" if "sslmode" in address.url.query else "de la variable PGSSLMODE"
        raise DatabaseNotTrusted(MAY_BE_IN_CLEAR.format(address=address, mode=mode, where=where))
    options = {}
    if not mode:
        mode = options["sslmode"] = FULLY_VERIFIED
    if mode == FULLY_VERIFIED and not roots and not (Path.home() / OWN_ROOTS).exists():
        roots = options["sslrootcert"] = SYSTEM_ROOTS
    if roots == SYSTEM_ROOTS:
        _show_system_roots()
    if not told(address, "gssencmode"):
        options["gssencmode"] = "disable"  # libpq would prefer it to TLS, and check no certificate
    return options


def _check_options(address: DatabaseAddress) -> None:
    """Refuse what the driver would take for itself: by « conninfo= », an address leads elsewhere than its host says."""
    if address.dialect == "postgresql":
        own = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
        if not own.issuperset(address.url.query):
            raise DatabaseAddressInvalid(UNKNOWN_OPTION.format(address=address))


def _check_names(address: DatabaseAddress) -> None:
    """Refuse a server's name that has an empty part or one too long, which is not even asked for."""
    for host in _hosts(address):
        if not _is_local(host):
            try:
                host.encode("idna")
            except UnicodeError:
                raise DatabaseUnreachable(SERVER_SILENT.format(address=address)) from None


def told(address: DatabaseAddress, name: str) -> str:
    """Return an option of the address, else of libpq's environment (or service file), empty when nobody says it."""
    own = address.url.query.get(name)
    if own:
        return own if isinstance(own, str) else own[-1]
    return _environment().get(name, "")


def _environment() -> dict[str, str]:
    """Return what libpq takes from PG… variables, where it differs from its own defaults."""
    known = psycopg.pq.Conninfo.get_defaults()
    return {
        option.keyword.decode(): option.val.decode()
        for option in known
        if option.val is not None and option.val != option.compiled
    }


def _hosts(address: DatabaseAddress) -> Iterator[str]:
    """Yield every host and number an address may lead to; the empty one is the socket of this machine."""
    query, environment = address.url.query, _environment()
    if "service" in query and "hostaddr" not in query:
        yield "service"  # its file may say a number that leads elsewhere than the host: it is asked for proof
        return
    asked = [part for name in ("host", "hostaddr") if (value := query.get(name)) for part in _parts(value)]
    if address.url.host:
        asked += _parts(address.url.host)
    if not asked:
        asked = [part for name in ("host", "hostaddr") for part in _parts(environment.get(name, ""))]
    elif "hostaddr" in environment and "hostaddr" not in query:
        asked += _parts(environment["hostaddr"])
    yield from asked or [""]


def _parts(value: str | tuple[str, ...]) -> list[str]:
    texts = [value] if isinstance(value, str) else list(value)
    return [_without_port(part.strip()) for text in texts for part in text.split(",") if part.strip()]


def _without_port(host: str) -> str:
    """Return the host of « host:port » (a list in a SQLAlchemy address), a number of IPv6 as it is."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and ":" not in name else host


def _is_local(host: str) -> bool:
    return not host or host.startswith(("/", "@")) or is_this_machine(host)


def _show_system_roots() -> None:
    """Tell the driver's own OpenSSL where this system keeps its authorities: built elsewhere, it looks in a folder nobody has."""
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return
    import ssl  # noqa: PLC0415  only for a server elsewhere

    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        os.environ["SSL_CERT_FILE"] = paths.cafile
    if paths.capath:
        os.environ["SSL_CERT_DIR"] = paths.capath
