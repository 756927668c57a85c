"""Revenue told apart: by imputation, activity, site, means and period; what was cashed, reversed, given back as avoir, and what remains.

Each payment counts where it was entered and each reversal where it was, so that a period once told never changes. « Avoir » stands as a
means: what avoirs paid, less the days given back as avoirs. What remains is what the ledger says: revenue credited less debts entered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from models import tables as t
from tui_portail.instants import in_paris
from tui_portail.policy import Means
from tui_portail.revenue import AVOIR, Grain, Imputation
from tui_portail.services.ledger import CARE_REVENUE, DEBTS, MEAL_REVENUE
from tui_portail.services.registers import Books, Period
from tui_portail.services.registers_ledger import account_balances
from tui_portail.services.registers_references import means_label
from tui_portail.services.registers_revenue_facts import Measure, revenue_facts


@dataclass(frozen=True, slots=True)
class RevenueRow:
    """Some revenue, in cents: of the period that begins `from_on` (a day, a month or a year), an imputation, activity, site and means.

    `means` is a `Means` value, or AVOIR.
    """

    from_on: date
    imputation: Imputation
    activity_code: str
    activity: str
    site_code: str
    site: str
    means: str
    means_label: str
    cashed_cents: int
    reversed_cents: int
    returned_cents: int

    @property
    def net_cents(self) -> int:
        """What remains: cashed, less reversed, less given back as avoirs."""
        return self.cashed_cents - self.reversed_cents - self.returned_cents


@dataclass(frozen=True, slots=True)
class Revenue:
    """The revenue of a period. `ledger_cents` is the same net read from the accounts: it must be `net_cents`."""

    rows: tuple[RevenueRow, ...]
    ledger_cents: int

    @property
    def net_cents(self) -> int:
        """What remains of all the rows."""
        return sum(row.net_cents for row in self.rows)


def revenue(books: Books, period: Period, grain: Grain = Grain.MONTH) -> Revenue:
    """Return the revenue of a period, told apart as finely as it goes, in the order of time, imputation, activity, site and means."""
    sums: defaultdict[tuple[date, Imputation, str, str, str], dict[Measure, int]] = defaultdict(
        lambda: dict.fromkeys(Measure, 0)
    )
    for fact in revenue_facts(books, period):
        from_on = grain.first_day(in_paris(fact.at).date())
        sums[from_on, fact.imputation, fact.activity_code, fact.site_code, fact.means][fact.measure] += fact.cents
    activities, sites = _labels(books)
    order = [*(means.value for means in Means), AVOIR]
    ranks = {code: rank for rank, code in enumerate(activities)}
    rows = [
        RevenueRow(
            from_on,
            imputation,
            activity,
            activities[activity],
            site,
            sites[site],
            means,
            "Avoir" if means == AVOIR else means_label(books.commune, Means(means)),
            *(told[measure] for measure in Measure),
        )
        for (from_on, imputation, activity, site, means), told in sorted(
            sums.items(), key=lambda one: (*one[0][:2], ranks[one[0][2]], one[0][3], order.index(one[0][4]))
        )
    ]
    return Revenue(tuple(rows), _of_ledger(books, period))


def _of_ledger(books: Books, period: Period) -> int:
    """Return the net of the period as the accounts have it: revenue credited, less what is owed again."""
    moved = [
        balance
        for account in (CARE_REVENUE, MEAL_REVENUE, DEBTS)
        for balance in account_balances(books, period, account)
    ]
    return sum(balance.credit_cents - balance.debit_cents for balance in moved)


def _labels(books: Books) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the labels of activities, in their order, and the names of sites."""
    activity, site = t.activity.c, t.site.c
    activities = books.connection.execute(select(activity.code, activity.label).order_by(activity.rank, activity.code))
    sites = books.connection.execute(select(site.code, site.name).order_by(site.code))
    return {row.code: row.label for row in activities}, {row.code: row.name for row in sites}
