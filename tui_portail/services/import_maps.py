"""The column maps of tables, kept by name for the next file of the same program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from models import tables as t
from models.upserts import upsert
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import checked_reason
from tui_portail.imports.columns import ColumnMap, map_of
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right


def list_maps(desk: Desk) -> dict[str, ColumnMap]:
    """Return the maps kept, by name. Raises NotAllowed."""
    with desk.read(Right.IMPORT) as connection:
        rows = connection.execute(select(t.import_map.c.name, t.import_map.c.document).order_by(t.import_map.c.name))
        return {row.name: map_of(json.loads(row.document)) for row in rows}


def find_map(desk: Desk, name: str) -> ColumnMap:
    """Return a map by its name. Raises InvalidInput, which names those there are."""
    maps = list_maps(desk)
    if name not in maps:
        known = ", ".join(maps) or "aucun"
        raise InvalidInput(f"Aucun jeu de colonnes ne s’appelle « {name[:60]} ». Enregistrés : {known}.")
    return maps[name]


def save_map(desk: Desk, name: str, columns: ColumnMap, operation: str) -> str:
    """Keep a map under a name, in place of the one it had; return the name. Raises FormRefused, InvalidInput, NotAllowed."""
    clean = checked_reason(name, 60, "le nom du jeu de colonnes", "name")
    if not clean:
        raise InvalidInput("Donnez un nom à ce jeu de colonnes, par exemple le logiciel dont vient le fichier.")

    def work(gesture: Gesture) -> Done:
        values = {"document": columns.document(), "recorded_at": gesture.now, "agent_id": gesture.agent.agent_id}
        keeping = upsert(gesture.connection.dialect.name, t.import_map).values(name=clean, **values)
        gesture.connection.execute(keeping.on_conflict_do_update(index_elements=["name"], set_=values))
        return Done({"name": clean}, "import_map", clean)

    def answer(kept: Mapping[str, Any]) -> str:
        return str(kept["name"])

    return perform(desk, "enregistrer_colonnes", Right.IMPORT, operation, [clean, columns.document()], work, answer)
