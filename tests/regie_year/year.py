"""A year at the counter, the same for a seed: each gesture is done by the services and written on paper, and the two compared at once."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import MovementKind
from tests.factories import Family, a_child, a_desk, a_family, paris
from tests.regie_year.model import Day, Paid, Paper
from tests.tui_portail.services.desk_acts import (
    EVENING,
    MEAL,
    MORNING,
    add,
    alternate_weeks,
    card,
    cash,
    cheque,
    finish,
    remove,
    set_time,
)
from tests.tui_portail.services.till_acts import pieces_of, to_close
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import new_operation
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.late_unpaid import declare_unpaid
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import NothingToClose, close_due_periods
from tui_portail.services.reversals import AvoirSpent, reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slips import prepare_slip, take_out, validate_slip
from tui_portail.services.till import open_session
from tui_portail.services.till_closing import close_session
from tui_portail.services.till_float import expected_float

FIRST, LAST = date(2026, 9, 7), date(2027, 7, 2)
FLOAT = 100_00


class Year:
    """The desk, the families, and the paper."""

    def __init__(self, database: Database, seed: int, every: int = 2) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (the same year for a seed)
        self.desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, at="2026-09-04 09:00")
        self.paper = Paper()
        calendar, policy = self.desk.commune().calendar, self.desk.commune().policy
        running = calendar.running_days(policy.activity(EVENING), FIRST, LAST, False)
        self.school_days = [day for day in running if day <= LAST]
        self.office_days = self.school_days[:-8:every]
        self.families = [self._family(place) for place in range(12)]
        self.missing_cheques: set[tuple[str, int]] = set()  # those not found, by payment and rank
        self.cards = self.baskets = self.spent = self.slips = 0
        self.dropped = self.returned = self.came_back = 0

    def _family(self, place: int) -> Family:
        born = [date(2021 - place % 3, 3, 1 + place), date(2018, 5, 2)][: 1 + place % 2]
        children = [
            a_child(
                f"Enfant{place}{rank}",
                birth_on=day,
                school_code="MATERNELLE" if rank == 0 else "ELEMENTAIRE",
                class_name="Grande section" if rank == 0 else "CE2",
            )
            for rank, day in enumerate(born)
        ]
        family = a_family(self.desk, last_name=f"Famille{place}", children=children, two_payers=place == 3)
        for child_id, day in zip(family.child_ids, born, strict=True):
            years = {year for year in (2026, 2027) if (year - day.year - ((day.month, day.day) > (1, 1))) < 6}
            self.paper.under_six[child_id] = years
        if place == 3:
            first, second = family.payer_ids
            alternate_weeks(self.desk.database, family.child_id, first, second, date(2026, 9, 7))
        return family

    @property
    def now(self) -> datetime:
        return self.desk.clock.instant  # type: ignore[attr-defined,no-any-return]

    @property
    def missing(self) -> set[str]:
        """The payments that have a cheque that was not found."""
        return {payment_id for payment_id, _ in self.missing_cheques}

    def live(self) -> None:
        """Live the whole year, one office day after the other."""
        for place, day in enumerate(self.office_days):
            self._open(day)
            for hour in range(self.chance.randint(5, 8)):
                set_time(self.desk, paris(f"{day} {9 + hour:02d}:{self.chance.randint(0, 40):02d}"))
                self._act()
            self._close(day)
            if place % 6 == 5:
                self._deposit(day)
            if place % 15 == 14:
                self._close_periods()
        set_time(self.desk, paris("2028-01-03 08:00"))
        self._close_periods()

    # -- the till ----------------------------------------------------------------------------------------------------

    def _open(self, day: date) -> None:
        set_time(self.desk, paris(f"{day} 08:30"))
        expected = expected_float(self.desk)
        drawer = self.paper.accounts["especes"]
        if expected is None:
            self.paper.accounts["especes"] += FLOAT
            self.paper.accounts["fonds"] -= FLOAT
            open_session(self.desk, FLOAT, new_operation())
            return
        assert expected == drawer, "the drawer is what the paper says"
        found = drawer - self.chance.choice((0,) * 15 + (50,))
        if found != drawer:
            self.paper.count("especes", found - drawer)
        open_session(self.desk, found, new_operation(), "Pièce perdue" if found != drawer else "")

    def _close(self, day: date) -> None:
        set_time(self.desk, paris(f"{day} 17:30"))
        books = to_close(self.desk)
        assert books.cash_cents == self.paper.accounts["especes"]
        counted = books.cash_cents + self.chance.choice((0,) * 8 + (-1_00, 50))
        reasons = {}
        if counted != books.cash_cents:
            self.paper.count("especes", counted - books.cash_cents)
            reasons[Means.CASH] = "Erreur de rendu"
        cheques = {}
        difference = 0
        for held in books.cheques:
            key = (held.payment_id, held.rank)
            was_missing = key in self.missing_cheques
            lost = self.chance.random() < (0.4 if was_missing else 0.02)
            cheques[key] = not lost
            if lost and not was_missing:
                difference -= held.amount_cents
                self.missing_cheques.add(key)
            elif not lost and was_missing:
                difference += held.amount_cents
                self.missing_cheques.discard(key)
        if difference:
            self.paper.count("cheque", difference)
            reasons[Means.CHEQUE] = "Chèque égaré ou retrouvé"
        values = {value.means: value.expected_cents for value in books.values}
        closed = close_session(
            self.desk,
            books.session.session_id,
            pieces_of(counted),
            cheques,
            values,
            reasons or {Means.CASH: ""},
            new_operation(),
        )
        assert closed.difference_cents == counted - books.cash_cents + difference

    def _deposit(self, day: date) -> None:
        set_time(self.desk, paris(f"{day} 18:00"))
        left_out = {payment_id for payment_id in self.missing if self.paper.paid[payment_id].slip is None}
        wanted = self.paper.next_slip(left_out)
        if wanted["especes"] < 0 or not any(wanted.values()):
            return
        slip = prepare_slip(self.desk, new_operation())
        for payment_id in left_out:
            slip = take_out(self.desk, slip.slip_id, payment_id, new_operation())
        totals = {total.means.value: total.final_cents for total in slip.totals if total.final_cents}
        assert totals == {means: cents for means, cents in wanted.items() if cents}
        done = validate_slip(self.desk, slip.slip_id, pieces_of(wanted["especes"]), new_operation())
        self.slips += 1
        assert done.number == f"BV-{day.year}-{self._slip_number(day):04d}"
        self.paper.deposit(self.slips, left_out)

    def _slip_number(self, day: date) -> int:
        self._numbers = getattr(self, "_numbers", {})
        self._numbers[day.year] = self._numbers.get(day.year, 0) + 1
        return int(self._numbers[day.year])

    def _close_periods(self) -> None:
        with suppress(NothingToClose):
            close_due_periods(self.desk, new_operation())

    # -- the counter -------------------------------------------------------------------------------------------------

    def _act(self) -> None:
        acts = [self._book] * 24 + [self._cancel] * 8 + [self._cancel_late, self._move, self._move]
        acts += ([self._settle_a_debt] * 12 + [self._drop_a_debt] * 2) if self.paper.debts else []
        acts += [self._unpaid] * 3 + [self._never_received, self._correct]
        acts += [self._the_other_cheque_too] * (8 if self._kept_cheques() else 0)
        self.chance.choice(acts)()

    def _book(self) -> None:
        owing = {day.payer for days in self.paper.debts.values() for day in days}  # a debt comes first
        family = self.chance.choice([one for one in self.families if owing.isdisjoint(one.payer_ids)])
        child, activity = self.chance.choice(family.child_ids), self.chance.choice((EVENING, EVENING, MORNING, MEAL))
        booked = {
            (day.child, day.activity, day.day) for day in self.paper.days.values() if day.state in ("paid", "owed")
        }
        soon = [day for day in self.school_days if day > self.now.date() + timedelta(days=4)][:24]
        free = [day for day in soon if (child, activity, day) not in booked]
        if not free:
            return
        days = sorted(self.chance.sample(free, min(len(free), self.chance.randint(1, 3))))
        for basket in finish(self.desk, family.dossier_id, add(child, activity, *days)).baskets:
            self.baskets += 1
            if basket.settled_quittance_id is not None:
                payment_id, lines = self._settled(basket.settled_quittance_id)
                self.paper.pay(payment_id, basket.payer_id, self.now, lines, [], owed=False)
            else:
                self._pay(basket.basket_id, basket.payer_id, None)

    def _pay(self, basket_id: int, payer: int, owed: list[Day] | None) -> None:
        view = load_basket(self.desk, basket_id)
        total = sum(line.price_cents for line in view.due_lines)
        by_avoir = min(total, self.paper.balance(payer))
        assert (view.total_cents, view.avoir_cents, view.due_cents) == (total, by_avoir, total - by_avoir)
        children = {line.booking_id: line.child_id for line in view.lines}
        days = owed or [
            Day(line.key, payer, children[line.key], line.activity, line.day, line.care_cents, line.meal_cents)
            for line in view.due_lines
        ]
        tenders = self._tenders(view.due_cents, {line.activity for line in view.due_lines})
        cashed = cash_basket(self.desk, basket_id, tenders, new_operation())
        told = [(tender.means.value, tender.amount_cents) for tender in tenders]
        self.paper.pay(cashed.payment_id, payer, self.now, days, told, owed=owed is not None)
        assert cashed.avoir_left_cents == self.paper.balance(payer)

    def _tenders(self, due: int, activities: set[str]) -> list[Tender]:
        if not due:
            return []
        self.cards += 1
        rest = self.chance.randint(1, due)
        ways: list[list[Tender]] = [
            [cheque(due, number=f"{self.cards:07d}")],
            [cheque(due, number=f"{self.cards:07d}")],
            [card(due, f"{self.cards}")],
            [cash(due, due + self.chance.choice((0, 5_00)))],
            [Tender(Means.ANCV, due)],
        ]
        if rest < due:
            ways.append([cash(rest), cheque(due - rest, number=f"{self.cards:07d}")])
            ways.append([cheque(rest, number=f"{self.cards:07d}"), card(due - rest, f"{self.cards}")])
            ways += [[cheque(rest, number=f"{self.cards:07d}"), cheque(due - rest, number=f"9{self.cards:06d}")]] * 2
        if activities <= {EVENING, MORNING}:
            ways.append([Tender(Means.CESU, due)])
        return self.chance.choice(ways)

    def _settled(self, quittance_id: int) -> tuple[str, list[Day]]:
        with self.desk.database.read() as connection:
            rows: Sequence[Any] = connection.execute(
                select(t.payment_line, t.booking.c.payer_id, t.booking.c.child_id)
                .join(t.quittance, t.quittance.c.payment_id == t.payment_line.c.payment_id)
                .join(t.booking, t.booking.c.id == t.payment_line.c.booking_id)
                .where(t.quittance.c.id == quittance_id)
            ).all()
        days = [
            Day(row.booking_id, row.payer_id, row.child_id, row.activity_code, row.day, row.care_cents, row.meal_cents)
            for row in rows
        ]
        return rows[0].payment_id, days

    def _dossier_of(self, day: Day) -> int:
        return next(family.dossier_id for family in self.families if day.child in family.child_ids)

    def _cancel(self) -> None:
        may = [
            day
            for day in self.paper.days.values()
            if day.state in ("paid", "owed")
            and day.activity in (EVENING, MORNING)
            and day.day > self.now.date() + timedelta(days=4)
        ]
        if not may:
            return
        day = self.chance.choice(may)
        if day.state == "owed":
            for basket_id, days in list(self.paper.debts.items()):
                if day in days:
                    days.remove(day)
                    if not days:
                        del self.paper.debts[basket_id]
        finish(self.desk, self._dossier_of(day), remove(day.child, day.activity, day.day))
        self.paper.give_back([day], self.now)

    def _cancel_late(self) -> None:
        tomorrow = self.now.date() + timedelta(days=1)
        may = [
            day
            for day in self.paper.days.values()
            if day.state == "paid" and day.activity in (EVENING, MORNING) and day.day == tomorrow
        ]
        if not may or self.now.astimezone(paris("2026-12-01").tzinfo).hour < 12:
            return
        day = self.chance.choice(may)
        finish(self.desk, self._dossier_of(day), remove(day.child, day.activity, day.day))
        day.state = "kept"

    def _move(self) -> None:
        kind = self.chance.choice(list(MovementKind))
        leaves = kind in (MovementKind.WITHDRAWAL, MovementKind.DEPOSIT)
        if leaves and self.paper.accounts["especes"] < 40_00:
            return
        if kind is MovementKind.RETURN and self.paper.accounts["a verser"] < 10_00:
            return
        cents = 20_00 if kind is MovementKind.SUPPLY else 10_00
        record_movement(self.desk, kind, cents, "Monnaie", new_operation())
        self.paper.move(kind.value, cents)
        if kind is MovementKind.DEPOSIT and self.chance.random() < 0.5:  # ten typed for five
            record_movement(self.desk, MovementKind.RETURN, 5_00, "Erreur de saisie", new_operation())
            self.paper.move(MovementKind.RETURN.value, 5_00)
            self.returned += 1

    # -- mistakes ----------------------------------------------------------------------------------------------------

    def _standing(self) -> list[Paid]:
        return [
            paid
            for paid in self.paper.paid.values()
            if paid.tenders and not paid.reversed and paid.payment_id not in self.missing
        ]

    def _unpaid(self) -> None:
        reason = self.desk.commune().policy.unpaid_reasons[0]
        may = [paid for paid in self._standing() if any(means == "cheque" for means, _ in paid.tenders)]
        if may:
            paid = self.chance.choice(may[-30:])
            self._reverse(
                paid, [next(place for place, one in enumerate(paid.tenders, 1) if one[0] == "cheque")], reason
            )

    def _kept_cheques(self) -> list[Paid]:
        """The payments of two cheques of which the first came back alone."""
        return [
            paid
            for paid in self.paper.paid.values()
            if paid.payment_id not in self.missing
            if paid.kept and not paid.back and paid.lost == paid.tenders[:1] and paid.tenders[-1][0] == "cheque"
        ]

    def _the_other_cheque_too(self) -> None:
        """The second cheque of a payment comes back, after the reversal that the first made needed had kept it."""
        paid, reason = self._kept_cheques()[-1], self.desk.commune().policy.unpaid_reasons[0]
        rank = len(paid.tenders)
        if self.paper.come_back(paid, paid.tenders[-1], self.now):
            declare_unpaid(self.desk, paid.payment_id, rank, reason, new_operation())
            self.came_back += 1
            return
        with pytest.raises(AvoirSpent):
            declare_unpaid(self.desk, paid.payment_id, rank, reason, new_operation())
        self.spent += 1

    def _never_received(self) -> None:
        if may := self._standing():
            paid = self.chance.choice(may[-30:])
            if sum(cents for means, cents in paid.tenders if means == "especes") <= self.paper.accounts["especes"]:
                reason = self.desk.commune().policy.reversal_reasons[0]
                self._reverse(paid, list(range(1, len(paid.tenders) + 1)), reason)

    def _reverse(self, paid: Paid, ranks: list[int], reason: str) -> None:
        if not self.paper.may_reverse(paid):
            with pytest.raises(AvoirSpent):
                reverse_payment(self.desk, paid.payment_id, ranks, reason, new_operation())
            self.spent += 1
            return
        undone = reverse_payment(self.desk, paid.payment_id, ranks, reason, new_operation())
        lost = [paid.tenders[rank - 1] for rank in ranks]
        owed = self.paper.reverse(paid, lost, self.now, undone.debt_basket_id)
        assert undone.owed_cents == owed

    def _settle_a_debt(self) -> None:
        basket_id = self.chance.choice(sorted(self.paper.debts))
        days = self.paper.debts.pop(basket_id)
        self._pay(basket_id, days[0].payer, days)

    def _drop_a_debt(self) -> None:
        basket_id = self.chance.choice(sorted(self.paper.debts))
        owed = sum(day.price for day in self.paper.debts[basket_id])
        dropped = drop_debt(self.desk, basket_id, "Décision de l’ordonnateur", new_operation())
        assert dropped.dropped_cents == owed
        self.paper.drop(basket_id)
        self.dropped += 1

    def _correct(self) -> None:
        may = [paid for paid in self._standing()[-12:] if sum(cents for _, cents in paid.tenders)]
        if not may:
            return
        paid = self.chance.choice(may)
        self.cards += 1
        total = sum(cents for _, cents in paid.tenders)
        reason = self.desk.commune().policy.correction_reasons[0]
        corrected = correct_payment(self.desk, paid.payment_id, [card(total, f"{self.cards}")], reason, new_operation())
        self.paper.correct(paid, corrected.cashed.payment_id, [("carte", total)], self.now)
