"""Money that PayFiP has forgotten and that the Trésor's statement shows: entered by the régisseur, as a late success of PayFiP would be.

The statement is believed because the régisseur says so, with a reason; the reference, the amount and the payment are those of one of our
pages. A page already paid is never paid again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from models.states import OnlineState, StatementOutcome
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.payfip_answers import STATEMENT
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.online_entering import enter_money, lock_online, online_row
from tui_portail.services.online_following import FollowedPayment, followed
from tui_portail.services.rights import Right
from tui_portail.services.treasury_statements import outcome_of_line

LONGEST_REASON = 200


class LineNotSettled(PortailError):
    """The line of the statement cannot be entered as money."""

    code = "LIGNE_DE_RELEVE_REFUSEE"


def settle_from_statement(desk: Desk, treasury_line_id: int, reason: str, operation: str) -> FollowedPayment:
    """Enter the money of a line « pas payée ici »: its days are booked where they can still be, the rest becomes an avoir.

    Raises LineNotSettled (unknown line, unknown reference, another amount, already paid), InvalidInput (no reason), NotAllowed,
    OperationReused.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif de la saisie", "reason")
    if not reason:
        raise InvalidInput("Tapez pourquoi cette somme est saisie d’après le relevé : c’est conservé.")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        line = _line(connection, treasury_line_id)
        row, dossier_id = lock_online(connection, line.online_payment_id)
        _refuse(outcome_of_line(line.amount_cents, row), row)
        given = enter_money(gesture, row, STATEMENT, line.paid_on, dossier_id or 0)
        details = {"reference": row.reference, "releve": line.statement_id, "ligne": line.rank, "code": STATEMENT}
        return Done(given | {"online_id": row.id}, "online_payment", row.id, dossier_id, reason, details)

    def entered(result: Mapping[str, Any]) -> FollowedPayment:
        with desk.read(Right.RECONCILE) as connection:
            return followed(connection, online_row(connection, result["online_id"]))

    content = [treasury_line_id, reason]
    return perform(desk, "saisir_paiement_du_releve", Right.RECONCILE, operation, content, work, entered)


def _line(connection: Connection, treasury_line_id: int) -> Any:
    line = connection.execute(select(t.treasury_line).where(t.treasury_line.c.id == treasury_line_id)).first()
    if line is None:
        raise LineNotSettled("Cette ligne de relevé n’existe pas. Revenez au rapprochement.")
    if line.online_payment_id is None:
        raise LineNotSettled(
            "La référence de cette ligne n’est pas d’un paiement demandé ici : voyez avec le Trésor à qui est cette somme."
        )
    return line


def _refuse(outcome: StatementOutcome, row: Any) -> None:
    if row.state == OnlineState.PAID.value:
        raise LineNotSettled("Ce paiement est déjà enregistré, avec sa quittance : il n’y a rien à saisir.")
    if outcome is StatementOutcome.AMOUNT:
        raise LineNotSettled(
            "Le montant du relevé n’est pas celui qui a été demandé : voyez avec le Trésor ce qui a été payé, avant toute saisie."
        )
    if row.id_op is None:
        raise LineNotSettled(
            "PayFiP n’avait donné aucune page pour ce paiement : personne n’a pu le payer ici. Voyez avec le Trésor à qui est cette somme."
        )
