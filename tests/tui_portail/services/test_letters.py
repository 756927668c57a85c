"""Letters written from the base: to whom, what each says and does not say, in one PDF with its progress, recorded in the dossiers."""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, update

from models import tables as t
from models.engine import Database
from models.states import LetterKind
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, an_agent, paris
from tests.tui_portail.services.desk_acts import agent_of, archive, audit_of, merged
from tests.tui_portail.services.test_statement_counts import statements
from tui_portail.dossier_number import display
from tui_portail.errors import InvalidInput
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_gesture import DossierErased
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.family_facts import DossierMerged
from tui_portail.services.letter_batch import NothingToWrite
from tui_portail.services.letter_offers import dossier_numbered, offers_to_all, offers_to_family, write_offer
from tui_portail.services.letters import (
    AppointmentNotPlanned,
    print_letters,
    write_confirmation,
    write_leaflet,
    write_number_letters,
    write_reminders,
)
from tui_portail.services.rights import Role

HIS = ("Benali", "Karim", "07 11 22 33 44", "2 rue des Lilas", "Montpellier")
HERS = ("Dupont", "Solange", "06 12 34 56 78", "place de la Mairie", "solange@exemple.fr", "745")


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, Role.ENFANCE, documents_dir=tmp_path)


def separated(desk: Desk) -> Family:
    """Two parents who each pay, at two addresses, with a child whose name is neither's."""
    solange = a_guardian("Dupont", "Solange", email=HERS[4], quotient_cents=745_00)
    karim = a_guardian("Benali", "Karim", phone=HIS[2], address=HIS[3], postcode="34000", city=HIS[4])
    return a_family(desk, guardians=(solange, karim), children=[a_child("Inès", "Roche")])


def pages(path: Path) -> list[str]:
    """The words of each page, a line each."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def set_guardian(desk: Desk, guardian_id: int, **values: object) -> None:
    with desk.database.write() as connection:
        connection.execute(update(t.guardian).where(t.guardian.c.id == guardian_id).values(**values))


def set_dossier(desk: Desk, dossier_id: int, **values: object) -> None:
    with desk.database.write() as connection:
        connection.execute(update(t.dossier).where(t.dossier.c.id == dossier_id).values(**values))


def see_paper(desk: Desk, family: Family, kind: str, **whose: object) -> None:
    values = {"valid_from_on": date(2026, 9, 1), "valid_until_on": date(2027, 8, 31), **whose}
    with desk.database.write() as connection:
        connection.execute(
            insert(t.supporting_document).values(
                dossier_id=family.dossier_id,
                kind_code=kind,
                seen_on=date(2026, 9, 1),
                seen_by=agent_of(desk).agent_id,
                recorded_at=paris("2026-09-01 10:00"),
                **values,
            )
        )


def an_appointment(desk: Desk, dossier_id: int | None, name: str = "", **values: object) -> int:
    fields = {
        "starts_at": paris("2026-12-03 14:30"),
        "minutes": 45,
        "kind_code": "INSCRIPTION",
        "state": "prevu",
        "place": 0,
    }
    with desk.database.write() as connection:
        return int(
            connection.execute(
                insert(t.appointment)
                .values(
                    dossier_id=dossier_id,
                    name=name,
                    moved=0,
                    booked_at=paris("2026-12-01 09:00"),
                    booked_by=agent_of(desk).agent_id,
                    **(fields | values),
                )
                .returning(t.appointment.c.id)
            ).scalar_one()
        )


def printed(desk: Desk) -> list[tuple[int, int | None, str]]:
    with desk.database.read() as connection:
        letter = t.letter_printed.c
        return [tuple(row) for row in connection.execute(select(letter.dossier_id, letter.guardian_id, letter.kind))]


def test_a_familys_number_letter_names_its_number_children_and_address(desk: Desk) -> None:
    family = a_family(desk, children=2)
    written = write_number_letters(desk, [family.dossier_id], new_operation())

    [page] = pages(written.path)
    number = display(family.number).replace("\u00a0", " ")
    for said in (
        "Marie Dupont 1 place de la Mairie 34830 Clapiers",
        f"Numéro de dossier : {number}",
        "Gabriel et Inès",
    ):
        assert said in page
    assert "{" not in page
    assert f"dossier-{family.number}" in written.path.name
    assert printed(desk) == [(family.dossier_id, family.guardian_ids[0], "numero")]
    done = {line.label: line.agent for line in load_dossier(desk, family.dossier_id).operations}
    assert done["Courrier : numéro de dossier"] == agent_of(desk).name
    assert "Dupont" not in "".join(row.details + row.result for row in audit_of(desk.database, "ecrire_courriers"))


@pytest.mark.parametrize("kind", [LetterKind.NUMBER, LetterKind.MISSING_PAPERS, LetterKind.APPOINTMENT])
def test_each_separated_parents_letter_has_nothing_of_the_others(desk: Desk, kind: LetterKind) -> None:
    family = separated(desk)
    an_appointment(desk, family.dossier_id)
    offers = [offer for offer in offers_to_family(desk, family.dossier_id) if offer.kind is kind]
    papers = [pages(write_offer(desk, offer, new_operation()).path) for offer in offers]
    [hers], [his] = papers  # a file each: what is printed to be handed to one parent has no page of the other

    assert "Solange Dupont 1 place de la Mairie" in hers
    assert "Karim Benali 2 rue des Lilas 34000 Montpellier" in his
    assert not [word for word in HIS if word in hers]
    assert not [word for word in HERS if word in his]
    assert [guardian for _, guardian, _ in printed(desk)] == list(family.guardian_ids)


def test_all_the_families_not_connected_are_one_pdf_by_name_with_its_progress(desk: Desk) -> None:
    names = ("Œuvrard", "Éluard", "Zola", "Abadie", "Parti", "Uni", "Efface", "Lié", "Sansrue")
    families = {name: a_family(desk, last_name=name) for name in names}
    archive(desk.database, families["Parti"].dossier_id, paris("2026-11-01 10:00"))
    set_dossier(desk, families["Uni"].dossier_id, merged_into_id=families["Zola"].dossier_id)
    set_dossier(desk, families["Efface"].dossier_id, erased_at=paris("2026-11-01 10:00"))
    set_guardian(desk, families["Lié"].guardian_ids[0], linked_at=paris("2026-11-01 10:00"))
    set_guardian(desk, families["Sansrue"].guardian_ids[0], address="", postcode="", city="")
    told: list[tuple[int, int]] = []

    written = write_number_letters(desk, None, new_operation(), lambda done, total: told.append((done, total)))

    order = [next(name for name in names if name in page) for page in pages(written.path)]
    assert order == ["Abadie", "Éluard", "Œuvrard", "Zola"]
    assert told == [(done, 5) for done in range(1, 6)]
    assert written.sentence == "4 courriers pour 4 familles ; 1 sans adresse, non écrits"
    assert len(printed(desk)) == 4
    assert [offer.count for offer in offers_to_all(desk)] == [5, 6, 1]


def test_a_batch_that_is_stopped_leaves_no_file_and_records_nothing(desk: Desk, tmp_path: Path) -> None:
    for name in ("Abadie", "Zola"):
        a_family(desk, last_name=name)

    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write_number_letters(desk, None, new_operation(), stop)
    assert list(tmp_path.rglob("*.pdf")) == []
    assert printed(desk) == []


def test_families_are_read_a_few_at_a_time_in_as_many_statements_each(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_portail.services.letter_families.CHUNK", 2)
    counts = []
    for place in range(4):
        a_family(desk, last_name=f"Famille {place}")
        with statements() as sent:
            write_number_letters(desk, None, new_operation())
        counts.append(len(sent))
    assert counts[3] == counts[2]
    assert 0 < counts[2] - counts[1] < 8, "what one chunk more asks"


def test_nobody_to_write_to_is_said(desk: Desk) -> None:
    with pytest.raises(NothingToWrite):
        write_number_letters(desk, None, new_operation())
    family = a_family(desk)
    for kind, whose in (
        ("DOMICILE", {}),
        ("ASSURANCE", {"child_id": family.child_id}),
        ("FICHE_SANITAIRE", {"child_id": family.child_id}),
    ):
        see_paper(desk, family, kind, **whose)
    with pytest.raises(NothingToWrite, match="Aucune pièce ne manque"):
        write_reminders(desk, [family.dossier_id], new_operation())
    assert [offer.kind for offer in offers_to_family(desk, family.dossier_id)] == [LetterKind.NUMBER]


def test_a_reminder_lists_the_required_papers_not_seen_or_not_valid_any_more(desk: Desk) -> None:
    family = a_family(desk, children=2, health_forms=False)
    see_paper(desk, family, "DOMICILE", valid_until_on=date(2026, 11, 30))
    see_paper(desk, family, "ASSURANCE", child_id=family.child_ids[0])
    see_paper(desk, family, "ASSURANCE", child_id=family.child_ids[1], withdrawn_at=paris("2026-11-01 10:00"))

    [page] = pages(write_reminders(desk, None, new_operation()).path)
    assert (
        "– Justificatif de domicile – Attestation d’assurance scolaire et extrascolaire, pour Gabriel "
        "– Fiche sanitaire de liaison, pour Gabriel – Fiche sanitaire de liaison, pour Inès"
    ) in page
    assert "Photo" not in page


def test_an_appointment_is_confirmed_in_words_of_paris_to_who_made_it(desk: Desk) -> None:
    family = separated(desk)
    written = write_confirmation(desk, an_appointment(desk, family.dossier_id, "Quelqu’un d’autre"), new_operation())
    [page] = pages(written.path)
    assert "le jeudi 3 décembre 2026 à 14 h 30" in page
    assert "Inscription d’une famille" in page
    assert "45 minutes" in page
    assert "Solange Dupont" in page, "a name that is nobody's here: who pays first"
    named = write_confirmation(desk, an_appointment(desk, family.dossier_id, "Karim BENALI", place=1), new_operation())
    assert "Karim Benali 2 rue des Lilas" in pages(named.path)[0]


def test_a_family_not_known_yet_is_confirmed_by_its_name_and_a_cancelled_appointment_never(desk: Desk) -> None:
    [page] = pages(write_confirmation(desk, an_appointment(desk, None, "Léa [red]Martin[/]"), new_operation()).path)
    assert "Léa [red]Martin[/]" in page
    assert "Dossier n°" not in page
    assert printed(desk) == []
    with pytest.raises(AppointmentNotPlanned):
        write_confirmation(desk, an_appointment(desk, None, "Léa", state="annule"), new_operation())


def test_the_leaflets_page_says_the_rules_of_the_set_up_on_one_sheet(desk: Desk) -> None:
    [page] = pages(write_leaflet(desk).path)
    for said in (
        "au plus tard la veille avant midi (week-end exclu)",
        "15 minutes",
        "48 h",
        "1er octobre",
        "ALP/ALSH Mélodie : 06 24 82 28 41",
        "ALSH Ados : 06 86 68 95 66",
        "fermé de 2 h à 6 h",
    ):
        assert said in page


def test_hostile_names_are_text_in_a_letter(desk: Desk) -> None:
    family = a_family(desk)
    set_guardian(
        desk, family.guardian_ids[0], first_name="[red]x[/]", last_name="<b>{commune}", address="1 rue \x1b[31m\u202ea"
    )
    [page] = pages(write_number_letters(desk, [family.dossier_id], new_operation()).path)
    assert "[red]x[/] <b>{commune}" in page
    assert "\x1b" not in page


def test_an_erased_family_is_not_written_to_and_a_number_typed_wrong_is_said(desk: Desk) -> None:
    family = a_family(desk)
    assert dossier_numbered(desk, display(family.number)) == family.dossier_id
    with pytest.raises(InvalidInput, match="Aucun dossier"):
        dossier_numbered(desk, "123456780")
    set_dossier(desk, family.dossier_id, erased_at=paris("2026-11-01 10:00"))
    with pytest.raises(DossierErased):
        write_number_letters(desk, [family.dossier_id], new_operation())
    with pytest.raises(DossierErased):
        offers_to_family(desk, family.dossier_id)


def test_letters_to_a_dossier_merged_since_are_the_history_of_the_one_it_became_and_no_more_are_written(
    desk: Desk,
) -> None:
    kept, other = a_family(desk), a_family(desk)
    write_number_letters(desk, [other.dossier_id], new_operation())
    view = merged(desk, kept, other)
    assert "Courrier : numéro de dossier" in [line.label for line in view.operations]
    for write in (offers_to_family, lambda desk, one: write_number_letters(desk, [one], new_operation())):
        with pytest.raises(DossierMerged, match="ouvrez le n°"):
            write(desk, other.dossier_id)


def test_a_record_refused_leaves_no_file(desk: Desk, tmp_path: Path) -> None:
    family, operation = a_family(desk), new_operation()
    write_number_letters(desk, [family.dossier_id], operation)
    again = write_number_letters(desk, [family.dossier_id], operation)
    assert len(printed(desk)) == 1, "sent twice, recorded once"
    assert print_letters(desk, again).path == again.path
    other = an_agent(desk.database, Role.ENFANCE)
    desk.sign(other)
    with pytest.raises(Exception, match="autre contenu"):
        write_reminders(desk, [family.dossier_id], operation)
    assert not list(tmp_path.rglob("courriers-pieces-*"))
