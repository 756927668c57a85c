"""« Accès au portail » of a dossier: each payer with their account; an identifier is given, a code again, an address set right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog, ReasonDialog, TextDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.portal_access_dialogs import AddressDialog, IdentifierDialog
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.dossier_number import display
from tui_portail.french import plural, time_text
from tui_portail.instants import in_paris
from tui_portail.portal_rules import Secret
from tui_portail.services.account_papers import print_identifier
from tui_portail.services.account_reading import AccountState, FamilyAccount, FamilyAccounts, accounts_of
from tui_portail.services.family_accounts import GivenCode, link_account_again, send_code_again, unlink_account
from tui_portail.services.portal_codes import new_secret

_COLUMNS = (
    Column("Payeur", 20, share=1),
    Column("Rang", 6),
    Column("Compte", 11),
    Column("Nom d’utilisateur", 18, share=1),
    Column("Depuis", 12),
    Column("Adresse", 26, share=1, from_width=110),
)
_STYLES = {AccountState.TO_ACTIVATE: "$warning", AccountState.UNLINKED: "$error"}


class PortalAccessScreen(ReadForAgent):
    """Who of the family may sign in at the portal."""

    AREA = "portal_access"
    TITLE = "Accès au portail"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("portal_access")
    DEFAULT_CSS = """
    PortalAccessScreen #access-sum { height: auto; min-height: 2; padding: 0 1; }
    PortalAccessScreen #access-detail { height: 4; padding: 0 1; color: $secondary; }
    """
    HELP = (
        "Entrée, selon le compte choisi : donner un identifiant, redonner un code, rattacher.\n"
        "Le second identifiant d’un dossier se demande ici (dépliant, « Parents séparés »). Personne ne voit un mot de passe."
    )

    def __init__(self, dossier_id: int) -> None:
        super().__init__()
        self._dossier_id = dossier_id
        self._accounts: tuple[FamilyAccount, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, the payers, the account under the cursor in full."""
        yield Static("", id="access-sum", markup=False)
        yield RecordsList(_COLUMNS, id="accounts", empty="Ce dossier n’a pas de payeur.")
        yield Static("", id="access-detail", markup=False)

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._accounts = ()
        self.query_one(RecordsList).show([])
        for shown in ("#access-sum", "#access-detail"):
            self.query_one(shown, Static).update("")

    @gesture(group="accounts", exclusive=True)
    async def read_list(self) -> None:
        """Read the accounts of the family."""
        found = await self.ask(accounts_of, self.desk, self._dossier_id)
        self._accounts = found.accounts
        self.query_one("#access-sum", Static).update(Content(_sum_words(found)))
        self.query_one(RecordsList).show([_record(place, one) for place, one in enumerate(found.accounts)])
        self._moved()
        if self.focused is None:
            self.query_one(RecordsList).lines.focus()

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        chosen = self._chosen()
        self.query_one("#access-detail", Static).update(Content(plain(_detail(chosen)) if chosen else ""), layout=False)

    def _chosen(self) -> FamilyAccount | None:
        place = self.query_one(RecordsList).chosen
        return self._accounts[place] if place is not None and place < len(self._accounts) else None

    def action_reload(self) -> None:
        """Read the accounts again."""
        self.read_list()

    def action_open_dossier(self) -> None:
        """Open the dossier."""
        self.portail.open("dossier", self._dossier_id)

    # -- what an account needs -------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    @gesture(group="account")
    async def action_help_in(self) -> None:
        """Do what lets the payer chosen come in: an identifier, a code, the account linked again."""
        chosen, secret = self._chosen(), new_secret()
        if chosen is None:
            return
        self.message("")
        match chosen.state:
            case AccountState.NONE:
                given = await self.app.push_screen_wait(IdentifierDialog(chosen, secret))
                if given is not None:
                    await self._hand_over(given, secret)
            case AccountState.TO_ACTIVATE:
                await self._send_code(chosen, secret)
            case AccountState.UNLINKED:
                await self._link_again(chosen)
            case AccountState.ACTIVE:
                told = "ce compte est actif : un mot de passe oublié se change au portail. Adresse perdue ? Corrigez-la (m)."
                self.message(told, Kind.INFO)

    async def _send_code(self, chosen: FamilyAccount, secret: Secret) -> None:
        way = f"envoyé à {chosen.email}" if chosen.email and self.desk.post else "imprimé, à remettre au parent"
        lines = (f"{chosen.name}, « {chosen.username} ».", f"Un nouveau code est {way} ; celui d’avant ne sert plus.")
        if not await self.app.push_screen_wait(ConfirmDialog("Redonner un code ?", lines, yes="Redonner un code")):
            return
        desk, account_id = self.desk, chosen.account_id
        assert account_id is not None  # noqa: S101  an account to activate
        given = await self.send("code", lambda operation: send_code_again(desk, account_id, secret, operation))
        await self._hand_over(given, secret)

    async def _hand_over(self, given: GivenCode, secret: Secret) -> None:
        """Say that the code left, else print it and show it."""
        self.read_list()
        if given.sent.done:
            self.message(f"code envoyé à {given.email} pour « {given.username} », {_until(given.until)}.", Kind.DONE)
            return
        lines = (
            f"Pour {given.name}",
            "",
            f"Nom d’utilisateur : {given.username}",
            f"Code : {secret.shown_code}",
            f"Le code est {_until(given.until)}. Il n’est gardé nulle part : il ne se relit plus.",
            "",
            "À la borne de la mairie : « Activer mon compte », puis un mot de passe à choisir.",
            *((f"Message non parti : {given.sent.cause or given.sent.sentence}",) if self.desk.post else ()),
        )
        printed = await self.ask(print_identifier, self.desk, given, secret)
        self.message(f"identifiant « {given.username} » à remettre à {given.name}. {printed.sentence}", Kind.DONE)
        await self.app.push_screen_wait(TextDialog("Votre identifiant du Portail Famille", "\n".join(lines)))

    async def _link_again(self, chosen: FamilyAccount) -> None:
        lines = (
            f"Le compte « {chosen.username} » a été détaché de {chosen.name}.",
            "Rattaché, il verra de nouveau ce dossier et pourra réserver.",
        )
        if not await self.app.push_screen_wait(ConfirmDialog("Rattacher ce compte ?", lines, yes="Rattacher")):
            return
        desk, account_id, guardian_id = self.desk, chosen.account_id, chosen.guardian_id
        assert account_id is not None  # noqa: S101  an account unlinked
        await self.send("link", lambda operation: link_account_again(desk, account_id, guardian_id, operation))
        self.message(f"compte « {chosen.username} » rattaché de nouveau.", Kind.DONE)
        self.read_list()

    @gesture(group="account")
    async def action_correct_email(self) -> None:
        """Correct the address of the account chosen."""
        if (chosen := self._linked()) is None:
            return
        corrected = await self.app.push_screen_wait(AddressDialog(chosen))
        if corrected is None:
            return
        more = " Redonnez un code (Entrée)." if chosen.state is AccountState.TO_ACTIVATE else ""
        said = f"adresse corrigée : {corrected}" if corrected else "adresse retirée"
        self.message(f"{said}. Les codes déjà envoyés ne servent plus.{more}", Kind.DONE)
        self.read_list()

    @gesture(group="account")
    async def action_unlink(self) -> None:
        """Take the account chosen off its guardian, with a reason."""
        if (chosen := self._linked()) is None:
            return
        told = f"« {chosen.username} » ne verra plus rien du dossier de {chosen.name} ; s’il est identifié, sa session finit."
        reason = await self.app.push_screen_wait(ReasonDialog("Détacher ce compte", told))
        if reason is None:
            return
        desk, account_id = self.desk, chosen.account_id
        assert account_id is not None  # noqa: S101  a linked account
        await self.send("unlink", lambda operation: unlink_account(desk, account_id, reason, operation))
        self.message(f"compte « {chosen.username} » détaché : Entrée le rattache.", Kind.DONE)
        self.read_list()

    def _linked(self) -> FamilyAccount | None:
        """Return the payer chosen if an account is linked to them; else say why not."""
        chosen = self._chosen()
        if chosen is None or chosen.state not in {AccountState.TO_ACTIVATE, AccountState.ACTIVE}:
            self.message(
                "ce payeur n’a pas de compte rattaché : Entrée lui en donne un, ou rattache le sien.", Kind.REFUSED
            )
            return None
        self.message("")
        return chosen


def _record(place: int, one: FamilyAccount) -> Record:
    rank = "1er" if one.rank == 1 else "2e"
    texts = (one.name, rank, str(one.state), one.username, _day(one.activated_at or one.created_at), one.email)
    return Record(place, texts, _STYLES.get(one.state, ""))


def _detail(one: FamilyAccount) -> str:
    """Return an account in full, a sentence a fact."""
    match one.state:
        case AccountState.NONE:
            return f"{one.name} n’a pas de compte. Entrée : lui donner un identifiant."
        case AccountState.UNLINKED:
            return f"Le compte « {one.username} » de {one.name} a été détaché. Entrée : le rattacher."
        case _:
            return "\n".join(_of_account(one))


def _of_account(one: FamilyAccount) -> Iterable[str]:
    by = f" (donné par {one.given_by})" if one.given_by else " (par le parent lui-même)"
    yield f"« {one.username} » créé le {_day(one.created_at)}{by} · {one.email or 'sans adresse électronique'}"
    if one.state is AccountState.TO_ACTIVATE:
        code = f"code {_until(one.code_until)}" if one.code_until else "aucun code valable"
        yield f"À activer : {code}. Entrée : redonner un code."
    else:
        yield f"Activé le {_day(one.activated_at)}"
    if one.terms_accepted_at is not None:
        yield f"Conditions {one.terms_version} acceptées le {_day(one.terms_accepted_at)}"


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{in_paris(at):%d/%m/%Y}"


def _until(at: datetime) -> str:
    return f"valable jusqu’au {in_paris(at):%d/%m/%Y} à {time_text(at)}"


def _sum_words(found: FamilyAccounts) -> str:
    linked = sum(one.state in {AccountState.TO_ACTIVATE, AccountState.ACTIVE} for one in found.accounts)
    said = f"{plural(linked, 'compte')} pour {plural(len(found.accounts), 'payeur')}"
    closed = " · dossier archivé : rien ne s’y donne" if found.archived else ""
    return f"Dossier {display(found.number)} · {plain(found.label)} · {said}{closed}"
