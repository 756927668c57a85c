"""Backups encrypted, in the age format (age-encryption.org), so that any age program opens them too.

For a public key, what protects the backup is not on the machine that makes it; for a passphrase, whoever knows it opens it. A passphrase
is at most kept in the environment or in a file of its owner alone, never in a command, which other users of the machine can read.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from tui_portail.errors import InvalidInput, PortailError
from tui_portail.files import FileTooLarge, read_text, reason, whole_file

SUFFIX = ".age"
KEY, PHRASE = "cle", "phrase"
SHORTEST_PHRASE = 12
MOST_UNDER_PHRASE = 500_000_000
"""A passphrase encrypts in memory: a larger base takes a key."""


class SealRefused(PortailError):
    """A backup that cannot be encrypted, or opened with what was given."""

    code = "CHIFFREMENT_REFUSE"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a backup is encrypted for: a public key (« age1… ») or a passphrase."""

    kind: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens backups: a passphrase, or the private keys of a file. Neither is shown."""

    phrase: str | None = field(default=None, repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)


def seal_for_key(key: str) -> Seal:
    """Return a seal for a public key. Raises InvalidInput for what is none."""
    import pyrage  # noqa: PLC0415  only where something is encrypted

    try:
        pyrage.x25519.Recipient.from_str(key.strip())
    except pyrage.RecipientError:
        raise InvalidInput(
            "La clé publique n’en est pas une : elle commence par « age1 » ; « sauvegarder --nouvelle-cle FICHIER » en fait une."
        ) from None
    return Seal(KEY, key.strip())


def seal_for_phrase(phrase: str) -> Seal:
    """Return a seal for a passphrase. Raises InvalidInput for one too short."""
    if len(phrase) < SHORTEST_PHRASE:
        raise InvalidInput(f"La phrase secrète est trop courte : {SHORTEST_PHRASE} caractères au moins.")
    return Seal(PHRASE, phrase)


def encrypt(source: Path, target: Path, seal: Seal) -> None:
    """Encrypt a file into another. Raises SealRefused, OSError."""
    import pyrage  # noqa: PLC0415

    if seal.kind == KEY:
        with source.open("rb") as read, target.open("wb") as written:
            pyrage.encrypt_io(read, written, [pyrage.x25519.Recipient.from_str(seal.secret)])
        return
    if source.stat().st_size > MOST_UNDER_PHRASE:
        raise SealRefused(
            "Cette base est trop grande pour une phrase secrète. Chiffrez-la pour une clé : « sauvegarder --nouvelle-cle FICHIER », "
            "puis le réglage « cle_sauvegardes »."
        )
    target.write_bytes(pyrage.passphrase.encrypt(source.read_bytes(), seal.secret))


def decrypt(source: Path, target: Path, opening: Opening) -> None:
    """Decrypt a file into another, which is left incomplete when it is refused. Raises SealRefused, OSError on `target`."""
    import pyrage  # noqa: PLC0415

    try:
        if opening.phrase is not None:
            target.write_bytes(pyrage.passphrase.decrypt(source.read_bytes(), opening.phrase))
            return
        keys = [pyrage.x25519.Identity.from_str(key) for key in opening.keys]
        with source.open("rb") as read, target.open("wb") as written:
            pyrage.decrypt_io(read, written, keys)
    except pyrage.IdentityError as error:
        raise SealRefused(
            "Le fichier de la clé privée n’en contient pas : reprenez celui qu’elle a été écrite."
        ) from error
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, not of the cipher
        raise SealRefused(
            "La sauvegarde ne s’ouvre pas : ce n’est pas sa phrase secrète ou sa clé, ou le fichier est abîmé ou tronqué. "
            "Rien n’a été restauré."
        ) from error


def new_key(path: Path) -> str:
    """Write a private key to a file of its owner alone, never over another, and return its public key. Raises SealRefused."""
    import pyrage  # noqa: PLC0415

    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        with whole_file(path, replace=False) as file:
            file.write(f"# clé publique : {public}\n{identity}\n".encode())
    except OSError as error:
        raise SealRefused(f"La clé n’a pas pu être écrite dans {path} ({reason(error)}).") from error
    return public


def keys_in(path: Path) -> tuple[str, ...]:
    """Return the private keys of a file, as « age-keygen » writes it too. Raises SealRefused."""
    keys = tuple(line.strip() for line in _secret_text(path).splitlines() if line.startswith("AGE-SECRET-KEY-"))
    if not keys:
        raise SealRefused(f"Le fichier {path} ne contient pas de clé privée (« AGE-SECRET-KEY-… »).")
    return keys


def phrase_in(path: Path) -> str:
    """Return the passphrase of a file, its first line. Raises SealRefused."""
    return (_secret_text(path).splitlines() or [""])[0]


def _secret_text(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = read_text(path)
    except (OSError, UnicodeDecodeError, FileTooLarge) as error:
        why = reason(error) if isinstance(error, OSError) else "ce n’est pas un petit texte"
        raise SealRefused(f"Le fichier {path} ne peut pas être lu ({why}).") from error
    if os.name == "posix" and stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise SealRefused(f"D’autres que vous peuvent lire {path}. Protégez-le par « chmod 600 {path} ».")
    return text
