"""What the calendar of custody says beside its days: the one under the cursor, the letters, the terms and the exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from textual.content import Content

from screens.custody_months import CHANGES, EXCEPTION, HOLIDAY, STYLES
from screens.plain_text import plain
from tui_portail.custody import Custody, CustodyDay, CustodyException
from tui_portail.custody_terms import custody_sentences
from tui_portail.french import long_date, plural, time_text
from tui_portail.services.custody import CustodyChanged


def day_words(day: CustodyDay, names: Mapping[int, str]) -> str:
    """Return a day in words: its week, who has the child, from which hour, holidays, exception."""
    name, morning = (plain(names.get(payer_id, "?")) for payer_id in (day.payer_id, day.morning_payer_id))
    words = [long_date(day.day).capitalize(), f"semaine {day.day.isocalendar().week}"]
    if day.changes_at is not None:
        words.append(f"chez {morning} jusqu’à {time_text(day.changes_at)}, puis chez {name}")
    else:
        words.append(f"chez {name}" + (", change ce jour" if day.changes else ""))
    if day.holiday is not None:
        words.append(f"vacances scolaires : {plain(day.holiday.name)}")
    if day.exception is not None:
        words.append("exception")
    return " · ".join(words)


def legend(letters: Mapping[int, str], names: Mapping[int, str]) -> Content:
    """Return what the letters and marks mean."""
    people = [
        Content.assemble((f" {letters[payer_id]} ", STYLES[place % 2]), f" {plain(name)}   ")
        for place, (payer_id, name) in enumerate(names.items())
    ]
    return Content.assemble(*people, f"\n {CHANGES} change de parent   {HOLIDAY} vacances   {EXCEPTION} exception")


def terms(custody: Custody, names: Mapping[int, str], today: date) -> str:
    """Return the pattern in words, then each exception that is not over, one a line."""
    first = plain(names.get(custody.usual_payer_id, "?"))
    said = plain(custody_sentences(custody.patterns, names, today))
    coming = [exception for exception in custody.exceptions if exception.until_on >= today]
    lines = [exception_words(exception, names) for exception in sorted(coming, key=lambda known: known.from_on)]
    return "\n".join([said or f"Pas de garde alternée en cours : {first} paie toutes les journées.", *lines])


def exception_words(exception: CustodyException, names: Mapping[int, str]) -> str:
    """Return an exception: its days, who has the child, why."""
    reason = f" — {plain(exception.reason)}" if exception.reason else ""
    days = (
        f"le {long_date(exception.from_on)}"
        if exception.from_on == exception.until_on
        else f"du {long_date(exception.from_on)} au {long_date(exception.until_on)}"
    )
    return f"{EXCEPTION} Exception {days} : chez {plain(names.get(exception.payer_id, '?'))}{reason}"


def said_after(done: str, changed: CustodyChanged) -> str:
    """Return what was done, and what the agent has to tell the parents: days already booked that stay with the other."""
    return " ".join([done, *_still_with_the_other(changed.with_the_other)])


def _still_with_the_other(days: int) -> Iterator[str]:
    if days:
        kept = "reste payée" if days == 1 else "restent payées"
        yield f"{plural(days, 'journée')} déjà réservée{'s' if days > 1 else ''} {kept} par l’autre parent : dites-le-leur."
