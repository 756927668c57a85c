"""The ALSH dossier (leaflet, « Dossier ALSH », generalised from 2017 → 2018): who may book an ALSH day of a civil year.

For a day of year N (the day's year, not the gesture's), the child attended ALSH in N-1 or N, or the dossier was
renewed for N at an appointment with Enfance/Jeunesse, which opens on a date of N-1 set by the commune.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tui_portail.decision import LEAFLET_ALSH, POLICY, Decision
from tui_portail.french import elide, long_date
from tui_portail.policy import Policy


@dataclass(frozen=True, slots=True)
class AlshFacts:
    """Civil years in which a child attended ALSH, and those the dossier was renewed for."""

    attended_years: frozenset[int] = frozenset()
    renewed_years: frozenset[int] = frozenset()

    def allows(self, year: int) -> bool:
        """Whether days of that civil year may be booked."""
        return bool({year - 1, year} & self.attended_years) or year in self.renewed_years


def judge_alsh_dossier(first_name: str, alsh: AlshFacts, day: date, today: date, policy: Policy) -> Decision:
    """Say whether a child's ALSH dossier allows a day; the refusal says how to renew it, and from when."""
    year = day.year
    if alsh.allows(year):
        return Decision.accept(year=year)
    opens_on = renewal_open_from(year, policy)
    when = f" à partir du {long_date(opens_on)}, ouverture des renouvellements pour {year}" if today < opens_on else ""
    sentence = (
        f"Le dossier ALSH {elide('de', first_name)} n’est pas à jour pour {year} : l’enfant n’a fréquenté l’ALSH ni en "
        f"{year - 1} ni en {year}, et le dossier n’a pas été renouvelé. Pour le renouveler, il faut prendre rendez-vous "
        f"avec le service Enfance/Jeunesse{when}."
    )
    return Decision.refuse("DOSSIER_ALSH", sentence, LEAFLET_ALSH, year=year, renewal_opens_on=opens_on)


def renewal_open_from(year: int, policy: Policy) -> date:
    """Return the first day on which a dossier may be renewed for a civil year: a day of the year before."""
    month, day = policy.renewal_opens
    return date(year - 1, month, day)


def may_renew(year: int, today: date, policy: Policy) -> Decision:
    """Say whether a dossier may be renewed today for a civil year: from the opening to 31 December of that year."""
    opens_on = renewal_open_from(year, policy)
    if today < opens_on:
        sentence = f"Le dossier ALSH pour {year} se renouvelle à partir du {long_date(opens_on)}."
        return Decision.refuse("RENOUVELLEMENT_PAS_OUVERT", sentence, POLICY, next_day=opens_on, opens_on=opens_on)
    if today.year > year:
        sentence = f"L’année {year} est finie : le dossier ALSH se renouvelle pour {today.year} ou l’année suivante."
        return Decision.refuse("RENOUVELLEMENT_ANNEE_FINIE", sentence, POLICY, year=year)
    return Decision.accept(year=year, opens_on=opens_on)
