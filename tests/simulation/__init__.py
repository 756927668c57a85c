"""Random lives of a mairie: many desks act on one base, a reference model says before each gesture what must come of it.

`reference` (with `school_days`, `prices`, `reference_money`, `reference_till`) is written from the rules of the service, in plain Python:
it imports neither the program's rules nor its services. `desks` sends each gesture to the real services, `invariants` looks at the base
after each, `lives` goes on from world to world and says how to live a failing one again. `python -m tests.simulation --help`.
"""
