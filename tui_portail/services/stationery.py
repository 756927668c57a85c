"""What every letter of the service is made with: who writes, the text in force, the words it says; and a text tried before it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from models.states import LetterKind
from receipts.family_letter import CounterPage, Letter, Sender
from tui_portail.commune import Commune
from tui_portail.dossier_number import display
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.leaflet import limit_lines, proof_delay, renewal_day, site_lines
from tui_portail.letter_templates import Template, Value, cleaned_text, fill_template, read_template
from tui_portail.services.coat_of_arms import read_arms
from tui_portail.services.desk import Desk
from tui_portail.services.letter_texts import template_in_force
from tui_portail.services.papers import keep_paper
from tui_portail.services.rights import Right

PORTAL = "Portail Famille"


@dataclass(frozen=True, slots=True)
class Stationery:
    """The commune's paper for one kind of letter, at one instant. `example`: a demonstration writes it."""

    sender: Sender
    template: Template
    commune: Commune
    written_at: datetime
    example: bool

    def letter(
        self, names: Sequence[str], address: Sequence[str], number: str, values: Mapping[str, Value] | None = None
    ) -> Letter:
        """Return a letter to people at an address; `number` is the dossier's, empty for a family that has none; `values` are its own."""
        shown = display(number) if number else ""
        said = {"destinataire": tuple(names), "numero_dossier": shown, **self._service(), **(values or {})}
        filled = fill_template(self.template, said)
        return Letter(
            self.sender,
            (*names, *address),
            self.commune.policy.commune,
            self.written_at,
            filled.subject,
            filled.blocks,
            f"Dossier n°\u00a0{shown}" if shown else "",
            self.example,
        )

    def counter_page(self) -> CounterPage:
        """Return the leaflet's page, from the text in force and the set-up."""
        policy = self.commune.policy
        filled = fill_template(
            self.template,
            {
                **self._service(),
                "limites": limit_lines(policy),
                "attente": f"{policy.hold_minutes} minutes",
                "delai_justificatif": proof_delay(policy),
                "renouvellement": renewal_day(policy),
                "sites": site_lines(self.commune),
            },
        )
        return CounterPage(self.sender, self.written_at, filled.subject, filled.blocks, self.example)

    def _service(self) -> dict[str, Value]:
        sender = self.sender
        return {
            "commune": sender.commune,
            "service": sender.service,
            "adresse_service": ", ".join(sender.address),
            "telephone_service": sender.phone,
            "courriel_service": sender.email,
            "portail": PORTAL,
            "date": long_date(in_paris(self.written_at).date()),
        }


def read_stationery(
    desk: Desk, connection: Connection, kind: LetterKind, template: Template | None = None
) -> Stationery:
    """Return the paper for a kind of letter, with another text than the one in force if `template` is given."""
    commune = desk.commune(connection)
    identity, arms = commune.identity, read_arms(connection)
    sender = Sender(
        identity.name,
        identity.service,
        identity.address,
        identity.phone,
        identity.email,
        arms.image if arms is not None else None,
    )
    return Stationery(
        sender, template or template_in_force(connection, kind), commune, desk.instant(connection), desk.is_demo
    )


def preview_text(desk: Desk, kind: LetterKind, text: str) -> Path:
    """Draw a text not kept yet, for a family made up, and return where the PDF is. Raises TemplateRefused, NotAllowed."""
    from receipts.counter_page import draw_counter_page  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)
    from receipts.letter import draw_letters  # noqa: PLC0415

    with desk.read(Right.LETTER_TEXTS) as connection:
        stationery = read_stationery(desk, connection, kind, read_template(kind.value, cleaned_text(text)))
    if kind is LetterKind.LEAFLET:
        pdf = draw_counter_page(stationery.counter_page())
    else:
        pdf = draw_letters([stationery.letter(_NAMES, _ADDRESS, "123456780", _MADE_UP)])
    return keep_paper(desk, stationery.written_at, f"essai-courrier-{kind.value}.pdf", pdf)


_NAMES = ("Camille Exemple", "Dominique Exemple")
_ADDRESS = ("1 place de la Mairie", "34830 Clapiers")
_MADE_UP: Mapping[str, Value] = {
    "enfants": ("Alix", "Sacha"),
    "pieces": ("Justificatif de domicile", "Attestation d’assurance, pour Alix"),
    "date_rendez_vous": "mercredi 2 décembre 2026",
    "heure_rendez_vous": "10 h 30",
    "motif_rendez_vous": "Inscription d’une famille",
    "duree_rendez_vous": "45 minutes",
    "jours": "le jeudi 3 décembre 2026",
    "site": "ALP Harmonie",
    "activites": ("ALP matin", "ALP soir"),
    "motif": "grève nationale",
    "avoirs": ("AV-2026-000012",),
    "montant": "4,85 €",
}
