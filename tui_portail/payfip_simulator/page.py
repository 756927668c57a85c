"""The payment page of the simulator: plain HTML in French, for a phone as for a reader of screens; a form, buttons, no script.

Every text from outside is escaped.
"""

from __future__ import annotations

from html import escape

from tui_portail.money import format_cents
from tui_portail.payfip_answers import MEANS_FR, OUTCOMES, OnlineOutcome
from tui_portail.payfip_simulator.tresor import FunctionalFault, SimulatedPayment

NOTHING_REAL = "Simulation, aucun paiement réel"

CHOICES = {
    "P": "Payer par carte bancaire",
    "V": "Payer par prélèvement",
    "R": "Faire refuser la carte bancaire",
    "Z": "Faire refuser le prélèvement",
    "A": "Abandonner",
}

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_STYLE = """
body { font: 1.15rem/1.5 sans-serif; margin: 0 auto; max-width: 32rem; padding: 1rem; color: #111; background: #fff; }
.simulation { border: 3px solid #8a4b00; padding: .5rem 1rem; font-weight: bold; }
dt { font-weight: bold; } dd { margin: 0 0 .5rem 0; overflow-wrap: anywhere; }
button { display: block; width: 100%; min-height: 3rem; margin: .75rem 0; }
button { font: inherit; border: 2px solid #111; background: #fff; color: #111; }
button:focus-visible, a:focus-visible { outline: 4px solid #0b5fd0; outline-offset: 2px; }
"""


def choice_page(payment: SimulatedPayment) -> str:
    """Return the page where the outcome of a payment is chosen."""
    buttons = "\n".join(
        f'<button type="submit" name="resultat" value="{letter}">{escape(words)}</button>'
        for letter, words in CHOICES.items()
    )
    return _page(
        "Paiement en ligne",
        f"""{_what(payment)}
<form method="post" action="/paiement">
<input type="hidden" name="idop" value="{escape(payment.id_op)}">
{buttons}
</form>""",
    )


def outcome_page(payment: SimulatedPayment) -> str:
    """Return the page shown once the outcome is chosen, with the way back to the portal."""
    letter = payment.result or ""
    means = MEANS_FR.get(letter, "")
    words = {
        OnlineOutcome.PAID: f"Paiement simulé accepté ({means}).",
        OnlineOutcome.REFUSED: f"Paiement simulé refusé ({means}).",
        OnlineOutcome.ABANDONED: "Paiement simulé abandonné.",
    }[OUTCOMES[letter]]
    back = escape(payment.request.return_address or "", quote=True)
    return _page(
        "Résultat", f'<p role="status">{words}</p>\n{_what(payment)}\n<p><a href="{back}">Revenir au portail</a></p>'
    )


def fault_page(fault: FunctionalFault) -> str:
    """Return the page of a payment that cannot be paid (any more)."""
    return _page(
        "Paiement impossible",
        f'<p role="alert">{escape(fault.code)} : {escape(fault.meaning)}.</p>\n<p>Revenez au portail.</p>',
    )


def home_page() -> str:
    """Return the page of the simulator's own address."""
    return _page("Simulateur PayFiP", "<p>Ce service sert aux essais du portail des familles.</p>")


def _what(payment: SimulatedPayment) -> str:
    request = payment.request
    told = {
        "Montant": format_cents(int(request.amount or "0")),
        "Objet": request.subject or "",
        "Référence": request.reference or "",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in told.items() if value)
    return f"<dl>{rows}</dl>"


def _page(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – {NOTHING_REAL}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="simulation">{NOTHING_REAL}.</p>
{body}
</main>
</body>
</html>
"""
