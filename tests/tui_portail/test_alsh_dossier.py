from __future__ import annotations

import pytest

from tests.tui_portail.calendars import d, leaflet_policy
from tui_portail.alsh_dossier import AlshFacts, judge_alsh_dossier, may_renew, renewal_open_from

POLICY = leaflet_policy()


@pytest.mark.parametrize(
    ("attended", "renewed", "day", "allowed"),
    [
        ({2025}, set(), "2026-12-02", True),
        ({2026}, set(), "2026-12-02", True),
        ({2026}, set(), "2027-01-06", True),
        ({2025}, set(), "2027-01-06", False),
        ({2024}, set(), "2026-12-02", False),
        (set(), {2026}, "2026-12-02", True),
        (set(), {2026}, "2027-01-06", False),
        (set(), {2027}, "2026-12-02", False),
        ({2028}, set(), "2027-01-06", False),
        (set(), set(), "2026-12-02", False),
    ],
)
def test_an_alsh_day_needs_attendance_in_its_year_or_the_one_before_or_a_renewal(
    attended: set[int], renewed: set[int], day: str, allowed: bool
) -> None:
    alsh = AlshFacts(frozenset(attended), frozenset(renewed))
    assert bool(judge_alsh_dossier("Lina", alsh, d(day), d("2026-12-01"), POLICY)) is allowed


def test_the_refusal_sends_the_family_to_enfance_jeunesse() -> None:
    refusal = judge_alsh_dossier("Élodie", AlshFacts(), d("2026-12-02"), d("2026-12-01"), POLICY)
    assert refusal.code == "DOSSIER_ALSH"
    assert refusal.sentence == (
        "Le dossier ALSH d’Élodie n’est pas à jour pour 2026 : l’enfant n’a fréquenté l’ALSH ni en 2025 ni en 2026, et le "
        "dossier n’a pas été renouvelé. Pour le renouveler, il faut prendre rendez-vous avec le service Enfance/Jeunesse."
    )


def test_before_the_renewals_open_the_refusal_says_from_when() -> None:
    refusal = judge_alsh_dossier("Lina", AlshFacts(), d("2027-01-06"), d("2026-09-15"), POLICY)
    assert "à partir du jeudi 1er octobre 2026" in refusal.sentence


def test_renewals_for_a_year_open_on_the_first_of_october_before() -> None:
    assert renewal_open_from(2027, POLICY) == d("2026-10-01")


@pytest.mark.parametrize(
    ("today", "code"),
    [
        ("2026-09-30", "RENOUVELLEMENT_PAS_OUVERT"),
        ("2026-10-01", "ACCEPTE"),
        ("2027-12-31", "ACCEPTE"),
        ("2028-01-01", "RENOUVELLEMENT_ANNEE_FINIE"),
    ],
)
def test_a_dossier_is_renewed_between_the_opening_and_the_end_of_the_year(today: str, code: str) -> None:
    assert may_renew(2027, d(today), POLICY).code == code
