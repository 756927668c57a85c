"""How long a basket keeps its places (leaflet: fifteen minutes; « seul le paiement valide l’inscription »).

A hold lives while now < its expiry: no event ends it. An agent may extend a living one, a few times, and never past
the moment the kitchen's numbers freeze.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tui_portail.decision import ACCEPTED_CODE, LEAFLET_PAYMENT, POLICY, Decision
from tui_portail.french import date_time_text, plural
from tui_portail.instants import after_minutes, in_utc, is_before
from tui_portail.policy import Policy


@dataclass(frozen=True, slots=True)
class BasketHold:
    """What an extension is judged on: expiry (None: a régularisation), extensions so far, earliest limit of the meals it holds."""

    expires_at: datetime | None
    extensions: int = 0
    earliest_meal_limit: datetime | None = None


def hold_expires_at(now: datetime, policy: Policy) -> datetime:
    """Return the instant, in UTC, from which a basket held now can no longer be paid."""
    return after_minutes(now, policy.hold_minutes)


def is_live(expires_at: datetime | None, now: datetime) -> bool:
    """Say whether a basket still holds its places and may be paid; one without expiry always may."""
    return expires_at is None or is_before(now, expires_at)


def judge_extension(basket: BasketHold, now: datetime, policy: Policy) -> Decision:
    """Say whether an agent may extend a basket, and until when: `facts["expires_at"]`, in UTC.

    Only a live basket, by the policy's minutes from its expiry, a limited number of times; with a meal, never past
    that meal's limit and the freeze that follows it: the last extension is shortened to it. The reason is the
    service's to ask for and keep.
    """
    if basket.expires_at is None:
        sentence = "Ce panier est une régularisation : il n’expire pas, il n’y a rien à prolonger."
        return Decision.refuse("PANIER_SANS_DELAI", sentence, POLICY)
    if not is_live(basket.expires_at, now):
        sentence = (
            f"Ce panier a expiré le {date_time_text(basket.expires_at)} : il ne peut plus être prolongé. "
            "Refaites la réservation, si la limite et les places le permettent encore."
        )
        return Decision.refuse("PANIER_EXPIRE", sentence, LEAFLET_PAYMENT, expires_at=in_utc(basket.expires_at))
    if basket.extensions >= policy.max_extensions:
        sentence = (
            f"Ce panier a déjà été prolongé {basket.extensions} fois, le maximum : "
            f"il doit être payé avant le {date_time_text(basket.expires_at)}."
        )
        return Decision.refuse("PROLONGATIONS_EPUISEES", sentence, POLICY, extensions=basket.extensions)
    return _extended(basket.expires_at, basket.earliest_meal_limit, policy)


def _extended(expires_at: datetime, earliest_meal_limit: datetime | None, policy: Policy) -> Decision:
    wished = after_minutes(expires_at, policy.extension_minutes)
    freeze = None if earliest_meal_limit is None else after_minutes(earliest_meal_limit, policy.meal_freeze_minutes)
    if freeze is not None and not is_before(expires_at, freeze):
        sentence = (
            f"Ce panier contient un repas dont la commande est arrêtée le {date_time_text(freeze)} : "
            "il ne peut pas être prolongé au-delà. Le paiement doit se faire dans le délai affiché."
        )
        return Decision.refuse("PROLONGATION_REPAS", sentence, POLICY, freeze_at=freeze)
    extended = wished if freeze is None else min(wished, freeze)
    minutes = int((extended - in_utc(expires_at)).total_seconds() // 60)
    gain = plural(minutes, "minute") if minutes else "moins d’une minute"
    sentence = f"Panier prolongé de {gain}, à payer avant le {date_time_text(extended)}."
    return Decision(True, ACCEPTED_CODE, sentence, POLICY, {"expires_at": extended})
