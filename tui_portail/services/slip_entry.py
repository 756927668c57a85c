"""What a deposit slip must be to be validated, and its writing: the entry, the cash counted, the number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from models import tables as t
from models.states import EntryKind, SlipLineKind, SlipState
from tui_portail.decision import POLICY
from tui_portail.errors import PortailError
from tui_portail.french import join_words
from tui_portail.money import format_cents
from tui_portail.policy import Means
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import ACCOUNT_OF, DEPOSITED, IN_TRANSIT, Head, Movement, balance_of, enter
from tui_portail.services.slip_views import SlipLine, SlipTotal, SlipView
from tui_portail.till_rules import DENOMINATIONS, MOST_PIECES, VALUES, cash_cents


class SlipRefused(PortailError):
    """The slip cannot be validated as it is."""

    code = "BORDEREAU_REFUSE"
    source = POLICY


def counted_pieces(cash: Mapping[int, int]) -> dict[int, int]:
    """Return how many pieces of each value (cents) were counted, the largest first, those of which there is none left out.

    Raises SlipRefused on a value that is no note or coin of the euro, and on a number that cannot be.
    """
    for value, pieces in cash.items():
        if value not in DENOMINATIONS:
            raise SlipRefused(f"Aucun billet ni aucune pièce ne vaut {format_cents(value)} : comptez par coupure.")
        if not 0 <= pieces <= MOST_PIECES:
            raise SlipRefused(f"Vérifiez le nombre de coupures de {format_cents(value)} : de 0 à {MOST_PIECES}.")
    return {value: pieces for value, pieces in sorted(cash.items(), reverse=True) if pieces}


def check_slip(gesture: Gesture, view: SlipView, counted: Mapping[int, int], seen_cents: int | None) -> None:
    """Refuse a slip that is empty, incomplete or not the one seen, whose cash is not there or not what was counted. The head is locked."""
    if all(tender.cancelled for line in view.lines for tender in line.tenders):
        raise SlipRefused("Ce bordereau ne verse rien : complétez-le avant de le valider.")
    _refuse_left_out(view)
    if seen_cents is not None and view.final_cents != seen_cents:
        raise SlipRefused(
            f"Ce bordereau verse maintenant {format_cents(view.final_cents)} et non {format_cents(seen_cents)} : un autre poste "
            "l’a changé, ou a contre-passé un paiement. Relisez-le, puis validez-le."
        )
    if missing := _missing_cheques(view):
        numbers = join_words([line.quittance for line in missing])
        leave = all(view.may_be_left_out(line) for line in missing)
        raise SlipRefused(
            f"Noté manquant à la clôture de la caisse : chèque de la quittance n° {numbers}. "
            + ("Retirez ce paiement du bordereau" if leave else "Retrouvez-le et comptez-le à une clôture")
            + ", ou contre-passez-le."
        )
    _check_cash(view.cents_of(Means.CASH), counted)
    for total in view.totals:
        _refuse_not_held(gesture, total)


def _refuse_left_out(view: SlipView) -> None:
    """Refuse to leave for later what an earlier slip deposited and was reversed since: it is taken off the very next slip.

    What replaces it goes on that slip too.
    """
    left = [line for line in view.waiting if not view.may_be_left_out(line)]
    if off := [line.quittance for line in left if line.taken_off]:
        raise SlipRefused(
            f"Déjà versée, puis contre-passée : quittance n° {join_words(off)}. Complétez le bordereau, elle en sera déduite."
        )
    if left:
        new = join_words([line.quittance for line in left])
        raise SlipRefused(
            f"Déjà versée sous un autre numéro : quittance n° {new}. Complétez le bordereau, elle y ira avec celle qu’elle remplace."
        )


def _missing_cheques(view: SlipView) -> list[SlipLine]:
    """Return the payments whose cheque was not found at the till's last closing."""
    return [
        line
        for line in view.lines
        if line.kind is SlipLineKind.PAYMENT and any(tender.missing and not tender.cancelled for tender in line.tenders)
    ]


def _check_cash(cash: int, counted: Mapping[int, int]) -> None:
    if cash < 0:
        raise SlipRefused(
            f"Les espèces de ce bordereau font {format_cents(cash)} : attendez d’en avoir reçu assez, ou retirez-en le paiement "
            "contre-passé, qui attendra un bordereau suivant."
        )
    if (total := cash_cents(counted)) != cash:
        raise SlipRefused(
            f"Les espèces comptées font {format_cents(total)}, le bordereau en verse {format_cents(cash)} : recomptez-les."
        )


def _refuse_not_held(gesture: Gesture, total: SlipTotal) -> None:
    """Refuse more than the books say is there: cash taken out of the till or short, values found missing at a closing.

    Nothing is never more, whatever a correction made of the account.
    """
    if total.means is Means.CASH:
        accounts: tuple[str, ...] = (ACCOUNT_OF[Means.CASH], IN_TRANSIT)
    elif total.means in VALUES:
        accounts = (ACCOUNT_OF[total.means],)
    else:
        return
    held = balance_of(gesture.connection, gesture.regie_id, *accounts)
    if total.final_cents <= max(held, 0):
        return
    raise SlipRefused(
        f"{total.label} : la régie n’en détient que {format_cents(held)}, le bordereau en verse {format_cents(total.final_cents)}. "
        + _what_lifts(total, held)
    )


def _what_lifts(total: SlipTotal, held: int) -> str:
    """Say what the agent does of a means the slip has more of than is held (cents)."""
    if total.means is not Means.CASH:
        return (
            "Retirez-en des paiements. Titres retrouvés : comptez-les à la clôture de la caisse. Titres perdus : corrigez les moyens "
            "du paiement (écran Quittances), puis comptez à la clôture ceux qui restent."
        )
    if held < 0:  # taken off a slip to come, after a correction: what the till has received since is not there to bring
        return (
            "Retirez-en les paiements en espèces : ils attendront, avec ce qui en est à déduire, un bordereau suivant."
        )
    lacking = format_cents(total.final_cents - held)
    return f"Retirez-en des paiements, ou apportez à la caisse les {lacking} qui manquent (écran Caisse, mouvement « Apport »)."


def write_validated(
    gesture: Gesture,
    view: SlipView,
    counted: Mapping[int, int],
    session_id: int | None,
    number: tuple[int, int],
    head: Head,
) -> None:
    """Write the entry, the cash counted, and the slip's last state."""
    entry_hash = enter(
        gesture.connection,
        head,
        EntryKind.DEPOSIT,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        _movements(gesture, view, session_id),
        _facts(gesture, view, counted, number),
    )
    if counted:
        gesture.connection.execute(
            insert(t.deposit_slip_cash),
            [
                {"slip_id": view.slip_id, "denomination_cents": value, "pieces": pieces}
                for value, pieces in counted.items()
            ],
        )
    gesture.connection.execute(
        update(t.deposit_slip)
        .where(t.deposit_slip.c.id == view.slip_id)
        .values(
            state=SlipState.VALIDATED.value,
            year=number[0],
            number=number[1],
            validated_at=gesture.now,
            validated_by=gesture.agent.agent_id,
            agent_name=gesture.agent.name,
            entry_seq=head.seq,
            head_hash=entry_hash,
            fictitious=gesture.commune.policy.fictitious,
        )
    )


def _movements(gesture: Gesture, view: SlipView, session_id: int | None) -> list[Movement]:
    """Take each means off its account; cash from what was already taken out of the till, then from the till itself."""
    movements = [Movement(DEPOSITED, view.final_cents)]
    for total in view.totals:
        cents = total.final_cents
        if total.means is not Means.CASH:
            movements.append(Movement(ACCOUNT_OF[total.means], -cents))
            continue
        in_transit = min(cents, max(0, balance_of(gesture.connection, gesture.regie_id, IN_TRANSIT)))
        movements.append(Movement(IN_TRANSIT, -in_transit))
        movements.append(Movement(ACCOUNT_OF[Means.CASH], in_transit - cents, till_session_id=session_id))
    return movements


def _facts(gesture: Gesture, view: SlipView, counted: Mapping[int, int], number: tuple[int, int]) -> dict[str, Any]:
    return {
        "slip": [view.slip_id, *number, gesture.till_id, gesture.commune.policy.fictitious],
        "lines": sorted(
            [line.payment_id, line.kind.value, [[one.rank, one.amount_cents, one.cancelled] for one in line.tenders]]
            for line in view.lines
        ),
        "totals": [[total.means.value, total.final_cents] for total in view.totals],
        "cash": [[value, pieces] for value, pieces in counted.items()],
    }
