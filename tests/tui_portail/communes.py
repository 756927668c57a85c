"""Communes of every shape, for properties: few or many sites and activities, odd names, every optional value or none."""

from typing import Any

from hypothesis import strategies as st

from tui_portail.commune_files import shipped_commune, to_document
from tui_portail.service_rules import WEEKDAYS

NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), include_characters="\"'\\#[]{}é "), min_size=1, max_size=20
)
PHONES = st.sampled_from(["06 24 82 28 41", "0467000000", "+33 4 67 00 00 00"])
HOURS = st.sampled_from(["07:30", "12:00:00", "16:45:30"])
AMOUNTS = st.integers(0, 99_999).map(lambda cents: f"{cents // 100},{cents % 100:02d}")
FACTORS = st.sampled_from(["1", "0,85", "17/20", "1/3", "1,25"])
YES_NO: st.SearchStrategy[bool] = st.booleans()


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A whole document that says something else than the shipped one, and is sound."""
    document: dict[str, Any] = dict(to_document(shipped_commune()))
    sites = [f"SITE_{place}" for place in range(draw(st.integers(0, 3)))]
    activities = [f"A{place}" for place in range(draw(st.integers(0, 3)))]
    some_activities: st.SearchStrategy[list[str]] = (
        st.lists(st.sampled_from(activities), unique=True) if activities else st.just([])
    )
    a_site = st.sampled_from([None, *sites])
    document["commune"] = draw(NAMES)
    document["fictif"] = draw(YES_NO)
    document["identite"] |= {
        "adresse": draw(st.lists(NAMES, max_size=3)),
        "telephone": draw(st.sampled_from(["", "04 67 00 00 00"])),
    }
    document["sites"] = [
        {"code": code, "nom": draw(NAMES), "contacts": draw(st.dictionaries(st.sampled_from(["ALP", "ALSH"]), PHONES))}
        for code in sites
    ]
    document["ecoles"] = [
        {
            "code": f"E{place}",
            "nom": draw(NAMES),
            "classes": draw(st.lists(NAMES, max_size=3)),
            "niveaux": draw(st.sampled_from([[], ["CP", "CE1"]])),
            "site_alp": draw(a_site),
            "site_alsh": draw(a_site),
        }
        for place in range(draw(st.integers(0, 2)))
    ]
    document["activites"] = [
        {
            "code": code,
            "nom": draw(NAMES),
            "famille": draw(st.sampled_from(["ALP", "ALSH"])),
            "jours": draw(st.sampled_from(["jours_scolaires", "mercredis_scolaires", "vacances"])),
            "debut": draw(st.none() | HOURS),
            "age_moins_de": draw(st.none() | st.integers(3, 18)),
            "formule": draw(st.sampled_from([None, "journee", "demi_journee"])),
            "repas": draw(YES_NO),
            "apporte": activities[place + 1 :] if draw(YES_NO) else [],
            "limite_ajout": {"jours": draw(st.integers(0, 5)), "heure": draw(HOURS)},
        }
        for place, code in enumerate(activities)
    ]
    open_sites = [site for site in sites if draw(YES_NO)] if activities else []
    document["places"] = {site: {code: draw(st.integers(0, 300)) for code in activities} for site in open_sites}
    offered = [(site, code) for site, places in document["places"].items() for code in places]
    document["places_jours"] = [
        {"site": site, "activite": code, "jours": list(WEEKDAYS[: draw(st.integers(1, 3))]), "places": 7}
        for site, code in offered
        if draw(YES_NO)
    ]
    document["limites"] = [
        {"site": site, "activites": [code], "places": 3, "age_moins_de": draw(st.sampled_from([None, 6]))}
        for site, code in offered[:2]
    ]
    document["pieces"] = [{"code": "P", "nom": draw(NAMES), "bloque": draw(some_activities)}]
    document["sources"] = draw(st.dictionaries(st.sampled_from(["limite", "paiement"]), NAMES))
    document["encadrement"] = {"ALSH": {"moins_de_6": 8, "six_et_plus": 12}} if draw(YES_NO) else {}
    document["moyens"] = (
        [
            {
                "moyen": "cheque",
                "nom": draw(NAMES),
                "plafond": draw(st.none() | AMOUNTS),
                "activites_exclues": draw(some_activities),
            }
        ]
        if draw(YES_NO)
        else []
    )
    document["pointage"]["sans_reservation_coefficient"] = draw(FACTORS)
    document["portail"] = {
        "ouvert": draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True)),
        "ferme_de": draw(st.sampled_from(["00:00", "01:30:00"])),
        "ferme_a": draw(st.sampled_from(["01:30:00", "06:15:30"])),
        "activation_heures": draw(st.integers(1, 720)),
        "mot_de_passe_minutes": draw(st.integers(1, 1440)),
        "essais_par_heure": draw(st.integers(1, 100)),
        "repos_secondes": draw(st.integers(15, 3600)),
        "conditions": {
            "version": draw(NAMES),
            "date": draw(st.sampled_from(["2026-09-01", "2027-01-04"])),
            "texte": draw(st.lists(NAMES, max_size=3)),
        },
    }
    pays_online = draw(YES_NO)
    if pays_online:
        document["moyens"] += [
            {"moyen": "payfip", "nom": "PayFiP", "references": draw(st.sampled_from([[], ["reference"]]))}
        ]
    document["paiement_en_ligne"] = {
        "actif": pays_online,
        "client": draw(st.sampled_from(["012345", "999999"] if pays_online else ["", "012345"])),
        "mode": draw(st.sampled_from(["test", "activation", "production"])),
        "objet": draw(st.sampled_from(["Cantine", "Activites periscolaires 2027"])),
        "montant_minimum": draw(st.sampled_from(["1,00", "4,05"])),
    }
    document["calendrier"] |= {
        "ponts": draw(st.sampled_from([[], ["2026-05-15"]])),
        "feries": draw(st.sampled_from([{}, {"2026-11-11": 'Armistice d\'"1918"'}])),
        "fermetures": [
            {"du": "2026-12-24", "au": "2026-12-26", "motif": draw(NAMES), "mairie": draw(YES_NO), "site": draw(a_site)}
        ],
    }
    document["tarifs"] = {"fictif": document["fictif"], "grilles": [_grid(draw, code) for code in activities]}
    return document


def _grid(draw: st.DrawFn, code: str) -> dict[str, Any]:
    tariff: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"prix": "2,10"},
                {"tranches": [{"de": 0, "moins_de": "500,50", "prix": "1,00"}, {"de": "500,50", "prix": "1,40"}]},
                {"effort": {"taux": "0,012", "plancher": "1,00", "plafond": "9,00"}},
            ]
        )
    )
    return {
        "activite": code,
        "nom": draw(NAMES),
        "du": "2025-09-01",
        "fratrie": ["1", draw(st.sampled_from(["1", "0,85", "1/3"]))],
        **tariff,
    }
