"""The base as a plan of an import needs it, read whole: its children, their schools, guardians, quotients."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from models.states import AlshOrigin
from tui_portail.imports.known import Known, KnownChild, KnownDossier, KnownGuardian, KnownSchooling
from tui_portail.imports.lines import PlaceSaid
from tui_portail.services.family_facts import shown_as


def read_known(connection: Connection) -> Known:
    """Read every dossier that is neither erased nor merged, with its children, each once, and its guardians."""
    dossiers = {
        row.id: KnownDossier(row.id, row.number, row.version, row.archived_at is not None)
        for row in connection.execute(
            select(t.dossier.c.id, t.dossier.c.number, t.dossier.c.version, t.dossier.c.archived_at).where(
                t.dossier.c.erased_at.is_(None), t.dossier.c.merged_into_id.is_(None)
            )
        )
    }
    children = tuple(one for one in _children(connection) if one.dossier_id in dossiers)
    guardians = tuple(one for one in _guardians(connection) if one.dossier_id in dossiers)
    return Known(tuple(dossiers.values()), children, guardians)


def _children(connection: Connection) -> list[KnownChild]:
    schooling, child = t.schooling.c, t.child.c
    schoolings: defaultdict[int, list[KnownSchooling]] = defaultdict(list)
    for row in connection.execute(select(t.schooling).order_by(schooling.child_id, schooling.from_on)):
        schoolings[row.child_id].append(KnownSchooling(row.id, row.from_on, row.school_code, row.level, row.class_name))
    years: defaultdict[int, set[int]] = defaultdict(set)
    alsh = t.alsh_enrolment.c
    attended = (
        select(shown_as(), alsh.year)
        .select_from(t.alsh_enrolment)
        .join(t.child, child.id == alsh.child_id)
        .where(alsh.origin == AlshOrigin.ATTENDED.value)
    )
    for child_id, year in connection.execute(attended):
        years[child_id].add(year)
    columns = (
        child.id,
        child.dossier_id,
        child.last_name,
        child.birth_name,
        child.first_name,
        child.birth_on,
        child.sex,
        child.archived_at,
    )
    return [
        KnownChild(*row[:7], row.archived_at is not None, tuple(schoolings[row.id]), frozenset(years[row.id]))
        for row in connection.execute(select(*columns).where(child.merged_into_id.is_(None)).order_by(child.id))
    ]


def _guardians(connection: Connection) -> list[KnownGuardian]:
    guardian, payer = t.guardian.c, t.payer.c
    quotients: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    quotient = t.quotient_familial.c
    for payer_id, start, end in connection.execute(
        select(quotient.payer_id, quotient.valid_from_on, quotient.valid_until_on)
    ):
        quotients[payer_id].append((start, end))
    rows: Any = connection.execute(
        select(t.guardian, payer.id.label("payer_id"))
        .outerjoin(t.payer, (payer.guardian_id == guardian.id) & payer.joined_into_id.is_(None))
        .order_by(guardian.id)
    )
    return [
        KnownGuardian(
            row.id,
            row.dossier_id,
            row.last_name,
            row.birth_name,
            row.first_name,
            row.email,
            row.phone,
            row.phone_2,
            PlaceSaid(row.address, row.postcode, row.city),
            row.allowance_number,
            row.payer_id or 0,
            tuple(quotients.get(row.payer_id or 0, ())),
        )
        for row in rows
    ]
