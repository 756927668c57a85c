"""Two dossiers side by side, as one is about to be merged into the other: who is in each, who seems to be the same, what refuses it.

Read for the screen, and again under the locks of the gesture: the same refusals are said in both places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from models.states import BasketState, BookingState
from tui_portail.dossier_number import display
from tui_portail.duplicates import Likeness, compare_children, compare_guardians
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import MOST_CHILDREN, MOST_GUARDIANS, MOST_PAYERS
from tui_portail.french import join_words, long_date
from tui_portail.policy import BasketKind
from tui_portail.services.family_facts import DossierUnknown
from tui_portail.services.identities import person_name
from tui_portail.services.likely_duplicates import child_traits, guardian_traits

MOST_DAYS = 5
_LIVE = [BookingState.HELD.value, BookingState.CONFIRMED.value, BookingState.DUE.value]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Who of the merged dossier is the same person as whom of the kept one: (merged id, kept id) each."""

    guardians: tuple[tuple[int, int], ...] = ()
    children: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MergePerson:
    """A guardian or a child of one of the two dossiers. `payer_id`: a guardian's account, if it pays; `username`: on the portal, if any."""

    person_id: int
    name: str
    birth_on: date | None
    payer_id: int | None = None
    username: str = ""


@dataclass(frozen=True, slots=True)
class MergeSide:
    """One of the two dossiers. `version` is given back, so that what was confirmed is what is merged."""

    dossier_id: int
    number: str
    label: str
    version: int
    guardians: tuple[MergePerson, ...]
    children: tuple[MergePerson, ...]
    closed: str = ""  # why it can be merged no more

    @property
    def payers(self) -> tuple[MergePerson, ...]:
        """The guardians who pay."""
        return tuple(guardian for guardian in self.guardians if guardian.payer_id is not None)


@dataclass(frozen=True, slots=True)
class MergeSides:
    """The two dossiers, and the pairing that their persons suggest."""

    kept: MergeSide
    merged: MergeSide
    proposed: Pairing

    def joined(self, pairing: Pairing) -> tuple[tuple[int, int], ...]:
        """Return the accounts that a pairing joins: (the one that ends, the one that lives)."""
        ours = {one.person_id: one.payer_id for one in self.kept.guardians}
        theirs = {one.person_id: one.payer_id for one in self.merged.guardians}
        accounts = ((theirs[merged], ours[kept]) for merged, kept in pairing.guardians)
        return tuple((ends, lives) for ends, lives in accounts if ends is not None and lives is not None)


def read_sides(connection: Connection, kept_id: int, merged_id: int) -> MergeSides:
    """Read the two dossiers. Raises DossierUnknown, InvalidInput when they are one."""
    if kept_id == merged_id:
        raise InvalidInput("Ce dossier ne peut pas être réuni à lui-même : choisissez l’autre dossier de la famille.")
    ids = [kept_id, merged_id]
    dossiers = {row.id: row for row in connection.execute(select(t.dossier).where(t.dossier.c.id.in_(ids)))}
    if len(dossiers) < len(ids):
        raise DossierUnknown
    guardian, child = t.guardian, t.child
    guardians = connection.execute(
        select(guardian, t.payer.c.id.label("payer_id"), t.portal_account.c.username)
        .outerjoin(t.payer, (t.payer.c.guardian_id == guardian.c.id) & t.payer.c.joined_into_id.is_(None))
        .outerjoin(t.portal_account, t.portal_account.c.guardian_id == guardian.c.id)
        .where(guardian.c.dossier_id.in_(ids))
        .order_by(guardian.c.id)
    ).all()
    children = connection.execute(
        select(child)
        .where(child.c.dossier_id.in_(ids), child.c.merged_into_id.is_(None))
        .order_by(child.c.birth_on, child.c.id)
    ).all()
    numbers = _numbers(connection, dossiers.values())
    kept, merged = (_side(dossiers[one], guardians, children, numbers) for one in ids)
    return MergeSides(
        kept,
        merged,
        Pairing(
            _likeliest(guardians, ids, guardian_traits, compare_guardians),
            _likeliest(children, ids, child_traits, compare_children),
        ),
    )


def accounts_said(sides: MergeSides, pairing: Pairing) -> tuple[str, ...]:
    """Return what becomes of the portal's accounts of the persons recorded twice, a sentence each."""
    ours = {one.person_id: one for one in sides.kept.guardians}
    theirs = {one.person_id: one for one in sides.merged.guardians}
    said = []
    for merged_id, kept_id in pairing.guardians:
        merged, kept = theirs[merged_id], ours[kept_id]
        if merged.username and kept.username:
            said.append(
                f"{kept.name} a deux comptes sur le portail : « {kept.username} » reste, « {merged.username} » est détaché."
            )
        elif merged.username:
            said.append(f"Le compte de {kept.name} sur le portail, « {merged.username} », vient au dossier gardé.")
    return tuple(said)


def check_pairing(sides: MergeSides, pairing: Pairing) -> None:
    """Refuse a pairing of persons who are not there, or of one person with two. Raises InvalidInput."""
    for pairs, kept, merged in (
        (pairing.guardians, sides.kept.guardians, sides.merged.guardians),
        (pairing.children, sides.kept.children, sides.merged.children),
    ):
        theirs, ours = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        known = set(theirs) <= {one.person_id for one in merged} and set(ours) <= {one.person_id for one in kept}
        if not known or len(set(theirs)) < len(theirs) or len(set(ours)) < len(ours):
            raise InvalidInput("Les dossiers ont changé depuis l’aperçu. Rouvrez la fusion, et recommencez.")


def refusals(connection: Connection, sides: MergeSides, pairing: Pairing, now: datetime) -> tuple[str, ...]:
    """Return why the two dossiers cannot be merged with this pairing, a sentence each; none when they can."""
    return tuple(_refusals(connection, sides, pairing, now))


def _refusals(connection: Connection, sides: MergeSides, pairing: Pairing, now: datetime) -> Iterator[str]:
    for side in (sides.kept, sides.merged):
        if side.closed:
            yield side.closed
    yield from _live_baskets(connection, sides, now)
    yield from _too_many(sides, pairing)
    yield from _twice(connection, sides, pairing)


def _live_baskets(connection: Connection, sides: MergeSides, now: datetime) -> Iterator[str]:
    basket = t.basket.c
    for side in (sides.kept, sides.merged):
        held = connection.scalars(
            select(basket.payer_id).where(
                basket.dossier_id == side.dossier_id,
                basket.kind == BasketKind.RESERVATION.value,
                basket.state == BasketState.OPEN.value,
                basket.expires_at > now,
            )
        ).all()
        names = [one.name for one in side.payers if one.payer_id in held]
        if names:
            yield (
                f"Un panier de {join_words(names)} est en attente (dossier n° {display(side.number)}) : "
                "encaissez-le ou abandonnez-le d’abord."
            )


def _too_many(sides: MergeSides, pairing: Pairing) -> Iterator[str]:
    ends = {ended for ended, _ in sides.joined(pairing)}
    payers = [*sides.kept.payers, *(one for one in sides.merged.payers if one.payer_id not in ends)]
    if len(payers) > MOST_PAYERS:
        names = join_words([one.name for one in payers])
        yield (
            f"Il resterait {len(payers)} payeurs ({names}), deux au plus : dites lesquels sont la même personne ; "
            "sinon, ces dossiers ne sont pas ceux d’une seule famille."
        )
    for people, others, pairs, most, what in (
        (sides.kept.guardians, sides.merged.guardians, pairing.guardians, MOST_GUARDIANS, "responsables"),
        (sides.kept.children, sides.merged.children, pairing.children, MOST_CHILDREN, "enfants"),
    ):
        left = len(people) + len(others) - len(pairs)
        if left > most:
            yield f"Il resterait {left} {what} : un dossier en compte au plus {most}."


def _twice(connection: Connection, sides: MergeSides, pairing: Pairing) -> Iterator[str]:
    """Yield the children booked on the same place and day in both dossiers."""
    names = {one.person_id: one.name for one in sides.kept.children}
    one, two = t.booking.alias("one"), t.booking.alias("two")
    for merged_id, kept_id in pairing.children:
        days = connection.scalars(
            select(one.c.day)
            .join(two, two.c.slot_id == one.c.slot_id)
            .where(
                one.c.child_id.in_(_records(kept_id)),
                two.c.child_id.in_(_records(merged_id)),
                one.c.state.in_(_LIVE),
                two.c.state.in_(_LIVE),
            )
            .distinct()
            .order_by(one.c.day)
        ).all()
        if days:
            said = [f"le {long_date(day)}" for day in days[:MOST_DAYS]] + ["…"] * (len(days) > MOST_DAYS)
            yield (
                f"{names[kept_id]} est réservé dans les deux dossiers {join_words(said)} : "
                "annulez d’abord ces journées dans l’un des deux."
            )


def _records(child_id: int) -> Any:
    record = t.child.alias("record")
    return select(record.c.id).where((record.c.id == child_id) | (record.c.merged_into_id == child_id))


def _side(dossier: Any, guardians: Sequence[Any], children: Sequence[Any], numbers: Mapping[int, str]) -> MergeSide:
    return MergeSide(
        dossier.id,
        dossier.number,
        dossier.label,
        dossier.version,
        tuple(
            MergePerson(
                row.id, person_name(row.first_name, row.last_name), row.birth_on, row.payer_id, row.username or ""
            )
            for row in guardians
            if row.dossier_id == dossier.id
        ),
        tuple(
            MergePerson(row.id, person_name(row.first_name, row.last_name), row.birth_on)
            for row in children
            if row.dossier_id == dossier.id
        ),
        _closed(dossier, numbers),
    )


def _closed(dossier: Any, numbers: Mapping[int, str]) -> str:
    """Say why a dossier is not one that can be merged: « » when it is."""
    called = f"Le dossier n° {display(dossier.number)}"
    if dossier.merged_into_id is not None:
        return f"{called} est déjà réuni au n° {display(numbers[dossier.merged_into_id])} : ouvrez celui-ci."
    if dossier.erased_at is not None:
        return f"Les données du dossier n° {display(dossier.number)} ont été effacées : il ne peut pas être réuni à un autre."
    if dossier.archived_at is not None:
        return f"{called} est archivé : rouvrez-le d’abord."
    return ""


def _numbers(connection: Connection, dossiers: Collection[Any]) -> dict[int, str]:
    kept = [row.merged_into_id for row in dossiers if row.merged_into_id is not None]
    rows = connection.execute(select(t.dossier.c.id, t.dossier.c.number).where(t.dossier.c.id.in_(kept)))
    return {row.id: row.number for row in rows} if kept else {}


def _likeliest(rows: Sequence[Any], ids: Sequence[int], traits: Any, compare: Any) -> tuple[tuple[int, int], ...]:
    """Pair each person of the merged dossier with the one of the kept who is most like them, the likeliest pairs first."""
    ours, theirs = ([row for row in rows if row.dossier_id == dossier_id] for dossier_id in ids)
    found = [(compare(traits(merged), traits(kept)).likeness, merged.id, kept.id) for merged in theirs for kept in ours]
    pairs: dict[int, int] = {}
    for likeness, merged_id, kept_id in sorted(found, key=lambda one: (-one[0], one[1], one[2])):
        if likeness >= Likeness.LIKELY and merged_id not in pairs and kept_id not in pairs.values():
            pairs[merged_id] = kept_id
    return tuple(sorted(pairs.items()))
