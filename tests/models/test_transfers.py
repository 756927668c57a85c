"""Two accounts joined: the transfer is the last entry, empties the account that ends, and nothing joins or parts accounts without it."""

import pytest
from sqlalchemy import insert, select, update

from models import tables as t
from models.engine import Database
from tests.models.dossier_world import a_row_of_a_dossier
from tests.models.regie_world import journal, seq_of, transfer
from tests.models.world import NOW, add, build, posting, refused


@pytest.fixture
def world(database: Database) -> Database:
    build(database)
    return database


def test_a_transfer_is_carried_by_the_entry_just_written(world: Database) -> None:
    refused(world, "payer_transfer_entry_last", lambda c: transfer(c, entry_seq=1))

    def of_another_kind(connection: object) -> None:
        transfer(connection, **seq_of(journal(connection, "avoir")))  # type: ignore[arg-type]

    refused(world, "payer_transfer_entry_last", of_another_kind)
    with world.write() as connection:
        transfer(connection)


def test_an_account_is_not_transferred_with_something_left_on_it(world: Database) -> None:
    def left(account: str) -> None:
        def write(connection: object) -> None:
            seq = connection.scalar(select(t.journal_head.c.last_seq)) + 1  # type: ignore[attr-defined]
            for rank, payer_id in ((8, 2), (9, None)):
                amount = 100 if payer_id else -100
                add(connection, t.posting, **posting(seq, rank, amount) | {"account": account, "payer_id": payer_id})  # type: ignore[arg-type]
            transfer(connection)  # type: ignore[arg-type]

        refused(world, "payer_transfer_empties", write)

    left("avoirs")
    left("creances")


def test_an_account_is_joined_by_its_transfer_alone_and_for_good(world: Database) -> None:
    payer = t.payer
    join = update(payer).where(payer.c.id == 2).values(joined_into_id=1)
    refused(world, "payer_joined_by_transfer", lambda c: c.execute(join))
    with world.write() as connection:
        transfer(connection)
        connection.execute(join)
    part = update(payer).where(payer.c.id == 2).values(joined_into_id=None)
    refused(world, "payer_joined_by_transfer", lambda c: c.execute(part))
    refused(world, "payer_transfer_between_two_lives", lambda c: transfer(c, from_payer_id=1, into_payer_id=2))


def test_a_consent_follows_its_family_and_says_what_it_said(world: Database) -> None:
    with world.write() as connection:
        a_row_of_a_dossier(connection)
        connection.execute(insert(t.dossier).values(id=77, number="000000077", label="B", created_at=NOW, version=1))
    consent = t.consent
    for values in ({"given": False}, {"dossier_id": 77, "given": False}, {"kind": consent.c.kind}):
        refused(world, "consent_not_changed", lambda c, values=values: c.execute(update(consent).values(values)))
    with world.write() as connection:
        assert connection.execute(update(consent).values(dossier_id=77)).rowcount == 1
