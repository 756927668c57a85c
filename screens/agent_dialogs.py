"""What is asked about an agent: who, which roles, which provisional password."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from screens.choice_field import YesNoField
from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from tui_portail.services.agents import AgentRow, create_agent, reset_password, set_roles
from tui_portail.services.rights import ASSIGNABLE_ROLES, ROLE_LABELS, Role

_CONSONANTS, _VOWELS = "bcdfgklmnprstvz", "aeiou"


def provisional_password() -> str:
    """Return a password easy to read out, drawn at random: three made-up words of four letters and two figures."""
    words = ["".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(2)) for _ in range(3)]
    return "-".join([*words, f"{10 + secrets.randbelow(90)}"])


def _role_fields(held: Iterable[Role] = ()) -> list[Field]:
    return [YesNoField(f"role_{role.value}", ROLE_LABELS[role], role in set(held)) for role in ASSIGNABLE_ROLES]


def _roles_of(values: dict[str, object]) -> tuple[Role, ...]:
    return tuple(role for role in ASSIGNABLE_ROLES if values[f"role_{role.value}"])


class CreateAgentDialog(FormDialog[AgentRow | None]):
    """A new agent. The provisional password proposed is shown, to be read out."""

    TITLE = "Nouvel agent"
    WIDE_LABELS = True

    def form_fields(self) -> Iterable[Field]:
        """Who, roles, password."""
        return [
            TextField("name", "Nom complet", placeholder="ex. Léa Roux"),
            TextField("username", "Identifiant", placeholder="ex. lea.roux"),
            *_role_fields(),
            TextField("password", "Mot de passe", provisional_password()),
        ]

    async def save(self, values: dict[str, object]) -> AgentRow:
        """Create the agent."""
        desk, roles = self.desk, _roles_of(values)
        username, name, password = (str(values[key]) for key in ("username", "name", "password"))
        return await self.send(
            f"create-{username}", lambda operation: create_agent(desk, username, name, roles, password, operation)
        )


class RolesDialog(FormDialog[AgentRow | None]):
    """The roles of an agent, yes or no."""

    WIDE_LABELS = True

    def __init__(self, row: AgentRow) -> None:
        super().__init__()
        self.title = f"Rôles : {row.name}"
        self._row = row

    def form_fields(self) -> Iterable[Field]:
        """One field a role."""
        return _role_fields(self._row.roles)

    def keys_line(self) -> str:
        """Say how a role is given."""
        return "Espace, o ou n : changer · F10 : enregistrer · Échap : annuler"

    async def save(self, values: dict[str, object]) -> AgentRow:
        """Record the roles."""
        desk, agent_id, roles = self.desk, self._row.agent_id, _roles_of(values)
        return await self.send("roles", lambda operation: set_roles(desk, agent_id, roles, operation))


class ResetPasswordDialog(FormDialog[AgentRow | None]):
    """A provisional password for an agent who forgot theirs."""

    def __init__(self, row: AgentRow) -> None:
        super().__init__()
        self.title = f"Mot de passe provisoire : {row.name}"
        self._row = row

    def form_fields(self) -> Iterable[Field]:
        """The password proposed, in clear."""
        return [TextField("password", "Mot de passe", provisional_password(), full=True)]

    def keys_line(self) -> str:
        """Say what becomes of it."""
        return "Entrée : donner ce mot de passe, à changer à la connexion · Échap : annuler"

    async def save(self, values: dict[str, object]) -> AgentRow:
        """Record it."""
        desk, agent_id, password = self.desk, self._row.agent_id, str(values["password"])
        return await self.send("password", lambda operation: reset_password(desk, agent_id, password, operation))
