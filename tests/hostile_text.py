"""Texts that people, or those who wish a mairie ill, may type or send: what each part of the program is tried with."""

MARKUP = "[red]x[/]"
LINK = "[@click=app.quit]x[/]"
TAG = "<b>"
IMAGE = "<img src=file:///etc/passwd>"
FORMULA = "=cmd|' /C calc'!A0"
PRINTED = (
    MARKUP,
    LINK,
    TAG,
    IMAGE,
    FORMULA,
    "O’Brien'; DROP TABLE booking; --",
    "{name} %s \\n",
    "Ñandú-Łuczyński & “Lou”",
)
"""What is a name like another: kept as typed, and shown as text everywhere."""

TITLE = "\x1b]0;x\x07"
RIGHT_TO_LEFT = "Du\u202epont\u200f"
NUL = "Du\0pont"
LONG = "é" * 10_000
UNPRINTED = (
    TITLE,
    RIGHT_TO_LEFT,
    NUL,
    LONG,
    "Du\x1b[31mpont",
    "Du\ud800pont",
    "\x9b31mpont",
    "Du\u2066pont\u2069",
    "\x07",
)
"""What no paper can show: refused where it is typed, neutralised where a base holds it all the same."""

DIGITS = "9" * 6_000
"""More digits than Python turns into a number."""

EVERYTHING = (
    *PRINTED,
    *UNPRINTED,
    DIGITS,
    "",
    " ",
    "\u00a0",
    "٣٤",
    "²",
    "½",
    "1e9",
    "-0",
    "nan",
    "Infinity",
    "0x10",
    "1_000",
    "\ufeff1",
)
