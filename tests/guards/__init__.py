"""What a base just made refuses by itself, on each engine: `models/expected_guards.py` is written from it."""
