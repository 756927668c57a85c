"""What the pointage prints: the list of a day or of a week, the sheets of badges of a site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from models.states import AttendanceState
from tui_portail.badges import badge_number
from tui_portail.instants import in_paris
from tui_portail.services.attendance_places import week_of
from tui_portail.services.attendance_sheet import AttendanceSheet, SheetLine, children_of_site, read_sheet, site_name
from tui_portail.services.desk import Desk
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey

LETTER_OF = {
    AttendanceState.PRESENT: "P",
    AttendanceState.ABSENT: "A",
    AttendanceState.JUSTIFIED: "J",
    AttendanceState.UNBOOKED: "S",
}


def print_list(desk: Desk, slot: SlotKey, *, week: bool = False) -> PrintedDocument:
    """Draw the list of a slot, or of its activity over the week, and hand it to the printer. Raises NotAllowed."""
    from receipts.attendance_list import AttendanceList, ListedChild, draw_attendance_list  # noqa: PLC0415 (reportlab)

    site, activity, day = slot
    with desk.read(Right.ATTENDANCE) as connection:
        commune, now = desk.commune(connection), desk.instant(connection)
        days = (week_of(commune, slot) if week else ()) or (day,)
        agent = desk.require()
        marks = agent.may(Right.SEE_DIET) or agent.may(Right.NUMBERS)
        sheets = [read_sheet(connection, commune, (site, activity, one), marks=marks) for one in days]
    children = tuple(
        ListedChild(line.child.name, line.child.age, line.child.class_name, ", ".join(line.child.marks), boxes)
        for line, boxes in _by_child(sheets)
    )
    fictitious = commune.policy.fictitious
    listed = AttendanceList(
        service_issuer(commune), sheets[0].site, sheets[0].activity, days, now, children, fictitious
    )
    name = f"pointage-{site}-{activity}-{days[0]:%Y-%m-%d}-{in_paris(now):%H%M%S}.pdf".lower()
    return print_paper(desk, keep_paper(desk, now, name, draw_attendance_list(listed)))


def print_badges(desk: Desk, slot: SlotKey) -> PrintedDocument:
    """Draw the badges of the children that a slot's site receives, a class after the other, and hand them to the printer.

    Raises NotAllowed.
    """
    from receipts.badges import Badge, BadgeGroup, draw_badges, short_names  # noqa: PLC0415 (reportlab)

    with desk.read(Right.ATTENDANCE) as connection:
        commune, now = desk.commune(connection), desk.instant(connection)
        children = children_of_site(connection, commune, slot)
    site = site_name(commune, slot[0])
    groups = []
    in_classes = sorted(children, key=lambda one: (one.school, one.class_name))  # by name within a class already
    for (school, class_name), found in groupby(in_classes, key=lambda one: (one.school, one.class_name)):
        those = list(found)
        names = short_names([(one.first_name, one.last_name) for one in those])
        badges = tuple(Badge(badge_number(one.child_id), name) for one, name in zip(those, names, strict=True))
        groups.append(BadgeGroup(" – ".join(part for part in (site, school, class_name) if part), badges))
    name = f"badges-{slot[0]}-{in_paris(now):%Y%m%d-%H%M%S}.pdf".lower()
    drawn = draw_badges(groups, commune.identity.name, now, fictitious=commune.policy.fictitious)
    return print_paper(desk, keep_paper(desk, now, name, drawn))


def _by_child(sheets: Sequence[AttendanceSheet]) -> list[tuple[SheetLine, tuple[str, ...]]]:
    """Return each child of some days once, by name, with what is known of each day."""
    lines: defaultdict[int, dict[date, SheetLine]] = defaultdict(dict)
    for sheet in sheets:
        for line in sheet.lines:
            lines[line.child.child_id][sheet.slot[2]] = line
    days = [sheet.slot[2] for sheet in sheets]
    found = [
        (next(iter(of_child.values())), tuple(_box(of_child.get(day)) for day in days)) for of_child in lines.values()
    ]
    return sorted(found, key=lambda one: one[0].sort_key)


def _box(line: SheetLine | None) -> str:
    from receipts.attendance_list import NOT_EXPECTED, TO_TICK  # noqa: PLC0415 (reportlab)

    if line is None:
        return NOT_EXPECTED
    if line.state is not None:
        return LETTER_OF[line.state]
    return "abs." if line.told else TO_TICK
