"""The agents of the mairie: who they are, what they may do, their passwords. Only an administrateur changes them.

A password, or anything made from it but its argon2id hash, is never kept: it takes no part in a gesture's fingerprint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.engine import lock_rows
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.policy import Policy
from tui_portail.services.desk import Desk, SignedAgent, checked_operation
from tui_portail.services.gesture import Done, Gesture, OperationReused, fingerprint, keep, perform
from tui_portail.services.passwords import check_choice, hash_password, verify
from tui_portail.services.rights import ASSIGNABLE_ROLES, Right, Role
from tui_portail.services.sign_in import (
    AccountDisabled,
    AccountLocked,
    BadCredentials,
    fold_username,
    judge_try,
    lasting_lock,
    sign_in,
)

__all__ = [
    "AccountDisabled",
    "AccountLocked",
    "AgentRow",
    "AgentUnknown",
    "BadCredentials",
    "LastAdministrator",
    "OneselfRefused",
    "UsernameTaken",
    "change_own_password",
    "create_agent",
    "disable_agent",
    "enable_agent",
    "list_agents",
    "reset_password",
    "set_roles",
    "sign_in",
    "unlock_agent",
]

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,29}")
_THE_PORTAL = exists().where(t.agent_role.c.agent_id == t.agent.c.id, t.agent_role.c.role == Role.PORTAL.value)


class AgentUnknown(PortailError):
    """No agent has this id."""

    code = "AGENT_INCONNU"

    def __init__(self) -> None:
        super().__init__("Cet agent n’existe pas dans cette base. Revenez à la liste des agents.")


class UsernameTaken(PortailError):
    """Another agent already has this user name."""

    code = "IDENTIFIANT_PRIS"

    def __init__(self, username: str) -> None:
        super().__init__(f"L’identifiant « {username} » est déjà celui d’un autre agent : choisissez-en un autre.")


class LastAdministrator(PortailError):
    """Nobody could manage the agents any more."""

    code = "DERNIER_ADMINISTRATEUR"

    def __init__(self) -> None:
        super().__init__(
            "C’est le dernier administrateur actif : donnez d’abord ce rôle à un autre agent, puis recommencez."
        )


class OneselfRefused(PortailError):
    """An agent asked to disable their own account."""

    code = "SOI_MEME"

    def __init__(self) -> None:
        super().__init__("Vous ne pouvez pas désactiver votre propre compte : demandez à un autre administrateur.")


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent as the list shows them. `locked_until` (UTC) is given only while the lock lasts."""

    agent_id: int
    username: str
    name: str
    roles: tuple[Role, ...]
    disabled: bool
    locked_until: datetime | None
    must_change_password: bool


def list_agents(desk: Desk) -> tuple[AgentRow, ...]:
    """Return every agent by name, disabled ones last."""
    with desk.read(Right.AGENTS) as connection:
        return _listed(connection, desk.commune(connection).policy, desk.instant(connection))


def _listed(connection: Connection, policy: Policy, now: datetime) -> tuple[AgentRow, ...]:
    held: dict[int, set[Role]] = {}
    for agent_id, role in connection.execute(select(t.agent_role.c.agent_id, t.agent_role.c.role)):
        held.setdefault(agent_id, set()).add(Role(role))
    rows = connection.execute(select(t.agent)).all()
    listed = [
        AgentRow(
            row.id,
            row.username,
            row.name,
            tuple(role for role in Role if role in held.get(row.id, set())),
            row.disabled_at is not None,
            lasting_lock(row.locked_until, policy, now),
            bool(row.must_change_password),
        )
        for row in rows
        if Role.PORTAL not in held.get(row.id, set())  # nobody's account
    ]
    return tuple(sorted(listed, key=lambda agent: (agent.disabled, agent.name.casefold(), agent.agent_id)))


def create_agent(
    desk: Desk, username: str, name: str, roles: Iterable[Role], password: str, operation: str
) -> AgentRow:
    """Create an agent, who chooses a password of their own at the first sign-in.

    Raises UsernameTaken, PasswordRefused, InvalidInput, NotAllowed.
    """
    desk.require().require(Right.AGENTS)  # before the tenth of a second that hashing takes
    username, name = checked_identity(username, name)
    chosen = _checked_roles(roles)
    password_hash = hash_password(check_choice(password, username, name, _town(desk)))

    def work(gesture: Gesture) -> Done:
        agent_id = write_agent(gesture.connection, username, name, chosen, password_hash, gesture.now, must_change=True)
        return Done({"agent_id": agent_id}, "agent", agent_id, details={"roles": [role.value for role in chosen]})

    try:
        return _perform(desk, "creer_agent", operation, [username, name, chosen], work)
    except IntegrityError:  # another administrateur created it meanwhile
        raise UsernameTaken(username) from None


def set_roles(desk: Desk, agent_id: int, roles: Iterable[Role], operation: str) -> AgentRow:
    """Give an agent these roles and no other. Raises LastAdministrator, AgentUnknown, InvalidInput, NotAllowed."""
    chosen = _checked_roles(roles)

    def work(gesture: Gesture) -> Done:
        _locked(gesture.connection, agent_id)
        role = t.agent_role
        before = sorted(gesture.connection.scalars(select(role.c.role).where(role.c.agent_id == agent_id)))
        gesture.connection.execute(delete(role).where(role.c.agent_id == agent_id))
        gesture.connection.execute(insert(role), [{"agent_id": agent_id, "role": one.value} for one in chosen])
        _refuse_without_administrator(gesture.connection)
        details = {"before": before, "after": [one.value for one in chosen]}
        return Done({"agent_id": agent_id}, "agent", agent_id, details=details)

    return _perform(desk, "changer_roles", operation, [agent_id, chosen], work)


def disable_agent(desk: Desk, agent_id: int, operation: str) -> AgentRow:
    """Close an agent's account, even where they are signed in. Raises OneselfRefused, LastAdministrator, AgentUnknown, NotAllowed."""

    def work(gesture: Gesture) -> Done:
        if agent_id == gesture.agent.agent_id:
            raise OneselfRefused
        row = _locked(gesture.connection, agent_id)
        if row.disabled_at is None:
            _change(gesture.connection, agent_id, disabled_at=gesture.now)
        _refuse_without_administrator(gesture.connection)
        return Done({"agent_id": agent_id}, "agent", agent_id)

    return _perform(desk, "desactiver_agent", operation, [agent_id], work)


def enable_agent(desk: Desk, agent_id: int, operation: str) -> AgentRow:
    """Open a closed account again. Raises AgentUnknown, NotAllowed."""
    return _set(desk, "reactiver_agent", agent_id, operation, disabled_at=None)


def unlock_agent(desk: Desk, agent_id: int, operation: str) -> AgentRow:
    """End an account's lock before its time. Raises AgentUnknown, NotAllowed."""
    return _set(desk, "deverrouiller_agent", agent_id, operation, locked_until=None, failures=0)


def reset_password(desk: Desk, agent_id: int, new_password: str, operation: str) -> AgentRow:
    """Give an agent a password to be changed at the next sign-in, and end a lock. Raises PasswordRefused, AgentUnknown, NotAllowed."""
    with desk.read(Right.AGENTS) as connection:
        row = connection.execute(select(t.agent).where(t.agent.c.id == agent_id, ~_THE_PORTAL)).first()
    if row is None:
        raise AgentUnknown
    password_hash = hash_password(check_choice(new_password, row.username, row.name, _town(desk)))
    return _set(
        desk,
        "reinitialiser_mot_de_passe",
        agent_id,
        operation,
        password_hash=password_hash,
        must_change_password=True,
        locked_until=None,
        failures=0,
    )


def change_own_password(desk: Desk, old: str, new: str, operation: str) -> SignedAgent:
    """Change the password of the agent at the desk, whatever their roles. Sent again with the same `operation`, changes nothing more.

    Raises BadCredentials, AccountLocked (failures count as those of a sign-in), AccountDisabled, PasswordRefused, InvalidInput,
    NobodySignedIn, OperationInvalid, OperationReused.
    """
    signed = desk.require()
    agent_id, name = signed.agent_id, "changer_mot_de_passe"
    mark = fingerprint([name, agent_id])
    with desk.database.read() as connection:
        row = connection.execute(select(t.agent).where(t.agent.c.id == agent_id)).one()
        done = _is_done(connection, checked_operation(operation), mark)
    if not done:
        matched = row.password_hash if verify(row.password_hash, old) else None
        refusal, row = desk.database.run(lambda connection: judge_try(desk, connection, agent_id, matched))
        if refusal is not None:
            raise refusal.error()
        chosen = check_choice(new, row.username, row.name, _town(desk))
        if verify(row.password_hash, new):
            raise InvalidInput("Choisissez un mot de passe différent de l’ancien.")
        password_hash = hash_password(chosen)

        def gesture(connection: Connection) -> None:
            now = desk.instant(connection)
            current = _locked(connection, agent_id)
            if current.disabled_at is not None:
                raise AccountDisabled
            if _is_done(connection, operation, mark):
                return
            if current.password_hash != row.password_hash:
                raise BadCredentials
            _change(connection, agent_id, password_hash=password_hash, must_change_password=False, failures=0)
            keep(connection, name, mark, operation, now, Done({}, "agent", agent_id), agent_id)

        desk.database.run(gesture)
    renewed = SignedAgent(agent_id, signed.username, signed.name, signed.roles)
    desk.sign(renewed)
    return renewed


def _is_done(connection: Connection, operation: str, mark: str) -> bool:
    """Say whether a gesture was already recorded. Raises OperationReused when it was another."""
    event = t.audit_event
    done = connection.scalar(select(event.c.fingerprint).where(event.c.operation_id == operation))
    if done not in (None, mark):
        raise OperationReused
    return done is not None


def checked_identity(username: str, name: str) -> tuple[str, str]:
    """Return a user name and a name as they are kept. Raises InvalidInput."""
    folded = fold_username(username)
    if not USERNAME.fullmatch(folded):
        raise InvalidInput(
            "L’identifiant compte de 3 à 30 lettres sans accent, chiffres, points ou tirets, et commence par une lettre."
        )
    full = checked_reason(name, 120, "le nom de l’agent", "name")
    if not full:
        raise InvalidInput("Donnez le prénom et le nom de l’agent : ils s’impriment sur les quittances.")
    return folded, full


def write_agent(
    connection: Connection,
    username: str,
    name: str,
    roles: Iterable[Role],
    password_hash: str,
    now: datetime,
    *,
    must_change: bool,
) -> int:
    """Write an agent and their roles, and return the id. Raises UsernameTaken."""
    if connection.scalar(select(t.agent.c.id).where(t.agent.c.username == username)) is not None:
        raise UsernameTaken(username)
    agent_id = int(
        connection.execute(
            insert(t.agent)
            .values(
                username=username,
                name=name,
                password_hash=password_hash,
                must_change_password=must_change,
                failures=0,
                created_at=now,
            )
            .returning(t.agent.c.id)
        ).scalar_one()
    )
    connection.execute(insert(t.agent_role), [{"agent_id": agent_id, "role": role.value} for role in roles])
    return agent_id


def _perform(desk: Desk, name: str, operation: str, content: object, work: Callable[[Gesture], Done]) -> AgentRow:
    def answer(kept: Mapping[str, Any]) -> AgentRow:
        with desk.database.read() as connection:  # whoever has just given up the right still sees what they did
            listed = _listed(connection, desk.commune(connection).policy, desk.instant(connection))
        return next(agent for agent in listed if agent.agent_id == kept["agent_id"])

    return perform(desk, name, Right.AGENTS, operation, content, work, answer)


def _set(desk: Desk, name: str, agent_id: int, operation: str, **values: object) -> AgentRow:
    def work(gesture: Gesture) -> Done:
        _locked(gesture.connection, agent_id)
        _change(gesture.connection, agent_id, **values)
        return Done({"agent_id": agent_id}, "agent", agent_id)

    return _perform(desk, name, operation, [agent_id], work)


def _change(connection: Connection, agent_id: int, **values: object) -> None:
    connection.execute(update(t.agent).where(t.agent.c.id == agent_id).values(**values))


def _locked(connection: Connection, agent_id: int) -> Any:
    """Lock the administrateurs and this agent, always in the same order, and return the agent's row. Raises AgentUnknown."""
    administrators = connection.scalars(
        select(t.agent_role.c.agent_id).where(t.agent_role.c.role == Role.ADMINISTRATEUR.value)
    )
    lock_rows(connection, t.agent, {*administrators, agent_id})
    row = connection.execute(select(t.agent).where(t.agent.c.id == agent_id, ~_THE_PORTAL)).first()
    if row is None:
        raise AgentUnknown
    return row


def _refuse_without_administrator(connection: Connection) -> None:
    """Undo a change after which nobody could manage the agents. Raises LastAdministrator."""
    still = connection.scalar(
        select(t.agent.c.id)
        .join(t.agent_role, t.agent_role.c.agent_id == t.agent.c.id)
        .where(t.agent_role.c.role == Role.ADMINISTRATEUR.value, t.agent.c.disabled_at.is_(None))
        .limit(1)
    )
    if still is None:
        raise LastAdministrator


def _checked_roles(roles: Iterable[Role]) -> tuple[Role, ...]:
    chosen = tuple(role for role in ASSIGNABLE_ROLES if role in set(roles))
    if not chosen:
        raise InvalidInput("Donnez au moins un rôle à l’agent.")
    return chosen


def _town(desk: Desk) -> str:
    return desk.commune().policy.commune
