"""The adapter before a real service over HTTP: every result, every fault, what is sent, and what is never kept."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import date

import pytest
import trustme

from tests.payfip_server import CLIENT, LocalPayFip
from tui_portail.errors import InvalidInput
from tui_portail.payfip import PayFipMissing, PayFipRefused, PayFipService, PayFipUnreachable
from tui_portail.payfip_answers import (
    REFUSALS,
    AnswerDoesNotMatch,
    AnswerNotUnderstood,
    OnlineOutcome,
    PayFipAnswer,
    PaymentAsked,
    check_answer,
)
from tui_portail.payfip_simulator.exchanges import Answer
from tui_portail.payfip_simulator.faults import Fault, FaultKind, Operation
from tui_portail.payfip_simulator.sockets import LocalServer
from tui_portail.service_rules import PayFipMode

ASKED = PaymentAsked("PANIER000042", 1250, CLIENT, PayFipMode.TEST)


@pytest.mark.parametrize(
    ("letter", "outcome"),
    [
        ("P", OnlineOutcome.PAID),
        ("V", OnlineOutcome.PAID),
        ("R", OnlineOutcome.REFUSED),
        ("Z", OnlineOutcome.REFUSED),
        ("A", OnlineOutcome.ABANDONED),
    ],
)
def test_each_result_comes_back_whole(payfip: LocalPayFip, letter: str, outcome: OnlineOutcome) -> None:
    opened = payfip.opened()
    payfip.simulator.decide(opened.id_op, letter)
    answer = payfip.service().ask(opened.id_op)
    assert answer == PayFipAnswer(outcome, letter, "PANIER000042", 1250, date(2026, 12, 1), CLIENT, PayFipMode.TEST)
    check_answer(answer, ASKED)


def test_before_its_outcome_a_payment_is_pending_then_gone_the_night_after(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    for minutes in (0, 14, 2, 600):
        payfip.clock.forward(minutes=minutes)
        assert payfip.service().ask(opened.id_op) == PayFipAnswer(OnlineOutcome.PENDING, "P5")
    payfip.clock.forward(hours=12)
    assert payfip.service().ask(opened.id_op) == PayFipAnswer(OnlineOutcome.GONE, "P1")


def test_an_outcome_is_still_told_long_after(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    payfip.simulator.decide(opened.id_op, "P")
    payfip.clock.forward(days=30)
    assert payfip.service().ask(opened.id_op).outcome is OnlineOutcome.PAID


def test_a_payment_that_ends_after_its_quarter_of_an_hour_is_told_paid(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    payfip.clock.forward(minutes=20)
    payfip.simulator.faults.late_payments = True
    payfip.simulator.decide(opened.id_op, "P")
    check_answer(payfip.service().ask(opened.id_op), ASKED)


def test_asked_twice_a_payment_is_opened_twice(payfip: LocalPayFip) -> None:
    first, second = payfip.opened(), payfip.opened()
    assert first.id_op != second.id_op
    payfip.simulator.decide(first.id_op, "P")
    assert payfip.service().ask(second.id_op).outcome is OnlineOutcome.PENDING


def test_what_is_sent_is_what_payfip_asks_for(payfip: LocalPayFip) -> None:
    service = payfip.service(mode=PayFipMode.ACTIVATION)
    subject = "Périscolaire : école d’été – n° 4 " + "x" * 200
    opened = service.create("a" * 30, 9_999_999, subject, "parent@exemple.fr", 2027)
    (payment,) = payfip.simulator.tresor.payments()
    sent = payment.request
    assert (sent.client_number, sent.year, sent.reference, sent.amount) == (CLIENT, "2027", "a" * 30, "9999999")
    assert (sent.mode, sent.email) == ("X", "parent@exemple.fr")
    assert sent.subject is not None
    assert (len(sent.subject), sent.subject[:26]) == (100, "Periscolaire ecole dete n ")
    assert sent.notification_address == service.notification_address
    assert sent.return_address == service.return_address
    assert opened.page == payfip.simulator.page_of(payment.id_op)


def test_a_subject_of_which_nothing_is_left_is_not_sent(payfip: LocalPayFip) -> None:
    payfip.service().create("PANIER000042", 100, " «…» ", "a@b.fr", 2026)
    (payment,) = payfip.simulator.tresor.payments()
    assert payment.request.subject is None


@pytest.mark.parametrize(
    ("reference", "cents", "email", "year", "said"),
    [
        ("PANI", 1250, "parent@exemple.fr", 2026, "référence"),
        ("PANIER-0042", 1250, "parent@exemple.fr", 2026, "référence"),
        ("PANIER000042\n", 1250, "parent@exemple.fr", 2026, "référence"),
        ("x" * 31, 1250, "parent@exemple.fr", 2026, "référence"),
        ("PANIER000042", 99, "parent@exemple.fr", 2026, "guichet"),
        ("PANIER000042", -1250, "parent@exemple.fr", 2026, "guichet"),
        ("PANIER000042", 10_000_000, "parent@exemple.fr", 2026, "guichet"),
        ("PANIER000042", 1250, "a@b.f", 2026, "e-mail"),
        ("PANIER000042", 1250, "parent exemple@fr", 2026, "e-mail"),
        ("PANIER000042", 1250, f"{'x' * 75}@ab.fr", 2026, "e-mail"),
        ("PANIER000042", 1250, "parent@exemple.fr", 26, "exercice"),
    ],
)
def test_what_payfip_would_not_take_is_refused_before_it_is_sent(
    payfip: LocalPayFip, reference: str, cents: int, email: str, year: int, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        payfip.service().create(reference, cents, "Cantine", email, year)
    assert payfip.said == []


@pytest.mark.parametrize(
    "address", ["", "portail", "ftp://a.fr/", "https:///x", "https://a.fr/ b", f"https://a.fr/{'x' * 250}"]
)
def test_a_payment_needs_addresses_to_come_back_to(payfip: LocalPayFip, address: str) -> None:
    service = PayFipService(
        CLIENT, address=payfip.simulator.address, return_address=address, notification_address=address
    )
    with pytest.raises(InvalidInput, match="adresse du portail"):
        service.create("PANIER000042", 1250, "Cantine", "parent@exemple.fr", 2026)


@pytest.mark.parametrize("number", ["", "12345", "1234567", "12345a", "１２３４５６", "123456\n"])
def test_a_client_number_has_six_digits(number: str) -> None:
    with pytest.raises(InvalidInput, match="numéro de client"):
        PayFipService(number)


@pytest.mark.parametrize(
    "address",
    ["http://payfip.exemple.fr", "payfip", "https://a:b@c.fr", "https://a.fr/?x=1", "file:///etc/passwd", "http://["],
)
def test_another_service_is_reached_by_tls_or_on_this_machine(address: str) -> None:
    with pytest.raises(InvalidInput, match="adresse d’un service PayFiP"):
        PayFipService(CLIENT, address=address)


def test_without_another_address_the_tresor_is_asked_by_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("eopayment")
    from tui_portail import payfip_transport

    asked: list[str] = []

    def unplugged(session: object, address: str, **_: object) -> None:
        asked.append(address)
        raise payfip_transport.NotSent

    monkeypatch.setattr(payfip_transport.requests.Session, "post", unplugged)
    with pytest.raises(PayFipUnreachable):
        PayFipService(CLIENT).client()
    assert asked == ["https://www.payfip.gouv.fr/tpa/services/securite"]


def test_the_client_is_told_by_its_labels(payfip: LocalPayFip) -> None:
    known = payfip.service().client()
    assert (known.number, known.labels) == (CLIENT, ("COMMUNE D ESSAI", "REGIE PERISCOLAIRE"))


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_each_refusal_says_its_meaning_and_what_to_do(payfip: LocalPayFip, code: str) -> None:
    payfip.simulator.faults.add(Fault(FaultKind.FUNCTIONAL, Operation.CREATE, code=code))
    with pytest.raises(PayFipRefused) as refused:
        payfip.opened()
    assert refused.value.payfip_code == code
    assert REFUSALS[code].meaning in refused.value.sentence
    assert REFUSALS[code].advice in refused.value.sentence


def test_a_client_unknown_to_payfip_is_refused(payfip: LocalPayFip) -> None:
    with pytest.raises(PayFipRefused, match=r"T2.*inconnu de PayFiP"):
        payfip.service(client="111111").client()


def test_a_code_unknown_here_is_told_with_payfips_own_words(payfip: LocalPayFip) -> None:
    payfip.simulator.faults.add(Fault(FaultKind.FUNCTIONAL, Operation.ASK, code="Q7"))
    with pytest.raises(PayFipRefused, match=r"Q7.*« code inconnu du simulateur »") as refused:
        payfip.service().ask(payfip.opened().id_op)
    assert refused.value.payfip_code == "Q7"


@pytest.mark.parametrize("kind", [FaultKind.OTHER_AMOUNT, FaultKind.OTHER_REFERENCE])
def test_a_success_for_something_else_is_not_believed(payfip: LocalPayFip, kind: FaultKind) -> None:
    opened = payfip.opened()
    payfip.simulator.decide(opened.id_op, "P")
    payfip.simulator.faults.add(Fault(kind, Operation.ASK))
    answer = payfip.service().ask(opened.id_op)
    assert answer.outcome is OnlineOutcome.PAID
    with pytest.raises(AnswerDoesNotMatch):
        check_answer(answer, ASKED)
    check_answer(payfip.service().ask(opened.id_op), ASKED)


def test_a_success_under_another_identifier_is_not_even_an_answer(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    payfip.simulator.decide(opened.id_op, "P")
    payfip.simulator.faults.add(Fault(FaultKind.OTHER_IDENTIFIER, Operation.ASK))
    with pytest.raises(AnswerDoesNotMatch, match="autre identifiant"):
        payfip.service().ask(opened.id_op)


def test_a_result_that_is_no_known_letter_is_not_a_success(payfip: LocalPayFip) -> None:
    opened = payfip.opened()
    payfip.simulator.decide(opened.id_op, "P")
    payfip.simulator.faults.add(Fault(FaultKind.UNKNOWN_CODE, Operation.ASK))
    with pytest.raises(AnswerNotUnderstood, match="« K »"):
        payfip.service().ask(opened.id_op)


@pytest.mark.parametrize(
    "kind", [FaultKind.LOST_ANSWER, FaultKind.HTTP_500, FaultKind.TECHNICAL, FaultKind.GARBAGE], ids=str
)
def test_a_creation_without_answer_may_have_been_done(payfip: LocalPayFip, kind: FaultKind) -> None:
    payfip.simulator.faults.add(Fault(kind, Operation.CREATE))
    with pytest.raises(PayFipUnreachable, match="s’est perdue") as lost:
        payfip.opened()
    assert lost.value.maybe_created
    assert len(payfip.simulator.tresor.payments()) == (kind in {FaultKind.LOST_ANSWER, FaultKind.GARBAGE})
    assert payfip.opened().id_op in {payment.id_op for payment in payfip.simulator.tresor.payments()}


@pytest.mark.parametrize(
    "kind", [FaultKind.LOST_ANSWER, FaultKind.HTTP_500, FaultKind.TECHNICAL, FaultKind.GARBAGE], ids=str
)
def test_a_question_without_answer_is_no_outcome_and_can_be_asked_again(payfip: LocalPayFip, kind: FaultKind) -> None:
    opened = payfip.opened()
    payfip.simulator.decide(opened.id_op, "P")
    payfip.simulator.faults.add(Fault(kind, Operation.ASK))
    with pytest.raises(PayFipUnreachable, match="Ne payez pas une seconde fois") as lost:
        payfip.service().ask(opened.id_op)
    assert not lost.value.maybe_created
    assert payfip.service().ask(opened.id_op).outcome is OnlineOutcome.PAID


def test_an_answer_that_does_not_come_in_time_is_lost(payfip: LocalPayFip) -> None:
    service = payfip.service(timeout=0.2)
    late = payfip.simulator.faults.add(Fault(FaultKind.DELAY, Operation.CREATE))
    with pytest.raises(PayFipUnreachable) as lost:
        service.create("PANIER000042", 1250, "Cantine", "parent@exemple.fr", 2026)
    assert lost.value.maybe_created
    late.released.set()


def test_a_service_that_is_not_there_was_sent_nothing() -> None:
    pytest.importorskip("eopayment")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(PayFipUnreachable, match="aucun paiement n’a été demandé") as lost:
        opened_at(f"http://127.0.0.1:{port}")
    assert not lost.value.maybe_created


def test_a_proxy_is_never_between_this_machine_and_itself(payfip: LocalPayFip, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    assert payfip.service().client().number == CLIENT


def test_a_certificate_of_nobody_known_is_sent_nothing() -> None:
    pytest.importorskip("eopayment")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    heard: list[bytes] = []
    with answering(lambda body: heard.append(body) or Answer(200, b"", {}), context) as port:
        with pytest.raises(PayFipUnreachable, match="aucun paiement n’a été demandé") as lost:
            opened_at(f"https://127.0.0.1:{port}")
        assert not lost.value.maybe_created
    assert heard == []


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>&b;</S:Body></S:Envelope>'
)
EMPTY = b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body/></S:Envelope>'
NO_RETURN = (
    b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><p:recupererDetailClientResponse xmlns:p='
    b'"http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService"/>'
    b"</S:Body></S:Envelope>"
)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, BOMB, {"Content-Type": "text/xml"}),
        Answer(200, EMPTY, {"Content-Type": "text/xml"}),
        Answer(200, b"", {}),
        Answer(204, b"", {}),
        Answer(404, b"<html/>", {}),
        Answer(200, b'{"a": 1}', {"Content-Type": "application/json"}),
    ],
    ids=["entities", "empty body", "nothing", "204", "404", "json"],
)
def test_an_answer_that_is_not_payfips_is_lost_not_believed(answer: Answer) -> None:
    pytest.importorskip("eopayment")
    with answering(lambda body: answer) as port, pytest.raises(PayFipUnreachable) as lost:
        opened_at(f"http://127.0.0.1:{port}")
    assert lost.value.maybe_created


def test_a_redirection_is_not_followed() -> None:
    pytest.importorskip("eopayment")
    heard: list[bytes] = []
    with answering(lambda body: heard.append(body) or Answer(200, EMPTY, {})) as other:
        away = {"Location": f"http://127.0.0.1:{other}/services/securite"}
        with answering(lambda body: Answer(307, b"", away)) as port, pytest.raises(PayFipUnreachable):
            opened_at(f"http://127.0.0.1:{port}")
    assert heard == []


def test_an_answer_too_long_to_be_payfips_is_not_read() -> None:
    pytest.importorskip("eopayment")
    for padding, read in ((100, True), (300_000, False)):
        body = NO_RETURN + b"\n" * padding
        with answering(lambda _, body=body: Answer(200, body, {"Content-Type": "text/xml"})) as port:  # type: ignore[misc]
            service = PayFipService(CLIENT, address=f"http://127.0.0.1:{port}")
            if read:
                service.client()
                continue
            with pytest.raises(PayFipUnreachable):
                service.client()


def test_an_answer_without_a_result_concludes_nothing() -> None:
    pytest.importorskip("eopayment")
    with answering(lambda body: Answer(200, NO_RETURN, {"Content-Type": "text/xml"})) as port:
        known = PayFipService(CLIENT, address=f"http://127.0.0.1:{port}").client()
    assert (known.number, known.labels) == ("", ())


@pytest.mark.parametrize("typed", ["", "../x", "a b", "é" * 10, "x" * 65])
def test_only_an_identifier_is_asked_about(payfip: LocalPayFip, typed: str) -> None:
    with pytest.raises(InvalidInput):
        payfip.service().ask(typed)
    assert payfip.said == []


def test_nothing_of_the_bank_nor_of_the_payer_is_in_an_answer_or_an_error(payfip: LocalPayFip) -> None:
    assert {field.name for field in fields(PayFipAnswer)} == {
        "outcome", "code", "reference", "amount_cents", "paid_on", "client_number", "mode",
    }  # fmt: skip
    opened = payfip.opened()
    payfip.simulator.decide(opened.id_op, "P")
    assert "SIMULATION" not in repr(payfip.service().ask(opened.id_op))
    payfip.simulator.faults.add(Fault(FaultKind.GARBAGE, Operation.ASK))
    with pytest.raises(PayFipUnreachable) as lost:
        payfip.service().ask(opened.id_op)
    assert lost.value.__cause__ is None
    assert lost.value.__suppress_context__


def test_threads_ask_at_once_and_each_gets_its_own_answer(payfip: LocalPayFip) -> None:
    service = payfip.service()
    opened = {f"PANIER{number:06}": payfip.opened(f"PANIER{number:06}", 1000 + number) for number in range(8)}
    for one in opened.values():
        payfip.simulator.decide(one.id_op, "P")
    told: dict[str, PayFipAnswer] = {}
    threads = [
        threading.Thread(target=lambda name=name, one=one: told.update({name: service.ask(one.id_op)}))  # type: ignore[misc]
        for name, one in opened.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {name: answer.reference for name, answer in told.items()} == {name: name for name in opened}


def test_without_the_library_which_extra_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "eopayment", None)
    with pytest.raises(PayFipMissing, match="extension « paiement »"):
        PayFipService(CLIENT).client()


def opened_at(address: str) -> None:
    service = PayFipService(
        CLIENT, address=address, return_address="https://a.fr/", notification_address="https://a.fr/", timeout=30
    )
    service.create("PANIER000042", 1250, "Cantine", "parent@exemple.fr", 2026)


@contextmanager
def answering(answer: Callable[[bytes], Answer], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    server = LocalServer(0, lambda path, query: None, lambda path, body, form: answer(body))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]  # a handshake refused is expected
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.port
    finally:
        server.shutdown()
        server.server_close()
