"""The quotients familiaux to ask for: payers at the highest price for want of a proof, by name, to call or to print for the counter."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual.binding import BindingType

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.records_list import Record
from screens.to_ask import AHEAD_DAYS, PAGE, ToAskScreen
from tui_portail.dossier_number import display
from tui_portail.services.quotients import (
    PayersPage,
    PayerToAsk,
    export_missing_quotients,
    missing_quotients,
    print_missing_quotients,
)


class MissingQuotientsScreen(ToAskScreen):
    """Who is to be asked for a quotient."""

    AREA = "quotients"
    TITLE = "Quotients à demander"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("quotients")
    COLUMNS = (
        Column("Payeur", 20, share=2),
        Column("Téléphone", 14),
        Column("Dossier", 11),
        Column("Quotient", 26, share=1),
        Column("Courriel", 20, share=2, from_width=112),
    )
    EMPTY = "Aucun quotient n’est à demander."
    HELP = (
        "Sans quotient prouvé, le tarif le plus haut s’applique aux journées réservées ; une preuve enregistrée compte à partir de sa "
        "date, les prix déjà fixés ne changent pas. La preuve s’enregistre au dossier, sur la ligne du payeur."
    )
    within_days = AHEAD_DAYS

    @gesture(group="to-ask", exclusive=True)
    async def read_list(self) -> None:
        """Read the page shown."""
        page = await self.ask(self._read)
        today = self.today
        records = [_record(one, today) for one in page.payers]
        asked = "sans quotient prouvé aujourd’hui" + (" ou d’ici un mois" if self.within_days else "")
        dossiers = {one.payer_id: one.dossier_id for one in page.payers}
        self.show_page(records, dossiers, page.total, "payeur", f"Les payeurs {asked}.")

    def _read(self) -> PayersPage:
        return missing_quotients(self.desk, within_days=self.within_days, first=self.first, most=PAGE)

    @gesture(group="print", keys_wait=False)
    async def action_print_list(self) -> None:
        """Draw the list for the counter and print it."""
        printed = await self.ask(lambda: print_missing_quotients(self.desk, within_days=self.within_days))
        self.message(printed.sentence, Kind.DONE)

    @gesture(group="print", keys_wait=False)
    async def action_export_list(self) -> None:
        """Write the list as a spreadsheet."""
        path = await self.ask(lambda: export_missing_quotients(self.desk, within_days=self.within_days))
        self.message(f"liste écrite : {path}", Kind.DONE)


def _record(one: PayerToAsk, today: date) -> Record:
    name = f"{one.last_name} {one.first_name}"
    texts = (name, one.phone, display(one.dossier_number), one.words(today), one.email)
    return Record(one.payer_id, texts)
