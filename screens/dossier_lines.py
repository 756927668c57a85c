"""What the dossier shows, line by line: each line knows what its fields are about. Words only, no widget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from textual.content import Content

from screens.columns import Column, lay_out
from screens.countdown import time_left_text
from screens.family_fields import NO_MEAL
from screens.form_fields import quotient_text
from screens.plain_text import plain
from screens.wrapping import hung
from tui_portail.dossier_number import display
from tui_portail.french import join_words, plural, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.dossiers import ChildView, DossierView, GuardianView, OperationLine, PayerView


class LineKind(Enum):
    """What Enter opens."""

    HEADING = auto()
    GUARDIAN = auto()
    PAYER = auto()
    CHILD = auto()
    ALSH = auto()
    CUSTODY = auto()


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One line of the list: what it is about (`subject_id` is a guardian's, a payer's or a child's) and its text."""

    kind: LineKind
    subject_id: int
    content: Content

    @property
    def key(self) -> tuple[LineKind, int]:
        """What the cursor stays on when the dossier is read again."""
        return self.kind, self.subject_id


def dossier_lines(view: DossierView, today: date, width: int, *, editable: bool) -> tuple[DossierLine, ...]:
    """Return the lines of a dossier: guardians with what they pay by, children with their ALSH years and custody.

    What is longer than `width` cells goes on below, deeper.
    """
    if view.erased_on is not None:
        said = hung(
            width,
            "   ",
            ["Cette famille a été effacée", "ses écritures restent, sans nom", "rien ne peut plus être changé ici"],
        )
        return (DossierLine(LineKind.HEADING, 0, Content(said)),)
    return (*_guardians(view, width, editable), *_children(view, today, width, editable))


def head_text(view: DossierView) -> str:
    """Return the line above: number, name, what waits."""
    parts = [f"Dossier {display(view.number)}", plain(view.label)]
    if view.erased_on is not None:
        parts.append(f"Données effacées le {view.erased_on:%d/%m/%Y}")
    elif view.archived:
        parts.append("ARCHIVÉ")
    if view.waiting_proofs:
        parts.append(f"{plural(view.waiting_proofs, 'justificatif')} à recevoir")
    if view.next_appointment_at is not None:
        at = in_paris(view.next_appointment_at)
        parts.append(f"rendez-vous le {at:%d/%m} à {time_text(at)}")
    return " · ".join(parts)


def basket_lines(view: DossierView, now: datetime) -> list[str]:
    """Return one line for each basket on hold, with the time left at `now`."""
    lines = []
    for payer in view.payers:
        if payer.live_basket_id is not None and payer.basket_expires_at is not None:
            left = time_left_text(payer.basket_expires_at - now)
            due = format_cents(payer.basket_due_cents)
            lines.append(f"Panier en attente · {plain(payer.name)} · {due} à payer · {left}")
    return lines


def operations_text(operations: tuple[OperationLine, ...], width: int) -> Content:
    """Return the recent operations, newest first, one a line of `width` cells."""
    if not operations:
        return Content("Aucune opération.")
    return Content("\n").join(_operation(line, width) for line in operations)


def _operation(line: OperationLine, width: int) -> Content:
    at = in_paris(line.at)
    when = f"{at:%d/%m/%y}" + (f" {time_text(at).replace(' ', '')}" if width >= 74 else "")
    amount = "" if line.amount_cents is None else format_cents(line.amount_cents)
    columns = (
        Column("", 14 if width >= 74 else 8),
        Column("", 20, share=1),
        Column("", 11, right=True),
        Column("", 16, from_width=96),
    )
    return Content(lay_out(columns, (when, f"{line.label} {line.reference}".strip(), amount, line.agent), width))


def _heading(words: str, count: int, key: str) -> DossierLine:
    """Write a heading, with the key that adds to the section when there is one."""
    hint = f"   {key} : ajouter" if key else ""
    text = Content.assemble((f" {words}{'s' if count > 1 else ''}", "bold $primary"), (hint, "$secondary"))
    return DossierLine(LineKind.HEADING, 0, text)


def _guardians(view: DossierView, width: int, editable: bool) -> Iterator[DossierLine]:
    yield _heading("Responsable", len(view.guardians), "r" if editable else "")
    payers = {payer.guardian_id: payer for payer in view.payers}
    for guardian in view.guardians:
        facts = (guardian.phone, guardian.email, _address(guardian))
        text = _named(width, guardian.first_name, guardian.last_name, *facts)
        yield DossierLine(LineKind.GUARDIAN, guardian.guardian_id, text)
        if payer := payers.get(guardian.guardian_id):
            yield DossierLine(LineKind.PAYER, payer.payer_id, _below(width, "Payeur", *_paying(payer)))


def _address(guardian: GuardianView) -> str:
    town = " ".join(part for part in (guardian.postcode, guardian.city) if part)
    return plain(", ".join(part for part in (guardian.address, town) if part))


def _paying(payer: PayerView) -> tuple[str, ...]:
    home = "de la commune" if payer.resident else "extérieur"
    avoirs = f"avoirs {format_cents(payer.avoir_cents)}" if payer.avoir_cents else "aucun avoir"
    debt = (f"DOIT {format_cents(payer.debt_cents)}, à encaisser",) if payer.debt_cents else ()
    return (*debt, _quotient(payer), avoirs, home, *_proof(payer))


def _quotient(payer: PayerView) -> str:
    if payer.quotient_cents is None:
        return "QF non fourni (tarif le plus haut)"
    until = f" jusqu’au {payer.quotient_until:%d/%m/%Y}" if payer.quotient_until else ""
    return f"QF {quotient_text(payer.quotient_cents)}{until}"


def _proof(payer: PayerView) -> tuple[str, ...]:
    """Say what proved the quotient and who saw it, as far as it was recorded."""
    seen = f"vue par {payer.quotient_seen_by}" if payer.quotient_seen_by else ""
    words = ", ".join(plain(part) for part in (payer.quotient_source, seen) if part)
    return (f"preuve du QF : {words}",) if words else ()


def _children(view: DossierView, today: date, width: int, editable: bool) -> Iterator[DossierLine]:
    yield _heading("Enfant", len(view.children), "a" if editable else "")
    for child in view.children:
        yield DossierLine(LineKind.CHILD, child.child_id, _child(child, today, width))
        yield DossierLine(LineKind.ALSH, child.child_id, _below(width, *alsh_words(child).split(" · ")))
        if len(view.payers) > 1:
            words = child.custody or "Payé par le premier payeur, sans garde alternée"
            yield DossierLine(LineKind.CUSTODY, child.child_id, _below(width, words))


def _child(child: ChildView, today: date, width: int) -> Content:
    birthday = (today.month, today.day) < (child.birth_on.month, child.birth_on.day)
    age = today.year - child.birth_on.year - birthday
    school = ", ".join(part for part in (child.school_name, child.class_name) if part)
    site = f"ALP {child.alp_site}" if child.alp_site else ""
    facts = [plural(age, "an"), f"{child.birth_on:%d/%m/%Y}", school or "sans école", site]
    first = _named(width, child.first_name, child.last_name, *facts)
    return first if child.meal_supplied is not False else Content("\n").join([first, _below(width, NO_MEAL)])


def alsh_words(child: ChildView) -> str:
    """Return where and why a child may go to the ALSH: « ALSH Harmonie · fréquenté en 2025, renouvelé pour 2026 »."""
    words = []
    for origin in dict.fromkeys(origin for _, origin in child.alsh_years):
        years = join_words([str(year) for year, known in child.alsh_years if known == origin])
        words.append(f"{origin} {'pour' if origin == 'renouvelé' else 'en'} {years}")
    place = f"ALSH {child.alsh_site}" if child.alsh_site else "ALSH"
    return f"{place} · {', '.join(words) or 'dossier à renouveler pour réserver'}"


def _named(width: int, first_name: str, last_name: str, *facts: str) -> Content:
    name = plain(f"{first_name} {last_name}".strip())
    text = hung(width, "   ", [name, *(plain(fact) for fact in facts if fact)])
    return Content(text).stylize("bold", 3, 3 + len(name)) if text.startswith(f"   {name}") else Content(text)


def _below(width: int, *facts: str) -> Content:
    return Content(hung(width, "     ", [plain(fact) for fact in facts]))
