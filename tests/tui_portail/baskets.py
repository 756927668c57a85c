"""A commune's matrix of means and lines to pay, for the tests of payment rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from tui_portail.payment_rules import AvoirBalance, DueLine, Tender
from tui_portail.policy import ActivityFamily, ActivityRule, BasketKind, Means, MeansRule, Policy, RunsOn

MONDAY = date(2026, 11, 30)
NO_CESU = frozenset({"RESTAURATION", "PAUSE_MERIDIENNE"})
LABELS = {
    "ALP_MATIN": "ALP matin",
    "PAUSE_MERIDIENNE": "garderie de la pause méridienne",
    "RESTAURATION": "restaurant scolaire",
    "ALP_SOIR": "ALP soir",
    "ALSH_MERCREDI": "ALSH mercredi",
}
REFERENCES = {
    Means.CHEQUE: {"bank": "La Banque postale", "number": "0012345", "drawer": "Durand"},
    Means.CARD: {"reference": "A1B2"},
}


def family_of(activity: str) -> ActivityFamily:
    return ActivityFamily.ALSH if activity.startswith("ALSH") else ActivityFamily.ALP


def policy(**means: MeansRule) -> Policy:
    """Return the default matrix of the rules; `means` replaces rules by the name of their `Means`."""
    matrix = {
        Means.CASH: MeansRule(Means.CASH, "Espèces", gives_change=True, max_net_cents=30000, needs_open_till=True),
        Means.CHEQUE: MeansRule(Means.CHEQUE, "Chèque", required=("bank", "number", "drawer"), needs_open_till=True),
        Means.CARD: MeansRule(Means.CARD, "Carte bancaire", required=("reference",), needs_open_till=True),
        Means.CESU: MeansRule(Means.CESU, "CESU", excluded_activities=NO_CESU, alsh_under_age=6, needs_open_till=True),
        Means.ANCV: MeansRule(Means.ANCV, "Chèques-vacances", needs_open_till=True),
        Means.TRANSFER: MeansRule(Means.TRANSFER, "Virement", basket_kinds=frozenset({BasketKind.REGULARISATION})),
        Means.PAYFIP: MeansRule(Means.PAYFIP, "PayFiP", enabled=False),
    }
    matrix.update({Means[name]: rule for name, rule in means.items()})
    activities = {
        code: ActivityRule(code, label, family_of(code), RunsOn.SCHOOL_DAYS) for code, label in LABELS.items()
    }
    return Policy("Clapiers", activities, matrix, sources={"paiement": "Acte constitutif de la régie"})


def line(key: int, activity: str = "ALP_SOIR", cents: int = 100, day: date = MONDAY, age: int = 8) -> DueLine:
    meal = cents if activity == "RESTAURATION" else 0
    return DueLine(key, activity, family_of(activity), day, age, cents, cents - meal, meal)


def avoir(avoir_id: int, cents: int, days_ago: int = 1) -> AvoirBalance:
    return AvoirBalance(avoir_id, datetime(2026, 11, 30, 9, tzinfo=UTC) - timedelta(days=days_ago), cents)


def tender(means: Means, cents: int, received: int | None = None) -> Tender:
    return Tender(means, cents, received, REFERENCES.get(means, {}))


def baskets(max_size: int = 5) -> st.SearchStrategy[list[DueLine]]:
    """Draw the lines of a basket, each with its own key, some free."""
    rows = st.tuples(
        st.sampled_from(sorted(LABELS)), st.integers(0, 12), st.integers(0, 6), st.sampled_from([4, 5, 6, 9])
    )
    return st.lists(rows, max_size=max_size).map(
        lambda drawn: [
            line(key, activity, cents, MONDAY + timedelta(days=shift), age)
            for key, (activity, cents, shift, age) in enumerate(drawn, start=1)
        ]
    )


def avoirs() -> st.SearchStrategy[list[AvoirBalance]]:
    """Draw a payer's avoirs, some empty."""
    rows = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), max_size=4)
    return rows.map(lambda drawn: [avoir(place, cents, days) for place, (cents, days) in enumerate(drawn, start=1)])
