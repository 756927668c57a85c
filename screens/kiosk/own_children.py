"""« Mes enfants » : school, class, ALSH dossier, the days booked next. Nothing of health, nothing of the other parent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import plain
from tui_portail.french import short_date

if TYPE_CHECKING:
    from tui_portail.services.portal_records import OwnChild


class OwnChildrenPage(KioskScreen):
    """The children of the dossier."""

    TITLE = "Mes enfants"
    HELP = "Pour corriger quelque chose, ou renouveler un dossier ALSH, adressez-vous au service Enfance/Jeunesse."

    def compose_page(self) -> Iterable[Widget]:
        """The text, once read."""
        yield Static("", id="children", classes="paragraph", markup=False)

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read them."""
        from tui_portail.services.portal_records import own_children  # noqa: PLC0415

        children = await self.ask(own_children, self.portal)
        parts: list[str | tuple[str, str]] = []
        for child in children:
            parts += [(f"{plain(child.first_name)}\n", "bold"), plain("\n".join(child_lines(child))), "\n\n"]
        self.query_one("#children", Static).update(Content.assemble(*(parts or ["Aucun enfant dans votre dossier."])))


def child_lines(child: OwnChild) -> list[str]:
    """Return what there is to say of a child, one fact a line."""
    school = ", ".join(filter(None, dict.fromkeys((child.school, child.class_name, child.level))))
    lines = [school or "École non renseignée"]
    years = " et ".join(str(year) for year in child.alsh_years)
    lines.append(f"Dossier ALSH valable pour {years}" if years else "Dossier ALSH à renouveler")
    if not child.next_days:
        return [*lines, "Aucune journée réservée par vous."]
    lines.append("Vos prochaines journées :")
    days: dict[str, list[str]] = {}
    for day in child.next_days:
        said = day.label if day.paid else f"{day.label} (pas encore payé)"
        days.setdefault(short_date(day.day), []).append(said)
    return [*lines, *(f"  {day} : {', '.join(found)}" for day, found in days.items())]
