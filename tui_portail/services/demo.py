"""A fictitious mairie to try everything on: its families, three months of bookings and payments, baskets on hold, a till open.

All but the past attendance taken over from a former register is done by the services themselves, at past instants of a clock that a demo
alone may set: the journal, the avoirs and the places are those of a real base, and `tui-portail verifier` holds. The same at each run.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from models import tables as t
from models.addresses import BUSY_TIMEOUT_S, DatabaseAddress
from models.database_errors import DatabaseDamaged, DatabaseMissing, DatabaseReadOnly, DatabaseTooOld
from models.engine import Database
from models.inspection import check_unused, opening, sqlite_marks
from models.migrate import CANNOT_MAKE, migrate
from models.states import AlshOrigin, DatabaseKind
from tui_portail.capacity import AgePlaces
from tui_portail.closed_days import ClosedDays
from tui_portail.commune import Commune
from tui_portail.custody import CustodyPattern
from tui_portail.errors import PortailError
from tui_portail.files import reason
from tui_portail.instants import PARIS
from tui_portail.payment_means import Tender
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.policy import Means
from tui_portail.services.agents import write_agent
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import FinishedBasket, finish_changes
from tui_portail.services.clock import FixedClock
from tui_portail.services.closing_days import close_families, record_closure
from tui_portail.services.custody import set_custody
from tui_portail.services.day_places import PlacesSet, set_day_places
from tui_portail.services.demo_attendance import mark_past_days
from tui_portail.services.demo_diary import DemoDiary
from tui_portail.services.demo_families import DemoFamily, demo_families
from tui_portail.services.demo_meals import change_meals_late
from tui_portail.services.demo_portal import PARENTS, book_at_the_kiosk, kiosk_of, make_account, paying_online
from tui_portail.services.demo_published import publish_demo
from tui_portail.services.demo_till import CASH_LACKING_CENTS, end_the_day
from tui_portail.services.demo_waiting import ACTIVITY, DAY, fill_wednesday, let_families_wait
from tui_portail.services.desk import Desk, SignedAgent
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.passwords import hash_password
from tui_portail.services.payment import cash_basket
from tui_portail.services.registration import register_family
from tui_portail.services.rights import Role
from tui_portail.services.setup import initialise
from tui_portail.services.sign_in import signed_as
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.supporting_documents import PaperKey, record_papers
from tui_portail.services.till import open_session

SEED = 34830
DEMO_PASSWORD = "demo-clapiers"  # noqa: S105 (printed in the README: it opens fictitious families)
BOTH_DESKS_AGENT, SITE_AGENT = "accueil", "animateur"
AGENTS = (
    (BOTH_DESKS_AGENT, "Camille Roux", (Role.ENFANCE, Role.COMPTABILITE)),
    ("enfance", "Sacha Fabre", (Role.ENFANCE,)),
    ("comptabilite", "Dominique Vidal", (Role.COMPTABILITE,)),
    ("regisseur", "Claude Serre", (Role.REGISSEUR,)),
    ("administrateur", "Maxime Bel", (Role.ADMINISTRATEUR,)),
    (SITE_AGENT, "Andréa Gil", (Role.SITE,)),
)
FLOAT_CENTS = 100_00
BEGINS = "2026-09-03 08:30"
MEAL, BREAK, MORNING, EVENING = "RESTAURATION", "PAUSE_MERIDIENNE", "ALP_MATIN", "ALP_SOIR"
WEDNESDAY, HOLIDAYS = "ALSH_MERCREDI", "ALSH_VACANCES"


_FILES = ("", "-wal", "-shm")  # of a base, by the end of their names


class NotADemo(PortailError):
    """A real base was given where a demonstration was expected."""

    code = "PAS_UNE_DEMONSTRATION"

    def __init__(self, where: object) -> None:
        super().__init__(f"« {where} » n’est pas une base de démonstration : ouvrez-la par « tui-portail ouvrir ».")


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was made, counted."""

    path: Path
    dossiers: int
    children: int
    quittances: int
    avoirs: int
    baskets_on_hold: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A family once registered."""

    family: DemoFamily
    dossier_id: int
    child_ids: tuple[int, ...]

    def children(self, school: str | None = None, *, alsh: int | None = None) -> list[int]:
        """Return the ids of the children of a school, or whose ALSH dossier holds for a civil year."""
        return [
            child_id
            for child_id, child in zip(self.child_ids, self.family.children, strict=True)
            if (school is None or child.form.school_code == school)
            and (alsh is None or child.attended_year in {alsh - 1, alsh} or child.renewed_year == alsh)
        ]

    @property
    def alp_children(self) -> list[int]:
        """Those whose school has an ALP site."""
        return self.children("MATERNELLE") + self.children("ELEMENTAIRE")


def create_demo(path: Path, commune: Commune) -> DemoReport:
    """Make the demonstration at `path`, whole or not at all: an unfinished one is never left, there or beside.

    Raises DatabaseFailure when the place cannot be written, or when the one to be replaced is open somewhere.
    """
    unfinished = path.with_name(f"{path.name}.en-cours")
    try:
        _refuse_in_use(path)
        _remove(unfinished)
        try:
            report = _make(unfinished, path, commune)
            _refuse_in_use(path)
            _remove(path)
            unfinished.rename(path)
        finally:
            _remove(unfinished)
    except OSError as error:
        raise DatabaseReadOnly(CANNOT_MAKE.format(address=path, reason=reason(error))) from error
    return report


def _make(unfinished: Path, path: Path, commune: Commune) -> DemoReport:
    initialise(str(unfinished), paying_online(commune), "démonstration", DatabaseKind.DEMO, _at(BEGINS))
    database = Database.open(str(unfinished))
    try:
        return _Story(database, path).tell()
    finally:
        database.close()


def _refuse_in_use(path: Path) -> None:
    if path.exists():
        check_unused(DatabaseAddress.parse(str(path)))


def demo_exists(path: Path) -> bool:
    """Say whether a demonstration is there; one of a version before is upgraded, with what was tried on it.

    One that lacks tables, left by a version that was being written, is set aside under another name, for another to be made.
    Raises NotADemo on a real base, DatabaseFailure on what cannot be opened.
    """
    try:
        database = Database.open(str(path))
    except DatabaseMissing:
        return False
    except DatabaseTooOld:
        _upgrade(path)
        return True
    except DatabaseDamaged:
        if _kind_of(path) != DatabaseKind.DEMO.value:
            raise
        _set_aside(path)
        return False
    database.close()
    if database.kind is not DatabaseKind.DEMO:
        raise NotADemo(path)
    return True


def _upgrade(path: Path) -> None:
    """Bring a demonstration to this version. Raises NotADemo, without changing it, on a real base: that is `initialiser`'s."""
    if _kind_of(path) != DatabaseKind.DEMO.value:
        raise NotADemo(path)
    migrate(str(path), DatabaseKind.DEMO)


def _kind_of(path: Path) -> str | None:
    address = DatabaseAddress.parse(str(path))
    with opening(address), closing(address.connect_sqlite("ro", busy_timeout_s=BUSY_TIMEOUT_S)) as connection:
        return sqlite_marks(connection).kind


def _set_aside(path: Path) -> None:
    _refuse_in_use(path)
    aside = path.with_name(f"{path.name}.ancienne")
    _remove(aside)
    for suffix in _FILES:
        if (old := path.with_name(path.name + suffix)).exists():
            old.replace(aside.with_name(aside.name + suffix))


def demo_agent(desk: Desk, username: str = BOTH_DESKS_AGENT) -> SignedAgent:
    """Return an agent of a demonstration, to be put at the desk without a password. Raises NotADemo."""
    if not desk.is_demo:
        raise NotADemo(desk.database.address)
    with desk.database.read() as connection:
        return signed_as(connection, connection.execute(select(t.agent).where(t.agent.c.username == username)).one())


def _remove(path: Path) -> None:
    for suffix in _FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def _add(children: Iterable[int], activity: str, days: Sequence[date]) -> list[Change]:
    return [Change(CellKey(child, activity, day), Tick.ADD) for child in children for day in days]


def _remove_days(children: Iterable[int], activity: str, days: Sequence[date]) -> list[Change]:
    return [Change(CellKey(child, activity, day), Tick.REMOVE) for child in children for day in days]


class _Story:
    """What happened at the mairie from September to Tuesday 1 December 2026, 10:30, told gesture by gesture."""

    def __init__(self, database: Database, path: Path) -> None:
        self.database, self.path = database, path
        self.chance = random.Random(SEED)  # noqa: S311 (a demonstration, the same at each run)
        self.clock = FixedClock(database, _at(BEGINS))
        self.avoirs = self.quittances = self.held = 0
        self._hire()
        self.enfance, self.comptabilite = self._desk("enfance"), self._desk("comptabilite")
        self.regisseur = self._desk("regisseur")

    def tell(self) -> DemoReport:
        """Do everything, and count."""
        families = self._register()
        self._see_papers(families)
        self._renew(families)
        self._autumn_holidays(families)
        self._deposit()
        self._late_absence(families)
        self._book_december(families)
        self._cancel_in_time(families)
        self._close_an_evening()
        self._set("2026-11-27 14:00")
        diary = DemoDiary(self.enfance, [known.dossier_id for known in families])
        diary.fill()
        publish_demo(self.enfance)
        self._fewer_places()
        self._full_wednesday(families)
        self._yesterday(families)
        self._place_given_back(families)
        self._at_the_sites(families)
        self._this_morning(families)
        diary.tell_who_came()
        children = sum(len(known.child_ids) for known in families)
        return DemoReport(self.path, len(families), children, self.quittances, self.avoirs, self.held)

    # -- the people --------------------------------------------------------------------------------------------------

    def _hire(self) -> None:
        password_hash = hash_password(DEMO_PASSWORD)
        with self.database.write() as connection:
            for username, name, roles in AGENTS:
                write_agent(connection, username, name, roles, password_hash, self.clock.instant, must_change=False)

    def _desk(self, username: str) -> Desk:
        desk = Desk(self.database, self.path.parent, self.clock)
        desk.sign(demo_agent(desk, username))
        return desk

    def _register(self) -> list[_Known]:
        known = []
        for family in demo_families():
            self._wait(minutes=7)
            made = register_family(self.enfance, family.form, self._operation(), self.chance.randrange)
            with self.database.read() as connection:
                child, payer = t.child, t.payer
                ids = connection.scalars(
                    select(child.c.id).where(child.c.dossier_id == made.dossier_id).order_by(child.c.id)
                ).all()
                payers = connection.scalars(
                    select(payer.c.id).where(payer.c.dossier_id == made.dossier_id).order_by(payer.c.rank)
                ).all()
            for child_id, demo_child in zip(ids, family.children, strict=True):
                if demo_child.custody_from is not None and len(payers) == 2:
                    first, second = payers
                    pattern = CustodyPattern(demo_child.custody_from, first, second)
                    set_custody(self.enfance, (child_id,), pattern, self._operation())
            known.append(_Known(family, made.dossier_id, tuple(ids)))
        self._take_over_attendance(known)
        return known

    def _take_over_attendance(self, families: Sequence[_Known]) -> None:
        """Write the past attendance of the former register, as an import does."""
        rows = [
            {
                "child_id": child_id,
                "year": child.attended_year,
                "origin": AlshOrigin.ATTENDED.value,
                "recorded_at": self.clock.instant,
            }
            for known in families
            for child_id, child in zip(known.child_ids, known.family.children, strict=True)
            if child.attended_year is not None
        ]
        with self.database.write() as connection:
            connection.execute(insert(t.alsh_enrolment), rows)

    def _see_papers(self, families: Sequence[_Known]) -> None:
        """Most families brought their papers in September; some did not, or one whose twelve months end in the autumn."""
        self._set("2026-09-14 13:30")
        for place, known in enumerate(families):
            children = known.children(alsh=2026) if place % 5 == 4 else known.child_ids
            papers = [PaperKey("FICHE_SANITAIRE", child_id=child) for child in children]
            papers += [PaperKey("ASSURANCE", child_id=child) for child in known.child_ids if place % 4]
            home, old = [PaperKey("DOMICILE")], {0: date(2025, 10, 20), 2: date(2025, 12, 20)}.get(place % 12)
            self._see(known, papers if old or place % 3 == 1 else papers + home, date(2026, 9, 1))
            if old:
                self._see(known, home, old)

    def _see(self, known: _Known, papers: list[PaperKey], dated_on: date) -> None:
        if papers:
            self._wait(minutes=3)
            record_papers(self.enfance, known.dossier_id, papers, dated_on, None, self._operation())

    def _renew(self, families: Sequence[_Known]) -> None:
        self._set("2026-10-05 09:00")
        for known in families:
            for child_id, child in zip(known.child_ids, known.family.children, strict=True):
                if child.renewed_year is not None:
                    self._wait(minutes=9)
                    renew_alsh(self.enfance, child_id, child.renewed_year, self._operation())

    # -- what they booked ----------------------------------------------------------------------------------------------

    def _autumn_holidays(self, families: Sequence[_Known]) -> None:
        """Some children spend the first week of the autumn holidays at the ALSH; one family gives two days back in time."""
        self._set("2026-10-12 09:00")
        week = _days("2026-10-19", 5)
        going = [known for known in families if known.children(alsh=2026)][:9]
        for known in going:
            self._book_and_pay(known, _add(known.children(alsh=2026), HOLIDAYS, week))
        self._set("2026-10-15 10:05")
        self._give_back(going[2], _remove_days(going[2].children(alsh=2026), HOLIDAYS, week[3:]))

    def _deposit(self) -> None:
        """Early November: what the autumn holidays brought is deposited, by card alone as yet."""
        self._set("2026-11-06 16:10")
        slip = prepare_slip(self.regisseur, self._operation())
        self._wait(minutes=4)
        validate_slip(self.regisseur, slip.slip_id, {}, self._operation())

    def _late_absence(self, families: Sequence[_Known]) -> None:
        """Two children are absent from the ALSH on Wednesday 25 November, told too late: a justificatif is awaited."""
        self._set("2026-11-17 14:00")
        wednesday = [date(2026, 11, 25)]
        going = [known for known in families if known.children(alsh=2026)][4:8]
        for known in going:
            self._book_and_pay(known, _add(known.children(alsh=2026), WEDNESDAY, wednesday))
        self._set("2026-11-25 08:40")
        for known in going[:2]:
            self._wait(minutes=4)
            self._give_back(known, _remove_days(known.children(alsh=2026)[:1], WEDNESDAY, wednesday))

    def _book_december(self, families: Sequence[_Known]) -> None:
        """A third of the families book their meals and evenings until Christmas, and their Wednesdays."""
        self._set("2026-11-23 08:45")
        school_days = [day for day in _days("2026-11-30", 19) if day.weekday() in {0, 1, 3, 4}]
        wednesdays = [date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 16)]
        for place, known in enumerate(self._with_alp(families)[::3]):
            if place == 12:
                self._set("2026-11-25 13:40")
            meals = school_days if place % 3 else [day for day in school_days if day.weekday() in {0, 3}]
            changes = _add(known.alp_children, MEAL, meals)
            if place % 2:
                changes += _add(known.alp_children, EVENING, [day for day in school_days if day.weekday() in {1, 4}])
            if place % 5 == 0:
                changes += _add(known.alp_children[:1], MORNING, school_days[:8])
            changes += _add(known.children(alsh=2026), WEDNESDAY, wednesdays)
            self._book_and_pay(known, changes)

    def _cancel_in_time(self, families: Sequence[_Known]) -> None:
        """Some days are cancelled before the limit: avoirs, used by themselves at the next payment."""
        self._set("2026-11-27 09:10")
        for known in self._with_alp(families)[::3][1:11:2]:
            days = [date(2026, 12, 3), date(2026, 12, 7)]
            self._give_back(known, _remove_days(known.alp_children[:1], BREAK, days))

    def _close_an_evening(self) -> None:
        """The last evening before Christmas is closed at Harmonie: the families are given it back."""
        self._set("2026-11-27 11:40")
        day, why = date(2026, 12, 18), "Fête de l’école, la salle est prise (FICTIF)"
        closure_id = record_closure(self.enfance, ClosedDays(day, day, "HARMONIE", (EVENING,), why), self._operation())
        self.avoirs += close_families(self.enfance, closure_id, self._operation()).avoirs

    def _full_wednesday(self, families: Sequence[_Known]) -> None:
        """A Wednesday is full: families ask to be called if a place is given back."""
        fill_wednesday(self.enfance)
        others = [known for place, known in enumerate(self._with_alp(families)) if place % 3]
        children = [(known.dossier_id, child) for known in others for child in known.children("ELEMENTAIRE", alsh=2026)]
        let_families_wait(self.enfance, children)

    def _place_given_back(self, families: Sequence[_Known]) -> None:
        """One who had a place that Wednesday gives it back: it is offered to the first who waits."""
        self._set("2026-12-01 08:05")
        going = next(known for known in self._with_alp(families)[::3] if known.children("ELEMENTAIRE", alsh=2026))
        self._give_back(going, _remove_days(going.children("ELEMENTAIRE", alsh=2026)[:1], ACTIVITY, [DAY]))

    def _yesterday(self, families: Sequence[_Known]) -> None:
        """Monday 30 November: the till's first day, cash and cheques, closed at five with a little missing."""
        self._set("2026-11-30 08:34")
        open_session(self.comptabilite, FLOAT_CENTS, self._operation())
        thursday = [date(2026, 12, 10), date(2026, 12, 11)]
        last = [known for place, known in enumerate(self._with_alp(families)) if place % 3][-4:]
        for known, means in zip(last, (Means.CASH, Means.CHEQUE, Means.CHEQUE, Means.CASH), strict=True):
            self._book_and_pay(known, _add(known.alp_children, MEAL, thursday), means)
        self._set("2026-11-30 15:20")
        change_meals_late(self.enfance, date(2026, 12, 1))
        self._set("2026-11-30 17:02")
        end_the_day(self.comptabilite, self._operation)

    def _at_the_sites(self, families: Sequence[_Known]) -> None:
        """The sites marked the days past; on Monday evening a child came without booking."""
        known = [known for known in self._with_alp(families)[::3] if known.children("ELEMENTAIRE")][-1]
        came = known.children("ELEMENTAIRE")[0]
        mark_past_days(self._desk(SITE_AGENT), lambda at: setattr(self.clock, "instant", at), [came])

    def _this_morning(self, families: Sequence[_Known]) -> None:
        """Tuesday 1 December: the till opens with what Monday left, a few families pay, the last ones are on their way."""
        self._set("2026-12-01 08:31")
        open_session(self.comptabilite, FLOAT_CENTS - CASH_LACKING_CENTS, self._operation())
        self._set("2026-12-01 08:52")
        thursday = [date(2026, 12, 3), date(2026, 12, 4)]
        others = [known for place, known in enumerate(self._with_alp(families)) if place % 3]
        for known in others[:4]:
            self._book_and_pay(known, _add(known.alp_children, MEAL, thursday), Means.CASH)
        waiting = [known for known in others[4:] if len(known.alp_children) > 1][:3]
        separated = next(
            known for known in others[4:] if known not in waiting and known.family.children[0].custody_from
        )
        for text, known in zip(("10:23", "10:26", "10:29"), (waiting[0], separated, waiting[1]), strict=True):
            self._set(f"2026-12-01 {text}")
            days = thursday + [day + timedelta(days=7) for day in thursday]
            changes = _add(known.alp_children, MEAL, days) + _add(known.alp_children[:1], EVENING, thursday)
            self.held += len(finish_changes(self.enfance, known.dossier_id, changes, self._operation()).baskets)
        self._at_the_kiosk(waiting[2], separated)
        prepare_slip(self.regisseur, self._operation())  # all that came since, for the régisseur to count

    def _at_the_kiosk(self, *parents: _Known) -> None:
        """Two parents made their account on the portal; one of them books at the kiosk, and comes to the desk to pay."""
        kiosk, friday = kiosk_of(self.enfance), [date(2026, 12, 4)]
        for username, known in zip(PARENTS, parents, strict=True):
            make_account(kiosk, username, known.dossier_id, self._operation)
        changes = _add(parents[0].alp_children[:1], EVENING, friday)
        self.held += book_at_the_kiosk(kiosk, PARENTS[0], changes, self._operation)

    # -- how it is done --------------------------------------------------------------------------------------------------

    def _book_and_pay(self, known: _Known, changes: Sequence[Change], means: Means = Means.CARD) -> None:
        """Book at one desk and pay at the other, a few minutes later."""
        self._wait(minutes=self.chance.randint(3, 9))
        if not changes:
            return
        finished = finish_changes(self.enfance, known.dossier_id, changes, self._operation())
        self._wait(minutes=self.chance.randint(2, 6))
        for basket in finished.baskets:
            if basket.settled_quittance_id is None:
                self._pay(basket, means)
            self.quittances += 1

    def _pay(self, basket: FinishedBasket, means: Means) -> None:
        due = load_basket(self.comptabilite, basket.basket_id).due_cents
        if means is Means.CASH:
            tender = Tender(Means.CASH, due, -(-due // 10_00) * 10_00)
        elif means is Means.CHEQUE:
            number = f"{self.chance.randrange(10**7):07d}"
            drawn = {"bank": "Banque fictive", "number": number, "drawer": basket.payer_name}
            tender = Tender(Means.CHEQUE, due, references=drawn)
        else:
            tender = Tender(Means.CARD, due, references={"terminal": f"{self.chance.randrange(10_000):04d}"})
        cash_basket(self.comptabilite, basket.basket_id, [tender], self._operation())

    def _give_back(self, known: _Known, changes: Sequence[Change]) -> None:
        self._wait(minutes=6)
        self.avoirs += len(finish_changes(self.enfance, known.dossier_id, changes, self._operation()).avoirs)

    def _fewer_places(self) -> None:
        """A Wednesday goes out by bus: fewer places, some kept for the service, fewer little ones."""
        day, places = date(2026, 12, 9), PlacesSet(48, 4, (AgePlaces(12, 0, 6),))
        reason = "Sortie au spectacle de Noël, un car de 48 places (FICTIF)"
        set_day_places(self.enfance, "HARMONIE", WEDNESDAY, day, day, places, reason, self._operation())

    def _with_alp(self, families: Sequence[_Known]) -> list[_Known]:
        return [known for known in families if known.alp_children]

    def _set(self, text: str) -> None:
        self.clock.instant = _at(text)

    def _wait(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    def _operation(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"


def _days(first: str, count: int) -> list[date]:
    start = date.fromisoformat(first)
    return [start + timedelta(days=step) for step in range(count)]
