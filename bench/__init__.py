"""The « Measures » of the design, each printed by a command: one desk (start-up, grid, search, planning
month, cashing, verifier, imports) and many desks on one PostgreSQL (growth, plans, contention, desks).

Ratios are taken within one run, A and B in turn: the machine may be slow, never unfair. Uses the program as it is; nothing imports it.
"""
