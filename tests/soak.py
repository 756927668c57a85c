"""How long tests of random lives go on: a few in `make test`, many in `make soak`."""

import os


def lives(few: int) -> int:
    """Return how many random lives to try: `few`, or as many as LIVES says."""
    return int(os.environ.get("LIVES", few))
