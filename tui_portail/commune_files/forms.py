"""What a commune's document may hold: its French keys, their types and their defaults. Nothing unknown is let through."""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from tui_portail.commune_files.portal_forms import OnlinePaymentForm, PortalForm
from tui_portail.commune_files.typed_values import (
    Age,
    Cents,
    Code,
    Count,
    Factor,
    Form,
    Label,
    Level,
    Minutes,
    MonthAndDay,
    QuotientCents,
    Reasons,
    Reference,
    SourceKey,
    Weekday,
)
from tui_portail.policy import (
    CORRECTION_REASONS,
    REVERSAL_REASONS,
    UNPAID_REASONS,
    ActivityFamily,
    BasketKind,
    Formula,
    Means,
    RunsOn,
)
from tui_portail.service_rules import PaperOf, PaperValidity


class IdentityForm(Form):
    """`[identite]`."""

    nom: Label
    service: Label
    adresse: tuple[Label, ...] = ()
    telephone: str = Field("", max_length=40)
    courriel: str = Field("", max_length=200)


class RegieForm(Form):
    """`[regie]`."""

    code: Code
    nom: Label
    caisse: Label = "Caisse principale"
    contact: str = Field("", max_length=200)


class SiteForm(Form):
    """`[[sites]]`."""

    code: Code
    nom: Label
    contacts: dict[ActivityFamily, Label] = Field(default_factory=dict)


class SchoolForm(Form):
    """`[[ecoles]]`. Without `niveaux`, those its classes are called by."""

    code: Code
    nom: Label
    classes: tuple[Label, ...] = ()
    niveaux: tuple[Level, ...] | None = None
    site_alp: Code | None = None
    site_alsh: Code | None = None


class LimitForm(Form):
    """`limite_ajout` and `limite_annulation` of an activity."""

    heure: time = time(12, 0)
    jours: Annotated[int, Field(ge=0, le=60)] = 1
    sauter_feries: bool = False
    sauter_fermetures: bool = True


class ActivityForm(Form):
    """`[[activites]]`. Without `ordre`, activities keep the order of the file."""

    code: Code
    nom: Label
    famille: ActivityFamily
    jours: RunsOn
    limite_ajout: LimitForm = LimitForm()
    limite_annulation: LimitForm = LimitForm()
    repas: bool = False
    apporte: tuple[Code, ...] = ()
    exclut: tuple[Code, ...] = ()
    justificatif: bool = False
    ordre: int | None = None
    debut: time | None = None
    fin: time | None = None
    age_de: Age | None = None
    age_moins_de: Age | None = None
    formule: Formula | None = None


class RulesForm(Form):
    """`[regles]`: what the leaflet leaves to the commune, with the defaults of the service."""

    attente_minutes: Minutes = 15
    prolongation_minutes: Minutes = 15
    prolongations_au_plus: Annotated[int, Field(ge=0, le=20)] = 3
    repas_attente_minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    justificatif_jours: Annotated[int, Field(ge=0, le=60)] = 2
    justificatif_acceptation: tuple[Label, ...] = ()
    justificatif_refus: tuple[Label, ...] = ()
    renouvellement_alsh: MonthAndDay = (10, 1)
    ponts_alsh_ouverts: bool = False
    blocage_essais: Annotated[int, Field(ge=1, le=100)] = 5
    blocage_minutes: Minutes = 15
    monnaie_a_confirmer: Cents = 100_00
    encaisse_maximum: Cents = 1_000_00
    cheques_jours: Annotated[int, Field(ge=1, le=30)] = 1
    dette_bloque_reservations: bool = True
    motifs_impaye: Reasons = UNPAID_REASONS
    motifs_annulation: Reasons = REVERSAL_REASONS
    motifs_correction: Reasons = CORRECTION_REASONS


class PaperForm(Form):
    """`[[pieces]]`: a kind of paper asked for."""

    code: Code
    nom: Label
    de: PaperOf = PaperOf.CHILD
    validite: PaperValidity = PaperValidity.SCHOOL_YEAR
    mois: Annotated[int, Field(ge=1, le=240)] = 12
    obligatoire: bool = True
    bloque: tuple[Code, ...] = ()


class AppointmentKindForm(Form):
    """`motifs` of `[rendez_vous]`."""

    code: Code
    nom: Label
    minutes: Annotated[int, Field(ge=5, le=480)] = 30


class OpeningForm(Form):
    """`ouvertures` of `[rendez_vous]`."""

    jour: Weekday
    de: time
    a: time
    postes: Annotated[int, Field(ge=1, le=20)] = 1


class AppointmentsForm(Form):
    """`[rendez_vous]`: the weekly template of the service's diary."""

    motifs: tuple[AppointmentKindForm, ...] = ()
    ouvertures: tuple[OpeningForm, ...] = ()


class RetentionForm(Form):
    """`[conservation]`: how long data is kept."""

    famille_annees: Annotated[int, Field(ge=1, le=50)] = 5
    rendez_vous_mois: Annotated[int, Field(ge=1, le=240)] = 24


class WeekdayPlacesForm(Form):
    """`[[places_jours]]`: the places of some weekdays, instead of those of `[places]`."""

    site: Code
    activite: Code
    jours: tuple[Weekday, ...] = Field(min_length=1)
    places: Count


class CapacityLimitForm(Form):
    """`[[limites]]`: one more limit over a site's activities, by age or weekday; the smallest wins."""

    site: Code
    activites: tuple[Code, ...] = Field(min_length=1)
    places: Count
    age_de: Age = 0
    age_moins_de: Age | None = None
    jours: tuple[Weekday, ...] = ()


class WaitingForm(Form):
    """`[liste_attente]`."""

    offre_minutes: Annotated[int, Field(ge=5, le=20_160)] = 1440


class AttendanceForm(Form):
    """`[pointage]`."""

    sans_reservation_coefficient: Factor = Fraction(1)
    sans_reservation_supplement: Cents = 0
    caf_journee_heures: Annotated[int, Field(ge=1, le=24)] = 9
    caf_demi_journee_heures: Annotated[int, Field(ge=1, le=24)] = 4


class StaffForm(Form):
    """`[encadrement.ALP]`, `[encadrement.ALSH]`: children an adult may look after."""

    moins_de_6: Annotated[int, Field(ge=1, le=100)]
    six_et_plus: Annotated[int, Field(ge=1, le=100)]


class MeansForm(Form):
    """`[[moyens]]`: one line of the régie's matrix of means."""

    moyen: Means
    nom: Label
    actif: bool = True
    rend_monnaie: bool = False
    plafond: Cents | None = None
    activites_exclues: tuple[Code, ...] = ()
    alsh_moins_de: Annotated[int, Field(ge=0, le=25)] | None = None
    paniers: tuple[BasketKind, ...] = tuple(BasketKind)
    references: tuple[Reference, ...] = ()
    caisse_ouverte: bool = False


class SchoolYearForm(Form):
    """`annees` of the calendar."""

    nom: Label
    premier_jour: date
    dernier_jour: date


class HolidayForm(Form):
    """`vacances` of the calendar, both days included."""

    nom: Label
    du: date
    au: date


class ClosureForm(Form):
    """`[[fermetures]]` of the calendar, both days included."""

    du: date
    au: date
    motif: Label
    mairie: bool | None = None
    activites: bool = False
    site: Code | None = None
    seulement: tuple[Code, ...] = ()

    @property
    def closes_mairie(self) -> bool:
        """Whether the mairie's offices are closed too: as written, else unless the closure is of one site or some activities only."""
        return (self.site is None and not self.seulement) if self.mairie is None else self.mairie


class CalendarForm(Form):
    """The file named by `calendrier`. Without `feries`, the public holidays of metropolitan France."""

    zone: Label
    couvert_du: date
    couvert_au: date
    annees: tuple[SchoolYearForm, ...] = Field(min_length=1)
    vacances: tuple[HolidayForm, ...] = ()
    ponts: tuple[date, ...] = ()
    feries: dict[date, Label] | None = None
    fermetures: tuple[ClosureForm, ...] = ()


class BracketForm(Form):
    """One of the `tranches` of a grid: `[de, moins_de[`, quotients in euros."""

    de: QuotientCents
    moins_de: QuotientCents | None = None
    prix: Cents


class EffortForm(Form):
    """`effort` of a grid."""

    taux: Factor
    plancher: Cents
    plafond: Cents


class GridForm(Form):
    """`[[grilles]]`: exactly one of `prix`, `tranches` and `effort`. `source` and `fictif` default to those of the file."""

    activite: Code
    nom: Label
    du: date
    au: date | None = None
    prix: Cents | None = None
    tranches: tuple[BracketForm, ...] | None = None
    effort: EffortForm | None = None
    fratrie: tuple[Factor, ...] = (Fraction(1),)
    resident: Factor = Fraction(1)
    exterieur: Factor = Fraction(1)
    repas: Cents | None = None
    part_repas: Factor | None = None
    repas_non_fourni: Factor = Fraction(0)
    source: Label | None = None
    fictif: bool | None = None


class PricesForm(Form):
    """The file named by `tarifs`."""

    fictif: bool = True
    source: Label = "Règles de la commune"
    grilles: tuple[GridForm, ...] = ()


class CommuneForm(Form):
    """The whole document. One just begun has no site and no activity yet: they are typed on the screens."""

    commune: Label
    fictif: bool
    en_vigueur: date
    identite: IdentityForm
    regie: RegieForm
    sites: tuple[SiteForm, ...] = ()
    ecoles: tuple[SchoolForm, ...] = ()
    activites: tuple[ActivityForm, ...] = ()
    places: dict[Code, dict[Code, Count]] = Field(default_factory=dict)
    places_jours: tuple[WeekdayPlacesForm, ...] = ()
    limites: tuple[CapacityLimitForm, ...] = ()
    regles: RulesForm = RulesForm()
    pieces: tuple[PaperForm, ...] = ()
    rendez_vous: AppointmentsForm = AppointmentsForm()
    conservation: RetentionForm = RetentionForm()
    liste_attente: WaitingForm = WaitingForm()
    pointage: AttendanceForm = AttendanceForm()
    encadrement: dict[ActivityFamily, StaffForm] = Field(default_factory=dict)
    portail: PortalForm = PortalForm()
    paiement_en_ligne: OnlinePaymentForm = OnlinePaymentForm()
    sources: dict[SourceKey, Label] = Field(default_factory=dict)
    moyens: tuple[MeansForm, ...] = ()
    calendrier: CalendarForm
    tarifs: PricesForm = PricesForm()
