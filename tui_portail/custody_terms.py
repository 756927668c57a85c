"""The terms of custody in a sentence that an agent reads out to both parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tui_portail.custody import CustodyPattern, FirstHalf, HolidayCustody
from tui_portail.french import long_date, plural, time_text

_SHARED = {HolidayCustody.HALVES: "par moitiés", HolidayCustody.FORTNIGHTS: "par quinzaines"}
_LENGTHS = {7: "la semaine", 14: "les deux semaines"}
_FOLLOWING = {7: "la suivante"}


def custody_sentences(patterns: Sequence[CustodyPattern], payers: Mapping[int, str], today: date) -> str:
    """Return the pattern in force on a day, then those to come, oldest first; an empty text where custody has ended, or never was."""
    begun = [known for known in patterns if known.from_on <= today]
    told = [*begun[-1:], *(known for known in patterns if known.from_on > today)]
    return " ".join(
        custody_sentence(known, payers) for known in told if known.until_on is None or known.until_on >= today
    )


def custody_sentence(pattern: CustodyPattern, payers: Mapping[int, str]) -> str:
    """Return the whole pattern in words: who begins, from which day, who follows, at which hour, the holidays, until when."""
    turn = _LENGTHS.get(pattern.period_days) or f"les {plural(pattern.period_days, 'jour')}"
    following = _FOLLOWING.get(pattern.period_days, "les suivantes" if pattern.period_days == 14 else "les suivants")
    first, second = (payers.get(payer_id, "?") for payer_id in (pattern.first_payer_id, pattern.second_payer_id))
    parts = [f"Garde alternée : {first} {turn} à partir du {long_date(pattern.anchor_on)}, {second} {following}"]
    if pattern.switch_at is not None:
        parts.append(f"l’enfant change de parent à {time_text(pattern.switch_at)}")
    if shared := holidays_words(pattern, first, second):
        parts.append(shared)
    if pattern.until_on is not None:
        parts.append(f"jusqu’au {long_date(pattern.until_on)} compris")
    return " ; ".join(parts) + "."


def holidays_words(pattern: CustodyPattern, first: str, second: str) -> str:
    """Return how the holidays are shared, an empty text when weeks go on alternating; `first` and `second` name the payers."""
    holidays, summer = _SHARED.get(pattern.holidays), _SHARED.get(pattern.summer)
    if holidays is None and summer is None:
        return ""
    if holidays == summer:
        words = f"vacances {holidays}"
    else:
        parts = ((f"petites vacances {holidays}", holidays), (f"été {summer}", summer))
        words = ", ".join(words for words, shared in parts if shared)
    begins = first if pattern.first_half is FirstHalf.EVEN_YEARS else second
    return f"{words}, d’abord {begins} les années paires"
