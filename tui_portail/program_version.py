"""Which version of the program this is."""

from __future__ import annotations

FROM_SOURCES = "lancé depuis ses sources sans être installé"


def program_version() -> str | None:
    """Return the version installed, None where the program is run from its sources."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  slow to load, when asked only

    try:
        return version("tui-portail")
    except PackageNotFoundError:
        return None
