"""One family never reads another's, nor a parent the other parent's: every service of the portal called with somebody else's ids."""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

import tui_portail.services
from models import tables as t
from models.engine import Database
from tests.databases import SqliteTemplate
from tests.factories import a_child, a_desk, a_family, a_guardian, paris
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MORNING,
    NEXT_MONDAY,
    THURSDAY,
    add,
    alternate_weeks,
    hold,
    pay_by_card,
    remove,
)
from tests.tui_portail.services.online_acts import FakePayFip, open_page, paying_online
from tests.tui_portail.services.portal_acts import Mailbox, a_form, a_portal, an_active_account, finish_own, hold_own
from tui_portail.errors import PortailError
from tui_portail.mailing import Attachment
from tui_portail.services import (
    online_following,
    online_payments,
    portal,
    portal_accounts,
    portal_codes,
    portal_exit,
    portal_home,
    portal_links,
    portal_messages,
    portal_planning,
    portal_public,
    portal_records,
    portal_sign_in,
    portal_tries,
)
from tui_portail.services.desk import new_operation
from tui_portail.services.gesture import Done, Gesture
from tui_portail.services.planning import load_planning
from tui_portail.services.portal import Own, Portal, SignedAccount
from tui_portail.services.portal_codes import new_secret

ANCHOR = date(2026, 11, 30)  # Aurélie's weeks begin; the next is Bastien's
OF_THE_SERVER = {
    "follow_all"
}  # asked by the command that follows payments, for nobody: what it finds goes to a log of references


class World:
    """Aurélie Aubrac and Bastien Bellanger, separated, and another family: each with an account. Aurélie has one of everything."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.desk = a_desk(database, commune=paying_online(), documents_dir=folder)
        first = a_guardian(
            "Aubrac",
            "Aurélie",
            phone="06 98 76 54 32",
            address="17 impasse des Genêts",
            email="aurelie@secret.example",
            quotient_cents=834_57,
        )
        second = a_guardian("Bellanger", "Bastien", phone="07 11 22 33 44", address="2 rue Haute")
        self.family = a_family(self.desk, guardians=(first, second), children=(a_child("Zélie", "Bellanger"),))
        self.stranger = a_family(self.desk, last_name="Martin", children=2)
        alternate_weeks(database, self.family.child_id, *self.family.payer_ids, ANCHOR)
        self.payfip, self.mailbox = FakePayFip(), Mailbox()
        self.portal = self._portal()
        self.account = an_active_account(
            self.portal,
            self.family,
            last_name="Aubrac",
            first_name="Aurélie",
            email="aurelie@secret.example",
            username="aurelieaubrac",
        )
        child = self.family.child_id
        self.paid_basket_id = hold_own(self.portal, add(child, EVENING, FRIDAY)).basket_id
        self.quittance_id = pay_by_card(self.desk, self.paid_basket_id).quittance_id
        pay_by_card(self.desk, hold_own(self.portal, add(child, MORNING, FRIDAY)).basket_id)
        finish_own(self.portal, remove(child, MORNING, FRIDAY))
        self.basket = hold_own(self.portal, add(child, EVENING, *_days()))
        self.page = open_page(self.portal, self.basket.basket_id)
        [self.id_op] = self.payfip.pages
        self.reference, self.amount_cents = self.payfip.pages[self.id_op]
        self.second = self._second_parent()
        self.other = self._portal()
        an_active_account(
            self.other,
            self.stranger,
            last_name="Martin",
            first_name="Marie",
            username="mariemartin",
            email="martin@exemple.fr",
        )

    def _portal(self) -> Portal:
        made = a_portal(self.desk, self.mailbox)
        made.desk.online = self.payfip
        return made

    def _second_parent(self) -> Portal:
        """The account that Enfance/Jeunesse gave the second parent."""
        terms = self.desk.commune().policy.portal.terms.version
        with self.desk.database.write() as connection:
            account_id = connection.execute(
                insert(t.portal_account)
                .values(
                    username="bastienbellanger",
                    last_name="Bellanger",
                    first_name="Bastien",
                    email="bastien@exemple.fr",
                    password_hash="!",
                    created_at=paris("2026-11-30 10:00"),
                    activated_at=paris("2026-11-30 10:05"),
                    guardian_id=self.family.guardian_ids[1],
                    terms_version=terms,
                    terms_accepted_at=paris("2026-11-30 10:06"),
                )
                .returning(t.portal_account.c.id, t.portal_account.c.version)
            ).one()
        made = self._portal()
        made.account = SignedAccount(account_id.id, "bastienbellanger", "Bastien Bellanger", account_id.version)
        return made

    @property
    def secrets(self) -> list[str]:
        """What is Aurélie's alone: no answer to anybody else holds any of it."""
        amounts = [self.amount_cents, self.basket.total_cents]
        return [
            "Aurélie",
            "Aubrac",
            "aurelieaubrac",
            "aurelie@",
            "Genêts",
            "98 76 54 32",
            "83457",
            "834,57",
            self.reference,
            self.id_op,
            *map(str, amounts),
            *(f"{cents // 100},{cents % 100:02d}" for cents in amounts),
        ]


def _days() -> list[date]:
    """Days of Aurélie's weeks."""
    return [THURSDAY + timedelta(days=step) for step in (0, 11, 12, 14, 15)]


@pytest.fixture(scope="module")
def world(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("strangers")
    database = Database.open(sqlite_template.fresh(folder))
    yield World(database, folder)
    database.close()


def _whose(gesture: Gesture, own: Own) -> Done:
    return Done({"payer": own.payer_id, "dossier": own.dossier_id}, "essai", 1)


def _basket_within(whose: Portal) -> Any:
    with whose.read() as (connection, own):
        return portal_planning.own_basket_within(whose, connection, own)


OP = new_operation
DOCUMENT = [Attachment("piece.pdf", b"%PDF-")]
CALLS: dict[str, Callable[[Portal, World], Any]] = {
    "portal.was_done": lambda p, w: portal.was_done(p, OP()),
    "portal.act": lambda p, w: portal.act(p, "essai", OP(), [], _whose, dict),
    "portal_tries.of_username": lambda p, w: portal_tries.of_username(p, "aurelieaubrac"),
    "portal_accounts.account_mistakes": lambda p, w: portal_accounts.account_mistakes(
        p, a_form(username="aurelieaubrac")
    ),
    "portal_accounts.check_account": lambda p, w: portal_accounts.check_account(p, a_form(username="aurelieaubrac")),
    "portal_accounts.check_number": lambda p, w: portal_accounts.check_number(p, a_form(), w.family.number),
    "portal_accounts.create_account": lambda p, w: portal_accounts.create_account(
        p, a_form(username="autrenom"), w.family.number, new_secret(), OP()
    ),
    "portal_accounts.check_account_again": lambda p, w: portal_accounts.check_account_again(
        p, a_form(username="aurelieaubrac"), OP()
    ),
    "portal_accounts.activate_by_code": lambda p, w: portal_accounts.activate_by_code(
        p, "aurelieaubrac", "ABCDEFGH", OP()
    ),
    "portal_accounts.activate_by_link": lambda p, w: portal_accounts.activate_by_link(p, "x" * 43, OP()),
    "portal_accounts.send_activation_again": lambda p, w: portal_accounts.send_activation_again(
        p, "aurelieaubrac", new_secret(), OP()
    ),
    "portal_accounts.accept_terms": lambda p, w: portal_accounts.accept_terms(
        p, w.desk.commune().policy.portal.terms.version, OP()
    ),
    "portal_accounts.link_again": lambda p, w: portal_accounts.link_again(p, w.family.number, OP()),
    "portal_codes.count_code_try": lambda p, w: portal_codes.count_code_try(p, "aurelieaubrac"),
    "portal_exit.check_agent": lambda p, w: portal_exit.check_agent(p, "aurelieaubrac", "rien du tout"),
    "portal_home.open_home": lambda p, w: portal_home.open_home(p),
    "portal_links.try_number": lambda p, w: portal_links.try_number(p, "Martin", "Marie", w.family.number),
    "portal_messages.send_activation": lambda p, w: portal_messages.send_activation(
        p, w.account.account_id, new_secret()
    ),
    "portal_messages.send_new_password": lambda p, w: portal_messages.send_new_password(
        p, w.account.account_id, new_secret()
    ),
    "portal_messages.send_document": lambda p, w: portal_messages.send_document(
        p, w.account.account_id, "Un papier", "Voici.", DOCUMENT
    ),
    "portal_planning.load_own_planning": lambda p, w: portal_planning.load_own_planning(p, THURSDAY, _days()[-1]),
    "portal_planning.finish_own_changes": lambda p, w: portal_planning.finish_own_changes(
        p, remove(w.family.child_id, EVENING, FRIDAY) + add(w.family.child_id, MORNING, THURSDAY), OP()
    ),
    "portal_planning.own_basket": lambda p, w: portal_planning.own_basket(p),
    "portal_planning.own_basket_within": lambda p, w: _basket_within(p),
    "portal_planning.release_own_basket": lambda p, w: portal_planning.release_own_basket(p, w.basket.basket_id, OP()),
    "portal_public.portal_state": lambda p, w: portal_public.portal_state(p),
    "portal_public.public_menus": lambda p, w: portal_public.public_menus(p, THURSDAY),
    "portal_public.public_news": lambda p, w: portal_public.public_news(p),
    "portal_public.public_terms": lambda p, w: portal_public.public_terms(p),
    "portal_public.public_contacts": lambda p, w: portal_public.public_contacts(p),
    "portal_records.own_avoirs": lambda p, w: portal_records.own_avoirs(p),
    "portal_records.own_quittances": lambda p, w: portal_records.own_quittances(p),
    "portal_records.own_quittance": lambda p, w: portal_records.own_quittance(p, w.quittance_id),
    "portal_records.can_print": lambda p, w: portal_records.can_print(p),
    "portal_records.print_own_quittance": lambda p, w: portal_records.print_own_quittance(p, w.quittance_id, OP()),
    "portal_records.mail_quittance": lambda p, w: portal_records.mail_quittance(p, w.quittance_id, OP()),
    "portal_records.own_children": lambda p, w: portal_records.own_children(p),
    "portal_sign_in.sign_in_parent": lambda p, w: portal_sign_in.sign_in_parent(p, "aurelieaubrac", "mot de passe"),
    "portal_sign_in.ask_new_password": lambda p, w: portal_sign_in.ask_new_password(
        p, "aurelieaubrac", new_secret(), OP()
    ),
    "portal_sign_in.choose_password": lambda p, w: portal_sign_in.choose_password(
        p, "aurelieaubrac", "ABCDEFGH", "tilleul-soupe-jeudi-soir", OP()
    ),
    "online_following.follow_own": lambda p, w: online_following.follow_own(p, w.page.online_id),
    "online_following.follow_notified": lambda p, w: online_following.follow_notified(p, w.id_op),
    "portal_planning.own_basket_paid_elsewhere": lambda p, w: portal_planning.own_basket_paid_elsewhere(
        p, w.paid_basket_id
    ),
    "online_payments.why_not_online": lambda p, w: online_payments.why_not_online(p, 1),
    "online_payments.online_is_open": lambda p, w: online_payments.online_is_open(p),
    "online_payments.open_online_page": lambda p, w: online_payments.open_online_page(p, w.basket.basket_id, OP()),
}
MUST_REFUSE = {
    "portal_accounts.create_account",
    "portal_accounts.activate_by_code",
    "portal_accounts.activate_by_link",
    "portal_accounts.link_again",
    "portal_exit.check_agent",
    "portal_links.try_number",
    "portal_planning.finish_own_changes",
    "portal_planning.release_own_basket",
    "portal_records.own_quittance",
    "portal_records.print_own_quittance",
    "portal_records.mail_quittance",
    "portal_sign_in.sign_in_parent",
    "portal_sign_in.choose_password",
    "online_following.follow_own",
    "online_payments.open_online_page",
}


def _services_of_the_portal() -> set[str]:
    found = set()
    for path in Path(tui_portail.services.__file__).parent.glob("*.py"):
        if not path.stem.startswith(("portal", "online_")):
            continue
        module = importlib.import_module(f"tui_portail.services.{path.stem}")
        for name, function in vars(module).items():
            own = inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
            if own and {"Portal", "Seat"} & {
                str(one.annotation) for one in inspect.signature(function).parameters.values()
            }:
                found.add(f"{path.stem}.{name}")
    return found


def test_every_service_of_the_portal_is_called_here() -> None:
    assert {name for name in _services_of_the_portal() if name.split(".")[1] not in OF_THE_SERVER} == set(CALLS)


def test_what_serves_nobody_is_on_no_page() -> None:
    pages = Path(__file__).parents[3] / "screens" / "kiosk"
    for path in pages.glob("*.py"):
        assert not OF_THE_SERVER & set(re.findall(r"\w+", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("whose", ["another family", "the other parent"])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_nothing_of_somebody_elses_comes_back(world: World, name: str, whose: str) -> None:
    intruder = world.other if whose == "another family" else world.second
    already, before = len(world.mailbox.messages), _facts(world)
    said = ""
    try:
        answer = CALLS[name](intruder, world)
    except PortailError as refused:
        said = f"{refused!r} {refused} {refused.sentence} {vars(refused)}"
    else:
        assert name not in MUST_REFUSE
        said = repr(answer)
    said += "".join(
        repr(message) for message in world.mailbox.messages[already:] if message.to != "aurelie@secret.example"
    )
    typed = {"aurelieaubrac"} if name.startswith("portal_accounts.check_account") else set()  # what the intruder typed
    leaked = [secret for secret in world.secrets if secret not in typed and _is_in(secret, said)]
    assert not leaked
    assert _facts(world) == before


def _is_in(secret: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(secret)}", said) is not None


def _facts(world: World) -> list[Any]:
    """What of Aurélie's must not have moved: bookings, basket, avoirs, papers."""
    with world.desk.database.read() as connection:
        return [
            connection.execute(select(t.booking.c.id, t.booking.c.state).order_by(t.booking.c.id)).all(),
            connection.execute(select(t.basket.c.id, t.basket.c.state).order_by(t.basket.c.id)).all(),
            connection.execute(select(t.avoir.c.id)).all(),
            connection.execute(select(t.quittance_copy.c.quittance_id)).all(),
            connection.execute(select(t.online_payment.c.id, t.online_payment.c.state)).all(),
        ]


def test_the_secrets_looked_for_are_what_their_owner_reads(world: World) -> None:
    said = repr(
        [
            portal_planning.load_own_planning(world.portal, THURSDAY, _days()[-1]),
            portal_planning.own_basket(world.portal),
            portal_records.own_quittance(world.portal, world.quittance_id),
            online_following.follow_own(world.portal, world.page.online_id),
        ]
    )
    for secret in ("Aurélie", "Aubrac", "Genêts", "83457", world.reference, str(world.amount_cents)):
        assert _is_in(secret, said)


def test_a_planning_seen_by_a_parent_hides_all_of_the_other(world: World) -> None:
    whole = load_planning(world.desk, world.family.dossier_id, THURSDAY, _days()[-1])
    assert _is_in("Aurélie", repr(whole))
    mine = whole.seen_by(world.family.payer_ids[1])
    said = repr(mine)
    assert not [secret for secret in world.secrets if _is_in(secret, said)]
    others = [booking for booking in mine.bookings.values() if booking.payer_id != world.family.payer_ids[1]]
    assert others
    assert {(one.state, one.price_cents, one.basket_id, one.expires_at, one.came) for one in others} == {
        ("confirmed", 0, None, None, False)
    }
    [other] = [payer for payer in mine.payers if payer.payer_id != world.family.payer_ids[1]]
    assert (other.name, other.quotients, other.avoirs, other.basket, other.debt_cents) == (
        "l’autre parent",
        (),
        (),
        None,
        0,
    )


def test_a_day_of_the_other_parents_is_refused_at_the_desk_alike_whether_paid_or_not(world: World) -> None:
    hold(world.desk, world.family.dossier_id, add(world.family.child_id, EVENING, NEXT_MONDAY))
    with pytest.raises(PortailError) as refused:
        finish_own(world.portal, remove(world.family.child_id, EVENING, NEXT_MONDAY))
    assert "Bastien" not in str(refused.value)
    assert "Bellanger" not in str(refused.value)
