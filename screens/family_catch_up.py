"""Two agents on one dossier: the second to save is told what the first changed, takes it where he typed nothing, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from screens.family_form_state import FamilyFormState, Section, same, sections_of
from tui_portail.family_forms import FamilyForm


def catch_up(state: FamilyFormState, newer: FamilyForm) -> list[str]:
    """Bring a form up to the dossier as another desk saved it; return what changed, one sentence a line."""
    said: list[str] = []
    fresh = {section.uid: section for section in sections_of(newer)}
    mine = {section.uid: section for section in state.sections}
    for uid, theirs in fresh.items():
        if uid in mine:
            said += _merged(state, mine[uid], theirs)
        elif uid not in state.removed:
            state.insert(theirs)
            said.append(f"{state.title(theirs)} : {theirs.name} vient d’être ajouté.")
    for section in [one for one in state.sections if one.origin is not None and one.uid not in fresh]:
        said.append(_gone(state, section))
    state.removed &= set(fresh)
    return said


def _merged(state: FamilyFormState, mine: Section, theirs: Section) -> Iterator[str]:
    entries = {entry.key: entry for entry in state.entries(mine)}
    who = mine.name or state.title(mine)
    mine.origin = theirs.origin
    for key in dict.fromkeys([*mine.start, *theirs.start]):
        before, now, typed = mine.start.get(key), theirs.start.get(key), mine.held.get(key)
        mine.start[key] = now
        if same(before, now):
            continue
        if same(typed, before):
            mine.held[key] = typed = now
        if (entry := entries.get(key)) is not None:
            kept = "" if same(typed, now) else f" ; gardé : « {entry.text(typed)} », que vous avez tapé"
            yield f"{who}, {entry.label} : « {entry.text(before)} » est devenu « {entry.text(now)} »{kept}."


def _gone(state: FamilyFormState, section: Section) -> str:
    """Somebody taken out elsewhere leaves the form, unless something was typed: they are then somebody to add again."""
    if not section.touched:
        state.sections.remove(section)
        return f"{section.name} n’est plus dans le dossier."
    section.origin = None
    return f"{section.name} n’est plus dans le dossier ; ce que vous avez tapé l’ajoutera de nouveau (F9 : y renoncer)."
