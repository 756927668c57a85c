"""The papers to ask for, family by family, of one kind or one site when asked; Enter opens the dossier, i its papers."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from screens.columns import Column
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.records_list import Record
from screens.to_ask import PAGE, ToAskScreen
from tui_portail.dossier_number import display
from tui_portail.french import join_words
from tui_portail.services.desk import Desk
from tui_portail.services.missing_papers import FamilyToAsk, MissingPage, missing_papers

_Choice = tuple[str, str]
_EVERY: _Choice = ("", "")


class MissingPapersScreen(ToAskScreen):
    """What is to be asked of which family."""

    AREA = "missing_papers"
    TITLE = "Pièces manquantes"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("missing_papers")
    COLUMNS = (
        Column("Famille", 14, share=1),
        Column("Dossier", 11),
        Column("Téléphone", 14),
        Column("À demander", 24, share=3),
    )
    EMPTY = "Aucune pièce ne manque."
    HELP = (
        "Les pièces obligatoires qui ne sont pas valables aujourd’hui, pour les familles dont un enfant est inscrit.\n"
        "t : une sorte de pièce · s : un site · m : celles qui expirent d’ici un mois aussi · i : les pièces de la famille."
    )

    def __init__(self) -> None:
        super().__init__()
        self._kinds: tuple[_Choice, ...] = (_EVERY,)
        self._sites: tuple[_Choice, ...] = (_EVERY,)
        self._kind = self._site = 0

    @gesture(group="to-ask", exclusive=True)
    async def read_list(self) -> None:
        """Read the page shown."""
        self._kinds, self._sites = await self.ask(_choices, self.desk)
        kind, site = self._kinds[self._kind % len(self._kinds)], self._sites[self._site % len(self._sites)]
        page = await self.ask(self._read, kind[0], site[0])
        records = [_record(family) for family in page.families]
        asked = [
            kind[1] or "Toutes les pièces",
            site[1] or "tous les sites",
            "d’ici un mois" if self.within_days else "aujourd’hui",
        ]
        dossiers = {family.dossier_id: family.dossier_id for family in page.families}
        self.show_page(records, dossiers, page.total, "famille", f"{', '.join(asked)}.")

    def _read(self, kind: str, site: str) -> MissingPage:
        return missing_papers(
            self.desk, within_days=self.within_days, kind=kind, site=site, first=self.first, most=PAGE
        )

    def action_next_kind(self) -> None:
        """Keep the next kind of paper, then all of them."""
        self._kind = (self._kind + 1) % len(self._kinds)
        self.ask_anew()

    def action_next_site(self) -> None:
        """Keep the next site, then all of them."""
        self._site = (self._site + 1) % len(self._sites)
        self.ask_anew()

    def action_open_papers(self) -> None:
        """Open the papers of the family chosen."""
        if (dossier_id := self.chosen_dossier) is not None:
            self.portail.open("family_papers", dossier_id)


def _choices(desk: Desk) -> tuple[tuple[_Choice, ...], tuple[_Choice, ...]]:
    commune = desk.commune()
    kinds = tuple((rule.code, rule.label) for rule in commune.policy.papers if rule.required)
    return (_EVERY, *kinds), (_EVERY, *((site.code, site.name) for site in commune.sites))


def _record(family: FamilyToAsk) -> Record:
    whose: dict[str, list[str]] = {}
    for paper in family.papers:
        whose.setdefault(paper.label, []).extend([paper.whose] if paper.whose else [])
    words = " · ".join(f"{label} ({join_words(names)})" if names else label for label, names in whose.items())
    return Record(family.dossier_id, (family.label, display(family.number), family.phone, words))
