"""The commune's whole set-up in one file: written for another base or for the archives, read back into a draft or a command."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.engine import Database
from tui_portail.commune_files import read_commune, to_document
from tui_portail.commune_files.writing import commune_toml
from tui_portail.errors import InvalidInput
from tui_portail.files import expanded, names_a_file
from tui_portail.french import date_time_text
from tui_portail.services.commune import CommuneMissing, latest_version, read_commune_version
from tui_portail.services.commune_history import list_versions, version_document
from tui_portail.services.commune_settings import RegieCodeFixed
from tui_portail.services.desk import Desk
from tui_portail.services.register_exports import file_to_write


@dataclass(frozen=True, slots=True)
class CommuneFile:
    """A file read: its whole document, and where it comes from as kept in the history."""

    document: dict[str, Any]
    source: str


def commune_text(database: Database) -> str:
    """Return the set-up in force as a file's text, for the command that whoever owns the base runs.

    Raises CommuneMissing, DatabaseFailure.
    """
    with database.read() as connection:
        version = latest_version(connection)
        if not version:
            raise CommuneMissing("Cette base n’a pas encore de réglages : lancez « tui-portail initialiser ».")
        document = to_document(read_commune_version(connection, version))
    return _text(document, f"version {version}")


def export_version(desk: Desk, version: int, typed: str, *, replace: bool = False) -> Path:
    """Write a version of the set-up in the file typed, and return it. Raises InvalidInput, ExportNotWritten, VersionUnknown, NotAllowed."""
    document = version_document(desk, version)
    [known] = [one for one in list_versions(desk) if one.version == version]
    return write_commune(
        _text(document, f"version {version}, {date_time_text(known.recorded_at)}"), typed, replace=replace
    )


def write_commune(text: str, typed: str, *, replace: bool) -> Path:
    """Write the text of a set-up in the file typed, and return it. Raises InvalidInput, ExportNotWritten."""
    if not names_a_file(typed):
        raise InvalidInput("Donnez le nom du fichier à écrire, comme commune.toml.")
    path = expanded(typed).absolute()
    with file_to_write(path, replace=replace) as file:
        file.write(text.encode())
    return path


def read_commune_file(typed: str, in_force: Mapping[str, Any]) -> CommuneFile:
    """Return the set-up a file describes, with the neighbours it names, to take the place of the one in force.

    Raises InvalidInput with the key and what was expected, RegieCodeFixed.
    """
    if not names_a_file(typed):
        raise InvalidInput("Donnez le nom du fichier à lire, comme commune.toml.")
    path = expanded(typed)
    document = copy.deepcopy(dict(to_document(read_commune(path))))
    if document["regie"]["code"] != in_force["regie"]["code"]:  # type: ignore[index]
        raise RegieCodeFixed(in_force["regie"]["code"])
    return CommuneFile(document, f"fichier {path.name}"[:300])


def _text(document: Mapping[str, object], which: str) -> str:
    heading = (
        f"Réglages de la commune ({document['commune']}), {which}, écrits par « tui-portail commune exporter ».\n"
        "« tui-portail commune importer FICHIER » les remet en vigueur, après avoir montré ce qui change.\n"
        "Ce qui suit un « # » est un commentaire."
    )
    return commune_toml(document, heading)
