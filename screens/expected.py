"""« Effectifs »: the children expected by site, activity and day, the adults it takes, the list behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from screens.columns import Column
from screens.commands import bindings_of
from screens.days_screen import DaysScreen
from screens.records_list import Record
from tui_portail.french import grid_day, long_date, plural
from tui_portail.services.expected import ExpectedSlot, different_children, load_expected, same_children_words
from tui_portail.services.expected_papers import print_expected, write_expected

_WAITING = "en attente de paiement"


class ExpectedScreen(DaysScreen[ExpectedSlot]):
    """Today first, a week by `w`."""

    AREA = "expected"
    TITLE = "Effectifs"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("expected")
    COLUMNS = (
        Column("Jour", 5),
        Column("Site", 8, share=1),
        Column("Activité", 18, share=2),
        Column("Attendus", 8, right=True),
        Column("< 6", 4, right=True),
        Column("6 et +", 6, right=True),
        Column("Attente", 7, right=True),
        Column("Adultes", 7, right=True),
    )
    EMPTY = "Aucun enfant n’est attendu."
    LOAD, PRINT, WRITE = staticmethod(load_expected), staticmethod(print_expected), staticmethod(write_expected)
    HELP = (
        "Attendus : journées payées ou dues. Attente : paniers pas encore payés, qui peuvent expirer.\n"
        "Adultes : selon l’encadrement des réglages, chaque âge arrondi à l’unité supérieure. Un jour seul s’imprime avec ses listes."
    )

    def record(self, key: int, line: ExpectedSlot) -> Record:
        """Return the numbers of a site's activity."""
        ages = line.ages
        numbers = (ages.total, ages.under_six, ages.six_and_over, len(line.on_hold) or "", line.adults)
        texts = ("—" if number is None else str(number) for number in numbers)
        return Record(key, (grid_day(line.day), line.site, self.activity_words(line.activity, 18), *texts))

    def sum_words(self, lines: Sequence[ExpectedSlot]) -> str:
        """Return how many different children are expected."""
        if not lines:
            return ""
        count = plural(different_children(lines), "enfant différent", "enfants différents")
        return f"{count} en tout. {same_children_words(lines)}".rstrip()

    def line_words(self, line: ExpectedSlot) -> str:
        """Return the numbers of the line in words."""
        ages = line.ages
        said = f"{line.activity}, {line.site}, {long_date(line.day)} : {plural(ages.total, 'enfant')}"
        adults = "" if line.adults is None else f", {plural(line.adults, 'adulte')}"
        waiting = f" ; {len(line.on_hold)} {_WAITING}" if line.on_hold else ""
        return f"{said}{adults}{waiting}. Entrée : la liste."

    def full_text(self, line: ExpectedSlot) -> tuple[str, str]:
        """Return the children behind the numbers."""
        listed = [child.words for child in line.children]
        if line.on_hold:
            listed += ["", f"{_WAITING.capitalize()} :", *(child.words for child in line.on_hold)]
        return f"{line.activity} – {line.site}, {long_date(line.day)}", "\n".join(listed)
