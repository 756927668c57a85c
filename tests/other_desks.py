"""How tests start a desk in a process of its own: by a server that has read the program once, since each would take a second to.

What the process does from then on is its own: its connections, its memory, its death.
"""

from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import ForkServerContext, SpawnContext

DESKS = [
    "tests.races.desks",
    *(
        "tests.faults.killed_desk",
        "tests.faults.patient_desk",
        "tests.faults.killed_migration",
        "tests.faults.killed_copies",
    ),
]


def processes() -> ForkServerContext | SpawnContext:
    """Return what makes the processes: where a system has no such server, each reads the program itself."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(DESKS)
    return context
