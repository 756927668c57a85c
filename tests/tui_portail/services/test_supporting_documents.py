"""Papers seen at the desk: what is expected of a family, what a day waits for, what is to be asked of whom."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, the_commune
from tests.tui_portail.services.desk_acts import HOLIDAY_ALSH, MORNING, THURSDAY, add, clock_of, finish, merged
from tests.tui_portail.services.test_statement_counts import statements
from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.paper_rules import PaperState
from tui_portail.service_rules import PaperOf, PaperRule, PaperValidity
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.family_facts import DossierErased, DossierMerged
from tui_portail.services.missing_papers import missing_papers
from tui_portail.services.rights import Role
from tui_portail.services.supporting_documents import PaperKey, PaperLine, papers_of, record_papers, withdraw_paper

DAY, TODAY = date(2026, 12, 21), date(2026, 12, 1)
HOME, INSURANCE, FORM = "DOMICILE", "ASSURANCE", "FICHE_SANITAIRE"


def see(desk: Desk, family: Family, *papers: PaperKey, dated_on: date = TODAY, until: date | None = None) -> None:
    record_papers(desk, family.dossier_id, papers, dated_on, until, new_operation())


def line_of(desk: Desk, family: Family, key: PaperKey) -> PaperLine:
    return next(line for line in papers_of(desk, family.dossier_id).lines if line.key == key)


def asking(*papers: PaperRule) -> Commune:
    commune = the_commune()
    return replace(commune, policy=replace(commune.policy, papers=papers))


def test_a_day_waits_for_its_paper_until_it_is_seen_and_again_once_it_is_withdrawn(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, renew_alsh_years=(2026,), health_forms=False)
    form = PaperKey(FORM, child_id=family.child_id)
    asked = add(family.child_id, HOLIDAY_ALSH, DAY)
    with pytest.raises(ChangesRefused) as refusal:
        finish(desk, family.dossier_id, asked)
    assert [why.code for why in refusal.value.refusals.values()] == ["PIECE_MANQUANTE"]
    assert "sans la pièce « Fiche sanitaire de liaison »" in refusal.value.sentence

    see(desk, family, form)
    assert finish(desk, family.dossier_id, asked).added == 1

    noted = line_of(desk, family, form).document_id
    assert noted is not None
    withdraw_paper(desk, family.dossier_id, noted, new_operation())
    assert line_of(desk, family, form).state is PaperState.MISSING
    with pytest.raises(ChangesRefused):
        finish(desk, family.dossier_id, add(family.child_id, HOLIDAY_ALSH, date(2026, 12, 22)))
    with pytest.raises(InvalidInput, match="déjà retirée"):
        withdraw_paper(desk, family.dossier_id, noted, new_operation())
    with database.read() as connection:
        kept = connection.execute(select(t.supporting_document)).all()
    assert [row.withdrawn_at is not None for row in kept] == [True], "kept, and counted no more"


def test_a_derogation_books_without_the_paper_and_its_reason_is_kept(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, renew_alsh_years=(2026,), health_forms=False)
    asked = add(family.child_id, HOLIDAY_ALSH, DAY, derogation="Fiche promise pour lundi")
    assert finish(desk, family.dossier_id, asked).added == 1
    with database.read() as connection:
        reasons = connection.scalars(select(t.audit_event.c.reason).where(t.audit_event.c.gesture == "terminer")).all()
    assert reasons == ["Fiche promise pour lundi"]


def test_the_papers_of_a_family_say_when_they_were_seen_by_whom_and_what_is_to_be_asked(database: Database) -> None:
    desk = a_desk(database, name="Camille Roux")
    family = a_family(desk, children=2, health_forms=False)
    elder, younger = family.child_ids[1], family.child_ids[0]
    see(desk, family, PaperKey(HOME), dated_on=date(2025, 12, 20))
    see(desk, family, PaperKey(INSURANCE, child_id=elder), PaperKey(FORM, child_id=elder))
    see(desk, family, PaperKey(INSURANCE, child_id=younger), dated_on=date(2027, 9, 1))

    papers = papers_of(desk, family.dossier_id)
    assert [
        (line.label.split()[0], line.whose.split()[0], line.state)
        for line in papers.lines
        if line.state is not PaperState.NOT_ASKED
    ] == [
        ("Justificatif", "la", PaperState.EXPIRING),
        ("Attestation", "Gabriel", PaperState.VALID),
        ("Attestation", "Inès", PaperState.MISSING),
        ("Fiche", "Gabriel", PaperState.VALID),
        ("Fiche", "Inès", PaperState.MISSING),
    ]
    assert len(papers.to_ask) == 3
    insured = line_of(desk, family, PaperKey(INSURANCE, child_id=elder))
    assert (insured.seen_on, insured.seen_by, insured.valid_until) == (TODAY, "Camille Roux", date(2027, 8, 31))
    assert line_of(desk, family, PaperKey(FORM, child_id=elder)).blocks == ("ALSH vacances scolaires",)


@pytest.mark.parametrize(
    ("key", "dated_on", "sentence"),
    [
        (PaperKey("INCONNUE"), TODAY, "n’est plus attendue"),
        (PaperKey(HOME, child_id=1), TODAY, "n’est plus attendue"),
        (PaperKey(HOME), date(2026, 12, 2), "est après aujourd’hui"),
        (PaperKey(HOME), date(2025, 12, 1), "n’est plus valable depuis le lundi 30 novembre 2026"),
    ],
)
def test_a_paper_that_cannot_be_is_refused_and_nothing_is_noted(
    database: Database, key: PaperKey, dated_on: date, sentence: str
) -> None:
    desk = a_desk(database)
    family = a_family(desk, health_forms=False)
    with pytest.raises(InvalidInput, match=sentence):
        see(desk, family, key, PaperKey(INSURANCE, child_id=family.child_id), dated_on=dated_on)
    assert line_of(desk, family, PaperKey(INSURANCE, child_id=family.child_id)).document_id is None


def test_another_familys_child_has_no_paper_here_and_nothing_chosen_is_said(database: Database) -> None:
    desk = a_desk(database)
    family, other = a_family(desk), a_family(desk, last_name="Martin")
    with pytest.raises(InvalidInput, match="n’est plus attendue"):
        see(desk, family, PaperKey(INSURANCE, child_id=other.child_id))
    with pytest.raises(InvalidInput, match="Choisissez"):
        see(desk, family)


def test_a_payers_paper_with_its_end_written_on_it_opens_the_days_of_that_payer_alone(database: Database) -> None:
    rule = PaperRule("MANDAT", "Mandat", PaperOf.PAYER, PaperValidity.WRITTEN, blocks=(MORNING,))
    desk = a_desk(database, commune=asking(rule))
    family = a_family(desk, two_payers=True)
    keys = [PaperKey("MANDAT", guardian_id=guardian) for guardian in family.guardian_ids]
    with pytest.raises(InvalidInput, match="date de fin"):
        see(desk, family, keys[0])
    see(desk, family, keys[0], until=THURSDAY)
    other = {"payer_id": family.payer_ids[1], "payer_reason": "Accord écrit"}
    with pytest.raises(ChangesRefused):
        finish(desk, family.dossier_id, add(family.child_id, MORNING, THURSDAY, **other))
    assert finish(desk, family.dossier_id, add(family.child_id, MORNING, THURSDAY)).added == 1
    assert [paper.guardian_id for paper in missing_papers(desk).families[0].papers] == [family.guardian_ids[1]]


def test_what_is_said_of_a_paper_elsewhere_does_not_name_it(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    see(desk, family, PaperKey(FORM, child_id=family.child_id))
    desk = a_desk(database, Role.COMPTABILITE)
    said = [(one.label, one.reference) for one in load_dossier(desk, family.dossier_id).operations]
    assert ("Pièces vues", "1 pièce") in said
    with database.read() as connection:
        details = " ".join(connection.scalars(select(t.audit_event.c.details)))
    assert FORM not in details


def asked_of(desk: Desk, **question: object) -> list[tuple[str, list[str]]]:
    """The families to ask, by name, with the kinds asked of each."""
    page = missing_papers(desk, **question)  # type: ignore[arg-type]
    return [(family.label, [paper.kind_code for paper in family.papers]) for family in page.families]


def test_the_papers_to_ask_for_are_listed_family_by_family(database: Database) -> None:
    desk = a_desk(database)
    first = a_family(desk, last_name="Zola", children=2)
    second = a_family(
        desk,
        last_name="Arnaud",
        children=[a_child(last_name="Arnaud", birth_on=date(2022, 1, 1), school_code="MATERNELLE", class_name="")],
    )
    gone = a_family(desk, last_name="Parti")
    with database.write() as connection:
        connection.execute(update(t.child).where(t.child.c.id == gone.child_id).values(archived_at=desk.now()))
    see(desk, first, PaperKey(HOME), dated_on=date(2025, 12, 20))
    see(desk, first, PaperKey(INSURANCE, child_id=first.child_ids[0]))

    assert asked_of(desk) == [("Arnaud", [HOME, INSURANCE]), ("Zola", [INSURANCE])]
    assert asked_of(desk, within_days=30) == [("Arnaud", [HOME, INSURANCE]), ("Zola", [HOME, INSURANCE])]
    assert asked_of(desk, kind=HOME) == [("Arnaud", [HOME])]
    assert asked_of(desk, kind="INCONNUE") == []
    assert asked_of(desk, site="MELODIE") == [("Arnaud", [HOME, INSURANCE])]
    assert asked_of(desk, site="HARMONIE") == [("Zola", [INSURANCE])]
    assert asked_of(desk, first=1, most=1) == [("Zola", [INSURANCE])]
    assert missing_papers(desk, most=1).total == 2
    [paper] = missing_papers(desk, first=1).families[0].papers
    assert (paper.whose, paper.child_id, paper.last_until) == ("Gabriel", first.child_ids[1], None)

    see(desk, second, PaperKey(HOME), PaperKey(INSURANCE, child_id=second.child_id))
    assert asked_of(desk) == [("Zola", [INSURANCE])]


def test_the_papers_to_ask_for_take_as_many_statements_for_many_families_as_for_one(database: Database) -> None:
    desk = a_desk(database)
    counts: list[int] = []
    for names in (("Un",), ("Deux", "Trois", "Quatre")):
        for name in names:
            a_family(desk, last_name=name, children=2)
        missing_papers(desk)
        with statements() as sent:
            assert len(missing_papers(desk).families) == (1 if names == ("Un",) else 4)
        counts.append(len(_reads(sent)))
    assert counts[0] == counts[1] <= 4, "the agent, the commune's version, then the two of the list"


def _reads(sent: Sequence[str]) -> list[str]:
    return [statement for statement in sent if statement.lstrip().upper().startswith("SELECT")]


def test_the_papers_of_a_dossier_merged_or_erased_are_not_shown_as_missing(database: Database) -> None:
    desk = a_desk(database)
    kept, other, erased = a_family(desk), a_family(desk), a_family(desk, last_name="Martin")
    merged(desk, kept, other)
    with pytest.raises(DossierMerged, match="ouvrez le n°"):
        papers_of(desk, other.dossier_id)
    with desk.database.write() as connection:
        gone = update(t.dossier).where(t.dossier.c.id == erased.dossier_id)
        connection.execute(gone.values(erased_at=clock_of(desk).instant))
    with pytest.raises(DossierErased):
        papers_of(desk, erased.dossier_id)
