"""Files of the schools and of other programs, understood: bytes to lines, lines to what they say of people, people to a plan.

Pure: what the base already holds comes in as values (`plan.Known`), what is to be written goes out as values (`plan.ImportPlan`). A file
is never half understood: each of its lines is created, matched, ambiguous or rejected, with its number and a reason.
"""
