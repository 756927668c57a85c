"""The fields of one line of a dossier, edited in place: a guardian, a child, a quotient.

When somebody saved the dossier meanwhile, the dialog says what changed, takes the other's values where nothing was typed, keeps what was,
and lets the agent save again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.choice_field import ChoiceField
from screens.family_fields import (
    child_fields,
    child_form,
    class_choices,
    guardian_fields,
    guardian_form,
    quotient_fields,
    say_age_doubt,
)
from screens.form_fields import Field
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.plain_text import content
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.policy import Policy
from tui_portail.services.dossier_edits import (
    add_child,
    add_guardian,
    edit_child,
    edit_guardian,
)
from tui_portail.services.dossier_gesture import DossierChanged
from tui_portail.services.dossiers import ChildView, DossierView, GuardianView, PayerView, SchoolView, load_dossier
from tui_portail.services.quotients import record_quotient


class DossierDialog(FormDialog[DossierView | None]):
    """A dialog over one version of a dossier. `fields_of(view)` makes its fields again from a newer version."""

    def __init__(self, view: DossierView) -> None:
        super().__init__()
        self.view = view

    def form_fields(self) -> Iterable[Field]:
        """Return the fields of the version opened."""
        return self.fields_of(self.view)

    def fields_of(self, view: DossierView) -> list[Field]:
        """Return the fields of a version of the dossier."""
        raise NotImplementedError

    def refused(self, error: PortailError) -> None:
        """A dossier saved meanwhile is read again; the rest is said where it belongs."""
        if isinstance(error, DossierChanged):
            self.catch_up(error)
        else:
            super().refused(error)

    @gesture(group="catch-up", exclusive=True)
    async def catch_up(self, error: DossierChanged) -> None:
        """Read the dossier as it is now, say what changed here, keep what was typed."""
        newer = await self.ask(load_dossier, self.desk, self.view.dossier_id)
        changes = []
        fresh = {field.key: field for field in self.fields_of(newer)}
        for field in self.form.fields:
            other = fresh.get(field.key)
            if other is None or other.initial == field.initial:
                continue
            changes.append(f"{field.label} : « {other.initial} »")
            if field.text == field.initial:
                field.take(other)
        self.view = newer
        seen = "Changé ailleurs : " + ", ".join(changes) if changes else "Ces champs-ci n’ont pas changé."
        self.message(f"{error.sentence} {seen} F10 : enregistrer.", Kind.REFUSED)


class GuardianDialog(DossierDialog):
    """A guardian, or a new one who may be the second payer."""

    def __init__(self, view: DossierView, guardian_id: int | None) -> None:
        super().__init__(view)
        self._guardian_id = guardian_id
        self.title = "Responsable" if guardian_id is not None else "Nouveau responsable"

    def fields_of(self, view: DossierView) -> list[Field]:
        """Return the guardian's fields."""
        known, payer = _guardian_of(view, self._guardian_id)
        fields = guardian_fields(self.today, known, payer)
        for field in fields:
            field.display = field.key != "resident" or payer is not None
        return fields

    @on(Field.Changed)
    def _payer_changed(self, event: Field.Changed) -> None:
        if event.field.key == "payer":
            for field in self.query(Field):
                if field.key == "resident":
                    field.display = bool(event.field.value)

    async def save(self, values: dict[str, object]) -> DossierView:
        """Record the guardian."""
        desk, dossier_id, version, guardian_id = self.desk, self.view.dossier_id, self.view.version, self._guardian_id
        form = guardian_form(values)
        if guardian_id is None:
            return await self.send(
                "guardian", lambda operation: add_guardian(desk, dossier_id, form, version, operation)
            )
        return await self.send(
            "guardian", lambda operation: edit_guardian(desk, dossier_id, guardian_id, form, version, operation)
        )


class ChildDialog(DossierDialog):
    """A child, or a new one."""

    def __init__(
        self, view: DossierView, child_id: int | None, schools: Sequence[SchoolView], policy: Policy, *, diet: bool
    ) -> None:
        super().__init__(view)
        self._child_id = child_id
        self._schools = tuple(schools)
        self._policy = policy
        self._diet = diet
        self.title = "Enfant" if child_id is not None else "Nouvel enfant"

    def fields_of(self, view: DossierView) -> list[Field]:
        """Return the child's fields; a new one has the family's name."""
        last_name = view.children[0].last_name if view.children else view.guardians[0].last_name
        return child_fields(
            self.today,
            self._schools,
            self._policy,
            _child_of(view, self._child_id),
            last_name=last_name,
            diet=self._diet,
        )

    @on(Field.Changed)
    def _school_changed(self, event: Field.Changed) -> None:
        classes = self.form.field("class_name")
        if event.field.key == "school_code" and isinstance(classes, ChoiceField):
            classes.offer(class_choices(self._schools, event.field.value))
        say_age_doubt(self.form.field, self._schools, self.today, of=event.field.key)

    async def save(self, values: dict[str, object]) -> DossierView:
        """Record the child."""
        desk, dossier_id, version, child_id = self.desk, self.view.dossier_id, self.view.version, self._child_id
        form = child_form(values, _child_of(self.view, child_id))
        if child_id is None:
            return await self.send("child", lambda operation: add_child(desk, dossier_id, form, version, operation))
        return await self.send(
            "child", lambda operation: edit_child(desk, dossier_id, child_id, form, version, operation)
        )


class QuotientDialog(FormDialog[DossierView | None]):
    """A payer's quotient familial, with what proved it. Prices already fixed never change."""

    def __init__(self, payer: PayerView) -> None:
        super().__init__()
        self.title = f"Quotient familial de {payer.name}"
        self._payer = payer

    def compose_body(self) -> Iterable[Widget]:
        """What it changes, then the fields."""
        words = "Il compte pour les journées réservées à partir de sa date ; les prix déjà fixés ne changent pas."
        yield Static(content(words), id="dialog-text")
        yield from super().compose_body()

    def form_fields(self) -> Iterable[Field]:
        """Return the fields of a quotient."""
        return quotient_fields(self.today, self._payer)

    async def save(self, values: dict[str, object]) -> DossierView:
        """Record it."""
        cents, start, end = (values[key] for key in ("quotient_cents", "quotient_from", "quotient_until"))
        if not isinstance(cents, int):
            raise InvalidInput("Tapez le quotient familial de l’attestation, par exemple 745.")
        if not isinstance(start, date) or not isinstance(end, date):
            raise InvalidInput("Donnez les deux dates entre lesquelles le quotient familial est valable.")
        desk, payer_id, source = self.desk, self._payer.payer_id, str(values["quotient_source"])
        return await self.send(
            "quotient", lambda operation: record_quotient(desk, payer_id, cents, start, end, source, operation)
        )


def _guardian_of(view: DossierView, guardian_id: int | None) -> tuple[GuardianView | None, PayerView | None]:
    known = next((one for one in view.guardians if one.guardian_id == guardian_id), None)
    payer = next((one for one in view.payers if one.guardian_id == guardian_id), None)
    return known, payer


def _child_of(view: DossierView, child_id: int | None) -> ChildView | None:
    return next((one for one in view.children if one.child_id == child_id), None)
