"""What the demo's service publishes: three weeks of fictitious menus and a few pieces of news."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from tui_portail.menus import EVERYWHERE, Course, DayMenu, read_course
from tui_portail.services.desk import Desk
from tui_portail.services.menus import record_menus
from tui_portail.services.news import NewsForm, publish_news

_FIRST_MONDAY = date(2026, 11, 30)
_WEEK = (  # starter, main, side, dairy, dessert, snack
    ("Carottes râpées (moutarde)", "Lasagnes (gluten, lait, œufs)", "Salade verte", "Yaourt (lait)", "Pomme", ""),
    ("Potage de légumes (céleri)", "Poisson pané (poissons, gluten)", "Riz", "Comté (lait)", "Clémentines", ""),
    (
        "Betteraves",
        "Couscous de légumes (gluten)",
        "",
        "Fromage blanc (lait)",
        "Compote",
        "Pain, chocolat (gluten, lait, soja)",
    ),
    ("Taboulé (gluten)", "Omelette (œufs, lait)", "Épinards", "Petit-suisse (lait)", "Banane", ""),
    (
        "Salade de lentilles (moutarde, sulfites)",
        "Poulet rôti",
        "Purée (lait)",
        "",
        "Tarte aux pommes (gluten, œufs, lait)",
        "",
    ),
)
_NEWS = (
    NewsForm(
        "Inscriptions ALSH des vacances d’hiver",
        "Les réservations ouvrent le lundi 4 janvier 2027 à 8 h 30.\nPensez au renouvellement du dossier pour 2027.",
        date(2026, 11, 30),
        date(2027, 1, 15),
        first=True,
    ),
    NewsForm(
        "Repas de Noël le jeudi 17 décembre",
        "Le restaurant scolaire fête Noël : les repas se réservent comme d’habitude, jusqu’à la veille midi.",
        date(2026, 12, 1),
        date(2026, 12, 17),
    ),
    NewsForm(
        "Grève nationale du 10 décembre",
        "Les familles seront prévenues si un site ferme.",
        date(2026, 12, 7),
        date(2026, 12, 10),
    ),
)


def publish_demo(desk: Desk) -> None:
    """Record the menus and the news. The operations are the same at each run."""
    menus = [_menu(week, place) for week in range(3) for place in range(len(_WEEK))]
    record_menus(desk, menus, _operation("menus"))
    for form in _NEWS:
        publish_news(desk, form, _operation(form.title))


def _menu(week: int, place: int) -> DayMenu:
    day = _FIRST_MONDAY + timedelta(days=7 * week + place)
    texts = _WEEK[(place + 2 * week) % len(_WEEK)]
    dishes = tuple(dish for course, text in zip(Course, texts, strict=True) for dish in read_course(course, text))
    return DayMenu(day, EVERYWHERE, dishes, "Menu fictif")


def _operation(*words: object) -> str:
    return hashlib.sha256(f"publications {words}".encode()).hexdigest()[:32]
