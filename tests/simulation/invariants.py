"""What must hold in the base after each step, read by a connection of its own in plain SQL; and that the base is what the reference says.

The journal is read as it grows: each entry sums to zero and follows the one before, and the balances it makes are kept here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import psycopg

from models.addresses import DatabaseAddress
from tests.simulation.mairie import Written
from tests.simulation.reference import Reference
from tests.simulation.school_days import paris_day

_LIVE = "state IN ('held', 'confirmed', 'due')"
_OVERSOLD = """
SELECT slot.id FROM slot JOIN booking ON booking.slot_id = slot.id JOIN basket ON basket.id = booking.basket_id
WHERE slot.day >= '{today}' AND (booking.state IN ('confirmed', 'due')
  OR (booking.state = 'held' AND basket.state = 'ouvert' AND basket.expires_at > '{now}'))
GROUP BY slot.id, slot.capacity, slot.withheld HAVING count(*) > slot.capacity - slot.withheld
"""
_TWICE_BOOKED = f"SELECT child_id FROM booking WHERE {_LIVE} GROUP BY child_id, slot_id HAVING count(*) > 1"
_TWICE_PAID = """
SELECT basket_id FROM payment WHERE NOT EXISTS (SELECT 1 FROM reversal WHERE reversal.payment_id = payment.id)
GROUP BY basket_id HAVING count(*) > 1
"""
_TWO_BASKETS = """
SELECT payer_id FROM basket WHERE state = 'ouvert' AND expires_at > '{now}' GROUP BY payer_id HAVING count(*) > 1
"""
_OVERSPENT = """
SELECT avoir.id FROM avoir JOIN avoir_use ON avoir_use.avoir_id = avoir.id
WHERE NOT EXISTS (SELECT 1 FROM reversal WHERE reversal.payment_id = avoir_use.payment_id)
GROUP BY avoir.id, avoir.amount_cents HAVING sum(avoir_use.amount_cents) > avoir.amount_cents
"""
_UNBALANCED = """
SELECT id FROM payment WHERE entry_seq > {seq} AND (total_cents <> avoir_cents
  + (SELECT coalesce(sum(amount_cents), 0) FROM tender WHERE tender.payment_id = payment.id)
  OR avoir_cents <> (SELECT coalesce(sum(amount_cents), 0) FROM avoir_use WHERE avoir_use.payment_id = payment.id))
"""
_BOOKED = """
SELECT booking.id, booking.state, booking.price_cents, booking.care_cents, booking.payer_id, booking.basket_id FROM booking
WHERE booking.day >= '{today}' ORDER BY booking.id
"""
_STATES = {"ouvert": "open", "paye": "paid", "clos": "closed"}


class InvariantBroken(AssertionError):
    """Something that must hold does not, or the base is not what the reference says."""


class Watcher:
    """Looks at one base after each step."""

    def __init__(self, url: str, written: Written, model: Reference) -> None:
        address = DatabaseAddress.parse(url)
        self.sqlite = address.dialect == "sqlite"
        self._connection: Any = (
            address.connect_sqlite()
            if self.sqlite
            else psycopg.connect(url, autocommit=True, options="-c timezone=UTC")
        )
        self.written, self.model = written, model
        self.seq, self.hash = 0, "0" * 64
        self.accounts: Counter[str] = Counter()
        self.of_payers: Counter[tuple[str, int]] = Counter()
        self._last: dict[str, int] = {"booking": 0, "absence_proof": 0}
        self._gestures = self._one("SELECT count(*) FROM audit_event")
        self._real = written.payers
        self._payers = {real: key for key, real in enumerate(written.payers)}
        self._since, self._ahead, self._seen = date.min, [], 0  # the days from a day on, of those seen

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def rows(self, statement: str) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement."""
        found: Sequence[Sequence[Any]] = self._connection.execute(statement).fetchall()
        return found

    def _one(self, statement: str) -> Any:
        [[value]] = self.rows(statement)
        return value

    def payment_of(self, quittance: int) -> str:
        """Return the payment of a quittance."""
        return str(self._one(f"SELECT payment_id FROM quittance WHERE id = {int(quittance)}"))

    def new_rows(self, table: str) -> list[int]:
        """Return the ids of the rows of a table since the last time."""
        found = [row[0] for row in self.rows(f"SELECT id FROM {table} WHERE id > {self._last[table]} ORDER BY id")]
        self._last[table] = max([self._last[table], *found])
        return found

    def nothing_was_written(self) -> None:
        """Check that a gesture refused, or sent again, left no trace."""
        gestures, seq = self.rows("SELECT (SELECT count(*) FROM audit_event), last_seq FROM journal_head")[0]
        if (gestures, seq) != (self._gestures, self.seq):
            raise InvariantBroken("a gesture refused or sent again was written")

    def check(self, now: datetime, days: Sequence[int], baskets: Sequence[int]) -> None:
        """Check what must hold now; `days` and `baskets` are the base's ids of the reference's."""
        self._journal()
        at = {"now": _written(now, self.sqlite), "today": paris_day(now).isoformat()}
        for what, statement in (
            ("a day is oversold", _OVERSOLD),
            ("a child is booked twice on a day", _TWICE_BOOKED),
            ("a basket is paid twice", _TWICE_PAID),
            ("a payer has two live baskets", _TWO_BASKETS),
            ("an avoir is used beyond its amount", _OVERSPENT),
        ):
            if found := self.rows(statement.format(**at)):
                raise InvariantBroken(f"{what}: {found[:3]}")
        self._numbers()
        self._accounts()
        self._planning(paris_day(now), days, baskets)
        self._gestures = self._one("SELECT count(*) FROM audit_event")

    def _journal(self) -> None:
        """Read the entries since the last time: balanced, chained, in order."""
        since = self.seq
        for seq, previous, made in self.rows(
            f"SELECT seq, previous_hash, hash FROM journal_entry WHERE seq > {since} ORDER BY seq"
        ):
            if (seq, previous) != (self.seq + 1, self.hash):
                raise InvariantBroken(f"entry {seq} does not follow {self.seq}")
            self.seq, self.hash = seq, made
        if (last := self.rows("SELECT last_seq, head_hash FROM journal_head")) and tuple(last[0]) != (
            self.seq,
            self.hash,
        ):
            raise InvariantBroken("the head is not the last entry")
        sums: Counter[int] = Counter()
        for seq, account, payer, cents in self.rows(
            f"SELECT entry_seq, account, payer_id, amount_cents FROM posting WHERE entry_seq > {since}"
        ):
            sums[seq] += cents
            self.accounts[account] += cents
            if payer is not None:
                self.of_payers[account, self._payers[payer]] += cents
        if wrong := [seq for seq, cents in sums.items() if cents]:
            raise InvariantBroken(f"entries do not balance: {wrong}")
        if found := self.rows(_UNBALANCED.format(seq=since)):
            raise InvariantBroken(f"a payment is not the sum of its means: {found}")

    def _numbers(self) -> None:
        """Check that quittances and avoirs are numbered from 1 without gap or double, as many as the reference gave."""
        found = {}
        for kind in ("quittance", "avoir"):
            for year, count, least, most, distinct in self.rows(
                f"SELECT year, count(*), min(number), max(number), count(DISTINCT number) FROM {kind} GROUP BY year"
            ):
                if not least == 1 <= count == most == distinct:
                    raise InvariantBroken(f"{kind}s of {year} have a gap or a double")
                found[kind, year] = count
        if found != self.model.books.numbers:
            raise InvariantBroken(f"numbers given: {found}, expected {dict(self.model.books.numbers)}")

    def _accounts(self) -> None:
        """Check the balances that the journal makes against the reference's."""
        care, meals = self.model.revenue()
        expected = Counter(self.model.till.accounts() | {"recettes.garde": -care, "recettes.repas": -meals})
        owed = self.model.debts()
        avoirs = {payer.key: self.model.books.balance(payer.key) for payer in self.model.house.payers}
        expected["creances"], expected["avoirs"] = owed.total(), -sum(avoirs.values())
        for account in {*expected, *self.accounts}:
            if self.accounts[account] != expected[account]:
                raise InvariantBroken(f"{account}: {self.accounts[account]}, expected {expected[account]}")
        for payer, cents in avoirs.items():
            held = (-self.of_payers["avoirs", payer], self.of_payers["creances", payer])
            if held != (cents, owed[payer]):
                raise InvariantBroken(f"payer {payer}: avoirs and debts {held}, expected {(cents, owed[payer])}")

    def _planning(self, today: date, days: Sequence[int], baskets: Sequence[int]) -> None:
        """Check every booking from today on, and every basket, against the reference's."""
        model = self.model
        if (len(days), len(baskets)) != (len(model.days), len(model.baskets)):
            raise InvariantBroken("days or baskets are missing, or too many")
        if today != self._since:
            self._since, self._ahead, self._seen = today, [], 0
        self._ahead += [day.key for day in model.days[self._seen :] if day.cell[2] >= today]
        self._seen = len(model.days)
        expected = [
            (days[key], (day := model.days[key]).state, day.price, day.care, self._real[day.payer], baskets[day.basket])
            for key in self._ahead
        ]
        found = [tuple(row) for row in self.rows(_BOOKED.format(today=today.isoformat()))]
        if found != expected:
            wrong = sorted(set(found) ^ set(expected))
            raise InvariantBroken(f"bookings: {wrong[:4]}")
        since = max(0, len(baskets) - 40)
        kept = [
            (real, basket.state, basket.extensions)
            for real, basket in zip(baskets[since:], model.baskets[since:], strict=True)
        ]
        if kept:
            read = self.rows(f"SELECT id, state, extensions FROM basket WHERE id >= {kept[0][0]} ORDER BY id")
            if [(real, _STATES[state], times) for real, state, times in read] != kept:
                raise InvariantBroken(f"baskets: {read}, expected {kept}")


def _written(instant: datetime, sqlite: bool) -> str:
    """Return an instant as the base compares it."""
    text = instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return text if sqlite else text + "+00"
