"""The régie's warnings, read from what its till holds now: shown at the till and with the slips."""

from __future__ import annotations

from sqlalchemy import func, select

from models import tables as t
from models.states import SlipState
from tui_portail.policy import Means
from tui_portail.regie_rules import HeldFacts, RegieWarning, warnings
from tui_portail.services.backup_watch import backup_sentences
from tui_portail.services.desk import Desk
from tui_portail.services.held import held_tenders
from tui_portail.services.ledger import ACCOUNT_OF, IN_TRANSIT, balance_of
from tui_portail.services.rights import Right

BACKUP = "SAUVEGARDE"


def regie_warnings(desk: Desk) -> tuple[RegieWarning, ...]:
    """Return what the régie should be told of now. Raises NotAllowed."""
    with desk.read(Right.TILL) as connection:
        regie_id, till_id = desk.place(connection)
        commune, now = desk.commune(connection), desk.instant(connection)
        # no slip takes what is not there
        held = [one for one in held_tenders(connection, regie_id, till_id) if not one.missing]
        slip = t.deposit_slip.c
        unsaved = [RegieWarning(BACKUP, one, "") for one in backup_sentences(desk, connection)]
        cash_cents = balance_of(connection, regie_id, ACCOUNT_OF[Means.CASH], IN_TRANSIT)
        last = connection.scalar(
            select(func.max(slip.validated_at)).where(slip.till_id == till_id, slip.state == SlipState.VALIDATED.value)
        )
    facts = HeldFacts(
        cash_cents,
        tuple(one.paid_at for one in held if one.means is Means.CHEQUE),
        min((one.paid_at for one in held), default=None),
        last,
        sum(one.amount_cents for one in held if one.means is Means.CASH),
    )
    return (*warnings(facts, commune.policy, commune.calendar, now), *unsaved)
