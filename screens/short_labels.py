"""An activity's label in the room a grid leaves: small words go first, then long words are cut. Pure."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

_SMALL = frozenset({"de", "la", "le", "les", "du", "des", "et", "à", "au", "aux"})


def fit(text: str, width: int) -> str:
    """Return a text exactly `width` cells wide, cut with « … » if need be."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


_SHORTEST = (
    ("alsh mercredi", "ALSH mer."),
    ("alsh vacances scolaires", "ALSH vac."),
    ("alsh vacances", "ALSH vac."),
    ("garderie de la pause méridienne", "pause midi"),
    ("garderie de la pause méridienne", "pause"),
    ("restaurant scolaire", "restaurant"),
    ("restaurant scolaire", "repas"),
)  # the leaflet's activities: cut at their end, two of them would look alike


def short_label(label: str, width: int) -> str:
    """Return a label that is recognised in `width` cells: « rest. scolaire », « gard. pause mérid. »."""
    if cell_len(label) <= width:
        return fit(label, width)
    words = [word for word in label.split() if word.lower() not in _SMALL] or label.split()
    while cell_len(" ".join(words)) > width:
        longest = max(range(len(words)), key=lambda place: (len(words[place]), -place))
        if len(words[longest]) <= 6:
            break
        words[longest] = words[longest][: 4 if longest == 0 else 5].rstrip(".") + "."
    if cell_len(" ".join(words)) > width:
        for whole, shorter in _SHORTEST:
            if label.lower() == whole and cell_len(shorter) <= width:
                return fit(shorter, width)
    return fit(" ".join(words), width)
