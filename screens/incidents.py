"""What happens to a bug on a screen: noted in the log without any data (`tui_portail.logs`), told to the agent in one calm sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui_portail.logs import note_incident

if TYPE_CHECKING:
    from textual.app import App


def sentence_for(app: App[Any], error: Exception) -> str:
    """Note an error and return the sentence to show. The application remembers it for whoever tests it."""
    incidents = getattr(app, "incidents", None)
    if incidents is not None:
        incidents.append(error)
    reference = note_incident(error, getattr(app, "log_folder", None)).reference
    return (
        f"une erreur imprévue s’est produite, notée sous la référence {reference}. Ce que vous avez saisi est toujours là ; "
        "vérifiez ce qui est enregistré avant de recommencer."
    )


def leaving_sentence(reference: str) -> str:
    """Return what is said on the terminal when the application itself must close."""
    noted = f", notée sous la référence {reference}" if reference else ", notée dans le journal des incidents"
    return f"Portail Famille doit se fermer : une erreur imprévue s’est produite{noted}. Relancez le programme."
