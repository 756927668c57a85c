"""The simulator as others see it: its WSDL, its schema, its fields, its page, its notifications."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.payfip_server import CLIENT, LocalPayFip, MovedClock
from tui_portail.payfip import PayFipService
from tui_portail.payfip_answers import OnlineOutcome
from tui_portail.payfip_simulator.requests_checked import PaymentRequest, check_request

pytest.importorskip("eopayment", reason="the extra « paiement » is not installed")

import requests
import zeep
import zeep.exceptions

from tui_portail.payfip_simulator.exchanges import Answer
from tui_portail.payfip_simulator.sockets import LocalServer
from tui_portail.payfip_simulator.tresor import FunctionalFault, SimulatedPayment

SERVICE = "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService"
GOOD = PaymentRequest(
    CLIENT, "2026", "PANIER000042", "Cantine", "1250", "parent@exemple.fr", "T", "https://a.fr/n", "https://a.fr/r"
)


def test_whoever_reads_its_wsdl_speaks_to_it_and_to_nobody_else(payfip: LocalPayFip) -> None:
    address = payfip.simulator.address
    client = zeep.Client(f"{address}/services/securite?wsdl")
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    assert port.binding_options["address"] == f"{address}/services/securite"
    id_op = client.service.creerPaiementSecurise(
        {"exer": "2026", "mel": "parent@exemple.fr", "montant": "1250", "numcli": CLIENT, "refdet": "PANIER000042",
         "saisie": "T", "urlnotif": "https://a.fr/n", "urlredirect": "https://a.fr/r"}
    )  # fmt: skip
    with pytest.raises(zeep.exceptions.Fault, match="FonctionnelleErreur"):
        client.service.recupererDetailPaiementSecurise({"idOp": id_op})


@pytest.mark.parametrize("wrong", [*"TABC", "", "12345", "12345678901234567890", None])
def test_the_first_wrong_field_is_told_by_its_code(wrong: str | None) -> None:
    assert check_request(GOOD) is None
    told = {
        "client_number": "T1", "mode": "S1", "year": "E1", "reference": "R3", "amount": "M1",
        "notification_address": "N1", "return_address": "D1",
    }  # fmt: skip
    for name, code in told.items():
        given: dict[str, Any] = {field: getattr(GOOD, field) for field in GOOD.__slots__}
        given[name] = wrong
        refused = check_request(PaymentRequest(**given))
        accepted = {"reference": wrong in {"12345678901234567890"}, "mode": wrong == "T", "amount": wrong == "12345"}
        assert refused == (None if accepted.get(name) else code), (name, wrong)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("montant", "99", "M3"),
        ("montant", "10000000", "M5"),
        ("montant", "12,50", "M1"),
        ("montant", "-100", "M1"),
        ("mel", "", "A1"),
        ("mel", "john.doeexample.com", "A2"),
        ("refdet", "ABCD", "R3"),
        ("numcli", "999999", "T2"),
        ("objet", "é", "O1"),
        ("saisie", "M", "S1"),
        ("urlnotif", "portail", "N1"),
        ("urlredirect", "portail", "D1"),
    ],
)
def test_a_wrong_field_is_a_functional_fault_of_its_code(
    payfip: LocalPayFip, field: str, value: str, code: str
) -> None:
    answer = post(payfip, envelope(**{field: value}))
    assert answer.status_code == 500
    assert "FonctionnelleErreur" in answer.text
    assert f"<code>{code}</code>" in answer.text


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"<a/>",
        b"<a",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body/></S:Envelope>',
    ],
)
def test_what_is_no_soap_message_is_a_fault_of_the_sender(payfip: LocalPayFip, message: bytes) -> None:
    answer = post(payfip, message)
    assert (answer.status_code, "S:Client" in answer.text) == (500, True)


@pytest.mark.parametrize(
    "inside",
    [
        "<inconnu>1</inconnu>",
        "<numcli>090909</numcli><exer>2026</exer>",
        "<exer>2026</exer><exer>2026</exer>",
        '<x:exer xmlns:x="urn:x">2026</x:exer>',
        "<exer>2026<b/></exer>",
    ],
    ids=["unknown field", "out of order", "twice", "other namespace", "not a text"],
)
def test_a_message_that_breaks_the_schema_is_a_fault_of_the_sender_and_does_nothing(
    payfip: LocalPayFip, inside: str
) -> None:
    answer = post(payfip, soap(f"<p:creerPaiementSecurise><arg0>{inside}</arg0></p:creerPaiementSecurise>"))
    assert (answer.status_code, "S:Client" in answer.text, "schéma" in answer.text) == (500, True, True)
    assert payfip.simulator.tresor.payments() == ()


def test_an_operation_of_no_such_name_is_a_fault_of_the_sender(payfip: LocalPayFip) -> None:
    assert "aucune opération" in post(payfip, soap("<p:rembourser/>")).text


def test_a_request_without_its_argument_is_refused_by_its_fields(payfip: LocalPayFip) -> None:
    for operation, code in (
        ("creerPaiementSecurise", "T1"), ("recupererDetailClient", "T1"), ("recupererDetailPaiementSecurise", "P1"),
    ):  # fmt: skip
        assert f"<code>{code}</code>" in post(payfip, soap(f"<p:{operation}/>")).text


class Page(HTMLParser):
    """What a page offers: its texts, its buttons and its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.buttons: dict[str, str] = {}
        self.links: list[str] = []
        self.language = self.text = self._value = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.language = given.get("lang") or self.language if tag == "html" else self.language
        self._value = given.get("value") or "" if tag == "button" else ""
        if tag == "a":
            self.links.append(given.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._value:
            self.buttons[self._value] = data
            self._value = ""


def test_the_page_says_that_nothing_is_real_and_offers_every_outcome(payfip: LocalPayFip) -> None:
    answer = requests.get(payfip.opened().page, timeout=30)
    page = Page(answer.text)
    assert (answer.status_code, page.language) == (200, "fr")
    assert "Simulation, aucun paiement réel" in page.text
    assert "12,50\xa0€" in page.text
    assert [*page.buttons] == ["P", "V", "R", "Z", "A"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert 'name="viewport"' in answer.text


@pytest.mark.parametrize("letter", [*"PVRZA"])
def test_a_button_decides_and_the_way_back_is_shown(payfip: LocalPayFip, letter: str) -> None:
    opened = payfip.opened()
    answer = decide(payfip, opened.id_op, letter)
    assert (answer.status_code, Page(answer.text).links) == (200, ["https://portail.mairie.exemple/retour"])
    assert payfip.service().ask(opened.id_op).code == letter


def test_an_outcome_is_decided_once_whoever_presses_again(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    assert decide(payfip, opened.id_op, "R").status_code == 200
    again = decide(payfip, opened.id_op, "P")
    assert (again.status_code, "déjà utilisé" in again.text) == (409, True)
    assert requests.get(opened.page, timeout=30).status_code == 409
    assert payfip.service().ask(opened.id_op).outcome is OnlineOutcome.REFUSED
    assert len(payfip.simulator.notified) == 1


def test_pressed_by_many_at_once_one_outcome_stands(payfip: LocalPayFip) -> None:
    id_op = payfip.opened().id_op
    ready, codes = threading.Barrier(6), []

    def press() -> None:
        ready.wait(30)
        codes.append(decide(payfip, id_op, "P").status_code)

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == [200, 409, 409, 409, 409, 409]


def test_after_a_quarter_of_an_hour_the_page_takes_nothing(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    payfip.clock.forward(minutes=14, seconds=59)
    assert requests.get(opened.page, timeout=30).status_code == 200
    payfip.clock.forward(seconds=1)
    assert requests.get(opened.page, timeout=30).status_code == 410
    assert decide(payfip, opened.id_op, "P").status_code == 410
    assert payfip.service().ask(opened.id_op).outcome is OnlineOutcome.PENDING


def test_a_payment_of_nobody_has_no_page(payfip: LocalPayFip) -> None:
    for id_op in ("", "cc0cb210-1cd4-11ea-8cca-0213ad91a103", "<b>"):
        answer = requests.get(f"{payfip.simulator.address}/paiement", params={"idop": id_op}, timeout=30)
        assert (answer.status_code, "<b>" in answer.text) == (404, False)
    assert decide(payfip, payfip.opened().id_op, "K").status_code == 400
    assert requests.get(f"{payfip.simulator.address}/autre", timeout=30).status_code == 404
    assert requests.post(f"{payfip.simulator.address}/autre", timeout=30).status_code == 404
    assert requests.post(f"{payfip.simulator.address}/paiement", data=b"x" * 70_000, timeout=30).status_code == 413


def test_texts_of_a_payment_are_shown_as_texts(payfip: LocalPayFip) -> None:
    back = "https://a.fr/?x=%22%3E&y='\"><script>alert(1)</script>"
    PayFipService(
        CLIENT, address=payfip.simulator.address, return_address=back, notification_address="http://127.0.0.1:9/"
    ).create("PANIER000042", 1250, "Cantine", "parent@exemple.fr", 2026)
    (payment,) = payfip.simulator.tresor.payments()
    shown = decide(payfip, payment.id_op, "A").text
    assert "<script" not in shown
    assert Page(shown).links == [back]


@pytest.mark.parametrize("times", [0, 1, 2])
def test_an_outcome_is_notified_as_often_as_wished_and_can_be_asked_meanwhile(payfip: LocalPayFip, times: int) -> None:
    payfip.simulator.faults.notifications = times
    told: list[tuple[str, OnlineOutcome]] = []

    def portal(form: dict[str, str]) -> None:
        told.append((form["idop"], payfip.service().ask(form["idop"]).outcome))

    with notified(portal) as address:
        opened = PayFipService(
            CLIENT, address=payfip.simulator.address, return_address="https://a.fr/", notification_address=address
        ).create("PANIER000042", 1250, "Cantine", "parent@exemple.fr", 2026)
        decide(payfip, opened.id_op, "P")
    assert told == [(opened.id_op, OnlineOutcome.PAID)] * times
    assert [one.status for one in payfip.simulator.notified] == [204] * times


def test_a_portal_that_is_not_there_does_not_undo_the_payment(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    assert decide(payfip, opened.id_op, "P").status_code == 200
    assert [one.status for one in payfip.simulator.notified] == [None]


def test_a_payment_is_forgotten_on_purpose(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    payfip.simulator.tresor.forget(opened.id_op)
    assert payfip.service().ask(opened.id_op).outcome is OnlineOutcome.GONE
    with pytest.raises(FunctionalFault, match="P1"):
        payfip.simulator.decide(opened.id_op, "P")


@pytest.mark.parametrize(
    ("asked", "kept_until"),
    [
        (datetime(2026, 12, 1, 11, 0, tzinfo=UTC), datetime(2026, 12, 2, 2, 0, tzinfo=UTC)),
        (datetime(2026, 12, 1, 23, 30, tzinfo=UTC), datetime(2026, 12, 2, 2, 0, tzinfo=UTC)),
        (datetime(2026, 12, 2, 1, 50, tzinfo=UTC), datetime(2026, 12, 3, 2, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 11, 0, tzinfo=UTC), datetime(2026, 7, 2, 1, 0, tzinfo=UTC)),
    ],
)
def test_what_is_left_without_outcome_goes_at_three_in_paris(asked: datetime, kept_until: datetime) -> None:
    payment, clock = SimulatedPayment("x", GOOD, asked), MovedClock(kept_until)
    assert payment.is_forgotten(clock())
    clock.forward(seconds=-1)
    assert not payment.is_forgotten(clock())


def test_nobody_outside_this_machine_reaches_it(payfip: LocalPayFip) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", payfip.simulator.address)


def soap(body: str) -> bytes:
    return (
        f'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="{SERVICE}"><S:Body>{body}</S:Body></S:Envelope>'
    ).encode()


def envelope(**changed: str) -> bytes:
    given = {
        "exer": "2026", "mel": "parent@exemple.fr", "montant": "1250", "numcli": CLIENT, "objet": "Cantine",
        "refdet": "PANIER000042", "saisie": "T", "urlnotif": "https://a.fr/n", "urlredirect": "https://a.fr/r",
    } | changed  # fmt: skip
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in given.items())
    return soap(f"<p:creerPaiementSecurise><arg0>{inside}</arg0></p:creerPaiementSecurise>")


def post(payfip: LocalPayFip, message: bytes) -> requests.Response:
    return requests.post(
        f"{payfip.simulator.address}/services/securite", data=message, headers={"Content-Type": "text/xml"}, timeout=30
    )


def decide(payfip: LocalPayFip, id_op: str, letter: str) -> requests.Response:
    return requests.post(f"{payfip.simulator.address}/paiement", data={"idop": id_op, "resultat": letter}, timeout=30)


@contextmanager
def notified(take: Any) -> Iterator[str]:
    """Give the address of a portal that takes notifications."""
    server = LocalServer(0, lambda path, query: None, lambda path, body, form: take(form) or Answer(204, b"", {}))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.port}/notification"
    finally:
        server.shutdown()
        server.server_close()
