"""The sections of the families' portal: its opening, its terms of use, payment online."""

from __future__ import annotations

from tui_portail.commune_sections.forms import FieldKind, Section, SettingField
from tui_portail.service_rules import WEEKDAYS

K, F = FieldKind, SettingField
_DAYS = tuple((day, day) for day in WEEKDAYS)
_MODES = (("test", "essai"), ("activation", "activation"), ("production", "pour de bon"))

PORTAL: tuple[Section, ...] = (
    Section(
        "portail",
        "Portail des familles",
        ("portail",),
        (
            F("ouvert", "Jours ouverts", K.CHOICES, "Du lundi au vendredi, d’après le dépliant.", _DAYS),
            F("ferme_de", "Fermé de", K.TIME, "Chaque nuit : 2 h à 6 h, d’après le dépliant."),
            F("ferme_a", "Fermé jusqu’à", K.TIME, "La même heure : jamais fermé."),
            F(
                "activation_heures",
                "Lien d’activation",
                K.INTEGER,
                "Ensuite, la famille en demande un autre.",
                unit="h",
            ),
            F("mot_de_passe_minutes", "Lien de mot de passe", K.INTEGER, "Ensuite, il n’ouvre plus rien.", unit="min"),
            F("essais_par_heure", "Essais par heure", K.INTEGER, "Du numéro de dossier et d’un code."),
            F(
                "repos_secondes",
                "Borne au repos",
                K.INTEGER,
                "Ensuite, elle oublie tout et revient au début.",
                unit="s",
            ),
        ),
        single=True,
    ),
    Section(
        "conditions",
        "Conditions d’utilisation",
        ("portail", "conditions"),
        (
            F("version", "Version", K.TEXT, "Une autre à chaque changement du texte : chaque famille l’accepte."),
            F("date", "Date", K.DATE),
            F("texte", "Texte", K.TEXTS, "Ce que chaque famille lit puis accepte.", optional=True, blank=[]),
        ),
        single=True,
    ),
    Section(
        "paiement_en_ligne",
        "Paiement en ligne",
        ("paiement_en_ligne",),
        (
            F("actif", "Actif", K.YES_NO, "Demande un numéro de client, et le moyen de paiement PayFiP admis."),
            F("client", "Numéro de client", K.TEXT, "Six chiffres, donnés par la DGFiP.", optional=True, blank=""),
            F("mode", "Mode", K.CHOICE, "Activation : le premier paiement, que demande la DGFiP.", _MODES),
            F(
                "objet",
                "Objet",
                K.TEXT,
                "Ce que la banque de la famille affiche : lettres sans accent, chiffres, espaces.",
            ),
            F("montant_minimum", "Montant minimum", K.AMOUNT, "Au moins 1,00 €."),
        ),
        single=True,
    ),
)
