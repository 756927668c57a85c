"""Every table as queries name it: `tables.booking.c.day`. Made from the classes by `python -m models.schema`.

Keys between tables, checks and indexes are the classes' and the migrations'.
"""

from sqlalchemy import Boolean, Column, Date, Integer, MetaData, String, Table, Text

from models.instants import UtcDateTime

metadata = MetaData()

absence_proof = Table(
    "absence_proof",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", Integer),
    Column("child_id", Integer),
    Column("activity_code", String),
    Column("first_on", Date),
    Column("last_on", Date),
    Column("due_until", UtcDateTime),
    Column("state", String(10)),
    Column("received_on", Date),
    Column("reason", String(200), default=""),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Integer),
)
activity = Table(
    "activity",
    metadata,
    Column("code", String(30), primary_key=True),
    Column("label", String(120)),
    Column("rank", Integer, default=0),
)
agent = Table(
    "agent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(30)),
    Column("name", String(120)),
    Column("password_hash", String(200)),
    Column("must_change_password", Boolean, default=False),
    Column("failures", Integer, default=0),
    Column("locked_until", UtcDateTime),
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime),
)
agent_role = Table(
    "agent_role",
    metadata,
    Column("agent_id", Integer, primary_key=True, autoincrement=False),
    Column("role", String(15), primary_key=True),
)
alsh_enrolment = Table(
    "alsh_enrolment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("child_id", Integer),
    Column("year", Integer),
    Column("origin", String(12)),
    Column("recorded_at", UtcDateTime),
    Column("agent_id", Integer),
)
audit_event = Table(
    "audit_event",
    metadata,
    Column("operation_id", String(36), primary_key=True),
    Column("gesture", String(40)),
    Column("fingerprint", String(64)),
    Column("result", Text),
    Column("at", UtcDateTime),
    Column("agent_id", Integer),
    Column("subject", String(30)),
    Column("subject_id", String(36), default=""),
    Column("dossier_id", Integer),
    Column("reason", String(300), default=""),
    Column("details", Text),
)
avoir = Table(
    "avoir",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("regie_id", Integer),
    Column("payer_id", Integer),
    Column("payer_snapshot_id", Integer),
    Column("year", Integer),
    Column("number", Integer),
    Column("reason", String(15)),
    Column("issued_at", UtcDateTime),
    Column("amount_cents", Integer),
    Column("care_cents", Integer),
    Column("meal_cents", Integer),
    Column("entry_seq", Integer),
    Column("agent_id", Integer),
    Column("agent_name", String(120)),
    Column("head_hash", String(64)),
)
avoir_line = Table(
    "avoir_line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("avoir_id", Integer),
    Column("booking_id", Integer),
    Column("child_snapshot_id", Integer),
    Column("activity_label", String(120)),
    Column("care_cents", Integer),
    Column("meal_cents", Integer),
)
avoir_use = Table(
    "avoir_use",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("avoir_id", Integer),
    Column("payment_id", String(36)),
    Column("booking_id", Integer),
    Column("amount_cents", Integer),
)
basket = Table(
    "basket",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", Integer),
    Column("payer_id", Integer),
    Column("kind", String(15)),
    Column("state", String(10)),
    Column("created_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("extensions", Integer, default=0),
    Column("agent_id", Integer),
    Column("closed_at", UtcDateTime),
)
booking = Table(
    "booking",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("child_id", Integer),
    Column("slot_id", Integer),
    Column("day", Date),
    Column("payer_id", Integer),
    Column("basket_id", Integer),
    Column("state", String(15)),
    Column("price_cents", Integer),
    Column("care_cents", Integer),
    Column("meal_cents", Integer),
    Column("tariff", String(200), default=""),
    Column("booked_at", UtcDateTime),
    Column("agent_id", Integer),
    Column("derogation", String(200)),
    Column("payer_reason", String(200)),
    Column("ended_at", UtcDateTime),
    Column("proof_id", Integer),
)
child = Table(
    "child",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", Integer),
    Column("last_name", String(120)),
    Column("first_name", String(120)),
    Column("birth_on", Date),
    Column("meal_supplied", Boolean, default=True),
    Column("snapshot_id", Integer),
    Column("archived_at", UtcDateTime),
)
commune_version = Table(
    "commune_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recorded_at", UtcDateTime),
    Column("agent_id", Integer),
    Column("source", String(300)),
    Column("document", Text),
)
custody_pattern = Table(
    "custody_pattern",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("child_id", Integer),
    Column("from_on", Date),
    Column("anchor_on", Date),
    Column("first_payer_id", Integer),
    Column("second_payer_id", Integer),
    Column("period_days", Integer, default=7),
)
database_identity = Table(
    "database_identity",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, default=1),
    Column("program", String(30), default="tui-portail"),
    Column("kind", String(10)),
    Column("created_at", UtcDateTime),
    Column("base_id", String(32)),
    Column("clock_at", UtcDateTime),
    Column("clock_seen_at", UtcDateTime),
)
dossier = Table(
    "dossier",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(12)),
    Column("label", String(200)),
    Column("created_at", UtcDateTime),
    Column("archived_at", UtcDateTime),
    Column("version", Integer, default=1),
)
guardian = Table(
    "guardian",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", Integer),
    Column("last_name", String(120)),
    Column("first_name", String(120)),
    Column("birth_on", Date),
    Column("email", String(254), default=""),
    Column("phone", String(30), default=""),
    Column("address", String(300), default=""),
    Column("postcode", String(10), default=""),
    Column("city", String(120), default=""),
    Column("snapshot_id", Integer),
)
identity_snapshot = Table(
    "identity_snapshot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(12)),
    Column("person_id", Integer),
    Column("name", String(250)),
    Column("address", String(450), default=""),
    Column("taken_at", UtcDateTime),
    Column("erased_at", UtcDateTime),
)
journal_entry = Table(
    "journal_entry",
    metadata,
    Column("regie_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("format_version", Integer, default=1),
    Column("kind", String(15)),
    Column("entered_at", UtcDateTime),
    Column("agent_id", Integer),
    Column("operation_id", String(36)),
    Column("previous_hash", String(64)),
    Column("hash", String(64)),
    Column("document", Text),
)
journal_head = Table(
    "journal_head",
    metadata,
    Column("regie_id", Integer, primary_key=True, autoincrement=False),
    Column("last_seq", Integer, default=0),
    Column("head_hash", String(64)),
)
number_series = Table(
    "number_series",
    metadata,
    Column("regie_id", Integer, primary_key=True, autoincrement=False),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(15), primary_key=True),
    Column("last_number", Integer, default=0),
)
offering = Table(
    "offering",
    metadata,
    Column("site_code", String, primary_key=True),
    Column("activity_code", String, primary_key=True),
    Column("capacity", Integer),
)
payer = Table(
    "payer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", Integer),
    Column("guardian_id", Integer),
    Column("rank", Integer, default=1),
    Column("resident", Boolean, default=True),
)
payment = Table(
    "payment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("regie_id", Integer),
    Column("basket_id", Integer),
    Column("payer_id", Integer),
    Column("payer_snapshot_id", Integer),
    Column("till_session_id", Integer),
    Column("agent_id", Integer),
    Column("paid_at", UtcDateTime),
    Column("total_cents", Integer),
    Column("avoir_cents", Integer),
    Column("change_cents", Integer, default=0),
    Column("entry_seq", Integer),
)
payment_line = Table(
    "payment_line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("payment_id", String(36)),
    Column("booking_id", Integer),
    Column("child_snapshot_id", Integer),
    Column("activity_code", String),
    Column("activity_label", String(120)),
    Column("day", Date),
    Column("price_cents", Integer),
    Column("care_cents", Integer),
    Column("meal_cents", Integer),
)
posting = Table(
    "posting",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("regie_id", Integer),
    Column("entry_seq", Integer),
    Column("rank", Integer),
    Column("account", String(40)),
    Column("payer_id", Integer),
    Column("till_session_id", Integer),
    Column("amount_cents", Integer),
)
quittance = Table(
    "quittance",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("regie_id", Integer),
    Column("year", Integer),
    Column("number", Integer),
    Column("payment_id", String(36)),
    Column("issued_at", UtcDateTime),
    Column("avoir_left_cents", Integer),
    Column("agent_name", String(120)),
    Column("head_hash", String(64)),
    Column("fictitious", Boolean, default=False),
)
quittance_copy = Table(
    "quittance_copy",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("quittance_id", Integer),
    Column("copy_no", Integer),
    Column("printed_at", UtcDateTime),
    Column("agent_id", Integer),
)
quotient_familial = Table(
    "quotient_familial",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("payer_id", Integer),
    Column("value_cents", Integer),
    Column("valid_from_on", Date),
    Column("valid_until_on", Date),
    Column("source", String(120), default=""),
    Column("recorded_at", UtcDateTime),
)
regie = Table(
    "regie",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(30)),
    Column("name", String(200)),
)
school = Table(
    "school",
    metadata,
    Column("code", String(30), primary_key=True),
    Column("name", String(120)),
    Column("alp_site_code", String),
    Column("alsh_site_code", String),
)
schooling = Table(
    "schooling",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("child_id", Integer),
    Column("school_code", String),
    Column("class_name", String(60), default=""),
    Column("from_on", Date),
)
search_token = Table(
    "search_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("word", String(120)),
    Column("dossier_id", Integer),
)
search_word = Table(
    "search_word",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("word", String(120)),
)
site = Table(
    "site",
    metadata,
    Column("code", String(30), primary_key=True),
    Column("name", String(120)),
)
slot = Table(
    "slot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_code", String),
    Column("activity_code", String),
    Column("day", Date),
    Column("capacity", Integer),
    Column("withheld", Integer, default=0),
)
tender = Table(
    "tender",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("payment_id", String(36)),
    Column("rank", Integer),
    Column("means", String(12)),
    Column("amount_cents", Integer),
    Column("received_cents", Integer),
    Column("bank", String(80), default=""),
    Column("reference", String(80), default=""),
    Column("drawer_snapshot_id", Integer),
)
tender_allocation = Table(
    "tender_allocation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("payment_id", String(36)),
    Column("tender_rank", Integer),
    Column("booking_id", Integer),
    Column("amount_cents", Integer),
)
till = Table(
    "till",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("regie_id", Integer),
    Column("name", String(120)),
)
till_session = Table(
    "till_session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("till_id", Integer),
    Column("previous_id", Integer),
    Column("state", String(10)),
    Column("float_cents", Integer),
    Column("opened_at", UtcDateTime),
    Column("opened_by", Integer),
    Column("closed_at", UtcDateTime),
    Column("closed_by", Integer),
)
unknown_sign_in = Table(
    "unknown_sign_in",
    metadata,
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("failures", Integer, default=0),
    Column("locked_until", UtcDateTime),
)
