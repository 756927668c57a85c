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


class AlshOrigin(StrEnum):
    """Why a child may go to the ALSH in a civil year: renewed at an appointment, or attended (imported as such)."""

    RENEWED = "renouvele"
    ATTENDED = "frequente"


class SnapshotKind(StrEnum):
    """Whom an identity snapshot names."""

    PAYER = "payeur"
    CHILD = "enfant"
    DRAWER = "tireur"


class BasketState(StrEnum):
    """An open basket waits for its payment; it is live while `now < expires_at`. The others are final."""

    OPEN = "ouvert"
    PAID = "paye"
    CLOSED = "clos"  # expired and replaced, or emptied


class BookingState(StrEnum):
    """`held → confirmed | released`, `confirmed → cancelled | cancelled_late`, `confirmed ↔ due`."""

    HELD = "held"
    CONFIRMED = "confirmed"
    DUE = "due"
    RELEASED = "released"
    CANCELLED = "cancelled"
    CANCELLED_LATE = "cancelled_late"


class ProofState(StrEnum):
    """A late ALSH absence waits for its justificatif, then is accepted or refused."""

    AWAITED = "attendu"
    ACCEPTED = "accepte"
    REFUSED = "refuse"


# Written out in queries too: SQLite uses a partial index only where its condition stands as it is, without bound values.
LIVE_STATES = "state IN ('held', 'confirmed', 'due')"
OPEN_BASKET = "basket.state = 'ouvert'"


class AvoirReason(StrEnum):
    """Why an avoir was given."""

    CANCELLED = "annulation"  # cancelled before the limit
    PROOF = "justificatif"  # a late ALSH absence justified in time
    COMMUNE = "commune"  # a day the commune itself cancelled
    CARRIED = "reprise"  # carried over when the program was put in place


class EntryKind(StrEnum):
    """What happened."""

    OPENING = "ouverture"  # a till opened with its float
    PAYMENT = "paiement"
    AVOIR = "avoir"


class SeriesKind(StrEnum):
    """What is numbered by régie and year."""

    QUITTANCE = "quittance"
    AVOIR = "avoir"


GENESIS_HASH = "0" * 64  # what the first entry of a régie is chained to


class SessionState(StrEnum):
    """A till session is open until it is closed; a closed one never changes."""

    OPEN = "ouverte"
    CLOSED = "close"
