"""The form of a family, to register it or to change its dossier: on the left who is in it, on the right the fields of one of them.

Enter goes to the next field, then to the next person; F10 saves everything in one gesture. What is wrong is said beside its field; nothing
typed is lost when a save is refused, when the database is away, or when another desk saved the dossier meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind as Tone
from screens.choice_field import ChoiceField
from screens.commands import bindings_of
from screens.desk_screen import DeskScreen
from screens.dialogs import ConfirmDialog, TextDialog
from screens.duplicates_dialog import DuplicatesDialog
from screens.entries import ChoiceEntry
from screens.family_catch_up import catch_up
from screens.family_fields import SetUp, read_set_up, say_age_doubt, say_home_doubt
from screens.family_form_state import FamilyFormState, Kind, Section, same
from screens.family_sections import SectionsList
from screens.form_fields import Field
from screens.forms import FieldGrid, Form
from screens.gestures import gesture
from screens.plain_text import plain
from tui_portail.dossier_number import display
from tui_portail.errors import PortailError
from tui_portail.family_forms import FamilyForm
from tui_portail.services.dossier_gesture import DossierChanged
from tui_portail.services.dossiers import register_family
from tui_portail.services.family_reading import OpenedFamily, open_family
from tui_portail.services.family_saving import save_family
from tui_portail.services.likely_duplicates import Duplicate, likely_duplicates

TO_CORRECT = "corrigez ce qui est signalé ; rien n’est encore enregistré."


@dataclass(frozen=True, slots=True)
class Place:
    """Where the form opens: on somebody of the dossier (a new one when `person_id` is None), on a field."""

    kind: Kind = Kind.GUARDIAN
    person_id: int | None = None
    key: str = ""


class SectionForm(Form):
    """The fields of the section looked at; Page keys change section instead of scrolling."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "screen.turn(1)", show=False, id="section.next"),
        Binding("pageup", "screen.turn(-1)", show=False, id="section.previous"),
    ]


class FamilyFormScreen(DeskScreen):
    """A new family, or the dossier of one from a place in it."""

    AREA = "family"
    TITLE = "Nouvelle famille"
    CSS_PATH = "family_form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("family")
    HELP = (
        "Entrée ou ↓ : champ suivant, ↑ : champ précédent ; Page suiv. et Page préc. : personne suivante, précédente.\n"
        "Dates : 12/3/2019 ou 120319. Les choix ‹ › se changent par Espace, les flèches ou leur première lettre.\n"
        "* : modifié, ! : à corriger. Rien n’est enregistré avant F10, qui enregistre tout."
    )
    unsaved_question: ClassVar[str] = "La famille n’est pas enregistrée : ce que vous avez saisi sera perdu."

    def __init__(self, dossier_id: int | None = None, place: Place | None = None) -> None:
        super().__init__()
        self._opened: OpenedFamily | None = None
        self._dossier_id = dossier_id
        self._place = place or Place()
        self._ready = False
        self._passed_over: tuple[Duplicate, ...] = ()  # seen, and not this family

    def compose_body(self) -> Iterable[Widget]:
        """Who is in the family, and the first one's fields at once for a new one."""
        self.state = FamilyFormState(SetUp(self.today))
        self.section = self.state.sections[0]
        with Container(id="family-form"):
            with Vertical(id="people"):
                yield SectionsList(id="sections")
                yield Static("", id="section-keys", markup=False)
            with SectionForm(id="family"):
                yield Static(Content(self.state.title(self.section)), id="section-title")
                with Vertical(id="fields"):
                    yield from () if self._dossier_id is not None else self._widgets(self.section)

    def on_mount(self) -> None:
        """Begin with the name; read the schools, and the dossier."""
        if self._dossier_id is None:
            self.form.fields[0].focus_field()
            self._show_sections()
            self.read_schools()
        else:
            self.open_dossier(self._dossier_id)

    @property
    def form(self) -> Form:
        """The fields looked at."""
        return self.query_one(SectionForm)

    @gesture(group="set-up", exclusive=True)
    async def read_schools(self) -> None:
        """Read the schools and what may be renewed."""
        self.state.set_up = await self.ask(read_set_up, self.desk, self.today)
        self._ready_to_go_on()

    @gesture(group="set-up")
    async def open_dossier(self, dossier_id: int) -> None:
        """Read the dossier and go where the agent asked."""
        set_up = await self.ask(read_set_up, self.desk, self.today)
        self._take(await self.ask(open_family, self.desk, dossier_id))
        self.state = FamilyFormState(set_up, self._opened.form if self._opened else None)
        self._ready_to_go_on()
        kind, person_id = self._place.kind, self._place.person_id
        found = [one for one in self.state.of(kind) if one.person_id == person_id]
        if kind is not Kind.CONSENTS and (person_id is None or not found):
            found = [self.state.add(kind)]
        await self._show(found[0], self._place.key)

    def _take(self, opened: OpenedFamily) -> None:
        self._opened = opened
        self.title = f"Modifier le dossier {opened.label}"
        self.portail.show_header()

    # -- one section at a time -------------------------------------------------------------------------------------------

    def _widgets(self, section: Section) -> list[Widget]:
        """Make the fields by two, under each title a grid of its own: what is hidden in one moves nothing in the next."""
        widgets: list[Widget] = []
        fields: list[Field] = []
        for entry in self.state.entries(section):
            if entry.above:
                widgets += [FieldGrid(*fields), Static(Content(plain(entry.above)), classes="above")]
                fields = []
            field = entry.field(section.held.get(entry.key))
            field.display = entry.shown
            fields.append(field)
        return [*widgets, FieldGrid(*fields)]

    async def _show(self, section: Section, key: str = "", *, kept: bool = False) -> None:
        """Mount a section's fields, say what is wrong in them, put the cursor in one. `kept`: what the others hold is known already."""
        if not kept:
            self._keep()
        self.section = section
        fields = self.query_one("#fields", Vertical)
        with self.app.batch_update():
            await fields.remove_children()
            await fields.mount_all(self._widgets(section))
            self.query_one("#section-title", Static).update(Content(self.state.title(section)), layout=False)
            self._show_sections()
            for field in self.form.fields:
                field.say_wrong(section.wrong.get(field.key, ""))
            self._say_doubt()
            self.form.scroll_home(animate=False)
            self._first_field(section, key).focus_field()

    def _first_field(self, section: Section, key: str) -> Field:
        """Return the field to begin with: the one asked, the first with something wrong, past a name that is only proposed."""
        fields = self.form.fields
        wanted = [self.form.field(key) if key else None, *(field for field in fields if field.wrong)]
        if section.kind is Kind.CHILD and section.origin is None and section.held.get("last_name"):
            wanted.append(self.form.field("first_name"))
        return next((field for field in wanted if field is not None), fields[0])

    def _keep(self) -> None:
        """Keep what the fields mounted hold."""
        if self.section in self.state.sections:
            for field in self.form.fields:
                self.state.typed(self.section, field.key, field.held)

    def _ready_to_go_on(self) -> None:
        """Let every key answer, and say under the list those for which the footer has no room."""
        self._ready = True
        keys: dict[str | None, Binding] = {}
        for active in self.active_bindings.values():
            keys.setdefault(active.binding.id, active.binding)
        shown = [
            keys[f"family.{name}"]
            for name in ("child", "guardian", "contact", "remove", "next")
            if f"family.{name}" in keys
        ]
        words = "\n".join(f"{self.app.get_key_display(binding)} {binding.description}" for binding in shown)
        self.query_one("#section-keys", Static).update(words, layout=False)
        self.refresh_bindings()

    def _show_sections(self) -> None:
        self.query_one(SectionsList).show(self.state, self.section)

    @gesture(group="section")
    async def action_turn(self, step: int) -> None:
        """Go to the next person, or the one before."""
        place = self.state.sections.index(self.section) + step
        if 0 <= place < len(self.state.sections):
            await self._show(self.state.sections[place])

    @on(Field.Done)
    def _section_done(self) -> None:
        if self.section is self.state.sections[-1]:
            self.message("F10 : tout enregistrer.")
        else:
            self.action_turn(1)

    @on(OptionList.OptionSelected, "#sections")
    @gesture(group="section")
    async def _clicked(self, event: OptionList.OptionSelected) -> None:
        section = self.query_one(SectionsList).section_at(event.option_index)
        if section is not None:
            await self._show(section)

    # -- adding and taking out -------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing but the first guardian before the schools are read."""
        if action in {"add", "save", "turn", "remove"} and not self._ready:
            return None
        return super().check_action(action, parameters)

    @gesture(group="section")
    async def action_add(self, kind: str) -> None:
        """Add somebody; a child not filled in yet is gone to instead."""
        self._keep()
        blank = [one for one in self.state.of(Kind(kind)) if one.origin is None and not one.touched]
        section = blank[0] if blank and blank[0] is not self.section else self.state.add(Kind(kind))
        self.message("")
        await self._show(section)

    @gesture(group="section")
    async def action_remove(self) -> None:
        """Take the person looked at out of the form; a person of the dossier is taken out when it is saved."""
        self._keep()
        section = self.section
        if section.kind is Kind.CONSENTS:
            self.message("une autorisation se change, elle ne se retire pas.", Tone.REFUSED)
            return
        if section.kind is Kind.GUARDIAN and len(self.state.of(Kind.GUARDIAN)) == 1:
            self.message("un dossier garde au moins un responsable.", Tone.REFUSED)
            return
        if section.origin is not None and section.kind is not Kind.CONTACT:
            self.message(
                "cette personne est dans le dossier enregistré : elle y reste, avec ce qui la concerne.", Tone.REFUSED
            )
            return
        if section.origin is not None or section.touched:
            lines = ("Ce qui est saisi pour cette personne sera effacé du formulaire.",)
            title = f"Retirer {section.name or self.state.title(section)} ?"
            if not await self.app.push_screen_wait(ConfirmDialog(title, lines, yes="Retirer")):
                return
        place = self.state.sections.index(section)
        self.state.remove(section)
        await self._show(self.state.sections[max(0, place - 1)])

    # -- typing ----------------------------------------------------------------------------------------------------------

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        if same(self.section.held.get(event.field.key), event.field.held):
            return  # a field just mounted says what it holds
        if event.field.has_focus_within:
            self.message("")  # what was refused is being corrected
        if self.state.typed(self.section, event.field.key, event.field.held):
            self._follow()
        self._say_doubt()
        self._show_sections()

    def _follow(self) -> None:
        """Bring the fields in line with what the section holds now: shown or not, other choices, values proposed."""
        entries = {entry.key: entry for entry in self.state.entries(self.section)}
        for field in self.query(Field):
            entry = entries[field.key]
            field.display = entry.shown
            if isinstance(entry, ChoiceEntry) is not isinstance(field, ChoiceField):
                self.show_again(field.key)
                continue
            if isinstance(entry, ChoiceEntry) and isinstance(field, ChoiceField):
                field.offer(entry.choices)
            if field.held != self.section.held.get(field.key):
                field.hold(self.section.held.get(field.key))

    @gesture(group="section")
    async def show_again(self, key: str) -> None:
        """Mount the fields again where one is no longer of the same kind: a class chosen, or typed where the school lists none."""
        here = next((field.key for field in self.form.fields if field.has_focus_within), key)
        await self._show(self.section, here)

    def _say_doubt(self) -> None:
        if self.section.kind is Kind.CHILD:
            say_age_doubt(self.form.field, self.state.set_up, self.section.held)
        elif self.section.kind is Kind.GUARDIAN:
            say_home_doubt(self.form.field, self.state.set_up, self.section.held)

    # -- saving ----------------------------------------------------------------------------------------------------------

    def has_unsaved(self) -> bool:
        """What is typed is lost on leaving."""
        self._keep()
        return self.state.is_touched

    @gesture(group="save")
    async def action_save(self) -> None:
        """Save everything: open the dossier of a new family, go back to that of one known."""
        self._keep()
        if (section := self.state.check()) is not None:
            await self._show(section, next(iter(section.wrong)))
            self.message(TO_CORRECT, Tone.REFUSED)
            return
        self.message("")
        form, desk, opened = self.state.form(), self.desk, self._opened
        if not await self.may_save(form):
            return
        if opened is not None:
            if self.state.is_touched:
                saved = opened.version
                await self.send("save", lambda op: save_family(desk, opened.dossier_id, form, saved, op))
            said = "dossier enregistré." if self.state.is_touched else "rien n’avait changé."
            self.leave()
            self.portail.say(said, Tone.DONE)
        else:
            made = await self.send("save", lambda operation: register_family(desk, form, operation))
            from screens.dossier import DossierScreen  # noqa: PLC0415  shown after a registration only

            self.app.switch_screen(DossierScreen(made.dossier_id, f"dossier n° {display(made.number)} ouvert."))

    async def may_save(self, form: FamilyForm) -> bool:
        """Ask, before anybody new is written, about families already known that look like them."""
        new = replace(
            form,
            guardians=tuple(one for one in form.guardians if one.guardian_id is None),
            children=tuple(one for one in form.children if one.child_id is None),
        )
        if not new.guardians and not new.children:
            return True
        alike = await self.ask(likely_duplicates, self.desk, new, self._dossier_id)
        if alike and alike != self._passed_over:
            choice = await self.app.push_screen_wait(DuplicatesDialog(alike, new=self._opened is None))
            if choice is None:
                return False
            if choice.dossier_id is not None:
                self.portail.open("dossier", choice.dossier_id)  # over this form, where Escape comes back
                return False
            self._passed_over = alike
        return True

    def refused(self, error: PortailError) -> None:
        """Say a refusal beside the field it is about; a dossier saved meanwhile is read again."""
        if isinstance(error, DossierChanged):
            self.take_newer(error)
            return
        place = self.state.place_of(getattr(error, "field", ""))
        if place is None:
            super().refused(error)
        else:
            self.point_at(*place, error.sentence)

    @gesture(group="section")
    async def point_at(self, section: Section, key: str, sentence: str) -> None:
        """Show a refusal beside its field."""
        section.wrong[key] = sentence
        await self._show(section, key)
        self.message(TO_CORRECT, Tone.REFUSED)

    @gesture(group="section")
    async def take_newer(self, error: DossierChanged) -> None:
        """Read the dossier as it is now, take what was not touched here, say what changed; what was typed stays."""
        if self._opened is None:
            return
        self._keep()
        newer = await self.ask(open_family, self.desk, self._opened.dossier_id)
        said = catch_up(self.state, newer.form) or ["Rien de ce que montre ce formulaire n’a changé."]
        self._take(newer)
        here = self.section if self.section in self.state.sections else self.state.sections[0]
        await self._show(here, kept=True)
        lines = [
            error.sentence,
            "",
            *(f"· {line}" for line in said),
            "",
            "F10 enregistre ce que montre maintenant le formulaire.",
        ]
        await self.app.push_screen_wait(TextDialog("Enregistré ailleurs entre-temps", "\n".join(lines)))
