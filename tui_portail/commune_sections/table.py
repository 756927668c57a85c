"""The sections of the set-up, in the order an administrateur fills them: their French words, once."""

from __future__ import annotations

from tui_portail.commune_sections.forms import FieldKind, Section, SettingField
from tui_portail.commune_sections.portal import PORTAL
from tui_portail.commune_sections.school import SCHOOL
from tui_portail.service_rules import WEEKDAYS

K, F = FieldKind, SettingField
_DAYS = tuple((day, day) for day in WEEKDAYS)
_FAMILIES = (("ALP", "ALP"), ("ALSH", "ALSH"))
_RUNS_ON = (
    ("jours_scolaires", "lun. mar. jeu. ven. d’école"),
    ("mercredis_scolaires", "mercredis d’école"),
    ("vacances", "vacances, lun. à ven."),
)
_FORMULAS = (("journee", "journée"), ("demi_journee", "demi-journée"))
_MEANS = (
    ("especes", "espèces"),
    ("cheque", "chèque"),
    ("carte", "carte bancaire"),
    ("cesu", "CESU"),
    ("ancv", "chèques-vacances ANCV"),
    ("virement", "virement"),
    ("payfip", "PayFiP"),
)
_BASKETS = (("reservation", "réservation"), ("regularisation", "régularisation"))
_REFERENCES = (
    ("banque", "banque"),
    ("numero", "numéro"),
    ("tireur", "tireur"),
    ("reference", "référence"),
    ("terminal", "ticket du terminal"),
)
_PAPER_OF = (("famille", "la famille"), ("enfant", "chaque enfant"), ("payeur", "chaque payeur"))
_VALIDITIES = (
    ("permanente", "permanente"),
    ("annee_scolaire", "l’année scolaire"),
    ("annee_civile", "l’année civile"),
    ("mois", "un nombre de mois"),
    ("date", "la date écrite dessus"),
)
_CODE_HINT = "En majuscules, sans accent ni espace ; il ne change plus une fois enregistré."


def _code(hint: str = _CODE_HINT) -> SettingField:
    return F("code", "Code", K.CODE, hint, identity=True)


def _name(label: str = "Nom") -> SettingField:
    return F("nom", label, K.TEXT)


def _limit(key: str, gesture: str) -> tuple[SettingField, ...]:
    return (
        F(
            f"{key}.jours",
            f"{gesture} : jours avant",
            K.INTEGER,
            "1 : la veille ; samedi et dimanche ne comptent pas.",
            start=1,
        ),
        F(f"{key}.heure", f"{gesture} : avant l’heure", K.TIME, "Midi, d’après le dépliant.", start="12:00:00"),
        F(f"{key}.sauter_feries", f"{gesture} : sauter les fériés", K.YES_NO, "Non, d’après le dépliant.", start=False),
        F(
            f"{key}.sauter_fermetures",
            f"{gesture} : sauter fermetures",
            K.YES_NO,
            "Les jours où la mairie est fermée ne comptent pas.",
            start=True,
        ),
    )


SECTIONS: tuple[Section, ...] = (
    Section(
        "commune",
        "Commune",
        (),
        (
            F("commune", "Commune", K.TEXT),
            F("en_vigueur", "Règles en vigueur du", K.DATE, "Chaque activité proposée a un prix dès ce jour."),
            F(
                "fictif",
                "Exemple fictif",
                K.YES_NO,
                "Oui : « FICTIF » est imprimé partout. Non, quand places et tarifs viennent de vos délibérations.",
            ),
        ),
        single=True,
    ),
    Section(
        "identite",
        "En-tête des papiers",
        ("identite",),
        (
            F("nom", "Mairie", K.TEXT),
            F("service", "Service", K.TEXT),
            F("adresse", "Adresse", K.TEXTS, optional=True, blank=[]),
            F("telephone", "Téléphone", K.TEXT, optional=True, blank=""),
            F("courriel", "Courriel", K.TEXT, optional=True, blank=""),
        ),
        single=True,
    ),
    Section(
        "regie",
        "Régie de recettes",
        ("regie",),
        (
            F("code", "Code", K.CODE, "En tête des numéros de quittance : il ne change plus."),
            F("nom", "Nom", K.TEXT),
            F("caisse", "Caisse", K.TEXT),
            F("contact", "Contact", K.TEXT, optional=True, blank=""),
        ),
        single=True,
    ),
    Section(
        "sites",
        "Sites",
        ("sites",),
        (
            _code(),
            _name(),
            F("contacts.ALP", "Téléphone ALP", K.TEXT, optional=True, left_out=True),
            F("contacts.ALSH", "Téléphone ALSH", K.TEXT, optional=True, left_out=True),
        ),
        columns=("nom", "code", "contacts.ALP", "contacts.ALSH"),
        one="un site",
    ),
    Section(
        "ecoles",
        "Écoles",
        ("ecoles",),
        (
            _code(),
            _name(),
            F("classes", "Classes", K.TEXTS, "Comme l’école les appelle.", optional=True, blank=[]),
            F(
                "niveaux",
                "Niveaux",
                K.TEXTS,
                "TPS, PS, MS, GS, CP, CE1… : où va un élève au changement d’année. Vide : d’après les noms des classes.",
                optional=True,
            ),
            F("site_alp", "Site ALP", K.CHOICE, "Où vont ses élèves autour de la classe.", of="sites", optional=True),
            F(
                "site_alsh",
                "Site ALSH",
                K.CHOICE,
                "Où vont ses élèves le mercredi et aux vacances.",
                of="sites",
                optional=True,
            ),
        ),
        columns=("nom", "code", "site_alp", "site_alsh"),
        one="une école",
    ),
    Section(
        "activites",
        "Activités",
        ("activites",),
        (
            _code(),
            _name(),
            F(
                "famille",
                "Famille",
                K.CHOICE,
                "ALP : autour de la classe. ALSH : mercredi et vacances.",
                _FAMILIES,
                start="ALP",
            ),
            F("jours", "A lieu", K.CHOICE, choices=_RUNS_ON, start="jours_scolaires"),
            F(
                "debut",
                "Début",
                K.TIME,
                "Dit aussi quel parent paie le jour où la garde change ; vide : midi.",
                optional=True,
            ),
            F("fin", "Fin", K.TIME, "Avec le début : les heures déclarées à la CAF.", optional=True),
            F(
                "formule",
                "Formule",
                K.CHOICE,
                "ALSH : plafonne les heures déclarées à la CAF.",
                _FORMULAS,
                optional=True,
            ),
            F("age_de", "Âge : à partir de", K.INTEGER, "En années, le jour réservé.", optional=True, unit="ans"),
            F("age_moins_de", "Âge : moins de", K.INTEGER, "En années, le jour réservé.", optional=True, unit="ans"),
            F("repas", "Repas", K.YES_NO, "La cuisine prépare un repas.", start=False),
            F(
                "apporte",
                "Apporte",
                K.CHOICES,
                "Ce qui est réservé avec elle.",
                of="activites",
                optional=True,
                blank=[],
                start=[],
            ),
            F(
                "exclut",
                "Exclut",
                K.CHOICES,
                "Ce qu’un enfant ne peut pas avoir le même jour.",
                of="activites",
                optional=True,
                blank=[],
                start=[],
            ),
            F(
                "justificatif",
                "Rendue sur justificatif",
                K.YES_NO,
                "Un justificatif reçu à temps rend un avoir après la limite.",
                start=False,
            ),
            *_limit("limite_ajout", "Réserver"),
            *_limit("limite_annulation", "Annuler"),
        ),
        columns=("nom", "famille", "jours", "debut", "fin"),
        ordered_by="ordre",
        one="une activité",
    ),
    Section(
        "places",
        "Places d’un jour",
        ("places",),
        (
            F("site", "Site", K.CHOICE, of="sites", identity=True),
            F("activite", "Activité", K.CHOICE, of="activites", identity=True),
            F("places", "Places", K.INTEGER, start=0),
        ),
        keyed=2,
        columns=("site", "activite", "places"),
        one="une activité proposée par un site",
        hint="Ce que chaque site propose. Un tarif doit d’abord donner un prix à l’activité.",
    ),
    Section(
        "places_jours",
        "Places selon le jour",
        ("places_jours",),
        (
            F("site", "Site", K.CHOICE, of="sites", identity=True),
            F("activite", "Activité", K.CHOICE, of="activites", identity=True),
            F("jours", "Jours", K.CHOICES, choices=_DAYS, identity=True, start=[]),
            F("places", "Places", K.INTEGER, start=0),
        ),
        columns=("site", "activite", "jours", "places"),
        one="des places de certains jours",
        hint="Certains jours de la semaine ont d’autres places que celles d’un jour.",
    ),
    Section(
        "limites",
        "Limites par âge",
        ("limites",),
        (
            F("site", "Site", K.CHOICE, of="sites"),
            F(
                "activites",
                "Activités",
                K.CHOICES,
                "Ensemble : leurs enfants sont comptés une fois.",
                of="activites",
                start=[],
            ),
            F("places", "Places", K.INTEGER, start=0),
            F("age_de", "Âge : à partir de", K.INTEGER, start=0, unit="ans"),
            F("age_moins_de", "Âge : moins de", K.INTEGER, optional=True, unit="ans"),
            F(
                "jours",
                "Jours",
                K.CHOICES,
                choices=_DAYS,
                optional=True,
                blank=[],
                start=[],
                none="tous les jours",
            ),
        ),
        columns=("site", "activites", "age_de", "age_moins_de", "places"),
        one="une limite",
        hint="Une limite de plus, sur un âge ou plusieurs activités d’un site ; la plus petite l’emporte.",
    ),
    *SCHOOL,
    Section(
        "encadrement",
        "Encadrement",
        ("encadrement",),
        (
            F("famille", "Famille", K.CHOICE, choices=_FAMILIES, identity=True, start="ALP"),
            F("moins_de_6", "Enfants de moins de 6 ans", K.INTEGER, "Au plus, pour un adulte.", start=8),
            F("six_et_plus", "Enfants de 6 ans et plus", K.INTEGER, "Au plus, pour un adulte.", start=12),
        ),
        keyed=1,
        columns=("famille", "moins_de_6", "six_et_plus"),
        one="un taux d’encadrement",
        hint="Enfants au plus par adulte : ce que dit votre projet éducatif de territoire.",
    ),
    Section(
        "reservations",
        "Réservations",
        ("regles",),
        (
            F("attente_minutes", "Délai pour payer", K.INTEGER, "Le quart d’heure du dépliant.", unit="min"),
            F("prolongation_minutes", "Prolongation d’un panier", K.INTEGER, unit="min"),
            F("prolongations_au_plus", "Prolongations au plus", K.INTEGER),
            F(
                "repas_attente_minutes",
                "Délai après limite, repas",
                K.INTEGER,
                "Un panier avec repas n’est jamais prolongé au-delà de la limite de ce repas plus ce délai.",
                unit="min",
            ),
            F(
                "renouvellement_alsh",
                "Renouvellement ALSH dès",
                K.MONTH_DAY,
                "Jour et mois de l’année d’avant : 01/10.",
            ),
            F("ponts_alsh_ouverts", "ALSH ouvert les ponts", K.YES_NO),
            F(
                "dette_bloque_reservations",
                "Dette à payer d’abord",
                K.YES_NO,
                "Un chèque impayé se paie avant toute nouvelle réservation de ce payeur.",
            ),
        ),
        single=True,
    ),
    Section(
        "justificatifs",
        "Justificatifs d’absence",
        ("regles",),
        (
            F(
                "justificatif_jours",
                "Délai après l’absence",
                K.INTEGER,
                "48 h : 2 jours après le premier.",
                unit="jours",
            ),
            F(
                "justificatif_acceptation",
                "Motifs d’acceptation",
                K.TEXTS,
                "Sans mot de santé.",
                optional=True,
                blank=[],
            ),
            F("justificatif_refus", "Motifs de refus", K.TEXTS, "Sans mot de santé.", optional=True, blank=[]),
        ),
        single=True,
    ),
    Section(
        "attente",
        "Liste d’attente",
        ("liste_attente",),
        (
            F(
                "offre_minutes",
                "Place gardée",
                K.INTEGER,
                "Pour le premier de la liste : 1440 minutes, un jour.",
                unit="min",
            ),
        ),
        single=True,
    ),
    Section(
        "pointage",
        "Pointage",
        ("pointage",),
        (
            F(
                "sans_reservation_coefficient",
                "Sans réservation",
                K.FACTOR,
                "Un enfant venu sans réservation doit le prix du jour fois ce coefficient, plus le supplément.",
                unit="× prix",
            ),
            F("sans_reservation_supplement", "Supplément", K.AMOUNT, "S’ajoute au prix de qui vient sans réservation."),
            F(
                "caf_journee_heures",
                "Mercredi pour la CAF",
                K.INTEGER,
                "Au plus, une journée avec repas.",
                unit="h",
            ),
            F(
                "caf_demi_journee_heures",
                "Demi-journée pour la CAF",
                K.INTEGER,
                "Au plus, une demi-journée de mercredi.",
                unit="h",
            ),
        ),
        single=True,
    ),
    Section(
        "moyens",
        "Moyens de paiement",
        ("moyens",),
        (
            F("moyen", "Moyen", K.CHOICE, choices=_MEANS, identity=True, start="especes"),
            F("nom", "Nom", K.TEXT),
            F("actif", "Admis", K.YES_NO, "Non : la commune ne le reçoit pas encore.", start=True),
            F("plafond", "Plafond", K.AMOUNT, "Ce qu’un paiement peut en garder au plus.", optional=True),
            F("rend_monnaie", "Rend la monnaie", K.YES_NO, "Les espèces seules.", start=False),
            F("activites_exclues", "Ne paie jamais", K.CHOICES, of="activites", optional=True, blank=[], start=[]),
            F(
                "alsh_moins_de",
                "Paie l’ALSH avant",
                K.INTEGER,
                "Âge, le jour réservé ; vide : à tout âge.",
                optional=True,
                unit="ans",
            ),
            F(
                "paniers",
                "Paniers",
                K.CHOICES,
                choices=_BASKETS,
                optional=True,
                blank=[],
                start=["regularisation", "reservation"],
            ),
            F(
                "references",
                "À noter",
                K.CHOICES,
                "Ce que l’agent note en encaissant.",
                _REFERENCES,
                optional=True,
                blank=[],
                start=[],
            ),
            F(
                "caisse_ouverte",
                "Caisse ouverte",
                K.YES_NO,
                "Il faut une caisse ouverte (les espèces : toujours).",
                start=False,
            ),
        ),
        columns=("nom", "moyen", "actif", "plafond"),
        one="un moyen de paiement",
    ),
    Section(
        "caisse",
        "Caisse et contre-passation",
        ("regles",),
        (
            F("monnaie_a_confirmer", "Monnaie à confirmer", K.AMOUNT, "Au-delà, la monnaie à rendre se confirme."),
            F("encaisse_maximum", "Encaisse maximum", K.AMOUNT, "Acte constitutif ; au-delà, la caisse avertit."),
            F("cheques_jours", "Remise d’un chèque", K.INTEGER, "Jours ouvrés au plus.", unit="jours"),
            F("motifs_impaye", "Motifs : impayé", K.TEXTS),
            F("motifs_annulation", "Motifs : paiement annulé", K.TEXTS),
            F("motifs_correction", "Motifs : moyen corrigé", K.TEXTS),
        ),
        single=True,
    ),
    Section(
        "pieces",
        "Pièces demandées",
        ("pieces",),
        (
            _code(),
            _name(),
            F("de", "Demandée pour", K.CHOICE, choices=_PAPER_OF, start="enfant"),
            F("validite", "Valable", K.CHOICE, choices=_VALIDITIES, start="annee_scolaire"),
            F("mois", "Nombre de mois", K.INTEGER, "Comptés de la date de la pièce.", start=12, unit="mois"),
            F("obligatoire", "Obligatoire", K.YES_NO, "Demandée à toutes les familles.", start=True),
            F(
                "bloque",
                "Bloque",
                K.CHOICES,
                "Ce qui ne se réserve pas tant qu’elle manque.",
                of="activites",
                optional=True,
                blank=[],
                start=[],
            ),
        ),
        columns=("nom", "code", "de", "validite"),
        one="une pièce",
        hint="Vue au guichet, « vue le … par … », jamais gardée.",
    ),
    Section(
        "motifs",
        "Rendez-vous : motifs",
        ("rendez_vous", "motifs"),
        (_code(), _name(), F("minutes", "Durée", K.INTEGER, start=30, unit="min")),
        columns=("nom", "code", "minutes"),
        one="un motif",
    ),
    Section(
        "ouvertures",
        "Rendez-vous : semaine",
        ("rendez_vous", "ouvertures"),
        (
            F("jour", "Jour", K.CHOICE, choices=_DAYS, identity=True, start="lundi"),
            F("de", "De", K.TIME, identity=True),
            F("a", "À", K.TIME),
            F("postes", "Familles à la fois", K.INTEGER, start=1),
        ),
        columns=("jour", "de", "a", "postes"),
        one="une plage",
        hint="Le modèle d’une semaine de l’agenda.",
    ),
    *PORTAL,
    Section(
        "comptes",
        "Comptes des agents",
        ("regles",),
        (
            F("blocage_essais", "Mots de passe faux", K.INTEGER, "Avant qu’un compte se bloque."),
            F("blocage_minutes", "Blocage", K.INTEGER, unit="min"),
        ),
        single=True,
    ),
    Section(
        "conservation",
        "Conservation (RGPD)",
        ("conservation",),
        (
            F("famille_annees", "Famille sans activité", K.INTEGER, "Ensuite proposée à l’effacement.", unit="ans"),
            F("rendez_vous_mois", "Rendez-vous passés", K.INTEGER, unit="mois"),
        ),
        single=True,
    ),
    Section(
        "sources",
        "Textes cités",
        ("sources",),
        (
            F(
                "limite",
                "Pour la limite",
                K.TEXT,
                "Cité à la place du dépliant, avec le refus.",
                optional=True,
                left_out=True,
            ),
            F("paiement", "Pour les paiements", K.TEXT, "Cité à la place du dépliant.", optional=True, left_out=True),
        ),
        single=True,
    ),
)
_BY_KEY = {section.key: section for section in SECTIONS}


def section_of(key: str) -> Section:
    """Return a section by its key. Raises KeyError."""
    return _BY_KEY[key]
