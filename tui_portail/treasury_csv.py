"""The Trésor's statement of the payments it received by PayFiP, as a table: which column is what, then each line, or why it is not read.

No format of that file is published, and each exporter names its columns its own way: columns are known by their titles, in any order, those
of the web service (`refdet`, `montant`, `dattrans`, `resultrans`, `numcli`) or French words. What can be meant in two ways is never chosen
for the agent: the file is refused with a sentence, a line is told with its number. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum

from tui_portail.errors import InvalidInput
from tui_portail.folding import words_of
from tui_portail.french import join_words
from tui_portail.imports.files import FileNotUnderstood, FileRecord, SourceFile
from tui_portail.money import MAX_CENTS, format_cents, parse_amount
from tui_portail.payfip_answers import OUTCOMES, OnlineOutcome

LONGEST_REFERENCE = 60
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Meaning(StrEnum):
    """What a column holds, in French."""

    REFERENCE = "la référence"
    AMOUNT = "le montant"
    DAY = "la date"
    RESULT = "le résultat"
    CLIENT = "le numéro de client"


class _Unit(Enum):
    EUROS = "euros"
    CENTS = "cents"


_PAYMENT = ("paiement", "du paiement", "de paiement")
_TRANSACTION = ("transaction", "de transaction", "de la transaction")


def _titles(word: str, *others: str, of: Sequence[str] = ()) -> frozenset[str]:
    return frozenset({word, *others, *(f"{word} {one}" for one in of)})


TITLES: Mapping[Meaning, frozenset[str]] = {
    Meaning.REFERENCE: _titles(
        "reference", "refdet", "ref det", "reference dette", "reference de la dette", of=(*_PAYMENT, *_TRANSACTION)
    ),
    Meaning.AMOUNT: _titles("montant", "montant paye", "montant regle", of=(*_PAYMENT, *_TRANSACTION)),
    Meaning.DAY: _titles("date", "dattrans", "dat trans", of=(*_PAYMENT, *_TRANSACTION)),
    Meaning.RESULT: _titles("resultat", "resultrans", "resul trans", of=(*_PAYMENT, *_TRANSACTION)),
    Meaning.CLIENT: _titles("numcli", "num cli", "numero client", "numero de client", "n client", "no client"),
}
"""The titles known, folded; an amount's may be followed by its unit."""

_UNITS = {
    "euros": _Unit.EUROS,
    "euro": _Unit.EUROS,
    "eur": _Unit.EUROS,
    "centimes": _Unit.CENTS,
    "centime": _Unit.CENTS,
    "cts": _Unit.CENTS,
}
_NEEDED = (Meaning.REFERENCE, Meaning.AMOUNT, Meaning.DAY)
_DECIMALS = re.compile(r".*[.,][0-9]{1,2}\s*€?\s*")
_CENTS = re.compile(r"[0-9]{1,9}")
_TEXT_KEPT = re.compile(r'="(.*)"')  # how some programs make a spreadsheet keep a number as text
_DAYS = (
    (re.compile(r"[0-9]{8}"), "%d%m%Y"),
    (re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"), "%d/%m/%Y"),
    (re.compile(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}"), "%d-%m-%Y"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "%Y-%m-%d"),
)
_TIME = re.compile(r"[ T][0-9]{1,2}[:h][0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")


@dataclass(frozen=True, slots=True)
class ReceivedPayment:
    """A payment that the Trésor received: the file's line, the reference in capitals, cents, the day (Paris)."""

    line: int
    reference: str
    amount_cents: int
    paid_on: date


@dataclass(frozen=True, slots=True)
class LineNotRead:
    """A line that is not understood, and why: a French sentence."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class ReceivedPayments:
    """A statement read. `unpaid`: how many of its lines are of payments that did not succeed, `others`: of another client's number."""

    payments: tuple[ReceivedPayment, ...]
    not_read: tuple[LineNotRead, ...]
    unpaid: int = 0
    others: int = 0

    @property
    def total_cents(self) -> int:
        """What was received in all."""
        return sum(one.amount_cents for one in self.payments)


def read_received(source: SourceFile, client_numbers: Collection[str] = ()) -> ReceivedPayments:
    """Read a statement; lines of a client's number that is not among `client_numbers` are counted apart, where the file names them.

    Raises FileNotUnderstood: a column is missing or there twice, no line is a payment, euros and cents cannot be told apart.
    """
    columns = _columns(source.header)
    unit = _unit(source, columns[Meaning.AMOUNT])
    reading = _Reading(columns, unit, frozenset(client_numbers))
    for record in source.records:
        reading.read(record)
    if not reading.payments:
        first = f" Ligne {reading.not_read[0].line} : {reading.not_read[0].why}" if reading.not_read else ""
        raise FileNotUnderstood(f"Aucun paiement reçu n’est lu dans ce fichier.{first}")
    return ReceivedPayments(tuple(reading.payments), tuple(reading.not_read), reading.unpaid, reading.others)


def _columns(header: Sequence[str]) -> dict[Meaning, int]:
    found: dict[Meaning, int] = {}
    for place, title in enumerate(header):
        meaning = _meaning(title)
        if meaning is None:
            continue
        if meaning in found:
            raise FileNotUnderstood(
                f"Deux colonnes peuvent être {meaning} : « {header[found[meaning]].strip()} » et « {title.strip()} ». "
                "Enlevez celle qui ne l’est pas, puis recommencez."
            )
        found[meaning] = place
    missing = [meaning for meaning in _NEEDED if meaning not in found]
    if missing:
        raise FileNotUnderstood(
            f"Ce n’est pas un relevé de paiements compris ici : il manque {join_words(missing)}. La première ligne doit donner les titres, "
            "par exemple « Référence », « Montant », « Date », ou refdet, montant, dattrans."
        )
    return found


def _meaning(title: str) -> Meaning | None:
    words = words_of(title)
    shown = " ".join(words)
    for meaning, known in TITLES.items():
        if shown in known:
            return meaning
    if words and words[-1] in _UNITS:
        shown = " ".join(words[:-1]).removesuffix(" en")
        return Meaning.AMOUNT if shown in TITLES[Meaning.AMOUNT] else None
    return None


def _unit(source: SourceFile, column: int) -> _Unit:
    """Return what amounts are in: as the title says, or euros where one of them has decimals. Raises FileNotUnderstood."""
    title = source.header[column]
    words = words_of(title)
    if words[-1] in _UNITS:
        return _UNITS[words[-1]]
    if "€" in title or any(
        "€" in record.cells[column] or _DECIMALS.fullmatch(record.cells[column])
        for record in source.records
        if record.cells
    ):
        return _Unit.EUROS
    raise FileNotUnderstood(
        "Aucun montant n’a de virgule : on ne peut pas savoir s’ils sont en euros ou en centimes. "
        "Renommez leur colonne « Montant en euros » ou « Montant en centimes », puis recommencez."
    )


class _Reading:
    """What was read so far of a statement."""

    def __init__(self, columns: Mapping[Meaning, int], unit: _Unit, client_numbers: frozenset[str]) -> None:
        self._columns, self._unit, self._clients = columns, unit, client_numbers
        self._line_of: dict[str, int] = {}
        self.payments: list[ReceivedPayment] = []
        self.not_read: list[LineNotRead] = []
        self.unpaid = self.others = 0

    def read(self, record: FileRecord) -> None:
        """Read a line: a payment, one that did not succeed, another client's, a total, or one that is not understood."""
        try:
            if not record.cells:
                raise InvalidInput(record.problem)
            if _is_total(record.cells):
                self._check_total(record)
            elif self._is_ours(record) and self._is_paid(record):
                self._take(record)
        except InvalidInput as wrong:
            self.not_read.append(LineNotRead(record.line, wrong.sentence))

    def _cell(self, record: FileRecord, meaning: Meaning) -> str:
        cell = record.cells[self._columns[meaning]].strip()
        kept = _TEXT_KEPT.fullmatch(cell)
        return (kept[1] if kept else cell.removeprefix("'")).strip()

    def _is_ours(self, record: FileRecord) -> bool:
        if Meaning.CLIENT not in self._columns or not self._clients:
            return True
        number = self._cell(record, Meaning.CLIENT)
        if not number:
            raise InvalidInput("le numéro de client est absent.")
        ours = number.zfill(6) in self._clients  # a spreadsheet takes the zeros off
        self.others += not ours
        return ours

    def _is_paid(self, record: FileRecord) -> bool:
        if Meaning.RESULT not in self._columns:
            return True
        told = self._cell(record, Meaning.RESULT)
        outcome = OUTCOMES.get(told.upper())
        if outcome is None:
            raise InvalidInput(f"le résultat « {told[:20]} » n’est pas de PayFiP : P, V, R, Z ou A.")
        paid = outcome is OnlineOutcome.PAID
        self.unpaid += not paid
        return paid

    def _take(self, record: FileRecord) -> None:
        reference = self._cell(record, Meaning.REFERENCE).upper()
        if not reference:
            raise InvalidInput("la référence est absente.")
        if len(reference) > LONGEST_REFERENCE or not reference.isprintable():
            raise InvalidInput("la référence ne se lit pas, ou est trop longue.")
        if reference in self._line_of:
            raise InvalidInput(
                f"la référence {reference} est déjà à la ligne {self._line_of[reference]} : elle n’est comptée qu’une fois."
            )
        paid = ReceivedPayment(
            record.line,
            reference,
            self._amount(self._cell(record, Meaning.AMOUNT)),
            _day(self._cell(record, Meaning.DAY)),
        )
        self._line_of[reference] = record.line
        self.payments.append(paid)

    def _amount(self, cell: str) -> int:
        if self._unit is _Unit.EUROS:
            cents = parse_amount(cell)
        elif _CENTS.fullmatch(cell) and int(cell) <= MAX_CENTS:
            cents = int(cell)
        else:
            raise InvalidInput(f"« {cell[:20]} » n’est pas un montant en centimes.")
        if not cents:
            raise InvalidInput("le montant est nul.")
        return cents

    def _check_total(self, record: FileRecord) -> None:
        """Compare a total with what was read before it."""
        told = self._amount(self._cell(record, Meaning.AMOUNT))
        read = sum(one.amount_cents for one in self.payments)
        if told != read:
            raise InvalidInput(
                f"le total du fichier est de {format_cents(told)}, celui des lignes lues de {format_cents(read)}."
            )


def _is_total(cells: Sequence[str]) -> bool:
    """Say whether a line is the sum of those before: its first word is « total »."""
    first = next((cell for cell in cells if cell.strip()), "")
    return words_of(first)[:1] in (("total",), ("totaux",))


def _day(cell: str) -> date:
    day_alone = _TIME.sub("", cell)
    for shape, pattern in _DAYS:
        if shape.fullmatch(day_alone):
            try:
                day = datetime.strptime(day_alone, pattern).date()
            except ValueError:
                break
            if FIRST_YEAR <= day.year <= LAST_YEAR:
                return day
    raise InvalidInput(f"« {cell[:20]} » n’est pas une date : jj/mm/aaaa ou jjmmaaaa.")
