"""The families' portal, its rules: who may be called what, when it is open, what a link and a typed code look like. Pure.

Leaflet, « Le Portail Famille »: a user name in letters only, open Monday to Friday, closed from 2 h to 6 h; the rest is the commune's
(rules of the service, « The portal »).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import ascii_lowercase

from tui_portail.decision import Decision
from tui_portail.folding import fold
from tui_portail.french import join_words, time_text
from tui_portail.service_rules import WEEKDAYS, PortalRules

LEAFLET_PORTAL = "Dépliant du Portail Famille, « Créer mon compte »"
LEAFLET_HOURS = "Dépliant du Portail Famille, « Horaires du portail »"
HOUR = timedelta(hours=1)
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O, 1 I L: what is read on paper is typed right
CODE_LENGTH = 10
_USERNAME = re.compile(r"[A-Za-z]{3,30}")
_LINK = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Secret:
    """What is sent to a parent once and kept nowhere: `link` opens the page of a browser, `code` is typed at the kiosk instead."""

    link: str
    code: str

    @property
    def shown_code(self) -> str:
        """The code as it is written and read aloud: « ABCDE-FGHJK »."""
        return f"{self.code[:5]}-{self.code[5:]}"


def draw_secret(below: Callable[[int], int]) -> Secret:
    """Return a new link (256 bits) and code (49 bits, tried five times an hour); `below` is `secrets.randbelow`."""
    link = "".join(f"{below(256):02x}" for _ in range(32))
    return Secret(link, "".join(CODE_LETTERS[below(len(CODE_LETTERS))] for _ in range(CODE_LENGTH)))


def read_code(text: str) -> str:
    """Return a typed code as it is compared: capitals, without what people put between; empty when it cannot be one."""
    code = "".join(character for character in text.upper() if character not in " \u00a0\u202f-–.")
    return code if len(code) == CODE_LENGTH and all(character in CODE_LETTERS for character in code) else ""


def is_link(text: str) -> bool:
    """Say whether a text may be a link's secret."""
    return _LINK.fullmatch(text) is not None


def hashed(secret: str) -> str:
    """Return the SHA-256 under which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def judge_username(text: str) -> Decision:
    """Say whether a user name is in letters only, of three to thirty (leaflet)."""
    if _USERNAME.fullmatch(text):
        return Decision.accept()
    return Decision.refuse(
        "IDENTIFIANT_EN_LETTRES",
        "Le nom d’utilisateur s’écrit en lettres seulement, sans accent, chiffre ni espace : de 3 à 30 lettres.",
        LEAFLET_PORTAL,
    )


def username_proposed(name: str) -> str:
    """Return a user name in letters only made of a person's name, empty when it gives fewer than three letters."""
    letters = "".join(letter for letter in fold(name) if letter in ascii_lowercase)[:30]
    return letters if judge_username(letters) else ""


def judge_open(local: datetime, rules: PortalRules) -> Decision:
    """Say whether the portal is open at an instant in Paris wall time (leaflet); the counter is not bound by it."""
    if rules.is_open(local):
        return Decision.accept()
    reopens = next_opening(local, rules)
    when = "" if reopens is None else f" Il rouvre {opening_words(local, reopens)}."
    return Decision.refuse(
        "PORTAIL_FERME", f"Le Portail Famille est fermé. {hours_sentence(rules)}{when}", LEAFLET_HOURS, reopens=reopens
    )


def hours_sentence(rules: PortalRules) -> str:
    """Return « Il est ouvert du lundi au vendredi, sauf de 2 h à 6 h. »."""
    days = sorted(rules.open_weekdays)
    if not days:
        return "Il n’est ouvert aucun jour."
    run = days == list(range(days[0], days[-1] + 1)) and len(days) > 2
    names = (
        f"du {WEEKDAYS[days[0]]} au {WEEKDAYS[days[-1]]}" if run else f"le {join_words(WEEKDAYS[day] for day in days)}"
    )
    night = rules.closed_from < rules.closed_until
    hours = f", sauf de {time_text(rules.closed_from)} à {time_text(rules.closed_until)}" if night else ""
    return f"Il est ouvert {names}{hours}."


def next_opening(local: datetime, rules: PortalRules) -> datetime | None:
    """Return the next instant (Paris wall time) at which the portal opens, within eight days."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(9):
        for at in (midnight, midnight.replace(hour=rules.closed_until.hour, minute=rules.closed_until.minute)):
            instant = at + timedelta(days=day)
            if instant > local and rules.is_open(instant):
                return instant
    return None


def opening_words(local: datetime, reopens: datetime) -> str:
    """Return « aujourd’hui à 6 h », « demain à 6 h » or « lundi à 0 h »."""
    days = (reopens.date() - local.date()).days
    day = {0: "aujourd’hui", 1: "demain"}.get(days, WEEKDAYS[reopens.weekday()])
    return f"{day} à {time_text(reopens.time())}"


def masked_email(email: str) -> str:
    """Return an address that its owner knows again and nobody else learns: « c•••@exemple.fr »."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""
