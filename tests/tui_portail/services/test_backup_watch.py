"""Who answers for the base is told, at any desk, that it has gone two days without a verified backup."""

from unittest.mock import patch

import pytest

from models.engine import Database
from models.states import DatabaseKind
from tests.factories import a_desk, a_family
from tests.tui_portail.services.desk_acts import clock_of
from tests.tui_portail.services.slip_acts import a_regie
from tui_portail.dossier_number import display
from tui_portail.services import backup_notes, backup_watch
from tui_portail.services.backup_notes import BACKED_UP, BASE, NOT_VERIFIED, RESTORED, SUBJECT, VERIFIED, note
from tui_portail.services.backup_watch import backup_warnings
from tui_portail.services.desk import Desk
from tui_portail.services.regie_watch import BACKUP, regie_warnings
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.verification import verify


def noted(database: Database, subject_id: str, at: str) -> None:
    """A backup noted at an instant."""
    clock = clock_of(a_desk(database, Role.ADMINISTRATEUR, at=at))
    with patch.object(backup_notes, "clock_of", lambda _: clock):
        note(database.url, BACKED_UP, SUBJECT, subject_id, {})


def test_a_base_two_days_without_a_verified_backup_is_told(database: Database) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR, at="2026-12-04 09:00")
    noted(database, VERIFIED, "2026-12-01 02:30")
    noted(database, NOT_VERIFIED, "2026-12-04 02:30")
    assert backup_warnings(desk) == ()  # nobody needs a test's base back
    database.kind = DatabaseKind.REAL
    [said] = backup_warnings(desk)
    assert "Dernière sauvegarde vérifiée : mardi 1er décembre 2026 à 2 h 30" in said
    assert "tui-portail sauvegarder" in said
    database.kind = DatabaseKind.TEST
    noted(database, VERIFIED, "2026-12-03 02:30")
    database.kind = DatabaseKind.REAL
    assert backup_warnings(desk) == ()
    assert verify(desk).findings == ()
    database.kind = DatabaseKind.TEST
    with pytest.raises(NotAllowed):
        backup_warnings(a_desk(database, Role.COMPTABILITE))


def test_the_regisseur_is_told_with_the_regie_s_own_warnings(database: Database) -> None:
    desk: Desk = a_regie(database)
    database.kind = DatabaseKind.REAL
    with patch.object(backup_watch, "is_late", lambda last_at, begun_at, now: last_at is None):
        assert [one.code for one in regie_warnings(desk)] == [BACKUP]
        assert "n’a jamais été sauvegardée" in regie_warnings(desk)[0].sentence


def test_families_brought_back_are_named_until_they_are_erased_again(database: Database) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR)
    family = a_family(a_desk(database))
    note(database.url, RESTORED, BASE, "", {"fichier": "x", "a_effacer": [family.number, "000000000"]})
    noted(database, VERIFIED, "2026-12-01 02:30")
    database.kind = DatabaseKind.REAL
    [said] = backup_warnings(desk)
    assert said.endswith(f"{display(family.number)}.")
