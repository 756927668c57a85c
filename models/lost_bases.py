"""Which bases this process has lost: the technical journal says it once, and once when they are back."""

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseFailure, DatabaseUnreachable
from tui_portail.logs import note

_LOST: set[DatabaseAddress] = set()


def lost(address: DatabaseAddress, failure: DatabaseFailure) -> None:
    """Note that a base no longer answers, the first time it is seen."""
    if isinstance(failure, DatabaseUnreachable) and address not in _LOST:
        _LOST.add(address)
        note("base_perdue", moteur=address.dialect, code=failure.code)


def back(address: DatabaseAddress) -> None:
    """Note that a base answers again, if it was lost; else nothing, at the cost of looking at an empty set."""
    if _LOST and address in _LOST:
        _LOST.discard(address)
        note("base_revenue", moteur=address.dialect)
