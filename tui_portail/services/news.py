"""The service's news: shown from a day until another, read by everybody, written by Enfance/Jeunesse; withdrawn, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from models import tables as t
from models.engine import lock_rows
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.field_checks import FormRefused
from tui_portail.instants import in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper
from tui_portail.services.rights import Right

LONGEST_TITLE = 120
LONGEST_BODY = 4_000
MOST_LISTED = 200


class NewsUnknown(PortailError):
    """There is no such piece of news, or it was withdrawn."""

    code = "ACTUALITE_INCONNUE"

    def __init__(self) -> None:
        super().__init__("Cette actualité a été retirée par un autre poste. Rien n’a été changé : la liste est relue.")


@dataclass(frozen=True, slots=True)
class NewsForm:
    """What is published: title, text, first and last day shown (Paris days, None: until it is withdrawn), before the others or not."""

    title: str
    body: str
    from_on: date
    until_on: date | None = None
    first: bool = False


class NewsState(StrEnum):
    """Whether a piece of news is shown, by the word an agent reads."""

    SHOWN = "en cours"
    COMING = "à venir"
    OVER = "passée"
    WITHDRAWN = "retirée"


@dataclass(frozen=True, slots=True)
class NewsRow:
    """A piece of news as recorded, by whom, and whether it is shown today."""

    news_id: int
    form: NewsForm
    agent_name: str
    state: NewsState


def _shown_on(today: date) -> ColumnElement[bool]:
    news = t.news.c
    return and_(
        news.withdrawn_at.is_(None), news.from_on <= today, or_(news.until_on.is_(None), news.until_on >= today)
    )


def current_news(connection: Connection, today: date) -> tuple[NewsRow, ...]:
    """Return what is shown on a day, the most important first, then the latest."""
    return _rows(connection, today, _shown_on(today))


def list_news(desk: Desk, *, past: bool = False) -> tuple[NewsRow, ...]:
    """Return the news in force and to come; with `past`, those that are over or withdrawn too. For whoever is signed in."""
    with desk.read() as connection:
        today = in_paris(desk.instant(connection)).date()
        news = t.news.c
        live = and_(news.withdrawn_at.is_(None), or_(news.until_on.is_(None), news.until_on >= today))
        return _rows(connection, today, news.id > 0 if past else live)


def _rows(connection: Connection, today: date, which: ColumnElement[bool]) -> tuple[NewsRow, ...]:
    news = t.news.c
    rows = connection.execute(
        select(t.news, t.agent.c.name.label("agent_name"))
        .join(t.agent, t.agent.c.id == news.agent_id)
        .where(which)
        .order_by(news.first.desc(), news.from_on.desc(), news.id.desc())
        .limit(MOST_LISTED)
    ).all()
    return tuple(
        NewsRow(
            row.id,
            NewsForm(row.title, row.body, row.from_on, row.until_on, row.first),
            row.agent_name,
            _state(row, today),
        )
        for row in rows
    )


def _state(row: Any, today: date) -> NewsState:
    if row.withdrawn_at is not None:
        return NewsState.WITHDRAWN
    if row.from_on > today:
        return NewsState.COMING
    return NewsState.SHOWN if row.until_on is None or row.until_on >= today else NewsState.OVER


def publish_news(desk: Desk, form: NewsForm, operation: str) -> int:
    """Publish a piece of news and return its id. Raises InvalidInput, NotAllowed."""
    form = checked_news(form)

    def work(gesture: Gesture) -> Done:
        news_id = gesture.connection.execute(
            insert(t.news)
            .values(**_values(form), recorded_at=gesture.now, agent_id=gesture.agent.agent_id)
            .returning(t.news.c.id)
        ).scalar_one()
        return Done({"id": news_id}, "news", news_id, details={"title": form.title})

    return perform(
        desk, "publier_actualite", Right.PUBLISH, operation, _content(form), work, lambda kept: int(kept["id"])
    )


def change_news(desk: Desk, news_id: int, form: NewsForm, operation: str) -> int:
    """Change a piece of news that is not withdrawn; what it said stays in the audit trail. Raises NewsUnknown, InvalidInput, NotAllowed."""
    form = checked_news(form)

    def work(gesture: Gesture) -> Done:
        before = _lock(gesture, news_id)
        gesture.connection.execute(
            update(t.news)
            .where(t.news.c.id == news_id)
            .values(**_values(form), recorded_at=gesture.now, agent_id=gesture.agent.agent_id)
        )
        details = {"before": {name: before[name] for name in _values(form)}}
        return Done({"id": news_id}, "news", news_id, details=details)

    content = [news_id, *_content(form)]
    return perform(desk, "changer_actualite", Right.PUBLISH, operation, content, work, lambda kept: int(kept["id"]))


def withdraw_news(desk: Desk, news_id: int, operation: str) -> None:
    """Show a piece of news no more. Raises NewsUnknown, NotAllowed."""

    def work(gesture: Gesture) -> Done:
        _lock(gesture, news_id)
        gesture.connection.execute(update(t.news).where(t.news.c.id == news_id).values(withdrawn_at=gesture.now))
        return Done({}, "news", news_id)

    perform(desk, "retirer_actualite", Right.PUBLISH, operation, news_id, work, lambda kept: None)


def print_news(desk: Desk) -> PrintedDocument:
    """Draw the news shown today for the wall and hand it to the printer. Raises InvalidInput when there is none, NotAllowed."""
    from receipts.news_sheet import NewsItem, NewsSheet, draw_news_sheet  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    with desk.read() as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
        shown = current_news(connection, in_paris(now).date())
    if not shown:
        raise InvalidInput("Aucune actualité n’est en cours : il n’y a rien à afficher.")
    items = tuple(NewsItem(one.form.title, one.form.body, one.form.from_on, one.form.until_on) for one in shown)
    identity = commune.identity
    sheet = NewsSheet(identity.name, identity.service, items, now, commune.policy.fictitious)
    name = f"actualites-{in_paris(now):%Y-%m-%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_news_sheet(sheet)))


def checked_news(form: NewsForm) -> NewsForm:
    """Return what is published, cleaned. Raises InvalidInput naming the field."""
    title, body = " ".join(form.title.split()), form.body.strip()
    if not title:
        raise _wrong("Donnez un titre à l’actualité.", "title")
    if len(title) > LONGEST_TITLE:
        raise _wrong(f"Le titre dépasse {LONGEST_TITLE} caractères : raccourcissez-le.", "title")
    if not body:
        raise _wrong("Écrivez le texte de l’actualité.", "body")
    if len(body) > LONGEST_BODY:
        raise _wrong(f"Le texte dépasse {LONGEST_BODY} caractères : raccourcissez-le.", "body")
    if form.until_on is not None and form.until_on < form.from_on:
        raise _wrong("Le dernier jour est avant le premier : vérifiez les deux dates.", "until_on")
    return NewsForm(title, body, form.from_on, form.until_on, form.first)


def _wrong(sentence: str, field: str) -> FormRefused:
    return FormRefused(sentence, field)


def _lock(gesture: Gesture, news_id: int) -> Mapping[str, Any]:
    lock_rows(gesture.connection, t.news, [news_id])
    row = gesture.connection.execute(select(t.news).where(t.news.c.id == news_id)).mappings().first()
    if row is None or row["withdrawn_at"] is not None:
        raise NewsUnknown
    return dict(row)


def _values(form: NewsForm) -> dict[str, Any]:
    return {
        "title": form.title,
        "body": form.body,
        "from_on": form.from_on,
        "until_on": form.until_on,
        "first": form.first,
    }


def _content(form: NewsForm) -> list[Any]:
    return list(_values(form).values())
