"""A short seeded share of the random lives, on both engines; `make soak` sends hundreds of thousands of gestures."""

import pytest

from tests.databases import PostgresqlServer
from tests.simulation.lives import FreshBase, live

GESTURES = 120
SEED = 11


@pytest.mark.postgresql
def test_what_many_desks_do_comes_out_as_the_reference_says_and_alike_on_both_engines(
    fresh_files: FreshBase, postgresql_server: PostgresqlServer
) -> None:
    lived = [live(SEED, fresh, gestures=GESTURES) for fresh in (fresh_files, postgresql_server.fresh)]
    assert [figures.gestures for figures in lived] == [GESTURES, GESTURES]
    assert lived[0].trace == lived[1].trace
    assert lived[0] == lived[1]  # accepted and refused alike, code by code


def test_a_seed_lives_the_same_life_each_time(fresh_files: FreshBase) -> None:
    once, again, another = (live(seed, fresh_files, until=20).trace for seed in (7, 7, 8))
    assert once == again != another
