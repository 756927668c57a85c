"""Who waits, as the desk reads it: the open entries of a family, the call list of every day, printed; what is over is shown no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, text

from models import tables as t
from models.states import OPEN_WAITING, WaitingState
from receipts.register_document import Column, Register, RegisterRow, RowKind
from tui_portail.commune import Commune
from tui_portail.dossier_number import display
from tui_portail.french import date_time_text, long_date, plural
from tui_portail.instants import in_paris
from tui_portail.payment_rules import age_on
from tui_portail.planning import CellKey
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import shown_as
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.places_reading import places_between
from tui_portail.services.rights import Right
from tui_portail.services.waiting_school import school_then
from tui_portail.site_day import Tally
from tui_portail.waiting_line import WaitingPlace, is_over, may_attend

_TITLE = "Listes d’attente"


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One child who waits: for what, since when, whom to call; `turn`: a place is free for it, to be offered now."""

    entry_id: int
    dossier_id: int
    dossier_number: str
    key: CellKey
    child: str
    age: int
    site: str
    activity: str
    day: date
    place: WaitingPlace
    phones: tuple[str, ...]
    turn: bool = False

    @property
    def slot(self) -> str:
        """The day and what is waited for."""
        return f"{long_date(self.day)}, {self.activity}, {self.site}"

    @property
    def state(self) -> str:
        """What there is to say to the family."""
        if self.place.offer_until is not None:
            return self.place.short_words
        return "place libre, à proposer" if self.turn else f"attend, {self.place.short_words}"


@dataclass(frozen=True, slots=True)
class CallList:
    """Everybody who waits at an instant, day by day, those offered a place first, then in the order they asked."""

    read_at: datetime
    lines: tuple[WaitingLine, ...]

    @property
    def has_to_offer(self) -> bool:
        """Whether places are free for somebody who waits."""
        return any(line.turn for line in self.lines)


def call_list(desk: Desk) -> CallList:
    """Return everybody who waits for a day to come that can still be booked. Raises NotAllowed."""
    with desk.read(Right.BOOK) as connection:
        return _call_list(connection, desk.commune(connection), desk.instant(connection))


def print_call_list(desk: Desk) -> PrintedDocument:
    """Draw the call list and hand it to the printer. Raises NotAllowed."""
    from receipts.register import draw_register  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    with desk.read(Right.BOOK) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
        listed = _call_list(connection, commune, now)
    columns = (
        Column("Enfant", 0.21),
        Column("Âge", 0.07),
        Column("Téléphones", 0.15),
        Column("Dossier", 0.12),
        Column("Demandé", 0.12),
        Column("Où il en est", 0.33),
    )
    register = Register(
        _TITLE,
        (f"Le {date_time_text(now)} : {plural(len(listed.lines), 'enfant')} en attente",),
        service_issuer(commune),
        now,
        columns,
        ("Premier arrivé, premier servi ; une place proposée est gardée jusqu’à son heure, puis va au suivant.",),
        orientation="portrait",
        fictitious=commune.policy.fictitious,
    )
    name = f"listes-d-attente-{in_paris(now):%Y%m%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_register(register, _rows(listed.lines))))


def _rows(lines: Iterable[WaitingLine]) -> Iterator[RegisterRow]:
    slot = ""
    for line in lines:
        if line.slot != slot:
            slot = line.slot
            yield RegisterRow((f"{slot[:1].upper()}{slot[1:]}",), RowKind.HEADING)
        asked = f"{in_paris(line.place.asked_at):%d/%m %H:%M}"
        first, *others = line.phones or ("aucun connu",)
        yield RegisterRow((line.child, plural(line.age, "an"), first, display(line.dossier_number), asked, line.state))
        for phone in others:
            yield RegisterRow(("", "", phone, "", "", ""))


def waiting_of(
    connection: Connection, commune: Commune, dossier_id: int, now: datetime, first: date, last: date | None = None
) -> dict[CellKey, WaitingPlace]:
    """Return the open entries of a dossier's children from a day to another, by cell."""
    query = _entries(now).where(t.waiting_entry.c.dossier_id == dossier_id, t.waiting_entry.c.day >= first)
    if last is not None:
        query = query.where(t.waiting_entry.c.day <= last)
    return {
        CellKey(row.child_id, row.activity_code, row.day): _place(row)
        for row in connection.execute(query)
        if not _over(row, commune, now)
    }


def _place(row: Any) -> WaitingPlace:
    offered = row.state == WaitingState.OFFERED.value
    return WaitingPlace(row.id, row.asked_at, row.rank, row.offer_until if offered else None)


def _over(row: Any, commune: Commune, now: datetime) -> bool:
    if not may_attend(commune, row.school, row.activity_code, row.site_code, age_on(row.birth_on, row.day)):
        return True
    return is_over(commune.policy, commune.calendar, row.activity_code, row.site_code, row.day, now)


def _entries(now: datetime) -> Select[Any]:
    """Return the query of the open entries, those whose offer ran out left out, each with its place in the line."""
    entry, slot, earlier = t.waiting_entry.c, t.slot.c, t.waiting_entry.alias("earlier")
    rank = (
        select(func.count() + 1)
        .where(
            text(f"earlier.{OPEN_WAITING}"),
            earlier.c.slot_id == entry.slot_id,
            earlier.c.state == WaitingState.WAITING.value,
            or_(
                earlier.c.asked_at < entry.asked_at, and_(earlier.c.asked_at == entry.asked_at, earlier.c.id < entry.id)
            ),
        )
        .scalar_subquery()
    )
    return (
        select(
            entry.id,
            entry.dossier_id,
            entry.state,
            entry.asked_at,
            entry.offer_until,
            shown_as().label("child_id"),
            t.child.c.first_name,
            t.child.c.last_name,
            t.child.c.birth_on,
            slot.site_code,
            slot.activity_code,
            slot.day,
            rank.label("rank"),
            school_then(),
        )
        .join(t.slot, slot.id == entry.slot_id)
        .join(t.child, t.child.c.id == entry.child_id)
        .where(
            text(f"waiting_entry.{OPEN_WAITING}"),
            or_(entry.state == WaitingState.WAITING.value, entry.offer_until > now),
        )
    )


def _call_list(connection: Connection, commune: Commune, now: datetime) -> CallList:
    today = in_paris(now).date()
    query = (
        _entries(now).add_columns(t.dossier.c.number).join(t.dossier, t.dossier.c.id == t.waiting_entry.c.dossier_id)
    )
    rows = [
        row for row in connection.execute(query.where(t.waiting_entry.c.day >= today)) if not _over(row, commune, now)
    ]
    order = {code: place for place, code in enumerate(commune.policy.activities)}
    rows.sort(
        key=lambda row: (
            row.day,
            row.site_code,
            order[row.activity_code],
            row.state == WaitingState.WAITING.value,
            row.asked_at,
            row.id,
        )
    )
    phones = _phones(connection, {row.dossier_id for row in rows})
    turns: set[int] = set()
    for site, day in sorted({(row.site_code, row.day) for row in rows}):
        places = places_between(connection, commune, [site], day, day, now)[site, day]
        turns.update(one.entry_id for one in Tally(places).may_be_offered())
    sites = {site.code: site.name for site in commune.sites}
    return CallList(
        now,
        tuple(
            WaitingLine(
                row.id,
                row.dossier_id,
                row.number,
                CellKey(row.child_id, row.activity_code, row.day),
                f"{row.last_name} {row.first_name}",
                age_on(row.birth_on, row.day),
                sites.get(row.site_code, row.site_code),
                commune.policy.activity(row.activity_code).label,
                row.day,
                _place(row),
                phones.get(row.dossier_id, ()),
                row.id in turns,
            )
            for row in rows
        ),
    )


def _phones(connection: Connection, dossiers: set[int]) -> dict[int, tuple[str, ...]]:
    guardian = t.guardian.c
    found: dict[int, list[str]] = {}
    query = (
        select(guardian.dossier_id, guardian.phone, guardian.phone_2)
        .where(guardian.dossier_id.in_(sorted(dossiers)))
        .order_by(guardian.id)
    )
    for dossier_id, *numbers in connection.execute(query):
        known = found.setdefault(dossier_id, [])
        known += [number for number in numbers if number and number not in known]
    return {dossier_id: tuple(numbers) for dossier_id, numbers in found.items()}
