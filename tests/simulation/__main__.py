"""`python -m tests.simulation --seed 7 --gestures 100000 --engine postgresql`: random lives, and figures at the end."""

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from tests.databases import SqliteTemplate, quick_folder, shared_postgresql
from tests.simulation.lives import Figures, FreshBase, LifeFailed, live
from tests.warm_statements import shared_statements


def main() -> int:
    """Live, tell, and return 1 on a failure."""
    asked = _arguments()
    began = time.monotonic()
    gc.set_threshold(50_000, 20, 50)  # a life makes much that goes at once

    said = 0

    def progress(figures: Figures) -> None:
        nonlocal said
        if figures.gestures // 1_000 == said:
            return
        said = figures.gestures // 1_000
        rate = figures.gestures / (time.monotonic() - began)
        print(f"{figures.gestures} gestures, {figures.lives} lives ended, {rate:.0f}/s", file=sys.stderr, flush=True)  # noqa: T201

    with ExitStack() as stack:
        stack.enter_context(shared_statements())
        fresh = stack.enter_context(bases(asked.engine))
        try:
            figures = live(
                asked.seed, fresh, gestures=asked.gestures, until=asked.until, desks=asked.desks, progress=progress
            )
        except LifeFailed as failed:
            print("\n".join(failed_words(failed, asked.engine, asked.desks)))  # noqa: T201
            return 1
    print("\n".join(figure_words(figures, time.monotonic() - began, asked)))  # noqa: T201
    return 0


def failed_words(failed: LifeFailed, engine: str, desks: int) -> list[str]:
    """Return what tells a failure, and how to live it again."""
    return [
        f"FAILED — {failed}",
        "the last steps:",
        *failed.last,
        "again:",
        f"  python -m tests.simulation --seed {failed.seed} --until {failed.step} --engine {engine} --desks {desks}",
    ]


def figure_words(figures: Figures, seconds: float, asked: argparse.Namespace) -> list[str]:
    """Return the figures of a run; what must be nothing was checked after each step."""
    return [
        f"engine {asked.engine}, seed {asked.seed}, {asked.desks} desks, {figures.lives} lives, "
        f"{seconds:.0f} s ({time.process_time():.0f} s of this process)",
        f"gestures {figures.gestures}: accepted {figures.accepted.total()}, refused {figures.refused.total()}, "
        f"sent again {figures.again}",
        f"clock jumps {figures.jumps}, baskets expired {figures.expired}, looks at the base {figures.checks}",
        "accepted: " + ", ".join(f"{name} {times}" for name, times in figures.accepted.most_common()),
        "refused: " + ", ".join(f"{code} {times}" for code, times in figures.refused.most_common()),
        "cells refused: " + ", ".join(f"{code} {times}" for code, times in figures.reasons.most_common()),
        "lost 0, doubled 0, oversold 0, gaps 0",
        f"trace {figures.trace}",
    ]


@contextmanager
def bases(engine: str) -> Iterator[FreshBase]:
    """Give what makes fresh bases of an engine, on disk in memory where there is one."""
    if engine == "postgresql":
        with shared_postgresql(f"lives{os.getpid()}") as server:
            yield server.fresh
        return
    with tempfile.TemporaryDirectory(prefix="portail-lives-", dir=quick_folder()) as folder:
        template, numbers = SqliteTemplate(Path(folder)), count(1)

        @contextmanager
        def fresh() -> Iterator[str]:
            mine = Path(folder) / str(next(numbers))
            mine.mkdir()
            yield template.fresh(mine)
            for file in mine.iterdir():
                file.unlink()

        yield fresh


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first life's")
    parser.add_argument("--gestures", type=int, default=10_000, help="how many to send, life after life")
    parser.add_argument("--until", type=int, help="live that seed alone, until this step")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--desks", type=int, default=6)
    asked = parser.parse_args()
    if asked.desks < 2:
        parser.error("many desks: two at least")
    return asked


if __name__ == "__main__":
    sys.exit(main())
