"""Files as schools and other programs write them, made by hand: encodings, orders of columns, what goes wrong in them."""

from collections.abc import Sequence

PUPILS = (
    "Nom élève",
    "Nom d'usage élève",
    "Prénom élève",
    "Date naissance",
    "Sexe",
    "INE",
    "Adresse1",
    "Cp1",
    "Commune1",
    "Pays1",
    " Cycle",
    "Niveau",
    "Libellé classe",
)
GUARDIANS = (
    "Civilité Responsable",
    "Nom usage responsable",
    "Nom responsable",
    "Prénom responsable",
    "Adresse responsable",
    "CP responsable",
    "Commune responsable",
    "Pays",
    "Courriel",
    "Téléphone domicile",
    "Téléphone travail",
    "Téléphone portable",
)
LISTED = ("Nom d'usage enfant", "Nom de famille enfant", "Prénom enfant", "Classes enfants")
PUITS, MAIRIE = "1 rue du Puits", "2 place de la Mairie"


def pupil(
    name: str,
    first: str,
    born: str,
    level: str = "CE1",
    *,
    usual: str = "",
    sex: str = "F",
    address: str = PUITS,
    label: str = "",
) -> dict[str, str]:
    """A line of the pupils' file, by title."""
    return {
        "Nom élève": name,
        "Nom d'usage élève": usual,
        "Prénom élève": first,
        "Date naissance": born,
        "Sexe": sex,
        "INE": "1111111111A",
        "Adresse1": address,
        "Cp1": "34830",
        "Commune1": "Clapiers",
        "Pays1": "FRANCE",
        " Cycle": "CYCLE II",
        "Niveau": level,
        "Libellé classe": label or level,
    }


def guardian(
    name: str, first: str, *children: tuple[str, str, str], address: str = PUITS, phone: str = "", email: str = ""
) -> list[str]:
    """A line of the guardians' file; children are (family name, first name, class)."""
    cells = ["Mme", "", name, first, address, "34830", "Clapiers", "FRANCE", email, "", "", phone]
    for family_name, child, class_name in children:
        cells += ["", family_name, child, class_name]
    return cells


def delimited(
    rows: Sequence[Sequence[str]], *, delimiter: str = ";", encoding: str = "utf-8-sig", line_end: str = "\r\n"
) -> bytes:
    """A file, each cell quoted."""
    lines = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return (line_end.join(lines) + line_end).encode(encoding)


def pupils_file(*lines: dict[str, str], titles: Sequence[str] = PUPILS, **how: str) -> bytes:
    """A pupils' file, its columns in the order of `titles`."""
    return delimited([titles, *([line[title] for title in titles] for line in lines)], **how)


def guardians_file(*lines: list[str], **how: str) -> bytes:
    """A guardians' file, its last columns repeated as often as the largest family needs."""
    children = max((len(line) - len(GUARDIANS)) // len(LISTED) for line in lines)
    return delimited([[*GUARDIANS, *(LISTED * children)], *lines], **how)
