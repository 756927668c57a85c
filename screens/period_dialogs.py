"""The dialogs of many days at once: the weeks kept for a child, the name of a new one, the period, and what was refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.choice_field import ChoiceField, YesNoField
from screens.commands import bindings_of
from screens.desk_screen import DeskDialog
from screens.form_fields import DateField, Field, TextField, date_text
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.plain_text import content, plain
from tui_portail.french import elide, join_words
from tui_portail.period_ticks import period_days
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.services.week_patterns import UsualWeek, keep_week, put_week_aside, usual_weeks
from tui_portail.usual_weeks import WeekDays, week_words


@dataclass(frozen=True, slots=True)
class ChildWeek:
    """A child of a dossier, the week shown on the planning, and what the activities are called."""

    dossier_id: int
    child_id: int
    first_name: str
    shown: WeekDays
    labels: Mapping[str, str]


class UsualWeeksDialog(DeskDialog[WeekDays | None]):
    """The week shown, then those kept for the child: returns the one to apply, None when given up."""

    AREA = "usual_weeks"
    TITLE = "Semaine habituelle"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("usual_weeks")
    DEFAULT_CSS = "UsualWeeksDialog OptionList { height: auto; max-height: 13; }"

    def __init__(self, child: ChildWeek) -> None:
        super().__init__()
        self.title = f"Semaine habituelle {elide('de', child.first_name)}"
        self._child = child
        self._weeks: tuple[UsualWeek, ...] = ()
        self._shows = False

    def compose_body(self) -> Iterable[Widget]:
        """What can be applied over a period."""
        yield Static(content("Choisissez la semaine à appliquer sur une période."), id="dialog-text")
        yield OptionList(id="weeks")

    def keys_line(self) -> str:
        """What can be done of a line."""
        return "Entrée : appliquer · n : garder la semaine affichée · x : mettre de côté · Échap : annuler"

    def on_mount(self) -> None:
        """Read the weeks kept."""
        self.read()

    @gesture(group="weeks", exclusive=True)
    async def read(self) -> None:
        """Read and show the weeks kept for the child."""
        self._show(await self.ask(usual_weeks, self.desk, self._child.dossier_id))

    def _show(self, weeks: Sequence[UsualWeek]) -> None:
        child = self._child
        self._weeks = tuple(week for week in weeks if week.child_id == child.child_id)
        lines = [self._line(week.name, week.days, week.gone) for week in self._weeks]
        self._shows = bool(child.shown) and all(week.days != child.shown for week in self._weeks)
        if self._shows:
            lines.insert(0, self._line("La semaine affichée", child.shown))
        options = self.query_one("#weeks", OptionList)
        options.set_options(Option(line) for line in lines)
        if lines:
            options.highlighted = 1 if self._shows and self._weeks else 0
            options.focus()
        else:
            self.message("rien n’est coché ni réservé cette semaine, et aucune semaine n’est gardée.", Kind.INFO)

    def _line(self, name: str, days: WeekDays, gone: Sequence[str] = ()) -> Content:
        words = [week_words(days, self._child.labels)] if days else []
        if gone:
            words.append(f"sans {join_words(gone)}, que la commune ne propose plus : gardez la semaine de nouveau")
        return Content.assemble((plain(name), "bold"), "\n  ", plain(" ; ".join(words)))

    @property
    def _chosen(self) -> UsualWeek | None:
        """The kept week under the cursor, None on the week shown."""
        place = self.query_one("#weeks", OptionList).highlighted
        at = -1 if place is None else place - self._shows
        return self._weeks[at] if 0 <= at < len(self._weeks) else None

    @on(OptionList.OptionSelected)
    def _apply(self) -> None:
        chosen = self._chosen
        if chosen is not None and not chosen.days:
            self.message("la commune ne propose plus rien de cette semaine : mettez-la de côté (x).", Kind.REFUSED)
            return
        self.dismiss(self._child.shown if chosen is None else chosen.days)

    @gesture(group="keep")
    async def action_keep(self) -> None:
        """Keep the week shown under a name."""
        if not self._child.shown:
            self.message(
                "rien n’est coché ni réservé cette semaine : cochez d’abord la semaine à garder.", Kind.REFUSED
            )
            return
        weeks = await self.app.push_screen_wait(WeekNameDialog(self._child))
        if weeks is not None:
            self._show(weeks)
            self.message("semaine gardée.")

    @gesture(group="aside")
    async def action_put_aside(self) -> None:
        """Show a week no more."""
        chosen, dossier_id, desk = self._chosen, self._child.dossier_id, self.desk
        if chosen is None:
            self.message("choisissez une semaine gardée, à mettre de côté.", Kind.REFUSED)
            return
        self._show(
            await self.send("aside", lambda operation: put_week_aside(desk, dossier_id, chosen.pattern_id, operation))
        )
        self.message(f"« {chosen.name} » est mise de côté ; les journées réservées restent.")


class WeekNameDialog(FormDialog[tuple[UsualWeek, ...] | None]):
    """Asks for the name of the week shown and keeps it; one of the same name is replaced."""

    TITLE = "Garder la semaine affichée"
    WIDE_LABELS = True

    def __init__(self, child: ChildWeek) -> None:
        super().__init__()
        self._child = child

    def compose_body(self) -> Iterable[Widget]:
        """The week, then its name."""
        yield Static(content(week_words(self._child.shown, self._child.labels)), id="dialog-text")
        yield from super().compose_body()

    def form_fields(self) -> Iterable[Field]:
        """Return the name."""
        return [TextField("name", "Nom", "Semaine d’école", proposed=True)]

    async def save(self, values: dict[str, object]) -> tuple[UsualWeek, ...]:
        """Keep it."""
        child, desk, name = self._child, self.desk, str(values["name"])
        return await self.send(
            "keep", lambda operation: keep_week(desk, child.dossier_id, child.child_id, name, child.shown, operation)
        )


@dataclass(frozen=True, slots=True)
class Period:
    """The days a week or a sibling's days are applied over, both included; `of` is the choice made of the dialog's own question."""

    first: date
    last: date
    siblings: bool = False
    of: object = None


class PeriodDialog(FormDialog[Period | None]):
    """Asks from which day to which; the ends proposed are the next holidays, then the end of the school year."""

    WIDE_LABELS = True

    def __init__(
        self,
        title: str,
        words: str,
        calendar: SchoolCalendar,
        first: date,
        ends: Sequence[tuple[date, str]],
        *,
        siblings: bool = False,
        question: tuple[str, Sequence[tuple[object, str]]] | None = None,
    ) -> None:
        super().__init__()
        self.title = title
        self._words = words
        self._calendar = calendar
        self._first = first
        self._ends = tuple(ends)
        self._siblings = siblings
        self._question = question

    def compose_body(self) -> Iterable[Widget]:
        """What will be applied, then the days."""
        yield Static(content(self._words), id="dialog-text")
        yield from super().compose_body()

    def form_fields(self) -> Iterable[Field]:
        """Return the question if any, the days, whether brothers and sisters follow."""
        fields: list[Field] = []
        if self._question is not None:
            label, choices = self._question
            fields.append(ChoiceField("of", label, choices, choices[0][0]))
        ends: list[tuple[object, str]] = [(day, f"{words}, le {date_text(day)}") for day, words in self._ends]
        fields += [
            DateField("first", "Du", self.today, self._first, proposed=True),
            ChoiceField("end", "Jusqu’à", [*ends, (None, "un autre jour")], self._ends[0][0]),
            DateField("last", "Au", self.today, self._ends[0][0], proposed=True),
        ]
        if self._siblings:
            fields.append(YesNoField("siblings", "Fratrie aussi"))
        return fields

    @on(Field.Changed)
    def _end_chosen(self, event: Field.Changed) -> None:
        end, last = self.form.field("end"), self.form.field("last")
        if end is None or last is None:
            return
        if event.field is end and isinstance(end.value, date):
            last.hold(date_text(end.value))
            last.say_wrong("")
        elif event.field is last and last.has_focus_within:
            end.hold(None)

    async def save(self, values: dict[str, object]) -> Period:
        """Check the days; what is over is left out."""
        first, last = values["first"], values["last"]
        first = first if isinstance(first, date) else self._first
        last = last if isinstance(last, date) else self._ends[0][0]
        first, last = period_days(self._calendar, first, last, self.today)
        return Period(first, last, bool(values.get("siblings")), values.get("of"))

    def keys_line(self) -> str:
        """Say how to go on."""
        return "Entrée : champ suivant · F10 : cocher ces jours · Échap : annuler"
