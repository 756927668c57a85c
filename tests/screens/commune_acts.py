"""The gestures of the settings' screens: going to a section, filling a form by its labels."""

from screens.commune import _SHOWN
from screens.form_fields import TextField
from screens.forms import Form
from screens.records_list import RecordsList
from screens.texts_field import TextsField
from tests.screens.playing import Scene


async def go_to(scene: Scene, section: str) -> None:
    """From the list of sections, open one by its key."""
    records = scene.screen.query_one(RecordsList)
    wanted = next(place for place, one in enumerate(_SHOWN) if one.key == section)
    step = wanted - (records.chosen or 0)
    await scene.press(*["down" if step > 0 else "up"] * abs(step), "enter")


async def fill(scene: Scene, **typed: str) -> None:
    """Type in the fields of the form in front, by their keys (« __ » for « . »): a text, or the letters that choose."""
    form = scene.screen.query_one(Form)
    for key, text in typed.items():
        field = form.field(key.replace("__", "/"))
        assert field is not None, key
        field.focus_field()
        await scene.settle()
        if isinstance(field, TextField):
            field.text = ""
        elif isinstance(field, TextsField):
            await scene.press("f7", "delete")
        await scene.type(text)


async def keep(scene: Scene) -> None:
    """Put the form's line in the draft."""
    await scene.press("f10")
