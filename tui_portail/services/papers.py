"""What every paper of the desk shares: who gives it, whom it names, the folder it is kept in, how it goes to the printer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from receipts.documents import Issuer, Recipient
from tui_portail.commune import Commune
from tui_portail.instants import in_paris
from tui_portail.printing import print_file, write_document
from tui_portail.services.desk import Desk


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """A document written: where, whether the printer took it, and what to tell the agent."""

    path: Path
    printed: bool
    sentence: str


def issuer_of(commune: Commune) -> Issuer:
    """Return the commune and its régie, as printed at the head of a paper."""
    identity = commune.identity
    return Issuer(identity.name, identity.address, commune.regie.name, commune.regie.contact)


def service_issuer(commune: Commune) -> Issuer:
    """Return the commune and its service Enfance/Jeunesse, as printed at the head of a paper."""
    identity = commune.identity
    contact = " · ".join(part for part in (identity.phone, identity.email) if part)
    return Issuer(identity.name, identity.address, identity.service, contact)


def recipient_of(name: str, address: str, erased_at: datetime | None) -> Recipient:
    """Return a person as named that day, or the day the name was erased."""
    erased_on = None if erased_at is None else in_paris(erased_at).date()
    return Recipient(name, tuple(line for line in address.splitlines() if line), erased_on)


def keep_paper(desk: Desk, at: datetime, name: str, pdf: bytes) -> Path:
    """Write a paper under the folder of its month and return its path."""
    day = in_paris(at).date()
    return write_document(desk.documents() / f"{day:%Y}" / f"{day:%m}", name, pdf)


def print_paper(desk: Desk, path: Path) -> PrintedDocument:
    """Hand a paper to the desk's printer."""
    outcome = print_file(path, desk.printer)
    return PrintedDocument(path, outcome.sent, outcome.sentence_fr)
