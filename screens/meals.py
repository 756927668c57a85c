"""« Repas à commander »: the meals of each day by menu, provisional until the freeze, then ordered with what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType

from screens.columns import Column
from screens.commands import bindings_of
from screens.days_screen import DaysScreen
from screens.records_list import Record
from tui_portail.french import date_time_text, grid_day, long_date, plural
from tui_portail.meal_counts import MENUS, NOT_SUPPLIED, MealKind, cooked, of_age, of_menu
from tui_portail.services.meal_papers import AGES, gap_words, kind_words, print_meals, write_meals
from tui_portail.services.meals import MealSheet, load_meals


class MealsScreen(DaysScreen[MealSheet]):
    """This week first, a day by `w`."""

    AREA = "meals"
    TITLE = "Repas à commander"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("meals")
    COLUMNS = (
        Column("Jour", 5),
        Column("Site", 8, share=1),
        Column("Activité", 10, share=2),
        Column("Cmdé", 4, right=True),
        Column("Écarts", 6, right=True),
        Column("Repas", 5, right=True),
        Column("< 6", 3, right=True),
        Column("S.porc", 6, right=True),
        Column("S.via.", 6, right=True),
        Column("Sans", 4, right=True),
        Column("6 et +", 6, right=True, from_width=100),
    )
    EMPTY = "Aucun repas n’est réservé pour ces jours."
    LOAD, PRINT, WRITE = staticmethod(load_meals), staticmethod(print_meals), staticmethod(write_meals)
    by_week = True
    HELP = (
        "Cmdé : ce qui a été commandé à l’arrêt (la limite et l’attente d’un panier), qui ne change plus ; « … » : provisoire.\n"
        "Écarts : repas en plus et en moins depuis. Repas : à cuisiner à ce jour. Sans : enfants accueillis sans repas fourni."
    )

    def record(self, key: int, line: MealSheet) -> Record:
        """Return the meals of a site's activity."""
        ordered = "…" if line.ordered is None else str(cooked(line.ordered))
        counts = (of_menu(line.now, menu) for menu in ("sans_porc", "sans_viande", NOT_SUPPLIED))
        texts = (
            grid_day(line.day),
            line.site,
            self.activity_words(line.activity, 10),
            ordered,
            _gaps(line),
            str(line.meals),
            *(str(number or "") for number in (of_age(line.now, under_six=True), *counts)),
            str(of_age(line.now, under_six=False) or ""),
        )
        return Record(key, texts, "$warning" if line.gaps else "")

    def sum_words(self, lines: Sequence[MealSheet]) -> str:
        """Return how many meals in all, and how many are not ordered yet."""
        if not lines:
            return ""
        provisional = sum(line.meals for line in lines if not line.frozen)
        said = plural(sum(line.meals for line in lines), "repas") + " à ce jour"
        return f"{said}, dont {provisional} provisoires." if provisional else f"{said}, commandes arrêtées."

    def line_words(self, line: MealSheet) -> str:
        """Return what the line says, in words."""
        about = f"{line.activity}, {line.site}, {long_date(line.day)} : "
        if line.ordered is None:
            waiting = f" {line.on_hold} en attente de paiement." if line.on_hold else ""
            return f"{about}provisoire, arrêt le {date_time_text(line.frozen_at)}.{waiting}"
        said = f"{about}commande de {cooked(line.ordered)} arrêtée le {date_time_text(line.frozen_at)}"
        changed = f", écarts {_gaps(line)} : {line.meals} à ce jour." if line.gaps else ", sans écart."
        return said + changed

    def full_text(self, line: MealSheet) -> tuple[str, str]:
        """Return the meals by menu and age, what changed since the order and for whom, then who eats."""
        return f"{line.activity} – {line.site}, {long_date(line.day)}", "\n".join(_full(line))


def _gaps(line: MealSheet) -> str:
    """Return « +1 −2 », empty without a meal more or less to cook."""
    parts = [f"+{line.more}" if line.more else "", f"−{line.less}" if line.less else ""]
    return " ".join(part for part in parts if part)


def _full(line: MealSheet) -> Iterator[str]:
    when = date_time_text(line.frozen_at)
    yield f"Provisoire : la commande s’arrête le {when}." if line.ordered is None else f"Commande arrêtée le {when}."
    for menu in MENUS:
        for under_six in AGES:
            kind = MealKind(menu, under_six)
            was, now = (line.ordered or {}).get(kind, 0), line.now.get(kind, 0)
            if was or now:
                ordered = "" if line.ordered is None else f"{was} → "
                yield f"  {ordered}{now} {kind_words(kind)}"
    if line.on_hold:
        yield f"  {line.on_hold} de plus en attente de paiement"
    if line.gaps:
        yield from ("", "Écarts depuis l’arrêt :")
        yield from (f"  {gap_words(gap, line.day)} ({gap.child.name})" for gap in line.gaps)
    if line.children:
        yield from ("", "Qui mange, à ce jour :")
        yield from (f"  {child.words}" for child, _ in line.children)
