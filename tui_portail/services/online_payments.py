"""Paying a basket online: a page asked of PayFiP for the parent's phone, and the list of those asked.

The request is written before PayFiP is asked, and its answer after: whatever is lost between, a page that nobody was given cannot be paid.
One page at a time for a basket; a reference is never used twice. What became of a page is `online_following`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import DatabaseKind, OnlineState
from tui_portail.errors import PortailError
from tui_portail.french import plural, time_text
from tui_portail.holds import is_live
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.payment_rules import Tender, judge_tenders, use_avoirs
from tui_portail.policy import BasketKind, Means
from tui_portail.service_rules import OnlinePaymentRules, PayFipMode
from tui_portail.services.accounts import living_of
from tui_portail.services.baskets import (
    BasketExpired,
    BasketUnknown,
    avoirs_for,
    basket_lines,
    due_line_of,
    refuse_unless_open,
)
from tui_portail.services.family_facts import lock_avoirs
from tui_portail.services.gesture import Done, Gesture
from tui_portail.services.payment import TendersRefused
from tui_portail.services.portal import Own, Portal, act

if TYPE_CHECKING:
    from tui_portail.payfip import OpenedPayment
    from tui_portail.payfip_answers import PayFipAnswer

ASKED_FOR = timedelta(hours=24)
"""How long after a page was asked for its money may still come: PayFiP forgets it in the night that follows."""
GONE = "P1"
REFERENCE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class OnlineService(Protocol):
    """What is asked of PayFiP (`payfip.PayFipService`)."""

    def create(self, reference: str, amount_cents: int, subject: str, email: str, year: int) -> OpenedPayment:
        """Open a payment page."""

    def ask(self, id_op: str) -> PayFipAnswer:
        """Ask what became of a page."""


OnlineServices = Callable[[str, PayFipMode], OnlineService]
"""Finds PayFiP for a client's number and mode: those that a page is, or was, asked under."""


class OnlinePaymentOff(PortailError):
    """The commune does not take payments online, or not yet."""

    code = "PAIEMENT_EN_LIGNE_FERME"

    def __init__(self) -> None:
        super().__init__(
            "Le paiement en ligne n’est pas ouvert : payez à Comptabilité, à la mairie, avant la fin du quart d’heure."
        )


class AmountTooSmall(PortailError):
    """PayFiP takes nothing under a minimum."""

    code = "MONTANT_TROP_PETIT"

    def __init__(self, due_cents: int, least_cents: int) -> None:
        super().__init__(
            f"Le paiement en ligne commence à {format_cents(least_cents)}, et il reste {format_cents(due_cents)} à payer : "
            "payez à Comptabilité, à la mairie."
        )


@dataclass(frozen=True, slots=True)
class OnlinePage:
    """A page where a basket may be paid: its address, for a QR code and a link, the amount (cents), until when (UTC)."""

    online_id: int
    address: str
    amount_cents: int
    until: datetime
    basket_until: datetime


def online_is_open(portal: Portal) -> bool:
    """Say whether the signed parent may be offered to pay online.

    PayFiP's test mode moves no money: on a base where days are really booked, nothing is paid by it.
    """
    rules = portal.desk.commune().policy.online
    pretended = rules.mode is PayFipMode.TEST and portal.desk.database.kind is DatabaseKind.REAL
    return portal.online is not None and rules.enabled and not pretended


def why_not_online(portal: Portal, due_cents: int) -> OnlinePaymentOff | AmountTooSmall | None:
    """Return why the signed parent may not be offered to pay what is due (cents) online, None where they may."""
    if not online_is_open(portal):
        return OnlinePaymentOff()
    least_cents = portal.desk.commune().policy.online.least_cents
    return AmountTooSmall(due_cents, least_cents) if due_cents < least_cents else None


def open_online_page(portal: Portal, basket_id: int, operation: str) -> OnlinePage:
    """Ask PayFiP for a page where the signed parent pays their basket, and return it. A live page of that basket is given again.

    Raises OnlinePaymentOff, AmountTooSmall, TendersRefused (a line that PayFiP may not pay), BasketUnknown, BasketExpired,
    BasketAlreadyPaid, and what PayFiP's service raises: the basket then waits as before, to be paid at the desk or by another try.
    """
    rules = portal.desk.commune().policy.online
    if portal.online is None or not online_is_open(portal):
        raise OnlinePaymentOff
    asked = act(
        portal, "demander_page_payfip", operation, [basket_id], lambda g, own: _ask(g, own, basket_id, rules), dict
    )
    if not asked["address"]:
        asked = asked | _page_kept(portal, asked["online_id"])  # the same gesture sent again
    if asked["address"]:
        return _page(asked)
    service = portal.online(asked["client_number"], PayFipMode(asked["mode"]))
    year = in_paris(datetime.fromisoformat(asked["asked_at"])).year
    try:
        with portal.read() as (_, own):
            email = own.email  # kept in no gesture's answer
        opened = service.create(asked["reference"], asked["amount_cents"], asked["subject"], email, year)
    except PortailError as refused:
        _write_failure(portal, asked["online_id"], refused.code, operation)
        raise
    return _page(_keep_page(portal, asked, opened.id_op, opened.page, rules, operation))


def _page_kept(portal: Portal, online_id: int) -> dict[str, Any]:
    """Return the page that PayFiP opened for a request already, if any."""
    online = t.online_payment.c
    with portal.read() as (connection, _):
        kept = select(online.page_address, online.page_until).where(online.id == online_id, online.id_op.is_not(None))
        row = connection.execute(kept).first()
    return {} if row is None else {"address": row.page_address, "until": row.page_until.isoformat()}


def _ask(gesture: Gesture, own: Own, basket_id: int, rules: OnlinePaymentRules) -> Done:
    """Lock the parent's basket and write what PayFiP will be asked, or find the page already open."""
    connection, policy, basket = gesture.connection, gesture.commune.policy, t.basket.c
    mine = select(t.basket).where(
        basket.id == basket_id,
        living_of(basket.payer_id) == own.payer_id,
        basket.kind == BasketKind.RESERVATION.value,
    )
    if connection.execute(mine).first() is None:
        raise BasketUnknown
    lock_rows(connection, t.basket, [basket_id])
    row = connection.execute(mine).first()
    refuse_unless_open(row)
    assert row is not None  # noqa: S101  refused just before
    lock_avoirs(connection, [own.payer_id])
    now = gesture.under_lock()
    if not is_live(row.expires_at, now):
        raise BasketExpired(row.expires_at)
    rows = basket_lines(connection, basket_id)
    lines = [due_line_of(line, policy) for line in rows]
    plan = use_avoirs(lines, avoirs_for(connection, row, now), policy)
    if plan.rest_cents < rules.least_cents:
        raise AmountTooSmall(plan.rest_cents, rules.least_cents)
    tender = Tender(Means.PAYFIP, plan.rest_cents, references={"reference": "PAYFIP"})
    judged = judge_tenders(lines, plan, [tender], BasketKind.RESERVATION, policy)
    if not judged:
        raise TendersRefused(judged.refusals)
    known = _open_page(connection, basket_id, plan.rest_cents, [line.id for line in rows], now)
    if known is not None:
        return Done(known | {"basket_until": row.expires_at}, "online_payment", known["online_id"], own.dossier_id)
    return _write_request(gesture, own, row, plan.rest_cents, [line.id for line in rows], rules)


def _open_page(
    connection: Connection, basket_id: int, amount_cents: int, lines: list[int], now: datetime
) -> dict[str, Any] | None:
    """Return the page still open for the same lines and amount, with a minute left at least."""
    online, line = t.online_payment.c, t.online_payment_line.c
    row = connection.execute(
        select(t.online_payment)
        .where(
            online.basket_id == basket_id,
            online.state == OnlineState.OPEN.value,
            online.amount_cents == amount_cents,
            online.page_until > now + timedelta(minutes=1),
        )
        .order_by(online.id.desc())
    ).first()
    if row is None:
        return None
    same = connection.scalars(select(line.booking_id).where(line.online_payment_id == row.id)).all()
    if sorted(same) != sorted(lines):
        return None
    return {
        "online_id": row.id,
        "address": row.page_address,
        "amount_cents": row.amount_cents,
        "until": row.page_until,
    }


def _write_request(
    gesture: Gesture, own: Own, basket: Any, amount_cents: int, lines: list[int], rules: OnlinePaymentRules
) -> Done:
    connection, online = gesture.connection, t.online_payment
    values = {
        "regie_id": gesture.regie_id,
        "basket_id": basket.id,
        "payer_id": basket.payer_id,
        "account_id": own.account_id,
        "reference": new_reference(gesture.now.year),
        "amount_cents": amount_cents,
        "subject": rules.subject,
        "client_number": rules.client_number,
        "mode": rules.mode.value,
        "state": OnlineState.ASKED.value,
        "asked_at": gesture.now,
    }
    online_id = connection.execute(insert(online).values(values).returning(online.c.id)).scalar_one()
    connection.execute(
        insert(t.online_payment_line),
        [{"online_payment_id": online_id, "booking_id": booking_id} for booking_id in lines],
    )
    asked = {
        **{key: values[key] for key in ("reference", "amount_cents", "subject", "client_number", "mode", "asked_at")},
        "online_id": online_id,
        "address": "",
        "basket_until": basket.expires_at,
    }
    return Done(asked, "online_payment", online_id, own.dossier_id, details={"amount": amount_cents})


def new_reference(year: int) -> str:
    """Return a reference never used: what PayFiP, the bank and the Trésor's statement call the payment."""
    return f"PF{year}{''.join(secrets.choice(REFERENCE_LETTERS) for _ in range(14))}"


def _keep_page(
    portal: Portal, asked: Mapping[str, Any], id_op: str, address: str, rules: OnlinePaymentRules, operation: str
) -> Mapping[str, Any]:
    """Keep the page that PayFiP opened: it closes by itself a quarter of an hour after it was asked for."""

    def work(gesture: Gesture, own: Own) -> Done:
        until = datetime.fromisoformat(asked["asked_at"]) + timedelta(minutes=rules.id_minutes)
        online = t.online_payment
        gesture.connection.execute(
            update(online)
            .where(online.c.id == asked["online_id"], online.c.state == OnlineState.ASKED.value)
            .values(state=OnlineState.OPEN.value, id_op=id_op, page_address=address, page_until=until)
        )
        kept = dict(asked) | {"address": address, "until": until}
        return Done(kept, "online_payment", asked["online_id"], own.dossier_id)

    return act(portal, "ouvrir_page_payfip", _then(operation, "page"), [asked["online_id"], id_op], work, dict)


def _write_failure(portal: Portal, online_id: int, code: str, operation: str) -> None:
    """Say that PayFiP gave no page: the basket waits as before."""

    def work(gesture: Gesture, own: Own) -> Done:
        online = t.online_payment
        gesture.connection.execute(
            update(online)
            .where(online.c.id == online_id, online.c.state == OnlineState.ASKED.value)
            .values(state=OnlineState.FAILED.value, code=code[:20], ended_at=gesture.now)
        )
        return Done({}, "online_payment", online_id, own.dossier_id, details={"code": code})

    act(portal, "page_payfip_refusee", _then(operation, "echec"), [online_id, code], work, lambda kept: None)


def _then(operation: str, what: str) -> str:
    """Return the operation id of what follows a gesture: the same when it is sent again."""
    return uuid5(NAMESPACE_OID, f"{operation} {what}").hex


def _page(kept: Mapping[str, Any]) -> OnlinePage:
    until, basket_until = (datetime.fromisoformat(kept[key]) for key in ("until", "basket_until"))
    return OnlinePage(kept["online_id"], kept["address"], kept["amount_cents"], until, basket_until)


def money_may_come(now: datetime) -> ColumnElement[bool]:
    """Say, in a query over `online_payment`, whether a page not paid yet may still be: it is asked for a day, unless PayFiP forgot it."""
    online = t.online_payment.c
    return and_(
        online.asked_at > now - ASKED_FOR,
        online.id_op.is_not(None),
        online.state != OnlineState.PAID.value,
        online.code != GONE,
    )


def page_words(page: OnlinePage, now: datetime) -> str:
    """Return until when a page is to be paid, in words: the basket's own end where it comes first, and what money does after it."""
    if now >= page.until:
        return "Le temps de cette page est passé : nous demandons à PayFiP ce qu’elle est devenue."
    if now >= page.basket_until:
        return (
            "Le quart d’heure est passé : payé maintenant, vos places sont reprises s’il en reste, "
            "sinon la somme devient un avoir."
        )
    until = min(page.until, page.basket_until)
    minutes = max(0, -int((now - until).total_seconds() // 60))
    return f"À payer avant {time_text(in_paris(until))} ({plural(minutes, 'minute')})."


def page_is_open(basket_id: ColumnElement[int], now: datetime) -> ColumnElement[bool]:
    """Say, in a query that has a basket's id, whether a page is open for it, for the queue."""
    online = t.online_payment.c
    return exists().where(
        online.basket_id == basket_id, online.state == OnlineState.OPEN.value, online.page_until > now
    )
