"""What the rules need to know of a family, read in five statements whatever its size: children, ALSH years, payers, quotients, avoirs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, extract, literal, select, union_all

from models import tables as t
from models.states import AlshOrigin, BookingState
from tui_portail.alsh_dossier import AlshFacts
from tui_portail.booking_rules import ChildFacts
from tui_portail.commune import Commune
from tui_portail.custody import CustodyPattern
from tui_portail.errors import PortailError
from tui_portail.instants import in_paris
from tui_portail.payment_rules import AvoirBalance
from tui_portail.planning import PlanningChild, PlanningPayer
from tui_portail.policy import ActivityFamily
from tui_portail.pricing import QuotientFamilial, Sibling, sibling_rank
from tui_portail.services.avoir_sums import left_cents
from tui_portail.services.debts import owed_cents


class DossierUnknown(PortailError):
    """No dossier has this id or number."""

    code = "DOSSIER_INCONNU"

    def __init__(self, which: object = "") -> None:
        super().__init__(
            f"Aucun dossier {which} n’existe. Vérifiez le numéro, ou cherchez la famille par son nom.".replace(
                "  ", " "
            )
        )


class DossierErased(PortailError):
    """The family's names were erased: nothing of it can be written any more."""

    code = "DOSSIER_EFFACE"

    def __init__(self) -> None:
        super().__init__(
            "Les données de cette famille ont été effacées : son dossier ne change plus, et rien de nouveau ne peut y être inscrit."
        )


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """A dossier with its children and payers as the rules see them; `archived` blocks new bookings."""

    dossier_id: int
    number: str
    label: str
    archived: bool
    children: tuple[PlanningChild, ...]
    payers: tuple[PlanningPayer, ...]


def load_family(connection: Connection, commune: Commune, dossier_id: int, now: datetime) -> FamilyFacts:
    """Read a family's facts as of `now`. Raises DossierUnknown, DossierErased."""
    dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).first()
    if dossier is None:
        raise DossierUnknown
    if dossier.erased_at is not None:
        raise DossierErased
    today = in_paris(now).date()
    payers = _payers(connection, dossier_id)
    children = _children(connection, commune, dossier_id, today, min((p.payer_id for p in payers), default=0))
    return FamilyFacts(
        dossier.id, dossier.number, dossier.label, dossier.archived_at is not None, tuple(children), tuple(payers)
    )


def alsh_years(connection: Connection, commune: Commune, dossier_id: int, today: date) -> dict[int, AlshFacts]:
    """Return each child's ALSH years: renewed for, imported as attended, or past confirmed bookings not cancelled."""
    alsh = [code for code, rule in commune.policy.activities.items() if rule.family is ActivityFamily.ALSH]
    enrolled = (
        select(t.alsh_enrolment.c.child_id, t.alsh_enrolment.c.year, t.alsh_enrolment.c.origin)
        .join(t.child, t.child.c.id == t.alsh_enrolment.c.child_id)
        .where(t.child.c.dossier_id == dossier_id)
    )
    attended = (
        select(t.booking.c.child_id, extract("year", t.booking.c.day), literal(AlshOrigin.ATTENDED.value))
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
        .where(
            t.child.c.dossier_id == dossier_id,
            t.booking.c.day >= date(today.year - 1, 1, 1),
            t.booking.c.day < today,
            t.booking.c.state == BookingState.CONFIRMED.value,
            t.slot.c.activity_code.in_(alsh),
        )
        .distinct()
    )
    years: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for child_id, year, origin in connection.execute(union_all(enrolled, attended)):
        years[child_id, origin].add(int(year))
    return {
        child_id: AlshFacts(
            frozenset(years[child_id, AlshOrigin.ATTENDED.value]), frozenset(years[child_id, AlshOrigin.RENEWED.value])
        )
        for child_id in {child_id for child_id, _ in list(years)}
    }


def lock_avoirs(connection: Connection, payer_ids: list[int]) -> None:
    """Lock the payers' avoirs by id until the transaction ends, before they are counted."""
    if connection.dialect.name == "postgresql":
        avoirs = select(t.avoir.c.id).where(t.avoir.c.payer_id.in_(payer_ids)).order_by(t.avoir.c.id)
        connection.execute(avoirs.with_for_update()).all()


def avoir_balances(connection: Connection, payer_ids: list[int]) -> dict[int, tuple[AvoirBalance, ...]]:
    """Return what is left of each payer's avoirs, oldest first; those used up are left out."""
    rows = connection.execute(_BALANCES, {"payers": payer_ids})
    balances: defaultdict[int, list[AvoirBalance]] = defaultdict(list)
    for payer_id, avoir_id, issued_at, left in rows:
        balances[payer_id].append(AvoirBalance(avoir_id, issued_at, int(left)))
    return {payer_id: tuple(found) for payer_id, found in balances.items()}


_LEFT = left_cents().label("left_cents")
_BALANCES = (
    select(t.avoir.c.payer_id, t.avoir.c.id, t.avoir.c.issued_at, _LEFT)
    .where(t.avoir.c.payer_id.in_(bindparam("payers", expanding=True)), left_cents() > 0)
    .order_by(t.avoir.c.issued_at, t.avoir.c.id)
)


def _payers(connection: Connection, dossier_id: int) -> list[PlanningPayer]:
    rows = connection.execute(
        select(
            t.payer.c.id,
            t.payer.c.resident,
            owed_cents().label("debt_cents"),
            t.guardian.c.first_name,
            t.guardian.c.last_name,
            t.quotient_familial.c.value_cents,
            t.quotient_familial.c.valid_from_on,
            t.quotient_familial.c.valid_until_on,
        )
        .join(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
        .outerjoin(t.quotient_familial, t.quotient_familial.c.payer_id == t.payer.c.id)
        .where(t.payer.c.dossier_id == dossier_id)
        .order_by(t.payer.c.rank, t.payer.c.id, t.quotient_familial.c.id)
    ).all()
    by_payer: dict[int, list[Any]] = {}
    for row in rows:
        by_payer.setdefault(row.id, []).append(row)
    balances = avoir_balances(connection, list(by_payer))
    return [
        PlanningPayer(
            payer_id,
            f"{found[0].first_name} {found[0].last_name}",
            found[0].resident,
            tuple(
                QuotientFamilial(row.value_cents, row.valid_from_on, row.valid_until_on)
                for row in found
                if row.value_cents is not None
            ),
            balances.get(payer_id, ()),
            debt_cents=int(found[0].debt_cents),
        )
        for payer_id, found in by_payer.items()
    ]


def _children(
    connection: Connection, commune: Commune, dossier_id: int, today: date, first_payer: int
) -> list[PlanningChild]:
    child, schooling, custody = t.child, t.schooling, t.custody_pattern
    rows = connection.execute(
        select(
            child.c.id,
            child.c.first_name,
            child.c.last_name,
            child.c.birth_on,
            child.c.meal_supplied,
            schooling.c.school_code,
            schooling.c.from_on.label("school_from"),
            custody.c.from_on.label("custody_from"),
            custody.c.anchor_on,
            custody.c.first_payer_id,
            custody.c.second_payer_id,
            custody.c.period_days,
        )
        .outerjoin(schooling, schooling.c.child_id == child.c.id)
        .outerjoin(custody, custody.c.child_id == child.c.id)
        .where(child.c.dossier_id == dossier_id, child.c.archived_at.is_(None))
        .order_by(child.c.birth_on, child.c.id)
    ).all()
    by_child: dict[int, list[Any]] = {}
    for row in rows:
        by_child.setdefault(row.id, []).append(row)
    alsh = alsh_years(connection, commune, dossier_id, today)
    siblings = [Sibling(child_id, found[0].birth_on) for child_id, found in by_child.items()]
    children = []
    for child_id, found in by_child.items():
        first = found[0]
        schools = [row for row in found if row.school_from is not None]
        school = in_force(schools, "school_from", today)
        years = alsh.get(child_id, AlshFacts())
        patterns = {
            CustodyPattern(r.anchor_on, r.first_payer_id, r.second_payer_id, r.period_days, r.custody_from)
            for r in found
            if r.custody_from is not None
        }
        sites = commune.sites_for(school.school_code) if school is not None else {}
        later = {
            row.school_from: ChildFacts(first.first_name, commune.sites_for(row.school_code), years)
            for row in schools
            if school is not None and row.school_from > max(today, school.school_from)
        }
        children.append(
            PlanningChild(
                child_id,
                first.first_name,
                first.last_name,
                first.birth_on,
                sibling_rank(child_id, siblings),
                ChildFacts(first.first_name, sites, years),
                first.meal_supplied,
                first_payer,
                tuple(sorted(patterns, key=lambda pattern: pattern.from_on)),
                tuple(sorted(later.items())),
            )
        )
    return children


def in_force(rows: list[Any], column: str, today: date) -> Any | None:
    """Return the dated row that counts on a day: the latest begun, or the first to begin when none has."""
    begun = [row for row in rows if getattr(row, column) <= today]
    if begun:
        return max(begun, key=lambda row: getattr(row, column))
    return min(rows, key=lambda row: getattr(row, column), default=None)
