"""What a French agent calls each key: « Échap », « Entrée », « Ctrl+F »."""

from __future__ import annotations

_NAMES = {
    "escape": "Échap",
    "enter": "Entrée",
    "space": "Espace",
    "tab": "Tab",
    "shift+tab": "Maj+Tab",
    "backspace": "Retour arr.",
    "delete": "Suppr",
    "pageup": "Page préc.",
    "pagedown": "Page suiv.",
    "home": "Début",
    "end": "Fin",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "question_mark": "?",
    "slash": "/",
    "comma": ",",
    "semicolon": ";",
    "full_stop": ".",
    "plus": "+",
    "minus": "-",
}
_MODIFIERS = {"ctrl": "Ctrl", "shift": "Maj", "alt": "Alt", "super": "Super"}


def key_name(key: str) -> str:
    """Return the French name of a Textual key: « ctrl+f » is « Ctrl+F », « f12 » is « F12 »."""
    if key in _NAMES:
        return _NAMES[key]
    *modifiers, last = key.split("+")
    name = _NAMES.get(last, last)
    if modifiers or (len(last) > 1 and last[0] == "f" and last[1:].isdigit()):
        name = name.upper() if last not in _NAMES else name
    return "+".join([*(_MODIFIERS.get(modifier, modifier) for modifier in modifiers), name])
