"""The four themes of the desk: clair, sombre, contraste, and ansi (the terminal's own colours).

Styles name these variables and never a colour; every state also has a letter or a word, so that none is said by colour alone.
"""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

_DARK = Theme(
    name="sombre",
    primary="#7FB4E6",
    secondary="#9DB8A8",
    accent="#E6C07B",
    warning="#E5A84B",
    error="#F0808A",
    success="#8CCB8C",
    foreground="#E6E8EC",
    background="#15191F",
    surface="#1C222B",
    panel="#27303C",
    dark=True,
    variables={
        "block-cursor-foreground": "#10141A",
        "block-cursor-background": "#7FB4E6",
        "footer-key-foreground": "#E6C07B",
    },
)
_LIGHT = Theme(
    name="clair",
    primary="#1F5A94",
    secondary="#3F6B55",
    accent="#8A4B00",
    warning="#8A4B00",
    error="#A3152B",
    success="#1E6B34",
    foreground="#1A1D21",
    background="#F7F7F4",
    surface="#ECECE6",
    panel="#DEDED6",
    dark=False,
    variables={
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-background": "#1F5A94",
        "footer-key-foreground": "#8A4B00",
    },
)
_CONTRAST = Theme(
    name="contraste",
    primary="#FFFF00",
    secondary="#00FFFF",
    accent="#FFFF00",
    warning="#FFFF00",
    error="#FFB0B0",
    success="#B0FFB0",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#000000",
    boost="#000000",
    dark=True,
    text_alpha=1.0,
    variables={
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#FFFF00",
        "border": "#FFFFFF",
        "border-blurred": "#FFFFFF",
        "footer-key-foreground": "#FFFF00",
        "text-muted": "#FFFFFF",
    },
)
_ANSI = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="ansi",
    variables={**BUILTIN_THEMES["ansi-dark"].variables, "border-blurred": "ansi_bright_black"},
)

THEMES: tuple[Theme, ...] = (_DARK, _LIGHT, _CONTRAST, _ANSI)
THEME_NAMES: tuple[str, ...] = tuple(theme.name for theme in THEMES)
DEFAULT_THEME = "sombre"


def theme_after(name: str) -> str:
    """Return the name of the theme that follows, the first after the last."""
    place = THEME_NAMES.index(name) if name in THEME_NAMES else -1
    return THEME_NAMES[(place + 1) % len(THEME_NAMES)]
