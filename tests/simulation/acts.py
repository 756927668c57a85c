"""One act of a random life, and what the reference says must come of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.simulation import reference_counter as counter
from tests.simulation import reference_planning as planning
from tests.simulation.reference import Outcome, Reference

REUSED = Outcome("OPERATION_REUTILISEE")


@dataclass(frozen=True)
class Act:
    """What a desk does: a gesture's name, the desk, its operation id, its arguments in the reference's own names."""

    name: str
    desk: int
    operation: str
    args: tuple[Any, ...] = ()

    def words(self) -> str:
        """Return the act as the trace shows it."""
        return f"desk {self.desk} {self.name}({', '.join(map(str, self.args))})"


_Predict = Callable[[Reference, Collection[str], datetime, Act], Outcome]
_PREDICTIONS: dict[str, _Predict] = {
    "finish": lambda model, roles, now, act: planning.finish(model, roles, now, *act.args),
    "proof": lambda model, roles, now, act: planning.judge_proof(model, roles, now, *act.args),
    "cash": lambda model, roles, now, act: counter.cash(model, roles, now, *act.args),
    "extend": lambda model, roles, now, act: counter.extend(model, roles, now, *act.args),
    "take_out": lambda model, roles, now, act: counter.take_out(model, roles, now, *act.args),
    "give_up": lambda model, roles, now, act: counter.give_up(model, roles, *act.args),
    "reverse": lambda model, roles, now, act: counter.reverse(model, roles, now, *act.args),
    "correct": lambda model, roles, now, act: counter.correct(model, roles, now, *act.args),
    "renew": lambda model, roles, now, act: planning.renew(model, roles, now, *act.args),
    "drop": lambda model, roles, now, act: counter.drop(model, roles, *act.args),
    "open_till": lambda model, roles, now, act: counter.open_till(model, roles, now, act.desk, *act.args),
    "close_till": lambda model, roles, now, act: counter.close_till(model, roles, act.desk, *act.args),
    "move": lambda model, roles, now, act: counter.move_cash(model, roles, now, *act.args),
}


def predict(model: Reference, roles: Collection[str], now: datetime, act: Act) -> Outcome:
    """Return what must come of an act, and let the reference follow."""
    return _PREDICTIONS[act.name](model, roles, now, act)
