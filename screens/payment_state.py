"""What the payment screen holds while means are typed: texts, what they make, what is missing. No widget, no query.

Cash is filled in with what is left due until the agent types another sum, which is then what was handed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_portail.errors import InvalidInput
from tui_portail.money import format_cents, parse_amount
from tui_portail.payment_rules import (
    Tender,
    TenderDecision,
    cash_tender,
    covers_all_sentence,
    is_change_doubtful,
    judge_tenders,
    largest_amount_for,
    largest_amount_sentence,
    needs_till,
    what_means_pays,
)
from tui_portail.policy import BasketKind, Means, Policy
from tui_portail.services.baskets import BasketView


@dataclass(slots=True)
class Entry:
    """One means in use: the text of its amount, whether it stands (cash follows what is left until then), its references.

    `filled`: the amount is the one filled in when the means was chosen, not one the agent typed.
    """

    text: str = ""
    typed: bool = False
    filled: bool = False
    references: dict[str, str] = field(default_factory=dict)


class PaymentState:
    """The means given for one basket."""

    def __init__(self, view: BasketView, policy: Policy) -> None:
        self.view = view
        self.policy = policy
        self.entries: dict[Means, Entry] = {}
        if view.due_cents and self.usable(Means.CASH):
            self.entries[Means.CASH] = Entry()
        self.settle_cash()

    def usable(self, means: Means) -> bool:
        """Say whether the régie takes a means for this kind of basket."""
        rule = self.policy.means.get(means)
        return rule is not None and rule.enabled and self.kind in rule.basket_kinds

    @property
    def kind(self) -> BasketKind:
        """The basket's kind."""
        return BasketKind(self.view.kind)

    def why_not(self, means: Means) -> str:
        """Return the sentence that says why a means can pay nothing of this basket, « » if it can."""
        if self.largest(means) > 0:
            return ""
        if not self.view.due_cents:
            return largest_amount_sentence(means, 0, self.policy) + "."
        if self._alone(means) > 0:
            covering = [tender.means for tender in self._readable(but=means) if tender.amount_cents > 0]
            return covers_all_sentence(covering)
        if sentence := self.explained(means):
            return sentence
        return largest_amount_sentence(means, 0, self.policy) + "."

    def explained(self, means: Means) -> str:
        """Return what a restricted means may pay of this basket and why not the rest, « » for one that may pay all."""
        return what_means_pays(means, self.view.due_lines, self.policy, self.kind)

    def _alone(self, means: Means) -> int:
        """Return the most a means could pay with no other, in cents."""
        return largest_amount_for(means, self.view.due_lines, self.view.plan, (), self.policy, basket_kind=self.kind)

    def largest(self, means: Means) -> int:
        """Return the most a means may pay, in cents, beside the other means typed."""
        others = [
            tender for tender in self._readable(but=means) if means is not Means.CASH or tender.means is not means
        ]
        if not (Means.CASH in self.entries and self.entries[Means.CASH].typed):
            others = [tender for tender in others if tender.means is not Means.CASH]
        return largest_amount_for(
            means, self.view.due_lines, self.view.plan, others, self.policy, basket_kind=self.kind
        )

    def use(self, means: Means) -> str:
        """Pay the rest by a means; return the sentence when it cannot pay anything, « » otherwise.

        A means chosen when another, filled in by itself, takes all that is due takes its place: it was chosen by mistake.
        """
        if self.view.due_cents and self.largest(means) <= 0:
            for other in [other for other, entry in self.entries.items() if entry.filled and other is not means]:
                if self._largest_without(means, other) > 0:
                    self.drop(other)
        if sentence := self.why_not(means):
            return sentence
        entry = self.entries.setdefault(means, Entry())
        entry.text = format_cents(self.largest(means), symbol=False)
        entry.typed = entry.filled = means is not Means.CASH
        for name in self.policy.means[means].required:
            entry.references.setdefault(name, self.view.payer_name if name == "drawer" else "")
        self.settle_cash()
        return ""

    def _largest_without(self, means: Means, other: Means) -> int:
        """Return the most a means could pay if another were given up, in cents."""
        kept = dict(self.entries)
        del self.entries[other]
        most = self.largest(means)
        self.entries = kept
        return most

    def drop(self, means: Means) -> None:
        """Give up a means."""
        self.entries.pop(means, None)
        self.settle_cash()

    def type_amount(self, means: Means, text: str) -> None:
        """Take what the agent typed for a means."""
        self.entries[means].text = text
        self.entries[means].typed = True
        self.entries[means].filled = False
        self.settle_cash()

    def settle_cash(self) -> None:
        """Fill cash in with what is left, unless the agent typed a sum."""
        cash = self.entries.get(Means.CASH)
        if cash is not None and not cash.typed:
            amount = self.largest(Means.CASH)
            cash.text = format_cents(amount, symbol=False) if amount > 0 else ""

    def tenders(self) -> tuple[Tender, ...]:
        """Return the means given. Raises InvalidInput for a text that is no amount."""
        others = tuple(
            Tender(means, self._cents(means), None, dict(entry.references))
            for means, entry in self.entries.items()
            if means is not Means.CASH and entry.text.strip()
        )
        cash = self.entries.get(Means.CASH)
        if cash is None or not cash.text.strip() or not (received := self._cents(Means.CASH)):
            return others
        rest = self.view.due_cents - sum(tender.amount_cents for tender in others)
        return (cash_tender(received, max(0, rest)), *others)

    def _cents(self, means: Means) -> int:
        """Read the amount of a means. Raises InvalidInput with a sentence that names it."""
        try:
            return parse_amount(self.entries[means].text)
        except InvalidInput as error:
            raise InvalidInput(f"{self.policy.means[means].label} : {error.sentence}") from None

    def judge(self) -> TenderDecision:
        """Say whether the means given pay the basket. Raises InvalidInput."""
        return judge_tenders(self.view.due_lines, self.view.plan, self.tenders(), self.kind, self.policy)

    def words(self) -> tuple[bool, str]:
        """Return whether all is there, and the sentence that says so or what is missing."""
        try:
            decision = self.judge()
        except InvalidInput as error:
            return False, error.sentence
        if not decision:
            return False, " ".join((*self._missing(decision), *(refusal.sentence for refusal in decision.refusals)))
        if decision.change_cents:
            return True, f"Monnaie à rendre : {format_cents(decision.change_cents)}"
        return True, "Le compte y est." if self.view.due_cents else "Rien à encaisser : les avoirs paient tout."

    def doubts(self) -> tuple[str, ...]:
        """Return what to have confirmed before cashing: a sum handed over that would be given back nearly whole. Raises InvalidInput."""
        cash = next((tender for tender in self.tenders() if tender.means is Means.CASH), None)
        if cash is None or cash.received_cents is None or not is_change_doubtful(cash.change_cents, self.policy):
            return ()
        return (
            f"Somme remise : {format_cents(cash.received_cents)}, pour {format_cents(cash.amount_cents)} à payer en espèces.",
            f"Monnaie à rendre : {format_cents(cash.change_cents)}.",
        )

    def _missing(self, decision: TenderDecision) -> tuple[str, ...]:
        """Say the amount before the references still to give: it is what one is typing."""
        missing = self.view.due_cents - sum(tender.amount_cents for tender in self.tenders())
        if missing <= 0 or any(refusal.code != "REFERENCE_MANQUANTE" for refusal in decision.refusals):
            return ()
        return (f"Il manque {format_cents(missing)}.",)

    def maxima(self) -> str:
        """Return what restricted means may pay at most of this basket, for who asks."""
        due, lines, plan = self.view.due_cents, self.view.due_lines, self.view.plan
        sentences = []
        for means in self.policy.means:
            most = largest_amount_for(means, lines, plan, (), self.policy, basket_kind=self.kind)
            if 0 < most < due:
                sentences.append(largest_amount_sentence(means, most, self.policy))
        return " · ".join(sentences)

    def needs_till(self) -> bool:
        """Say whether a till must be open for these means. Raises InvalidInput."""
        return needs_till(self.tenders(), self.policy)

    def _readable(self, but: Means) -> list[Tender]:
        found = []
        for means, entry in self.entries.items():
            if means is but or (means is Means.CASH and not entry.typed):
                continue
            try:
                amount = parse_amount(entry.text)
            except InvalidInput:
                continue
            found.append(Tender(means, amount, None, dict(entry.references)))
        return found
