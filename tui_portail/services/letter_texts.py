"""The texts of letters: the commune's own, dated and signed, else those shipped; each checked before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, insert, select

from models import tables as t
from models.states import LetterKind as LetterKind  # for screens
from tui_portail.errors import PortailError
from tui_portail.letter_templates import FORMS, LetterForm, Template, cleaned_text, read_template
from tui_portail.services.coat_of_arms import read_arms
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right


class TextChanged(PortailError):
    """Somebody saved the text since it was opened."""

    code = "MODELE_MODIFIE"

    def __init__(self) -> None:
        super().__init__(
            "Un autre poste a enregistré ce modèle depuis que vous l’avez ouvert. Votre saisie est gardée à l’écran : copiez-la, "
            "rouvrez le modèle, puis reprenez."
        )


@dataclass(frozen=True, slots=True)
class LetterText:
    """The text of a kind of letter in force. `version` is 0 where the commune never wrote its own; `own`: it is the commune's."""

    kind: LetterKind
    text: str
    own: bool = False
    version: int = 0
    recorded_at: datetime | None = None
    agent_name: str = ""

    @property
    def form(self) -> LetterForm:
        """What its text may say."""
        return FORMS[self.kind]


@dataclass(frozen=True, slots=True)
class LetterTexts:
    """The texts in force, and since when the commune prints its coat of arms (None: it does not)."""

    texts: tuple[LetterText, ...]
    arms_since: datetime | None


def shipped_text(kind: LetterKind) -> str:
    """Return the text shipped with the program."""
    return files("data").joinpath("courriers", f"{kind.value}.txt").read_text(encoding="utf-8")


def list_texts(desk: Desk) -> LetterTexts:
    """Return every text in force. Raises NotAllowed."""
    with desk.read(Right.LETTER_TEXTS) as connection:
        arms = read_arms(connection)
        texts = tuple(text_in_force(connection, kind) for kind in LetterKind)
        return LetterTexts(texts, None if arms is None else arms.recorded_at)


def load_text(desk: Desk, kind: LetterKind) -> LetterText:
    """Return the text of a kind of letter in force. Raises NotAllowed."""
    with desk.read(Right.LETTER_TEXTS) as connection:
        return text_in_force(connection, kind)


def text_in_force(connection: Connection, kind: LetterKind) -> LetterText:
    """Return the latest text of a kind; one kept empty means the text shipped."""
    template = t.letter_template.c
    row = connection.execute(
        select(template.id, template.text, template.recorded_at, t.agent.c.name)
        .outerjoin(t.agent, t.agent.c.id == template.agent_id)
        .where(template.kind == kind.value)
        .order_by(template.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return LetterText(kind, shipped_text(kind))
    return LetterText(kind, row.text or shipped_text(kind), bool(row.text), row.id, row.recorded_at, row.name or "")


def template_in_force(connection: Connection, kind: LetterKind) -> Template:
    """Return the text of a kind, read. Raises TemplateRefused when another version of the program wrote words unknown here."""
    return read_template(kind.value, text_in_force(connection, kind).text)


def save_text(desk: Desk, kind: LetterKind, text: str, version: int, operation: str) -> LetterText:
    """Keep the commune's own text, from the `version` that was opened. Raises TemplateRefused, TextChanged, NotAllowed."""
    return _keep(desk, "modifier_courrier", kind, cleaned_text(text), version, operation)


def restore_text(desk: Desk, kind: LetterKind, version: int, operation: str) -> LetterText:
    """Go back to the text shipped with the program; the commune's own stays in the history. Raises TextChanged, NotAllowed."""
    return _keep(desk, "retablir_courrier", kind, "", version, operation)


def _keep(desk: Desk, name: str, kind: LetterKind, text: str, version: int, operation: str) -> LetterText:
    def work(gesture: Gesture) -> Done:
        if text:
            read_template(kind.value, text)
        if text_in_force(gesture.connection, kind).version != version:
            raise TextChanged
        template_id = gesture.connection.execute(
            insert(t.letter_template)
            .values(kind=kind.value, text=text, recorded_at=gesture.now, agent_id=gesture.agent.agent_id)
            .returning(t.letter_template.c.id)
        ).scalar_one()
        return Done({"kind": kind.value}, "letter_template", template_id, details={"kind": kind.value})

    def answer(kept: Mapping[str, Any]) -> LetterText:
        return load_text(desk, LetterKind(kept["kind"]))

    return perform(desk, name, Right.LETTER_TEXTS, operation, [kind.value, text, version], work, answer)
