"""Messages to families, handed to a real SMTP server: what arrives, over which link, and what is told when nothing leaves."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mail_server import SENDER, Answers, PostOffice, serving_mail
from tests.mail_server import mail_server as mail_server
from tui_portail.errors import InvalidInput
from tui_portail.logs import keep_logs, note_incident
from tui_portail.mailing import Attachment, MailNotSent, Message, send, written
from tui_portail.settings import MailServer

SECRET = "-".join(("tilleul", "soupe", "jeudi"))
ACCOUNT = ("periscolaire", SECRET)
TO = "marie.durand@exemple.fr"
BODY = (
    "Bonjour Maëlle,\n\nVotre lien : https://portail.exemple.fr/activer?code=a=b&c=d\n.\nL’œuf, « ça » coûte 3,20 €.\n"
    + "é" * 300
)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def a_message(**changed: object) -> Message:
    return Message(**{"to": TO, "subject": "Votre accès à l’espace famille", "body": BODY} | changed)  # type: ignore[arg-type]


def refusal(office: PostOffice | MailServer, message: Message | None = None, **options: object) -> MailNotSent:
    server = office.settings if isinstance(office, PostOffice) else office
    with pytest.raises(MailNotSent) as refused:
        send(server, message or a_message(), **options)  # type: ignore[arg-type]
    return refused.value


def test_a_message_arrives_with_its_accents_and_its_files_byte_for_byte(mail_server: PostOffice) -> None:
    pdf = b"%PDF-1.7\r\n.\r\n" + bytes(range(256)) * 400
    files = (Attachment("Quittance n° 2026-000123, été.pdf", pdf), Attachment("agenda.ics", b"BEGIN", "text/calendar"))
    sent = a_message(attachments=files, sender_name="Mairie de Clapiers, « Enfance/Jeunesse »")

    answer = send(mail_server.settings, sent)

    (received,) = mail_server.messages
    assert answer == "2.0.0 Ok: queued as 1"
    assert received["Subject"] == sent.subject
    assert mail_server.text_to(TO).replace("\r\n", "\n").rstrip("\n") == BODY
    assert [(one.get_filename(), one.get_content_type()) for one in received.iter_attachments()] == [
        (files[0].name, "application/pdf"),
        ("agenda.ics", "text/calendar"),
    ]
    assert next(received.iter_attachments()).get_content() == pdf
    (sender,) = received["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (sent.sender_name, SENDER)


def test_a_message_says_that_a_program_wrote_it_when_and_nothing_of_the_machine(mail_server: PostOffice) -> None:
    before = datetime.now(UTC)
    send(mail_server.settings, a_message())
    send(mail_server.settings, a_message())
    one, other = mail_server.messages
    assert one["Auto-Submitted"] == "auto-generated"
    assert -1 <= (one["Date"].datetime - before).total_seconds() < 60
    assert one["Message-ID"] != other["Message-ID"]
    assert one["Message-ID"].endswith("@clapiers.example>")
    assert socket.gethostname() not in one.as_string()
    assert set(mail_server.presented) == {"[127.0.0.1]"}


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("account", [None, ACCOUNT])
def test_a_message_leaves_encrypted_from_a_server_that_proves_its_name(
    authority: trustme.CA, trusted: ssl.SSLContext, security: str, account: tuple[str, str] | None
) -> None:
    with serving_mail(security, certified(authority, "localhost"), account, host="localhost") as office:
        send(office.settings, a_message(), context=trusted)
    assert (len(office.messages), office.encrypted) == (1, [True])
    assert office.accounts == ([] if account is None else [account])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("name", "known", "told"), [("autre.exemple.fr", True, "d’un autre"), ("localhost", False, "autorité")]
)
def test_a_certificate_of_another_name_or_of_nobody_known_stops_the_message_before_any_password(
    authority: trustme.CA, trusted: ssl.SSLContext, security: str, name: str, known: bool, told: str
) -> None:
    with serving_mail(security, certified(authority, name), ACCOUNT, host="localhost") as office:
        refused = refusal(office, context=trusted if known else None)
    assert (refused.code, told in refused.sentence) == ("COURRIEL_NON_PROTEGE", True)
    assert (office.messages, office.accounts) == ([], [])


def test_a_server_without_starttls_gets_neither_password_nor_message() -> None:
    with serving_mail(account=ACCOUNT) as office:
        asked = MailServer("127.0.0.1", SENDER, office.settings.port, "starttls", *ACCOUNT)
        refused = refusal(asked)
    assert (refused.code, "STARTTLS" in refused.sentence) == ("COURRIEL_NON_PROTEGE", True)
    assert (office.messages, office.accounts) == ([], [])


def test_tls_asked_of_a_port_that_speaks_in_clear_is_told(mail_server: PostOffice) -> None:
    refused = refusal(MailServer("127.0.0.1", SENDER, mail_server.settings.port, "tls"))
    assert (refused.code, "vont-ils ensemble" in refused.sentence) == ("COURRIEL_NON_PROTEGE", True)


def test_nothing_goes_in_clear_to_another_machine() -> None:
    refused = refusal(MailServer("smtp.exemple.invalid", SENDER, 25, "aucune"))
    assert (refused.code, "en clair" in refused.sentence) == ("COURRIEL_NON_PROTEGE", True)


def test_a_wrong_password_is_told_without_it_in_the_sentence_and_in_the_logs(tmp_path: Path) -> None:
    with serving_mail(account=ACCOUNT) as office:
        wrong = MailServer("127.0.0.1", SENDER, office.settings.port, "aucune", ACCOUNT[0], f"{SECRET}x")
        with keep_logs(tmp_path):
            refused = refusal(wrong)
            note_incident(refused)
    assert refused.code == "COURRIEL_COMPTE_REFUSE"
    assert "réponse 535 5.7.8" in refused.sentence
    one: BaseException | None = refused
    while one is not None:
        assert SECRET not in f"{one!s}{one!r}{vars(one)}"
        one = one.__cause__ or one.__context__
    logged = "".join(file.read_text(encoding="utf-8") for file in tmp_path.glob("*.log"))
    assert "courriel issue=COURRIEL_COMPTE_REFUSE" in logged
    assert SECRET not in logged
    assert SECRET not in repr(wrong)


def test_an_account_without_password_with_an_accent_or_that_nobody_asks_for_is_told(mail_server: PostOffice) -> None:
    with serving_mail(account=ACCOUNT) as office:
        nobody = MailServer("127.0.0.1", SENDER, office.settings.port, "aucune", "periscolaire")
        assert "mot-de-passe enregistrer --courriel" in refusal(nobody).sentence
        accented = MailServer("127.0.0.1", SENDER, office.settings.port, "aucune", "periscolaire", f"é{SECRET}")
        refused = refusal(accented)
        assert "a un accent" in refused.sentence
        assert SECRET not in f"{refused.__cause__!r}{refused.__context__!r}"
    plain = MailServer("127.0.0.1", SENDER, mail_server.settings.port, "aucune", *ACCOUNT)
    assert "ne demande pas de mot de passe" in refusal(plain).sentence


@pytest.mark.parametrize(
    ("answers", "code", "told"),
    [
        (Answers(recipients={TO: "550 5.1.1 no such user"}), "COURRIEL_DESTINATAIRE_REFUSE", "550 5.1.1"),
        (Answers(recipients={TO: "450 4.2.1 try later"}), "COURRIEL_REFUSE", "dans quelques minutes"),
        (Answers(recipients={TO: "421 4.3.2 closing"}), "COURRIEL_SERVEUR_INJOIGNABLE", "421 4.3.2"),
        (Answers(sender="553 5.7.1 not yours"), "COURRIEL_EXPEDITEUR_REFUSE", "courriel_expediteur"),
        (Answers(message="554 5.7.1 spam: https://portail"), "COURRIEL_REFUSE", "réponse 554 5.7.1"),
        (Answers(message="452 4.3.1 full"), "COURRIEL_REFUSE", "dans quelques minutes"),
    ],
)
def test_what_a_server_refuses_is_told_by_its_codes_and_never_by_its_words(
    answers: Answers, code: str, told: str
) -> None:
    with serving_mail(answers=answers) as office:
        refused = refusal(office)
    assert refused.code == code
    assert told in refused.sentence
    assert refused.answer
    assert refused.answer.partition(" ")[2] not in refused.sentence
    assert office.messages == []


@contextmanager
def a_silent_server() -> Iterator[MailServer]:
    """A server that lets people in and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield MailServer("127.0.0.1", SENDER, listening.getsockname()[1], "aucune")


def test_a_server_that_says_nothing_is_left_after_the_time_given() -> None:
    with a_silent_server() as silent:
        for security in ("aucune", "starttls", "tls"):
            server = MailServer(silent.host, SENDER, silent.port, security)
            refused = refusal(server, timeout_seconds=0.05)
            assert (refused.code, "il ne dit rien" in refused.sentence) == ("COURRIEL_SERVEUR_INJOIGNABLE", True)


def test_a_server_that_is_not_there_or_that_nobody_knows_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "rien n’écoute" in refusal(MailServer("127.0.0.1", SENDER, port, "aucune")).sentence
    assert "pas connu" in refusal(MailServer("a" * 70 + ".exemple.invalid", SENDER)).sentence
    assert "[::1]:2525" in str(MailServer("::1", SENDER, 2525))


@pytest.mark.parametrize(
    "hostile", ["Bonjour\r\nBcc: tous@exemple.fr", "Bonjour\nX: y", "a\rb", "a\x0bb", "a\u2028b", "a\x00b", "\ud800"]
)
def test_no_text_becomes_a_header(hostile: str) -> None:
    with pytest.raises(InvalidInput):
        a_message(subject=hostile)
    with pytest.raises(InvalidInput):
        a_message(sender_name=hostile)
    with pytest.raises(InvalidInput):
        Attachment(hostile, b"")
    with pytest.raises(InvalidInput):
        a_message(to=f"{hostile}@exemple.fr")


@pytest.mark.parametrize(
    "to",
    ["", "marie", "a@b", "a@b.fr\r\nBcc: c@d.fr", "a@b.fr, c@d.fr", "a@b.fr>", "<a@b.fr>", "a b@c.fr", "é@b.fr", '"a"@b.fr',
     "a(c)@b.fr", "a..b@c.fr", "a@-b.fr", "a@b..fr", "a@" + "b" * 70 + ".fr", "a@b.fr;c@d.fr", "a:b@c.fr"],
)  # fmt: skip
def test_an_address_that_no_message_can_be_sent_to_is_refused(to: str) -> None:
    with pytest.raises(InvalidInput):
        a_message(to=to)


def test_a_domain_with_accents_travels_in_ascii(mail_server: PostOffice) -> None:
    send(mail_server.settings, a_message(to="  direction@école.exemple "))
    assert mail_server.opened == ["direction@xn--cole-9oa.exemple"]


LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200)


@settings(max_examples=150)
@given(subject=LINE, name=LINE, body=st.text(), file=LINE)
def test_whatever_is_written_the_headers_stay_those_of_the_program(
    subject: str, name: str, body: str, file: str
) -> None:
    import email
    import email.policy

    message = Message(TO, subject, body, (Attachment(file, b"%PDF"),), name)
    content = written(message, SENDER).as_bytes()
    received = email.message_from_bytes(content, policy=email.policy.SMTP)
    assert [name for name in received.keys() if name not in {"Content-Type"}] == [  # noqa: SIM118  a message is no mapping
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
    ]  # fmt: skip
    assert [one.addr_spec for one in received["To"].addresses] == [TO]
    assert [one.addr_spec for one in received["From"].addresses] == [SENDER]
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    (attached,) = received.iter_attachments()
    assert attached.get_content() == b"%PDF"
