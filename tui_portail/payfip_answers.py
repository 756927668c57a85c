"""What PayFiP answers, and whether an answer is for the payment that was asked. Pure.

PayFiP tells the end of a payment by a letter (`resultrans`), and « not yet » or « unknown » by the code of a functional error. Nothing here
is taken for a success unless its code says so and its reference, amount, client and mode are those asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tui_portail.errors import PortailError
from tui_portail.money import format_cents
from tui_portail.service_rules import PayFipMode


class OnlineOutcome(StrEnum):
    """What became of a payment online; GONE: PayFiP knows nothing of it (any more), so it will never be paid."""

    PAID = "paid"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    PENDING = "pending"
    GONE = "gone"


OUTCOMES = {
    "P": OnlineOutcome.PAID,
    "V": OnlineOutcome.PAID,
    "R": OnlineOutcome.REFUSED,
    "Z": OnlineOutcome.REFUSED,
    "A": OnlineOutcome.ABANDONED,
}
"""The letters of `resultrans`: card paid, direct debit accepted, card refused, direct debit refused, abandoned."""

NOT_YET = {"P5": OnlineOutcome.PENDING, "P1": OnlineOutcome.GONE}
"""The functional errors that are answers about a payment: « résultat de la transaction non connu », « idOp incorrect »."""

ID_LIFE = timedelta(minutes=15)
"""How long an identifier opens its page (DGFiP's guide)."""

PENDING_UNTIL = timedelta(hours=2)
"""After that, a payment still « not yet » will never be made: eopayment's own patience with the real service."""

MEANS_FR = {"P": "carte bancaire", "V": "prélèvement unique", "R": "carte bancaire", "Z": "prélèvement unique"}

STATEMENT = "RELEVE"
"""The code of a payment known by the Trésor's statement alone: not one of PayFiP's."""

_CODE_WORDS = {
    "P": "payé par carte bancaire",
    "V": "prélèvement accepté",
    "R": "carte bancaire refusée",
    "Z": "prélèvement refusé",
    "A": "abandonné par le payeur",
    "P5": "résultat pas encore connu de PayFiP",
    "P1": "inconnu de PayFiP : jamais payé, ou oublié depuis",
    STATEMENT: "vu sur le relevé du Trésor",
}


def code_words(code: str) -> str:
    """Return what the code kept of a payment means, in French; empty where there is none, the code itself where it is unknown."""
    return _CODE_WORDS.get(code, code)


@dataclass(frozen=True, slots=True)
class PaymentAsked:
    """A payment as it was asked of PayFiP: its reference (`refdet`), cents, the client (`numcli`) and the mode (`saisie`)."""

    reference: str
    amount_cents: int
    client_number: str
    mode: PayFipMode


@dataclass(frozen=True, slots=True)
class PayFipAnswer:
    """What PayFiP says of a payment. `code` is its own (P, V, R, Z, A, P5, P1).

    A payment not ended has neither reference nor amount. `amount_cents` None: none was given that is a number of cents. `paid_on` is
    PayFiP's day, None where it gives none. The authorisation's number, the e-mail and the subject are never kept.
    """

    outcome: OnlineOutcome
    code: str
    reference: str = ""
    amount_cents: int | None = None
    paid_on: date | None = None
    client_number: str = ""
    mode: PayFipMode | None = None


class AnswerNotUnderstood(PortailError):
    """PayFiP said something that is in none of its codes: nothing may be concluded from it."""

    code = "PAYFIP_NON_COMPRIS"


class AnswerDoesNotMatch(PortailError):
    """PayFiP answered about another payment than the one asked: another reference, amount, client or mode."""

    code = "PAYFIP_AUTRE_PAIEMENT"


def outcome_of(result_code: str) -> OnlineOutcome:
    """Return what a letter of `resultrans` means. Raises AnswerNotUnderstood for any other text."""
    try:
        return OUTCOMES[result_code]
    except KeyError:
        shown = f"« {result_code[:20]} »" if result_code else "aucun résultat"
        raise AnswerNotUnderstood(
            f"PayFiP a répondu {shown}, ce que le programme ne comprend pas : rien n’est enregistré comme payé. "
            "Redemandez dans quelques minutes ; si cela reste, regardez ce paiement sur le portail PayFiP du Trésor."
        ) from None


def check_answer(answer: PayFipAnswer, asked: PaymentAsked) -> None:
    """Check that an answer is about the payment asked; one that says « not yet » or « unknown » names nothing to compare.

    Raises AnswerDoesNotMatch, which says what differs.
    """
    if answer.outcome in NOT_YET.values():
        return
    differences = []
    if answer.reference != asked.reference:
        differences.append(f"la référence {answer.reference or 'absente'} au lieu de {asked.reference}")
    if answer.amount_cents != asked.amount_cents:
        told = "illisible" if answer.amount_cents is None else format_cents(answer.amount_cents)
        differences.append(f"un montant {told} au lieu de {format_cents(asked.amount_cents)}")
    if answer.client_number != asked.client_number:
        differences.append(f"le client {answer.client_number or 'absent'} au lieu de {asked.client_number}")
    if answer.mode != asked.mode:
        differences.append(f"le mode {answer.mode or 'absent'} au lieu de {asked.mode}")
    if differences:
        raise AnswerDoesNotMatch(
            f"PayFiP répond pour un autre paiement : {', '.join(differences)}. Rien n’est enregistré comme payé. "
            "Prévenez le régisseur, qui comparera avec le relevé du Trésor."
        )


def is_final(outcome: OnlineOutcome, opened_at: datetime, now: datetime) -> bool:
    """Say whether an outcome will not change any more, for a payment opened at an instant (both aware).

    While its page still opens, one abandoned may be tried again, and one unknown may not have reached the platform yet (eopayment's notes
    on the real service). One pending for two hours never ends.
    """
    if outcome is OnlineOutcome.PENDING:
        return now >= opened_at + PENDING_UNTIL
    if outcome in {OnlineOutcome.ABANDONED, OnlineOutcome.GONE}:
        return now >= opened_at + ID_LIFE
    return True


@dataclass(frozen=True, slots=True)
class Refusal:
    """A functional error of PayFiP: what its code means and, for whoever reads it here, what to do. French, no full stop."""

    meaning: str
    advice: str


_ASK_DGFIP = "Faites vérifier le numéro de client et son activation par le correspondant moyens de paiement de la DGFiP"
_ADDRESSES = "Corrigez l’adresse du portail dans les réglages : complète, en http(s), de 250 caractères au plus"
_REPORT = "C’est un défaut du programme : signalez-le avec ce code"
_START_AGAIN = "Demandez un nouveau paiement : un identifiant ne sert qu’une fois et pendant un quart d’heure"

REFUSALS = {
    "A1": Refusal("adresse e-mail absente", "Complétez l’adresse e-mail du payeur"),
    "A2": Refusal("adresse e-mail incorrecte", "Corrigez l’adresse e-mail du payeur"),
    "D1": Refusal("adresse de retour non valide", _ADDRESSES),
    "M1": Refusal("montant mal écrit", _REPORT),
    "M3": Refusal("montant inférieur au minimum d’un euro", "Encaissez ce montant au guichet"),
    "M5": Refusal("montant supérieur au maximum", "Encaissez ce montant au guichet, ou en plusieurs paiements"),
    "N1": Refusal("adresse de notification non valide", _ADDRESSES),
    "P1": Refusal("identifiant de paiement inconnu", _START_AGAIN),
    "P3": Refusal("identifiant de paiement déjà utilisé", _START_AGAIN),
    "P4": Refusal("identifiant de paiement demandé depuis plus d’un quart d’heure", _START_AGAIN),
    "P5": Refusal("résultat pas encore connu", "Redemandez dans un instant"),
    "R3": Refusal("référence mal écrite", _REPORT),
    "S1": Refusal("mode de saisie non valide", "Choisissez test, activation ou production dans les réglages de PayFiP"),
    "T1": Refusal(
        "numéro de client mal écrit", "Corrigez le numéro de client PayFiP : six chiffres donnés par la DGFiP"
    ),
    "T2": Refusal("numéro de client inconnu de PayFiP", _ASK_DGFIP),
    "T4": Refusal("ce client n’a pas l’accès sécurisé (web service)", _ASK_DGFIP),
}
"""The codes known here, as the DGFiP's guide for the web service gives them; others exist, whose own words are shown."""
