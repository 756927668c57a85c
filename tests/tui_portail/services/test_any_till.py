"""Any sequence of sales, movements, closings, openings, slips and reversals: the till holds what a sheet of paper says it does."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.engine import Database
from models.states import MovementKind
from tests.databases import SqliteTemplate
from tests.soak import lives
from tests.tui_portail.services.desk_acts import cash, cheque
from tests.tui_portail.services.slip_acts import NOTHING, a_regie, balance, pay, prepared, slip_cash, unpaid, validated
from tests.tui_portail.services.till_acts import WHY, close_till
from tui_portail.errors import PortailError
from tui_portail.policy import Means
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.closing_sheets import closing_sheet, list_sessions
from tui_portail.services.desk import new_operation
from tui_portail.services.sale import CashedBasket
from tui_portail.services.till import open_session
from tui_portail.services.till_counting import till_to_close
from tui_portail.services.till_float import expected_float
from tui_portail.services.verification import verify

Act = tuple[str, int]
GAPS = (0, -50, 3_00)


class ATill:
    """A till, and what an agent would write of it on paper, in cents."""

    def __init__(self, folder: Path, template: SqliteTemplate) -> None:
        self.database = Database.open(template.fresh(folder))
        self.desk = a_regie(self.database)
        self.is_open, self.drawer, self.taken_out, self.brought, self.lacking = True, 100_00, 0, 100_00, 0
        self.cheques: dict[str, CashedBasket] = {}
        self.missing: set[str] = set()
        self.refused: set[str] = set()
        self.closings = 0

    def do(self, act: Act) -> None:
        name, chance = act
        try:
            getattr(self, name)(chance)
        except PortailError as refusal:
            assert not refusal.code.startswith("BASE_")
            self.refused.add(refusal.code)
        self.check()

    def check(self) -> None:
        there = sum(paid.total_cents for key, paid in self.cheques.items() if key not in self.missing)
        books = {
            name: balance(self.desk, name)
            for name in ("caisse", "especes_a_verser", "fonds_de_caisse", "ecarts", "cheques")
        }
        assert books == {
            "caisse": self.drawer,
            "especes_a_verser": self.taken_out,
            "fonds_de_caisse": -self.brought,
            "ecarts": self.lacking,
            "cheques": there,
        }
        to_close = till_to_close(self.desk)
        assert (to_close is not None) == self.is_open
        if to_close is None:
            assert expected_float(self.desk) == self.drawer
        else:
            assert to_close.expected[Means.CASH] == self.drawer
            assert to_close.expected[Means.CHEQUE] == there
            assert {one.payment_id for one in to_close.cheques} == set(self.cheques)
            assert {one.payment_id for one in to_close.cheques if one.missing} == self.missing

    def check_what_is_kept(self) -> None:
        """Every closing has its sheet, and the verifier finds nothing."""
        sessions = list_sessions(self.desk)
        assert len(sessions) == self.closings
        for session in sessions:
            closing_sheet(self.desk, session.session_id)  # its figures add up, or it cannot be made
        assert verify(self.desk).findings == ()

    def sell(self, chance: int) -> None:
        self.drawer += pay(self.desk, cash(10_00 + chance)).total_cents

    def sell_by_cheque(self, chance: int) -> None:
        paid = pay(self.desk, cheque(20_00 + chance, number=f"{len(self.cheques):07d}"))
        self.cheques[paid.payment_id] = paid

    def bring(self, chance: int) -> None:
        record_movement(self.desk, MovementKind.SUPPLY, 5_00 + chance, WHY, new_operation())
        self.drawer += 5_00 + chance
        self.brought += 5_00 + chance

    def withdraw(self, chance: int) -> None:
        record_movement(self.desk, MovementKind.WITHDRAWAL, 30_00 * chance, WHY, new_operation())
        self.drawer -= 30_00 * chance
        self.brought -= 30_00 * chance

    def take_out(self, chance: int) -> None:
        record_movement(self.desk, MovementKind.DEPOSIT, 4_00 * chance, WHY, new_operation())
        self.drawer -= 4_00 * chance
        self.taken_out += 4_00 * chance

    def bring_back(self, chance: int) -> None:
        record_movement(self.desk, MovementKind.RETURN, 2_00 * chance, WHY, new_operation())
        self.drawer += 2_00 * chance
        self.taken_out -= 2_00 * chance

    def close(self, chance: int) -> None:
        """Count with a gap, one cheque in two hidden when `chance` is odd."""
        if not self.is_open:
            return  # there is nothing to count: the screen shows the opening
        gap = GAPS[chance % len(GAPS)]
        counted = max(0, self.drawer + gap)
        hidden = {key for place, key in enumerate(self.cheques) if chance % 2 and place % 2 == 0}
        reasons = {means: WHY for means in Means if chance < 7}
        close_till(self.desk, cash_cents=counted, missing=tuple(hidden), reasons=reasons)
        lost = sum(self.cheques[key].total_cents for key in hidden - self.missing)
        self.lacking += lost - (counted - self.drawer)
        self.drawer, self.missing, self.is_open = counted, self.missing | hidden, False
        self.closings += 1

    def open(self, chance: int) -> None:
        counted = self.drawer + GAPS[chance % len(GAPS)]
        open_session(self.desk, counted, new_operation(), WHY if chance < 7 else "")
        self.lacking -= counted - self.drawer
        self.drawer, self.is_open = counted, True

    def reverse(self, chance: int) -> None:
        if not self.cheques:
            return
        key = sorted(self.cheques)[chance % len(self.cheques)]
        unpaid(self.desk, self.cheques[key], reason=NOTHING)
        cents = self.cheques.pop(key).total_cents
        if key in self.missing:
            self.lacking -= cents
        self.missing.discard(key)

    def deposit(self, _: int) -> None:
        slip = prepared(self.desk)
        validated(self.desk, slip)
        from_outside = min(slip_cash(slip), self.taken_out)
        self.taken_out -= from_outside
        self.drawer -= slip_cash(slip) - from_outside
        self.cheques = {}


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "sell",
                "sell_by_cheque",
                "bring",
                "withdraw",
                "take_out",
                "bring_back",
                "close",
                "close",
                "open",
                "open",
                "reverse",
                "deposit",
            )
        ),
        st.integers(0, 8),
    ),
    min_size=8,
    max_size=24,
)
A_LIFE: list[Act] = [
    ("sell", 2),
    ("sell_by_cheque", 1),
    ("sell_by_cheque", 5),
    ("take_out", 3),
    ("bring_back", 2),
    ("bring_back", 8),  # more than was taken out
    ("close", 8),  # a gap without a reason
    ("close", 1),  # fifty cents lack, a cheque is not found
    ("deposit", 0),  # a cheque is missing
    ("sell", 1),  # closed
    ("open", 2),  # three euros too many
    ("reverse", 0),
    ("reverse", 0),
    ("deposit", 0),
    ("close", 0),
    ("sell_by_cheque", 1),
    ("open", 0),
    ("open", 0),
    ("sell", 4),
    ("withdraw", 8),  # more than it holds
    ("bring", 2),
    ("deposit", 0),
    ("close", 3),
]


def test_after_any_sequence_the_till_holds_what_the_paper_says(sqlite_template: SqliteTemplate) -> None:
    @settings(max_examples=lives(5), suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def holds(acts: list[Act]) -> None:
        with TemporaryDirectory() as folder:
            till = ATill(Path(folder), sqlite_template)
            try:
                for act in acts:
                    till.do(act)
                till.check_what_is_kept()
            finally:
                till.database.close()

    holds()


def test_the_life_above_is_refused_what_it_should_be(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    till = ATill(tmp_path, sqlite_template)
    for act in A_LIFE:
        till.do(act)
    assert till.refused == {
        "BORDEREAU_REFUSE",
        "CAISSE_DEJA_OUVERTE",
        "CAISSE_FERMEE",
        "CAISSE_INSUFFISANTE",
        "ECART_SANS_MOTIF",
        "RETOUR_TROP_GRAND",
    }
    assert till.closings == 3
    till.check_what_is_kept()
    till.database.close()
