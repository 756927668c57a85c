"""Recording a commune's price grids from the screen, and the real families its administrateur tries them on.

A price is stored with each day booked: grids recorded now are those of the days booked from now on, whatever their dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui_portail.commune_files import to_document
from tui_portail.decision import Decision
from tui_portail.errors import PortailError
from tui_portail.french import plural
from tui_portail.price_grids import PriceGrid
from tui_portail.price_periods import check_prices
from tui_portail.services.commune_settings import CommuneSettings, RecordedSettings, change_commune
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import load_family
from tui_portail.services.family_finding import dossier_numbered
from tui_portail.services.rights import Right
from tui_portail.tariff_samples import SampleChild, SampleFamily, SamplePayer

SOURCE = "Tarifs"


class TariffsRefused(PortailError):
    """A set of grids with a hole, an overlap or a price that falls; `refusals` are all there are."""

    code = "TARIFS_REFUSES"

    def __init__(self, refusals: Sequence[Decision]) -> None:
        others = len(refusals) - 1
        more = f" Et {plural(others, 'autre')} à corriger ensuite." if others else ""
        super().__init__(f"{refusals[0].sentence}{more}", source=refusals[0].source)
        self.refusals = tuple(refusals)


def record_grids(
    desk: Desk, settings: CommuneSettings, grids: Sequence[PriceGrid], reason: str, operation: str
) -> RecordedSettings:
    """Record these grids as those of the commune, in place of those of `settings`; days already booked keep their price.

    Raises TariffsRefused, CommuneChanged when the set-up was changed since it was read, InvalidInput, NotAllowed.
    """
    commune = replace(settings.commune, grids=tuple(grids))
    if refusals := check_prices(commune):
        raise TariffsRefused(refusals)
    return change_commune(desk, settings.version, to_document(commune), SOURCE, reason, operation)


def read_sample_family(desk: Desk, number: str) -> SampleFamily:
    """Return a real family as prices see it, by its dossier's number; « accueil sans repas fourni » only for who may see it.

    Raises InvalidInput, DossierUnknown and the like, NotAllowed without both the settings and the dossiers.
    """
    dossier_id = dossier_numbered(desk, number)
    with desk.read(Right.SETTINGS, Right.SEARCH) as connection:
        family = load_family(connection, desk.commune(connection), dossier_id, desk.instant(connection))
    sees_diet = desk.require().may(Right.SEE_DIET)
    return SampleFamily(
        family.label,
        tuple(
            SampleChild(child.first_name, child.rank, child.meal_supplied or not sees_diet) for child in family.children
        ),
        tuple(SamplePayer(payer.name, payer.resident, payer.quotients) for payer in family.payers),
    )
