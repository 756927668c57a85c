"""The short form with which Enfance/Jeunesse registers a family that is not connected: guardians, who pays, children.

Enter goes to the next field; what is wrong is said beside its field; nothing typed is lost when the registration is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Button

from screens.bars import Kind
from screens.choice_field import ChoiceField
from screens.commands import bindings_of
from screens.desk_screen import DeskScreen
from screens.dialogs import ConfirmDialog
from screens.duplicates_dialog import DuplicatesDialog
from screens.family_fields import (
    child_fields,
    child_form,
    class_choices,
    guardian_fields,
    guardian_form,
    quotient_fields,
    say_age_doubt,
)
from screens.form_fields import Field, TextField
from screens.forms import Form
from screens.gestures import gesture
from screens.person_fields import CHILDREN, GUARDIANS, OF_A_PAYER, TITLES, PersonFields
from tui_portail.dossier_number import display
from tui_portail.errors import PortailError
from tui_portail.family_forms import ChildForm, FamilyForm, FormRefused
from tui_portail.policy import Policy
from tui_portail.services.desk import Desk
from tui_portail.services.dossiers import SchoolView, register_family, schools
from tui_portail.services.likely_duplicates import Duplicate, likely_duplicates

TO_CORRECT = "corrigez ce qui est signalé ; rien n’est encore enregistré."


class RegistrationScreen(DeskScreen):
    """One form, which scrolls: a guardian who pays and a child to begin with."""

    AREA = "registration"
    TITLE = "Nouvelle famille"
    CSS_PATH = "registration.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("registration")
    HELP = (
        "Entrée ou ↓ : champ suivant, ↑ : champ précédent. Dates : 12/3/2019 ou 120319. Les choix ‹ › se changent par Espace,\n"
        "les flèches ou leur première lettre. Rien n’est enregistré avant F10."
    )
    unsaved_question: ClassVar[str] = "La famille n’est pas enregistrée : ce que vous avez saisi sera perdu."

    def __init__(self) -> None:
        super().__init__()
        self._schools: tuple[SchoolView, ...] = ()
        self._policy: Policy | None = None
        self._proposed = ""
        self._passed_over: tuple[Duplicate, ...] = ()  # seen, and not this family

    def compose_body(self) -> Iterable[Widget]:
        """The guardian at once; the child when the schools are read."""
        with Form(id="family"):
            yield self._guardian(0, pays=True)
            yield Button("Enregistrer la famille (F10)", id="save", compact=True)

    def on_mount(self) -> None:
        """Begin with the name, read the schools."""
        self.form.fields[0].focus_field()
        self.read_schools()

    @property
    def form(self) -> Form:
        """The form."""
        return self.query_one(Form)

    def people(self, kind: str) -> list[PersonFields]:
        """Return the guardians or the children, in order."""
        return [person for person in self.query(PersonFields) if person.kind == kind]

    def _guardian(self, place: int, *, pays: bool) -> PersonFields:
        fields = [*guardian_fields(self.today, pays=pays), *quotient_fields(self.today)]
        for field in fields:
            field.display = pays or field.key not in OF_A_PAYER
        return PersonFields(GUARDIANS, place, fields)

    @gesture(group="schools", exclusive=True)
    async def read_schools(self) -> None:
        """Read the schools and what may be renewed, then show the first child."""
        self._schools, self._policy = await self.ask(_schools_and_policy, self.desk)
        if not self.people(CHILDREN):
            await self._mount_child()
            self.form.keep_as_saved()
            self.refresh_bindings()

    async def _mount_child(self) -> PersonFields:
        assert self._policy is not None  # noqa: S101
        place = len(self.people(CHILDREN))
        name = self.people(GUARDIANS)[0].field("last_name")
        fields = child_fields(self.today, self._schools, self._policy, last_name=name.text if name else "")
        child = PersonFields(CHILDREN, place, fields)
        await self.form.mount(child, before="#save")
        return child

    # -- adding and taking out -------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A child needs the schools to be read."""
        if action in {"add_child", "save"} and self._policy is None:
            return None
        return super().check_action(action, parameters)

    @gesture(group="people")
    async def action_add_child(self) -> None:
        """Add the fields of a child, with the name of the last one."""
        before = self.people(CHILDREN)
        child = await self._mount_child()
        last, first = child.field("last_name"), child.field("first_name")
        if before and last is not None and (named := before[-1].field("last_name")) is not None:
            self._fill(last, named.text)
        school = before[-1].field("school_code") if before else None
        if isinstance(school, ChoiceField) and isinstance(field := child.field("school_code"), ChoiceField):
            field.offer([("", "à choisir"), *((one.code, one.name) for one in self._schools)], school.value)
            self._follow_school(child)
        self._focus(first if last is not None and last.text else last)

    @gesture(group="people")
    async def action_add_guardian(self) -> None:
        """Add the fields of another guardian, at the same address, who does not pay unless it is said."""
        before = self.people(GUARDIANS)
        place = len(before)
        guardian = self._guardian(place, pays=False)
        await self.form.mount(guardian, after=before[-1])
        for key in ("address", "postcode", "city"):
            field, known = guardian.field(key), before[0].field(key)
            if field is not None and known is not None:
                self._fill(field, known.text)
        self._focus(guardian.field("last_name"))

    @gesture(group="people")
    async def action_remove(self) -> None:
        """Take out the child or the further guardian where the cursor is."""
        person = next((one for one in self.query(PersonFields) if one.has_focus_within), None)
        if person is None or (person.kind == GUARDIANS and len(self.people(GUARDIANS)) == 1):
            self.message("un dossier garde au moins un responsable.", Kind.REFUSED)
            return
        kind = person.kind
        names = [field.text.strip() for field in person.fields if field.key in ("last_name", "first_name")]
        if any(name and (kind != CHILDREN or name != self._proposed.strip()) for name in names):
            title = f"Retirer {'cet enfant' if kind == CHILDREN else 'ce responsable'} ?"
            lines = ("Ce qui est saisi pour cette personne sera effacé du formulaire.",)
            if not await self.app.push_screen_wait(ConfirmDialog(title, lines, yes="Retirer")):
                return
        self.people(GUARDIANS)[0].fields[0].focus_field()
        await person.remove()
        for place, one in enumerate(self.people(kind)):
            one.number(place)
        if left := self.people(kind):
            self._focus(left[-1].fields[0])

    def _fill(self, field: Field, text: str) -> None:
        if isinstance(field, TextField):
            field.text = text

    def _focus(self, field: Field | None) -> None:
        if field is not None:
            self.call_after_refresh(field.focus_field)

    # -- what depends on what --------------------------------------------------------------------------------------------

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        if event.field.has_focus_within:
            self.message("")  # what was refused is being corrected
        person = next((one for one in event.field.ancestors if isinstance(one, PersonFields)), None)
        if person is None:
            return
        if event.field.key == "payer":
            person.show_payer_fields()
        elif event.field.key == "school_code":
            self._follow_school(person)
        elif event.field.key == "last_name" and person is self.people(GUARDIANS)[0]:
            self._propose_name(event.field.text)
        if person.kind == CHILDREN:
            say_age_doubt(person.field, self._schools, self.today, of=event.field.key)

    def _propose_name(self, name: str) -> None:
        """Give the first child the first guardian's name, until the agent types another."""
        before, self._proposed = self._proposed, name
        child = next(iter(self.people(CHILDREN)), None)
        field = child.field("last_name") if child is not None else None
        if isinstance(field, TextField) and field.text == before:
            field.text = name

    def _follow_school(self, child: PersonFields) -> None:
        school, classes = child.field("school_code"), child.field("class_name")
        if school is not None and isinstance(classes, ChoiceField):
            classes.offer(class_choices(self._schools, school.value))

    # -- saving ----------------------------------------------------------------------------------------------------------

    @on(Field.Done)
    def _last_entered(self) -> None:
        self.query_one("#save").focus()

    @on(Button.Pressed, "#save")
    def _pressed(self) -> None:
        self.action_save()

    def has_unsaved(self) -> bool:
        """What is typed is lost on leaving."""
        return self.form.is_touched

    @gesture(group="save")
    async def action_save(self) -> None:
        """Register the family and open its dossier."""
        if not self.form.check():
            self.message(TO_CORRECT, Kind.REFUSED)
            return
        self.message("")
        form = FamilyForm(
            tuple(guardian_form(one.values()) for one in self.people(GUARDIANS)),
            tuple(self._child_form(place, one) for place, one in enumerate(self.people(CHILDREN))),
        )
        desk = self.desk
        if (alike := await self.ask(likely_duplicates, desk, form)) and alike != self._passed_over:
            choice = await self.app.push_screen_wait(DuplicatesDialog(alike))
            if choice is None:
                return
            if choice.dossier_id is not None:
                self.portail.open("dossier", choice.dossier_id)  # over this form, where Escape comes back
                return
            self._passed_over = alike
        made = await self.send("register", lambda operation: register_family(desk, form, operation))
        from screens.dossier import DossierScreen  # noqa: PLC0415  shown after a registration only

        self.app.switch_screen(DossierScreen(made.dossier_id, f"dossier n° {display(made.number)} ouvert."))

    def _child_form(self, place: int, person: PersonFields) -> ChildForm:
        try:
            return child_form(person.values())
        except FormRefused as error:
            raise FormRefused(error.sentence, f"{CHILDREN}.{place}.{error.field}") from None

    def refused(self, error: PortailError) -> None:
        """Show the service's sentence beside the field it is about, else in the message bar."""
        field = self._field_named(getattr(error, "field", ""))
        if field is None:
            super().refused(error)
            return
        self.message(TO_CORRECT, Kind.REFUSED)
        field.say_wrong(error.sentence)
        field.focus_field()

    def _field_named(self, path: str) -> Field | None:
        kind, _, rest = path.partition(".")
        place, _, key = rest.partition(".")
        if kind in TITLES and place.isdigit() and int(place) < len(self.people(kind)):
            return self.people(kind)[int(place)].field(key)
        found = [one.field(path) for one in self.people(CHILDREN)] if path in ("school_code", "class_name") else []
        return found[0] if len(found) == 1 else None


def _schools_and_policy(desk: Desk) -> tuple[tuple[SchoolView, ...], Policy]:
    return schools(desk), desk.commune().policy
