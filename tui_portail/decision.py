"""What a rule answers: yes, or no with a reason an agent can read out to a parent.

A `Decision` is a value: it names the rule by a stable `code`, says it in one French `sentence`, cites its `source` (a heading of the
leaflet or a text of the commune's policy) and, where there is one, gives the next date that would be accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

ACCEPTED_CODE = "ACCEPTE"
LEAFLET_CHANGES = "Dépliant du Portail Famille, « Modifier ou annuler une réservation »"
LEAFLET_BOOKING = "Dépliant du Portail Famille, « Réserver des journées »"
LEAFLET_PAYMENT = "Dépliant du Portail Famille, « Payer mes journées »"
LEAFLET_ALSH = "Dépliant du Portail Famille, « Dossier ALSH »"
LEAFLET_CUSTODY = "Dépliant du Portail Famille, « Parents séparés »"
POLICY = "Règles de la commune"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a rule.

    `facts` are typed values (dates, aware datetimes, cents, names) the sentence was made from, for JSON output and tests.
    `next_day` is the first later day that this rule would accept, when that has a meaning.
    """

    accepted: bool
    code: str = ACCEPTED_CODE
    sentence: str = ""
    source: str = ""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    next_day: date | None = None

    def __bool__(self) -> bool:
        return self.accepted

    @classmethod
    def accept(cls, **facts: object) -> Decision:
        """Return the plain acceptance."""
        return cls(True, facts=MappingProxyType(dict(facts)))

    @classmethod
    def refuse(
        cls, code: str, sentence: str, source: str, *, next_day: date | None = None, **facts: object
    ) -> Decision:
        """Return a refusal with its stable code, French sentence and source."""
        return cls(False, code, sentence, source, MappingProxyType(dict(facts)), next_day)


def sources_of(decisions: Iterable[Decision]) -> str:
    """Return what refusals said together rest on, each source once."""
    return " ; ".join(dict.fromkeys(decision.source for decision in decisions if decision.source))
