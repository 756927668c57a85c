"""Texts written in a TOML file: whatever they hold, they are read back the same."""

from __future__ import annotations


def quoted(text: str) -> str:
    """Return a TOML basic string; control characters and what has a meaning between quotes are escaped."""
    escaped = "".join(
        f"\\u{ord(char):04X}" if ord(char) < 0x20 or ord(char) == 0x7F or char in '"\\' else char for char in text
    )
    return f'"{escaped}"'
