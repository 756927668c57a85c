"""Counting a till: notes and coins, cheques, values, against what the books say is there; what a movement of cash may take.

Amounts are integer cents. A difference is never refused, it is explained: its reason is compulsory (instruction 06-031-A-B-M).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from tui_portail.decision import Decision
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.payment_means import means_label, payment_refusal
from tui_portail.policy import Means, Policy

DENOMINATIONS = (500_00, 200_00, 100_00, 50_00, 20_00, 10_00, 5_00, 2_00, 1_00, 50, 20, 10, 5, 2, 1)
"""The euro's notes and coins, in cents, the largest first."""
MOST_PIECES = 9_999
HIGHEST_COUNT_CENTS = 1_000_000_00
HIGHEST_TYPED_CENTS = 10_000_00
"""What may be put in a till at once; what it holds already may be more, whatever the régie's ceiling says."""
VALUES = (Means.CESU, Means.ANCV)
"""The paper means counted by their total, apart from cheques, which are looked for one by one."""


class CashFrom(Enum):
    """Where the cash of a movement comes from, which limits what can be moved."""

    OUTSIDE = auto()  # brought to the till
    TILL = auto()  # taken out of it
    IN_TRANSIT = auto()  # taken out to be deposited by a slip, and put back


@dataclass(frozen=True, slots=True)
class Count:
    """One means: what the books say is there and what was counted, in cents."""

    means: Means
    expected_cents: int
    counted_cents: int

    @property
    def difference_cents(self) -> int:
        """What was counted less what was expected, in cents."""
        return self.counted_cents - self.expected_cents


def cash_cents(pieces: Mapping[int, int]) -> int:
    """Return what notes and coins make, in cents; `pieces` is how many of each denomination (cents)."""
    return sum(denomination * count for denomination, count in pieces.items())


def counted_values(policy: Policy, expected: Mapping[Means, int]) -> tuple[Means, ...]:
    """Return the values to count: those the régie takes, and any other that its books still hold (`expected`, cents)."""
    return tuple(
        means
        for means in VALUES
        if expected.get(means) or ((rule := policy.means.get(means)) is not None and rule.enabled)
    )


def judge_cash(pieces: Mapping[int, int], policy: Policy) -> Decision:
    """Refuse cash that was not counted, or pieces that cannot be."""
    if not pieces:
        sentence = "Comptez les espèces par coupure avant de clôturer ; tapez 0 si le tiroir est vide."
        return payment_refusal(policy, "CAISSE_NON_COMPTEE", sentence)
    for denomination, count in pieces.items():
        if denomination not in DENOMINATIONS:
            sentence = (
                f"Aucun billet ni aucune pièce ne vaut {format_cents(denomination)} : comptez par coupure en euros."
            )
            return payment_refusal(policy, "COUPURE_INCONNUE", sentence)
        if not 0 <= count <= MOST_PIECES:
            sentence = f"Vérifiez le nombre de coupures de {format_cents(denomination)} : de 0 à {MOST_PIECES}."
            return payment_refusal(policy, "COMPTAGE_INVRAISEMBLABLE", sentence)
    return Decision.accept()


def judge_values(counted: Mapping[Means, int], wanted: Sequence[Means], policy: Policy) -> Decision:
    """Refuse values (cents) that were not counted, that are not counted by their total, or that cannot be."""
    for means in wanted:
        if means not in counted:
            label = means_label(means, policy)
            sentence = f"Comptez « {label} » avant de clôturer ; tapez 0 s’il n’y en a pas."
            return payment_refusal(policy, "CAISSE_NON_COMPTEE", sentence, means=means)
    for means, cents in counted.items():
        if means not in wanted:
            sentence = f"« {means_label(means, policy)} » ne se compte pas à la clôture : retirez ce montant."
            return payment_refusal(policy, "COMPTAGE_INVRAISEMBLABLE", sentence, means=means)
        if not 0 <= cents <= HIGHEST_COUNT_CENTS:
            label = means_label(means, policy)
            sentence = f"Vérifiez le montant compté de « {label} » : de 0 à {format_cents(HIGHEST_COUNT_CENTS)}."
            return payment_refusal(policy, "COMPTAGE_INVRAISEMBLABLE", sentence, means=means)
    return Decision.accept()


def judge_counts(counts: Sequence[Count], reasons: Mapping[Means, str], policy: Policy) -> Decision:
    """Refuse a difference that has no reason."""
    for count in counts:
        if count.difference_cents and not reasons.get(count.means, "").strip():
            sentence = (
                f"{means_label(count.means, policy)} : {gap_words(count)} Tapez le motif de cet écart pour clôturer."
            )
            return payment_refusal(policy, "ECART_SANS_MOTIF", sentence, means=count.means)
    return Decision.accept()


def judge_float(counted_cents: int, expected_cents: int | None, reason: str, policy: Policy) -> Decision:
    """Refuse a float that cannot be, or that is not the one expected (None: the till's first) and has no reason.

    The one expected always can be: a closing counted it.
    """
    highest = HIGHEST_TYPED_CENTS if expected_cents is None else max(HIGHEST_COUNT_CENTS, expected_cents)
    if not 0 <= counted_cents <= highest:
        sentence = f"Le fonds de caisse va de 0 à {format_cents(highest)}."
        return payment_refusal(policy, "SAISIE_INVALIDE", sentence)
    if expected_cents is None or counted_cents == expected_cents or reason.strip():
        return Decision.accept()
    gap = gap_words(Count(Means.CASH, expected_cents, counted_cents))
    sentence = f"Ce n’est pas le fonds de caisse attendu : {gap} Recomptez, ou tapez le motif de l’écart."
    return payment_refusal(policy, "ECART_SANS_MOTIF", sentence, means=Means.CASH)


def judge_movement(amount_cents: int, source: CashFrom, there_cents: int, reason: str, policy: Policy) -> Decision:
    """Refuse a movement of nothing, without a reason, or of more than is where it comes from (`there_cents`, unlimited from outside)."""
    outside = source is CashFrom.OUTSIDE
    highest = HIGHEST_TYPED_CENTS if outside else max(HIGHEST_TYPED_CENTS, there_cents)
    if not 0 < amount_cents <= highest:
        sentence = f"Tapez le montant du mouvement : de {format_cents(1)} à {format_cents(highest)}."
        return payment_refusal(policy, "SAISIE_INVALIDE", sentence)
    if not reason.strip():
        return payment_refusal(policy, "MOUVEMENT_SANS_MOTIF", "Tapez le motif du mouvement : il est conservé.")
    if outside or amount_cents <= there_cents:
        return Decision.accept()
    if source is CashFrom.TILL:
        sentence = (
            f"La caisse ne contient que {format_cents(there_cents)} d’espèces : "
            f"vous ne pouvez pas en sortir {format_cents(amount_cents)}."
        )
        return payment_refusal(policy, "CAISSE_INSUFFISANTE", sentence)
    return payment_refusal(policy, "RETOUR_TROP_GRAND", _not_in_transit(amount_cents, there_cents))


def _not_in_transit(amount_cents: int, there_cents: int) -> str:
    if there_cents <= 0:
        return (
            "Aucune espèce sortie pour versement n’attend un bordereau : il n’y a rien à remettre en caisse. "
            "Pour de la monnaie apportée d’ailleurs, choisissez « Apport »."
        )
    return (
        f"Les espèces sorties pour versement qui attendent un bordereau font {format_cents(there_cents)} : "
        f"vous ne pouvez pas en remettre {format_cents(amount_cents)} en caisse."
    )


def gap_words(count: Count) -> str:
    """Say a difference: « il manque 5,00 € (compté 115,00 €, attendu 120,00 €). »; empty when there is none."""
    gap = count.difference_cents
    if not gap:
        return ""
    size = format_cents(abs(gap))
    found, wanted = format_cents(count.counted_cents), format_cents(count.expected_cents)
    said = f"il y a {size} de trop" if gap > 0 else f"il manque {size}"
    return f"{said} (compté {found}, attendu {wanted})."


def is_forgotten(opened_at: datetime, now: datetime) -> bool:
    """Say whether a session still open was opened on an earlier day, in Paris: it is closed before anything else."""
    return in_paris(opened_at).date() < in_paris(now).date()
