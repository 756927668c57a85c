"""Giving a PostgreSQL server's accounts their rights on the base: a desk's, which insert and never alter the journal, and a reader's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from models.addresses import DatabaseAddress
from models.desk_accounts import give
from models.engine import Database
from tui_portail.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class GivenRights:
    """What was given, and to whom; `settings_kept`: the server keeps the accounts' own time-outs and their time zone."""

    address: str
    desk: str | None
    reader: str | None
    settings_kept: bool


def give_rights(url: str, desk: str | None, reader: str | None) -> GivenRights:
    """Give a desk's account and a reader's what they need on a base of this version, and make those that do not exist.

    `url` is the address by the account that owns the base. All of it is done, or nothing.
    Raises InvalidInput, AccountNotFit, AccountNotMade, OwnerNeeded, DatabaseFailure.
    """
    if desk is None and reader is None:
        raise InvalidInput("Donnez le compte des postes par --role, celui des lectures par --lecture, ou les deux.")
    if desk == reader:
        raise InvalidInput("Le compte des postes et celui des lectures doivent être deux comptes : donnez deux noms.")
    if DatabaseAddress.parse(url).dialect != "postgresql":
        raise InvalidInput(
            "Une base SQLite n’a pas de comptes : ce sont les droits sur son fichier qui la protègent. Donnez une adresse postgresql://…"
        )
    database = Database.open(url)
    try:

        def work(connection: Connection) -> bool:
            asked = [(role, writes) for role, writes in ((desk, True), (reader, False)) if role is not None]
            kept = [give(connection, role, writes=writes) for role, writes in asked]
            return all(kept)

        return GivenRights(str(database.address), desk, reader, database.run(work))
    finally:
        database.close()
