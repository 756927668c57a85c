"""The versions of the schema this program knows, oldest first. A test keeps the list equal to the migrations' own."""

REVISIONS = ("0001_counter_act", "0002_regie")
CURRENT = REVISIONS[-1]
