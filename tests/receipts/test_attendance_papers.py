"""The list and the badges of a site, drawn from values and read back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from receipts.attendance_list import NOT_EXPECTED, TO_TICK, AttendanceList, ListedChild, draw_attendance_list
from receipts.badges import Badge, BadgeGroup, draw_badges, short_names
from receipts.documents import Issuer
from receipts.menu_poster import MenuPoster, PosterDay, draw_menu_poster
from receipts.news_sheet import NewsSheet, draw_news_sheet
from tui_portail.badges import badge_number

ISSUER = Issuer("Mairie de Clapiers", ("34830 Clapiers",), "Service Enfance/Jeunesse")
NOW = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
WEEK = tuple(date(2026, 11, 30 + step) if step == 0 else date(2026, 12, step) for step in (0, 1, 3, 4))
LONG = ListedChild("DE LA ROCHEFOUCAULD-MONTMORENCY Anne-Charlotte", 7, "CE1 bleue", "PAI, sans porc", (TO_TICK,) * 4)


def listed(count: int = 1, days: tuple[date, ...] = WEEK) -> AttendanceList:
    children = tuple(replace(LONG, name=f"{LONG.name} {place}", days=LONG.days[: len(days)]) for place in range(count))
    return AttendanceList(ISSUER, "Harmonie", "ALP soir", days, NOW, children)


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_a_hundred_and_twenty_children_go_on_numbered_pages_with_the_columns_on_each() -> None:
    read = pages(draw_attendance_list(listed(120)))
    assert all(
        "Émargement" in page and f"page {number}/{len(read)}" in page for number, page in enumerate(read, start=1)
    )
    whole = " ".join(read)
    assert all(f"Charlotte {place} " in whole for place in range(120))
    assert "120 enfants à pointer" in read[0]


def test_the_same_list_gives_the_same_bytes_and_an_empty_one_leaves_lines_to_write_on() -> None:
    assert draw_attendance_list(listed()) == draw_attendance_list(listed())
    [empty] = pages(draw_attendance_list(listed(0, WEEK[:1])))
    assert "Personne à pointer" in empty and "Lundi 30 novembre 2026" in empty
    with pytest.raises(ValueError, match="each child"):
        replace(listed(), children=(replace(LONG, days=(NOT_EXPECTED,)),))


def test_short_names_say_as_little_as_tells_children_apart() -> None:
    names = [
        ("Inès", "Dupont"),
        ("Inès", "Durand"),
        ("Inès", "Dupuis"),
        ("Noé", "Li"),
        ("Éva", "Petit"),
        ("Éva", "Petit"),
    ]
    assert short_names(names) == ("Inès Dupo.", "Inès Dur.", "Inès Dupu.", "Noé L.", "Éva Petit", "Éva Petit")
    assert short_names([("Noé", "")]) == ("Noé",)
    assert short_names([("Côme", "de Saint-Exupéry"), ("Léa", "d’Alembert")]) == ("Côme S.", "Léa A.")
    assert short_names([("Inès", "Le Goff"), ("Zoé", "de la")]) == ("Inès L.", "Zoé d.")


def test_an_examples_papers_say_so_wherever_they_are_printed() -> None:
    badges = [BadgeGroup("Harmonie – CE1", (Badge(badge_number(1), "Zoé B."),))]
    days = (PosterDay(WEEK[0], ()),)
    for fictitious in (True, False):
        drawn = (
            draw_attendance_list(replace(listed(), fictitious=fictitious)),
            draw_badges(badges, "Mairie de Clapiers", NOW, fictitious=fictitious),
            draw_news_sheet(NewsSheet("Clapiers", "Enfance", (), NOW, fictitious)),
            draw_menu_poster(MenuPoster("Clapiers", "Enfance", "", days, NOW, fictitious)),
        )
        assert [all("FICTIF" in page for page in pages(pdf)) for pdf in drawn] == [fictitious] * 4


def test_badges_bear_their_number_and_a_class_begins_a_page() -> None:
    classes = [
        BadgeGroup("Harmonie – CE1", tuple(Badge(badge_number(one), f"Enfant {one} A.") for one in range(1, 26))),
        BadgeGroup("Harmonie – CE2", (Badge(badge_number(26), "Zoé B."),)),
    ]
    pdf = draw_badges(classes, "Mairie de Clapiers", NOW)
    assert pdf == draw_badges(classes, "Mairie de Clapiers", NOW)
    first, second, third = pages(pdf)
    assert "Harmonie – CE1" in first and "Harmonie – CE1" in second and "CE2" in third
    assert sum(f"Enfant {one} A." in first for one in range(1, 26)) == 21
    for one in range(1, 26):
        number = badge_number(one)
        assert f"{number[:-2]} {number[-2:]}" in first + second
    assert pages(draw_badges([], "Mairie de Clapiers", NOW)) == ["Aucun enfant"]
