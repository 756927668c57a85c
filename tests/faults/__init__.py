"""Processes killed in the middle of their gestures, and what the books say after."""
