"""A deposit slip as values: payments and earlier deposits taken off, what was cancelled since, totals by means. Money is integer cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.states import SlipLineKind, SlipState
from tui_portail.payment_means import means_label
from tui_portail.policy import Means, Policy


@dataclass(frozen=True, slots=True)
class SlipTender:
    """One means on a slip, in cents: negative where an earlier slip had deposited it. `cancelled`: lost before validation, not deposited.

    `missing`: a cheque not found at the till's last closing. `drawer` is empty once erased, with the day it was (`erased_at`, UTC).
    """

    payment_id: str
    rank: int
    means: Means
    label: str
    amount_cents: int
    cancelled: bool
    missing: bool
    bank: str
    reference: str
    drawer: str
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A payment on a slip. `unpaid`: what is taken off came back unpaid, and was not a mistake of typing.

    `replaces`: the payment deposited earlier that it writes again, on a draft; both go on one slip, their paper being the same.
    """

    payment_id: str
    quittance: str
    payer_name: str
    paid_at: datetime
    kind: SlipLineKind
    unpaid: bool
    tenders: tuple[SlipTender, ...]
    replaces: str = ""

    @property
    def taken_off(self) -> bool:
        """Whether an earlier slip deposited it, so that it is taken off this one."""
        return self.kind is not SlipLineKind.PAYMENT

    @property
    def final_cents(self) -> int:
        """What the line deposits, in cents."""
        return sum(tender.amount_cents for tender in self.tenders if not tender.cancelled)

    def cents_of(self, means: Means) -> int:
        """Return what the line deposits by a means, in cents."""
        return sum(one.amount_cents for one in self.tenders if one.means is means and not one.cancelled)


@dataclass(frozen=True, slots=True)
class SlipTotal:
    """One means of a slip: how many tenders and how much (cents), what was cancelled since, what is left to deposit."""

    means: Means
    label: str
    initial_count: int
    initial_cents: int
    cancelled_count: int
    cancelled_cents: int

    @property
    def final_count(self) -> int:
        """How many tenders are deposited."""
        return self.initial_count - self.cancelled_count

    @property
    def final_cents(self) -> int:
        """What is deposited, in cents."""
        return self.initial_cents - self.cancelled_cents


@dataclass(frozen=True, slots=True)
class SlipView:
    """A slip at one instant; `number` and what follows are empty for a draft. `cash` pairs a value in cents with its pieces.

    `waiting`: what the draft could still take; nothing for a validated slip.
    """

    slip_id: int
    state: SlipState
    number: str
    created_at: datetime
    validated_at: datetime | None
    agent_name: str
    lines: tuple[SlipLine, ...]
    waiting: tuple[SlipLine, ...]
    totals: tuple[SlipTotal, ...]
    cash: tuple[tuple[int, int], ...]
    head_hash: str
    fictitious: bool

    def cents_of(self, means: Means) -> int:
        """Return what the slip deposits by a means, in cents."""
        return sum(total.final_cents for total in self.totals if total.means is means)

    @property
    def initial_cents(self) -> int:
        """What it holds before cancellations."""
        return sum(total.initial_cents for total in self.totals)

    @property
    def cancelled_cents(self) -> int:
        """What was cancelled since."""
        return sum(total.cancelled_cents for total in self.totals)

    @property
    def final_cents(self) -> int:
        """What it deposits."""
        return self.initial_cents - self.cancelled_cents

    def together(self, line: SlipLine) -> tuple[SlipLine, ...]:
        """Return the lines, on the slip or waiting, that go on one slip with a line, itself among them."""
        pair = line.replaces or line.payment_id
        return tuple(one for one in (*self.lines, *self.waiting) if (one.replaces or one.payment_id) == pair)

    def may_be_left_out(self, line: SlipLine) -> bool:
        """Say whether a line on the slip, or waiting for it, may be left for a later slip, with what goes together with it.

        What an earlier slip deposited is taken off the very next one, unless the cash of that one could not make up for it.
        """
        if not (line.taken_off or line.replaces):
            return True  # it goes alone
        together = self.together(line)
        if not any(one.taken_off for one in together):
            return True
        moved = sum(one.cents_of(Means.CASH) for one in together)
        coming = sum(one.cents_of(Means.CASH) for one in together if one in self.waiting)
        return self.cents_of(Means.CASH) + coming < 0 and moved < 0


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A slip as listed; the total is what it deposits, in cents."""

    slip_id: int
    number: str
    state: SlipState
    at: datetime
    agent_name: str
    payments: int
    final_cents: int


def slip_totals(policy: Policy, lines: Iterable[SlipLine]) -> tuple[SlipTotal, ...]:
    """Return one total a means present, cash and cheques always, in the order of the commune's list."""
    tenders = [tender for line in lines for tender in line.tenders]
    wanted = {Means.CASH, Means.CHEQUE} | {tender.means for tender in tenders}
    totals = []
    for means in [one for one in Means if one in wanted]:
        initial = [tender for tender in tenders if tender.means is means]
        cancelled = [tender for tender in initial if tender.cancelled]
        totals.append(
            SlipTotal(
                means,
                means_label(means, policy),
                len(initial),
                sum(tender.amount_cents for tender in initial),
                len(cancelled),
                sum(tender.amount_cents for tender in cancelled),
            )
        )
    return tuple(totals)
