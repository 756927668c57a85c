"""Any sequence of gestures by two families and three payers, the clock moving on: the books hold after each, and the verifier agrees."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.databases import SqliteTemplate
from tests.factories import a_desk, a_family, paris
from tests.soak import lives
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.closure_acts import close, closed, undo
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    HOLIDAY_ALSH,
    MEAL,
    WEDNESDAY_ALSH,
    alternate_weeks,
    card,
    clock_of,
    set_capacity,
)
from tui_portail.errors import PortailError
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.services.baskets import extend_basket, load_basket, release_basket
from tui_portail.services.booking import finish_changes
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import new_operation
from tui_portail.services.lines_out import remove_lines
from tui_portail.services.merge_reading import Pairing
from tui_portail.services.merging import merge_dossiers, preview_merge
from tui_portail.services.payment import cash_basket
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.verification import verify

START, LATEST = "2026-12-15 09:00", "2026-12-28 00:00"
RUNNING = {
    date(2026, 12, 16): (WEDNESDAY_ALSH,),
    date(2026, 12, 17): (EVENING, MEAL, BREAK),
    date(2026, 12, 18): (EVENING, MEAL, BREAK),
    date(2026, 12, 21): (HOLIDAY_ALSH,),
    date(2026, 12, 22): (HOLIDAY_ALSH,),
}
CELLS = [(activity, day) for day, activities in RUNNING.items() for activity in activities]
Act = tuple[str, int, Any]


class TwoFamilies:
    """A fresh base where days have one or two places, a family of two children and two payers, a family of one; what is done to them."""

    def __init__(self, folder: Path, template: SqliteTemplate) -> None:
        self.database = Database.open(template.fresh(folder))
        self.desk = a_desk(self.database, Role.ENFANCE, Role.REGISSEUR, at=START)
        for activity, day in CELLS:
            if activity != MEAL:
                set_capacity(self.database, activity, day, 1 + (day.day + len(activity)) % 2)
        one = a_family(self.desk, children=2, two_payers=True, renew_alsh_years=(2026,))
        two = a_family(self.desk, last_name="Martin", quotient_cents=500_00, renew_alsh_years=(2026,))
        mother, father = one.payer_ids
        alternate_weeks(self.database, one.child_id, mother, father, date(2026, 12, 14))
        self.families = [(one.dossier_id, one.child_ids), (two.dossier_id, two.child_ids)]
        self.sent: list[tuple[int, int, str, CashedBasket]] = []
        self.refused: Counter[str] = Counter()
        self.corrections = 0

    @property
    def now(self) -> datetime:
        return clock_of(self.desk).instant

    def do(self, act: Act) -> None:
        """Do one gesture; the refusals an agent is told of pass, anything else that escapes is a bug."""
        name, chance, more = act
        gesture: Callable[[int, Any], None] = getattr(self, name)
        try:
            gesture(chance, more)
        except PortailError as refusal:
            assert refusal.sentence
            assert not refusal.code.startswith("BASE_")
            self.refused[refusal.code] += 1
        books_hold(self.database, self.now)

    def finish(self, chance: int, cells: Sequence[tuple[int, int]]) -> None:
        dossier_id, children = self.families[chance % 2]
        keys = {CellKey(children[who % len(children)], *CELLS[cell]) for who, cell in cells}
        changes = [Change(key, Tick.REMOVE if self._is_live(key) else Tick.ADD) for key in sorted(keys)]
        if chance % 5 == 0:
            changes = [Change(c.key, c.tick, "Urgence") if c.tick is Tick.ADD else c for c in changes]
        finish_changes(self.desk, dossier_id, changes, new_operation())

    def cash(self, chance: int, _: object) -> None:
        basket_id, operation = self._a_basket(chance), new_operation()
        due = load_basket(self.desk, basket_id).due_cents
        cashed = cash_basket(self.desk, basket_id, [card(due)] if due else [], operation)
        self.sent.append((basket_id, due, operation, cashed))

    def cash_a_wrong_amount(self, chance: int, _: object) -> None:
        cash_basket(self.desk, self._a_basket(chance), [card(1 + chance)], new_operation())

    def send_a_payment_again(self, chance: int, _: object) -> None:
        if self.sent:
            basket_id, due, operation, cashed = self.sent[chance % len(self.sent)]
            assert cash_basket(self.desk, basket_id, [card(due)] if due else [], operation) == cashed

    def extend(self, chance: int, _: object) -> None:
        extend_basket(self.desk, self._a_basket(chance), "File d’attente", new_operation())

    def take_a_line_out(self, chance: int, _: object) -> None:
        basket_id = self._a_basket(chance)
        lines = [line.booking_id for line in load_basket(self.desk, basket_id).lines]
        remove_lines(self.desk, basket_id, lines[chance % max(1, len(lines)) :][:1], new_operation())

    def give_a_basket_up(self, chance: int, _: object) -> None:
        release_basket(self.desk, self._a_basket(chance), new_operation())

    def judge_a_proof(self, chance: int, _: object) -> None:
        waiting = waiting_proofs(self.desk)
        if waiting:
            accepted = chance % 3 != 0
            reason, received_on = proof_reasons(self.desk, accepted)[0], self.now.date()
            proof_id = waiting[chance % len(waiting)].proof_id
            judge_proof_received(self.desk, proof_id, received_on, accepted, reason, new_operation())

    def reverse(self, chance: int, _: object) -> None:
        """Reverse one of the last payments: its means never came."""
        policy = self.desk.commune().policy
        reverse_payment(self.desk, self._a_payment(chance), [1], policy.reversal_reasons[0], new_operation())

    def correct(self, chance: int, _: object) -> None:
        """Correct the means of one of the last payments: by cheque, its number never the same."""
        payment_id, reason = self._a_payment(chance), self.desk.commune().policy.correction_reasons[0]
        with self.database.read() as connection:
            wanted = select(t.payment.c.total_cents - t.payment.c.avoir_cents).where(t.payment.c.id == payment_id)
            due = connection.scalar(wanted) or 0
        self.corrections += 1
        correct_payment(
            self.desk, payment_id, [card(due, terminal=f"c{self.corrections}")] if due else [], reason, new_operation()
        )

    def merge(self, chance: int, _: object) -> None:
        """Merge the second family into the first: its payer is one of the two, its child may be the first's."""
        (kept, children), (other, others) = self.families
        sides = preview_merge(self.desk, kept, other).sides
        payer = (sides.merged.guardians[0].person_id, sides.kept.guardians[chance % 2].person_id)
        same = bool(chance % 3)
        pairing = Pairing((payer,), ((others[0], children[0]),) if same else ())
        merge_dossiers(self.desk, kept, other, pairing, "Inscrits deux fois", new_operation())
        self.families[1] = (kept, children if same else others)

    def close(self, chance: int, _: object) -> None:
        """The commune closes a day and its activities, or undoes the last closure."""
        if chance % 3 == 0:
            undo(self.desk, self.count(t.day_closure) or 1)
            return
        day = list(RUNNING)[chance % len(RUNNING)]
        close(self.desk, closed(day, None, *RUNNING[day], site=None), past=True)

    def wait(self, _: int, minutes: int) -> None:
        if self.now < paris(LATEST):
            clock_of(self.desk).advance(minutes=minutes)

    def count(self, table: Any) -> int:
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0

    def _a_basket(self, chance: int) -> int:
        """Return one of the last baskets, the last more often, live or not; one that does not exist when there is none."""
        with self.database.read() as connection:
            found = list(connection.scalars(select(t.basket.c.id).order_by(t.basket.c.id.desc()).limit(3)))
        return int(found[(0, 0, 0, 1, 2)[chance % 5] % len(found)]) if found else 1

    def _a_payment(self, chance: int) -> str:
        """Return one of the last payments; one that does not exist when there is none."""
        latest = select(t.payment.c.id).order_by(t.payment.c.entry_seq.desc()).limit(3)
        with self.database.read() as connection:
            found = list(connection.scalars(latest))
        return str(found[(0, 0, 1, 0, 2)[chance % 5] % len(found)]) if found else ""

    def _is_live(self, key: CellKey) -> bool:
        with self.database.read() as connection:
            rows = connection.execute(
                select(t.booking.c.state, t.basket.c.expires_at)
                .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
                .join(t.child, t.child.c.id == t.booking.c.child_id)
                .outerjoin(t.basket, t.basket.c.id == t.booking.c.basket_id)
                .where(
                    func.coalesce(t.child.c.merged_into_id, t.child.c.id) == key.child_id,
                    t.slot.c.activity_code == key.activity,
                    t.booking.c.day == key.day,
                )
            ).all()
        return any(
            row.state in ("confirmed", "due") or (row.state == "held" and self.now < row.expires_at) for row in rows
        )


CHANCE = st.integers(0, 9)
TICKED = st.lists(st.tuples(st.integers(0, 1), st.integers(0, len(CELLS) - 1)), min_size=1, max_size=2)
FINISH = st.tuples(st.just("finish"), CHANCE, TICKED)
CASH = st.tuples(st.just("cash"), CHANCE, st.none())
WAIT = st.tuples(st.just("wait"), st.just(0), st.sampled_from([1, 1, 14, 15, 60, 5 * 60, 26 * 60]))
OTHERS = (
    "cash_a_wrong_amount",
    "send_a_payment_again",
    "extend",
    "take_a_line_out",
    "give_a_basket_up",
    "judge_a_proof",
    "reverse",
    "reverse",
    "correct",
    "merge",
    "close",
)
OTHER = st.tuples(st.sampled_from(OTHERS), CHANCE, st.none())
ACTS = st.lists(st.one_of(FINISH, CASH, FINISH, CASH, FINISH, CASH, WAIT, OTHER), min_size=20, max_size=45)
A_FULL_LIFE: list[Act] = [
    ("finish", 1, [(0, 0), (0, 1)]),  # the second family: the Wednesday, an evening
    ("cash", 0, None),
    ("finish", 1, [(0, 1), (0, 2)]),  # the evening against a meal
    ("cash", 0, None),
    ("finish", 2, [(0, 8), (1, 8)]),  # the first family: a day of the holidays, one payer each
    ("wait", 0, 14),
    ("cash", 0, None),
    ("wait", 0, 1),
    ("cash", 3, None),  # the other basket has expired
    ("wait", 0, 26 * 60),
    ("finish", 1, [(0, 0)]),  # the Wednesday is cancelled the same day: its justificatif is waited for
    ("judge_a_proof", 1, None),
    ("finish", 1, [(0, 6)]),  # paid by the avoir
    ("send_a_payment_again", 0, None),
]
# Paid by card, corrected, reversed, paid again; a day of it cancelled in time, another too late, then reversed once more.
AN_UNPAID_LIFE: list[Act] = [
    ("finish", 1, [(0, 1), (0, 4)]),
    ("cash", 0, None),
    ("correct", 0, None),
    ("reverse", 0, None),
    ("cash", 0, None),
    ("finish", 1, [(0, 4)]),
    ("wait", 0, 28 * 60),
    ("finish", 1, [(0, 1)]),
    ("reverse", 0, None),
    ("cash", 0, None),
    ("reverse", 0, None),
]
# A day paid by each, one owed again; merged as one child; a day of the other's record cancelled, the debt paid by both one's avoirs.
A_MERGED_LIFE: list[Act] = [
    ("finish", 2, [(0, 7)]),
    ("cash", 0, None),
    ("finish", 1, [(0, 1), (0, 4)]),
    ("cash", 0, None),
    ("finish", 1, [(0, 2), (0, 6)]),
    ("cash", 0, None),
    ("reverse", 0, None),
    ("merge", 4, None),
    ("finish", 2, [(0, 4)]),
    ("cash", 0, None),
    ("reverse", 3, None),
    ("cash", 0, None),
    ("merge", 4, None),  # they are one already
]
# Two days paid; a strike gives one back, and what pays the next; undone once it was used, then another closure undone before it is.
A_CLOSED_LIFE: list[Act] = [
    ("finish", 1, [(0, 1), (0, 7)]),
    ("cash", 0, None),
    ("close", 1, None),  # Thursday 17
    ("finish", 1, [(0, 8)]),  # paid in part by the avoir
    ("cash", 0, None),
    ("close", 3, None),
    ("close", 8, None),  # Monday 21
    ("close", 3, None),
]


def test_after_any_sequence_of_gestures_the_books_hold(sqlite_template: SqliteTemplate) -> None:
    @settings(max_examples=lives(8), suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def hold(acts: list[Act]) -> None:
        with TemporaryDirectory() as folder:
            two = TwoFamilies(Path(folder), sqlite_template)
            try:
                for act in acts:
                    two.do(act)
                assert verify(two.desk).findings == ()
            finally:
                two.database.close()

    hold()


def test_the_gestures_above_do_book_pay_expire_cancel_and_give_back(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    two = TwoFamilies(tmp_path, sqlite_template)
    for act in A_FULL_LIFE:
        two.do(act)
    assert two.refused == {"PANIER_EXPIRE": 1}
    assert [two.count(table) for table in (t.quittance, t.avoir, t.absence_proof)] == [4, 2, 1]
    assert two.count(t.avoir_use) >= 2
    assert verify(two.desk).findings == ()
    two.database.close()


def test_the_gestures_above_do_reverse_and_correct(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    two = TwoFamilies(tmp_path, sqlite_template)
    for act in AN_UNPAID_LIFE:
        two.do(act)
    assert two.refused == {}
    assert two.count(t.reversal) == 4
    assert two.count(t.avoir_withdrawal) == 1
    assert verify(two.desk).findings == ()
    two.database.close()


def test_the_gestures_above_do_merge_two_families_and_go_on(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    two = TwoFamilies(tmp_path, sqlite_template)
    for act in A_MERGED_LIFE:
        two.do(act)
    assert two.refused == {"SAISIE_INVALIDE": 1}
    assert [two.count(table) for table in (t.payer_transfer, t.reversal, t.avoir, t.quittance)] == [1, 2, 1, 5]
    assert verify(two.desk).findings == ()
    two.database.close()


def test_the_gestures_above_do_close_days_and_undo_it(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    two = TwoFamilies(tmp_path, sqlite_template)
    for act in A_CLOSED_LIFE:
        two.do(act)
    assert two.refused == {}
    with two.database.read() as connection:
        line = t.day_closure_line.c
        found = connection.execute(select(line.outcome, line.not_restored).order_by(line.id)).all()
    assert [tuple(row) for row in found] == [("avoir", "avoir_utilise"), ("avoir", None)]
    assert verify(two.desk).findings == ()
    two.database.close()
