"""The sections hold the whole document: read and written back they change nothing, and what changed is said in French."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.tui_portail.communes import documents
from tui_portail.commune_files import from_document, read_commune, shipped_commune, to_document
from tui_portail.commune_files.writing import commune_toml
from tui_portail.commune_sections import SECTIONS, differences, lines_of, section_of, with_lines, without_line
from tui_portail.commune_sections.spots import mistake_words, spot_of
from tui_portail.errors import InvalidInput


@pytest.fixture
def clapiers() -> dict[str, Any]:
    return dict(to_document(shipped_commune()))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents())
def test_a_set_up_written_in_a_file_is_read_back_the_same(document: dict[str, Any], tmp_path: Path) -> None:
    commune = from_document(document)
    whole = dict(to_document(commune))
    file = tmp_path / "commune.toml"
    file.write_text(commune_toml(whole, "Réglages"), encoding="utf-8")
    assert read_commune(file) == commune
    assert differences(whole, dict(to_document(read_commune(file)))) == ()
    again = whole
    for section in SECTIONS:
        again = with_lines(again, section, lines_of(whole, section))
    assert from_document(again) == commune


@settings(max_examples=15)
@given(before=documents(), after=documents())
def test_two_set_ups_differ_in_words_exactly_when_they_differ(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = (dict(to_document(from_document(one))) for one in (before, after))
    assert bool(differences(old, new)) == (old != new)
    for change in differences(old, new):
        assert change.before != change.after


def test_each_change_is_said_by_section_line_and_field(clapiers: dict[str, Any]) -> None:
    after = copy.deepcopy(clapiers)
    after["activites"][3]["fin"] = "18:45:00"
    after["activites"][3]["limite_ajout"]["jours"] = 2
    after["places"]["MELODIE"]["ALP_SOIR"] = 90
    del after["places"]["ADOS"]["ALSH_VACANCES"]
    after["moyens"] = [after["moyens"][1], after["moyens"][0], *after["moyens"][2:]]
    after["regles"]["ponts_alsh_ouverts"] = True
    after["tarifs"]["grilles"][0]["exterieur"] = "3/2"
    after["calendrier"]["ponts"].remove("2027-05-08")
    after["portail"]["ferme_de"] = "01:30:00"
    after["portail"]["conditions"] |= {"version": "2", "texte": ["Bonjour."]}
    after["paiement_en_ligne"]["mode"] = "production"
    clapiers["portail"]["conditions"]["texte"] = ["Un texte.", "Un autre."]
    assert [change.sentence.replace("\N{NO-BREAK SPACE}", " ") for change in differences(clapiers, after)] == [
        "Activités, ALP soir — Fin : 18 h 30 → 18 h 45",
        "Activités, ALP soir — Réserver : jours avant : 1 → 2",
        "Places d’un jour, Mélodie · ALP soir — Places : 80 → 90",
        "Places d’un jour, Ados · ALSH vacances scolaires — enlevé",
        "Ponts, 08/05/2027 — enlevé",
        "Tarifs, ALP matin · 01/09/2025 — Extérieurs : 1,25 → 1,5",
        "Réservations — ALSH ouvert les ponts : non → oui",
        "Moyens de paiement — Ordre : Espèces, Chèque, Carte bancaire, CESU, Chèques-vacances ANCV, Virement, PayFiP → "
        "Chèque, Espèces, Carte bancaire, CESU, Chèques-vacances ANCV, Virement, PayFiP",
        "Portail des familles — Fermé de : 2 h → 1 h 30",
        "Conditions d’utilisation — Version : 1 → 2",
        "Conditions d’utilisation — Texte : Un texte., Un autre. → Bonjour.",
        "Paiement en ligne — Mode : essai → pour de bon",
    ]


def test_activities_are_shown_by_their_order_and_keep_the_one_they_are_given(clapiers: dict[str, Any]) -> None:
    activities = section_of("activites")
    clapiers["activites"][0]["ordre"] = 9
    lines = lines_of(clapiers, activities)
    assert [line["code"] for line in lines][-1] == "ALP_MATIN"
    changed = with_lines(clapiers, activities, [lines[-1], *lines[:-1]])
    assert [rule.code for rule in from_document(changed).policy.activities.values() if rule.order == 1] == ["ALP_MATIN"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (("activites", 3, "fin"), "Activités, ALP soir, Fin : attendu : une heure après celle du début."),
        (("places", "MELODIE", "CANTINE"), "Places d’un jour, Mélodie · CANTINE, Places : « CANTINE » n’est le code"),
        (
            ("regles", "prolongations_au_plus"),
            "Réservations, Prolongations au plus : attendu : un nombre d’au plus 20.",
        ),
        (("identite", "nom"), "En-tête des papiers, Mairie : attendu : un texte qui n’est pas vide."),
        (("rendez_vous", "ouvertures", 1, "a"), "Rendez-vous : semaine, mardi · 8 h 30, À : attendu : une heure après"),
        (
            ("limites", 0, "activites", 0),
            "Limites par âge, Harmonie · RIEN, Activités : « RIEN » n’est pas proposée à « Harmonie »",
        ),
        (
            ("encadrement", "ALP", "moins_de_6"),
            "Encadrement, ALP, Enfants de moins de 6 ans : attendu : un nombre d’au plus",
        ),
        (("portail", "ferme_a"), "Portail des familles, Fermé jusqu’à : attendu : une heure après"),
        (("portail", "conditions", "texte"), "Conditions d’utilisation, Texte : attendu : une liste"),
        (("paiement_en_ligne", "actif"), "Paiement en ligne, Numéro de client : attendu : les six chiffres du numéro"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_screen(
    clapiers: dict[str, Any], spoil: tuple[str | int, ...], sentence: str
) -> None:
    wrong = {
        "fin": "16:00",
        "CANTINE": 3,
        "nom": "",
        "a": "07:00",
        "activites": "RIEN",
        "ferme_a": "01:00",
        "actif": True,
    }
    inner: Any = clapiers
    for step in spoil[:-1]:
        inner = inner[step]
    key = spoil[-1]
    inner[key] = wrong.get(str(key), "RIEN" if key == 0 else 999)
    with pytest.raises(InvalidInput) as refused:
        from_document(clapiers)
    place, expected = refused.value.place, refused.value.expected  # type: ignore[attr-defined]
    said = mistake_words(clapiers, spot_of(clapiers, place), expected).replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith(sentence), said


def test_a_code_taken_out_leaves_nothing_that_names_it(clapiers: dict[str, Any]) -> None:
    activities, sites = section_of("activites"), section_of("sites")
    at = next(at for at, line in enumerate(lines_of(clapiers, activities)) if line["code"] == "PAUSE_MERIDIENNE")
    changed = without_line(clapiers, activities, at)
    from_document(changed)
    said = [change.sentence for change in differences(clapiers, changed)]
    assert "Activités, restaurant scolaire — Apporte : garderie de la pause méridienne → —" in said
    assert (
        "Moyens de paiement, CESU — Ne paie jamais : garderie de la pause méridienne, restaurant scolaire → restaurant scolaire"
        in [
            sentence.replace(
                "restaurant scolaire, garderie de la pause méridienne",
                "garderie de la pause méridienne, restaurant scolaire",
            )
            for sentence in said
        ]
    )
    without_ados = without_line(changed, sites, 2)
    commune = from_document(without_ados)
    assert commune.school("COLLEGE").alsh_site is None
    assert {offering.site for offering in commune.offerings} == {"MELODIE", "HARMONIE"}
