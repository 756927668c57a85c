"""Changing the commune's set-up from the screens or a file: one document, checked whole, recorded as a new dated version.

A set-up is never changed in place: each version says who, when and why, and is kept for ever (table `commune_version`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnClause, Connection, column, select
from sqlalchemy import table as named_table

from models import tables as t
from models.engine import lock_rows
from tui_portail.commune import Commune
from tui_portail.commune_files import new_commune, to_document
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.french import date_time_text, join_words
from tui_portail.instants import in_paris
from tui_portail.service_rules import Terms
from tui_portail.services.commune import latest_version, read_commune_version, record_commune
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, fingerprint, perform
from tui_portail.services.recorded_closures import refuse_reopened
from tui_portail.services.rights import Right
from tui_portail.services.waiting_offers import lock_places, offers_made, waited_for

LONGEST_REASON = 200
IN_THE_SETTINGS: Mapping[str, str] = {"": "Réglages"}


class CommuneChanged(PortailError):
    """Somebody else changed the set-up since it was read."""

    code = "REGLAGES_MODIFIES"

    def __init__(self, who: str, at: datetime) -> None:
        self.who, self.at = who, at
        super().__init__(
            f"Les réglages ont été modifiés par {who} le {date_time_text(in_paris(at))}. "
            "Rien n’a été enregistré : rouvrez-les, puis refaites votre changement."
        )


class CodeInUse(PortailError):
    """A site, a school or an activity that rows point to would be lost."""

    code = "CODE_UTILISE"

    def __init__(self, what: str, codes: list[str]) -> None:
        super().__init__(
            f"{what} {join_words([f'« {code} »' for code in codes])} : des dossiers ou des journées s’en servent. "
            "Gardez la ligne, et enlevez plutôt ses places ou le site de l’école."
        )


class RegieCodeFixed(PortailError):
    """Another code was given to the régie: it is at the head of its numbers, and stays."""

    code = "CODE_REGIE_FIXE"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Le code de la régie ne change plus : il est en tête des numéros de quittance. Gardez « {code} »."
        )


class TermsKeepVersion(PortailError):
    """The portal's terms say something else under the version that families accepted."""

    code = "CONDITIONS_MEME_VERSION"

    def __init__(self, version: str) -> None:
        super().__init__(
            f"Le texte des conditions d’utilisation change : donnez-lui une autre version que « {version} », que des familles ont pu "
            "accepter. Elles accepteront la nouvelle."
        )


@dataclass(frozen=True, slots=True)
class CommuneSettings:
    """The set-up in force, with the number of its version: what a screen edits a copy of."""

    version: int
    document: dict[str, Any]
    commune: Commune


@dataclass(frozen=True, slots=True)
class RecordedSettings:
    """The version a change made; `changed` is false when it said nothing new."""

    version: int
    changed: bool


def read_settings(desk: Desk) -> CommuneSettings:
    """Return the set-up in force. Raises NotAllowed."""
    with desk.read(Right.SETTINGS) as connection:
        version = latest_version(connection)
        commune = read_commune_version(connection, version)
    return CommuneSettings(version, to_document(commune), commune)


def change_commune(
    desk: Desk, version: int, document: Mapping[str, Any], source: str, reason: str, operation: str
) -> RecordedSettings:
    """Record a whole document as the set-up in force, in place of `version`, with where it came from and why.

    Raises InvalidInput with the key and what was expected, CommuneChanged when another version was recorded meanwhile, CodeInUse,
    TermsKeepVersion, ClosureStands, MealsJustFrozen, NotAllowed.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif du changement", "reason")
    if not reason:
        raise InvalidInput("Écrivez le motif du changement : il est gardé dans l’historique avec votre nom.")
    commune = new_commune(document, IN_THE_SETTINGS)

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        lock_rows(connection, t.database_identity, [1])
        latest = latest_version(connection)
        if latest != version:
            raise _changed(connection, latest)
        before = read_commune_version(connection, latest)
        if before.regie.code != commune.regie.code:
            raise RegieCodeFixed(before.regie.code)
        _refuse_lost_codes(connection, before, commune)
        _refuse_terms_under_one_version(before.policy.portal.terms, commune.policy.portal.terms)
        refuse_reopened(connection, before, commune, in_paris(gesture.now).date())
        recorded = record_commune(connection, commune, source, gesture.now, gesture.agent.agent_id, reason)
        result = RecordedSettings(recorded, recorded != latest)
        made = _offer_what_it_adds(replace(gesture, commune=commune, version=recorded)) if result.changed else {}
        details = {"source": source, "before": latest, **made}
        return Done(asdict(result), "commune_version", recorded, None, reason, details)

    content = [version, fingerprint(document), source, reason]
    return perform(
        desk, "regler_commune", Right.SETTINGS, operation, content, work, lambda kept: RecordedSettings(**kept)
    )


def _offer_what_it_adds(gesture: Gesture) -> dict[str, list[int]]:
    """Offer to those who wait the places that the set-up now has for them; return what the audit trail keeps of it."""
    waited = waited_for(gesture.connection, in_paris(gesture.now).date())
    lock_places(gesture, waited)
    return offers_made(gesture, waited)


def _changed(connection: Connection, version: int) -> CommuneChanged:
    row = connection.execute(
        select(t.commune_version.c.recorded_at, t.agent.c.name)
        .select_from(t.commune_version)
        .outerjoin(t.agent, t.agent.c.id == t.commune_version.c.agent_id)
        .where(t.commune_version.c.id == version)
    ).one()
    return CommuneChanged(row.name or "un autre poste", row.recorded_at)


_POINTING: Mapping[str, tuple[tuple[str, str], ...]] = {
    "site": (("slot", "site_code"), ("meal_order", "site_code"), ("day_closure", "site_code"), ("menu", "scope")),
    "ecole": (("schooling", "school_code"),),
    "activite": (
        ("slot", "activity_code"),
        ("meal_order", "activity_code"),
        ("absence_proof", "activity_code"),
        ("day_closure_activity", "activity_code"),
    ),
}


def _refuse_lost_codes(connection: Connection, before: Commune, after: Commune) -> None:
    """Refuse a set-up that no longer names what rows point to: their labels and rules would be lost."""
    for kind, what, had, has in (
        ("site", "Site", {s.code for s in before.sites}, {s.code for s in after.sites}),
        ("ecole", "École", {s.code for s in before.schools}, {s.code for s in after.schools}),
        ("activite", "Activité", set(before.policy.activities), set(after.policy.activities)),
    ):
        lost = sorted(had - has)
        if not lost:
            continue
        used: set[str] = set()
        for table, code in _POINTING[kind]:
            pointing: ColumnClause[str] = column(code)
            used |= set(
                connection.scalars(
                    select(pointing).distinct().select_from(named_table(table)).where(pointing.in_(lost))
                )
            )
        if used:
            raise CodeInUse(what, sorted(used))


def _refuse_terms_under_one_version(before: Terms, after: Terms) -> None:
    """Refuse another text under the same version: what a family accepted would no longer be told from what it did not."""
    if before.paragraphs and before.paragraphs != after.paragraphs and before.version == after.version:
        raise TermsKeepVersion(before.version)
