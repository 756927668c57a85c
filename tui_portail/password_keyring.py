"""The system's keyring: where the password of a server's account is kept for whoever does not want it in a file.

The library `keyring` (extra « trousseau ») is imported when a password is really wanted. A keyring that writes in clear is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_portail.errors import PortailError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "tui-portail"
OTHER_WAYS = (
    "Donnez le mot de passe par une variable (PGPASSWORD pour la base, TUI_PORTAIL_COURRIEL_MOT_DE_PASSE pour le serveur de courriels), "
    "ou par le fichier des réglages protégé par « chmod 600 »."
)


class KeyringMissing(PortailError):
    """No keyring here: the library is not installed, or the system has none that encrypts what it keeps."""

    code = "TROUSSEAU_ABSENT"

    def __init__(self) -> None:
        super().__init__(
            f"Ce poste n’a pas de trousseau de mots de passe que le programme puisse utiliser (extension « trousseau »). {OTHER_WAYS}"
        )


class KeyringRefused(PortailError):
    """The keyring is there and does not answer: locked, or refused by whoever was asked."""

    code = "TROUSSEAU_REFUSE"

    def __init__(self) -> None:
        super().__init__(
            f"Le trousseau de mots de passe est verrouillé ou refuse de répondre : déverrouillez-le, puis recommencez. {OTHER_WAYS}"
        )


class NothingKept(PortailError):
    """No password is kept for this account."""

    code = "MOT_DE_PASSE_NON_ENREGISTRE"

    def __init__(self) -> None:
        super().__init__("Le trousseau n’a pas de mot de passe pour ce compte : il n’y a rien à oublier.")


def kept_password(account: str) -> str | None:
    """Return the password kept for an account, None when there is none or no keyring answers."""
    try:
        return _backend().get_password(SERVICE, account)
    except KeyringMissing:
        return None
    except Exception:  # whatever a backend raises (a bus that is not there, a dialog refused): there is no password
        return None


def keep_password(account: str, password: str) -> None:
    """Keep a password for an account. Raises KeyringMissing, KeyringRefused."""
    backend = _backend()
    try:
        backend.set_password(SERVICE, account, password)
    except Exception:  # not chained: what a backend says may quote what it was given
        raise KeyringRefused from None


def forget_password(account: str) -> None:
    """Take a password out of the keyring. Raises NothingKept, KeyringMissing, KeyringRefused."""
    backend = _backend()
    try:
        known = backend.get_password(SERVICE, account) is not None
        if known:
            backend.delete_password(SERVICE, account)
    except Exception:
        raise KeyringRefused from None
    if not known:
        raise NothingKept


def keyring_name() -> str | None:
    """Return which keyring would be used, None without any."""
    try:
        return type(_backend()).__module__.removeprefix("keyring.backends.")
    except KeyringMissing:
        return None


def _backend() -> KeyringBackend:
    try:
        import keyring  # noqa: PLC0415  an extra, and slow to load
        from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415
    except ImportError:
        raise KeyringMissing from None
    try:
        found = keyring.get_keyring()
        used = [*found.backends] if isinstance(found, ChainerBackend) else [found]
    except Exception:
        raise KeyringMissing from None
    if not used or any(
        type(one).__module__.startswith(("keyring.backends.fail", "keyring.backends.null", "keyrings.alt"))
        for one in used
    ):
        raise KeyringMissing
    return found
