"""The sections edited on screens of their own: the school calendar and the price grids. Here for the history and the exported file.

The days alone (« ponts ») come first: in TOML they are written before the tables of their own table.
"""

from __future__ import annotations

from tui_portail.commune_sections.forms import FieldKind, Section, SettingField

K, F = FieldKind, SettingField

SCHOOL: tuple[Section, ...] = (
    Section(
        "calendrier",
        "Calendrier",
        ("calendrier",),
        (
            F("zone", "Zone", K.TEXT),
            F("couvert_du", "Connu du", K.DATE, "Rien ne se réserve avant."),
            F("couvert_au", "Connu jusqu’au", K.DATE, "Rien ne se réserve après."),
        ),
        single=True,
        screen="calendar",
    ),
    Section(
        "ponts",
        "Ponts",
        ("calendrier", "ponts"),
        (F("jour", "Jour", K.DATE, "Sans classe ni ALP ; l’ALSH n’ouvre que si les règles le disent.", identity=True),),
        columns=("jour",),
        one="un pont",
        screen="calendar",
    ),
    Section(
        "annees",
        "Années scolaires",
        ("calendrier", "annees"),
        (
            F("nom", "Année", K.TEXT, identity=True),
            F("premier_jour", "Premier jour", K.DATE),
            F("dernier_jour", "Dernier jour", K.DATE),
        ),
        columns=("nom", "premier_jour", "dernier_jour"),
        one="une année scolaire",
        screen="calendar",
    ),
    Section(
        "vacances",
        "Vacances",
        ("calendrier", "vacances"),
        (
            F("nom", "Nom", K.TEXT, identity=True),
            F("du", "Du", K.DATE, "Le samedi après la classe.", identity=True),
            F("au", "Au", K.DATE, "La veille de la reprise."),
        ),
        columns=("nom", "du", "au"),
        one="des vacances",
        screen="calendar",
    ),
    Section(
        "feries",
        "Jours fériés",
        ("calendrier", "feries"),
        (F("jour", "Jour", K.DATE, identity=True), F("nom", "Nom", K.TEXT)),
        keyed=1,
        columns=("jour", "nom"),
        one="un jour férié",
        screen="calendar",
    ),
    Section(
        "fermetures",
        "Fermetures",
        ("calendrier", "fermetures"),
        (
            F("du", "Du", K.DATE, identity=True),
            F("au", "Au", K.DATE, "Compris."),
            F("motif", "Motif", K.TEXT, identity=True),
            F("mairie", "Ferme la mairie", K.YES_NO, "Ces jours ne comptent pas dans les limites.", start=True),
            F("activites", "Ferme les activités", K.YES_NO, start=False),
            F("site", "Site", K.CHOICE, "Vide : tous.", of="sites", optional=True),
            F("seulement", "Seulement", K.CHOICES, "Vide : toutes.", of="activites", optional=True, blank=[], start=[]),
        ),
        columns=("du", "au", "motif"),
        one="une fermeture",
        screen="calendar",
    ),
    Section(
        "grilles",
        "Tarifs",
        ("tarifs", "grilles"),
        (
            F("activite", "Activité", K.CHOICE, of="activites", identity=True),
            F("nom", "Nom", K.TEXT),
            F("du", "Du", K.DATE, identity=True),
            F("au", "Au", K.DATE, optional=True),
            F("prix", "Prix", K.AMOUNT, optional=True, left_out=True),
            F("tranches", "Tranches", K.BRACKETS, optional=True, left_out=True),
            F("effort.taux", "Taux d’effort", K.FACTOR, optional=True, left_out=True),
            F("effort.plancher", "Plancher", K.AMOUNT, optional=True, left_out=True),
            F("effort.plafond", "Plafond", K.AMOUNT, optional=True, left_out=True),
            F("fratrie", "Fratrie", K.FACTORS),
            F("resident", "Habitants", K.FACTOR),
            F("exterieur", "Extérieurs", K.FACTOR),
            F("repas", "Part du repas", K.AMOUNT, optional=True),
            F("part_repas", "Part du repas", K.FACTOR, optional=True),
            F("repas_non_fourni", "Repas non fourni : reste dû", K.FACTOR),
            F("source", "Délibération", K.TEXT),
            F("fictif", "Fictif", K.YES_NO),
        ),
        columns=("activite", "du", "au", "nom"),
        one="une grille",
        screen="tariffs",
    ),
)
