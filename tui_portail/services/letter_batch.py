"""Letters made one by one as they are drawn, in one PDF, whose dossiers then say that they were: what every writing of letters shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, insert

from models import tables as t
from models.states import LetterKind
from receipts.family_letter import Letter
from tui_portail.errors import PortailError
from tui_portail.french import plural
from tui_portail.households import Household
from tui_portail.instants import in_paris
from tui_portail.letter_templates import Value
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import Done, Gesture, fingerprint, keep, perform
from tui_portail.services.letter_families import (
    FamilyToWrite,
    chunks,
    lacking_papers,
    not_connected,
    read_families,
)
from tui_portail.services.papers import keep_paper
from tui_portail.services.rights import Right
from tui_portail.services.stationery import Stationery, read_stationery

_GESTURE = "ecrire_courriers"
Progress = Callable[[int, int], None]
"""Told how many families are done and of how many; what it raises stops the writing."""
Reading = Callable[[], AbstractContextManager[Connection]]


class NothingToWrite(PortailError):
    """Nobody is to be written to."""

    code = "AUCUN_COURRIER"


@dataclass(frozen=True, slots=True)
class WrittenLetters:
    """A PDF of letters: where, how many and of how many families; `without_address`: the letters of a batch left out for want of one."""

    path: Path
    letters: int
    families: int
    without_address: int = 0

    @property
    def sentence(self) -> str:
        """What to tell the agent."""
        if not self.letters:
            return "page écrite"
        left = f" ; {self.without_address} sans adresse, non écrits" if self.without_address else ""
        return f"{plural(self.letters, 'courrier')} pour {plural(self.families, 'famille')}{left}"


Printed = tuple[int, int]  # dossier, guardian
Said = Callable[[FamilyToWrite, Household], Mapping[str, Value] | None]
"""What a letter to a household says of its own; None: it is not written to."""


class Batch:
    """Letters of one kind to several families, made one by one as they are drawn; it keeps for whom."""

    def __init__(
        self,
        reading: Reading,
        stationery: Stationery,
        kind: LetterKind,
        dossier_ids: Sequence[int],
        *,
        posted: bool,
        guardian_id: int | None = None,
        progress: Progress | None = None,
        said: Said | None = None,
    ) -> None:
        self._said = said or (_papers if kind is LetterKind.MISSING_PAPERS else _children)
        self._reading, self._stationery, self._kind = reading, stationery, kind
        self._dossier_ids, self._posted, self._progress = dossier_ids, posted, progress
        self._guardian_id = guardian_id
        self.printed: list[Printed] = []
        self.without_address = 0

    def draw(self) -> bytes:
        """Return the PDF. Raises NothingToWrite."""
        from receipts.letter import draw_letters  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

        letters = self._letters()
        first = next(letters, None)
        if first is None:
            raise NothingToWrite(_NOTHING[self._kind])
        return draw_letters(_from(first, letters))

    def written(self, path: Path) -> WrittenLetters:
        """Return what was drawn, once it is in a file."""
        families = len({dossier_id for dossier_id, _ in self.printed})
        return WrittenLetters(path, len(self.printed), families, self.without_address)

    def _letters(self) -> Iterator[Letter]:
        done, total = 0, len(self._dossier_ids)
        papers = self._kind is LetterKind.MISSING_PAPERS
        today = in_paris(self._stationery.written_at).date() if papers else None
        for some in chunks(self._dossier_ids):
            with self._reading() as connection:
                families = read_families(connection, some, self._stationery.commune.policy, today)
            for family in families:
                yield from self._to(family)
                done += 1
                if self._progress is not None:
                    self._progress(done, total)

    def _to(self, family: FamilyToWrite) -> Iterator[Letter]:
        for household in family.households:
            if self._guardian_id is not None and not household.holds(self._guardian_id):
                continue
            values = self._said(family, household)
            if values is None:
                continue
            if self._posted and not household.address:
                self.without_address += 1
                continue
            self.printed.append((family.dossier_id, household.guardian_id))
            yield self._stationery.letter(household.names, household.address, family.number, values)


def _children(family: FamilyToWrite, household: Household) -> Mapping[str, Value]:
    return {"enfants": family.children}


def _papers(family: FamilyToWrite, household: Household) -> Mapping[str, Value] | None:
    asked = family.asked_of(household)
    return {"enfants": family.children, "pieces": asked} if asked else None


_NOTHING = {
    LetterKind.NUMBER: "Aucune famille à qui écrire : toutes sont connectées au portail, ou sans adresse.",
    LetterKind.MISSING_PAPERS: "Aucune pièce ne manque : il n’y a pas de relance à écrire.",
    LetterKind.CLOSURE: "Aucune famille à qui écrire : aucune n’est touchée, ou toutes ont un téléphone ou un courriel.",
}


def _from(first: Letter, others: Iterator[Letter]) -> Iterator[Letter]:
    yield first
    yield from others


def all_to_write(connection: Connection, kind: LetterKind, stationery: Stationery) -> list[int]:
    """Return the dossiers a batch of a kind is for, by name."""
    if kind is LetterKind.NUMBER:
        return not_connected(connection)
    return lacking_papers(connection, stationery.commune.policy, in_paris(stationery.written_at).date())


def file_name(kind: LetterKind, at: datetime, number: str = "", guardian_id: int | None = None) -> str:
    """Return the name of the PDF: the kind, the dossier and the guardian when there is one alone, the hour."""
    of_one = (f"-dossier-{number}" if number else "") + ("" if guardian_id is None else f"-{guardian_id}")
    return f"courriers-{kind.value}{of_one}-{in_paris(at):%Y%m%d-%H%M%S}.pdf"


def record_printed(
    connection: Connection, kind: LetterKind, printed: Sequence[Printed], at: datetime, agent_id: int | None
) -> None:
    """Write in each dossier that a letter was drawn, for whom and by whom (None: a command of the machine)."""
    if printed:
        connection.execute(
            insert(t.letter_printed),
            [
                {
                    "dossier_id": dossier_id,
                    "guardian_id": guardian_id,
                    "kind": kind.value,
                    "printed_at": at,
                    "agent_id": agent_id,
                }
                for dossier_id, guardian_id in printed
            ],
        )


def keep_written(
    desk: Desk, kind: LetterKind, name: str, pdf: bytes, printed: Sequence[Printed], operation: str
) -> Path:
    """Write the file, then record its letters; a record refused leaves no file."""

    def work(gesture: Gesture) -> Done:
        record_printed(gesture.connection, kind, printed, gesture.now, gesture.agent.agent_id)
        one = printed[0][0] if len({dossier_id for dossier_id, _ in printed}) == 1 else None
        details = {"kind": kind.value, "letters": len(printed)}
        return Done({"letters": len(printed)}, "letter_printed", "", one, details=details)

    def answer(_kept: Mapping[str, Any]) -> Path:
        return path

    path = keep_paper(desk, desk.now(), name, pdf)
    try:
        return perform(desk, _GESTURE, Right.LETTERS, operation, [kind.value, sorted(printed)], work, answer)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_for_command(desk: Desk, file: BinaryIO, path: Path, progress: Progress | None = None) -> WrittenLetters:
    """Write in a file, which becomes `path`, the number letters of all the families not connected yet.

    For a command: whoever can write in the base can run it. The file is whole before its letters are recorded. Raises NothingToWrite.
    """
    kind = LetterKind.NUMBER
    with desk.database.read() as connection:
        stationery = read_stationery(desk, connection, kind)
        chosen = all_to_write(connection, kind, stationery)
    batch = Batch(desk.database.read, stationery, kind, chosen, posted=True, progress=progress)
    file.write(batch.draw())
    file.flush()

    def record(connection: Connection) -> None:
        now, operation = desk.instant(connection), new_operation()
        record_printed(connection, kind, batch.printed, now, None)
        done = Done(
            {"letters": len(batch.printed)},
            "letter_printed",
            details={"kind": kind.value, "letters": len(batch.printed)},
        )
        keep(connection, _GESTURE, fingerprint([_GESTURE, operation]), operation, now, done, None)

    desk.database.run(record)
    return batch.written(path)
