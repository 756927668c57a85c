"""The service's news: what is shown and to come, read in full, published, changed, withdrawn, printed for the wall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, cast

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from screens.bars import Kind
from screens.choice_field import YesNoField
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog, TextDialog
from screens.form_fields import DateField, Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from screens.text_area_field import TextAreaField
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.french import long_date
from tui_portail.services.news import (
    NewsForm,
    NewsRow,
    NewsState,
    NewsUnknown,
    change_news,
    list_news,
    print_news,
    publish_news,
    withdraw_news,
)

_COLUMNS = (
    Column("État", 8),
    Column("Titre", 30, share=2),
    Column("Du", 10),
    Column("Au", 10),
    Column("Par", 14, share=1, from_width=100),
)
_STYLES = {NewsState.COMING: "$accent", NewsState.OVER: "$text-muted", NewsState.WITHDRAWN: "$text-muted"}


class NewsScreen(ReadForAgent):
    """One line a piece of news. Whoever is signed in reads them; Enfance/Jeunesse writes them."""

    AREA = "news"
    TITLE = "Actualités"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("news")
    HELP = (
        "Une actualité est montrée du premier au dernier jour, compris ; sans dernier jour, jusqu’à ce qu’on la retire."
    )

    def __init__(self) -> None:
        super().__init__()
        self._past = False
        self._rows: dict[int, NewsRow] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield RecordsList(_COLUMNS, id="news", empty="Aucune actualité en cours ni à venir. n : en publier une.")

    def read(self) -> None:
        """Read the news."""
        self.read_news()

    def forget(self) -> None:
        """Nothing here is reserved: the next agent reads the same."""

    @property
    def chosen(self) -> NewsRow | None:
        """The piece of news under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._rows.get(key)

    @gesture(group="news", exclusive=True)
    async def read_news(self) -> None:
        """Read what is shown and to come, and the rest when asked."""
        found = await self.ask(list_news, self.desk, past=self._past)
        self._rows = {row.news_id: row for row in found}
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in found])
        if self.focused is None:
            records.lines.focus()

    def refused(self, error: PortailError) -> None:
        """Say it; one withdrawn elsewhere leaves the list."""
        super().refused(error)
        if isinstance(error, NewsUnknown):
            self.read_news()

    def action_toggle_past(self) -> None:
        """Show those over and withdrawn too, or no more."""
        self._past = not self._past
        self.message("les passées et les retirées sont montrées aussi." if self._past else "")
        self.read_news()

    @on(OptionList.OptionSelected)
    @gesture(group="open")
    async def action_open_news(self) -> None:
        """Read the text; whoever publishes changes it."""
        if (row := self.chosen) is None:
            return
        if not self.may("PUBLISH") or row.state is NewsState.WITHDRAWN:
            await self.app.push_screen_wait(TextDialog(row.form.title, f"{_dates(row.form)}\n\n{row.form.body}"))
            return
        if await self.app.push_screen_wait(NewsDialog(self.today, row)):
            self.message("actualité modifiée.", Kind.DONE)
            self.read_news()

    @gesture(group="publish")
    async def action_publish(self) -> None:
        """Write a piece of news."""
        if await self.app.push_screen_wait(NewsDialog(self.today)):
            self.message("actualité publiée.", Kind.DONE)
            self.read_news()

    @gesture(group="withdraw")
    async def action_withdraw(self) -> None:
        """Show the piece of news no more, once confirmed."""
        if (row := self.chosen) is None or row.state is NewsState.WITHDRAWN:
            return
        lines = (row.form.title, "Elle ne sera plus montrée ; elle reste dans la liste des passées.")
        if await self.app.push_screen_wait(ConfirmDialog("Retirer l’actualité", lines, yes="Retirer")):
            desk, news_id = self.desk, row.news_id
            await self.send(f"withdraw-{news_id}", lambda operation: withdraw_news(desk, news_id, operation))
            self.message("actualité retirée.", Kind.DONE)
            self.read_news()

    @gesture(group="print", keys_wait=False)
    async def action_print(self) -> None:
        """Draw what is shown today for the wall and print it."""
        printed = await self.ask(print_news, self.desk)
        self.message(printed.sentence, Kind.DONE)


class NewsDialog(FormDialog[bool | None]):
    """The title, the days, the text."""

    WIDE_LABELS = True
    DEFAULT_CSS = "NewsDialog Form { max-height: 16; } NewsDialog FieldGrid.-one .editor { margin-left: 14; }"

    def __init__(self, today: date, row: NewsRow | None = None) -> None:
        super().__init__()
        self.title = "Modifier l’actualité" if row else "Publier une actualité"
        self._today, self._row = today, row

    def form_fields(self) -> Iterable[Field]:
        """The fields, the text last."""
        form = self._row.form if self._row else NewsForm("", "", self._today)
        yield TextField("title", "Titre", form.title)
        yield DateField("from_on", "Montrée du", self._today, form.from_on, judge=_given, proposed=True)
        yield DateField("until_on", "Au (compris)", self._today, form.until_on)
        yield YesNoField("first", "En tête", form.first)
        yield TextAreaField("body", "Texte", form.body)

    def keys_line(self) -> str:
        """Enter begins a line in the text."""
        return "Tab : champ suivant · F10 : publier · Échap : annuler"

    async def save(self, values: dict[str, object]) -> bool:
        """Publish it, or change it."""
        form = NewsForm(
            str(values["title"]),
            str(values["body"]),
            cast(date, values["from_on"]),
            cast("date | None", values["until_on"]),
            bool(values["first"]),
        )
        desk, row = self.desk, self._row
        if row is None:
            await self.send(f"publish-{form}", lambda operation: publish_news(desk, form, operation))
        else:
            await self.send(f"change-{form}", lambda operation: change_news(desk, row.news_id, form, operation))
        return True


def _given(day: object) -> object:
    if day is None:
        raise InvalidInput("Donnez le premier jour où l’actualité est montrée.")
    return day


def _dates(form: NewsForm) -> str:
    until = f" au {long_date(form.until_on)}" if form.until_on else ", jusqu’à ce qu’elle soit retirée"
    return f"Du {long_date(form.from_on)}{until}"


def _record(row: NewsRow) -> Record:
    form = row.form
    until = f"{form.until_on:%d/%m/%Y}" if form.until_on else "—"
    title = f"! {form.title}" if form.first else form.title
    texts = (row.state.value, title, f"{form.from_on:%d/%m/%Y}", until, row.agent_name)
    return Record(row.news_id, texts, _STYLES.get(row.state, ""))
