"""A short seeded share of the random lives, on both engines; `make soak` lives hundreds of thousands of gestures."""

import os

import pytest

from tests.databases import PostgresqlServer
from tests.simulation.lives import FreshBase, live

GESTURES = int(os.environ.get("GESTURES", "300"))
SEED = int(os.environ.get("SEED", "11"))


def test_what_many_desks_do_comes_out_as_the_reference_says(fresh_files: FreshBase) -> None:
    assert live(SEED, fresh_files, gestures=GESTURES).gestures >= GESTURES


@pytest.mark.postgresql
def test_it_does_on_a_server_too(postgresql_server: PostgresqlServer) -> None:
    assert live(SEED + 1, postgresql_server.fresh, gestures=GESTURES).gestures >= GESTURES


@pytest.mark.postgresql
def test_a_seed_lives_the_same_life_each_time_and_on_either_engine(
    fresh_files: FreshBase, postgresql_server: PostgresqlServer
) -> None:
    lived = [live(7, fresh, until=70).trace for fresh in (fresh_files, fresh_files, postgresql_server.fresh)]
    assert len(set(lived)) == 1
    assert live(8, fresh_files, until=10).trace != live(9, fresh_files, until=10).trace
