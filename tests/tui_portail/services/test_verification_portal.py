"""The verifier on the portal's accounts: what contradicts itself behind the guards' back is named, by its row."""

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.tui_portail.services.portal_acts import a_portal, an_active_account
from tests.tui_portail.services.tampering import change_a_row, found, undone, unguarded
from tui_portail.services.desk import new_operation
from tui_portail.services.family_accounts import give_second_identifier
from tui_portail.services.portal_codes import new_secret
from tui_portail.services.verification import verify

TAMPERED = [
    # what is changed of which row; the table whose row is named
    ("guardian", "linked_at = NULL", "linked_at IS NOT NULL", "guardian"),
    ("guardian", "linked_at = '2026-12-01 09:30:00.000000'", "linked_at IS NULL", "guardian"),
    ("portal_account", "guardian_id = NULL", "activated_at IS NOT NULL", "guardian"),
    ("portal_account", "password_hash = ''", "activated_at IS NOT NULL", "portal_account"),
    ("portal_account", "activated_at = '2026-11-01 09:30:00.000000'", "activated_at IS NOT NULL", "portal_account"),
    ("portal_account", "activated_at = created_at, password_hash = 'x'", "activated_at IS NULL", "portal_account"),
    ("portal_account", "terms_version = 'inconnue'", "terms_version <> ''", "portal_account"),
    ("portal_code", "ended_at = '2026-11-01 09:30:00.000000'", "ended_at IS NULL", "portal_code"),
    (
        "portal_code",
        "ended_at = NULL, account_id = (SELECT MIN(id) FROM portal_account)",
        "ended_at IS NOT NULL",
        "portal_code",
    ),
]


def test_what_contradicts_itself_of_the_accounts_is_named(database: Database) -> None:
    desk = a_desk(database)
    family, third = a_family(desk, two_payers=True), a_family(desk, last_name="Martin")
    give_second_identifier(desk, family.guardian_ids[1], "karim", "", new_secret(), new_operation())
    an_active_account(a_portal(desk), family)
    assert third.guardian_ids
    assert verify(desk).findings == ()
    with unguarded(desk) as connection:
        for table, change, where, named in TAMPERED:
            with undone(connection):
                change_a_row(connection, table, change, where)
                assert named in {name for name, _ in found(desk, connection)}, (table, change)
