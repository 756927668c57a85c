"""Passwords and lock-out as the issue words them: argon2id, parameters named, a lock that outlives the program and names nobody."""

from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from models.engine import Database
from tests.factories import a_desk, an_agent, the_commune
from tui_portail.services import passwords
from tui_portail.services.agents import list_agents
from tui_portail.services.desk import Desk
from tui_portail.services.passwords import hash_password, needs_rehash, verify
from tui_portail.services.rights import Role
from tui_portail.services.sign_in import AccountLocked, BadCredentials, sign_in

GOOD = "tilleul-soupe-jeudi"


@pytest.mark.usefixtures("real_hashes")
def test_a_password_is_hashed_by_argon2id_with_the_parameters_of_rfc_9106() -> None:
    made = hash_password(GOOD)
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    parameters = extract_parameters(made)
    assert (parameters.type, parameters.salt_len, parameters.hash_len) == (Type.ID, 16, 32)
    assert verify(made, GOOD) and not verify(made, f"{GOOD} ")
    assert not needs_rehash(made)


@pytest.mark.usefixtures("real_hashes")
def test_a_hash_is_made_again_once_the_parameters_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    before = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert needs_rehash(before)
    raised = PasswordHasher(passwords.TIME_COST + 1, passwords.MEMORY_KIB, passwords.LANES)
    monkeypatch.setattr(passwords, "hasher", lambda: raised)
    assert needs_rehash(f"$argon2id$v=19$m=65536,t=3,p=4${before.split('$', 4)[4]}")


def test_a_lock_put_by_a_clock_in_advance_is_over_once_the_clock_is_right(database: Database) -> None:
    desk = a_desk(database)
    an_agent(database, Role.ADMINISTRATEUR, username="camille", password_hash=hash_password(GOOD))
    desk.sign_out()
    desk.clock.advance(days=3650)  # type: ignore[attr-defined]
    for name in ("camille", "personne"):
        for _ in range(the_commune().policy.lockout_failures):
            with pytest.raises((BadCredentials, AccountLocked)):
                sign_in(desk, name, "pas le bon")
        with pytest.raises(AccountLocked):
            sign_in(desk, name, GOOD)
    desk.clock.advance(days=-3650)  # type: ignore[attr-defined]
    with pytest.raises(BadCredentials):
        sign_in(desk, "personne", GOOD)
    assert sign_in(desk, "camille", GOOD).username == "camille"
    [listed] = [row for row in list_agents(desk) if row.username == "camille"]
    assert listed.locked_until is None


def test_a_lock_is_the_accounts_own_and_outlives_the_program(database_url: str, tmp_path: Path) -> None:
    failures = the_commune().policy.lockout_failures
    with closing(Database.open(database_url)) as database:
        desk = a_desk(database, documents_dir=tmp_path)
        for username in ("camille", "ines"):
            an_agent(database, Role.ENFANCE, username=username, password_hash=hash_password(GOOD))
        clock = desk.clock
        desk.sign_out()
        for _ in range(failures - 1):
            with pytest.raises(BadCredentials):
                sign_in(desk, "camille", "pas le bon")
    with closing(Database.open(database_url)) as again:  # the program was closed and opened between two tries
        desk = Desk(again, tmp_path, clock)
        with pytest.raises(AccountLocked):
            sign_in(desk, "camille", "pas le bon")
    with closing(Database.open(database_url)) as elsewhere:
        desk = Desk(elsewhere, tmp_path, clock)
        with pytest.raises(AccountLocked):
            sign_in(desk, "CAMILLE ", GOOD)
        assert sign_in(desk, "ines", GOOD).username == "ines", "the others work"
