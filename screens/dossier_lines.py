"""What the dossier shows, line by line: each line knows what its fields are about. Words only, no widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from textual.content import Content

from screens.columns import Column, lay_out
from screens.countdown import time_left_text
from screens.form_fields import quotient_text
from screens.plain_text import plain
from screens.wrapping import hung
from tui_portail.dossier_number import display
from tui_portail.family_words import CHILD_CONSENTS, CONSENTS, DIETS, LEAVES_ALONE, NO_MEAL, RELATIONS, RULES
from tui_portail.french import join_words, plural, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.dossiers import ChildView, ContactView, DossierView, GuardianView, OperationLine, PayerView


class LineKind(Enum):
    """What Enter opens."""

    HEADING = auto()
    GUARDIAN = auto()
    PAYER = auto()
    CHILD = auto()
    ALSH = auto()
    CUSTODY = auto()
    WAITING = auto()
    CONTACT = auto()
    CONSENTS = auto()


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
    return (*_guardians(view, width, editable), *_children(view, today, width, editable), *_contacts(view, width))


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
        facts = (*_standing(guardian), guardian.phone, guardian.phone_2, guardian.email, _address(guardian))
        text = _named(width, guardian.first_name, guardian.last_name, *facts)
        yield DossierLine(LineKind.GUARDIAN, guardian.guardian_id, text)
        if payer := payers.get(guardian.guardian_id):
            facts = (*_paying(payer), *((guardian.allowance,) if guardian.allowance else ()))
            yield DossierLine(LineKind.PAYER, payer.payer_id, _below(width, "Payeur", *facts))


def _standing(guardian: GuardianView) -> tuple[str, ...]:
    born = f"né(e) {guardian.birth_name}" if guardian.birth_name else ""
    relation = RELATIONS[guardian.relation] if guardian.relation else ""
    return (relation, "SANS AUTORITÉ PARENTALE" if guardian.authority == "non" else "", born)


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
        banned = [one.name for one in view.contacts if one.forbidden and one.child_id in (None, child.child_id)]
        yield DossierLine(LineKind.CHILD, child.child_id, _child(child, banned, today, width))
        yield DossierLine(LineKind.ALSH, child.child_id, _below(width, *alsh_words(child).split(" · ")))
        if len(view.payers) > 1:
            words = child.custody or "Payé par le premier payeur, sans garde alternée"
            yield DossierLine(LineKind.CUSTODY, child.child_id, _below(width, words))
        if waited := [day.words for day in view.waiting if day.key.child_id == child.child_id]:
            yield DossierLine(LineKind.WAITING, child.child_id, _below(width, *waited))


def _child(child: ChildView, banned: Sequence[str], today: date, width: int) -> Content:
    birthday = (today.month, today.day) < (child.birth_on.month, child.birth_on.day)
    age = today.year - child.birth_on.year - birthday
    school = ", ".join(part for part in (child.school_name, child.class_name) if part)
    site = f"ALP {child.alp_site}" if child.alp_site else ""
    facts = [plural(age, "an"), f"{child.birth_on:%d/%m/%Y}", school or "sans école", site]
    first = _named(width, child.first_name, child.last_name, *facts)
    care = [*([f"INTERDIT : {join_words(banned)}"] if banned else []), *_care(child, today)]
    return Content("\n").join([first, _below(width, *care)]) if care else first


def _care(child: ChildView, today: date) -> list[str]:
    """Return what who looks after the child must know, for those who may."""
    words = [NO_MEAL] if child.meal_supplied is False else []
    if child.care is None:
        return words
    if child.care.pai:
        until = child.care.pai_until_on
        over = " (DÉPASSÉ)" if until is not None and until < today else ""
        words.append(f"PAI jusqu’au {until:%d/%m/%Y}{over}" if until is not None else "PAI")
    if child.care.diet:
        words.append(f"menu {DIETS[child.care.diet]}")
    if child.care.insurance_until_on is not None and child.care.insurance_until_on < today:
        words.append(f"assurance finie le {child.care.insurance_until_on:%d/%m/%Y}")
    refused = [CONSENTS[consent.kind] for consent in child.care.consents if consent.given is False]
    if LEAVES_ALONE in [consent.kind for consent in child.care.consents if consent.given]:
        words.append("sort seul")
    return [*words, *(f"{word} : NON" for word in refused)]


def _contacts(view: DossierView, width: int) -> Iterator[DossierLine]:
    """Yield the persons, those forbidden first and told by a word, then what the family consented to; nothing for who may not see them."""
    if view.consents is None:
        return
    if view.contacts:
        yield _heading("Personne", len(view.contacts), "")
    first_names = {child.child_id: child.first_name for child in view.children}
    for contact in view.contacts:
        of = first_names.get(contact.child_id, "") if contact.child_id is not None else ""
        facts = (
            _role(contact),
            contact.relation,
            f"pour {of}" if of else "",
            contact.phone,
            contact.phone_2,
            contact.note,
        )
        text = _named(width, contact.name, "", *facts)
        if contact.forbidden:
            text = text.stylize("$error")
        yield DossierLine(LineKind.CONTACT, contact.contact_id, text)
    yield DossierLine(LineKind.CONSENTS, 0, _below(width, "Autorisations", *_consents(view)))


def _role(contact: ContactView) -> str:
    if contact.forbidden:
        return "INTERDIT : ne jamais lui remettre l’enfant"
    words = ["peut venir chercher"] if contact.may_collect else []
    return ", ".join([*words, "urgence"] if contact.emergency else words)


def _consents(view: DossierView) -> list[str]:
    """Return the rules accepted or not, and whose consents were not asked."""
    rules = {consent.kind: consent for consent in view.consents or ()}.get(RULES)
    if rules is None or rules.given_on is None:
        words = ["règlement à faire accepter"]
    else:
        words = [f"règlement {'accepté' if rules.given else 'REFUSÉ'} le {rules.given_on:%d/%m/%Y}"]
    for kind in CHILD_CONSENTS:
        asked = [one.first_name for one in view.children if one.care and kind in one.care.consents_missing]
        if asked:
            words.append(f"{CONSENTS[kind]} : à demander pour {join_words(asked)}")
    return words


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
