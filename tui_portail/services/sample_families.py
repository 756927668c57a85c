"""The real families an administrateur tries a draft of price grids on."""

from __future__ import annotations

from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import load_family
from tui_portail.services.family_finding import dossier_numbered
from tui_portail.services.rights import Right
from tui_portail.tariff_samples import SampleChild, SampleFamily, SamplePayer


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
