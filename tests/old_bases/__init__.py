"""Full bases as each released version left them, and what made them: `make.py` runs each version's own program, from the history."""
