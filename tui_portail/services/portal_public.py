"""What the portal shows to everyone, whoever is there and at whatever hour: whether it is open, menus, news, contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tui_portail.instants import in_paris
from tui_portail.leaflet import site_lines
from tui_portail.menus import EVERYWHERE
from tui_portail.portal_rules import hours_sentence, judge_open
from tui_portail.service_rules import Terms
from tui_portail.services.menus import WeekMenus, week_menus_within
from tui_portail.services.news import NewsForm, current_news
from tui_portail.services.portal import Portal


@dataclass(frozen=True, slots=True)
class PortalState:
    """The portal now: whether it is open, else the sentence that says until when; `demo` and `fictitious` are said on every page."""

    commune: str
    open: bool
    sentence: str
    demo: bool
    fictitious: bool
    rest_seconds: int


@dataclass(frozen=True, slots=True)
class Contacts:
    """Whom to ask: the service with its address and telephone, the sites' telephones, the hours of the portal."""

    service: str
    lines: tuple[str, ...]
    sites: tuple[str, ...]
    hours: str


def portal_state(portal: Portal) -> PortalState:
    """Say whether the portal is open now, and what every page says of the base."""
    desk = portal.desk
    with portal.read_public() as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    decision = judge_open(in_paris(now), commune.policy.portal)
    return PortalState(
        commune.identity.name,
        bool(decision),
        decision.sentence,
        desk.is_demo,
        commune.policy.fictitious,
        commune.policy.portal.rest_seconds,
    )


def public_menus(portal: Portal, day: date | None = None, scope: str = EVERYWHERE) -> WeekMenus:
    """Return the menus of a day's week (None: today), those of a site or of all."""
    with portal.read_public() as connection:
        desk = portal.desk
        day = day or in_paris(desk.instant(connection)).date()
        return week_menus_within(connection, desk.commune(connection), day, scope)


def public_news(portal: Portal) -> tuple[NewsForm, ...]:
    """Return the news shown today, the most important first; by whom is not told."""
    with portal.read_public() as connection:
        today = in_paris(portal.desk.instant(connection)).date()
        return tuple(row.form for row in current_news(connection, today))


def public_terms(portal: Portal) -> Terms:
    """Return the terms of use in force."""
    with portal.read_public() as connection:
        return portal.desk.commune(connection).policy.portal.terms


def public_contacts(portal: Portal) -> Contacts:
    """Return whom to ask, as the commune's set-up gives them."""
    with portal.read_public() as connection:
        commune = portal.desk.commune(connection)
    identity = commune.identity
    return Contacts(
        identity.service,
        (*identity.address, *filter(None, (identity.phone, identity.email))),
        site_lines(commune),
        hours_sentence(commune.policy.portal)
        .replace("Il est", "Le Portail Famille est")
        .replace("Il n’est", "Le Portail Famille n’est"),
    )
