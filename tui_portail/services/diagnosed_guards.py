"""What a diagnostic says of the base's own refusals: are they all there, and in use."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from models.guards import Fault, faulty_guards
from tui_portail.diagnosis import Finding, State
from tui_portail.french import plural

SECTION = "Base"
SHOWN = 3
WORDS = {
    Fault.MISSING: "manquante",
    Fault.DISABLED: "désactivée",
    Fault.ALTERED: "modifiée",
    Fault.UNKNOWN: "étrangère",
}
PUT_BACK = (
    "Faites-les remettre par le propriétaire de la base (ALTER TABLE … ENABLE TRIGGER USER), cherchez qui les a ôtées, puis lancez "
    "« tui-portail verifier »."
)
RESTORE = (
    "Quelqu’un a défait ce qui protège les livres : n’encaissez plus, prévenez le régisseur, puis restaurez la dernière "
    "sauvegarde vérifiée."
)
TAKE_OUT = (
    "Faites retirer ce déclencheur par l’administrateur de la base : il n’est pas du programme, et peut changer ce que les postes "
    "écrivent."
)


def guard_findings(connection: Connection) -> Iterator[Finding]:
    """Yield whether the base, of this version, refuses by itself all it must. Raises DBAPIError."""
    faulty = faulty_guards(connection)
    if not faulty:
        yield Finding(SECTION, "Protections", "toutes en place")
        return
    faults = {fault: [one.name for one in faulty if one.fault is fault] for fault in WORDS}
    told = [
        f"{plural(len(names), WORDS[fault])} ({', '.join([*names[:SHOWN], '…'] if len(names) > SHOWN else names)})"
        for fault, names in faults.items()
        if names
    ]
    lost = faults[Fault.MISSING] or faults[Fault.ALTERED]
    advice = RESTORE if lost else PUT_BACK if faults[Fault.DISABLED] else TAKE_OUT
    yield Finding(SECTION, "Protections", ", ".join(told), State.ERREUR, advice)
