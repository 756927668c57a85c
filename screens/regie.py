"""The régie's own places, one line each: till, slips, registers, closings, online payments, refunds, certificates."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from screens.commands import bindings_of
from screens.places import PlacesScreen


class RegieScreen(PlacesScreen):
    """Where an agent of the régie chooses where to go."""

    AREA = "regie"
    TITLE = "Régie"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("regie")
    PLACES = (
        ("till", "Caisse", "ouvrir, mouvements, compter et clôturer"),
        ("slips", "Bordereaux de versement", "remettre les espèces, chèques et titres au Trésor"),
        ("quittances", "Quittances", "duplicata, contre-passation, correction des moyens"),
        ("registers", "Registres", "journal, grand-livre, avoirs, recettes, exports"),
        ("closings", "Clôtures", "journées, mois, années et total perpétuel"),
        ("online", "Paiements en ligne", "PayFiP : suivi, contestations, relevés du Trésor"),
        ("refunds", "À rembourser par mandat", "la liste pour l’ordonnateur"),
        ("certificates", "Attestations fiscales", "une ou toutes, par année civile"),
    )
