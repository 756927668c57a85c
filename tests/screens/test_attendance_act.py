"""The pointage by its keys: a whole site, a reader's badges, a child who came without booking, the papers, the hours for the CAF."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.database_errors import DatabaseBusy
from models.engine import Database
from screens import attendance as screen_of_marks
from tests.factories import Family, a_child, a_desk, a_family, paris
from tests.screens.outages import Pauses
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.attendance_acts import (
    ABSENT,
    JUSTIFIED,
    PRESENT,
    THURSDAY_EVENING,
    UNBOOKED,
    a_full_site,
    at,
    desk_of,
    mark,
    states,
)
from tests.tui_portail.services.desk_acts import EVENING, THURSDAY, add, book_and_pay, set_time
from tui_portail.badges import badge_number
from tui_portail.services.desk import Desk
from tui_portail.services.queue import list_queue
from tui_portail.services.rights import Role

SLOT = at(EVENING)
SITE_OF_120 = 120


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """The mairie's desk, on a Thursday evening."""
    desk = a_desk(database, documents_dir=tmp_path)
    yield desk


@pytest.fixture
def family(office: Desk) -> Family:
    """Two children: Inès booked the evening, Gabriel did not."""
    family = a_family(office, children=[a_child("Inès"), a_child("Gabriel", birth_on=date(2020, 12, 4))])
    book_and_pay(office, family.dossier_id, add(family.child_ids[0], EVENING, THURSDAY))
    set_time(office, paris(THURSDAY_EVENING))
    return family


@pytest.fixture
def site(office: Desk, family: Family) -> Desk:
    """The site's own desk, with its agent."""
    return desk_of(office)


async def at_harmonie(scene: Scene) -> None:
    """Open the pointage at a desk where Harmonie was marked last."""
    scene.app.last_marked = ("HARMONIE", EVENING)
    await scene.press("enter")


@SIZES_AND_ENGINES
def test_a_site_of_120_children_is_marked_in_under_150_keys(office: Desk, size: tuple[int, int]) -> None:
    family = a_family(office)
    set_time(office, paris(THURSDAY_EVENING))
    ids = a_full_site(office, SLOT, SITE_OF_120, dossier_id=family.dossier_id, payer_id=family.payer_id)
    site = desk_of(office)
    away = {ids[place]: (ABSENT, JUSTIFIED)[place % 3 == 0] for place in (0, 13, 27, 41, 58, 72, 86, 103, 119)}
    keys = 0

    async def act(scene: Scene) -> None:
        nonlocal keys
        await scene.press("enter", "l", "up", "enter")
        keys += 4
        assert "Harmonie · ALP soir · jeudi 3 décembre 2026" in scene.text()
        assert "120 attendus · reste 120 à pointer" in scene.flat()
        for child_id, state in away.items():
            place = ids.index(child_id)
            letters = f"{'abcdefghijklmnopqrstuvwx'[place // 5]}{'aeiou'[place % 5]}"
            sent = f"/{letters}\r{'a' if state is ABSENT else 'j'}"
            keys += len(sent)
            await scene.burst(sent)
        await scene.press("up", "space", "t")
        assert "T encore : 110 autres enfants seront pointés présents." in scene.flat()
        await scene.press("t")
        keys += 4
        await scene.until(lambda: "tous sont pointés" in scene.flat())
        check_screen(scene, "attendance")

    play(act, site, size=size)
    assert states(office, SLOT) == {child_id: away.get(child_id, PRESENT) for child_id in ids}
    assert keys < 150
    assert keys == 53, "the way in, five keys an absent, one present, all the others"


@SIZES_AND_ENGINES
def test_a_reader_marks_from_anywhere_and_says_who_is_not_expected(
    office: Desk, family: Family, site: Desk, size: tuple[int, int]
) -> None:
    booked, unbooked = family.child_ids

    async def act(scene: Scene) -> None:
        await at_harmonie(scene)
        await scene.burst(f"{badge_number(booked)}\r")
        await scene.until(lambda: states(office, SLOT)[booked] is PRESENT)
        assert "présent : DUPONT Inès" in scene.flat()
        await scene.press("a")
        await scene.press("slash")
        await scene.burst(f"{badge_number(booked)}\r")
        assert "présent : DUPONT Inès (était absent)" in scene.flat(), "typed in the field, it is a badge too"

        await scene.burst(f"{badge_number(unbooked)[:-1]}9\r")
        assert "badge illisible" in scene.flat()
        await scene.burst(f"{badge_number(424_242)}\r")
        assert "Ce badge n’est celui d’aucun enfant inscrit." in scene.flat()
        await scene.burst(f"{badge_number(unbooked)}\r".translate(str.maketrans("1234567890", "&é\"'(-è_çà")))
        assert "DUPONT Gabriel n’a pas réservé. S : présent sans réservation" in scene.flat()
        check_screen(scene, "attendance_not_expected")
        await scene.press("s")
        assert "présent sans réservation : DUPONT Gabriel (ALP soir)." in scene.flat()
        assert "€" not in scene.text(), "a site's agent sees no money"
        await scene.burst(f"{badge_number(unbooked)}\r")
        assert "Déjà pointé, sans réservation" in scene.flat()
        await scene.press("a")
        assert "Suppr efface d’abord ce pointage" in scene.flat()
        await scene.press("delete")
        assert "Suppr encore" in scene.flat()
        await scene.press("f5", "delete")
        assert states(office, SLOT)[unbooked] is UNBOOKED, "another key came between"
        await scene.press("delete")
        await scene.until(lambda: unbooked not in states(office, SLOT))
        assert list_queue(office) == ()

        await scene.press("s")
        await scene.type("ine")
        assert "Aucun enfant des écoles de ce site" in scene.flat(), "who booked did not come without booking"
        await scene.press("backspace", "backspace", "backspace")
        await scene.type("gab")
        check_screen(scene, "attendance_unbooked")
        await scene.press("enter")
        await scene.until(lambda: states(office, SLOT).get(unbooked) is UNBOOKED)

    play(act, site, size=size)
    assert states(office, SLOT) == {booked: PRESENT, unbooked: UNBOOKED}
    assert len(list_queue(office)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mark_that_cannot_be_written_stays_until_it_is(
    office: Desk, family: Family, site: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, busy = screen_of_marks.mark_children, [True]

    def refused_first(*arguments: object) -> object:
        if busy:
            raise DatabaseBusy("Un autre poste enregistre : recommencez.")
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(screen_of_marks, "mark_children", refused_first)
    colleague = desk_of(office, name="Sol Marin")

    async def act(scene: Scene) -> None:
        Pauses(scene)
        await at_harmonie(scene)
        await scene.press("space")
        assert "présent…" in scene.text()
        assert "1 en cours d’écriture" in scene.flat()
        assert "d’autres postes occupent la base" in scene.flat()
        await scene.press("escape")
        assert "attente arrêtée, rien n’est fait" in scene.flat().lower()
        await scene.press("escape")
        assert "Quitter sans enregistrer ?" in scene.text()
        await scene.press("escape")
        busy.clear()
        await scene.press("f5")
        await scene.until(lambda: states(office, SLOT)[family.child_id] is PRESENT)
        assert "présent…" not in scene.text()
        mark(colleague, SLOT, family.child_id, ABSENT)
        await scene.press("f5")
        assert "1 absent" in scene.flat(), "what a colleague marked is read again"
        await scene.press("escape")
        assert "Vie des activités" in scene.text()

    play(act, site)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_lists_and_badges_are_printed_and_read_back(office: Desk, family: Family, site: Desk) -> None:
    async def act(scene: Scene) -> None:
        await at_harmonie(scene)
        await scene.press("comma")
        assert "mardi 1er décembre 2026" in scene.text(), "no ALP on Wednesday"
        assert "Personne n’est attendu" in scene.flat()
        await scene.press("semicolon", "f10")
        await scene.until(lambda: "se trouve ici" in scene.flat())
        await scene.press("w")
        await scene.until(lambda: len(list(office.documents().rglob("pointage-*.pdf"))) == 2)
        await scene.press("b")
        await scene.until(lambda: any(office.documents().rglob("badges-*.pdf")))
        await scene.press("semicolon", "space")
        await scene.press("l", "up", "enter")
        assert "vendredi 4 décembre 2026" in scene.text()
        await scene.press("g")
        await scene.type("2/12")
        await scene.press("enter")
        assert "Harmonie · ALSH mercredi · mercredi 2 décembre 2026" in scene.text()

    play(act, site)
    day, week = sorted(office.documents().rglob("pointage-*.pdf"), key=lambda path: path.name)
    texts = ["\n".join(page.extract_text() for page in PdfReader(path).pages) for path in (day, week)]
    assert all("DUPONT Inès" in text and "Gabriel" not in text and "€" not in text for text in texts)
    assert any("Jeudi 3 décembre 2026. 1 enfant à pointer." in text for text in texts)
    [badges] = office.documents().rglob("badges-*.pdf")
    text = PdfReader(badges).pages[0].extract_text().replace("\u00a0", " ")
    for child_id, name in zip(family.child_ids, ("Inès D.", "Gabriel D."), strict=True):
        number = badge_number(child_id)
        assert name in text and f"{number[:-2]} {number[-2:]}" in text


@SIZES_AND_ENGINES
def test_the_hours_for_the_caf_are_read_printed_and_exported(
    office: Desk, family: Family, site: Desk, size: tuple[int, int]
) -> None:
    mark(site, SLOT, family.child_id, PRESENT)

    async def act(scene: Scene) -> None:
        await scene.press("down", "enter")
        assert "Tous les sites : 2 h pour 1 présence." in scene.flat()
        check_screen(scene, "caf_report")
        await scene.press("l")
        assert "Mélodie : 0 h pour 0 présence." in scene.flat()
        await scene.press("l")
        assert "Harmonie : 2 h" in scene.flat()
        await scene.press("f10")
        await scene.until(lambda: "se trouve ici" in scene.flat())
        await scene.press("x", "enter")
        await scene.until(lambda: "Heures pour la CAF : 2 lignes dans" in scene.flat())

    play(act, site, size=size)
    [printed] = office.documents().rglob("heures-caf-*.pdf")
    assert "6 ans et plus" in PdfReader(printed).pages[0].extract_text()
    [sheet] = office.documents().rglob("heures-caf-*.csv")
    assert "Harmonie;ALP soir;6 ans et plus;1;1;120" in sheet.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_sites_agent_is_led_to_the_activities_and_nowhere_else(family: Family, site: Desk) -> None:
    assert site.require().roles == {Role.SITE}

    async def act(scene: Scene) -> None:
        assert "Vie des activités" in scene.text()
        assert "Pointage" in scene.text()
        await scene.press("ctrl+f")
        await scene.press("f4")
        assert "Vie des activités" in scene.text()
        await scene.press("enter", "slash")
        assert "Pointage" in scene.lines()[0], "« / » finds a child of the sheet here, not a dossier"

    play(act, site)
