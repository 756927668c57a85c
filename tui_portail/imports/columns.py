"""Which column is what: by its title, whatever the order, accents, case and spaces; or as the agent says, for any other table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui_portail.errors import InvalidInput
from tui_portail.folding import words_of


class FileKind(StrEnum):
    """What a file holds (the values of `import_run.kind`)."""

    PUPILS = "onde_eleves"
    GUARDIANS = "onde_responsables"
    TABLE = "tableau"


KIND_LABELS = {
    FileKind.PUPILS: "élèves d’ONDE",
    FileKind.GUARDIANS: "responsables d’ONDE",
    FileKind.TABLE: "tableau",
}


class ColumnsMissing(InvalidInput):
    """A file lacks a column without which no line says anything."""

    code = "COLONNES_ABSENTES"


# Titles as ONDE has written them over the years, folded; the first found counts.
PUPIL_TITLES: dict[str, tuple[str, ...]] = {
    "birth_name": ("nom eleve", "nom de famille eleve", "nom de famille", "nom"),
    "usual_name": ("nom d usage eleve", "nom usage eleve", "nom d usage", "nom usage"),
    "first_name": ("prenom eleve", "prenom 1 eleve", "prenom", "prenoms"),
    "birth_on": ("date naissance", "date de naissance", "date naissance eleve", "ne e le"),
    "sex": ("sexe", "sexe eleve"),
    "address": ("adresse1", "adresse 1", "adresse"),
    "postcode": ("cp1", "cp 1", "cp", "code postal1", "code postal"),
    "city": ("commune1", "commune 1", "commune", "ville"),
    "level": ("niveau", "niveau eleve"),
    "class_name": ("libelle classe", "libelle de la classe", "classe", "nom de la classe"),
}
GUARDIAN_TITLES: dict[str, tuple[str, ...]] = {
    "birth_name": ("nom responsable", "nom de famille responsable"),
    "usual_name": ("nom usage responsable", "nom d usage responsable"),
    "first_name": ("prenom responsable",),
    "address": ("adresse responsable", "adresse"),
    "postcode": ("cp responsable", "code postal responsable", "cp", "code postal"),
    "city": ("commune responsable", "commune", "ville"),
    "email": ("courriel", "courriel responsable", "adresse courriel", "mel", "e mail"),
    "mobile": ("telephone portable", "portable"),
    "home_phone": ("telephone domicile", "telephone personnel"),
    "work_phone": ("telephone travail", "telephone professionnel"),
}
LISTED_TITLES: dict[str, tuple[str, ...]] = {
    "usual_name": ("nom d usage enfant", "nom usage enfant"),
    "birth_name": ("nom de famille enfant", "nom enfant"),
    "first_name": ("prenom enfant",),
    "class_name": ("classes enfants", "classes enfant", "classe enfant"),
}

_OF_GUARDIAN = (
    ("nom", "nom"),
    ("prenom", "prénom"),
    ("telephone", "téléphone"),
    ("telephone_2", "autre téléphone"),
    ("courriel", "courriel"),
    ("adresse", "adresse"),
    ("code_postal", "code postal"),
    ("commune", "commune"),
)
TABLE_FIELDS: dict[str, str] = {
    "enfant_nom": "Enfant : nom",
    "enfant_prenom": "Enfant : prénom",
    "enfant_naissance": "Enfant : naissance",
    "enfant_sexe": "Enfant : sexe",
    "ecole": "École",
    "niveau": "Niveau",
    "classe": "Classe",
    **{f"resp{rank}_{code}": f"Resp. {rank} : {label}" for rank in (1, 2) for code, label in _OF_GUARDIAN},
    "alsh_annees": "ALSH : années",
    "qf": "QF : valeur",
    "qf_du": "QF : à partir du",
    "qf_au": "QF : jusqu’au",
    "caf_numero": "N° CAF",
}
"""The fields of a table, by the code a map's file uses."""
REQUIRED_FIELDS = ("enfant_nom", "enfant_prenom", "enfant_naissance")
_GUESSES: dict[str, tuple[str, ...]] = {
    "enfant_nom": ("nom enfant", "nom de l enfant", "nom eleve", "nom", "nom de famille"),
    "enfant_prenom": ("prenom enfant", "prenom de l enfant", "prenom eleve", "prenom"),
    "enfant_naissance": ("date de naissance", "date naissance", "naissance", "ne le", "ne e le"),
    "enfant_sexe": ("sexe", "genre"),
    "ecole": ("ecole", "etablissement"),
    "niveau": ("niveau",),
    "classe": ("classe", "libelle classe"),
    "alsh_annees": ("alsh", "annees alsh", "frequente"),
    "qf": ("qf", "quotient", "quotient familial"),
    "qf_du": ("qf du", "debut qf"),
    "qf_au": ("qf au", "fin qf", "validite qf"),
    "caf_numero": ("caf", "n caf", "numero caf", "n allocataire", "numero allocataire"),
}


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which title each field of a table is read under."""

    titles: Mapping[str, str]

    def document(self) -> str:
        """Return the map as the base keeps it."""
        return json.dumps(dict(sorted(self.titles.items())), ensure_ascii=False)


def map_of(document: Mapping[str, object]) -> ColumnMap:
    """Return a map from what a file or the base holds. Raises InvalidInput on a field that is none."""
    for field, title in document.items():
        if field not in TABLE_FIELDS or not isinstance(title, str):
            raise InvalidInput(f"« {str(field)[:40]} » n’est pas un champ connu. Champs : {', '.join(TABLE_FIELDS)}.")
    return ColumnMap({field: str(title) for field, title in document.items()})


def title_key(title: str) -> str:
    """Return a title as it is compared: « ` Cycle` » and « cycle », « Nom d’usage » and « NOM D'USAGE » meet."""
    return " ".join(words_of(title))


def guess_kind(header: Sequence[str]) -> FileKind:
    """Say what a file seems to hold, by its titles."""
    keys = {title_key(title) for title in header}
    if keys & set(LISTED_TITLES["first_name"]) and keys & set(GUARDIAN_TITLES["first_name"]):
        return FileKind.GUARDIANS
    if keys & {"prenom eleve", "cycle"} and keys & set(PUPIL_TITLES["birth_on"]) and "niveau" in keys:
        return FileKind.PUPILS
    return FileKind.TABLE


def guess_map(header: Sequence[str]) -> ColumnMap:
    """Propose a map for a table, by its titles."""
    keys: dict[str, str] = {}
    for title in header:
        keys.setdefault(title_key(title), title)
    found: dict[str, str] = {}
    for field in TABLE_FIELDS:
        guesses = _GUESSES.get(field, ())
        if field.startswith("resp"):
            rank, _, code = field.removeprefix("resp").partition("_")
            words = [code.replace("_", " "), *(("mail", "e mail", "email") if code == "courriel" else ())]
            ends = [f"{who} {rank}" for who in ("responsable", "resp", "parent")]
            ends += ["responsable", "parent", ""] if rank == "1" else []
            unsaid = code in {"nom", "prenom"}  # alone, they are the child's
            guesses = tuple(f"{word} {end}".strip() for end in ends for word in words if end or not unsaid)
        proposed = next((keys[guess] for guess in guesses if guess in keys), None)
        if proposed is not None and proposed not in found.values():
            found[field] = proposed
    return ColumnMap(found)


def pupil_columns(header: Sequence[str]) -> dict[str, int]:
    """Return where each field of an ONDE pupils' file is. Raises ColumnsMissing."""
    return _columns(header, PUPIL_TITLES, ("birth_name", "first_name", "birth_on"), FileKind.PUPILS)


def guardian_columns(header: Sequence[str]) -> tuple[dict[str, int], tuple[dict[str, int], ...]]:
    """Return where each field of an ONDE guardians' file is, then those of each child listed. Raises ColumnsMissing."""
    columns = _columns(header, GUARDIAN_TITLES, ("birth_name", "first_name"), FileKind.GUARDIANS)
    places: dict[str, list[int]] = {
        field: [place for place, title in enumerate(header) if title_key(title) in titles]
        for field, titles in LISTED_TITLES.items()
    }
    if not places["first_name"] or not places["birth_name"]:
        raise ColumnsMissing("Il manque les colonnes « Nom de famille enfant » et « Prénom enfant » du fichier d’ONDE.")
    listed = tuple(
        {field: found[turn] for field, found in places.items() if turn < len(found)}
        for turn in range(len(places["first_name"]))
    )
    return columns, listed


def table_columns(header: Sequence[str], columns: ColumnMap) -> dict[str, int]:
    """Return where each field of a table is, by its map. Raises ColumnsMissing."""
    keys: dict[str, int] = {}
    for place, title in enumerate(header):
        keys.setdefault(title_key(title), place)
    places = {}
    for field, title in columns.titles.items():
        if title_key(title) not in keys:
            raise ColumnsMissing(
                f"La colonne « {title[:60]} », choisie pour « {TABLE_FIELDS[field]} », n’est pas dans ce fichier."
            )
        places[field] = keys[title_key(title)]
    if missing := [TABLE_FIELDS[field] for field in REQUIRED_FIELDS if field not in places]:
        raise ColumnsMissing(f"Dites quelle colonne donne : {', '.join(missing)}.")
    return places


def _columns(
    header: Sequence[str], titles: Mapping[str, tuple[str, ...]], required: Sequence[str], kind: FileKind
) -> dict[str, int]:
    keys: dict[str, int] = {}
    for place, title in enumerate(header):
        keys.setdefault(title_key(title), place)
    found = {
        field: keys[next(title for title in known if title in keys)]
        for field, known in titles.items()
        if not keys.keys().isdisjoint(known)
    }
    if missing := [titles[field][0] for field in required if field not in found]:
        words = ", ".join(f"« {title} »" for title in missing)
        raise ColumnsMissing(
            f"Ce n’est pas le fichier des {KIND_LABELS[kind]} : il y manque {words}. "
            "Un autre tableau s’importe en disant ses colonnes."
        )
    return found
