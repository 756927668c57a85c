"""How long some tests go on: a little in `make test`, far in `make soak`, which sets LIVES."""

import os


def lives(few: int) -> int:
    """Return how many random lives to try: `few`, or as many as LIVES says."""
    return int(os.environ.get("LIVES", few))


def at_length() -> bool:
    """Say whether everything is gone through, as `make soak` does, where `make test` takes a share of it."""
    return "LIVES" in os.environ
