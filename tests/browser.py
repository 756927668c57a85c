"""A real Chromium (Debian's), and what can be read and done in it. Skipped with its reason where there is none.

The terminal (xterm.js) is painted on a canvas: its text is not in the page. A script of the test, run before the page's, catches the
terminal as the page makes it, and the text is read from its buffer.

`chromium` lives as long as the tests of a process; each page speaks to it by a driver of its own: Playwright keeps the event loop of its
thread while it is open, and the other tests need theirs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium n’est pas installé sur cette machine (Debian : apt install chromium)"
)
PATIENCE_MS = 60_000
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
"""At one device pixel for each of CSS: where Chromium only plays a denser screen, it measures canvases in pixels of the real one."""
_OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
_LISTENING = re.compile(r"DevTools listening on (ws://\S+)")
_CATCH_THE_TERMINAL = """
Object.defineProperty(Object.prototype, "fitAddon", {
  configurable: true,
  get() { return undefined; },
  set(value) {
    Object.defineProperty(this, "fitAddon", { value, writable: true, configurable: true, enumerable: true });
    window.caughtTerminal = this.terminal;
  },
});
"""
_READ_THE_TERMINAL = """() => {
  const terminal = window.caughtTerminal;
  if (!terminal) return "";
  const buffer = terminal.buffer.active;
  const line = (row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? "";
  return Array.from({ length: terminal.rows }, (_, row) => line(row)).join("\\n");
}"""


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address where a running Chromium takes its orders."""
    if CHROMIUM is None:
        pytest.skip("chromium n’est pas installé sur cette machine (Debian : apt install chromium)")
    profile = tmp_path_factory.mktemp("chromium")
    command = [CHROMIUM, *_OPTIONS, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
    browser = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert browser.stderr is not None
    try:
        yield _listening(browser.stderr)
    finally:
        browser.terminate()
        browser.communicate(timeout=60)


def _listening(told: Any) -> str:
    heard = []
    for line in told:
        heard.append(line)
        if found := _LISTENING.search(line):
            return found[1]
    raise AssertionError(f"Chromium does not start: {''.join(heard)}")


@contextmanager
def page_of(chromium: str, screen: dict[str, Any] = DESKTOP) -> Iterator[Page]:
    """Give an empty page on that screen, in a session that knows nothing of the others."""
    with sync_playwright() as driver:
        browser = driver.chromium.connect_over_cdp(chromium)
        context = browser.new_context(locale="fr-FR", **screen)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_CATCH_THE_TERMINAL)
        try:
            yield context.new_page()
        finally:
            context.close()


def start_kiosk(page: Page, address: str) -> None:
    """Open the kiosk's page and press « Démarrer »."""
    page.goto(address)
    page.get_by_role("button", name="Démarrer").click()


def terminal_text(page: Page) -> str:
    """Return what the terminal shows, a line each row, without the blanks on the right."""
    return str(page.evaluate(_READ_THE_TERMINAL))


def wait_for_text(page: Page, words: str) -> str:
    """Wait until the terminal shows these words on one line, and return its text. Fails with what it shows instead."""
    from playwright.sync_api import TimeoutError as TooLong

    try:
        page.wait_for_function(f"words => ({_READ_THE_TERMINAL})().includes(words)", arg=words)
    except TooLong:
        raise AssertionError(f"« {words} » is not shown:\n{terminal_text(page)}") from None
    return terminal_text(page)


def terminal_size(page: Page) -> tuple[int, int]:
    """Return the terminal's columns and rows."""
    columns, rows = page.evaluate("() => [window.caughtTerminal.cols, window.caughtTerminal.rows]")
    return int(columns), int(rows)


def place_of(page: Page, words: str) -> tuple[float, float]:
    """Return where the middle of these words is on the page, in CSS pixels."""
    lines = wait_for_text(page, words).split("\n")
    row = next(number for number, line in enumerate(lines) if words in line)
    column = lines[row].index(words) + len(words) / 2
    columns, rows = terminal_size(page)
    box = page.locator(".xterm-screen").bounding_box()
    assert box is not None
    return box["x"] + column * box["width"] / columns, box["y"] + (row + 0.5) * box["height"] / rows


def click_on(page: Page, words: str) -> None:
    """Click on words of the terminal with the mouse."""
    page.mouse.click(*place_of(page, words))


def tap_on(page: Page, words: str) -> None:
    """Tap words of the terminal with a finger."""
    page.touchscreen.tap(*place_of(page, words))


def picture(page: Page, file: Path) -> None:
    """Keep a picture of the page, to look at."""
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=os.fspath(file))
