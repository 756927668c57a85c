"""What the service publishes: menus and news, written by Enfance/Jeunesse, read by whoever is signed in."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, paris
from tests.tui_portail.services.desk_acts import set_time
from tui_portail.errors import InvalidInput
from tui_portail.menus import EVERYWHERE, Course, DayMenu, Dish
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.menus import print_week, record_menus, week_menus
from tui_portail.services.news import (
    NewsForm,
    NewsState,
    NewsUnknown,
    change_news,
    list_news,
    print_news,
    publish_news,
    withdraw_news,
)
from tui_portail.services.rights import NotAllowed, Role

TUESDAY, THURSDAY = date(2026, 12, 1), date(2026, 12, 3)
PIZZA = DayMenu(THURSDAY, EVERYWHERE, (Dish(Course.MAIN, "Pizza", ("gluten", "lait")),))
STRIKE = NewsForm("Grève du 3", "Le site <Mélodie> ferme.\nLes familles sont prévenues.", date(2026, 12, 2), THURSDAY)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, Role.ENFANCE, documents_dir=tmp_path)


def states(desk: Desk, *, past: bool = False) -> list[tuple[str, NewsState]]:
    return [(row.form.title, row.state) for row in list_news(desk, past=past)]


def test_a_site_s_menu_takes_the_place_of_that_of_all_on_its_day(desk: Desk) -> None:
    own = DayMenu(THURSDAY, "MELODIE", (Dish(Course.MAIN, "Quiche", ("lait",)),), "Goûter offert")
    record_menus(desk, [PIZZA, own], new_operation())
    assert week_menus(desk, TUESDAY).on(THURSDAY) == PIZZA
    assert week_menus(desk, TUESDAY, "MELODIE").on(THURSDAY) == own
    assert week_menus(desk, TUESDAY, "HARMONIE").on(THURSDAY) == PIZZA
    record_menus(desk, [replace(own, dishes=(), note="")], new_operation())
    assert week_menus(desk, TUESDAY, "MELODIE").on(THURSDAY) == PIZZA


def test_a_day_recorded_again_is_replaced_whole_and_the_same_gesture_does_it_once(desk: Desk) -> None:
    operation = new_operation()
    record_menus(desk, [PIZZA], operation)
    record_menus(desk, [PIZZA], operation)
    soup = replace(PIZZA, dishes=(Dish(Course.STARTER, "Soupe"),))
    record_menus(desk, [soup], new_operation())
    assert week_menus(desk, THURSDAY).on(THURSDAY) == soup
    with desk.database.read() as connection:
        assert (
            len(connection.execute(select(t.audit_event).where(t.audit_event.c.gesture == "enregistrer_menus")).all())
            == 2
        )


def test_the_week_s_poster_says_each_day_s_dishes_and_allergens(desk: Desk) -> None:
    record_menus(desk, [PIZZA], new_operation())
    text = " ".join(PdfReader(print_week(desk, TUESDAY).path).pages[0].extract_text().split())
    assert "Menus du lundi 30 novembre 2026 au vendredi 4 décembre 2026" in text
    assert "Jeudi 3" in text
    assert "Pizza gluten, lait" in text


def test_news_is_shown_from_its_first_day_to_its_last(desk: Desk) -> None:
    publish_news(desk, STRIKE, new_operation())
    assert states(desk) == [("Grève du 3", NewsState.COMING)]
    with pytest.raises(InvalidInput, match="rien à afficher"):
        print_news(desk)
    for day, state in (("2026-12-02 00:00", NewsState.SHOWN), ("2026-12-03 23:59", NewsState.SHOWN)):
        set_time(desk, paris(day))
        assert states(desk) == [("Grève du 3", state)]
    text = " ".join(PdfReader(print_news(desk).path).pages[0].extract_text().split())
    assert "Le site <Mélodie> ferme. Les familles sont prévenues." in text
    set_time(desk, paris("2026-12-04 00:00"))
    assert states(desk) == []
    assert states(desk, past=True) == [("Grève du 3", NewsState.OVER)]


def test_news_changed_says_the_new_text_and_withdrawn_says_nothing_more(desk: Desk) -> None:
    news_id = publish_news(desk, STRIKE, new_operation())
    change_news(desk, news_id, replace(STRIKE, title="Grève levée", first=True), new_operation())
    assert [row.form.title for row in list_news(desk)] == ["Grève levée"]
    withdraw_news(desk, news_id, new_operation())
    assert states(desk) == []
    assert states(desk, past=True) == [("Grève levée", NewsState.WITHDRAWN)]
    with pytest.raises(NewsUnknown):
        change_news(desk, news_id, STRIKE, new_operation())


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (replace(STRIKE, title="  "), "title"),
        (replace(STRIKE, body="\n"), "body"),
        (replace(STRIKE, until_on=date(2026, 12, 1)), "until_on"),
        (replace(STRIKE, title="x" * 121), "title"),
    ],
)
def test_news_that_cannot_be_shown_is_refused_beside_its_field(desk: Desk, form: NewsForm, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        publish_news(desk, form, new_operation())
    assert getattr(refused.value, "field", "") == field


@pytest.mark.parametrize("role", [Role.COMPTABILITE, Role.REGISSEUR, Role.ADMINISTRATEUR, Role.SITE])
def test_whoever_is_signed_in_reads_and_only_enfance_publishes(desk: Desk, role: Role) -> None:
    record_menus(desk, [PIZZA], new_operation())
    news_id = publish_news(desk, STRIKE, new_operation())
    other = a_desk(desk.database, role, documents_dir=desk.documents_dir)
    assert week_menus(other, TUESDAY).on(THURSDAY) == PIZZA
    assert len(list_news(other)) == 1
    for gesture in (
        lambda: record_menus(other, [PIZZA], new_operation()),
        lambda: publish_news(other, STRIKE, new_operation()),
        lambda: change_news(other, news_id, STRIKE, new_operation()),
        lambda: withdraw_news(other, news_id, new_operation()),
    ):
        with pytest.raises(NotAllowed):
            gesture()
