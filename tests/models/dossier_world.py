"""One row in every table of a dossier that is kept for ever, beside the world of `world.py`."""

from datetime import date

from sqlalchemy import Connection, func, insert, select

from models import tables as t
from tests.models.world import NOW

A_DAY = date(2026, 12, 2)


def a_row_of_a_dossier(connection: Connection) -> None:
    """Write a change, a consent, a paper seen, an exception to custody, an appointment and a letter of the world's family."""
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
    }
    for table, row in rows.items():
        connection.execute(insert(table).values(row))
