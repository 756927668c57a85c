"""One cache of compiled statements for all the databases of a run, as a desk that has been open for a while has one.

Each test opens a database of its own, hence an engine of its own, that would compile the same few hundred statements again: half the
time of a test. What is compiled depends on the dialect and the statement alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

import models.engine
import models.migrate

_ROOM = 6_000


@contextmanager
def shared_statements() -> Iterator[None]:
    """Let every engine opened by the program in this process use the statements compiled by the others."""
    compiled: LRUCache[Any, Any] = LRUCache(_ROOM)

    def warm_engine(*arguments: Any, **options: Any) -> Engine:
        engine = create_engine(*arguments, **options)
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    # The cache's keys hold the dialect: two of a kind, made by the same options, compile alike.
    alike = patch.multiple(DefaultDialect, __eq__=_same_kind, __hash__=_hash_of_kind)
    opening, upgrading = (
        patch.object(place, "create_engine", warm_engine) for place in (models.engine, models.migrate)
    )
    with alike, opening, upgrading:
        yield


def _same_kind(one: object, other: object) -> bool:
    return type(one) is type(other)


def _hash_of_kind(one: object) -> int:
    return hash(type(one))
