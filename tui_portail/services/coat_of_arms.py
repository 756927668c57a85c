"""The commune's coat of arms on its letters: an image read from a file, checked, made small, and kept with its date."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlalchemy import Connection, insert, select

from models import tables as t
from tui_portail.errors import PortailError
from tui_portail.files import expanded, names_a_file, reason
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right

MOST_BYTES = 4_000_000
FEWEST_PIXELS, MOST_PIXELS = 40, 8_000
KEPT_PIXELS = 600
"""The side of the square it is made to fit in: enough for 26 mm on paper."""
_FORMATS = ("PNG", "JPEG")
MEDIA_TYPE = "image/png"


class ImageRefused(PortailError):
    """The file named is not an image that can be printed."""

    code = "IMAGE_REFUSEE"


@dataclass(frozen=True, slots=True)
class CoatOfArms:
    """The image in force and since when; no image: none is printed."""

    image: bytes
    recorded_at: datetime


def read_arms(connection: Connection) -> CoatOfArms | None:
    """Return the coat of arms in force, None when the commune has none."""
    arms = t.coat_of_arms.c
    row = connection.execute(select(arms.image, arms.recorded_at).order_by(arms.id.desc()).limit(1)).first()
    return CoatOfArms(bytes(row.image), row.recorded_at) if row is not None and row.image else None


def set_coat_of_arms(desk: Desk, typed_path: str, operation: str) -> datetime:
    """Take the coat of arms from a PNG or JPEG file of this machine, and return when. Raises ImageRefused, InvalidInput, NotAllowed."""
    with desk.read(Right.LETTER_TEXTS):  # no file is opened for who may not
        pass
    return _keep(desk, "changer_blason", prepared_image(_file_bytes(typed_path)), operation)


def remove_coat_of_arms(desk: Desk, operation: str) -> datetime:
    """Print no coat of arms any more; those printed before are kept. Raises NotAllowed."""
    return _keep(desk, "retirer_blason", b"", operation)


def prepared_image(content: bytes) -> bytes:
    """Return an image as it is kept: a PNG of at most 600 pixels a side, without what the file said of where it was made.

    Raises ImageRefused for what is no PNG or JPEG image, or is too small or too large.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 (loaded when an image is chosen)

    if len(content) > MOST_BYTES:
        raise ImageRefused(
            f"L’image dépasse {MOST_BYTES // 1_000_000} Mo : enregistrez-la plus petite, puis recommencez."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=_FORMATS)
            if not all(FEWEST_PIXELS <= side <= MOST_PIXELS for side in image.size):
                raise ImageRefused(
                    f"L’image a {image.width} × {image.height} points : il en faut de {FEWEST_PIXELS} à {MOST_PIXELS} de chaque côté."
                )
            image.load()
            drawn = image.convert("RGBA")
            drawn.thumbnail((KEPT_PIXELS, KEPT_PIXELS))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ImageRefused(_NO_IMAGE) from error
    except Image.DecompressionBombWarning as error:
        raise ImageRefused("L’image a trop de points : enregistrez-la plus petite, puis recommencez.") from error
    kept = BytesIO()
    drawn.save(kept, "PNG", optimize=True)
    return kept.getvalue()


_NO_IMAGE = (
    "Ce fichier n’est pas une image PNG ou JPEG entière : choisissez-en une autre (un dessin SVG s’exporte en PNG)."
)


def _file_bytes(typed_path: str) -> bytes:
    if not names_a_file(typed_path):
        raise ImageRefused("Donnez le chemin de l’image, comme ~/blason.png.")
    path = expanded(typed_path.strip())
    try:
        if not path.is_file():
            raise ImageRefused(f"Le fichier « {path} » n’existe pas, ou c’est un dossier : vérifiez le chemin.")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "le chemin n’est pas valable"
        raise ImageRefused(f"Le fichier « {path} » ne peut pas être lu ({why}).") from error


def _keep(desk: Desk, name: str, image: bytes, operation: str) -> datetime:
    def work(gesture: Gesture) -> Done:
        arms_id = gesture.connection.execute(
            insert(t.coat_of_arms)
            .values(media_type=MEDIA_TYPE, image=image, recorded_at=gesture.now, agent_id=gesture.agent.agent_id)
            .returning(t.coat_of_arms.c.id)
        ).scalar_one()
        details = {"bytes": len(image)}
        return Done({"at": gesture.now.isoformat()}, "coat_of_arms", arms_id, details=details)

    def answer(kept: Mapping[str, Any]) -> datetime:
        return datetime.fromisoformat(kept["at"])

    return perform(desk, name, Right.LETTER_TEXTS, operation, image.hex(), work, answer)
