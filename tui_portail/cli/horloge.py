"""`tui-portail horloge`: what time it is for the base, and how an administrator declares that gestures were kept under a wrong hour."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.signed_desk import signed_desk
from tui_portail.cli.told import tell

Wrong = Annotated[
    str | None,
    typer.Option("--heure-fausse", metavar="MOTIF", help="Déclare fausse l’heure des gestes datés d’après maintenant."),
]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base : adresse ou fichier ; sinon, celle des réglages."),
]
Agent = Annotated[
    str | None, typer.Option("--agent", metavar="IDENTIFIANT", help="L’administrateur ; sinon, il est demandé.")
]


def horloge(wrong: Wrong = None, base: BaseUrl = None, username: Agent = None) -> None:
    """Donne l’heure de la base et celle du dernier geste ; si des gestes sont datés d’une heure à venir, laisse reprendre le travail.

    Une machine dont l’heure recule n’enregistre plus rien : remettez-la à l’heure. Si c’est avant qu’elle était fausse, déclarez-le par
    --heure-fausse, avec le motif : ce qui a été daté le reste, et l’historique garde la déclaration.
    """
    from tui_portail.french import date_time_text  # noqa: PLC0415
    from tui_portail.services.clock_correction import clock_state, correct_clock  # noqa: PLC0415
    from tui_portail.services.desk import new_operation  # noqa: PLC0415

    with signed_desk(base, username) as desk:
        state = clock_state(desk)
        tell(f"Heure de la base : {date_time_text(state.now)}")
        if state.last_at is not None:
            tell(f"Dernier geste : {date_time_text(state.last_at)}")
        if wrong is not None:
            was = correct_clock(desk, wrong, new_operation())
            tell(f"L’heure du {date_time_text(was)} est déclarée fausse. Les postes peuvent travailler.")
        elif state.last_at is not None and state.last_at > state.now:
            tell(
                "Le dernier geste est daté d’une heure à venir : rien ne s’enregistre. Remettez à l’heure la machine de la base ; si "
                "c’est l’heure de ce geste qui était fausse, déclarez-le par --heure-fausse MOTIF."
            )


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("horloge", cls=FrenchCommand, short_help="Donne l’heure de la base, ou déclare fausse une heure.")(
        horloge
    )
