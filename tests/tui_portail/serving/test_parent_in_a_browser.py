"""The whole leaflet in a real browser, as a family lives it: an account, its code, a day booked, paid online, the quittance read."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import BasketOrigin, BookingState, DatabaseKind, OnlineState
from tests.browser import DESKTOP, PHONE, chromium, needs_chromium, page_of, start_kiosk, tap_on, wait_for_text
from tests.factories import Family, a_desk, a_family
from tests.payfip_server import LocalPayFip
from tests.served_kiosk import Served, served
from tests.tui_portail.services.online_acts import paying_online
from tests.tui_portail.services.portal_acts import PASSWORD
from tui_portail.services.setup import initialise

__all__ = ["chromium"]
pytestmark = needs_chromium
WHO = ("Dupont", "Marie", "marie@exemple.fr", "mariedupont", PASSWORD, PASSWORD)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A demonstration's base: its clock says Tuesday 1 December 2026, and the codes of its messages are shown."""
    file = tmp_path / "essai.sqlite3"
    initialise(str(file), paying_online(), "essai", DatabaseKind.DEMO)
    return file


@pytest.fixture
def family(base: Path) -> Family:
    database = Database.open(str(base))
    try:
        return a_family(a_desk(database))
    finally:
        database.close()


@pytest.fixture
def site(base: Path, family: Family, payfip: LocalPayFip) -> Iterator[Served]:
    """The real kiosk, served as `servir` does, with PayFiP's simulator."""
    assert family.child_id
    settings = {
        "TUI_PORTAIL_PAYFIP_ADRESSE": payfip.simulator.address,
        "TUI_PORTAIL_PORTAIL_ADRESSE": "http://127.0.0.1:9",
    }
    command = (sys.executable, "-m", "tui_portail", "borne", "--en-ligne", "--base", str(base))
    with patch.dict(os.environ, settings), served(command) as kiosk:
        yield kiosk


def _type(page: Page, *texts: str) -> None:
    """Type in the fields one after the other, Enter after each."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def _make_account(page: Page, family: Family) -> None:
    page.keyboard.press("c")
    wait_for_text(page, "Étape 1 sur 3")
    _type(page, *WHO)
    wait_for_text(page, "Étape 2 sur 3")
    _type(page, family.number)
    wait_for_text(page, "Étape 3 sur 3")
    page.keyboard.press("Enter")
    shown = wait_for_text(page, "le code est")
    code = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", shown[shown.index("le code est") :])
    assert code is not None, shown
    _type(page, code[0])
    wait_for_text(page, "Votre compte est activé")
    _type(page, PASSWORD)
    wait_for_text(page, "Version 1")
    page.keyboard.press("Enter")
    wait_for_text(page, "Bonjour Marie Dupont")


def test_a_parent_makes_an_account_books_and_pays_online_in_a_browser(
    chromium: str, site: Served, base: Path, family: Family, payfip: LocalPayFip
) -> None:
    with page_of(chromium, DESKTOP) as page:
        start_kiosk(page, site.address)
        wait_for_text(page, "DÉMONSTRATION")  # the base is open
        _make_account(page, family)
        page.keyboard.press("p")
        wait_for_text(page, "Modifier")
        page.keyboard.press("m")
        wait_for_text(page, "Valider")
        page.keyboard.press("Space")
        wait_for_text(page, "+ 2 réservations")
        page.keyboard.press("v")
        wait_for_text(page, "Terminer les modifications")
        page.keyboard.press("t")
        wait_for_text(page, "Payer en ligne")
        page.keyboard.press("l")
        wait_for_text(page, "Dès que le paiement est fait")
        [asked] = payfip.simulator.tresor.payments()
        payfip.simulator.decide(asked.id_op, "P")
        wait_for_text(page, "quittance n° 2026-000001")
    database = Database.open(str(base))
    try:
        with database.read() as connection:
            states = set(connection.scalars(select(t.booking.c.state)))
            origin = connection.scalars(select(t.basket.c.origin)).one()
            online = connection.execute(select(t.online_payment.c.state, t.online_payment.c.amount_cents)).one()
    finally:
        database.close()
    assert states == {BookingState.CONFIRMED.value}
    assert origin == BasketOrigin.ONLINE.value
    assert (online.state, str(online.amount_cents)) == (OnlineState.PAID.value, asked.request.amount)


def test_on_a_phone_the_same_pages_are_opened_with_a_finger(chromium: str, site: Served, family: Family) -> None:
    with page_of(chromium, PHONE) as page:
        start_kiosk(page, site.address)
        wait_for_text(page, "DÉMONSTRATION")  # the base is open
        tap_on(page, "Créer mon compte")
        wait_for_text(page, "Étape 1 sur 3")
        tap_on(page, "Quitter")
        tap_on(page, "Contacts et horaires")
        wait_for_text(page, "06 24 82 28 41")
    assert family.number
