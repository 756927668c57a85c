"""The versions of the schema this program knows, oldest first. A test keeps the list equal to the migrations' own."""

REVISIONS = (
    "0001_counter_act",
    "0002_regie",
    "0003_dossiers",
    "0004_merged_accounts",
    "0005_activities",
    "0006_many_desks",
    "0007_families_portal",
)
CURRENT = REVISIONS[-1]
