"""What each means of payment may pay: the régie's matrix, said in sentences (rules of the service, « Means of payment »).

A means is judged by its `MeansRule`: enabled or not, for a réservation or a régularisation, excluded activities, an age for ALSH days,
references to record, change or none. Amounts are cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from tui_portail.decision import POLICY, Decision
from tui_portail.french import join_words, long_date, plural
from tui_portail.money import format_cents
from tui_portail.policy import ActivityFamily, BasketKind, Means, MeansRule, Policy

PAYMENT_SOURCE_KEY = "paiement"
"""The key of `Policy.sources` under which a commune names its régie's acte constitutif."""

_SPOKEN: Mapping[Means, tuple[str, bool]] = MappingProxyType(  # with its article, and whether it is a plural
    {
        Means.CASH: ("les espèces", True),
        Means.CHEQUE: ("le chèque", False),
        Means.CARD: ("la carte bancaire", False),
        Means.CESU: ("le CESU", False),
        Means.ANCV: ("les chèques-vacances", True),
        Means.TRANSFER: ("le virement", False),
        Means.PAYFIP: ("PayFiP", False),
    }
)
_REFERENCES: Mapping[str, str] = MappingProxyType(
    {
        "bank": "la banque",
        "number": "le numéro",
        "drawer": "le nom du tireur",
        "reference": "la référence",
        "terminal": "la référence du terminal",
    }
)
_KINDS: Mapping[BasketKind, str] = MappingProxyType(
    {BasketKind.RESERVATION: "une réservation", BasketKind.REGULARISATION: "une régularisation"}
)


@dataclass(frozen=True, slots=True)
class DueLine:
    """One day to pay, with the child's age that day (see `age_on`). `key` is unique in the basket and never changes."""

    key: int
    activity: str
    family: ActivityFamily
    day: date
    child_age_on_day: int
    price_cents: int
    care_cents: int
    meal_cents: int


@dataclass(frozen=True, slots=True)
class Tender:
    """One means handed over. `amount_cents` is what it pays of the basket; `received_cents` what was given in cash (None: just that)."""

    means: Means
    amount_cents: int
    received_cents: int | None = None
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def change_cents(self) -> int:
        """Return what is given back."""
        return 0 if self.received_cents is None else self.received_cents - self.amount_cents


def age_on(born_on: date, day: date) -> int:
    """Return the whole years of a child on a day; born on 29 February, a year older on 1 March of other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def birthday(born_on: date, years: int) -> date:
    """Return the day a child reaches an age in whole years: 1 March of years without a 29 February (see `age_on`)."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)


def may_pay(rule: MeansRule, line: DueLine) -> bool:
    """Say whether a means may pay a line, whatever the basket (an enabled means, the activity, the age for an ALSH day)."""
    if not rule.enabled or line.activity in rule.excluded_activities:
        return False
    too_old = rule.alsh_under_age is not None and line.child_age_on_day >= rule.alsh_under_age
    return not (line.family is ActivityFamily.ALSH and too_old)


def cash_tender(received_cents: int, rest_cents: int) -> Tender:
    """Return the cash tender of what a family hands over: it pays what is left due at most, the change is the rest."""
    return Tender(Means.CASH, min(received_cents, rest_cents), received_cents)


def is_change_doubtful(change_cents: int, policy: Policy) -> bool:
    """Say whether so much change is more likely a slip of the fingers than what was handed over (policy: `monnaie_a_confirmer`)."""
    return change_cents > policy.change_to_confirm_cents


def means_refusals(
    means: Means, lines: Iterable[DueLine], policy: Policy, basket_kind: BasketKind = BasketKind.RESERVATION
) -> dict[int, Decision]:
    """Return, by line key, why a means cannot pay a line: « Le CESU ne peut pas payer … »; lines it may pay are not there."""
    if (refusal := _unusable(means, basket_kind, policy)) is not None:
        return {line.key: refusal for line in lines}
    rule = policy.means[means]
    faults = {line.key: _line_fault(rule, line, policy) for line in lines}
    return {key: fault for key, fault in faults.items() if fault is not None}


def what_means_pays(
    means: Means, lines: Sequence[DueLine], policy: Policy, basket_kind: BasketKind = BasketKind.RESERVATION
) -> str:
    """Return what a means may pay of a basket and, for each activity it may not, why: the age each child has on the day, or never.

    Empty when it may pay every line. « Le CESU paie ici « ALP soir ». Pas « restaurant scolaire » : jamais par ce moyen. »
    """
    if (refusal := _unusable(means, basket_kind, policy)) is not None:
        return refusal.sentence
    rule = policy.means[means]
    paid = list(dict.fromkeys(_label(line, policy) for line in lines if may_pay(rule, line)))
    not_paid = list(dict.fromkeys(_why_not_paid(rule, line, policy) for line in lines if not may_pay(rule, line)))
    if not not_paid:
        return ""
    head = (
        f"{_subject(means, 'paie', 'paient')} ici {join_words(paid)}."
        if paid
        else f"{_subject(means, 'ne peut pas payer', 'ne peuvent pas payer')} ce panier."
    )
    return f"{head} Pas {' ; pas '.join(not_paid)}."


def covers_all_sentence(means: Sequence[Means]) -> str:
    """Return « Le chèque couvre déjà tout : videz son montant pour payer autrement. », for the means that leave nothing to pay."""
    if len(means) == 1:
        return f"{_subject(means[0], 'couvre', 'couvrent')} déjà tout : videz le montant pour payer autrement."
    names = join_words(_SPOKEN[one][0] for one in means)
    return f"{names[:1].upper()}{names[1:]} couvrent déjà tout : videz un montant pour payer autrement."


def needs_till(tenders: Iterable[Tender], policy: Policy) -> bool:
    """Say whether a payment needs an open till: one of its means does."""
    return any(needs_open_till(tender.means, policy) for tender in tenders)


def needs_open_till(means: Means, policy: Policy) -> bool:
    """Say whether a means is received, or taken back, in an open till only: cash always, the others where the commune says so."""
    rule = policy.means.get(means)
    return means is Means.CASH or (rule is not None and rule.needs_open_till)


def admits(means: Means, line: DueLine, policy: Policy) -> bool:
    """Say whether the commune's matrix lets a means pay a line."""
    rule = policy.means.get(means)
    return rule is not None and may_pay(rule, line)


def tender_faults(tender: Tender, basket_kind: BasketKind, policy: Policy) -> Iterator[Decision]:
    """Yield what is wrong with one tender by itself: the means, its amount, the change it would need, its references."""
    if (refusal := _unusable(tender.means, basket_kind, policy)) is not None:
        yield refusal
        return
    rule = policy.means[tender.means]
    if tender.amount_cents <= 0:
        yield payment_refusal(policy, "MONTANT_NUL", f"{_spoken(tender.means)} : tapez un montant au-dessus de zéro.")
    elif tender.change_cents < 0:
        short = format_cents(-tender.change_cents)
        yield payment_refusal(
            policy, "RECU_INSUFFISANT", f"{_spoken(tender.means)} : il manque {short} sur la somme remise."
        )
    elif tender.change_cents > 0 and not rule.gives_change:
        subject = _subject(tender.means, "ne rend pas", "ne rendent pas")
        yield payment_refusal(
            policy, "SANS_MONNAIE", f"{subject} la monnaie : elle se rend en espèces, sur des espèces."
        )
    missing = [name for name in rule.required if not tender.references.get(name, "").strip()]
    if missing:
        words = join_words(_REFERENCES.get(name, name) for name in missing)
        yield payment_refusal(
            policy, "REFERENCE_MANQUANTE", f"{_spoken(tender.means)} : indiquez {words}.", missing=tuple(missing)
        )


def payment_refusal(policy: Policy, code: str, sentence: str, **facts: object) -> Decision:
    """Return a refusal that cites the régie's acte constitutif where the commune named it."""
    source = policy.sources.get(PAYMENT_SOURCE_KEY, POLICY)
    return Decision(False, code, sentence, source, MappingProxyType(facts))


def means_label(means: Means, policy: Policy) -> str:
    """Return the commune's own name of a means, else its plain one."""
    rule = policy.means.get(means)
    return rule.label if rule is not None else _spoken(means)


def _unusable(means: Means, basket_kind: BasketKind, policy: Policy) -> Decision | None:
    """Refuse a means that the commune does not take, or not for this kind of basket."""
    rule = policy.means.get(means)
    if rule is None or not rule.enabled:
        return payment_refusal(
            policy,
            "MOYEN_NON_ADMIS",
            f"{_subject(means, 'ne fait pas partie', 'ne font pas partie')} des moyens de paiement de la régie.",
            means=means,
        )
    if basket_kind not in rule.basket_kinds:
        sentence = f"{_subject(means, 'ne peut pas payer', 'ne peuvent pas payer')} {_KINDS[basket_kind]}."
        return payment_refusal(policy, "MOYEN_NATURE_PANIER", sentence, means=means)
    return None


def _line_fault(rule: MeansRule, line: DueLine, policy: Policy) -> Decision | None:
    if may_pay(rule, line):
        return None
    subject = _subject(rule.means, "ne peut pas payer", "ne peuvent pas payer")
    sentence = f"{subject} {_label(line, policy)} du {long_date(line.day)}"
    if line.activity in rule.excluded_activities:
        return payment_refusal(policy, "MOYEN_ACTIVITE_EXCLUE", f"{sentence}.", means=rule.means, line=line.key)
    why = f"l’enfant doit avoir moins de {rule.alsh_under_age} ans ce jour-là"
    return payment_refusal(policy, "MOYEN_AGE", f"{sentence} : {why}.", means=rule.means, line=line.key)


def _label(line: DueLine, policy: Policy) -> str:
    return f"« {policy.activities[line.activity].label if line.activity in policy.activities else line.activity} »"


def _why_not_paid(rule: MeansRule, line: DueLine, policy: Policy) -> str:
    label = _label(line, policy)
    if line.activity in rule.excluded_activities:
        return f"{label} : jamais par ce moyen"
    age = plural(line.child_age_on_day, "an")
    return f"{label} à {age} le jour réservé : il faut avoir moins de {rule.alsh_under_age} ans"


def _spoken(means: Means) -> str:
    spoken = _SPOKEN[means][0]
    return spoken[:1].upper() + spoken[1:]


def _subject(means: Means, singular: str, plural: str) -> str:
    return f"{_spoken(means)} {plural if _SPOKEN[means][1] else singular}"
