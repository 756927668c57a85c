"""The dossier of a family: who, which children, who pays, what waits, what happened lately; each line opens its fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog, ReasonDialog
from screens.dossier_lines import (
    DossierLine,
    LineKind,
    basket_lines,
    dossier_lines,
    head_text,
    operations_text,
)
from screens.family_data import FamilyDataScreen
from screens.family_fields import read_set_up, renewal_years, renewed_years
from screens.family_form import Place
from screens.family_form_state import Kind as Person
from screens.gestures import gesture
from screens.other_dossier_dialog import OtherDossierDialog
from screens.plain_text import plain
from tui_portail.money import format_cents
from tui_portail.services.archiving import archive_dossier, reopen_dossier
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.dossiers import ChildView, DossierView, PayerView, load_dossier
from tui_portail.services.letter_offers import offers_to_family, write_offer
from tui_portail.services.letters import print_letters
from tui_portail.services.refunds import request_refund

_CHANGES = frozenset(
    {"open_planning", "cash", "refund", "edit_line", "add_child", "add_guardian", "family_data"}
    | {"open_papers", "open_portal", "open_custody", "write_letter", "book_appointment", "merge", "archive"}
)
"""What an erased family has no use for."""


class DossierScreen(FamilyDataScreen):
    """One family. `said` is shown on arrival."""

    AREA = "dossier"
    TITLE = "Dossier"
    CSS_PATH = "dossier.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("dossier")
    HELP = (
        "Entrée sur une ligne ouvre le formulaire de la famille sur cette personne, ou ce que dit la ligne (ALSH, garde).\n"
        "Tab va aux opérations."
    )

    def __init__(self, dossier_id: int, said: str = "") -> None:
        super().__init__()
        self.dossier_id = dossier_id
        self._said = said
        self.view: DossierView | None = None
        self._lines: tuple[DossierLine, ...] = ()
        self._expired_seen = False

    def compose_body(self) -> Iterable[Widget]:
        """Head, baskets on hold, lines, operations (beside where there is room)."""
        yield Static("", id="dossier-head", markup=False)
        yield Static("", id="dossier-baskets", markup=False)
        with Container(id="dossier"):
            yield OptionList(id="dossier-lines")
            with Vertical(id="dossier-side"):
                yield Static(Content.styled("Opérations récentes", "bold"), id="dossier-side-title")
                with VerticalScroll(id="dossier-operations"):
                    yield Static("", id="operations", markup=False)

    def on_mount(self) -> None:
        """Count the baskets down; say what led here."""
        self.set_interval(1, self._tick)
        if self._said:
            self.message(self._said, Kind.DONE)

    def read(self) -> None:
        """Read what is shown."""
        self.read_dossier()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.view = None
        self._lines = ()
        self.query_one("#dossier-lines", OptionList).clear_options()
        for shown in ("#dossier-head", "#dossier-baskets", "#operations"):
            self.query_one(shown, Static).update("")

    def on_resize(self) -> None:
        """Lay out again for the new width."""
        self.call_after_refresh(self._lay_out)

    # -- showing ---------------------------------------------------------------------------------------------------------

    def action_reload(self) -> None:
        """Read the dossier again."""
        self.read_dossier()

    @gesture(group="dossier", exclusive=True)
    async def read_dossier(self) -> None:
        """Read the dossier and show it."""
        self._show(await self.ask(load_dossier, self.desk, self.dossier_id))

    def _show(self, view: DossierView) -> None:
        self.view = view
        self._expired_seen = False
        self.title = f"Dossier {view.label}"
        self.portail.show_header()
        self.query_one("#dossier-head", Static).update(Content.styled(head_text(view), "bold"))
        self._tick()
        self._lay_out()
        self.refresh_bindings()

    def _lay_out(self) -> None:
        """Write the lines and the operations for the present width; the cursor stays on its line."""
        if self.view is None:
            return
        lines = self.query_one("#dossier-lines", OptionList)
        place = lines.highlighted
        kept = self._lines[place].key if place is not None and place < len(self._lines) else None
        width = (lines.size.width or self.size.width) - 1  # its scrollbar
        self._lines = dossier_lines(self.view, self.today, max(40, width), editable=self.may("EDIT_DOSSIER"))
        lines.set_options(Option(line.content, disabled=line.kind is LineKind.HEADING) for line in self._lines)
        keys = [line.key for line in self._lines]
        lines.highlighted = keys.index(kept) if kept in keys else 1
        room = self.query_one("#dossier-operations").size.width - 3
        self.query_one("#operations", Static).update(operations_text(self.view.operations, max(40, room)))

    def _tick(self) -> None:
        """Say the time left of each basket; one that has just run out is read again once."""
        if self.view is None:
            return
        now = self.desk.now_estimate()
        lines = basket_lines(self.view, now)
        shown = self.query_one("#dossier-baskets", Static)
        shown.styles.height = len(lines)
        shown.update(Content("\n".join(lines)), layout=False)
        if not self._expired_seen and any(
            payer.basket_expires_at is not None and payer.basket_expires_at <= now for payer in self.view.payers
        ):
            self._expired_seen = True
            self.read_dossier()

    # -- going elsewhere -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what has nothing to act on."""
        if action in _CHANGES and self.view is not None and self.view.erased_on is not None:
            return False
        if action == "cash" and not self._live_baskets():
            return False
        if action == "open_proofs" and not (self.view and self.view.waiting_proofs):
            return False
        if action == "open_custody" and not (self.view and len(self.view.payers) > 1):
            return False
        return super().check_action(action, parameters)

    def _live_baskets(self) -> list[PayerView]:
        return [payer for payer in self.view.payers if payer.live_basket_id is not None] if self.view else []

    def action_open_planning(self) -> None:
        """Open the planning."""
        self.portail.open("planning", self.dossier_id)

    def action_open_proofs(self) -> None:
        """Open the absences that wait."""
        self.portail.open("proofs")

    def action_open_papers(self) -> None:
        """Open the papers of the family."""
        self.portail.open("family_papers", self.dossier_id)

    def action_open_portal(self) -> None:
        """Open the parents' access to the portal."""
        self.portail.open("portal_access", self.dossier_id)

    def action_book_appointment(self) -> None:
        """Open the diary, for this family to be given a time."""
        self.portail.open("appointments", self.dossier_id)

    def action_open_quittances(self) -> None:
        """Open the quittances of the family."""
        if self.view is not None:
            self.portail.open("quittances", self.view.number)

    def action_open_custody(self) -> None:
        """Open the calendar of custody, of the child whose line the cursor is on."""
        place = self.query_one("#dossier-lines", OptionList).highlighted
        of_child = (LineKind.CHILD, LineKind.ALSH, LineKind.CUSTODY)
        line = self._lines[place] if place is not None and place < len(self._lines) else None
        child_id = line.subject_id if line is not None and line.kind in of_child else None
        self.portail.open("custody", self.dossier_id, child_id)

    @gesture(group="cash")
    async def action_cash(self) -> None:
        """Cash the basket on hold; of two payers', the one chosen."""
        payers = self._live_baskets()
        chosen: int | None = 0
        if len(payers) > 1:
            chosen = await self.app.push_screen_wait(ChoiceDialog("Encaisser", "", [payer.name for payer in payers]))
        if chosen is not None and payers:
            self.portail.open("payment", payers[chosen].live_basket_id)

    @gesture(group="letter")
    async def action_write_letter(self) -> None:
        """Choose a letter to this family, write and print it."""
        offers = await self.ask(offers_to_family, self.desk, self.dossier_id)
        words = [f"{offer.label} — {offer.whom}" for offer in offers]
        chosen = await self.app.push_screen_wait(ChoiceDialog("Courrier", "Un courrier par foyer.", words))
        if chosen is None:
            return
        desk, offer = self.desk, offers[chosen]
        written = await self.send(f"letter-{chosen}", lambda operation: write_offer(desk, offer, operation))
        printed = await self.ask(print_letters, desk, written)
        self.message(f"{written.sentence}. {printed.sentence}", Kind.DONE)
        self.read_dossier()

    @gesture(group="refund")
    async def action_refund(self) -> None:
        """The family leaves: put a payer's avoirs on the list of what the ordonnateur pays back."""
        payers = [payer for payer in self.view.payers if payer.avoir_cents] if self.view else []
        if not payers:
            self.message("aucun payeur de ce dossier n’a d’avoir à rembourser.", Kind.REFUSED)
            return
        place: int | None = 0
        if len(payers) > 1:
            names = [f"{payer.name} : {format_cents(payer.avoir_cents)}" for payer in payers]
            place = await self.app.push_screen_wait(ChoiceDialog("Rembourser par mandat", "Quel payeur ?", names))
        if place is None:
            return
        payer, desk = payers[place], self.desk
        explanation = (
            f"{payer.name} a {format_cents(payer.avoir_cents)} d’avoirs. Aucune espèce n’est rendue : la somme est mise "
            "sur la liste de l’ordonnateur, et ne paiera plus aucun panier. Le motif ne s’efface jamais : n’y nommez personne."
        )
        reason = await self.app.push_screen_wait(ReasonDialog("Rembourser par mandat", explanation))
        if reason is None:
            return
        row = await self.send("refund", lambda operation: request_refund(desk, payer.payer_id, reason, operation))
        self.message(f"{row.number} : {format_cents(row.amount_cents)} à rembourser par mandat.", Kind.DONE)
        self.read()

    # -- merging and archiving -------------------------------------------------------------------------------------------

    @gesture(group="merge")
    async def action_merge(self) -> None:
        """Choose another dossier of this family, to be merged into this one."""
        if self.view is None:
            return
        if self.view.archived:
            self.message("ce dossier est archivé : rouvrez-le d’abord (x).", Kind.REFUSED)
            return
        explanation = f"L’autre dossier de {plain(self.view.label)}, qui sera réuni à celui-ci :"
        dialog = OtherDossierDialog("Réunir deux dossiers", explanation, self.view.dossier_id)
        if hit := await self.app.push_screen_wait(dialog):
            self.portail.open("merging", self.view.dossier_id, hit.dossier_id)

    @gesture(group="archive")
    async def action_archive(self) -> None:
        """Archive the dossier, or reopen it, with a reason."""
        view, desk = self.view, self.desk
        if view is None:
            return
        if view.archived:
            title, said = "Rouvrir ce dossier", "dossier rouvert : ses enfants peuvent de nouveau être réservés."
            explanation = "Ses enfants pourront de nouveau être réservés."
        else:
            title, said = "Archiver ce dossier", "dossier archivé : il se rouvre par x."
            explanation = (
                "La famille part : rien n’est effacé, plus rien ne se réserve, et la recherche le trouve en dernier."
            )
        reason = await self.app.push_screen_wait(ReasonDialog(title, explanation))
        if reason is None:
            return
        if view.archived:
            done = await self.send("reopen", lambda operation: reopen_dossier(desk, view.dossier_id, reason, operation))
        else:
            done = await self.send(
                "archive",
                lambda operation: archive_dossier(desk, view.dossier_id, view.version, reason, operation),
            )
        self._saved(done, said)

    @gesture(group="family-data-choice")
    async def action_family_data(self) -> None:
        """Give the family's data, or erase it."""
        self.message("")
        choices = ("Remettre ses données en un ZIP", "Effacer la famille")
        place = await self.choose("Données de la famille", "Droit d’accès et conservation (RGPD) :", choices)
        if place is not None:
            (self.give_data, self.erase)[place](self.dossier_id)

    # -- editing ---------------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected, "#dossier-lines")
    @gesture(group="edit")
    async def action_edit_line(self) -> None:
        """Open the fields of the line under the cursor."""
        place = self.query_one("#dossier-lines", OptionList).highlighted
        if self.view is None or place is None or not self.may("EDIT_DOSSIER"):
            return
        line = self._lines[place]
        self.message("")
        match line.kind:
            case LineKind.GUARDIAN:
                self._open_form(Person.GUARDIAN, line.subject_id)
            case LineKind.PAYER:
                payer = next(payer for payer in self.view.payers if payer.payer_id == line.subject_id)
                self._open_form(Person.GUARDIAN, payer.guardian_id, "quotient_cents")
            case LineKind.CHILD:
                self._open_form(Person.CHILD, line.subject_id)
            case LineKind.CONTACT:
                self._open_form(Person.CONTACT, line.subject_id)
            case LineKind.CONSENTS:
                self._open_form(Person.CONSENTS)
            case LineKind.ALSH:
                await self._renew(self._child(line.subject_id))
            case LineKind.CUSTODY:
                self.action_open_custody()
            case LineKind.WAITING:
                first = next(day for day in self.view.waiting if day.key.child_id == line.subject_id)
                self.portail.open("planning", self.dossier_id, first.key)
            case LineKind.HEADING:
                pass

    def action_add_child(self) -> None:
        """Add a child."""
        self._open_form(Person.CHILD)

    def action_add_guardian(self) -> None:
        """Add a guardian."""
        self._open_form(Person.GUARDIAN)

    def action_open_history(self) -> None:
        """Open what changed in the dossier."""
        self.portail.open("dossier_changes", self.dossier_id)

    def _open_form(self, kind: Person, person_id: int | None = None, key: str = "") -> None:
        """Open the family's form on somebody, on somebody new without an id."""
        if self.view is not None:
            self.message("")
            self.portail.open("registration", self.dossier_id, Place(kind, person_id, key))

    def _child(self, child_id: int) -> ChildView:
        assert self.view is not None  # noqa: S101
        return next(child for child in self.view.children if child.child_id == child_id)

    async def _renew(self, child: ChildView) -> None:
        set_up = await self.ask(read_set_up, self.desk, self.today)
        renewed = renewed_years(child)
        open_years = renewal_years(self.today, set_up.policy) if set_up.policy else []
        years = [year for year in open_years if year not in renewed]
        if not years:
            self.message("Le dossier ALSH est déjà renouvelé pour toutes les années ouvertes.")
            return
        title = f"Dossier ALSH de {child.first_name} {child.last_name}"
        words = [f"Renouveler pour {year}" for year in years]
        chosen = await self.app.push_screen_wait(ChoiceDialog(title, "Renouvelé au rendez-vous, pour l’année :", words))
        if chosen is None:
            return
        desk, child_id, year = self.desk, child.child_id, years[chosen]
        view = await self.send(f"renew-{year}", lambda operation: renew_alsh(desk, child_id, year, operation))
        self._saved(view, f"dossier ALSH renouvelé pour {year}.")

    def _saved(self, view: DossierView | None, sentence: str) -> None:
        if view is not None:
            self._show(view)
            self.message(sentence, Kind.DONE)
