"""Registering a family at the Enfance/Jeunesse desk: a dossier with its number, guardians, payers and children, in one gesture."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from models import tables as t
from tui_portail.dossier_number import display, draw_number
from tui_portail.errors import PortailError
from tui_portail.family_forms import FamilyForm, checked
from tui_portail.services.desk import Desk
from tui_portail.services.family_records import dossier_label, today_of
from tui_portail.services.family_writing import write_family
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right
from tui_portail.services.search_index import index_dossier

DRAWS = 20
NOBODY = FamilyForm((), ())


class NumbersExhausted(PortailError):
    """No free dossier number was drawn."""

    code = "NUMEROS_EPUISES"


@dataclass(frozen=True, slots=True)
class RegisteredFamily:
    """A dossier just opened. `number` is the nine digits, without spaces."""

    dossier_id: int
    number: str


def register_family(
    desk: Desk, form: FamilyForm, operation: str, below: Callable[[int], int] = secrets.randbelow
) -> RegisteredFamily:
    """Open a dossier for a family that is not connected. `below` draws the number (a test or the demo gives its own chance).

    Raises FormRefused (nothing typed is lost), RenewalRefused, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        family = checked(form, today_of(gesture))
        number = _free_number(gesture.connection, below)
        dossier_id = int(
            gesture.connection.execute(
                insert(t.dossier)
                .values(
                    number=number,
                    label=dossier_label([guardian.last_name for guardian in family.guardians]),
                    created_at=gesture.now,
                    version=1,
                )
                .returning(t.dossier.c.id)
            ).scalar_one()
        )
        write_family(gesture, dossier_id, family, NOBODY)
        index_dossier(gesture.connection, dossier_id)
        return Done(
            {"dossier_id": dossier_id, "number": number},
            "dossier",
            dossier_id,
            dossier_id,
            details={"reference": display(number), "children": len(family.children)},
        )

    def answer(kept: Mapping[str, Any]) -> RegisteredFamily:
        return RegisteredFamily(**kept)

    return perform(desk, "inscrire_famille", Right.EDIT_DOSSIER, operation, asdict(form), work, answer)


def _free_number(connection: Connection, below: Callable[[int], int]) -> str:
    for _ in range(DRAWS):
        number = draw_number(below)
        if connection.scalar(select(t.dossier.c.id).where(t.dossier.c.number == number)) is None:
            return number
    raise NumbersExhausted("Aucun numéro de dossier libre n’a été trouvé. Rien n’a été enregistré : recommencez.")
