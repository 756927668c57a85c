"""How long a family's data is kept (RGPD): which families are past it, since when, and what must be settled first.

A family's last activity is the latest of its opening, its booked days, payments, changes and appointments. The years come from the
commune's `[conservation]`; a family is due when that many years have passed since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, exists, func, or_, select

from models import tables as t
from models.states import OWED, AppointmentState, BasketState, BookingState, PeriodKind, ProofState
from tui_portail.french import long_date, plural
from tui_portail.instants import day_begins, in_paris
from tui_portail.money import format_cents
from tui_portail.policy import BasketKind
from tui_portail.service_rules import RetentionRules
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_history import LABELS
from tui_portail.services.family_facts import avoir_balances
from tui_portail.services.online_payments import money_may_come
from tui_portail.services.rights import Right

MOST_SHOWN = 200
GIVE, ERASE, FORGET = "remettre_donnees", "effacer_famille", "oublier_rendez_vous"


@dataclass(frozen=True, slots=True)
class DueFamily:
    """A family past its retention: last activity (a day of Paris), and what must be settled before it is erased, a sentence each."""

    dossier_id: int
    number: str
    label: str
    last_on: date
    obstacles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """The periods in force, the families past theirs (200 at most, the oldest first; `due` counts them all), old appointments to forget."""

    rules: RetentionRules
    families: tuple[DueFamily, ...]
    due: int
    appointments: int

    @property
    def by_year(self) -> tuple[tuple[int, int], ...]:
        """How many of the families shown had their last activity in each year."""
        counts: defaultdict[int, int] = defaultdict(int)
        for family in self.families:
            counts[family.last_on.year] += 1
        return tuple(sorted(counts.items()))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The periods in force, and what is past them."""
        years = plural(self.rules.family_years, "an")
        old = (
            f"{plural(self.appointments, 'rendez-vous', 'rendez-vous')} sans dossier à oublier"
            if self.appointments
            else "aucun rendez-vous à oublier"
        )
        past = plural(self.due, "famille à effacer", "familles à effacer") if self.due else "aucune famille à effacer"
        return (
            f"Familles : gardées {years} après leur dernière activité ; {past}.",
            f"Rendez-vous sans dossier : gardés {self.rules.appointment_months} mois ; {old}.",
            "Les sauvegardes ne sont pas touchées : ne les gardez pas plus longtemps que les familles.",
        )


def due_for_erasure(desk: Desk) -> RetentionReport:
    """Return what is past its retention. Raises NotAllowed."""
    with desk.read(Right.GIVE_DATA) as connection:
        return retention_report(connection, desk.commune(connection).policy.retention, desk.instant(connection))


def retention_for_command(desk: Desk) -> RetentionReport:
    """Return the same for a command, which names nobody: whoever can read the base can run it."""
    with desk.database.read() as connection:
        return retention_report(connection, desk.commune(connection).policy.retention, desk.instant(connection))


def retention_report(connection: Connection, rules: RetentionRules, now: datetime) -> RetentionReport:
    """Return what is past its retention at an instant."""
    due = _due(day_begins(years_before(in_paris(now).date(), rules.family_years)))
    dossier = t.dossier.c
    count = connection.scalar(select(func.count()).select_from(t.dossier).where(due)) or 0
    latest = [subject.label(f"last_{place}") for place, subject in enumerate(_latest())]
    rows = connection.execute(
        select(dossier.id, dossier.number, dossier.label, dossier.created_at, *latest)
        .where(due)
        .order_by(dossier.created_at, dossier.id)
        .limit(MOST_SHOWN)
    ).all()
    obstacles = open_matters(connection, [row.id for row in rows], now)
    families = [
        DueFamily(row.id, row.number, row.label, _last_day(row[3:]), tuple(obstacles.get(row.id, ()))) for row in rows
    ]
    old = select(func.count()).select_from(t.appointment).where(forgettable(rules, now))
    return RetentionReport(
        rules,
        tuple(sorted(families, key=lambda family: (family.last_on, family.number))),
        count,
        connection.scalar(old) or 0,
    )


def due_families(connection: Connection, rules: RetentionRules, now: datetime) -> list[tuple[int, str]]:
    """Return every family past its retention, id and number, the oldest dossiers first; what holds it back is judged when it is erased."""
    due = _due(day_begins(years_before(in_paris(now).date(), rules.family_years)))
    dossier = t.dossier.c
    query = select(dossier.id, dossier.number).where(due).order_by(dossier.created_at, dossier.id)
    return [(row.id, row.number) for row in connection.execute(query)]


def years_before(day: date, years: int) -> date:
    """Return the same day so many years before, the 28 February for a 29 that is not."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def months_before(day: date, months: int) -> date:
    """Return the first day of the month so many months before: a month is forgotten whole."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def is_due(connection: Connection, dossier_id: int, rules: RetentionRules, now: datetime) -> bool:
    """Say whether a family is past its retention."""
    due = _due(day_begins(years_before(in_paris(now).date(), rules.family_years)))
    return connection.scalar(select(t.dossier.c.id).where(t.dossier.c.id == dossier_id, due)) is not None


def forgettable(rules: RetentionRules, now: datetime) -> ColumnElement[bool]:
    """Say, in a query, that an appointment without dossier still names somebody past its retention."""
    one = t.appointment.c
    before = day_begins(months_before(in_paris(now).date(), rules.appointment_months))
    return and_(one.dossier_id.is_(None), one.starts_at < before, or_(one.name != "", one.phone != "", one.note != ""))


# What counts as activity: each table with its instant or day, and how its rows belong to a dossier.
_GESTURES = sorted(LABELS.keys() - {GIVE, ERASE})  # those of bases older than the history too


def _activities() -> Sequence[tuple[ColumnElement[Any], ColumnElement[bool]]]:
    """Return what dates a family's activity, and how its rows belong to the dossier of the query around."""
    own = t.dossier.c.id
    return (
        (t.booking.c.day, and_(t.child.c.dossier_id == own, t.booking.c.child_id == t.child.c.id)),
        (t.payment.c.paid_at, and_(t.payer.c.dossier_id == own, t.payment.c.payer_id == t.payer.c.id)),
        (t.dossier_change.c.changed_at, t.dossier_change.c.dossier_id == own),
        (t.appointment.c.starts_at, t.appointment.c.dossier_id == own),
        (
            t.audit_event.c.at,
            and_(t.audit_event.c.dossier_id == own, t.audit_event.c.gesture.in_(_GESTURES)),
        ),
    )


def _latest() -> list[ScalarSelect[Any]]:
    return [
        select(func.max(when)).where(belongs).correlate(t.dossier).scalar_subquery() for when, belongs in _activities()
    ]


def _due(limit: datetime) -> ColumnElement[bool]:
    """Say that nothing of a family's is since `limit`, the beginning of a day of Paris."""
    day = in_paris(limit).date()
    recent = [
        exists(select(1).where(belongs, when >= (day if when is t.booking.c.day else limit)).correlate(t.dossier))
        for when, belongs in _activities()
    ]
    dossier = t.dossier.c
    return and_(
        dossier.erased_at.is_(None), dossier.merged_into_id.is_(None), dossier.created_at < limit, ~or_(*recent)
    )


def _last_day(values: Iterable[Any]) -> date:
    return max(in_paris(one).date() if isinstance(one, datetime) else one for one in values if one is not None)


def open_matters(connection: Connection, dossier_ids: Collection[int], now: datetime) -> dict[int, list[str]]:
    """Return what must be settled before each family is erased, a sentence each; nothing for one that may be."""
    if not dossier_ids:
        return {}
    found: defaultdict[int, list[str]] = defaultdict(list)
    ids, today = list(dossier_ids), in_paris(now).date()
    booking, basket, payer = t.booking.c, t.basket.c, t.payer.c

    def each(query: Any, sentence: str) -> None:
        for dossier_id in connection.scalars(query.distinct()):
            found[dossier_id].append(sentence)

    of_payers = payer.dossier_id.in_(ids)
    open_basket = basket.state == BasketState.OPEN.value
    live = select(payer.dossier_id).join(t.basket, basket.payer_id == payer.id).where(of_payers, open_basket)
    each(
        live.where(basket.kind == BasketKind.RESERVATION.value, basket.expires_at > now),
        "un panier est en attente : encaissez-le ou abandonnez-le",
    )
    booked = select(t.child.c.dossier_id).join(t.booking, booking.child_id == t.child.c.id)
    booked = booked.where(t.child.c.dossier_id.in_(ids))
    each(
        booked.where(booking.state.in_(OWED)),
        "une dette reste à payer : encaissez-la, ou que le régisseur l’annule",
    )
    each(
        booked.where(booking.state == BookingState.CONFIRMED.value, booking.day >= today),
        "des journées sont réservées : annulez-les d’abord",
    )
    each(
        select(t.absence_proof.c.dossier_id).where(
            t.absence_proof.c.dossier_id.in_(ids),
            t.absence_proof.c.state == ProofState.AWAITED.value,
            t.absence_proof.c.due_until > now,
        ),
        "un justificatif d’absence est attendu",
    )
    each(
        select(t.appointment.c.dossier_id).where(
            t.appointment.c.dossier_id.in_(ids),
            t.appointment.c.state == AppointmentState.PLANNED.value,
            t.appointment.c.starts_at > now,
        ),
        "un rendez-vous est prévu : annulez-le d’abord",
    )
    each(
        select(payer.dossier_id)
        .join(t.online_payment, t.online_payment.c.payer_id == payer.id)
        .where(of_payers, money_may_come(now)),
        "un paiement en ligne peut encore arriver : attendez demain",
    )
    alive = select(payer.id, payer.dossier_id).where(of_payers, payer.joined_into_id.is_(None))
    payers = {row.id: row.dossier_id for row in connection.execute(alive)}
    left: defaultdict[int, int] = defaultdict(int)
    for payer_id, balances in (avoir_balances(connection, list(payers)) if payers else {}).items():
        left[payers[payer_id]] += sum(balance.remaining_cents for balance in balances)
    for dossier_id, cents in left.items():
        if cents:
            found[dossier_id].append(
                f"{format_cents(cents)} d’avoirs restent : faites-les d’abord rembourser par mandat"
            )
    return dict(found)


def unclosed_money(connection: Connection, payer_ids: Collection[int]) -> str:
    """Say, in a sentence, that the régie has not closed the year of the family's last payment or refund; empty when it has, or none is.

    Until then the accounts of the year need the names: the ordonnateur pays refunds to somebody, a deposit names its cheques.
    """
    latest = [
        connection.scalar(select(func.max(when)).where(column.in_(list(payer_ids))))
        for when, column in (
            (t.payment.c.paid_at, t.payment.c.payer_id),
            (t.refund.c.requested_at, t.refund.c.payer_id),
            (t.avoir.c.issued_at, t.avoir.c.payer_id),
        )
    ]
    days = [in_paris(one).date() for one in latest if one is not None]
    if not days:
        return ""
    closing = t.period_closing.c
    closed = connection.scalar(select(func.max(closing.ends_on)).where(closing.kind == PeriodKind.YEAR.value))
    if closed is not None and max(days) <= closed:
        return ""
    return f"la régie n’a pas clos l’année {max(days).year} de sa dernière opération ({long_date(max(days))})"
