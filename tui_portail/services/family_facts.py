"""What the rules need to know of a family, read in six statements at most whatever its size.

Its children with their ALSH years and their custody, its payers with their quotients and their avoirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    ScalarSelect,
    Select,
    bindparam,
    extract,
    func,
    literal,
    select,
    union_all,
)

from models import tables as t
from models.engine import lock_rows
from models.states import AlshOrigin, BookingState
from tui_portail.alsh_dossier import AlshFacts
from tui_portail.booking_rules import ChildFacts
from tui_portail.commune import Commune
from tui_portail.custody import Custody
from tui_portail.dossier_number import display
from tui_portail.errors import PortailError
from tui_portail.instants import in_paris
from tui_portail.payment_rules import AvoirBalance
from tui_portail.planning import PlanningChild, PlanningPayer
from tui_portail.policy import ActivityFamily
from tui_portail.pricing import QuotientFamilial, Sibling, sibling_rank
from tui_portail.services.accounts import is_of, living
from tui_portail.services.attendance_facts import CAME, marked_absent
from tui_portail.services.avoir_sums import left_cents
from tui_portail.services.custody_reading import (
    EXCEPTION_COLUMNS,
    EXCEPTION_COUNTS,
    PATTERN_COLUMNS,
    exceptions_of,
    patterns_of,
)
from tui_portail.services.debts import owed_cents
from tui_portail.services.seen_papers import OfPerson, blocking_papers, papers_for


class DossierUnknown(PortailError):
    """No dossier has this id or number."""

    code = "DOSSIER_INCONNU"

    def __init__(self, which: object = "") -> None:
        super().__init__(
            f"Aucun dossier {which} n’existe. Vérifiez le numéro, ou cherchez la famille par son nom.".replace(
                "  ", " "
            )
        )


class DossierMerged(PortailError):
    """The dossier was merged into another, where everything of it is."""

    code = "DOSSIER_FUSIONNE"

    def __init__(self, number: str, kept_number: str) -> None:
        super().__init__(
            f"Le dossier n° {display(number)} a été fusionné avec le n° {display(kept_number)}. Rien n’a été changé : "
            f"ouvrez le n° {display(kept_number)}."
        )


def refuse_merged(connection: Connection, dossier: Any) -> None:
    """Refuse a dossier's row that was merged into another. Raises DossierMerged."""
    if dossier.merged_into_id is not None:
        kept = select(t.dossier.c.number).where(t.dossier.c.id == dossier.merged_into_id)
        raise DossierMerged(dossier.number, connection.scalars(kept).one())


def lock_dossier_of(connection: Connection, dossier_id: Select[Any]) -> int | None:
    """Lock the dossier that a query names (of a payment, a payer…) and return it; None where there is none.

    A merge may move what was asked about while its lock is waited for: the dossier it is in then is locked too.
    """
    locked: set[int] = set()
    found: int | None
    while (found := connection.scalar(dossier_id)) is not None and found not in locked:
        lock_rows(connection, t.dossier, [found])
        locked.add(found)
    return found


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
    """Read a family's facts as of `now`. Raises DossierUnknown, DossierMerged, DossierErased."""
    dossier, payers = _dossier_and_payers(connection, dossier_id)
    refuse_merged(connection, dossier)
    if dossier.erased_at is not None:
        raise DossierErased
    today = in_paris(now).date()
    papers = blocking_papers(connection, commune, dossier_id)
    children = _children(connection, commune, dossier_id, today, [payer.payer_id for payer in payers], papers)
    return FamilyFacts(
        dossier_id, dossier.number, dossier.label, dossier.archived_at is not None, tuple(children), tuple(payers)
    )


def alsh_years(connection: Connection, commune: Commune, dossier_id: int, today: date) -> dict[int, AlshFacts]:
    """Return each child's ALSH years: renewed for, imported as attended, past confirmed bookings not cancelled, or marked as come.

    A day marked absent does not count; a child who came without booking attended.
    """
    asked = {
        "dossier": dossier_id,
        "alsh": [code for code, rule in commune.policy.activities.items() if rule.family is ActivityFamily.ALSH],
        "since": date(today.year - 1, 1, 1),
        "today": today,
    }
    years: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for child_id, year, origin in connection.execute(_alsh_query(), asked):
        years[child_id, origin].add(int(year))
    return {
        child_id: AlshFacts(
            frozenset(years[child_id, AlshOrigin.ATTENDED.value]), frozenset(years[child_id, AlshOrigin.RENEWED.value])
        )
        for child_id in {child_id for child_id, _ in list(years)}
    }


@cache  # these statements take longer to write than to answer
def _alsh_query() -> CompoundSelect[Any]:
    enrolled = (
        select(shown_as().label("child_id"), t.alsh_enrolment.c.year, t.alsh_enrolment.c.origin)
        .select_from(t.alsh_enrolment)
        .join(t.child, t.child.c.id == t.alsh_enrolment.c.child_id)
        .where(t.child.c.dossier_id == bindparam("dossier"))
    )
    attended = (
        select(shown_as(), extract("year", t.booking.c.day), literal(AlshOrigin.ATTENDED.value))
        .select_from(t.booking)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
        .where(
            t.child.c.dossier_id == bindparam("dossier"),
            t.booking.c.day >= bindparam("since"),
            t.booking.c.day < bindparam("today"),
            t.booking.c.state == BookingState.CONFIRMED.value,
            t.slot.c.activity_code.in_(bindparam("alsh", expanding=True)),
            ~marked_absent(),
        )
        .distinct()
    )
    came = (
        select(shown_as(), extract("year", t.attendance.c.day), literal(AlshOrigin.ATTENDED.value))
        .select_from(t.attendance)
        .join(t.child, t.child.c.id == t.attendance.c.child_id)
        .join(t.slot, t.slot.c.id == t.attendance.c.slot_id)
        .where(
            t.child.c.dossier_id == bindparam("dossier"),
            t.attendance.c.day >= bindparam("since"),
            t.attendance.c.state.in_(CAME),
            t.slot.c.activity_code.in_(bindparam("alsh", expanding=True)),
        )
        .distinct()
    )
    return union_all(enrolled, attended, came)


def shown_as() -> ColumnElement[int]:
    """Return, in a query over `child`, the record a child is shown under: its own, unless it was merged into another."""
    return func.coalesce(t.child.c.merged_into_id, t.child.c.id)


def record_of(child_id: ColumnElement[int]) -> ScalarSelect[Any]:
    """Return, in a query that has a child's id, the record that child is shown under."""
    child = t.child.alias("as_recorded")
    shown = select(func.coalesce(child.c.merged_into_id, child.c.id)).where(child.c.id == child_id)
    return shown.correlate_except(child).scalar_subquery()


def lock_avoirs(connection: Connection, payer_ids: list[int]) -> None:
    """Lock the avoirs of these payers, whichever of a person's accounts they were given to, by id until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(_TO_LOCK, {"payers": payer_ids}).all()


def avoir_balances(connection: Connection, payer_ids: list[int]) -> dict[int, tuple[AvoirBalance, ...]]:
    """Return what is left of each payer's avoirs, those of the person's other accounts included, oldest first; without those used up."""
    rows = connection.execute(_BALANCES, {"payers": payer_ids})
    balances: defaultdict[int, list[AvoirBalance]] = defaultdict(list)
    for payer_id, avoir_id, issued_at, left in rows:
        balances[payer_id].append(AvoirBalance(avoir_id, issued_at, int(left)))
    return {payer_id: tuple(found) for payer_id, found in balances.items()}


_LEFT = left_cents().label("left_cents")
_asked, _owner = t.payer.alias("asked"), t.payer.alias("owner")
_BALANCES = (
    select(_asked.c.id, t.avoir.c.id, t.avoir.c.issued_at, _LEFT)
    .select_from(_asked)
    .join(_owner, is_of(_owner, living(_asked)))
    .join(t.avoir, t.avoir.c.payer_id == _owner.c.id)
    .where(_asked.c.id.in_(bindparam("payers", expanding=True)), left_cents() > 0)
    .order_by(t.avoir.c.issued_at, t.avoir.c.id)
)
_TO_LOCK = (
    select(t.avoir.c.id)
    .select_from(_asked)
    .join(_owner, is_of(_owner, living(_asked)))
    .join(t.avoir, t.avoir.c.payer_id == _owner.c.id)
    .where(_asked.c.id.in_(bindparam("payers", expanding=True)))
    .order_by(t.avoir.c.id)
    .with_for_update(of=t.avoir)
)


def _dossier_and_payers(connection: Connection, dossier_id: int) -> tuple[Any, list[PlanningPayer]]:
    """Return a dossier's row and its payers, the first payer first. Raises DossierUnknown."""
    rows = connection.execute(_dossier_query(), {"dossier": dossier_id}).all()
    if not rows:
        raise DossierUnknown
    by_payer: dict[int, list[Any]] = {}
    for row in rows:
        if row.id is not None:
            by_payer.setdefault(row.id, []).append(row)
    balances = avoir_balances(connection, list(by_payer))
    return rows[0], [
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


@cache
def _dossier_query() -> Select[Any]:
    return (
        select(
            t.dossier.c.number,
            t.dossier.c.label,
            t.dossier.c.archived_at,
            t.dossier.c.merged_into_id,
            t.dossier.c.erased_at,
            t.payer.c.id,
            t.payer.c.resident,
            owed_cents().label("debt_cents"),
            t.guardian.c.first_name,
            t.guardian.c.last_name,
            t.quotient_familial.c.value_cents,
            t.quotient_familial.c.valid_from_on,
            t.quotient_familial.c.valid_until_on,
        )
        .select_from(t.dossier)
        .outerjoin(t.payer, (t.payer.c.dossier_id == t.dossier.c.id) & t.payer.c.joined_into_id.is_(None))
        .outerjoin(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
        .outerjoin(t.quotient_familial, t.quotient_familial.c.payer_id == t.payer.c.id)
        .where(t.dossier.c.id == bindparam("dossier"))
        .order_by(t.payer.c.rank, t.payer.c.id, t.quotient_familial.c.id)
    )


def _children(
    connection: Connection,
    commune: Commune,
    dossier_id: int,
    today: date,
    payer_ids: list[int],
    papers: Sequence[OfPerson],
) -> list[PlanningChild]:
    rows = connection.execute(_children_query(), {"dossier": dossier_id}).all()
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
        years, seen = alsh.get(child_id, AlshFacts()), papers_for(papers, child_id)
        sites = commune.sites_for(school.school_code) if school is not None else {}
        later = {
            row.school_from: ChildFacts(
                first.first_name, commune.sites_for(row.school_code), years, seen, first.birth_on
            )
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
                ChildFacts(first.first_name, sites, years, seen, first.birth_on),
                first.meal_supplied,
                Custody(payer_ids[0] if payer_ids else 0, patterns_of(found), exceptions_of(found)),
                tuple(sorted(later.items())),
            )
        )
    return children


@cache
def _children_query() -> Select[Any]:
    child, schooling, custody = t.child, t.schooling, t.custody_pattern
    return (
        select(
            child.c.id,
            child.c.first_name,
            child.c.last_name,
            child.c.birth_on,
            child.c.meal_supplied,
            schooling.c.school_code,
            schooling.c.from_on.label("school_from"),
            *PATTERN_COLUMNS,
            *EXCEPTION_COLUMNS,
        )
        .outerjoin(schooling, schooling.c.child_id == child.c.id)
        .outerjoin(custody, custody.c.child_id == child.c.id)
        .outerjoin(t.custody_exception, EXCEPTION_COUNTS)
        .where(child.c.dossier_id == bindparam("dossier"), child.c.archived_at.is_(None))
        .order_by(child.c.birth_on, child.c.id)
    )


def in_force(rows: list[Any], column: str, today: date) -> Any | None:
    """Return the dated row that counts on a day: the latest begun, or the first to begin when none has."""
    begun = [row for row in rows if getattr(row, column) <= today]
    if begun:
        return max(begun, key=lambda row: getattr(row, column))
    return min(rows, key=lambda row: getattr(row, column), default=None)
