"""Who may do what (rules, « Who may do what »), asked of each service directly, cell by cell: the screens are not what protects."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, update

from models import tables as t
from models.engine import Database
from tests.factories import an_agent, paris
from tests.roles.arguments import PASSWORD, World, a_world, arguments
from tests.roles.document import DOCUMENT, written
from tests.roles.introspection import services
from tests.roles.table import FILLING, GESTURES, WHOEVER, WITHOUT_AGENT, allowed, service_of
from tui_portail.errors import PortailError
from tui_portail.services.agents import change_own_password
from tui_portail.services.desk import (
    AgentDisabled,
    Desk,
    NobodySignedIn,
    PasswordToChange,
    SignedAgent,
    new_operation,
)
from tui_portail.services.passwords import hash_password
from tui_portail.services.rights import ROLE_RIGHTS, NotAllowed, Right, Role

REFUSED = (NotAllowed, NobodySignedIn, AgentDisabled, PasswordToChange)
ROLES = {role.value: (role,) for role in Role} | {"all": tuple(Role)}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def world(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_world(module_database, tmp_path_factory.mktemp("documents"))


@pytest.fixture
def desk(world: World) -> Desk:
    """Another desk of the world, with nobody at it."""
    return Desk(world.desk.database, world.desk.documents_dir, world.desk.clock)


def outcome(desk: Desk, gesture: str, given: dict[str, Any]) -> type[PortailError] | None:
    """Do a gesture and return what it was refused for; anything but a refusal is a bug and goes through."""
    service: Callable[..., Any] = services()[service_of(gesture)]
    try:
        result = service(desk, **given)
        if gesture == "registers.open_books":
            with result:
                pass
    except PortailError as refusal:
        return type(refusal)
    return None


@contextmanager
def nothing_written(world: World) -> Iterator[None]:
    """Refuse any statement that writes, and any file left behind."""
    statements: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if WRITES.match(statement):
            statements.append(statement)

    before = set(world.files.rglob("*"))
    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert statements == []
    assert {path for path in world.files.rglob("*") if path.is_file()} <= before


def all_outcomes(world: World, desk: Desk, signed: SignedAgent | None) -> dict[str, type[PortailError] | None]:
    """Return what each gesture of the table answers this agent, when it should refuse them all."""
    found = {}
    for gesture in GESTURES:
        given = arguments(world, gesture, services()[service_of(gesture)])
        desk.agent = signed
        if GESTURES[gesture] is not WHOEVER or signed is None:
            found[gesture] = outcome(desk, gesture, given)
    return found


def test_every_public_function_of_the_services_is_in_the_table_or_says_why_it_asks_no_agent() -> None:
    known = {service_of(gesture) for gesture in GESTURES} | WITHOUT_AGENT.keys()
    found = {name for name in services() if not name.startswith(FILLING)}
    assert found - known == set(), "add it to tests/roles/table.py, with the right it asks"
    assert known - found == set(), "it is no longer there"
    assert not {service_of(gesture) for gesture in GESTURES} & WITHOUT_AGENT.keys()


def test_each_right_is_asked_by_a_gesture_and_held_by_a_role() -> None:
    asked = {right for rights in GESTURES.values() for right in rights} | {
        Right.PORTAL
    }  # the portal's own, by its account
    assert asked == set(Right) == {right for rights in ROLE_RIGHTS.values() for right in rights}


def test_what_the_table_refuses_to_a_role_is_refused_and_nothing_is_written(world: World, desk: Desk) -> None:
    wrong = []
    for roles in ROLES.values():
        agent = an_agent(desk.database, *roles)
        with nothing_written(world):
            for gesture, rights in GESTURES.items():
                if not allowed(rights, roles):
                    desk.sign(agent)
                    given = arguments(world, gesture, services()[service_of(gesture)])
                    if outcome(desk, gesture, given) is not NotAllowed:
                        wrong.append((gesture, roles))
    assert wrong == []


@pytest.mark.parametrize("state", ["nobody", "unknown", "disabled", "provisional", "taken back"])
def test_who_may_no_longer_work_does_and_shows_nothing(world: World, desk: Desk, state: str) -> None:
    signed: SignedAgent | None = None
    if state == "unknown":
        signed = SignedAgent(10**6, "personne", "Personne", frozenset(Role))
    elif state != "nobody":
        signed = an_agent(desk.database, *Role)
        change = {
            "disabled": update(t.agent)
            .values(disabled_at=paris("2026-12-01 10:31"))
            .where(t.agent.c.id == signed.agent_id),
            "provisional": update(t.agent).values(must_change_password=True).where(t.agent.c.id == signed.agent_id),
            "taken back": delete(t.agent_role).where(t.agent_role.c.agent_id == signed.agent_id),
        }[state]
        with desk.database.write() as connection:
            connection.execute(change)
    expected = {"disabled": AgentDisabled, "provisional": PasswordToChange, "taken back": NotAllowed}
    with nothing_written(world):
        found = all_outcomes(world, desk, signed)
    assert {gesture: why for gesture, why in found.items() if why is not expected.get(state, NobodySignedIn)} == {}


def test_an_agent_whose_password_is_provisional_changes_it_and_then_works(desk: Desk) -> None:
    agent = an_agent(desk.database, Role.ENFANCE, password_hash=hash_password("provisoire-du-matin"))
    with desk.database.write() as connection:
        connection.execute(update(t.agent).where(t.agent.c.id == agent.agent_id).values(must_change_password=True))
    desk.sign(agent)
    assert outcome(desk, "queue.list_queue", {}) is PasswordToChange
    change_own_password(desk, "provisoire-du-matin", PASSWORD, new_operation())
    assert outcome(desk, "queue.list_queue", {}) is None


def test_what_the_table_gives_to_a_role_is_never_refused_for_a_right(world: World, desk: Desk) -> None:
    """The last of the module: what is allowed is done, on the world itself."""
    agents = {name: an_agent(desk.database, *roles) for name, roles in ROLES.items()}
    wrong = []
    for gesture, rights in GESTURES.items():
        for name, roles in ROLES.items():
            if allowed(rights, roles):
                desk.sign(agents[name])
                given = arguments(world, gesture, services()[service_of(gesture)])
                if outcome(desk, gesture, given) in REFUSED:
                    wrong.append((gesture, name))
    assert wrong == []


def test_the_document_says_what_the_table_says() -> None:
    assert Path(DOCUMENT).read_text(encoding="utf-8") == written(), "run « python -m tests.roles »"
