"""Whoever has the file may change what a closure did: the verifier names the row."""

from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, where_debts_block_nothing
from tests.tui_portail.services.closure_acts import close, closed, undo
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, THURSDAY, add, book_and_pay, hold, owe
from tests.tui_portail.services.tampering import found, sql, undone, unguarded
from tui_portail.services.desk import new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify
from tui_portail.services.verified_closures import check_closures

CHANGES = (
    ("day_closure", "UPDATE day_closure SET state = 'en_cours' WHERE id = {closure}"),
    ("day_closure", "UPDATE day_closure SET finished_at = NULL WHERE id = {closure}"),
    ("day_closure", "UPDATE day_closure SET undone_at = recorded_at WHERE id = {closure}"),
    ("day_closure", "UPDATE day_closure SET undone_by = NULL WHERE id = {undone}"),
    ("day_closure", "DELETE FROM day_closure_activity WHERE closure_id = {closure}"),
    ("day_closure_line", "UPDATE day_closure_line SET avoir_id = NULL WHERE outcome = 'avoir'"),
    ("day_closure_line", "UPDATE day_closure_line SET avoir_id = 1 WHERE outcome = 'liberee'"),
    ("day_closure_line", "UPDATE day_closure_line SET outcome = 'rien' WHERE outcome = 'avoir'"),
    ("day_closure_line", "UPDATE day_closure_line SET outcome = 'dette_annulee' WHERE outcome = 'avoir'"),
    ("day_closure_line", "UPDATE day_closure_line SET outcome = 'avoir' WHERE outcome = 'liberee'"),
    ("day_closure_line", "UPDATE day_closure SET last_on = '2026-12-02', first_on = '2026-12-02' WHERE id = {closure}"),
    ("day_closure_line", "UPDATE day_closure SET site_code = 'MELODIE' WHERE id = {closure}"),
    ("day_closure_line", "UPDATE day_closure_line SET dossier_id = {other} WHERE outcome = 'liberee'"),
    ("day_closure_line", "UPDATE day_closure_line SET restored_booking_id = booking_id WHERE closure_id = {closure}"),
    ("day_closure_line", "UPDATE day_closure_line SET restored_booking_id = NULL WHERE closure_id = {undone}"),
    ("day_closure_line", "UPDATE day_closure_line SET restored_booking_id = booking_id WHERE closure_id = {undone}"),
    (
        "day_closure_line",
        "UPDATE booking SET state = 'confirmed', ended_at = NULL WHERE id = {day}",
    ),
    ("avoir_line", "DELETE FROM day_closure_line WHERE closure_id = {closure}"),
    ("avoir_line", "UPDATE avoir SET reason = 'annulation'"),
)


def test_what_a_closure_did_cannot_be_changed_unseen(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, commune=where_debts_block_nothing())
    open_session(desk, 100_00, new_operation())
    paid, held, owed, other = (a_family(desk, last_name=name) for name in ("Payé", "Attend", "Doit", "Autre"))
    book_and_pay(desk, paid.dossier_id, add(paid.child_id, EVENING, THURSDAY))
    hold(desk, held.dossier_id, add(held.child_id, EVENING, THURSDAY))
    owe(desk, owed.dossier_id, add(owed.child_id, EVENING, THURSDAY))
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    closure = close(desk, closed(THURSDAY)).closure_id
    undone_one = close(desk, closed(FRIDAY)).closure_id
    undo(desk, undone_one)
    assert verify(desk).findings == ()
    names: dict[str, object] = {"closure": closure, "undone": undone_one, "other": other.dossier_id}
    names["day"] = "(SELECT MIN(booking_id) FROM day_closure_line)"
    unseen = []
    with unguarded(desk) as connection:
        assert connection.execute(select(t.day_closure_line.c.id)).all()
        for table, change in CHANGES:
            with undone(connection):
                assert sql(connection, change.format(**names)).rowcount, change
                if not any(finding.table == table for finding in check_closures(connection)):
                    unseen.append(change)
        assert unseen == []
        sql(connection, "UPDATE day_closure_line SET avoir_id = NULL WHERE outcome = 'avoir'")
        assert any(named == "day_closure_line" for named, _ in found(desk, connection))
