"""The files a commune edits, gathered into one document: a main TOML file that may name its neighbours.

`calendrier` and `tarifs` are either tables of the main file or the names of TOML files beside it.
"""

from __future__ import annotations

import tomllib
from datetime import date, time
from importlib.resources import files
from pathlib import Path

from tui_portail.commune import Commune
from tui_portail.commune_files.building import new_commune
from tui_portail.errors import InvalidInput
from tui_portail.files import FileTooLarge, read_text, reason

SHIPPED_FILE = "clapiers.toml"
NEIGHBOURS = ("calendrier", "tarifs")


def read_commune(path: Path) -> Commune:
    """Return the commune described by a TOML file and the neighbours it names. Raises InvalidInput with the sentence to show."""
    document = _table(path)
    names = {"": path.name}
    for key in NEIGHBOURS:
        neighbour = document.get(key)
        if isinstance(neighbour, str):
            names[key] = Path(neighbour).name
            document[key] = _table(path.parent / neighbour)
    return new_commune(document, names)


def shipped_file() -> Path:
    """Return where the example shipped with the program is, to be copied."""
    return Path(str(files("data") / SHIPPED_FILE))


def shipped_commune() -> Commune:
    """Return the example shipped with the program: Clapiers, with fictitious prices and capacities."""
    return read_commune(shipped_file())


def _table(path: Path) -> dict[str, object]:
    text = _text(path)
    try:
        return {key: _json_value(value) for key, value in tomllib.loads(text).items()}
    except tomllib.TOMLDecodeError as fault:
        raise InvalidInput(f"{path.name} : ce n’est pas du TOML valide ({_where(fault, text)}).") from fault
    except RecursionError:
        raise InvalidInput(f"{path.name} : trop de crochets ou d’accolades les uns dans les autres.") from None


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except FileNotFoundError:
        raise InvalidInput(f"Le fichier « {path} » n’existe pas.") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"Le fichier « {path} » n’est pas enregistré en UTF-8.") from None
    except FileTooLarge:
        raise InvalidInput(f"Le fichier « {path} » est trop gros pour être celui d’une commune.") from None
    except OSError as fault:
        raise InvalidInput(f"Le fichier « {path} » ne peut pas être lu ({reason(fault)}).") from fault


def _where(fault: tomllib.TOMLDecodeError, text: str) -> str:
    """Return « ligne 3, colonne 7 », the only part of the parser's English message that helps."""
    _, found, rest = str(fault).rpartition("(at line ")
    if not found:
        return f"ligne {len(text.rstrip().splitlines())}, la dernière : ce qui y est commencé n’est pas fini"
    line, _, column = rest.rstrip(")").partition(", column ")
    return f"ligne {line}, colonne {column}"


def _json_value(value: object) -> object:
    """Return a TOML value with the types of JSON: dates and times become ISO texts."""
    if isinstance(value, dict):
        return {str(key): _json_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json_value(inner) for inner in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return value
