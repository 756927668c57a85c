"""`tui-portail regles`: what the rules say of a day, in plain text or JSON, without a database unless one is named.

The rules come from `--commune FILE`, else `--base URL`, else the shipped example; the answer says which.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.french import FrenchCommand, FrenchGroup
from tui_portail.cli.told import tell, tell_json
from tui_portail.errors import InvalidInput

if TYPE_CHECKING:
    from tui_portail.commune import Commune
    from tui_portail.limits import Limit
    from tui_portail.policy import ActivityRule

app = typer.Typer(
    help="Dit ce que les règles répondent pour un jour, sans rien réserver.",
    cls=FrenchGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
)

Day = Annotated[str, typer.Argument(metavar="JOUR", help="Le jour, comme 2026-12-02 ou 02/12/2026.")]
ActivityCode = Annotated[str, typer.Argument(metavar="ACTIVITE", help="Le code de l’activité, comme ALSH_MERCREDI.")]
CommuneFile = Annotated[
    Path | None, typer.Option("--commune", metavar="FICHIER", help="Les règles de ce fichier de commune.")
]
BaseUrl = Annotated[str | None, typer.Option("--base", metavar="URL", help="Les règles en vigueur dans cette base.")]
AsJson = Annotated[bool, typer.Option("--json", help="Répond en JSON.")]


@dataclass(frozen=True, slots=True)
class RulesUsed:
    """The commune asked about, and where its rules come from, as shown (never a password)."""

    commune: Commune
    source: str


@app.command("limite", cls=FrenchCommand, short_help="Jusqu’à quand ajouter et annuler, et pourquoi.")
def limite(
    activity: ActivityCode,
    day: Day,
    commune: CommuneFile = None,
    base: BaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Dit jusqu’à quand ajouter et annuler une activité un jour donné, et pourquoi."""
    from tui_portail.limits import add_limit, cancel_limit  # noqa: PLC0415  `--help` needs no rule

    asked = parse_day(day)
    used = rules_used(commune, base)
    policy, calendar = used.commune.policy, used.commune.calendar
    rule = _activity(used.commune, activity)
    _covered(used.commune, asked, used.source, as_json)
    shut = _closed_sites(used.commune, asked)
    adding, cancelling = add_limit(rule, asked, policy, calendar), cancel_limit(rule, asked, policy, calendar)
    opening = calendar.runs(rule, asked, policy.bridge_days_open_alsh)
    if as_json:
        _print_json(
            {
                "activite": rule.code,
                "jour": asked.isoformat(),
                "ajout": adding.until.isoformat(),
                "annulation": cancelling.until.isoformat(),
                "pourquoi_ajout": list(adding.why),
                "pourquoi_annulation": list(cancelling.why),
                "texte_ajout": adding.source,
                "texte_annulation": cancelling.source,
                "ouvre": opening.accepted,
                "pourquoi_ferme": opening.sentence or None,
                "sites_fermes": shut,
                "source": used.source,
            }
        )
        return
    _print_limits(rule, asked, adding, cancelling)
    if not opening:
        tell(f"Attention : {opening.sentence}")
    for words in shut.values():
        tell(f"Sauf au site {words}")
    tell(f"Règles lues : {used.source}")


@app.command("calendrier", cls=FrenchCommand, short_help="Ce qu’est un jour, et ce qui ouvre.")
def calendrier(day: Day, commune: CommuneFile = None, base: BaseUrl = None, as_json: AsJson = False) -> None:
    """Dit ce qu’est un jour (école, vacances, férié, fermé) et quelles activités ouvrent."""
    asked = parse_day(day)
    used = rules_used(commune, base)
    policy, calendar = used.commune.policy, used.commune.calendar
    _covered(used.commune, asked, used.source, as_json)
    shut = _closed_sites(used.commune, asked)
    description = calendar.describe(asked)
    answers = {rule: calendar.runs(rule, asked, policy.bridge_days_open_alsh) for rule in _in_order(used.commune)}
    if as_json:
        _print_json(
            {
                "jour": asked.isoformat(),
                "nature": description.kind.value,
                "libelle": description.label_fr,
                "activites": [rule.code for rule, answer in answers.items() if answer],
                "fermees": {rule.code: answer.sentence for rule, answer in answers.items() if not answer},
                "sites_fermes": shut,
                "source": used.source,
            }
        )
        return
    from tui_portail.french import long_date  # noqa: PLC0415  `--help` needs no rule

    tell(f"{long_date(asked).capitalize()} : {description.label_fr}")
    opened = [rule for rule, answer in answers.items() if answer]
    tell("Activités ouvertes :" if opened else "Aucune activité n’ouvre ce jour-là.")
    for rule in opened:
        tell(f"  {rule.code:<18}{rule.label}")
    for words in shut.values():
        tell(f"Sauf au site {words}")
    tell(f"Règles lues : {used.source}")


def rules_used(commune: Path | None, base: str | None) -> RulesUsed:
    """Return the rules of the file, else of the database, else of the shipped example. Raises PortailError."""
    if commune is not None:
        from tui_portail.commune_files import read_commune  # noqa: PLC0415  `--help` needs no parser

        return RulesUsed(read_commune(commune), f"fichier {commune}")
    if base is not None:
        from models.addresses import DatabaseAddress  # noqa: PLC0415  no database is loaded without --base
        from tui_portail.services.commune import commune_of_base  # noqa: PLC0415

        return RulesUsed(commune_of_base(base), f"base {DatabaseAddress.parse(base)}")
    from tui_portail.commune_files import shipped_commune  # noqa: PLC0415

    shipped = shipped_commune()
    notice = ", capacités et tarifs FICTIFS" if shipped.policy.fictitious else ""
    return RulesUsed(shipped, f"exemple livré avec le programme ({shipped.policy.commune}{notice})")


def parse_day(text: str) -> date:
    """Return the day meant by « 2026-12-02 » or « 02/12/2026 ». Raises InvalidInput with the sentence to show."""
    typed = text.strip()
    numbers = typed.split("/")
    try:
        if len(numbers) == 3 and len(numbers[2]) == 4:
            day, month, year = (int(number) for number in numbers)
            return date(year, month, day)
        if len(typed) == 10:
            return date.fromisoformat(typed)
    except ValueError:
        pass
    raise InvalidInput(
        f"« {text[:30]} » n’est pas un jour : tapez une date qui existe, comme 2026-12-02 ou 02/12/2026."
    )


def _activity(commune: Commune, code: str) -> ActivityRule:
    rule = commune.policy.activities.get(code.strip().upper())
    if rule is None:
        known = ", ".join(commune.policy.activities)
        raise InvalidInput(f"« {code[:30]} » n’est le code d’aucune activité. Codes connus : {known}.")
    return rule


def _covered(commune: Commune, day: date, source: str, as_json: bool) -> None:
    """Refuse a day the calendar does not know, in the form asked for. Raises InvalidInput, or Exit once the JSON is printed."""
    if commune.calendar.covers(day):
        return
    refusal = commune.calendar.refuse_outside(day)
    if as_json:
        _print_json({"jour": day.isoformat(), "code": refusal.code, "refus": refusal.sentence, "source": source})
        raise typer.Exit(2)
    raise InvalidInput(refusal.sentence, code=refusal.code)


def _closed_sites(commune: Commune, day: date) -> dict[str, str]:
    """Return the sites that a closure of their own keeps shut on an ordinary day, by code, with what to print of each."""
    whole = commune.calendar.kind(day)
    described = [(site, commune.calendar.describe(day, site.code)) for site in commune.sites]
    return {site.code: f"{site.name} : {said.label_fr}" for site, said in described if said.kind is not whole}


def _in_order(commune: Commune) -> list[ActivityRule]:
    return sorted(commune.policy.activities.values(), key=lambda rule: rule.order)


def _print_limits(rule: ActivityRule, day: date, adding: Limit, cancelling: Limit) -> None:
    from tui_portail.french import date_time_text, long_date  # noqa: PLC0415  `--help` needs no rule

    tell(f"{rule.label}, {long_date(day)}")
    for verb, limit in (("Ajouter", adding), ("Annuler", cancelling)):
        tell(f"{verb} : avant le {date_time_text(limit.until)}")
        for reason in limit.why:
            tell(f"  - {reason}")
        tell(f"  - source : {limit.source}")


def _print_json(answer: dict[str, object]) -> None:
    tell_json(json.dumps(answer, ensure_ascii=False, indent=2))
