"""Whether the base is backed up, as the base itself knows: told to who answers for it, at any desk."""

from __future__ import annotations

import json

from sqlalchemy import Connection, func, select

from models import tables as t
from models.states import DatabaseKind
from tui_portail.backup_rules import is_late
from tui_portail.dossier_number import display
from tui_portail.french import date_time_text, join_words
from tui_portail.services.backup_notes import BASE, RESTORED, SUBJECT, VERIFIED
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right


def backup_warnings(desk: Desk) -> tuple[str, ...]:
    """Return what the administrateur should be told of backups. Raises NotAllowed."""
    with desk.read(Right.SETTINGS) as connection:
        return backup_sentences(desk, connection)


def backup_sentences(desk: Desk, connection: Connection) -> tuple[str, ...]:
    """Return what is to be said of a commune's base: nothing of a demonstration's, which nobody needs back."""
    if desk.database.kind is not DatabaseKind.REAL:
        return ()
    return tuple(one for one in (_late(desk, connection), _to_erase_again(connection)) if one)


def _late(desk: Desk, connection: Connection) -> str:
    event, identity = t.audit_event.c, t.database_identity.c
    last = select(func.max(event.at)).where(event.subject == SUBJECT, event.subject_id == VERIFIED).scalar_subquery()
    last_at, begun_at = connection.execute(select(last, identity.created_at)).one()
    if not is_late(last_at, begun_at, desk.instant(connection)):
        return ""
    since = "Cette base n’a jamais été sauvegardée et vérifiée"
    if last_at is not None:
        since = f"Dernière sauvegarde vérifiée : {date_time_text(last_at)}"
    return (
        f"{since}. Sur la machine de la base : « tui-portail sauvegarder », et « --planifier 02:30 » pour chaque nuit."
    )


def _to_erase_again(connection: Connection) -> str:
    """Name the dossiers that a backup brought back after they had been erased, until they are again."""
    event, dossier = t.audit_event.c, t.dossier.c
    told = connection.scalars(select(event.details).where(event.subject == BASE, event.gesture == RESTORED))
    numbers = {number for details in told for number in json.loads(details).get("a_effacer", ())}
    if not numbers:
        return ""
    left = connection.scalars(select(dossier.number).where(dossier.number.in_(numbers), dossier.erased_at.is_(None)))
    named = join_words(display(number) for number in sorted(left))
    return f"À effacer de nouveau depuis la restauration de la base : {named}." if named else ""
