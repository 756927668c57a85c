"""Writing paying accounts and their quotients, within a gesture. No right is checked here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from models import tables as t
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import MOST_PAYERS, FormRefused, GuardianForm
from tui_portail.french import long_date
from tui_portail.guardian_form import check_basis
from tui_portail.services.family_records import today_of
from tui_portail.services.gesture import Gesture


def write_payer(gesture: Gesture, dossier_id: int, guardian_id: int, form: GuardianForm, at: str = "") -> int:
    """Open a guardian's paying account, with the quotient proven if any, and return the payer's id.

    The second rests on a judgment or a written agreement. Raises FormRefused (`at` is put before the field's name).
    """
    payer = t.payer.c
    ranks = set(
        gesture.connection.scalars(
            select(payer.rank).where(payer.dossier_id == dossier_id, payer.joined_into_id.is_(None))
        )
    )
    if len(ranks) >= MOST_PAYERS:
        raise FormRefused("Ce dossier a déjà deux payeurs, le plus qu’il puisse avoir.", f"{at}payer")
    rank = 2 if 1 in ranks else 1
    if rank == 2:
        check_basis(form, today_of(gesture), at)
    payer_id = int(
        gesture.connection.execute(
            insert(t.payer)
            .values(
                dossier_id=dossier_id,
                guardian_id=guardian_id,
                rank=rank,
                resident=form.resident,
                **(_basis(gesture, form) if rank == 2 else {}),
            )
            .returning(t.payer.c.id)
        ).scalar_one()
    )
    write_quotient_of(gesture, payer_id, form)
    return payer_id


def rewrite_payer(gesture: Gesture, payer: Row[Any], form: GuardianForm) -> None:
    """Write what changed of a guardian's account: where they live, what the second rests on, the quotient proven."""
    values: dict[str, object] = {"resident": form.resident}
    known = (payer.basis, payer.basis_on, payer.basis_seen_on)
    if payer.rank == 2 and form.basis and known != (form.basis, form.basis_on, form.basis_seen_on):
        values |= _basis(gesture, form)
    gesture.connection.execute(update(t.payer).where(t.payer.c.id == payer.id).values(**values))
    write_quotient_of(gesture, payer.id, form)


def _basis(gesture: Gesture, form: GuardianForm) -> dict[str, object]:
    return {
        "basis": form.basis,
        "basis_on": form.basis_on,
        "basis_seen_on": form.basis_seen_on,
        "basis_seen_by": gesture.agent.agent_id,
    }


def write_quotient_of(gesture: Gesture, payer_id: int, form: GuardianForm) -> None:
    """Record the quotient of a guardian's form, when it gives one."""
    if form.quotient_cents is not None and form.quotient_from is not None and form.quotient_until is not None:
        write_quotient(
            gesture, payer_id, form.quotient_cents, form.quotient_from, form.quotient_until, form.quotient_source
        )


def write_quotient(
    gesture: Gesture, payer_id: int, value_cents: int, valid_from: date, valid_until: date, source: str
) -> None:
    """Record a quotient (cents of QF). The one before ends the day before; one that begins the same day is corrected, and kept.

    Raises InvalidInput when another begins later, within the new one's dates: nothing is deleted.
    """
    connection, quotient = gesture.connection, t.quotient_familial
    rows = connection.execute(
        select(quotient)
        .where(
            quotient.c.payer_id == payer_id,
            quotient.c.valid_from_on <= valid_until,
            quotient.c.valid_until_on >= valid_from,
        )
        .order_by(quotient.c.id)
    ).all()
    if rows and (rows[-1].value_cents, rows[-1].valid_from_on, rows[-1].valid_until_on) == (
        value_cents,
        valid_from,
        valid_until,
    ):
        if rows[-1].source != source:
            connection.execute(update(quotient).where(quotient.c.id == rows[-1].id).values(source=source))
        return
    if later := [row.valid_from_on for row in rows if row.valid_from_on > valid_from]:
        raise InvalidInput(
            f"Un quotient familial est déjà enregistré à partir du {long_date(min(later))} : faites finir celui-ci la veille."
        )
    for row in rows:
        ends = (
            min(row.valid_until_on, valid_until) if row.valid_from_on == valid_from else valid_from - timedelta(days=1)
        )
        connection.execute(update(quotient).where(quotient.c.id == row.id).values(valid_until_on=ends))
    connection.execute(
        insert(quotient).values(
            payer_id=payer_id,
            value_cents=value_cents,
            valid_from_on=valid_from,
            valid_until_on=valid_until,
            source=source,
            recorded_at=gesture.now,
            seen_by=gesture.agent.agent_id,
        )
    )
