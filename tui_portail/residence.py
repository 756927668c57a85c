"""Whether a town is the commune's: a doubt to check with the family, never a refusal, since residents and others pay different prices."""

from __future__ import annotations

from tui_portail.folding import fold


def is_of_commune(city: str, commune: str) -> bool:
    """Say whether a town is the commune (« Clapiers Cedex » too), or is not given."""
    return not city.strip() or fold(city.strip()).startswith(fold(commune))


def home_warning(city: str, resident: bool, commune: str) -> str:
    """Return the sentence that doubts of « Habite » for the town of a payer's address; « » when they agree, or it is being typed."""
    town = " ".join(city.split())
    if not town or (resident and fold(commune).startswith(fold(town))) or is_of_commune(town, commune) == resident:
        return ""
    if resident:
        return f"À vérifier : l’adresse est à {town}, pas à {commune} ; le tarif en dépend."
    return f"À vérifier : l’adresse est à {commune} ; le tarif en dépend."
