"use strict";

// The terminal's script opens its websocket as soon as the page is loaded. Here it waits for « Démarrer », so that who only looks at the page
// starts no process, and for the font that it measures.
const begin = window.onload;
window.onload = null;

const AGAIN = "#demarrer";
const CELL_WIDTH = 0.605; // of Roboto Mono, for a font size of 1
const CELL_HEIGHT = 1.34;
const PHONE = { under: 700, columns: 42, rows: 24 };
const DESKTOP = { columns: 80, rows: 24 };
const LEAST = 9;
const MOST = 28;

// The largest letters that leave the kiosk its columns and rows; `?taille=` asks for others.
function fontSize() {
  const asked = Number(new URLSearchParams(location.search).get("taille"));
  if (asked >= LEAST && asked <= 2 * MOST) return asked;
  const wanted = window.innerWidth < PHONE.under ? PHONE : DESKTOP;
  const fitting = Math.min(
    window.innerWidth / (wanted.columns * CELL_WIDTH),
    window.innerHeight / (wanted.rows * CELL_HEIGHT),
  );
  return Math.max(LEAST, Math.min(MOST, Math.floor(fitting)));
}

function websocketAddress() {
  const address = new URL("ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = "";
  address.hash = "";
  return address.href;
}

async function start() {
  if (document.body.classList.contains("-started")) return;
  document.body.classList.add("-started");
  const terminal = document.getElementById("terminal");
  const size = fontSize();
  terminal.dataset.fontSize = String(size);
  terminal.dataset.sessionWebsocketUrl = websocketAddress();
  history.replaceState(null, "", location.pathname + location.search.replace(/[?&](delay|ping)=[^&]*/g, ""));
  try {
    await document.fonts.load(`${size}px "Roboto Mono"`);
  } catch {
    // the next font of the list is measured instead
  }
  begin.call(window);
  terminal.querySelector("textarea")?.setAttribute("aria-label", "Saisie de la borne");
  new MutationObserver(takeKeyboard).observe(document.body, { attributeFilter: ["class"] });
}

// Once the kiosk is painted: before, its websocket could not say that it has the focus.
function takeKeyboard(_changes, watching) {
  if (!document.body.classList.contains("-first-byte")) return;
  watching.disconnect();
  if (window.matchMedia("(pointer: coarse)").matches) return; // on a phone, its own keyboard would cover the page
  document.querySelector("#terminal textarea")?.focus();
}

document.getElementById("start").addEventListener("click", start);
document.getElementById("again").addEventListener("click", () => {
  location.hash = AGAIN;
  location.reload();
});
if (location.hash === AGAIN) window.addEventListener("load", start, { once: true });
