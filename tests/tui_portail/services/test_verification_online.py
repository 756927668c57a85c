"""Whoever has the file may change a payment online, its money or a statement: the verifier names the row."""

from datetime import date

from models.engine import Database
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, NEXT_MONDAY, add, book_and_pay, finish, remove
from tests.tui_portail.services.online_desk import OnlineDesk
from tests.tui_portail.services.tampering import found, sql, undone, unguarded
from tui_portail.services.desk import new_operation
from tui_portail.services.online_disputes import ask_again, dispute, end_dispute
from tui_portail.services.verification import verify
from tui_portail.services.verified_online import check_online

TUESDAY = date(2026, 12, 1)
LATER, EARLIER = "'2026-12-30 12:00:00.000000'", "'2026-11-01 12:00:00.000000'"
CHANGES = (
    ("online_payment", "UPDATE online_payment SET amount_cents = amount_cents + 1 WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET reference = 'PF2026AUTRE' WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET payer_id = {other_payer} WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET payment_id = {by_card} WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET state = 'expiree', payment_id = NULL WHERE id = {late}"),
    ("online_payment", "UPDATE online_payment SET late = {true} WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET late = {false} WHERE id = {late}"),
    ("online_payment", "UPDATE online_payment SET late = {true} WHERE id = {open}"),
    ("online_payment", "UPDATE online_payment SET ended_at = NULL WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET ended_at = asked_at WHERE id = {open}"),
    ("online_payment", "UPDATE online_payment SET state = 'expiree' WHERE id = {open}"),
    ("online_payment", "UPDATE online_payment SET disputed_at = NULL WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET disputed_by = NULL WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET dispute_ended_by = NULL WHERE id = {paid}"),
    ("online_payment", "UPDATE online_payment SET dispute_ended_at = {earlier} WHERE id = {paid}"),
    ("online_payment", "DELETE FROM online_payment_line WHERE online_payment_id = {paid}"),
    ("online_payment", "DELETE FROM online_payment_line WHERE online_payment_id = {open}"),
    (
        "online_payment",
        "UPDATE online_payment_line SET booking_id = 1 WHERE online_payment_id = {paid} AND booking_id = {a_day}",
    ),
    ("online_payment", "UPDATE payment SET till_session_id = 1 WHERE id = {by_payfip}"),
    ("online_payment", "UPDATE tender SET means = 'carte' WHERE means = 'payfip'"),
    ("tender", "UPDATE tender SET reference = 'PF2026AUTRE' WHERE means = 'payfip'"),
    ("tender", "UPDATE tender SET amount_cents = amount_cents + 1 WHERE means = 'payfip'"),
    ("tender", "UPDATE tender SET means = 'payfip' WHERE means = 'carte'"),
    (
        "tender",
        "UPDATE tender SET payment_id = {by_payfip}, rank = 2 WHERE means = 'payfip' AND payment_id <> {by_payfip}",
    ),
    (
        "booking",
        "UPDATE booking SET state = 'unkept' WHERE id = (SELECT MAX(id) FROM booking WHERE state = 'cancelled')",
    ),
    ("avoir", "UPDATE avoir SET reason = 'en_ligne' WHERE reason = 'annulation'"),
    (
        "avoir",
        "UPDATE avoir_line SET booking_id = 2 WHERE avoir_id = (SELECT MAX(id) FROM avoir WHERE reason = 'en_ligne')",
    ),
    ("avoir", "DELETE FROM avoir_line WHERE avoir_id = (SELECT MAX(id) FROM avoir WHERE reason = 'en_ligne')"),
    ("treasury_line", "UPDATE treasury_line SET reference = 'AUTRE' WHERE outcome = 'rapprochee'"),
    ("treasury_line", "UPDATE treasury_line SET online_payment_id = NULL WHERE outcome = 'rapprochee'"),
    (
        "treasury_line",
        "UPDATE treasury_line SET online_payment_id = NULL, outcome = 'inconnue' WHERE outcome = 'rapprochee'",
    ),
    ("treasury_line", "UPDATE treasury_line SET outcome = 'inconnue' WHERE outcome = 'rapprochee'"),
    ("treasury_line", "UPDATE treasury_line SET outcome = 'montant' WHERE outcome = 'rapprochee'"),
    ("treasury_line", "UPDATE treasury_line SET outcome = 'non_payee' WHERE outcome = 'rapprochee'"),
    ("treasury_line", "UPDATE treasury_line SET outcome = 'rapprochee' WHERE outcome = 'non_payee'"),
    ("treasury_line", "UPDATE treasury_line SET outcome = 'rapprochee' WHERE outcome = 'inconnue'"),
    ("treasury_line", "UPDATE treasury_line SET amount_cents = amount_cents + 1 WHERE outcome = 'rapprochee'"),
    ("treasury_line", "UPDATE treasury_line SET paid_on = '2026-12-20' WHERE outcome = 'inconnue'"),
    ("treasury_statement", "UPDATE treasury_statement SET last_on = '2026-12-20'"),
    ("treasury_statement", "UPDATE treasury_statement SET first_on = '2026-11-20'"),
    ("treasury_statement", "DELETE FROM treasury_line"),
    ("treasury_line", "UPDATE treasury_statement SET read_at = {earlier}"),
)


def test_what_was_paid_online_cannot_be_changed_unseen(database: Database) -> None:
    world = OnlineDesk(database)
    desk, family = world.desk, world.family
    days = [date(2026, 12, day) for day in (14, 15)]
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *days))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, days[0]))  # an avoir, used by the next basket
    paid = world.paid(FRIDAY, NEXT_MONDAY)
    dispute(desk, paid.online_id, "Rien n’apparaît", new_operation())
    world.advance(minutes=1)
    end_dispute(desk, paid.online_id, "Payé", new_operation())
    late = world.page(date(2026, 12, 10))
    world.payfip.decide("P")
    world.advance(minutes=20)
    with desk.database.write() as connection:
        sql(connection, "UPDATE slot SET capacity = 0 WHERE day = '2026-12-10' AND activity_code = 'ALP_SOIR'")
    assert ask_again(desk, late).late is not None
    online = world.row(world.page(date(2026, 12, 11), date(2026, 12, 17)))  # the avoir pays one of them
    world.advance(minutes=1)
    world.read(
        (paid.reference, paid.amount_cents, TUESDAY),
        (online.reference, online.amount_cents, TUESDAY),
        ("AUTRE", 500, TUESDAY),
    )
    assert verify(desk).findings == ()
    by_payfip = f"(SELECT payment_id FROM online_payment WHERE id = {paid.online_id})"
    names = {
        "paid": paid.online_id,
        "late": late,
        "open": online.online_id,
        "other_payer": family.payer_id + 1,
        "by_card": "(SELECT payment_id FROM tender WHERE means = 'carte')",
        "by_payfip": by_payfip,
        "a_day": f"(SELECT MAX(booking_id) FROM payment_line WHERE payment_id = {by_payfip})",
        "earlier": EARLIER,
        "later": LATER,
        "true": "1" if database.engine.dialect.name == "sqlite" else "true",
        "false": "0" if database.engine.dialect.name == "sqlite" else "false",
    }
    unseen = []
    with unguarded(desk) as connection:
        for table, change in CHANGES:
            with undone(connection):
                assert sql(connection, change.format(**names)).rowcount, change
                if not any(finding.table == table for finding in check_online(connection)):
                    unseen.append(change)
        assert unseen == []
        sql(connection, "UPDATE treasury_line SET outcome = 'montant' WHERE outcome = 'rapprochee'")
        assert any(named == "treasury_line" for named, _ in found(desk, connection))


def test_a_base_where_nothing_was_paid_online_is_sound(database: Database) -> None:
    world = OnlineDesk(database)
    world.evenings(FRIDAY)
    with world.desk.database.read() as connection:
        assert list(check_online(connection)) == []
    assert world.is_sound()
