"""The reference's till: what an agent would write of it on a sheet of paper. Cents everywhere."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from tests.simulation.reference_money import ANCV, CASH, CESU, CHEQUE, IN_THE_TILL, Paid


@dataclass
class Session:
    """A session open: when, and by whom (a desk's agent)."""

    key: int
    opened_on: date
    agent: int


class Till:
    """What the drawer holds, the cheques and values beside it, what was taken out to be deposited."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.sessions = 0
        self.cash = 0
        self.in_transit = 0
        self.brought = 0  # the float's account
        self.differences = 0
        self.cheques: dict[tuple[int, int], int] = {}  # by payment and rank
        self.held: Counter[str] = Counter()  # by means, cash and cheques apart

    def why_not(self, means: Collection[str], today: date) -> str:
        """Return the code of what keeps these means from being received or taken back; empty when nothing does."""
        return self.why_closed(today) if IN_THE_TILL.intersection(means) else ""

    def why_closed(self, today: date) -> str:
        """Return the code of a till that is closed, or was forgotten open on an earlier day."""
        if self.session is None:
            return "CAISSE_FERMEE"
        return "CAISSE_OUBLIEE" if self.session.opened_on < today else ""

    def receive(self, payment: int, tenders: Collection[Paid]) -> None:
        """Put what a payment brings where it goes."""
        for rank, tender in enumerate(tenders, start=1):
            if tender.means == CASH:
                self.cash += tender.cents
            elif tender.means == CHEQUE:
                self.cheques[payment, rank] = tender.cents
            else:
                self.held[tender.means] += tender.cents

    def lose(self, payment: int, rank: int, tender: Paid) -> None:
        """Take back what a reversal says never came."""
        if tender.means == CASH:
            self.cash -= tender.cents
        elif tender.means == CHEQUE:
            del self.cheques[payment, rank]
        else:
            self.held[tender.means] -= tender.cents

    def open(self, today: date, agent: int, counted: int, reason: str) -> str:
        """Open the till with the float counted; return the code of what refuses it."""
        if self.session is not None:
            return "CAISSE_OUBLIEE" if self.session.opened_on < today else "CAISSE_DEJA_OUVERTE"
        if counted < 0:
            return "SAISIE_INVALIDE"
        if self.sessions and counted != self.cash and not reason:
            return "ECART_SANS_MOTIF"
        if self.sessions:
            self.differences += self.cash - counted
        else:
            self.brought -= counted
        self.cash = counted
        self.session = Session(self.sessions, today, agent)
        self.sessions += 1
        return ""

    def close(self, agent: int, any_till: bool, counted: int, reason: str) -> str:
        """Close the open session as counted, every cheque and value found; return the code of what refuses it."""
        assert self.session is not None
        if self.session.agent != agent and not any_till:
            return "DROIT_INSUFFISANT"
        if counted != self.cash and not reason:
            return "ECART_SANS_MOTIF"
        self.differences += self.cash - counted
        self.cash = counted
        self.session = None
        return ""

    def move(self, today: date, kind: str, cents: int) -> str:
        """Bring cash, take some out, or put some back; return the code of what refuses it."""
        if closed := self.why_closed(today):
            return closed
        if cents <= 0:
            return "SAISIE_INVALIDE"
        if kind in ("retrait", "versement") and cents > self.cash:
            return "CAISSE_INSUFFISANTE"
        if kind == "retour" and cents > self.in_transit:
            return "RETOUR_TROP_GRAND"
        sign = 1 if kind in ("apport", "retour") else -1
        self.cash += sign * cents
        if kind in ("apport", "retrait"):
            self.brought -= sign * cents
        else:
            self.in_transit -= sign * cents
        return ""

    def accounts(self) -> dict[str, int]:
        """Return what the journal's accounts of means must hold."""
        return {
            "caisse": self.cash,
            "cheques": sum(self.cheques.values()),
            "cesu": self.held[CESU],
            "ancv": self.held[ANCV],
            "cartes": self.held["carte"],
            "virements": self.held["virement"],
            "fonds_de_caisse": self.brought,
            "especes_a_verser": self.in_transit,
            "ecarts": self.differences,
        }
