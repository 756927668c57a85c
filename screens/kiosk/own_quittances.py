"""« Mes quittances » : the newest first; each one read, sent by e-mail, printed where the kiosk has a printer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Grid
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.frame import Tone
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import content
from tui_portail.french import date_time_text, run_of_days, short_date
from tui_portail.instants import in_paris
from tui_portail.money import format_cents

if TYPE_CHECKING:
    from receipts.documents import QuittanceDocument
    from tui_portail.services.quittances import QuittanceRow


NEXT = "Une autre serait un duplicata numéroté."


class OwnQuittancesPage(KioskScreen):
    """One button a quittance."""

    TITLE = "Mes quittances"
    HELP = "Choisissez une quittance pour la lire, la recevoir par e-mail ou l’imprimer."

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[QuittanceRow, ...] = ()

    def compose_page(self) -> Iterable[Widget]:
        """The list, once read."""
        yield Static("", id="none", classes="paragraph", markup=False)
        yield Grid(id="list", classes="choices -one")

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read the list."""
        from tui_portail.services.portal_records import own_quittances  # noqa: PLC0415

        self._rows = await self.ask(own_quittances, self.portal)
        buttons = self.query_one("#list", Grid)
        await buttons.remove_children()
        await buttons.mount_all(
            BigButton(row_words(row), f"screen.open({place})") for place, row in enumerate(self._rows)
        )
        self.query_one("#none", Static).update("" if self._rows else "Vous n’avez pas encore de quittance.")
        self.query_one("#none").display = not self._rows
        if self._rows:
            buttons.query(BigButton).first().focus()

    def action_open(self, place: int) -> None:
        """Read one."""
        self.kiosk.go("own_quittance", self._rows[place].quittance_id)


class OwnQuittancePage(KioskScreen):
    """A quittance: the same words and amounts as on the paper."""

    TITLE = "Quittance"
    HELP = "Les flèches montrent la suite de la page. La quittance envoyée est le même document, en PDF, à l’adresse de votre compte."

    def __init__(self, quittance_id: int) -> None:
        super().__init__()
        self._quittance_id = quittance_id
        self._is_given = self._sure = False

    def compose_page(self) -> Iterable[Widget]:
        """The text."""
        yield Static("", id="quittance", classes="paragraph", markup=False)

    def compose_bar(self) -> Iterable[Widget]:
        """The two ways to keep it."""
        yield BigButton("Recevoir par e-mail", "screen.mail", key="r", id="mail", classes="-whole-if-narrow")
        yield BigButton("Imprimer", "screen.print", key="i", id="print")
        yield from super().compose_bar()

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read it."""
        from tui_portail.services.portal_records import can_print, own_quittance  # noqa: PLC0415

        document = await self.ask(own_quittance, self.portal, self._quittance_id)
        self.query_one("#print").display = can_print(self.portal)
        self.query_one("#quittance", Static).update(content(quittance_words(document)))

    @gesture()
    async def action_mail(self) -> None:
        """Send it to the account's address; once given, a further paper is a numbered duplicata, which is asked first."""
        from tui_portail.services.portal_records import mail_quittance  # noqa: PLC0415

        if self._asks_first("Recevoir par e-mail"):
            return
        portal, quittance_id = self.portal, self._quittance_id
        self.say("Nous envoyons la quittance…", Tone.WAIT)
        mailed = await self.send("mail", lambda operation: mail_quittance(portal, quittance_id, operation))
        self._is_given = self._is_given or mailed.sent.done
        copy = mailed.copy_no
        if not mailed.sent.done:
            self.say(mailed.sent.sentence, Tone.PROBLEM)
        elif self.kiosk.sends_nothing:
            self.kiosk.unsent_code()  # forgotten: nobody reads it
            paper = "la quittance serait partie" if copy is None else f"le duplicata n° {copy} serait parti"
            self.say(f"Démonstration, aucun message n’est envoyé : {paper} à {mailed.email}. {NEXT}")
        else:
            paper = "La quittance est partie" if copy is None else f"Le duplicata n° {copy} est parti"
            self.say(f"{paper} à {mailed.email}. {NEXT}", Tone.DONE)

    @gesture()
    async def action_print(self) -> None:
        """Print it here; once given, a further paper is asked first."""
        from tui_portail.services.portal_records import print_own_quittance  # noqa: PLC0415

        if self._asks_first("Imprimer"):
            return
        portal, quittance_id = self.portal, self._quittance_id
        printed = await self.send("print", lambda operation: print_own_quittance(portal, quittance_id, operation))
        self._is_given = self._is_given or printed.printed
        if printed.printed:
            self.say(f"La quittance sort à l’imprimante. {NEXT}", Tone.DONE)
        else:
            self.say(
                "L’imprimante ne répond pas : recevez la quittance par e-mail, ou demandez-la à Comptabilité.",
                Tone.PROBLEM,
            )

    def _asks_first(self, button: str) -> bool:
        """Say what a further paper is, once; return whether the press was taken for that. A lost answer's press goes on."""
        if not self._is_given or self._sure or self.operations:
            self._sure = False
            return False
        self._sure = True
        self.say(
            f"Vous l’avez déjà demandée : une autre sera un duplicata numéroté. Choisissez encore « {button} » pour l’avoir."
        )
        return True


def row_words(row: QuittanceRow) -> str:
    """Return a quittance in one line: « 01/12/2026 · 12,50 € · n° 2026-000001 »."""
    words = f"{short_date(in_paris(row.issued_at).date())} · {format_cents(row.total_cents)} · n° {row.number}"
    return f"{words} (annulée)" if row.reversed else words


def quittance_words(document: QuittanceDocument) -> str:
    """Return the text of a quittance, as narrow as the page is."""
    from receipts.wording import avoir_left_text, cash_text, child_text, quantity_text, tender_text  # noqa: PLC0415

    lines = ["FICTIF : exemple sans valeur"] if document.fictitious else []
    lines += [f"Quittance n° {document.number}", f"Le {date_time_text(document.issued_at)}", ""]
    for line in document.lines:
        charged = f"{child_text(line, document.payer)}, {line.activity} ({quantity_text(line)})"
        lines.append(f"{charged} : {format_cents(line.total_cents)}")
        lines += [f"  {run_of_days(line.days)}"] if line.days else []
    lines += ["", f"Total : {format_cents(document.total_cents)}"]
    if document.avoir_used_cents:
        lines.append(f"Avoirs utilisés : −{format_cents(document.avoir_used_cents)}")
    lines += [f"{tender_text(tender)} : {format_cents(tender.amount_cents)}" for tender in document.tenders]
    if cash := cash_text(document):
        lines.append(cash)
    lines.append(avoir_left_text(document.avoir_left_cents))
    if document.reversed_on is not None:
        lines.append(f"Paiement annulé le {short_date(document.reversed_on)}.")
    return "\n".join(lines)
