"""The words the database keeps by value: states, kinds and reasons, apart from the tables so that queries load no SQLModel."""

from enum import StrEnum


class DatabaseKind(StrEnum):
    """Only a demo or a test database accepts another clock than the server's."""

    REAL = "reelle"
    DEMO = "demo"
    TEST = "test"


class Role(StrEnum):
    """What an agent may be; one may be several (a small mairie has one desk)."""

    ENFANCE = "enfance"
    COMPTABILITE = "comptabilite"
    REGISSEUR = "regisseur"
    ADMINISTRATEUR = "administrateur"
    SITE = "site"  # marks who came, at a site
    PORTAL = "portail"  # the families' portal itself: nobody signs in as it


class AlshOrigin(StrEnum):
    """Why a child may go to the ALSH in a civil year: renewed at an appointment, or attended (imported as such)."""

    RENEWED = "renouvele"
    ATTENDED = "frequente"


class GuardianRelation(StrEnum):
    """What a guardian is to the children."""

    UNKNOWN = ""
    MOTHER = "mere"
    FATHER = "pere"
    TUTOR = "tuteur"
    STEP_PARENT = "beau_parent"
    FOSTER = "famille_accueil"
    GRANDPARENT = "grand_parent"
    OTHER = "autre"


class Authority(StrEnum):
    """Whether a guardian holds parental authority."""

    UNKNOWN = ""
    HELD = "oui"
    NOT_HELD = "non"


class AllowanceFund(StrEnum):
    """Which fund knows the family's quotient."""

    NONE = ""
    CAF = "CAF"
    MSA = "MSA"


class SecondPayerBasis(StrEnum):
    """What a second payer's request rests on, seen at the desk."""

    NONE = ""
    JUDGMENT = "jugement"
    AGREEMENT = "accord"


class Sex(StrEnum):
    """As schools write it."""

    UNKNOWN = ""
    FEMALE = "F"
    MALE = "M"


class Diet(StrEnum):
    """The meals asked for, and nothing of why (rules, « Privacy »)."""

    ORDINARY = ""
    NO_PORK = "sans_porc"
    NO_MEAT = "sans_viande"


class ConsentKind(StrEnum):
    """What a family consents to."""

    RULES = "reglement"  # the rules of the service are accepted
    IMAGE = "image"
    LEAVES_ALONE = "sortie_seul"


class ChangeSubject(StrEnum):
    """What of a dossier changed: the tables whose rows are followed field by field."""

    DOSSIER = "dossier"
    GUARDIAN = "guardian"
    PAYER = "payer"
    QUOTIENT = "quotient_familial"
    CHILD = "child"
    SCHOOLING = "schooling"
    ALSH = "alsh_enrolment"
    CUSTODY = "custody_pattern"
    CUSTODY_EXCEPTION = "custody_exception"
    CONTACT = "contact_person"
    CONSENT = "consent"
    PAPER = "supporting_document"
    WEEK_PATTERN = "week_pattern"


class AppointmentState(StrEnum):
    """An appointment is planned until it is over; the others are final."""

    PLANNED = "prevu"
    KEPT = "honore"
    MISSED = "absent"
    CANCELLED = "annule"


class LetterKind(StrEnum):
    """The letters the service writes."""

    NUMBER = "numero"  # the dossier's number, for the portal
    MISSING_PAPERS = "pieces"
    APPOINTMENT = "rendez_vous"
    LEAFLET = "depliant"  # the counter's page of the leaflet
    CLOSURE = "fermeture"  # a day the commune cancelled


class ImportKind(StrEnum):
    """What a file imported holds."""

    ONDE_PUPILS = "onde_eleves"
    ONDE_GUARDIANS = "onde_responsables"
    TABLE = "tableau"


class SnapshotKind(StrEnum):
    """Whom an identity snapshot names."""

    PAYER = "payeur"
    CHILD = "enfant"
    DRAWER = "tireur"


class BasketOrigin(StrEnum):
    """Where a basket was made."""

    DESK = "guichet"
    KIOSK = "borne"  # the public computer of the mairie
    ONLINE = "internet"  # the same portal, in a browser


class BasketState(StrEnum):
    """An open basket waits for its payment; it is live while `now < expires_at`. The others are final."""

    OPEN = "ouvert"
    PAID = "paye"
    CLOSED = "clos"  # expired and replaced, or emptied


class BookingState(StrEnum):
    """`held → confirmed | released`, `confirmed → cancelled | cancelled_late`, `confirmed ↔ due`, `cancelled_late ↔ due_late`.

    What is owed and dropped is cancelled: `due → cancelled`, `due_late → cancelled`. `unkept → cancelled` within one gesture.
    """

    HELD = "held"
    CONFIRMED = "confirmed"
    DUE = "due"
    RELEASED = "released"
    CANCELLED = "cancelled"
    CANCELLED_LATE = "cancelled_late"
    DUE_LATE = "due_late"  # cancelled too late, and its payment was reversed: still owed, takes no place
    UNKEPT = "unkept"  # paid online after its place was gone, until its avoir in the same gesture: takes no place


class ProofState(StrEnum):
    """A late ALSH absence waits for its justificatif, then is accepted or refused."""

    AWAITED = "attendu"
    ACCEPTED = "accepte"
    REFUSED = "refuse"


OWED = (BookingState.DUE.value, BookingState.DUE_LATE.value)  # a debt, on a day that stays booked or not
TO_PAY = (BookingState.HELD.value, *OWED)

# Written out in queries too: SQLite uses a partial index only where its condition stands as it is, without bound values.
LIVE_STATES = "state IN ('held', 'confirmed', 'due')"
ENDED_STATES = (
    "state IN ('cancelled', 'cancelled_late', 'due_late')"  # were booked and paid for, and are booked no more
)
OPEN_BASKET = "basket.state = 'ouvert'"


class WaitingState(StrEnum):
    """`attente → offerte → prise | refusee | echue`, `attente | offerte → retiree`. The last four are final."""

    WAITING = "attente"
    OFFERED = "offerte"  # a place is kept until its own time
    TAKEN = "prise"
    DECLINED = "refusee"
    LAPSED = "echue"  # the offer, or the day's own limit, ran out
    WITHDRAWN = "retiree"


OPEN_WAITING = "state IN ('attente', 'offerte')"


class AttendanceState(StrEnum):
    """What was marked of a child on a slot."""

    PRESENT = "present"
    JUSTIFIED = "absent_justifie"
    ABSENT = "absent"
    UNBOOKED = "sans_reservation"  # came without booking: a debt
    CLEARED = "efface"  # marked by mistake: as if nothing had been


class ClosureState(StrEnum):
    """A closure goes dossier by dossier; interrupted, it is gone on with."""

    RUNNING = "en_cours"
    DONE = "faite"
    UNDONE = "annulee"


class ClosedDayOutcome(StrEnum):
    """What a closure made of a day booked."""

    AVOIR = "avoir"  # given back by right
    RELEASED = "liberee"  # on hold, not paid
    DEBT_DROPPED = "dette_annulee"
    NOTHING = "rien"  # booked free of charge: nothing to give back


class NotRestored(StrEnum):
    """Why a day stays cancelled though its closure was undone."""

    AVOIR_USED = "avoir_utilise"  # what is left of the payer's avoirs no longer pays it: undone until used only
    ON_HOLD = "attente"  # it was on hold, never paid
    DEBT = "dette"  # it was a debt, dropped: to be taken up by hand
    BASKET = "panier"  # the payer has a basket that waits
    BOOKED = "reserve"  # the child was booked again, or on something that excludes it
    FULL = "complet"  # others took the places
    CLOSED = "ferme"  # another closure still closes the day
    LATE = "tardive"  # the family had cancelled it too late: what it paid stays given back
    GONE = "parti"  # the dossier or the child is archived, or the family erased


class AvoirReason(StrEnum):
    """Why an avoir was given."""

    CANCELLED = "annulation"  # cancelled before the limit
    PROOF = "justificatif"  # a late ALSH absence justified in time
    COMMUNE = "commune"  # a day the commune itself cancelled
    CARRIED = "reprise"  # carried over when the program was put in place
    REVERSAL = "contrepassation"  # the money kept of a payment that was reversed
    ONLINE = "en_ligne"  # paid online, for a day that could no longer be kept


class EntryKind(StrEnum):
    """What happened."""

    OPENING = "ouverture"  # a till opened with its float
    PAYMENT = "paiement"
    AVOIR = "avoir"
    MOVEMENT = "mouvement"  # cash brought to a till, or taken out of it
    DIFFERENCE = "ecart"  # what was counted is not what should be there
    TILL_CLOSING = "cloture_caisse"
    REVERSAL = "contrepassation"
    DEBT_DROPPED = "dette_annulee"  # a day owed was cancelled in time, or the régisseur dropped the debt
    DEPOSIT = "versement"  # a slip validated: money leaves the régie for the Trésor
    REFUND = "remboursement"  # an avoir that the ordonnateur will pay back by mandat
    UNPAID = "impaye"  # a cheque that a reversal had kept came back later
    CLOSING = "cloture"  # a day, a month or a year closed
    TRANSFER = "transfert"  # two accounts of one person joined
    DEBT = "creance"  # a child came without booking: the day is owed


class SeriesKind(StrEnum):
    """What is numbered by régie and year."""

    QUITTANCE = "quittance"
    AVOIR = "avoir"
    SLIP = "bordereau"
    REFUND = "remboursement"


GENESIS_HASH = "0" * 64  # what the first entry of a régie is chained to


class SessionState(StrEnum):
    """A till session is open until it is closed; a closed one never changes."""

    OPEN = "ouverte"
    CLOSED = "close"


class CountAt(StrEnum):
    """When a till is counted."""

    OPENING = "ouverture"
    CLOSING = "cloture"


class MovementKind(StrEnum):
    """Why cash enters or leaves a till other than by a payment."""

    SUPPLY = "apport"  # brought, to make change
    WITHDRAWAL = "retrait"  # part of the float taken back
    DEPOSIT = "versement"  # taken out to be deposited by a slip
    RETURN = "retour"  # taken out to be deposited, and put back in the till


class ReversalKind(StrEnum):
    """Why a payment is reversed."""

    UNPAID = "impaye"  # the cheque came back
    CANCELLED = "annulation"  # typed though nothing, or not all, was received
    CORRECTION = "correction"  # the means were typed wrong: paid again in the same gesture


class ReversedLine(StrEnum):
    """What a reversal does of a day that had been paid."""

    DUE = "due"  # confirmed: owed again
    DUE_LATE = "due_late"  # cancelled too late: owed again, takes no place
    WITHDRAWN = "retiree"  # given back as an avoir, which is taken back
    CORRECTED = "corrigee"  # paid again at once: untouched


class SlipState(StrEnum):
    """A deposit slip is a draft until it is validated; then it never changes."""

    DRAFT = "brouillon"
    VALIDATED = "valide"


class SlipLineKind(StrEnum):
    """Why a payment is on a slip."""

    PAYMENT = "paiement"  # its money is deposited
    REVERSAL = "contrepassation"  # it was deposited, then reversed: taken off
    UNPAID = "impaye"  # one cheque of it, deposited and kept by its reversal, came back later: taken off


class PeriodKind(StrEnum):
    """What is closed."""

    DAY = "jour"
    MONTH = "mois"
    YEAR = "annee"


class CodeKind(StrEnum):
    """What a link or a code sent to a family is for."""

    ACTIVATION = "activation"
    PASSWORD = "mot_de_passe"  # noqa: S105  a kind, not a password


class TryKind(StrEnum):
    """What is tried at the portal and counted, so that nobody may go on trying."""

    SIGN_IN = "connexion"  # a password, under a user name that somebody has or not
    LINK = "rattachement"  # a dossier's number
    CODE = "code"
    MESSAGE = "message"  # a link asked for


class OnlineState(StrEnum):
    """`demandee → ouverte | echec`, `ouverte → payee | refusee | abandonnee | expiree`; all but `payee` may still become `payee`."""

    ASKED = "demandee"  # PayFiP has not answered yet
    OPEN = "ouverte"  # the family may pay until its page closes
    PAID = "payee"
    REFUSED = "refusee"
    ABANDONED = "abandonnee"
    EXPIRED = "expiree"
    FAILED = "echec"  # PayFiP gave no page


UNSETTLED_ONLINE = "state IN ('demandee', 'ouverte')"


class StatementOutcome(StrEnum):
    """What a line of the Trésor's statement is to our payments."""

    MATCHED = "rapprochee"
    AMOUNT = "montant"  # ours by its reference, of another amount
    UNPAID = "non_payee"  # ours, and not known here as paid
    UNKNOWN = "inconnue"
