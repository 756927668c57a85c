"""One row in every table of a dossier that is kept for ever, beside the world of `world.py`."""

from datetime import date, timedelta

from sqlalchemy import Connection, Table, func, insert, select

from models import tables as t
from tests.models.world import NOW

A_DAY = date(2026, 12, 2)


def a_row_of_a_dossier(connection: Connection) -> None:
    """Write a row of each table kept of a family, and of the activities' life, for the world's family."""
    agent_id, dossier_id, child_id, payer_id = (
        connection.scalar(select(func.min(table.c.id))) for table in (t.agent, t.dossier, t.child, t.payer)
    )
    of_dossier, by_agent, recorded = {"dossier_id": dossier_id}, {"agent_id": agent_id}, {"recorded_at": NOW}
    rows = {
        t.dossier_change: {
            **of_dossier,
            **by_agent,
            "operation_id": "changement-0001",
            "changed_at": NOW,
            "subject": "child",
            "subject_id": child_id,
            "field": "first_name",
            "before": "Ines",
            "after": "Inès",
        },
        t.consent: {**of_dossier, **by_agent, **recorded, "kind": "image", "given": True, "given_on": A_DAY},
        t.supporting_document: {
            **of_dossier,
            **recorded,
            "child_id": child_id,
            "kind_code": "ASSURANCE",
            "valid_from_on": A_DAY,
            "seen_on": A_DAY,
            "seen_by": agent_id,
        },
        t.custody_exception: {
            **by_agent,
            **recorded,
            "child_id": child_id,
            "from_on": A_DAY,
            "until_on": A_DAY,
            "payer_id": payer_id,
        },
        t.appointment: {
            **of_dossier,
            "starts_at": NOW,
            "minutes": 30,
            "kind_code": "DOSSIER",
            "state": "prevu",
            "booked_at": NOW,
            "booked_by": agent_id,
        },
        t.letter_printed: {**of_dossier, **by_agent, "kind": "numero", "printed_at": NOW},
        **_of_the_activities(connection, dossier_id, child_id, agent_id),
    }
    for table, row in (rows | _of_the_portal(agent_id)).items():
        connection.execute(insert(table).values(row))


def _of_the_activities(
    connection: Connection, dossier_id: int | None, child_id: int | None, agent_id: int | None
) -> dict[Table, dict[str, object]]:
    """One row of each table kept of the activities' life."""
    slot = connection.execute(select(t.slot).order_by(t.slot.c.id).limit(1)).one()
    booking_id = connection.scalar(select(func.min(t.booking.c.id)))
    on_slot = {
        "dossier_id": dossier_id,
        "child_id": child_id,
        "slot_id": slot.id,
        "day": slot.day,
        "agent_id": agent_id,
    }
    return {
        t.waiting_entry: {**on_slot, "state": "attente", "asked_at": NOW},
        t.attendance: {**on_slot, "state": "present", "marked_at": NOW},
        t.meal_order: {
            "id": 1,
            "site_code": slot.site_code,
            "activity_code": slot.activity_code,
            "day": slot.day,
            "frozen_at": NOW,
            "recorded_at": NOW,
        },
        t.meal_order_line: {"order_id": 1, "diet": "", "under_six": False, "meals": 12},
        t.day_closure: {
            "id": 1,
            "first_on": slot.day,
            "last_on": slot.day,
            "reason": "Grève",
            "state": "faite",
            "recorded_at": NOW,
            "agent_id": agent_id,
        },
        t.day_closure_line: {
            "closure_id": 1,
            "dossier_id": dossier_id,
            "booking_id": booking_id,
            "outcome": "liberee",
        },
    }


def _of_the_portal(agent_id: int | None) -> dict[Table, dict[str, object]]:
    """A second parent's account with a code, and a payment of theirs refused online, disputed and answered, in a statement."""
    account = {"id": 1, "username": "paul", "last_name": "D", "first_name": "P", "email": "paul@exemple.fr"}
    asked = {"id": 1, "regie_id": 1, "basket_id": 3, "payer_id": 2, "account_id": 1, "reference": "R1", "mode": "T"}
    disputed = {"disputed_at": NOW, "disputed_by": agent_id, "dispute": "Débité deux fois", "dispute_ended_at": NOW}
    return {
        t.portal_account: {**account, "guardian_id": 2, "created_at": NOW, "given_by": agent_id, "terms_version": ""},
        t.portal_code: {
            **{"account_id": 1, "kind": "activation", "link_hash": "l" * 64, "code_hash": "c" * 64},
            **{"made_at": NOW, "expires_at": NOW + timedelta(hours=1)},
        },
        t.terms_accepted: {"account_id": 1, "version": "2026", "terms_on": A_DAY, "accepted_at": NOW},
        t.online_payment: {
            **asked,
            **disputed,
            **{"amount_cents": 500, "subject": "Paul", "client_number": "999999", "id_op": "op", "state": "refusee"},
            **{"asked_at": NOW, "dispute_ended_by": agent_id, "dispute_answer": "Une seule fois"},
        },
        t.online_payment_line: {"online_payment_id": 1, "booking_id": 5},
        t.treasury_statement: {
            **{"id": 1, "regie_id": 1, "file_name": "releve.csv", "file_sha256": "f" * 64, "agent_id": agent_id},
            **{"first_on": A_DAY, "last_on": A_DAY, "read_at": NOW},
        },
        t.treasury_line: {
            **{"statement_id": 1, "rank": 1, "reference": "R1", "amount_cents": 500, "paid_on": A_DAY},
            **{"outcome": "non_payee", "online_payment_id": 1},
        },
    }
