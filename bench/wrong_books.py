"""What the books must never say after many desks worked at once, asked by SQL of what they wrote: the whole verifier reads a small town.

Each question lists what is wrong of what was written since a mark was taken; right books answer with no row. Asked by the driver, without
the desks' time-outs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from models.addresses import DatabaseAddress

_TOUCHED = "(SELECT slot_id FROM booking WHERE id > %(booking)s)"
_LIVE = "(b.state IN ('confirmed', 'due') OR (b.state = 'held' AND k.state = 'ouvert' AND k.expires_at > %(now)s))"
_QUESTIONS = {
    "a slot oversold": f"""
        SELECT s.id FROM slot s JOIN booking b ON b.slot_id = s.id LEFT JOIN basket k ON k.id = b.basket_id
        WHERE s.id IN {_TOUCHED} AND {_LIVE} GROUP BY s.id HAVING count(*) > s.capacity - s.withheld""",
    "a child twice on a slot": f"""
        SELECT b.child_id, b.slot_id FROM booking b LEFT JOIN basket k ON k.id = b.basket_id
        WHERE b.slot_id IN {_TOUCHED} AND {_LIVE} GROUP BY b.child_id, b.slot_id HAVING count(*) > 1""",
    "a basket paid twice, or paid without payment": """
        SELECT k.id FROM basket k LEFT JOIN payment p ON p.basket_id = k.id AND p.corrects_id IS NULL
        WHERE k.id > %(basket)s AND k.state = 'paye' GROUP BY k.id HAVING count(p.id) <> 1""",
    "a payment that its tenders and avoirs do not make": """
        SELECT p.id FROM payment p WHERE p.basket_id > %(basket)s AND p.total_cents <> p.avoir_cents
        + (SELECT COALESCE(sum(amount_cents), 0) FROM tender d WHERE d.payment_id = p.id)""",
    "a gap or a double in the numbers": """
        SELECT regie_id, year FROM quittance GROUP BY regie_id, year
        HAVING max(number) <> count(*) OR count(DISTINCT number) <> count(*)""",
    "an entry that does not balance": """
        SELECT d.regie_id, d.entry_seq FROM posting d GROUP BY d.regie_id, d.entry_seq HAVING sum(d.amount_cents) <> 0""",
    "a broken chain": """
        SELECT regie_id, seq FROM (SELECT regie_id, seq, previous_hash, lag(seq, 1, 0) OVER w AS before,
        lag(hash, 1, repeat('0', 64)) OVER w AS hash_before FROM journal_entry WINDOW w AS (PARTITION BY regie_id ORDER BY seq)) e
        WHERE seq <> before + 1 OR previous_hash <> hash_before""",
    "a head that is not its last entry": """
        SELECT h.regie_id FROM journal_head h WHERE h.last_seq > 0 AND NOT EXISTS (SELECT 1 FROM journal_entry e
        WHERE e.regie_id = h.regie_id AND e.seq = h.last_seq AND e.hash = h.head_hash)""",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the books were: the last booking and the last basket."""

    booking: int
    basket: int


def mark_of(url: str) -> Mark:
    """Return where the books are."""
    with _connected(url) as connection:
        row = connection.execute("SELECT (SELECT max(id) FROM booking), (SELECT max(id) FROM basket)").fetchone()
    return Mark(*(int(last or 0) for last in row or (0, 0)))


def wrong_books(url: str, since: Mark, now: datetime) -> list[str]:
    """Return what the books say wrong at `now` of what was written since a mark, one sentence each."""
    found = []
    with _connected(url) as connection:
        for wrong, question in _QUESTIONS.items():
            asked = {"booking": since.booking, "basket": since.basket, "now": now}
            rows = connection.execute(question.encode(), asked).fetchmany(3)
            found += [f"{wrong}: {row}" for row in rows]
    return found


def _connected(url: str) -> psycopg.Connection:
    address = DatabaseAddress.parse(url).url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, prepare_threshold=None)
