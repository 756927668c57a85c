"""Every table of the program as a SQLAlchemy table, so that the metadata is whole and services write plain Core statements.

`tables.booking.c.day` names a column; the SQLModel classes beside say what each row is and what the database refuses.
"""

from typing import cast

from sqlalchemy import Table
from sqlmodel import SQLModel

from models.agents import Agent, AgentRole, AuditEvent, UnknownSignIn
from models.avoirs import Avoir, AvoirLine, AvoirUse
from models.base import metadata as metadata
from models.bookings import AbsenceProof, Basket, Booking
from models.identity import DatabaseIdentity
from models.journal import JournalEntry, JournalHead, NumberSeries, Posting
from models.people import (
    AlshEnrolment,
    Child,
    CustodyPattern,
    Dossier,
    Guardian,
    IdentitySnapshot,
    Payer,
    QuotientFamilial,
    Schooling,
    SearchToken,
    SearchWord,
)
from models.places import Activity, CommuneVersion, Offering, School, Site, Slot
from models.till import (
    Payment,
    PaymentLine,
    Quittance,
    QuittanceCopy,
    Regie,
    Tender,
    TenderAllocation,
    Till,
    TillSession,
)


def _table(model: type[SQLModel]) -> Table:
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


agent = _table(Agent)
agent_role = _table(AgentRole)
audit_event = _table(AuditEvent)
unknown_sign_in = _table(UnknownSignIn)
avoir = _table(Avoir)
avoir_line = _table(AvoirLine)
avoir_use = _table(AvoirUse)
absence_proof = _table(AbsenceProof)
basket = _table(Basket)
booking = _table(Booking)
database_identity = _table(DatabaseIdentity)
journal_entry = _table(JournalEntry)
journal_head = _table(JournalHead)
number_series = _table(NumberSeries)
posting = _table(Posting)
alsh_enrolment = _table(AlshEnrolment)
child = _table(Child)
custody_pattern = _table(CustodyPattern)
dossier = _table(Dossier)
guardian = _table(Guardian)
identity_snapshot = _table(IdentitySnapshot)
payer = _table(Payer)
quotient_familial = _table(QuotientFamilial)
schooling = _table(Schooling)
search_token = _table(SearchToken)
search_word = _table(SearchWord)
activity = _table(Activity)
commune_version = _table(CommuneVersion)
offering = _table(Offering)
school = _table(School)
site = _table(Site)
slot = _table(Slot)
payment = _table(Payment)
payment_line = _table(PaymentLine)
quittance = _table(Quittance)
quittance_copy = _table(QuittanceCopy)
regie = _table(Regie)
tender = _table(Tender)
tender_allocation = _table(TenderAllocation)
till = _table(Till)
till_session = _table(TillSession)
