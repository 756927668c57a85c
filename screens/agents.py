"""The agents of the mairie: who they are, their roles, their accounts. Reached by an administrateur only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from screens.agent_dialogs import CreateAgentDialog, ResetPasswordDialog, RolesDialog
from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import join_words, time_text
from tui_portail.instants import in_paris
from tui_portail.services.agents import AgentRow, disable_agent, enable_agent, list_agents, unlock_agent
from tui_portail.services.rights import ROLE_LABELS, Role

_COLUMNS = (
    Column("Agent", 14, share=2),
    Column("Identifiant", 14, share=1),
    Column("Rôles", 25, share=1),
    Column("État", 18, share=1),
)
_SHORT_ROLES = {
    Role.ENFANCE: "Enf",
    Role.COMPTABILITE: "Cpta",
    Role.REGISSEUR: "Rég",
    Role.ADMINISTRATEUR: "Adm",
    Role.SITE: "Site",
}


class AgentsScreen(ReadForAgent):
    """Every agent, those whose account is closed last."""

    AREA = "agents"
    TITLE = "Agents"
    CSS_PATH = "agents.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("agents")
    HELP = (
        "Un agent peut avoir plusieurs rôles. Le rôle d’administrateur ne permet pas d’encaisser.\n"
        "Un mot de passe donné ici est provisoire : l’agent en choisit un autre à sa prochaine connexion."
    )

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[int, AgentRow] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield RecordsList(_COLUMNS, id="agents")

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._rows = {}
        self.query_one(RecordsList).show([])

    @property
    def chosen(self) -> AgentRow | None:
        """The agent under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._rows.get(key)

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Unlocking is for an account that is locked."""
        if action == "unlock" and not (self.is_mounted and self.chosen and self.chosen.locked_until):
            return False
        return super().check_action(action, parameters)

    @gesture(group="agents", exclusive=True)
    async def read_list(self) -> None:
        """Read the agents."""
        await self._read()

    async def _read(self) -> None:
        rows = await self.ask(list_agents, self.desk)
        self._rows = {row.agent_id: row for row in rows}
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in rows])
        if self.focused is None:
            records.lines.focus()

    def action_reload(self) -> None:
        """Read the agents again."""
        self.read_list()

    @gesture(group="agent")
    async def action_create(self) -> None:
        """Create an agent."""
        created = await self.app.push_screen_wait(CreateAgentDialog())
        if created is not None:
            self.message(f"{created.name} peut se connecter avec son mot de passe provisoire.", Kind.DONE)
            self.read_list()

    @on(OptionList.OptionSelected)
    @gesture(group="agent")
    async def action_change_roles(self) -> None:
        """Choose the roles of the agent under the cursor."""
        if (row := self.chosen) is None:
            return
        changed = await self.app.push_screen_wait(RolesDialog(row))
        if changed is not None:
            roles = join_words([ROLE_LABELS[role] for role in changed.roles])
            self.message(f"{changed.name} : {roles}. Un poste déjà ouvert le voit à la prochaine connexion.", Kind.DONE)
            self.read_list()

    @gesture(group="agent")
    async def action_reset(self) -> None:
        """Give a provisional password."""
        if (row := self.chosen) is None:
            return
        if await self.app.push_screen_wait(ResetPasswordDialog(row)):
            self.message(f"{row.name} choisira un nouveau mot de passe à sa prochaine connexion.", Kind.DONE)
            self.read_list()

    @gesture(group="agent")
    async def action_disable(self) -> None:
        """Close the account, or open it again."""
        if (row := self.chosen) is None:
            return
        desk, agent_id = self.desk, row.agent_id
        if row.disabled:
            await self._change("enable", lambda operation: enable_agent(desk, agent_id, operation))
            self.message(f"le compte de {row.name} est rouvert.", Kind.DONE)
            return
        lines = (f"{row.name} ({row.username}) ne pourra plus se connecter.", "Ce que l’agent a fait reste à son nom.")
        if await self.app.push_screen_wait(ConfirmDialog("Désactiver ce compte ?", lines, yes="Désactiver")):
            await self._change("disable", lambda operation: disable_agent(desk, agent_id, operation))
            self.message(f"le compte de {row.name} est désactivé.", Kind.DONE)

    @gesture(group="agent")
    async def action_unlock(self) -> None:
        """End a lock before its time."""
        if (row := self.chosen) is None:
            return
        desk, agent_id = self.desk, row.agent_id
        await self._change("unlock", lambda operation: unlock_agent(desk, agent_id, operation))
        self.message(f"le compte de {row.name} est déverrouillé.", Kind.DONE)

    async def _change(self, name: str, call: Callable[[str], AgentRow]) -> None:
        await self.send(name, call)
        await self._read()


def _record(row: AgentRow) -> Record:
    if row.disabled:
        state = "x désactivé"
    elif row.locked_until is not None:
        state = f"verrouillé → {time_text(in_paris(row.locked_until)).replace(' ', '')}"
    else:
        state = "mot de passe prov." if row.must_change_password else "actif"
    several = len(row.roles) > 1
    roles = ", ".join(_SHORT_ROLES[role] if several else ROLE_LABELS[role] for role in row.roles)
    return Record(row.agent_id, (row.name, row.username, roles, state), "$secondary" if row.disabled else "")
