"""How a basket may be paid: avoirs first, then the means the régie admits (rules of the service, « Means of payment » and « Avoir »).

Avoirs are used by themselves, oldest first, on the lines that accept the fewest other means. What they leave is paid by tenders; each
means pays only the lines its rule admits, and all of them together must find an allocation to lines, which is kept with the payment.
Amounts are cents; a tender's amount is what the régie keeps of it, so that the change is what was handed over less that amount.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

from tui_portail.allocation import Flow, allocate
from tui_portail.decision import Decision
from tui_portail.french import join_words
from tui_portail.money import format_cents
from tui_portail.payment_means import (
    DueLine,
    Tender,
    admits,
    age_on,
    cash_tender,
    covers_all_sentence,
    is_change_doubtful,
    may_pay,
    means_label,
    means_refusals,
    needs_till,
    payment_refusal,
    tender_faults,
    what_means_pays,
)
from tui_portail.policy import BasketKind, Means, Policy

__all__ = [
    "AvoirBalance",
    "AvoirPlan",
    "AvoirUse",
    "DueLine",
    "Tender",
    "TenderDecision",
    "TenderShare",
    "age_on",
    "cash_tender",
    "covers_all_sentence",
    "is_change_doubtful",
    "judge_tenders",
    "largest_amount_for",
    "largest_amount_sentence",
    "may_pay",
    "means_refusals",
    "needs_till",
    "use_avoirs",
    "what_means_pays",
]


@dataclass(frozen=True, slots=True)
class AvoirBalance:
    """What is left of one avoir of the payer, in cents; `issued_at` is aware."""

    avoir_id: int
    issued_at: datetime
    remaining_cents: int


@dataclass(frozen=True, slots=True)
class AvoirUse:
    """Cents of one avoir that pay one line."""

    avoir_id: int
    line_key: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class AvoirPlan:
    """What avoirs pay of a basket, and what is left due on each line (all lines are there, at 0 when paid)."""

    uses: tuple[AvoirUse, ...]
    rest_due: Mapping[int, int]

    @property
    def used_cents(self) -> int:
        """Return what avoirs pay."""
        return sum(use.amount_cents for use in self.uses)

    @property
    def rest_cents(self) -> int:
        """Return what is left to pay by other means."""
        return sum(self.rest_due.values())


@dataclass(frozen=True, slots=True)
class TenderShare:
    """Cents of one tender (its place in the list judged, from 0) that pay one line."""

    tender_index: int
    line_key: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class TenderDecision:
    """Accepted with the change to give and the whole allocation, or refused with every reason, the first to be said first."""

    refusals: tuple[Decision, ...]
    change_cents: int = 0
    allocation: tuple[TenderShare, ...] = ()

    @property
    def accepted(self) -> bool:
        """Say whether the tenders pay the basket."""
        return not self.refusals

    def __bool__(self) -> bool:
        return self.accepted


def use_avoirs(lines: Sequence[DueLine], avoirs: Iterable[AvoirBalance], policy: Policy) -> AvoirPlan:
    """Spend the payer's avoirs on a basket: oldest first, on the lines that accept the fewest other means, then the earliest days.

    Never more than is due nor than an avoir holds; no choice is offered (leaflet). Raises ValueError if two lines share a key.
    """
    rest = {line.key: line.price_cents for line in lines}
    if len(rest) != len(lines):
        raise ValueError("two lines of a basket share a key")
    uses: list[AvoirUse] = []
    oldest_first = sorted(avoirs, key=lambda avoir: (avoir.issued_at, avoir.avoir_id))
    ordered = _by_scarcity(lines, policy) if oldest_first else []
    for avoir in oldest_first:
        left = avoir.remaining_cents
        for line in ordered:
            amount = min(left, rest[line.key])
            if amount > 0:
                uses.append(AvoirUse(avoir.avoir_id, line.key, amount))
                rest[line.key] -= amount
                left -= amount
    return AvoirPlan(tuple(uses), MappingProxyType(rest))


def unreserved(avoirs: Iterable[AvoirBalance], reserved_cents: int) -> tuple[AvoirBalance, ...]:
    """Return what is left of a payer's avoirs, oldest first, once a basket on hold has reserved so many cents of the oldest."""
    left: list[AvoirBalance] = []
    for avoir in sorted(avoirs, key=lambda avoir: (avoir.issued_at, avoir.avoir_id)):
        kept = max(0, avoir.remaining_cents - reserved_cents)
        reserved_cents -= avoir.remaining_cents - kept
        if kept:
            left.append(replace(avoir, remaining_cents=kept))
    return tuple(left)


def judge_tenders(
    lines: Sequence[DueLine],
    avoir_plan: AvoirPlan,
    tenders: Sequence[Tender],
    basket_kind: BasketKind,
    policy: Policy,
) -> TenderDecision:
    """Say whether tenders pay exactly what avoirs leave of a basket, with the change and the allocation to lines.

    The amounts of all tenders make exactly what is due; only cash may be handed over above its amount. With nothing due, no tender is
    the right answer. All faults of the tenders are said together; the allocation is sought only when there is none.
    """
    refusals = [refusal for tender in tenders for refusal in tender_faults(tender, basket_kind, policy)]
    if not refusals:
        refusals = _means_faults(lines, avoir_plan, tenders, policy) or _total_faults(avoir_plan, tenders, policy)
    if refusals:
        return TenderDecision(tuple({refusal.sentence: refusal for refusal in refusals}.values()))
    flow = _flow(lines, avoir_plan, tenders, policy)
    if not flow.complete:
        return TenderDecision((_joint_fault(lines, avoir_plan, tenders, flow, policy),))
    shares = tuple(
        TenderShare(index, key, amount) for index, placed in enumerate(flow.placed) for key, amount in placed.items()
    )
    return TenderDecision((), sum(tender.change_cents for tender in tenders), shares)


def largest_amount_for(
    means: Means,
    lines: Sequence[DueLine],
    avoir_plan: AvoirPlan,
    other_tenders: Sequence[Tender],
    policy: Policy,
    *,
    basket_kind: BasketKind = BasketKind.RESERVATION,
) -> int:
    """Return the most, in cents, that one more tender of a means may pay beside the others; 0 if it may pay nothing."""
    rule = policy.means.get(means)
    if rule is None or not rule.enabled or basket_kind not in rule.basket_kinds:
        return 0
    most = avoir_plan.rest_cents
    if rule.max_net_cents is not None:
        kept = sum(tender.amount_cents for tender in other_tenders if tender.means is means)
        most = min(most, max(0, rule.max_net_cents - kept))
    flow = _flow(lines, avoir_plan, [*other_tenders, Tender(means, most)], policy)
    return most - flow.unplaced[-1]


def largest_amount_sentence(means: Means, largest_cents: int, policy: Policy) -> str:
    """Return « CESU : 24,00 € au plus sur ce panier », or that the means cannot pay anything of it."""
    label = means_label(means, policy)
    if largest_cents <= 0:
        return f"{label} : rien à payer par ce moyen sur ce panier"
    return f"{label} : {format_cents(largest_cents)} au plus sur ce panier"


def _by_scarcity(lines: Iterable[DueLine], policy: Policy) -> list[DueLine]:
    """Sort lines: those the fewest means may pay first, then the earliest days, then the key."""

    def scarcity(line: DueLine) -> tuple[int, date, int]:
        return sum(may_pay(rule, line) for rule in policy.means.values()), line.day, line.key

    return sorted(lines, key=scarcity)


def _flow(lines: Sequence[DueLine], plan: AvoirPlan, tenders: Sequence[Tender], policy: Policy) -> Flow:
    ordered = [line for line in _by_scarcity(lines, policy) if plan.rest_due[line.key] > 0]
    dues = {line.key: plan.rest_due[line.key] for line in ordered}
    payable = [[line.key for line in ordered if admits(tender.means, line, policy)] for tender in tenders]
    return allocate([max(0, tender.amount_cents) for tender in tenders], dues, payable)


def _means_faults(
    lines: Sequence[DueLine], plan: AvoirPlan, tenders: Sequence[Tender], policy: Policy
) -> list[Decision]:
    """Return the means that pass their own bounds: the régie's maximum, or what the lines they may pay leave due."""
    kept: dict[Means, int] = defaultdict(int)
    for tender in tenders:
        kept[tender.means] += tender.amount_cents
    refusals = []
    for means, amount in kept.items():
        rule = policy.means[means]
        payable = sum(plan.rest_due[line.key] for line in lines if may_pay(rule, line))
        if rule.max_net_cents is not None and amount > rule.max_net_cents:
            sentence = (
                f"{means_label(means, policy)} : {format_cents(rule.max_net_cents)} au plus par paiement ; "
                f"{format_cents(amount - rule.max_net_cents)} sont à payer autrement."
            )
            refusals.append(
                payment_refusal(policy, "PLAFOND_DEPASSE", sentence, means=means, max_cents=rule.max_net_cents)
            )
        elif amount > payable:
            sentence = f"{largest_amount_sentence(means, payable, policy)} ; {format_cents(amount)} présentés."
            refusals.append(payment_refusal(policy, "MOYEN_AU_DELA", sentence, means=means, max_cents=payable))
    return refusals


def _total_faults(plan: AvoirPlan, tenders: Sequence[Tender], policy: Policy) -> list[Decision]:
    """Refuse tenders that do not make exactly what avoirs leave due."""
    missing = plan.rest_cents - sum(tender.amount_cents for tender in tenders)
    if missing == 0:
        return []
    due = format_cents(plan.rest_cents)
    if missing > 0:
        sentence = f"Il manque {format_cents(missing)} : un panier se paie en entier, {due}."
        return [payment_refusal(policy, "MONTANT_INSUFFISANT", sentence, missing_cents=missing)]
    sentence = f"Il y a {format_cents(-missing)} de trop : le reste à payer est de {due}."
    return [payment_refusal(policy, "MONTANT_EXCESSIF", sentence, excess_cents=-missing)]


def _joint_fault(
    lines: Sequence[DueLine], plan: AvoirPlan, tenders: Sequence[Tender], flow: Flow, policy: Policy
) -> Decision:
    """Name the means that have too few lines between them, and how much they may pay together."""
    means = list(dict.fromkeys(tenders[index].means for index in flow.blocked))
    presented = sum(tenders[index].amount_cents for index in flow.blocked)
    most = sum(plan.rest_due[line.key] for line in lines if any(admits(one, line, policy) for one in means))
    sentence = (
        f"{join_words(means_label(one, policy) for one in means)} ensemble : {format_cents(most)} au plus sur ce panier ; "
        f"{format_cents(presented)} présentés, car ils paieraient les mêmes journées."
    )
    return payment_refusal(policy, "MOYENS_INCOMPATIBLES", sentence, means=tuple(means), max_cents=most)
