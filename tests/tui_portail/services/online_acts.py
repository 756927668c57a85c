"""A PayFiP that a test commands: pages opened, what became of them, and a commune that takes payments online."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count

from tests.factories import the_commune
from tui_portail.commune import Commune
from tui_portail.payfip import OpenedPayment, PayFipUnreachable
from tui_portail.payfip_answers import OnlineOutcome, PayFipAnswer
from tui_portail.policy import Means
from tui_portail.service_rules import OnlinePaymentRules, PayFipMode
from tui_portail.services.desk import new_operation
from tui_portail.services.online_following import FollowedPayment, follow_own
from tui_portail.services.online_payments import OnlinePage, open_online_page
from tui_portail.services.portal import Portal

CLIENT = "090909"
OUTCOMES = {
    "P": OnlineOutcome.PAID,
    "V": OnlineOutcome.PAID,
    "R": OnlineOutcome.REFUSED,
    "Z": OnlineOutcome.REFUSED,
    "A": OnlineOutcome.ABANDONED,
    "P5": OnlineOutcome.PENDING,
    "P1": OnlineOutcome.GONE,
}


@cache
def paying_online() -> Commune:
    """The commune shipped, with PayFiP switched on."""
    commune = the_commune()
    policy = commune.policy
    means = {**policy.means, Means.PAYFIP: replace(policy.means[Means.PAYFIP], enabled=True)}
    return replace(commune, policy=replace(policy, means=means, online=OnlinePaymentRules(True, CLIENT)))


@dataclass
class FakePayFip:
    """Says « not yet » of every page until the test decides; `lost` makes the next calls fail, before or after the work."""

    pages: dict[str, tuple[str, int]] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    lost: list[bool] = field(default_factory=list)
    meanwhile: Callable[[], None] | None = None
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    asked: int = 0

    def __call__(self, client_number: str, mode: PayFipMode) -> "FakePayFip":
        assert (client_number, mode) == (CLIENT, PayFipMode.TEST)
        return self

    def create(self, reference: str, amount_cents: int, subject: str, email: str, year: int) -> OpenedPayment:
        assert subject and email and year >= 2026
        if self.lost and not self.lost.pop():
            raise PayFipUnreachable("PayFiP n’est pas joignable.")
        id_op = f"idop{next(self.numbers):032d}"
        self.pages[id_op] = (reference, amount_cents)
        return OpenedPayment(id_op, f"https://payfip.exemple.fr/paiement?idop={id_op}")

    def ask(self, id_op: str) -> PayFipAnswer:
        self.asked += 1
        if self.lost:
            self.lost.pop()
            raise PayFipUnreachable("PayFiP ne répond pas.")
        if self.meanwhile is not None:
            self.meanwhile()
        code = self.decided.get(id_op, "P5")
        if code in ("P5", "P1"):
            return PayFipAnswer(OUTCOMES[code], code)
        reference, amount = self.pages[id_op]
        return PayFipAnswer(OUTCOMES[code], code, reference, amount, None, CLIENT, PayFipMode.TEST)

    def decide(self, code: str) -> str:
        """What the parent does on the last page opened; return its id."""
        id_op = list(self.pages)[-1]
        self.decided[id_op] = code
        return id_op


def open_page(portal: Portal, basket_id: int) -> OnlinePage:
    return open_online_page(portal, basket_id, new_operation())


def pay(portal: Portal, payfip: FakePayFip, basket_id: int, code: str = "P") -> FollowedPayment:
    """Open a page, let the parent end it so, and ask what became of it."""
    page = open_page(portal, basket_id)
    payfip.decide(code)
    return follow_own(portal, page.online_id)
