"""The régie's journal as other accounting programs read it: entries as plain values, their accounts and their words.

Debit is positive and credit negative, in cents, as in the journal itself and as in beancount and hledger. An entry is named by its kind and
its number, a payer by its own number: nobody's name is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tui_portail.errors import PortailError
from tui_portail.instants import in_paris

CURRENCY = "EUR"


class AccountUnknown(PortailError):
    """The journal moves an account, or holds a kind of entry, that no plan of accounts here names."""

    code = "COMPTE_INCONNU"


class AccountType(StrEnum):
    """The five roots both programs know; the value is the name of the root account."""

    ASSETS = "Assets"
    LIABILITIES = "Liabilities"
    EQUITY = "Equity"
    INCOME = "Income"
    EXPENSES = "Expenses"


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account of the journal: its type and name for the two programs, its French label for the registers."""

    type: AccountType
    name: str
    label: str


PLAN: dict[str, BookAccount] = {
    "caisse": BookAccount(AccountType.ASSETS, "Caisse", "Espèces en caisse"),
    "cheques": BookAccount(AccountType.ASSETS, "Chèques", "Chèques à déposer"),
    "cartes": BookAccount(AccountType.ASSETS, "Cartes", "Cartes bancaires"),
    "cesu": BookAccount(AccountType.ASSETS, "CESU", "CESU à déposer"),
    "ancv": BookAccount(AccountType.ASSETS, "ANCV", "Chèques-vacances à déposer"),
    "virements": BookAccount(AccountType.ASSETS, "Virements", "Virements reçus"),
    "payfip": BookAccount(AccountType.ASSETS, "PayFiP", "Paiements PayFiP"),
    "especes_a_verser": BookAccount(AccountType.ASSETS, "Espèces-à-verser", "Espèces sorties de la caisse, à verser"),
    "creances": BookAccount(AccountType.ASSETS, "Créances", "Créances sur les payeurs"),
    "fonds_de_caisse": BookAccount(AccountType.LIABILITIES, "Fonds-de-caisse", "Fonds de caisse"),
    "avoirs": BookAccount(AccountType.LIABILITIES, "Avoirs", "Avoirs des payeurs"),
    "mandats": BookAccount(AccountType.LIABILITIES, "Mandats", "Avoirs à rembourser par mandat"),
    "recettes_versees": BookAccount(AccountType.EQUITY, "Recettes-versées", "Recettes versées au Trésor"),
    "recettes.garde": BookAccount(AccountType.INCOME, "Recettes:Garde", "Recettes de garde"),
    "recettes.repas": BookAccount(AccountType.INCOME, "Recettes:Repas", "Recettes de repas"),
    "ecarts": BookAccount(AccountType.EXPENSES, "Écarts-de-caisse", "Écarts de caisse"),
}
"""Every account of `services.ledger`. What was versé has left for the commune, as an owner's drawings: equity."""

_WORDS: dict[str, str] = {  # followed by the entry's reference, if it has one
    "ouverture": "Ouverture de caisse",
    "paiement": "Paiement, quittance",
    "avoir": "Avoir",
    "mouvement": "Mouvement de caisse :",
    "ecart": "Écart de caisse :",
    "cloture_caisse": "Clôture de caisse",
    "contrepassation": "Contre-passation de la quittance",
    "dette_annulee": "Dette annulée avec sa journée",
    "versement": "Versement au Trésor, bordereau",
    "remboursement": "Avoir à rembourser par mandat, demande",
    "impaye": "Chèque gardé, revenu impayé, quittance",
    "cloture": "Clôture",
    "transfert": "Comptes d’une même personne réunis",
    "creance": "Venu sans réservation : journée due",
}
_ALONE = {
    "paiement": "Paiement",
    "mouvement": "Mouvement de caisse",
    "ecart": "Écart de caisse",
    "contrepassation": "Contre-passation",
    "versement": "Versement au Trésor",
    "remboursement": "Avoir à rembourser par mandat",
    "impaye": "Chèque gardé, revenu impayé",
    "cloture": "Clôture de période",
}


@dataclass(frozen=True, slots=True)
class BookPosting:
    """One movement of an entry, in cents; `payer_id` where the account is kept by payer."""

    account: str
    payer_id: int | None
    cents: int


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One entry of the journal; `reference` is the number it is known by (quittance, avoir, bordereau…), or empty."""

    seq: int
    entered_at: datetime
    kind: str
    reference: str
    hash: str
    postings: tuple[BookPosting, ...] = ()


@dataclass(frozen=True, slots=True)
class BookBalance:
    """What an account holds after the last entry, in cents, summed apart from the entries: the two programs check one by the other."""

    account: str
    payer_id: int | None
    cents: int


def account_of(account: str) -> BookAccount:
    """Return what the plan says of an account of the journal. Raises AccountUnknown."""
    try:
        return PLAN[account]
    except KeyError:
        raise AccountUnknown(
            f"Le compte « {account} » du journal n’est pas au plan de comptes de cette version. Mettez le programme à jour."
        ) from None


def account_path(account: str, payer_id: int | None) -> str:
    """Return an account's full name in both programs: « Liabilities:Avoirs:P000123 ». Raises AccountUnknown."""
    known = account_of(account)
    path = f"{known.type.value}:{known.name}"
    return path if payer_id is None else f"{path}:{payer_code(payer_id)}"


def payer_code(payer_id: int) -> str:
    """Return what a payer is called where no name may stand: « P000123 »."""
    return f"P{payer_id:06d}"


def kind_label(kind: str) -> str:
    """Return the French name of a kind of entry. Raises AccountUnknown."""
    words = _words(kind)
    return _ALONE.get(kind, words)


def narration(kind: str, reference: str) -> str:
    """Return an entry in a few French words: its kind and its number. Raises AccountUnknown."""
    return f"{_words(kind)} {reference}" if reference else kind_label(kind)


def euros(cents: int) -> str:
    """Return cents as both programs write them: « -1234.50 »."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def dated(entries: Iterable[BookEntry]) -> Iterator[tuple[date, BookEntry]]:
    """Yield entries with their dates (Paris), which never go back: the books follow the numbers.

    An entry that a corrected clock dates before the one it is chained to stands at that one's date; both programs keep its instant.
    """
    last = date.min
    for entry in entries:
        last = max(last, in_paris(entry.entered_at).date())
        yield last, entry


def day_after(day: date) -> date:
    """Return when final balances are asserted: a program reads them at the beginning of their day."""
    return day + timedelta(days=1)


def _words(kind: str) -> str:
    try:
        return _WORDS[kind]
    except KeyError:
        raise AccountUnknown(
            f"Les écritures « {kind} » du journal ne sont pas connues de cette version. Mettez le programme à jour."
        ) from None
