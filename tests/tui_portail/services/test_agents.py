"""Signing in, being locked out, and who may change whom."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Literal
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from tests.factories import a_desk
from tui_portail.errors import InvalidInput
from tui_portail.services import passwords
from tui_portail.services.agents import (
    AccountDisabled,
    AccountLocked,
    AgentUnknown,
    BadCredentials,
    LastAdministrator,
    OneselfRefused,
    UsernameTaken,
    change_own_password,
    create_agent,
    disable_agent,
    enable_agent,
    list_agents,
    reset_password,
    set_roles,
    sign_in,
    unlock_agent,
)
from tui_portail.services.desk import AgentDisabled, Desk, NobodySignedIn, new_operation
from tui_portail.services.passwords import PasswordRefused
from tui_portail.services.rights import NotAllowed, Role

GOOD, OTHER = "tilleul-soupe-jeudi", "marelle-craie-lundi"


@dataclass
class Mairie:
    """An administrateur at a desk, and an agent of Enfance/Jeunesse just created."""

    desk: Desk
    agent_id: int

    def audits(self, *gestures: str) -> list[str]:
        event = t.audit_event
        with self.desk.database.read() as connection:
            return list(
                connection.scalars(select(event.c.gesture).where(event.c.gesture.in_(gestures)).order_by(event.c.at))
            )

    def fail(self, times: int) -> None:
        for _ in range(times):
            with pytest.raises((BadCredentials, AccountLocked)):
                sign_in(self.desk, "ines.leroy", "pas le bon")


@pytest.fixture
def mairie(database: Database) -> Mairie:
    desk = a_desk(database, Role.ADMINISTRATEUR, username="admin")
    row = create_agent(desk, "Ines.Leroy", "Inès Leroy", [Role.ENFANCE], GOOD, new_operation())
    return Mairie(desk, row.agent_id)


def test_an_agent_signs_in_whatever_the_case_of_the_user_name_and_must_change_the_first_password(
    mairie: Mairie,
) -> None:
    agent = sign_in(mairie.desk, "  INES.Leroy ", GOOD)

    assert (agent.agent_id, agent.name, agent.roles) == (mairie.agent_id, "Inès Leroy", frozenset({Role.ENFANCE}))
    assert agent.must_change_password
    assert mairie.desk.agent == agent
    assert mairie.audits("ouvrir_session") == ["ouvrir_session"]


def test_an_unknown_user_and_a_wrong_password_are_answered_alike_and_both_cost_a_verification(mairie: Mairie) -> None:
    checked: list[bytes] = []
    hashed: list[bytes] = []

    class Counting(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            hashed.append(bytes(password))  # type: ignore[arg-type]  # bytes: what passwords.py gives
            return super().hash(password, salt=salt)

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            checked.append(bytes(password))  # type: ignore[arg-type]
            return super().verify(hash, password)

    counting = Counting(time_cost=1, memory_cost=8, parallelism=1)
    with patch.object(passwords, "hasher", lambda: counting):
        with pytest.raises(BadCredentials) as unknown:
            sign_in(mairie.desk, "personne", "un mot de passe")
        with pytest.raises(BadCredentials) as wrong:
            sign_in(mairie.desk, "ines.leroy", "un mot de passe")

    assert (unknown.value.sentence, unknown.value.code) == (wrong.value.sentence, wrong.value.code)
    assert checked == [b"un mot de passe", b"un mot de passe"]
    assert hashed == [], "the first unknown user takes no longer than the next"
    assert not counting.check_needs_rehash(passwords._nobody()), "nor longer than a known one"


def test_after_the_failures_the_policy_allows_the_account_is_locked_and_opens_again_by_the_clock(
    mairie: Mairie,
) -> None:
    mairie.fail(4)
    with pytest.raises(AccountLocked) as locked:
        sign_in(mairie.desk, "ines.leroy", "encore faux")
    with pytest.raises(AccountLocked):
        sign_in(mairie.desk, "ines.leroy", GOOD)
    assert "10 h 45" in locked.value.sentence
    assert mairie.audits("verrouiller_compte") == ["verrouiller_compte"]
    assert list_agents(mairie.desk)[1].locked_until == locked.value.until

    mairie.desk.clock.advance(minutes=15)  # type: ignore[attr-defined]

    assert list_agents(mairie.desk)[1].locked_until is None
    assert sign_in(mairie.desk, "ines.leroy", GOOD).agent_id == mairie.agent_id


def test_a_right_password_forgets_the_failures_before_it(mairie: Mairie) -> None:
    mairie.fail(4)
    sign_in(mairie.desk, "ines.leroy", GOOD)
    mairie.fail(4)

    assert sign_in(mairie.desk, "ines.leroy", GOOD)


def test_after_a_lock_the_count_starts_again(mairie: Mairie) -> None:
    mairie.fail(5)
    mairie.desk.clock.advance(minutes=16)  # type: ignore[attr-defined]
    mairie.fail(4)

    assert sign_in(mairie.desk, "ines.leroy", GOOD)


def test_an_administrateur_unlocks_an_account(mairie: Mairie) -> None:
    mairie.fail(5)
    row = unlock_agent(mairie.desk, mairie.agent_id, new_operation())

    assert row.locked_until is None
    assert sign_in(mairie.desk, "ines.leroy", GOOD)
    assert mairie.audits("deverrouiller_agent") == ["deverrouiller_agent"]


def test_a_closed_account_is_told_only_to_who_knows_the_password(mairie: Mairie) -> None:
    disable_agent(mairie.desk, mairie.agent_id, new_operation())

    with pytest.raises(AccountDisabled):
        sign_in(mairie.desk, "ines.leroy", GOOD)
    with pytest.raises(BadCredentials):
        sign_in(mairie.desk, "ines.leroy", "pas le bon")
    enable_agent(mairie.desk, mairie.agent_id, new_operation())
    assert sign_in(mairie.desk, "ines.leroy", GOOD)


def test_an_agent_disabled_while_signed_in_can_do_nothing_more(mairie: Mairie) -> None:
    other = a_desk(mairie.desk.database, Role.ADMINISTRATEUR)
    disable_agent(mairie.desk, other.require().agent_id, new_operation())

    with pytest.raises(AgentDisabled):
        unlock_agent(other, mairie.agent_id, new_operation())


def test_nobody_disables_their_own_account(mairie: Mairie) -> None:
    with pytest.raises(OneselfRefused):
        disable_agent(mairie.desk, mairie.desk.require().agent_id, new_operation())


def test_the_last_active_administrateur_keeps_the_role(mairie: Mairie) -> None:
    me = mairie.desk.require().agent_id
    with pytest.raises(LastAdministrator):
        set_roles(mairie.desk, me, [Role.ENFANCE], new_operation())

    second = create_agent(mairie.desk, "second", "Une Seconde", [Role.ADMINISTRATEUR], GOOD, new_operation())
    disable_agent(mairie.desk, second.agent_id, new_operation())
    with pytest.raises(LastAdministrator):
        set_roles(mairie.desk, me, [Role.ENFANCE], new_operation())

    enable_agent(mairie.desk, second.agent_id, new_operation())
    assert set_roles(mairie.desk, me, [Role.ENFANCE], new_operation()).roles == (Role.ENFANCE,)


@pytest.mark.race
def test_two_administrateurs_who_disable_each_other_at_once_leave_one(database: Database) -> None:
    desks = [a_desk(database, Role.ADMINISTRATEUR) for _ in range(2)]
    gate = Barrier(2)

    def disable(who: int) -> bool:
        gate.wait(60)
        try:
            disable_agent(desks[who], desks[1 - who].require().agent_id, new_operation())
        except (AgentDisabled, LastAdministrator):
            return False
        return True

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(disable, (0, 1)))
        with database.read() as connection:
            active = connection.scalars(select(t.agent.c.id).where(t.agent.c.disabled_at.is_(None))).all()
        assert len(active) >= 1 and any(done)
        with database.write() as connection:
            connection.execute(update(t.agent).values(disabled_at=None))


def test_a_gesture_of_an_agent_whose_role_was_taken_away_is_refused(mairie: Mairie) -> None:
    other = a_desk(mairie.desk.database, Role.ADMINISTRATEUR)
    set_roles(mairie.desk, other.require().agent_id, [Role.COMPTABILITE], new_operation())

    with pytest.raises(NotAllowed):
        unlock_agent(other, mairie.agent_id, new_operation())


def test_only_an_administrateur_manages_agents(mairie: Mairie) -> None:
    desk = a_desk(mairie.desk.database, Role.ENFANCE, Role.COMPTABILITE, Role.REGISSEUR)
    for gesture in (
        lambda: list_agents(desk),
        lambda: create_agent(desk, "nouveau", "Un Nouveau", [Role.ENFANCE], GOOD, new_operation()),
        lambda: set_roles(desk, mairie.agent_id, [Role.REGISSEUR], new_operation()),
        lambda: disable_agent(desk, mairie.agent_id, new_operation()),
        lambda: reset_password(desk, mairie.agent_id, GOOD, new_operation()),
    ):
        with pytest.raises(NotAllowed):
            gesture()


def test_two_agents_never_share_a_user_name_whatever_the_case(mairie: Mairie) -> None:
    with pytest.raises(UsernameTaken):
        create_agent(mairie.desk, "INES.LEROY", "Inès Le Roy", [Role.ENFANCE], GOOD, new_operation())


def test_a_creation_sent_twice_makes_one_agent(mairie: Mairie) -> None:
    operation = new_operation()
    first = create_agent(mairie.desk, "nouveau", "Un Agent", [Role.REGISSEUR], GOOD, operation)

    assert create_agent(mairie.desk, "nouveau", "Un Agent", [Role.REGISSEUR], GOOD, operation) == first
    assert len(list_agents(mairie.desk)) == 3


def test_a_reset_password_must_be_changed_and_the_new_one_is_the_agents_own(mairie: Mairie) -> None:
    reset_password(mairie.desk, mairie.agent_id, OTHER, new_operation())
    desk = Desk(mairie.desk.database, mairie.desk.documents_dir, mairie.desk.clock)
    with pytest.raises(BadCredentials):
        sign_in(desk, "ines.leroy", GOOD)
    assert sign_in(desk, "ines.leroy", OTHER).must_change_password

    changed = change_own_password(desk, OTHER, GOOD, new_operation())

    assert not changed.must_change_password
    assert not sign_in(desk, "ines.leroy", GOOD).must_change_password


def test_changing_ones_password_asks_for_the_old_one_and_another_new_one(mairie: Mairie) -> None:
    desk = Desk(mairie.desk.database, mairie.desk.documents_dir, mairie.desk.clock)
    with pytest.raises(NobodySignedIn):
        change_own_password(desk, GOOD, OTHER, new_operation())
    sign_in(desk, "ines.leroy", GOOD)

    with pytest.raises(BadCredentials):
        change_own_password(desk, "pas l’ancien", OTHER, new_operation())
    with pytest.raises(InvalidInput, match="différent"):
        change_own_password(desk, GOOD, GOOD, new_operation())


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("court", "au moins 10"),
        ("aaaaabbbbb", "différents"),
        ("vive-ines-leroy!", "ni l’identifiant"),
        ("x\x00" * 6, "clavier"),
    ],
)
def test_a_weak_password_is_refused_with_a_sentence(mairie: Mairie, password: str, reason: str) -> None:
    with pytest.raises(PasswordRefused, match=reason):
        reset_password(mairie.desk, mairie.agent_id, password, new_operation())


@pytest.mark.parametrize("username", ["", "ab", "inès", "x" * 31, "2024", "a b c", "nul\x00l"])
def test_a_user_name_is_plain_letters_and_digits(mairie: Mairie, username: str) -> None:
    with pytest.raises(InvalidInput):
        create_agent(mairie.desk, username, "Un Agent", [Role.ENFANCE], GOOD, new_operation())


def test_an_agent_has_a_name_and_a_role_and_exists(mairie: Mairie) -> None:
    with pytest.raises(InvalidInput):
        create_agent(mairie.desk, "nouveau", "   ", [Role.ENFANCE], GOOD, new_operation())
    with pytest.raises(InvalidInput):
        set_roles(mairie.desk, mairie.agent_id, [], new_operation())
    with pytest.raises(AgentUnknown):
        unlock_agent(mairie.desk, 10_000, new_operation())


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(mairie: Mairie) -> None:
    older = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(GOOD)
    with mairie.desk.database.write() as connection:
        connection.execute(update(t.agent).where(t.agent.c.id == mairie.agent_id).values(password_hash=older))

    sign_in(mairie.desk, "ines.leroy", GOOD)

    with mairie.desk.database.read() as connection:
        kept = connection.scalars(select(t.agent.c.password_hash).where(t.agent.c.id == mairie.agent_id)).one()
    assert kept.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert sign_in(mairie.desk, "ines.leroy", GOOD)


def test_an_account_without_a_password_lets_nobody_in(mairie: Mairie) -> None:
    for password in ("!", ""):
        with pytest.raises(BadCredentials):
            sign_in(mairie.desk, "admin", password)


def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(mairie: Mairie) -> None:
    def answers(username: str) -> list[str]:
        given = []
        for password in ["pas le bon"] * 7:
            with pytest.raises((BadCredentials, AccountLocked)) as refused:
                sign_in(mairie.desk, username, password)
            given.append(refused.value.sentence)
        return given

    known = answers("ines.leroy")
    assert "verrouillé" in known[-1]
    assert answers("personne.ici") == known
    mairie.desk.clock.advance(hours=2)  # type: ignore[attr-defined]  # a FixedClock's
    assert answers("personne.ici") == answers("ines.leroy"), "both locks end, and both start again"


def test_what_was_typed_as_an_unknown_name_cannot_be_read_back(mairie: Mairie) -> None:
    with pytest.raises(BadCredentials):
        sign_in(mairie.desk, GOOD, "")
    with mairie.desk.database.read() as connection:
        [row] = connection.execute(select(t.unknown_sign_in)).all()
    assert 0 <= row.bucket < 2**16 and row.failures == 1


@pytest.mark.parametrize("typed", ["\ud800", "nul\x00l", "\udcff" * 30, "é" * 500])
def test_half_characters_and_control_characters_are_wrong_credentials_like_others(mairie: Mairie, typed: str) -> None:
    for username, password in ((typed, GOOD), ("ines.leroy", typed), (typed, typed)):
        with pytest.raises(BadCredentials):
            sign_in(mairie.desk, username, password)
    with pytest.raises(PasswordRefused):
        reset_password(mairie.desk, mairie.agent_id, f"{typed}-tilleul-soupe" + "é" * 200, new_operation())


def test_a_password_with_half_a_character_is_not_chosen(mairie: Mairie) -> None:
    with pytest.raises(PasswordRefused, match="clavier"):
        reset_password(mairie.desk, mairie.agent_id, "tilleul-soupe-\ud83d", new_operation())


def test_guessing_the_old_password_at_a_desk_left_open_locks_the_account(mairie: Mairie) -> None:
    desk = Desk(mairie.desk.database, mairie.desk.documents_dir, mairie.desk.clock)
    sign_in(desk, "ines.leroy", GOOD)
    for _ in range(4):
        with pytest.raises(BadCredentials):
            change_own_password(desk, "pas le bon", OTHER, new_operation())
    with pytest.raises(AccountLocked):
        change_own_password(desk, "pas le bon", OTHER, new_operation())
    with pytest.raises(AccountLocked):
        change_own_password(desk, GOOD, OTHER, new_operation())
    with pytest.raises(AccountLocked):
        sign_in(desk, "ines.leroy", GOOD)


def test_a_change_of_password_sent_twice_is_done_once(mairie: Mairie) -> None:
    desk = Desk(mairie.desk.database, mairie.desk.documents_dir, mairie.desk.clock)
    sign_in(desk, "ines.leroy", GOOD)
    operation = new_operation()
    assert change_own_password(desk, GOOD, OTHER, operation) == change_own_password(desk, GOOD, OTHER, operation)
    assert mairie.audits("changer_mot_de_passe") == ["changer_mot_de_passe"]


def test_no_password_leaves_a_trace_in_the_audit(mairie: Mairie) -> None:
    reset_password(mairie.desk, mairie.agent_id, OTHER, new_operation())
    with mairie.desk.database.read() as connection:
        trail = json.dumps([[str(cell) for cell in row] for row in connection.execute(select(t.audit_event))])

    assert GOOD not in trail and OTHER not in trail and "argon2" not in trail
