"""A dossier archived and reopened: what keeps it open, what it may do no more, how it is found."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    FRIDAY,
    add,
    book_and_pay,
    finish,
    hold,
    merged,
    owe,
    remove,
)
from tui_portail.errors import InvalidInput
from tui_portail.services.archiving import ArchivingRefused, archive_dossier, archived_dossiers, reopen_dossier
from tui_portail.services.baskets import release_basket
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_gesture import DossierChanged
from tui_portail.services.dossier_search import search
from tui_portail.services.dossiers import DossierView, load_dossier
from tui_portail.services.rights import Role
from tui_portail.services.verification import verify

WHY = "Parti de la commune"


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    yield desk
    assert verify(desk).findings == ()


def archived(desk: Desk, dossier_id: int) -> DossierView:
    version = load_dossier(desk, dossier_id).version
    return archive_dossier(desk, dossier_id, version, WHY, new_operation())


def test_an_archived_dossier_books_no_more_until_it_is_reopened(desk: Desk) -> None:
    family, other = a_family(desk), a_family(desk)
    view = archived(desk, family.dossier_id)
    assert view.archived
    assert view.operations[0].label == "Dossier archivé"
    with pytest.raises(ChangesRefused, match="archivé"):
        finish(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    hits = search(desk, "dupont")
    assert [(hit.dossier_id, hit.archived) for hit in hits] == [(other.dossier_id, False), (family.dossier_id, True)]
    [row] = archived_dossiers(desk)
    assert (row.dossier_id, row.reason, row.agent_name) == (family.dossier_id, WHY, "Camille Roux")

    assert not reopen_dossier(desk, family.dossier_id, "Revenu", new_operation()).archived
    assert archived_dossiers(desk) == ()
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))


def test_what_is_under_way_keeps_a_dossier_open(desk: Desk) -> None:
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    with pytest.raises(ArchivingRefused, match="Un panier de Marie Dupont est en attente"):
        archived(desk, family.dossier_id)
    release_basket(desk, basket.basket_id, new_operation())
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY, FRIDAY + timedelta(days=3)))
    with pytest.raises(ArchivingRefused, match="Inès est encore réservé le vendredi 4 décembre 2026 et le lundi 7"):
        archived(desk, family.dossier_id)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY, FRIDAY + timedelta(days=3)))
    assert archived(desk, family.dossier_id).payers[0].avoir_cents == 2 * EVENING_CENTS, (
        "an avoir waits, it is not lost"
    )


def test_a_debt_keeps_a_dossier_open(desk: Desk) -> None:
    family = a_family(desk)
    owe(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    with pytest.raises(ArchivingRefused, match="Marie Dupont doit 1,95"):
        archived(desk, family.dossier_id)


def test_days_of_a_child_recorded_twice_keep_a_dossier_open(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    merged(desk, kept, other)
    assert archived_dossiers(desk) == (), "a merged dossier is not to be reopened"
    with pytest.raises(ArchivingRefused, match="Inès est encore réservé le vendredi 4"):
        archived(desk, kept.dossier_id)


def test_archiving_twice_without_a_reason_or_from_an_old_version_is_refused(desk: Desk) -> None:
    family = a_family(desk)
    with pytest.raises(InvalidInput, match="motif de l’archivage"):
        archive_dossier(desk, family.dossier_id, 1, "  ", new_operation())
    with pytest.raises(DossierChanged):
        archive_dossier(desk, family.dossier_id, 7, WHY, new_operation())
    with pytest.raises(ArchivingRefused, match="est ouvert"):
        reopen_dossier(desk, family.dossier_id, WHY, new_operation())
    archived(desk, family.dossier_id)
    with pytest.raises(ArchivingRefused, match="déjà archivé"):
        archived(desk, family.dossier_id)
