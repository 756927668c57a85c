"""Desks in processes of their own that outlive their server: what fails is said, and sent again with the same operation id.

A desk that failed waits for a word before it goes on, as an agent would press the key again; so does one ordered to stop at a
statement or at a commit. `Room` is where the test listens to all of them and answers.
"""

import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from models.database_errors import DatabaseFailure
from tests.faults.killed_desk import KilledDesk
from tests.other_desks import processes
from tui_portail.errors import PortailError
from tui_portail.services.desk import new_operation

GO_ON, STOP = "go on", "stop"
PATIENCE_S = 60.0


class Stopped(BaseException):
    """The test has told this desk to stop."""


class PatientDesk(KilledDesk):
    """The desk, whom it listens to, and when it is to say where it is."""

    def __init__(self, orders: dict[str, Any], watched_by: Connection) -> None:
        self.ears = watched_by
        super().__init__(orders, watched_by)

    def die_at(self, what: str) -> None:
        """Say that the moment of the orders has come, and wait for a word before going on."""
        if self.left.get(what, 0) > 0:
            self.left[what] -= 1
            if self.left[what] == 0:
                self.say({"at": what})
                self.wait()

    def wait(self) -> None:
        """Wait for a word; one that orders a moment to stop at is followed by the one that says to go on."""
        while (word := self.ears.recv()) != GO_ON:
            if word == STOP:
                raise Stopped
            self.left |= word

    def work(self) -> None:
        """Do gestures until told to stop."""
        gestures = [self.pay] * 8 + [self.cancel, self.reverse, self.correct, self.move, self.close, self.deposit]
        while True:
            while self.ears.poll():
                if (word := self.ears.recv()) == STOP:
                    return
                self.left |= word
            try:
                self.chance.choice(gestures)()
            except DatabaseFailure as failure:  # while it was reading: nothing was sent
                self.failed(failure, None)
            except PortailError as refused:
                self.say({"refused": refused.code})

    def failed(self, failure: DatabaseFailure, operation: str | None) -> None:
        self.say({"failed": failure.code, "sentence": failure.sentence, "operation": operation})
        self.wait()

    def send(self, name: str, call: Callable[[str], Any], **facts: Any) -> Any:
        """Say a gesture, and do it until it is answered: again with the same operation id after each failure of the base."""
        operation = new_operation()
        self.say({"begun": operation, "gesture": name, **facts})
        while True:
            try:
                answer = call(operation)
            except DatabaseFailure as failure:
                self.failed(failure, operation)
            else:
                self.say({"done": operation, "payment": getattr(answer, "payment_id", None)})
                return answer


def work_patiently(orders: dict[str, Any], watched_by: Connection) -> None:
    """What the process does: what ends it otherwise than a word is said."""
    try:
        desk = PatientDesk(orders, watched_by)
        desk.work()
        desk.database.close()
    except Stopped:
        pass
    except BaseException:
        watched_by.send({"error": traceback.format_exc()})
        raise


class Room:
    """The desks at work: what they said, and those that wait for a word."""

    def __init__(self, ends: Sequence[Connection]) -> None:
        self.ends = list(ends)
        self.lines: list[dict[str, Any]] = []
        self.waiting: set[int] = set()
        self._unread: deque[tuple[int, dict[str, Any]]] = deque()

    def hear(self) -> dict[str, Any]:
        """Return the next line said by any desk. A desk that fails or stops somewhere is among `waiting` from then on."""
        if not self._unread:
            ready = wait(self.ends, PATIENCE_S)
            assert ready, "no desk says anything any more"
            self._unread.extend((self.ends.index(end), end.recv()) for end in ready)  # type: ignore[arg-type, union-attr]
        desk, line = self._unread.popleft()
        assert "error" not in line, line["error"]
        if "failed" in line or "at" in line:
            self.waiting.add(desk)
        self.lines.append(line | {"desk": desk})
        return line

    def hear_until_all_wait(self) -> None:
        """Listen until every desk waits for a word."""
        while len(self.waiting) < len(self.ends):
            self.hear()

    def order(self, desk: int, moment: dict[str, int]) -> None:
        """Order a desk to say when it has come to a statement or a commit (counted from now), and to wait there."""
        self.ends[desk].send(moment)

    def go_on(self) -> None:
        """Let those that wait go on."""
        for desk in self.waiting:
            self.ends[desk].send(GO_ON)
        self.waiting.clear()

    def paid(self) -> list[str]:
        """Return the payments acknowledged so far."""
        return [line["payment"] for line in self.lines if line.get("payment")]


@contextmanager
def desks_at_work(orders: dict[str, Any], count: int) -> Iterator[Room]:
    """Let `count` desks work in processes of their own; they are told to stop at the end, and end well."""
    context = processes()
    pairs = [context.Pipe() for _ in range(count)]
    started = []
    for seed, (_, theirs) in enumerate(pairs):
        process = context.Process(target=work_patiently, args=(orders | {"seed": seed, "dies": {}}, theirs))
        process.start()
        theirs.close()
        started.append(process)
    room = Room([ours for ours, _ in pairs])
    try:
        yield room
        for end in room.ends:
            end.send(STOP)
        for end in room.ends:
            _hear_out(room, end)
        for process in started:
            process.join(PATIENCE_S)
            assert process.exitcode == 0
    finally:
        for process in started:
            process.kill()
            process.join()


def _hear_out(room: Room, end: Connection) -> None:
    """Listen to a desk that was told to stop, until it has: what it still acknowledges counts."""
    desk = room.ends.index(end)
    room.lines += [line | {"desk": desk} for place, line in room._unread if place == desk]
    try:
        while True:
            line = end.recv()
            assert "error" not in line, line["error"]
            room.lines.append(line | {"desk": desk})
            if "failed" in line or "at" in line:
                with suppress(BrokenPipeError):  # it was told to stop before it said this, and has
                    end.send(GO_ON)
    except (EOFError, ConnectionResetError):  # reset: it ended without reading the last word said to it
        end.close()
