"""The link of an activation e-mail, PayFiP's notification, and the way back from paying."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.served_kiosk import PATIENCE, Served, served
from tests.tui_portail.serving.test_server import asked
from tui_portail.errors import PortailError

TOKEN = "jeton-de-douze_lettres"
ID_OP = "0e1f6c2a-aaaa-bbbb-cccc-0123456789ab"


@dataclass
class Doings:
    """What the pages asked for. `slow` holds a notification until it is set."""

    activated: list[str] = field(default_factory=list)
    notified: list[str] = field(default_factory=list)
    told: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def activate(self, token: str) -> str:
        self.activated.append(token)
        if token.startswith("perime"):
            raise PortailError("Ce lien est <trop> vieux : demandez-en un autre à la borne.", code="LIEN_PERIME")
        if token.startswith("casse"):
            raise RuntimeError("Martin, 06 00 00 00 00")
        return "Votre compte <b>est</b> activé."

    def notify(self, id_op: str) -> None:
        self.notified.append(id_op)
        self.told.release()
        if id_op.startswith("panne"):
            raise RuntimeError(id_op)


@pytest.fixture
def doings() -> Doings:
    return Doings()


@pytest.fixture
def kiosk(doings: Doings) -> Iterator[Served]:
    with served(activate=doings.activate, notified=doings.notify, clock=lambda: 0.0) as serving:
        yield serving


def test_opening_the_link_shows_a_button_and_uses_nothing(kiosk: Served, doings: Doings) -> None:
    for method in ("GET", "HEAD"):
        status, text, headers = asked(f"{kiosk.address}activer?jeton={TOKEN}", method)
        assert status == 200
        assert headers["Cache-Control"] == "no-store"
    status, text, _ = asked(f"{kiosk.address}activer?jeton={TOKEN}")
    assert f'value="{TOKEN}"' in text
    assert '<form method="post"' in text
    assert doings.activated == []


def test_the_button_uses_the_link_and_the_sentence_is_text(kiosk: Served, doings: Doings) -> None:
    status, text, _ = asked(f"{kiosk.address}activer", "POST", data={"jeton": TOKEN})
    assert status == 200
    assert doings.activated == [TOKEN]
    assert "Votre compte &lt;b&gt;est&lt;/b&gt; activé." in text


def test_a_refusal_is_told_in_its_sentence(kiosk: Served) -> None:
    status, text, _ = asked(f"{kiosk.address}activer", "POST", data={"jeton": "perime-12345"})
    assert status == 400
    assert "Ce lien est &lt;trop&gt; vieux" in text


def test_a_bug_shows_a_reference_and_no_data(kiosk: Served) -> None:
    status, text, _ = asked(f"{kiosk.address}activer", "POST", data={"jeton": "casse-12345"})
    assert status == 500
    assert "référence" in text
    assert "Martin" not in text


@pytest.mark.parametrize("token", ["", "court", '"><script>alert(1)</script>', "a" * 201, "é" * 12])
def test_a_link_cut_short_or_made_up_is_not_tried(kiosk: Served, doings: Doings, token: str) -> None:
    shown = asked(f"{kiosk.address}activer", params={"jeton": token})
    used = asked(f"{kiosk.address}activer", "POST", data={"jeton": token})
    assert (shown[0], used[0]) == (400, 400)
    assert "<script>alert" not in shown[1] + used[1]
    assert doings.activated == []


def test_links_are_not_guessed_by_trying(kiosk: Served, doings: Doings) -> None:
    statuses = [asked(f"{kiosk.address}activer", "POST", data={"jeton": f"perime-{n:05}"})[0] for n in range(12)]
    assert statuses == [400] * 10 + [429] * 2
    assert len(doings.activated) == 10


@pytest.mark.parametrize("name", ["idop", "idOp"])
def test_a_notification_gives_its_number_and_nothing_else_of_it(kiosk: Served, doings: Doings, name: str) -> None:
    posted = {name: ID_OP, "resultrans": "P", "montant": "1"}
    status, text, _ = asked(f"{kiosk.address}payfip/notification", "POST", data=posted)
    assert (status, text) == (200, "")
    assert doings.told.acquire(timeout=PATIENCE)
    assert doings.notified == [ID_OP]


@pytest.mark.parametrize("number", ["", "court", "a" * 65, "1' OR '1'='1", "é" * 20])
def test_what_is_no_number_of_an_operation_is_refused(kiosk: Served, doings: Doings, number: str) -> None:
    assert asked(f"{kiosk.address}payfip/notification", "POST", data={"idop": number})[0] == 400
    assert doings.notified == []


def test_a_notification_is_a_short_form(kiosk: Served, doings: Doings) -> None:
    address = f"{kiosk.address}payfip/notification"
    assert asked(address)[0] == 405
    assert asked(address, "POST", data={"idop": ID_OP, "long": "a" * 10_000})[0] == 413
    assert asked(address, "POST", json={"idop": ID_OP})[0] == 400
    assert (
        asked(address, "POST", data=b"\xff\xfe", headers={"Content-Type": "application/x-www-form-urlencoded"})[0]
        == 400
    )
    wrong = {"Content-Type": "application/x-www-form-urlencoded; charset=martien"}
    assert asked(address, "POST", data=f"idop={ID_OP}", headers=wrong)[0] == 400
    assert doings.notified == []


def test_a_notification_that_fails_does_not_stop_the_next(kiosk: Served, doings: Doings) -> None:
    for number in ("panne-0123", ID_OP):
        assert asked(f"{kiosk.address}payfip/notification", "POST", data={"idop": number})[0] == 200
        assert doings.told.acquire(timeout=PATIENCE)
    assert doings.notified == ["panne-0123", ID_OP]


def test_a_notification_sent_twice_at_once_is_done_once_and_finished_before_the_server_ends() -> None:
    begun, release = threading.Event(), threading.Event()
    done: list[str] = []

    def slowly(id_op: str) -> None:
        begun.set()
        assert release.wait(PATIENCE)
        done.append(id_op)

    with served(notified=slowly) as serving:
        for _ in range(3):
            assert asked(f"{serving.address}payfip/notification", "POST", data={"idop": ID_OP})[0] == 200
        assert begun.wait(PATIENCE)
        release.set()
    assert done == [ID_OP]


def test_coming_back_from_paying_shows_the_way_to_the_kiosk(kiosk: Served, doings: Doings) -> None:
    for method in ("GET", "POST"):
        status, text, _ = asked(f"{kiosk.address}payfip/retour?idop=<b>", method)
        assert status == 200
        assert "Vous pouvez revenir au portail" in text
        assert "&lt;b&gt;" not in text
        assert 'href="../"' in text
    assert doings.notified == []


def test_pages_that_nobody_wired_are_not_there() -> None:
    with served() as serving:
        assert asked(f"{serving.address}activer?jeton={TOKEN}")[0] == 404
        assert asked(f"{serving.address}payfip/notification", "POST", data={"idop": ID_OP})[0] == 404
