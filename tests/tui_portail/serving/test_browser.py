"""The kiosk's page in a real Chromium, on a desktop and on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import (
    DESKTOP,
    PHONE,
    click_on,
    needs_chromium,
    page_of,
    start_kiosk,
    tap_on,
    terminal_size,
    wait_for_text,
)
from tests.browser import chromium as chromium
from tests.served_kiosk import Served, ended, served
from tui_portail.serving.limits import Limits

pytestmark = needs_chromium
TITLE = "Portail Famille — Clapiers"
SCREENS = [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Served]:
    with served(title=TITLE, limits=Limits(openings_per_minute=500)) as serving:
        yield serving


@pytest.mark.parametrize("screen", SCREENS)
def test_the_kiosk_opens_hears_keys_and_ends_with_its_page(
    kiosk: Served, chromium: str, screen: dict[str, Any]
) -> None:
    with page_of(chromium, screen) as page:
        complaints: list[str] = []
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(kiosk.address)
        assert page.title() == TITLE
        assert kiosk.pids == []
        page.get_by_role("button", name="Démarrer").click()
        wait_for_text(page, "processus")
        [pid] = kiosk.pids
        if screen is PHONE:
            tap_on(page, "Votre nom")
        page.keyboard.type("Élodie")
        wait_for_text(page, "tapé Élodie")
        page.close()
        assert ended(pid)
        assert complaints == []
        assert all(url.startswith((kiosk.address, "data:", "blob:")) for url in asked)


@pytest.mark.parametrize(("screen", "least", "press"), [(DESKTOP, (80, 24), click_on), (PHONE, (40, 24), tap_on)])
def test_letters_are_large_and_the_kiosk_has_room(
    kiosk: Served, chromium: str, screen: dict[str, Any], least: tuple[int, int], press: Any
) -> None:
    with page_of(chromium, screen) as page:
        start_kiosk(page, kiosk.address)
        wait_for_text(page, "taille")
        columns, rows = terminal_size(page)
        wait_for_text(page, f"taille {columns}x{rows}")
        assert columns >= least[0]
        assert rows >= least[1]
        assert columns < least[0] * 1.3
        press(page, "Bonjour")
        wait_for_text(page, "bouton touché")
        assert page.evaluate("document.fonts.check('16px \"Roboto Mono\"')")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_kiosk_that_leaves_shows_how_to_begin_again(kiosk: Served, chromium: str) -> None:
    with page_of(chromium) as page:
        start_kiosk(page, kiosk.address)
        wait_for_text(page, "processus")
        [first] = kiosk.pids
        click_on(page, "Partir")
        page.get_by_role("heading", name="Session terminée").wait_for()
        assert ended(first)
        page.get_by_role("button", name="Recommencer").click()
        wait_for_text(page, "processus")
        assert kiosk.pids != [first]


def test_a_full_server_is_told_in_the_page(chromium: str) -> None:
    with served(title=TITLE, limits=Limits(sessions=1)) as serving, page_of(chromium) as one:
        start_kiosk(one, serving.address)
        wait_for_text(one, "processus")
        other = one.context.new_page()
        other.goto(serving.address)
        assert other.get_by_role("heading", name="Le portail est occupé").is_visible()
        assert other.get_by_role("link", name="Réessayer").is_visible()


def test_a_place_lost_between_the_page_and_its_button_is_told(chromium: str) -> None:
    with served(title=TITLE, limits=Limits(sessions=1)) as serving, page_of(chromium) as one:
        other = one.context.new_page()
        other.goto(serving.address)
        start_kiosk(one, serving.address)
        wait_for_text(one, "processus")
        other.get_by_role("button", name="Démarrer").click()
        other.get_by_role("heading", name="Le portail ne s’est pas ouvert").wait_for()
        assert other.get_by_role("button", name="Recommencer").is_visible()


def test_another_sites_page_cannot_open_the_websocket(kiosk: Served, chromium: str) -> None:
    with served() as elsewhere, page_of(chromium) as page:
        page.goto(f"{elsewhere.address}payfip/retour")
        outcome = page.evaluate(
            """address => new Promise(told => {
              const socket = new WebSocket(address);
              socket.onopen = () => told("open");
              socket.onerror = () => told("refused");
            })""",
            kiosk.address.replace("http", "ws") + "ws",
        )
        assert outcome == "refused"
        assert kiosk.pids == []


@pytest.mark.parametrize("screen", SCREENS)
def test_the_link_of_an_e_mail_is_used_by_its_button_alone(chromium: str, screen: dict[str, Any]) -> None:
    used: list[str] = []

    def activate(token: str) -> str:
        used.append(token)
        return "Votre compte est activé : vous pouvez vous connecter."

    with served(title=TITLE, activate=activate) as serving, page_of(chromium, screen) as page:
        page.goto(f"{serving.address}activer?jeton=jeton-de-l_e-mail")
        assert used == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_role("button", name="Activer mon compte").click()
        page.get_by_role("heading", name="Compte activé").wait_for()
        assert page.get_by_text("Votre compte est activé").is_visible()
        assert used == ["jeton-de-l_e-mail"]
        page.get_by_role("link", name="Aller au portail").click()
        page.get_by_role("button", name="Démarrer").wait_for()
