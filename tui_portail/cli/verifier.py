"""`tui-portail verifier`: recompute everything a database says, and name the first row that does not hold."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from tui_portail.cli.french import EXIT_REFUSED, FrenchCommand
from tui_portail.cli.told import tell, tell_json
from tui_portail.french import plural

BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à vérifier : adresse ou fichier ; sinon, celle des réglages."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Répond en JSON.")]


def verifier(base: BaseUrl = None, as_json: AsJson = False) -> None:
    """Recalcule la chaîne du journal, les soldes, les caisses, les bordereaux, les clôtures, les avoirs, les numéros et les places.

    Sort en erreur et nomme la première ligne fautive dès que quelque chose ne tient pas.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.verification import verify  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        report = verify(Desk(database, settings.documents_dir, clock_of(database)))
    finally:
        database.close()
    if as_json:
        answer = {
            "base": str(database.address),
            "correcte": report.sound,
            "ecritures": report.entries,
            "paiements": report.payments,
            "avoirs": report.avoirs,
            "anomalies": [{"table": f.table, "ligne": f.row, "phrase": f.sentence} for f in report.findings],
        }
        tell_json(json.dumps(answer, ensure_ascii=False))
    else:
        counts = ((report.entries, "écriture"), (report.payments, "paiement"), (report.avoirs, "avoir"))
        tell(f"{database.address} : {', '.join(plural(count, noun) for count, noun in counts)} vérifiés.")
        for finding in report.findings:
            tell(f"ANOMALIE  {finding}")
        tell(
            "Tout concorde." if report.sound else "La base ne concorde pas : n’encaissez plus et prévenez le régisseur."
        )
    if not report.sound:
        raise typer.Exit(EXIT_REFUSED)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("verifier", cls=FrenchCommand, short_help="Vérifie une base et nomme la première ligne fautive.")(
        verifier
    )
