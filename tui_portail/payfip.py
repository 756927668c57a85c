"""PayFiP's web service, as the families' portal needs it: ask a payment, ask what became of it, ask who the client is.

eopayment speaks SOAP with PayFiP (extra « paiement », imported only when a call is made) from its own copy of the WSDL; amounts stay
integer cents. Nothing of the bank is kept: the authorisation's number, the e-mail and the subject stop here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import urlencode

from tui_portail.errors import InvalidInput, PortailError
from tui_portail.payfip_answers import (
    NOT_YET,
    REFUSALS,
    AnswerDoesNotMatch,
    AnswerNotUnderstood,
    PayFipAnswer,
    outcome_of,
)
from tui_portail.payfip_fields import (
    check_client_number,
    check_come_back,
    check_payment,
    check_service_address,
    is_id_op,
    quoted,
)
from tui_portail.service_rules import PayFipMode

SERVICE_PATH = "/services/securite"
PAGE_PATH = "/paiement"
"""Where a service other than the Trésor's (the simulator) takes SOAP messages and shows its payment page."""

TRESOR_SERVICE = "https://www.payfip.gouv.fr/tpa/services/securite"
TIMEOUT_SECONDS = 10.0
AMOUNT = re.compile(r"[0-9]{1,11}")


class PayFipMissing(PortailError):
    """The library that speaks with PayFiP is not installed."""

    code = "PAYFIP_ABSENT"

    def __init__(self) -> None:
        super().__init__(
            "Ce poste n’a pas la bibliothèque qui parle avec PayFiP : installez le programme avec l’extension « paiement » "
            "(pip install 'tui-portail[paiement]')."
        )


class PayFipUnreachable(PortailError):
    """No answer that can be read came from PayFiP. `maybe_created`: a payment was perhaps made there, whose address nobody has."""

    code = "PAYFIP_INJOIGNABLE"

    def __init__(self, sentence: str, *, maybe_created: bool = False) -> None:
        super().__init__(sentence)
        self.maybe_created = maybe_created


class PayFipRefused(PortailError):
    """PayFiP refused what was asked. `payfip_code` is its own code (T2, A2…), « inconnu » where it gave none."""

    code = "PAYFIP_REFUSE"

    def __init__(self, payfip_code: str, said: str = "") -> None:
        known = REFUSALS.get(payfip_code)
        own_words = quoted(said)
        meaning = known.meaning if known else (f"« {own_words} »" if own_words else "sans autre explication")
        advice = known.advice if known else "Notez ce code et demandez au correspondant moyens de paiement de la DGFiP"
        super().__init__(f"PayFiP refuse ({quoted(payfip_code)}) : {meaning}. {advice}.")
        self.payfip_code = payfip_code


@dataclass(frozen=True, slots=True)
class OpenedPayment:
    """A payment that PayFiP opened: its identifier, good once and for a quarter of an hour, and the page where it is paid."""

    id_op: str
    page: str


@dataclass(frozen=True, slots=True)
class PayFipClient:
    """Who PayFiP says a client number is: its labels, from the entity to the régie."""

    number: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayFipService:
    """PayFiP for one client number and mode. Two threads may use it at once.

    `address` None: the Trésor's; else the base of another (a simulator), in http on this machine only. `return_address` is where the
    payer's browser goes afterwards, `notification_address` where PayFiP posts `idop`; both are needed to open a payment. `timeout` is in
    seconds, for the connection then for each wait. Raises InvalidInput for a client number or an address that cannot be one.
    """

    client_number: str
    mode: PayFipMode = PayFipMode.TEST
    address: str | None = None
    return_address: str = ""
    notification_address: str = ""
    timeout: float = TIMEOUT_SECONDS

    def __post_init__(self) -> None:
        check_client_number(self.client_number)
        if self.address is not None:
            check_service_address(self.address)

    def create(self, reference: str, amount_cents: int, subject: str, email: str, year: int) -> OpenedPayment:
        """Ask PayFiP to open a payment. Asked twice, it opens two, each with its own identifier.

        `reference`: 6 to 30 letters and digits, ours, found again in the answer and on the Trésor's statement. `amount_cents`: from 100.
        `subject` is cut to 100 letters, digits and spaces. `year`: the exercise, four digits.

        Raises InvalidInput before anything is sent, PayFipRefused, PayFipUnreachable (see `maybe_created`), PayFipMissing,
        AnswerNotUnderstood.
        """
        check_payment(reference, amount_cents, email, year)
        check_come_back("de retour", self.return_address)
        check_come_back("de notification", self.notification_address)
        ws = _library()
        id_op = self._called(
            lambda soap: soap.get_idop(
                numcli=self.client_number,
                saisie=str(self.mode),
                exer=str(year),
                refdet=reference,
                montant=str(amount_cents),
                mel=email,
                objet=ws.normalize_objet(subject) or None,
                url_notification=self.notification_address,
                url_redirect=self.return_address,
                timeout=self.timeout,
            ),
            _LOST_CREATION,
            creating=True,
        )
        if not isinstance(id_op, str) or not is_id_op(id_op):
            raise AnswerNotUnderstood(
                "PayFiP a ouvert un paiement sans dire lequel : il ne peut pas être payé. Recommencez, ou payez au guichet."
            )
        page = ws.PAYMENT_URL if self.address is None else f"{self.address.rstrip('/')}{PAGE_PATH}"
        return OpenedPayment(id_op, f"{page}?{urlencode({'idop': id_op})}")

    def ask(self, id_op: str) -> PayFipAnswer:
        """Ask what became of a payment; asked as often as wished, it changes nothing there.

        Raises InvalidInput, PayFipRefused, PayFipUnreachable, PayFipMissing, AnswerNotUnderstood (never a success), AnswerDoesNotMatch.
        Whoever asks checks the answer with `payfip_answers.check_answer`.
        """
        if not is_id_op(id_op):
            raise InvalidInput("Ce n’est pas un identifiant de paiement PayFiP.")
        try:
            told = self._called(lambda soap: soap.get_info_paiement(id_op, timeout=self.timeout), _LOST_ANSWER)
        except PayFipRefused as refused:
            if refused.payfip_code in NOT_YET:
                return PayFipAnswer(NOT_YET[refused.payfip_code], refused.payfip_code)
            raise
        code = _text(told, "resultrans")
        outcome = outcome_of(code)
        if _text(told, "idOp") != id_op:
            raise AnswerDoesNotMatch(
                "PayFiP répond pour un autre identifiant que celui demandé : rien n’est enregistré comme payé. Redemandez."
            )
        amount = _text(told, "montant")
        return PayFipAnswer(
            outcome=outcome,
            code=code,
            reference=_text(told, "refdet"),
            amount_cents=int(amount) if AMOUNT.fullmatch(amount) else None,
            paid_on=_day(_text(told, "dattrans")),
            client_number=_text(told, "numcli"),
            mode=next((mode for mode in PayFipMode if mode == _text(told, "saisie")), None),
        )

    def client(self) -> PayFipClient:
        """Ask who PayFiP says this client number is. Raises PayFipRefused (T1, T2…), PayFipUnreachable, PayFipMissing."""
        told = self._called(lambda soap: soap.get_info_client(self.client_number, timeout=self.timeout), _LOST_CLIENT)
        labels = (quoted(_text(told, f"libelleN{level}")) for level in (1, 2, 3))
        return PayFipClient(_text(told, "numcli"), tuple(label for label in labels if label))

    def _called(self, call: Callable[[Any], Any], lost: _Lost, *, creating: bool = False) -> Any:
        ws = _library()
        service = TRESOR_SERVICE if self.address is None else f"{self.address.rstrip('/')}{SERVICE_PATH}"
        try:
            return call(_soap(service, self.timeout))
        except ws.PayFiPError as error:
            _tell(error, lost, creating)


@dataclass(frozen=True, slots=True)
class _Lost:
    """What is said when nothing was sent, and when the answer was lost or unreadable. French."""

    not_sent: str
    no_answer: str


_CONNECTION = "Vérifiez la connexion à Internet, puis recommencez"
_LOST_CREATION = _Lost(
    f"PayFiP n’est pas joignable : aucun paiement n’a été demandé. {_CONNECTION}, ou payez au guichet.",
    "La réponse de PayFiP s’est perdue : ce qu’il a peut-être ouvert n’a été donné à personne et ne peut donc pas être payé. "
    "Recommencez, un autre paiement sera demandé, ou payez au guichet.",
)
_NOT_KNOWN = (
    "PayFiP ne répond pas : on ne sait pas encore si ce paiement est fait. Ne payez pas une seconde fois, redemandez."
)
_LOST_ANSWER = _Lost(_NOT_KNOWN, _NOT_KNOWN)
_LOST_CLIENT = _Lost(
    f"PayFiP n’est pas joignable. {_CONNECTION}.",
    "PayFiP n’a pas donné de réponse lisible : son service est peut-être arrêté. Recommencez dans quelques minutes.",
)


def library_path() -> str:
    """Return the path of eopayment's module for PayFiP, whose folder holds the WSDL. Raises PayFipMissing."""
    return str(_library().__file__)


def _library() -> Any:
    try:
        from eopayment import payfip_ws  # noqa: PLC0415  an extra, and slow to load
    except ImportError:
        raise PayFipMissing from None
    return payfip_ws


@lru_cache(maxsize=8)
def _soap(service: str, seconds: float) -> Any:
    """Return eopayment's speaker for a service, kept: reading the WSDL again would cost each call more than the message."""
    ws = _library()
    from tui_portail.payfip_transport import PayFipTransport, soap_settings  # noqa: PLC0415  an extra, and slow to load

    soap = ws.PayFiP(zeep_client_kwargs={"transport": PayFipTransport(service, seconds), "settings": soap_settings()})
    try:
        _ = soap.client  # reads the library's WSDL: whatever fails here is the installation, not PayFiP
    except ws.PayFiPError:
        raise PayFipMissing from None
    return soap


def _tell(error: Any, lost: _Lost, creating: bool) -> NoReturn:
    """Raise ours for eopayment's error; not chained: what it holds may quote an e-mail."""
    from tui_portail.payfip_transport import NotSent  # noqa: PLC0415  loaded already: a call was made

    if isinstance(error.message, NotSent):
        raise PayFipUnreachable(lost.not_sent) from None
    if error.origin is not None or isinstance(error.message, Exception):  # no answer, or not PayFiP's words
        raise PayFipUnreachable(lost.no_answer, maybe_created=creating) from None
    raise PayFipRefused(str(error.code), "" if isinstance(error.message, bytes) else str(error.message)) from None


def _text(told: Any, field: str) -> str:
    value = getattr(told, field, None)
    return value.strip() if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d%m%Y").date()
    except ValueError:
        return None
