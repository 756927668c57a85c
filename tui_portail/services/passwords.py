"""Passwords of agents: argon2id hashes, the same time and answer for an unknown user as for a wrong password.

The library is loaded where a password is first checked, not at start-up. Hashing takes about a tenth of a second by design: always
outside a transaction.
"""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING

from tui_portail.errors import InvalidInput
from tui_portail.services.easy_passwords import is_easy

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MINIMUM_LENGTH, MAXIMUM_LENGTH = 10, 200
ARGON2_VERSION = 19
TIME_COST, MEMORY_KIB, LANES = 3, 65_536, 4
"""RFC 9106's second recommended option: 64 MiB, three passes, four lanes. Raised here, hashes are made again as agents sign in."""


class PasswordRefused(InvalidInput):
    """The password chosen is too short or too easy to guess."""

    code = "MOT_DE_PASSE_REFUSE"


@cache
def hasher() -> PasswordHasher:
    """Return the one hasher: argon2id, with the parameters named above."""
    from argon2 import PasswordHasher, Type  # noqa: PLC0415

    return PasswordHasher(TIME_COST, MEMORY_KIB, LANES, type=Type.ID)


def _nobody() -> str:
    """Return a hash of the same parameters that no password has: what an unknown user's password is checked against.

    Written, not computed: the first unknown user takes no longer than the next.
    """
    made = hasher()
    parameters = f"m={made.memory_cost},t={made.time_cost},p={made.parallelism}"
    salt, digest = (b64encode(bytes(size)).decode().rstrip("=") for size in (made.salt_len, made.hash_len))
    return f"$argon2id$v={ARGON2_VERSION}${parameters}${salt}${digest}"


def check_choice(password: str, username: str, name: str, commune: str) -> str:
    """Return a new password as it will be hashed. Raises PasswordRefused with the sentence to show."""
    chosen = unicodedata.normalize("NFC", password)
    if len(chosen) < MINIMUM_LENGTH:
        raise PasswordRefused(
            f"Choisissez un mot de passe d’au moins {MINIMUM_LENGTH} caractères, par exemple quatre mots."
        )
    if len(chosen) > MAXIMUM_LENGTH:
        raise PasswordRefused(f"Choisissez un mot de passe d’au plus {MAXIMUM_LENGTH} caractères.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in chosen):
        raise PasswordRefused(
            "Le mot de passe contient un caractère qui ne se tape pas au clavier : choisissez-en un autre."
        )
    if len(set(chosen)) < 5:
        raise PasswordRefused(
            "Ce mot de passe répète trop peu de caractères différents : choisissez-en un moins simple."
        )
    lowered = chosen.casefold()
    if any(part in lowered for part in (username.casefold(), *name.casefold().split()) if len(part) >= 4):
        raise PasswordRefused("Le mot de passe ne doit contenir ni l’identifiant ni le nom de la personne.")
    if is_easy(chosen, [commune]):
        raise PasswordRefused(
            "Ce mot de passe est parmi les premiers que l’on essaie (mot courant, suite de touches ou de chiffres, nom de la commune) : "
            "choisissez plutôt quatre mots sans rapport."
        )
    return chosen


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return hasher().hash(_composed(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Say whether a password is the one hashed; `None` (unknown user) takes the same time and answers no."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    try:
        matches = hasher().verify(password_hash or _nobody(), _composed(password))
    except InvalidHashError:
        hasher().hash(_composed(password))  # an account without password also takes its time
        return False
    except VerificationError:
        return False
    return matches and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return hasher().check_needs_rehash(password_hash)


def _composed(password: str) -> bytes:
    """Return the same bytes whichever keyboard made the accents (NFC); half a character is wrong like another, not a failure."""
    return unicodedata.normalize("NFC", password)[: MAXIMUM_LENGTH + 1].encode(errors="surrogatepass")
