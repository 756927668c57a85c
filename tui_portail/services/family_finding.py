"""Naming a family in a command: its number as typed, one of its guardians by name."""

from __future__ import annotations

from sqlalchemy import select

from models import tables as t
from tui_portail.dossier_number import compact, is_number
from tui_portail.errors import InvalidInput
from tui_portail.folding import words_of
from tui_portail.french import join_words
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import DossierUnknown
from tui_portail.services.identities import person_name
from tui_portail.services.rights import Right


def dossier_numbered(desk: Desk, typed: str) -> int:
    """Return the id of the dossier of this number. Raises InvalidInput when it is none, DossierUnknown, NotAllowed."""
    if not is_number(typed):
        raise InvalidInput(
            f"« {typed[:30]} » n’est pas un numéro de dossier : neuf chiffres, comme sur le courrier de la famille."
        )
    with desk.read(Right.SEARCH) as connection:
        dossier_id = connection.scalar(select(t.dossier.c.id).where(t.dossier.c.number == compact(typed)))
    if dossier_id is None:
        raise DossierUnknown(typed)
    return int(dossier_id)


def guardian_named(desk: Desk, dossier_id: int, typed: str) -> int:
    """Return the id of the one guardian whose name holds every word typed. Raises InvalidInput, which names those there are; NotAllowed."""
    with desk.read(Right.GIVE_DATA) as connection:
        guardians = connection.execute(
            select(t.guardian).where(t.guardian.c.dossier_id == dossier_id).order_by(t.guardian.c.id)
        ).all()
    words = set(words_of(typed))
    found = [one for one in guardians if words and words <= {*words_of(one.first_name), *words_of(one.last_name)}]
    if len(found) != 1:
        known = join_words([person_name(one.first_name, one.last_name) for one in guardians])
        raise InvalidInput(f"Donnez par --responsable un seul responsable du dossier : {known}.")
    return int(found[0].id)
