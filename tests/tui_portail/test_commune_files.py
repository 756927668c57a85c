"""The files a commune edits, the document the database keeps, and the sentence that answers a mistake in either."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_portail.commune import Commune
from tui_portail.commune_files import (
    SHIPPED_FILE,
    from_document,
    new_commune,
    read_commune,
    shipped_commune,
    to_document,
)
from tui_portail.errors import InvalidInput
from tui_portail.policy import ActivityFamily, BasketKind, LimitRule, Means, RunsOn
from tui_portail.pricing import BracketTariff, EffortTariff, FlatTariff, Price, QuotientFamilial, check_grids, price_of
from tui_portail.service_rules import OnlinePaymentRules, PayFipMode, PortalRules, Terms

ALP, ALSH = ActivityFamily.ALP, ActivityFamily.ALSH


@pytest.fixture(scope="module")
def clapiers() -> Commune:
    return shipped_commune()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for file in ("clapiers.toml", "calendrier-zone-c.toml", "tarifs-fictifs.toml"):
        shutil.copy(str(files("data") / file), tmp_path / file)
    return tmp_path / SHIPPED_FILE


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_contacts_are_those_the_leaflet_prints(clapiers: Commune) -> None:
    contacts = {site.code: dict(site.contacts) for site in clapiers.sites}
    assert contacts == {
        "MELODIE": {ALP: "06 24 82 28 41", ALSH: "06 24 82 28 41"},
        "HARMONIE": {ALP: "06 86 68 95 66", ALSH: "06 88 82 24 66"},
        "ADOS": {ALSH: "06 86 68 95 66"},
    }
    assert clapiers.identity.address == ("Espace Bonnier", "5 Grand'rue Marie Lacroix", "34830 Clapiers")


def test_the_six_activities_follow_the_leaflet(clapiers: Commune) -> None:
    rules = list(clapiers.policy.activities.values())
    assert [(rule.code, rule.label, rule.family, rule.runs_on, rule.late_refund_with_proof) for rule in rules] == [
        ("ALP_MATIN", "ALP matin", ALP, RunsOn.SCHOOL_DAYS, False),
        ("PAUSE_MERIDIENNE", "garderie de la pause méridienne", ALP, RunsOn.SCHOOL_DAYS, False),
        ("RESTAURATION", "restaurant scolaire", ALP, RunsOn.SCHOOL_DAYS, False),
        ("ALP_SOIR", "ALP soir", ALP, RunsOn.SCHOOL_DAYS, False),
        ("ALSH_MERCREDI", "ALSH mercredi", ALSH, RunsOn.SCHOOL_WEDNESDAYS, True),
        ("ALSH_VACANCES", "ALSH vacances scolaires", ALSH, RunsOn.HOLIDAY_WEEKDAYS, True),
    ]
    assert [rule.order for rule in rules] == [1, 2, 3, 4, 5, 6]
    assert {rule.code for rule in rules if rule.brings} == {"RESTAURATION"}
    assert {rule.code for rule in rules if rule.has_meal} == {"RESTAURATION", "ALSH_MERCREDI", "ALSH_VACANCES"}
    assert all(rule.add_limit == rule.cancel_limit == LimitRule() for rule in rules)


def test_a_collegien_is_offered_only_the_alsh_of_ados(clapiers: Commune) -> None:
    assert clapiers.sites_for("COLLEGE") == {"ALSH_MERCREDI": "ADOS", "ALSH_VACANCES": "ADOS"}
    assert set(clapiers.sites_for("MATERNELLE").values()) == {"MELODIE"}
    assert set(clapiers.sites_for("ELEMENTAIRE").values()) == {"HARMONIE"}
    assert len(clapiers.sites_for("ELEMENTAIRE")) == 6


def test_the_matrix_of_means_is_the_services_default(clapiers: Commune) -> None:
    means = clapiers.policy.means
    assert set(means) == set(Means)
    assert means[Means.CASH].max_net_cents == 300_00
    assert [kind for kind, rule in means.items() if rule.gives_change] == [Means.CASH]
    assert means[Means.CESU].excluded_activities == {"RESTAURATION", "PAUSE_MERIDIENNE"}
    assert means[Means.CESU].alsh_under_age == 6
    assert means[Means.TRANSFER].basket_kinds == {BasketKind.REGULARISATION}
    assert means[Means.CHEQUE].required == ("bank", "number", "drawer")
    assert means[Means.CARD].required == ("terminal",)


def test_every_offered_activity_has_a_fictitious_price_on_every_covered_year(clapiers: Commune) -> None:
    assert check_grids(clapiers.grids) == []
    assert clapiers.policy.fictitious
    for day in (date(2025, 9, 1), date(2026, 12, 2), date(2028, 7, 3)):
        for activity in clapiers.policy.activities:
            price = price_of(clapiers.grids, activity, day, QuotientFamilial(745_00, day, None), 2, resident=False)
            assert isinstance(price, Price)
            assert price.fictitious
            assert "FICTIF" in price.label
    assert {type(grid.tariff) for grid in clapiers.grids} == {FlatTariff, BracketTariff, EffortTariff}


def test_the_document_gives_back_the_same_commune_even_with_its_keys_sorted(clapiers: Commune) -> None:
    stored = json.dumps(to_document(clapiers), sort_keys=True)
    assert from_document(json.loads(stored)) == clapiers
    assert to_document(from_document(json.loads(stored))) == to_document(clapiers)


def test_a_document_keeps_its_public_holidays_instead_of_computing_them_again(clapiers: Commune) -> None:
    document: dict[str, Any] = to_document(clapiers)
    document["calendrier"]["feries"] = {"2026-11-11": "Armistice"}
    assert from_document(document).calendar.public_holidays == {date(2026, 11, 11): "Armistice"}


@settings(max_examples=60, deadline=None)
@given(
    cents=st.lists(st.integers(0, 9_999_99), min_size=3, max_size=3),
    quotients=st.lists(st.integers(1, 9_999_99), min_size=2, max_size=2, unique=True),
    factors=st.lists(st.fractions(0, 3, max_denominator=999), min_size=1, max_size=4),
    at=st.times().map(lambda moment: moment.replace(tzinfo=None)),
    days=st.integers(0, 60),
)
def test_whatever_the_prices_factors_and_hours_nothing_is_lost_in_the_document(
    cents: list[int], quotients: list[int], factors: list[Fraction], at: time, days: int
) -> None:
    document: dict[str, Any] = to_document(shipped_commune())
    low, high = sorted(quotients)
    first, second, third = sorted(cents)

    def amount(value: int) -> str:
        return f"{value // 100},{value % 100:02d}"

    document["tarifs"]["grilles"][0] |= {
        "tranches": [
            {"de": 0, "moins_de": amount(low), "prix": amount(first)},
            {"de": amount(low), "moins_de": amount(high), "prix": amount(second)},
            {"de": amount(high), "prix": amount(third)},
        ],
        "fratrie": [str(factor) for factor in factors],
    }
    document["activites"][0]["limite_ajout"] = {"heure": at.isoformat(), "jours": days}
    commune = from_document(document)
    tariff = commune.grids[0].tariff
    assert isinstance(tariff, BracketTariff)
    assert [bracket.price_cents for bracket in tariff.brackets] == [first, second, third]
    assert [bracket.from_quotient_cents for bracket in tariff.brackets] == [0, low, high]
    assert commune.grids[0].sibling_factors == tuple(factors)
    assert commune.policy.activities["ALP_MATIN"].add_limit == LimitRule(at, days)
    assert from_document(json.loads(json.dumps(to_document(commune)))) == commune


def test_a_commune_changes_a_limit_without_touching_code(copied: Path) -> None:
    edit(copied, 'nom = "ALP matin"', 'nom = "ALP matin"\nlimite_ajout = { heure = 09:30:00, jours = 2 }')
    assert read_commune(copied).policy.activities["ALP_MATIN"].add_limit == LimitRule(time(9, 30), 2)


def test_a_commune_chooses_from_what_change_on_a_sum_is_confirmed(copied: Path) -> None:
    assert shipped_commune().policy.change_to_confirm_cents == 100_00
    edit(copied, 'monnaie_a_confirmer = "100,00"', 'monnaie_a_confirmer = "200,00"')
    assert read_commune(copied).policy.change_to_confirm_cents == 200_00


def test_a_document_recorded_before_the_change_was_confirmed_takes_the_default() -> None:
    document: dict[str, Any] = to_document(shipped_commune())
    del document["regles"]["monnaie_a_confirmer"]
    assert from_document(document).policy.change_to_confirm_cents == 100_00


def test_the_portal_is_the_leaflets_and_nobody_pays_online_until_the_commune_says_so(clapiers: Commune) -> None:
    policy = clapiers.policy
    assert replace(policy.portal, terms=Terms()) == PortalRules()
    assert policy.portal.terms.paragraphs[0].startswith("EXEMPLE")
    assert (len(policy.portal.terms.paragraphs), policy.online) == (8, OnlinePaymentRules())
    assert policy.means[Means.PAYFIP].required == ("reference",), "which the program records itself"


def test_a_document_recorded_before_the_portal_takes_its_defaults() -> None:
    document: dict[str, Any] = to_document(shipped_commune())
    del document["portail"], document["paiement_en_ligne"]
    policy = from_document(document).policy
    assert (policy.portal, policy.online) == (PortalRules(), OnlinePaymentRules())


def pays_online(document: dict[str, Any], payfip: dict[str, Any] | None = None, **online: object) -> dict[str, Any]:
    """Return a document where payment online is on and PayFiP admitted, but for what is given."""
    document["moyens"][-1] |= {"actif": True} | (payfip or {})
    document["paiement_en_ligne"] |= {"actif": True, "client": "012345"} | online
    return document


def test_payment_online_is_switched_on_with_a_client_number_and_the_means_payfip(clapiers: Commune) -> None:
    online = from_document(pays_online(to_document(clapiers), mode="production", montant_minimum="2,50")).policy.online
    assert online == OnlinePaymentRules(True, "012345", PayFipMode.PRODUCTION, least_cents=2_50)
    assert from_document(pays_online(to_document(clapiers), {"references": []})).policy.online.enabled


@pytest.mark.parametrize(
    ("payfip", "online", "key", "told"),
    [
        ({}, {"client": ""}, "client", "les six chiffres du numéro de client donné par la DGFiP"),
        ({"actif": False}, {}, "actif", "que le moyen de paiement PayFiP soit d’abord admis"),
        ({"moyen": "carte"}, {}, "actif", "que le moyen de paiement PayFiP soit d’abord admis"),
        ({"paniers": ["regularisation"]}, {}, "actif", "que le moyen PayFiP paie les réservations"),
        ({"references": ["reference", "banque"]}, {}, "actif", "que le moyen PayFiP ne fasse noter que sa référence"),
        ({"caisse_ouverte": True}, {}, "actif", "que le moyen PayFiP se passe d’une caisse ouverte"),
    ],
)
def test_payment_online_that_could_not_work_is_refused(
    clapiers: Commune, payfip: dict[str, Any], online: dict[str, Any], key: str, told: str
) -> None:
    document: dict[str, Any] = to_document(clapiers)
    document["moyens"] = [means for means in document["moyens"] if means["moyen"] != "carte"]
    with pytest.raises(InvalidInput, match=f"« paiement_en_ligne.{key} » : .*{told}"):
        from_document(pays_online(document, payfip, **online))


def test_a_closure_of_one_site_is_kept_and_leaves_the_mairie_open(copied: Path) -> None:
    calendar = copied.parent / "calendrier-zone-c.toml"
    calendar.write_text(
        calendar.read_text(encoding="utf-8")
        + '\n[[fermetures]]\ndu = 2026-12-24\nau = 2026-12-24\nmotif = "Pont"\nactivites = true\nsite = "ADOS"\n',
        encoding="utf-8",
    )
    (closure,) = read_commune(copied).calendar.closures
    assert (closure.first, closure.reason, closure.mairie, closure.site) == (date(2026, 12, 24), "Pont", False, "ADOS")


def test_a_closure_of_some_activities_is_kept_and_names_known_ones(copied: Path) -> None:
    closure = (
        '\n[[fermetures]]\ndu = 2026-12-03\nau = 2026-12-03\nmotif = "Grève"\nactivites = {}\nseulement = ["{}"]\n'
    )
    calendar = copied.parent / "calendrier-zone-c.toml"
    shipped = calendar.read_text(encoding="utf-8")
    calendar.write_text(shipped + closure.format("true", "RESTAURATION"), encoding="utf-8")
    commune = read_commune(copied)
    assert [(one.only, one.mairie) for one in commune.calendar.closures] == [(frozenset({"RESTAURATION"}), False)]
    assert from_document(json.loads(json.dumps(to_document(commune)))) == commune
    for wrong, told in ((("true", "PISCINE"), "« PISCINE »"), (("false", "RESTAURATION"), "activites = true")):
        calendar.write_text(shipped + closure.format(*wrong), encoding="utf-8")
        with pytest.raises(InvalidInput, match=told):
            read_commune(copied)


def test_a_file_saved_with_a_byte_order_mark_is_read(copied: Path) -> None:
    copied.write_bytes(b"\xef\xbb\xbf" + copied.read_bytes())
    assert read_commune(copied) == shipped_commune()


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("clapiers.toml", "fictif = true ", 'fictif = "oui" ', ("clapiers.toml", "« fictif »", "true ou false")),
        ("clapiers.toml", 'nom = "Mairie', 'nome = "Mairie', ("« identite.nom »", "manque", "à corriger ensuite")),
        ("clapiers.toml", "attente_minutes = 15", "attente_minutes = 15.5", ("regles.attente_minutes", "entier")),
        ("clapiers.toml", "attente_minutes = 15", "attente_minutes = 0", ("regles.attente_minutes", "au moins 1")),
        ("clapiers.toml", 'famille = "ALP"', 'famille = "ALPH"', ("activites[1].famille", "'ALP' ou 'ALSH'")),
        ("clapiers.toml", 'code = "ADOS"', 'code = "Ados jeunes"', ("sites[3].code", "en majuscules")),
        ("clapiers.toml", 'code = "ADOS"', 'code = "MELODIE"', ("sites[3].code", "« MELODIE » est déjà pris")),
        ("clapiers.toml", 'site_alsh = "ADOS"', 'site_alsh = "JEUNES"', ("ecoles[3].site_alsh", "« JEUNES »")),
        ("clapiers.toml", "[places.ADOS]", "[places.JEUNES]", ("places.JEUNES", "aucun site")),
        ("clapiers.toml", 'apporte = ["PAUSE', 'apporte = ["PAUSES', ("activites[3].apporte[1]", "aucune activité")),
        ("clapiers.toml", 'plafond = "300,00"', "plafond = 300.0", ("moyens[1].plafond", "guillemets")),
        ("clapiers.toml", 'plafond = "300,00"', 'plafond = "300,000"', ("moyens[1].plafond", "deux chiffres")),
        ("clapiers.toml", 'moyen = "cheque"', 'moyen = "especes"', ("moyens[2].moyen", "déjà décrit")),
        ("clapiers.toml", '["terminal"]', '["code"]', ("moyens[3].references[1]", "banque")),
        ("clapiers.toml", 'alsh = "10-01"', 'alsh = "13-01"', ("regles.renouvellement_alsh", "le mois et le jour")),
        ("clapiers.toml", 'commune = "Clapiers"', 'commune = "Clapiers', ("clapiers.toml", "TOML", "ligne 9")),
        ("clapiers.toml", "calendrier-zone-c.toml", "absent.toml", ("absent.toml", "n’existe pas")),
        ("calendrier-zone-c.toml", "au = 2025-11-02", "au = 2025-10-02", ("calendrier-zone-c.toml", "vacances[1].au")),
        ("calendrier-zone-c.toml", "couvert_au = 2028-07-03", 'couvert_au = "2028-02-30"', ("couvert_au", "une date")),
        ("calendrier-zone-c.toml", "jour = 2026-07-03", "jour = 2026-10-03", ("« annees »", "se chevauchent")),
        (
            "calendrier-zone-c.toml",
            "du = 2026-12-19",
            "du = 2026-10-30",
            ("vacances[7]", "« Toussaint »", "01/11/2026"),
        ),
        ("tarifs-fictifs.toml", 'prix = "0,85"', 'prix = "0,50"', ("grilles[1].tranches[2]", "prix qui baisse")),
        ("tarifs-fictifs.toml", "    { de = 500,", "    { de = 600,", ("grilles[1].tranches[2]", "n’a pas de tranche")),
        (
            "tarifs-fictifs.toml",
            "{ de = 1400,",
            "{ de = 1400, moins_de = 1500,",
            ("grilles[1].tranches[4]", "limite haute"),
        ),
        ("tarifs-fictifs.toml", '"0,0110", plancher = "5', '"0,0110", plancher = "17', ("grilles[5]", "plancher")),
        ("tarifs-fictifs.toml", 'soir"\ndu = 2025', 'soir"\ndu = 2026', ("places.MELODIE.ALP_SOIR", "aucune grille")),
        ("clapiers.toml", "fictif = true ", "fictif = false ", ("tarifs-fictifs.toml", "« fictif »", "délibération")),
        (
            "clapiers.toml",
            '\nnom = "garderie',
            '\napporte = ["RESTAURATION"]\nnom = "garderie',
            ("[2].apporte", "elle-même"),
        ),
        ("tarifs-fictifs.toml", 'part_repas = "0,25"\n\n', "part_repas = [\n\n", ("TOML", "ligne")),
        ("tarifs-fictifs.toml", '"0,70"', '"trois quarts"', ("grilles[1].fratrie[3]", "coefficient")),
        ("tarifs-fictifs.toml", 'prix = "0,55"', 'nom2 = "0,55"', ("grilles[2].nom2", "pas connue")),
        ("tarifs-fictifs.toml", 'prix = "0,55"', "", ("« grilles[2] »", "une seule des clés")),
        ("clapiers.toml", 'acceptation = ["', "acceptation = []\n#", ("regles.justificatif_acceptation", "au moins")),
        ("clapiers.toml", 'refus = ["', "refus = []\n#", ("regles.justificatif_refus", "au moins")),
        ("clapiers.toml", "[sources]\n", '[sources]\ntitre = "Règlement"\n', ("sources.titre",)),
        ("tarifs-fictifs.toml", '"ALP_SOIR"', '"ALP_NUIT"', ("grilles[4].activite", "« ALP_NUIT »")),
        ("clapiers.toml", 'ouvert = ["lundi"', 'ouvert = ["Lundi"', ("portail.ouvert[1]", "'lundi'")),
        ("clapiers.toml", "ouvert = [", "ouvert = []\n# [", ("portail.ouvert", "au moins un élément")),
        ("clapiers.toml", 'ferme_a = "06:00"', 'ferme_a = "01:00"', ("portail.ferme_a", "le même jour")),
        ("clapiers.toml", 'ferme_de = "02:00"', 'ferme_de = "02:00Z"', ("portail.ferme_de", "heure de Paris")),
        ("clapiers.toml", "activation_heures = 48", "activation_heures = 0", ("activation_heures", "au moins 1")),
        ("clapiers.toml", "repos_secondes = 60", "repos_secondes = 5", ("portail.repos_secondes", "au moins 15")),
        ("clapiers.toml", "date = 2026-09-01", "date = 2026-09-31", ("TOML", "ligne")),
        ("clapiers.toml", 'version = "1"', "version = 1", ("portail.conditions.version", "entre guillemets")),
        ("clapiers.toml", 'version = "1"', 'version = "1"\ntitre = ""', ("portail.conditions.titre", "pas connue")),
        ("clapiers.toml", '"EXEMPLE : ', '"EXEMPLE\\n : ', ("conditions.texte[1]", "une seule ligne")),
        ("clapiers.toml", 'client = ""', 'client = "12345"', ("paiement_en_ligne.client", "six chiffres")),
        ("clapiers.toml", 'client = ""', "client = 123456", ("paiement_en_ligne.client", "guillemets")),
        ("clapiers.toml", 'mode = "test"', 'mode = "T"', ("paiement_en_ligne.mode", "'test'")),
        ("clapiers.toml", '"Activites peri', '"Activités péri', ("paiement_en_ligne.objet", "sans accent")),
        ("clapiers.toml", 'minimum = "1,00"', 'minimum = "0,99"', ("paiement_en_ligne.montant_minimum", "1,00")),
    ],
)
def test_a_mistake_in_a_file_names_the_file_the_key_and_what_is_expected(
    copied: Path, file: str, old: str, new: str, told: tuple[str, ...]
) -> None:
    edit(copied.parent / file, old, new)
    with pytest.raises(InvalidInput) as fault:
        read_commune(copied)
    for words in told:
        assert words in fault.value.sentence
    assert fault.value.sentence.endswith(".")


def test_a_file_that_stops_in_the_middle_names_its_last_line(copied: Path) -> None:
    prices = copied.parent / "tarifs-fictifs.toml"
    lines = prices.read_text(encoding="utf-8").rstrip().splitlines()
    prices.write_text("\n".join([*lines, "fratrie = [", "", ""]), encoding="utf-8")
    with pytest.raises(InvalidInput) as fault:
        read_commune(copied)
    assert f"ligne {len(lines) + 1}, la dernière" in fault.value.sentence


@pytest.mark.parametrize("depth", [100, 5000, 50_000])
def test_brackets_within_brackets_are_a_mistake_like_another(copied: Path, depth: int) -> None:
    edit(copied, 'commune = "Clapiers"', f"x = {'[' * depth}{']' * depth}\ncommune = 1")
    with pytest.raises(InvalidInput) as fault:
        read_commune(copied)
    assert fault.value.sentence.startswith("clapiers.toml")


def test_a_neighbour_that_never_ends_is_not_read_to_its_end(copied: Path) -> None:
    edit(copied, '"calendrier-zone-c.toml"', '"/dev/zero"')
    with pytest.raises(InvalidInput, match="trop gros"):
        read_commune(copied)


def test_a_folder_or_a_file_in_another_encoding_is_refused_in_french(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"ne peut pas être lu \(c’est un dossier\)"):
        read_commune(tmp_path)
    latin = tmp_path / "latin.toml"
    latin.write_bytes("nom = 'é'".encode("latin-1"))
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_commune(latin)


def _without_calendar(document: dict[str, Any]) -> None:
    del document["calendrier"]


def _with_a_list_for_a_table(document: dict[str, Any]) -> None:
    document["regie"] = []


@pytest.mark.parametrize(("spoil", "key"), [(_without_calendar, "calendrier"), (_with_a_list_for_a_table, "regie")])
def test_a_document_spoilt_in_the_database_says_so(
    clapiers: Commune, spoil: Callable[[dict[str, Any]], None], key: str
) -> None:
    document: dict[str, Any] = to_document(clapiers)
    spoil(document)
    with pytest.raises(InvalidInput, match=f"Règles enregistrées dans la base, clé « {key} »"):
        from_document(document)


@pytest.mark.parametrize("phone", ["06 24 82 28 4", "à la mairie"])
def test_a_telephone_that_families_could_not_dial_is_refused_in_a_new_set_up_and_read_in_an_old_one(phone: str) -> None:
    document = to_document(shipped_commune())
    document["sites"] = [{**site, "contacts": {"ALP": phone}} for site in document["sites"]]
    assert from_document(document).sites[0].contacts
    with pytest.raises(InvalidInput, match="dix chiffres"):
        new_commune(document)
