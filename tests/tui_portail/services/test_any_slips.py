"""Any sequence of payments, reversals, corrections, closings, slips: what reached the Trésor is what was deposited less what came back."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.engine import Database
from models.states import SlipLineKind, SlipState
from tests.databases import SqliteTemplate
from tests.soak import lives
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import card, cash, cheque, clock_of
from tests.tui_portail.services.slip_acts import (
    NOTHING,
    a_regie,
    again_with,
    balance,
    came_back,
    corrected,
    pay,
    prepared,
    unpaid,
    validated,
    without,
)
from tests.tui_portail.services.till_acts import later, to_close
from tui_portail.errors import PortailError
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.sale import CashedBasket
from tui_portail.services.slip_reading import list_slips, load_slip
from tui_portail.services.slip_views import SlipView

Act = tuple[str, int]
FLOAT = 100_00
MEANS_ACCOUNTS = ("caisse", "cheques", "cartes", "cesu", "especes_a_verser")


class ARegie:
    """A régie and what it received, on paper: the cents of each payment that stands, by the régisseur's own reckoning."""

    def __init__(self, folder: Path, template: SqliteTemplate) -> None:
        self.database = Database.open(template.fresh(folder))
        self.desk = a_regie(self.database)
        self.paid: list[CashedBasket] = []
        self.kept: dict[str, int] = {}
        self.refused: set[str] = set()
        self.made = 0

    def do(self, act: Act) -> None:
        name, chance = act
        try:
            getattr(self, name)(chance)
        except PortailError as refusal:
            assert not refusal.code.startswith("BASE_")
            self.refused.add(refusal.code)
        books_hold(self.database, clock_of(self.desk).instant)
        self.check()

    def check(self) -> None:
        """What was received and not lost is either with the Trésor or still held; each payment is in one slip."""
        slips = [load_slip(self.desk, row.slip_id) for row in list_slips(self.desk)]
        done = [slip for slip in slips if slip.state is SlipState.VALIDATED]
        lines = [line for slip in done for line in slip.lines]
        added = sum(line.final_cents for line in lines if line.kind is SlipLineKind.PAYMENT)
        taken_off = -sum(line.final_cents for line in lines if line.taken_off)
        assert added - taken_off == balance(self.desk, "recettes_versees")
        placed = [line.payment_id for line in lines if line.kind is SlipLineKind.PAYMENT]
        assert len(set(placed)) == len(placed)
        held = sum(balance(self.desk, account) for account in MEANS_ACCOUNTS)
        assert held - FLOAT + balance(self.desk, "recettes_versees") == sum(self.kept.values())
        assert balance(self.desk, "ecarts") == 0

    def deposit_all(self) -> None:
        """With cash enough, the next slip takes all there is: nothing stays in the books but the float."""
        self._paid(pay(self.desk, cash(2_000_00)))
        validated(self.desk, prepared(self.desk))
        assert {one: balance(self.desk, one) for one in MEANS_ACCOUNTS} == dict.fromkeys(MEANS_ACCOUNTS, 0) | {
            "caisse": FLOAT
        }
        assert all(cents in (0, FLOAT) for cents in to_close(self.desk).expected.values())
        self.check()

    def pay_one(self, chance: int) -> None:
        self._paid(pay(self.desk, self._tender(chance, 10_00 + chance)))

    def pay_by_two(self, chance: int) -> None:
        self._paid(pay(self.desk, cash(5_00 + chance), self._tender(1 + chance % 2, 7_00)))

    def pay_by_value(self, chance: int) -> None:
        self._paid(pay(self.desk, Tender(Means.CESU, 10_00 + chance)))

    def reverse(self, chance: int) -> None:
        paid = self._one(chance)
        undone = unpaid(self.desk, paid, 1, reason=NOTHING)
        self.kept[paid.payment_id] -= undone.lost_cents

    def come_back(self, chance: int) -> None:
        paid = self._one(chance)
        back = came_back(self.desk, paid, 2)
        self.kept[paid.payment_id] -= back.lost_cents

    def correct(self, chance: int) -> None:
        paid = self._one(chance)
        new = corrected(self.desk, paid, self._tender(chance // 3, paid.total_cents)).cashed
        self.kept[paid.payment_id] = 0
        self._paid(new)

    def correct_by_value(self, chance: int) -> None:
        paid = self._one(chance)
        new = corrected(self.desk, paid, Tender(Means.CESU, paid.total_cents - 1_00), cash(1_00)).cashed
        self.kept[paid.payment_id] = 0
        self._paid(new)

    def close(self, _: int) -> None:
        later(self.desk, minutes=1)  # counted as expected, opened again

    def prepare(self, _: int) -> None:
        prepared(self.desk)

    def take_out(self, chance: int) -> None:
        draft = self._draft()
        without(self.desk, draft, self._one(chance).payment_id)

    def put_back(self, chance: int) -> None:
        again_with(self.desk, self._draft(), self._one(chance).payment_id)

    def validate(self, _: int) -> None:
        validated(self.desk, self._draft())

    def _paid(self, paid: CashedBasket) -> None:
        self.paid.append(paid)
        self.kept[paid.payment_id] = paid.total_cents

    def _one(self, chance: int) -> CashedBasket:
        if not self.paid:
            self.pay_one(chance)
        return self.paid[-1 - chance % len(self.paid)]

    def _draft(self) -> SlipView:
        rows = list_slips(self.desk)
        if not rows or rows[0].state is not SlipState.DRAFT:
            return prepared(self.desk)
        return load_slip(self.desk, rows[0].slip_id)

    def _tender(self, chance: int, cents: int) -> Tender:
        self.made += 1
        match chance % 3:
            case 0:
                return cash(cents)
            case 1:
                return cheque(cents, number=f"{self.made:07d}")
            case _:
                return card(cents, terminal=f"{self.made:04d}")


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "pay_one",
                "pay_one",
                "pay_by_two",
                "pay_by_value",
                "reverse",
                "come_back",
                "correct",
                "correct_by_value",
                "close",
                "prepare",
                "take_out",
                "put_back",
                "validate",
                "validate",
            )
        ),
        st.integers(0, 8),
    ),
    min_size=8,
    max_size=22,
)
A_LIFE: list[Act] = [
    ("pay_one", 0),  # cash
    ("pay_one", 1),  # a cheque
    ("pay_by_two", 2),
    ("prepare", 0),
    ("take_out", 1),
    ("reverse", 0),  # its cash never came, its card is kept
    ("validate", 0),
    ("reverse", 2),  # the cash deposited came back
    ("validate", 0),  # not enough cash
    ("take_out", 2),  # left for later
    ("validate", 0),
    ("correct", 1),  # the cheque deposited was a card
    ("close", 0),
    ("pay_by_two", 0),
    ("validate", 0),
    ("reverse", 0),  # its cash never came, its cheque is kept
    ("come_back", 0),
    ("pay_one", 6),
    ("pay_one", 3),
    ("validate", 0),
]


def test_after_any_sequence_the_tresor_has_what_was_deposited_less_what_came_back(
    sqlite_template: SqliteTemplate,
) -> None:
    @settings(max_examples=lives(5), suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def hold(acts: list[Act]) -> None:
        with TemporaryDirectory() as folder:
            regie = ARegie(Path(folder), sqlite_template)
            try:
                for act in acts:
                    regie.do(act)
                regie.deposit_all()
            finally:
                regie.database.close()

    hold()


def test_the_life_above_does_take_off_leave_out_and_refuse(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    regie = ARegie(tmp_path, sqlite_template)
    for act in A_LIFE:
        regie.do(act)
    assert regie.refused == {"BORDEREAU_REFUSE"}
    lines = [line for row in list_slips(regie.desk) for line in load_slip(regie.desk, row.slip_id).lines]
    assert [line.kind for line in lines].count(SlipLineKind.REVERSAL) == 3
    assert [line.kind for line in lines].count(SlipLineKind.UNPAID) == 1
    assert any(tender.cancelled for line in lines for tender in line.tenders)
    regie.deposit_all()
    regie.database.close()
