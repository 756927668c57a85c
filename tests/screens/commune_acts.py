"""The gestures of the settings' screens: going to a section, filling a form by the keys of its fields."""

from textual.widgets import Input, TextArea

from screens.commune import SHOWN
from screens.form_fields import TextField
from screens.forms import Form
from screens.records_list import RecordsList
from screens.texts_field import TextsField
from tests.screens.playing import Scene


async def go_to(scene: Scene, section: str) -> None:
    """From the list of sections, open one by its key."""
    records = scene.screen.query_one(RecordsList)
    wanted = next(place for place, one in enumerate(SHOWN) if one.key == section)
    step = wanted - (records.chosen or 0)
    await scene.press(*["down" if step > 0 else "up"] * abs(step), "enter")


async def fill(scene: Scene, **typed: str) -> None:
    """Give the fields of the form in front, by their keys (« __ » for « . »): a text as a paste does, else the keys of a choice."""
    form = scene.screen.query_one(Form)
    for key, text in typed.items():
        field = form.field(key.replace("__", "/"))
        assert field is not None, key
        field.focus_field()
        await scene.settle()
        if isinstance(field, TextField):
            field.text = text
            await scene.settle()
        elif isinstance(field, TextsField):
            area = scene.screen.focused
            assert isinstance(area, TextArea)
            area.text = text
            await scene.settle()
        else:
            await scene.type(text)


async def keep(scene: Scene) -> None:
    """Put the form's line in the draft."""
    await scene.press("f10")


async def add(scene: Scene, **typed: str) -> None:
    """Add a line to the section in front."""
    await scene.press("n")
    await fill(scene, **typed)
    await keep(scene)


async def record(scene: Scene, reason: str) -> None:
    """Record the draft, and check that it is in force."""
    await scene.press("f10")
    scene.screen.query_one("#reason", Input).value = reason
    await scene.press("enter")
    assert "en vigueur ; l’historique" in scene.flat(), scene.text()
