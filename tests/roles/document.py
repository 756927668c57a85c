"""docs/roles.md, written from the table."""

from __future__ import annotations

from pathlib import Path

from tests.roles.table import GESTURES, WHOEVER, WITHOUT_AGENT, allowed
from tui_portail.services.rights import ROLE_LABELS, ROLE_RIGHTS, Right, Role

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
_HEAD = """\
# Rôles et gestes

Écrit par `python -m tests.roles` depuis la table de `tests/roles/table.py` ; ne pas le modifier à la main. Chaque case est vérifiée
en appelant le service lui-même, sans écran, sur SQLite et sur PostgreSQL (`tests/roles/test_roles.py`) : là où la case est vide, le
geste est refusé et rien n’est écrit. Il est refusé de même quand personne n’est identifié, à un agent désactivé, à un mot de passe
provisoire, et à des rôles retirés depuis l’ouverture de la session. Un agent peut cumuler des rôles ; « à cumuler » : aucun ne suffit
seul.
"""


def written() -> str:
    """Return the text of the document."""
    return "\n".join([_HEAD, *_rights(), "", *_gestures(), "", *_without_agent()]) + "\n"


def _rights() -> list[str]:
    roles = list(Role)
    return [
        "## Droits de chaque rôle",
        "",
        _line("Droit", *(ROLE_LABELS[role] for role in roles)),
        _line("---", *(":-:" for _ in roles)),
        *(_line(right.value, *("●" if right in ROLE_RIGHTS[role] else "" for role in roles)) for right in Right),
    ]


def _gestures() -> list[str]:
    order = list(Right)
    ranked = sorted(GESTURES.items(), key=lambda one: ([order.index(right) for right in one[1]], one[0]))
    rows = []
    for gesture, rights in ranked:
        asked = " et ".join(right.value for right in rights) if rights is not WHOEVER else "être identifié"
        held = ["●" if allowed(rights, [role]) else "" for role in Role]
        rows.append(_line(f"`{gesture}`", asked if any(held) else f"{asked} (à cumuler)", *held))
    return [
        "## Gestes",
        "",
        _line("Geste (service)", "Droit demandé", *(ROLE_LABELS[role] for role in Role)),
        _line("---", "---", *(":-:" for _ in Role)),
        *rows,
    ]


def _without_agent() -> list[str]:
    return [
        "## Sans agent",
        "",
        _line("Fonction", "Pourquoi"),
        _line("---", "---"),
        *(_line(f"`{name}`", why) for name, why in sorted(WITHOUT_AGENT.items())),
    ]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
