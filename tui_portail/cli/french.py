"""Typer in French: its help pages, and its refusals of a command line, told in one sentence without a trace.

Typer's own words are few and stable; those met here are replaced, and a test reads every help page for what would be left in English.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from tui_portail.address_secrets import refuse_written_passwords
from tui_portail.cli.as_typed import keep_as_typed
from tui_portail.cli.told import tell
from tui_portail.crash_watch import EXIT_BUG, bug_sentence
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.logs import keep_logs, note

EXIT_REFUSED = 1
EXIT_MISTYPED = 2
EXIT_INTERRUPTED = 130
_HELP = {"--help", "--aide", "-h"}

_HELP_WORDS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^Usage: ", re.MULTILINE), "Emploi : "),
    (re.compile(r"^Options:$", re.MULTILINE), "Options :"),
    (re.compile(r"^Arguments:$", re.MULTILINE), "Arguments :"),
    (re.compile(r"^Commands:$", re.MULTILINE), "Commandes :"),
    (re.compile(r"Show this message and exit\."), "Affiche cette aide et s’arrête."),
    (re.compile(r"\[required\]"), "[obligatoire]"),
    (re.compile(r"\[default:(\s+[^\]]*)\]"), r"[par défaut :\1]"),
    (re.compile(r" <(?:str|path)>"), lambda found: " " * len(found[0])),
    (re.compile(r"\{([A-Z]+)\}"), r"\1"),
)
_REFUSALS = (
    (
        re.compile(r"No such command '(.*?)'\.(?: Did you mean '(.*?)'\?)?.*", re.DOTALL),
        "La commande « {} » n’existe pas.",
    ),
    (re.compile(r"No such option: (\S+).*", re.DOTALL), "L’option « {} » n’existe pas."),
    (re.compile(r"Missing argument '(.*?)'.*", re.DOTALL), "Il manque « {} »."),
    (re.compile(r"Missing option '(.*?)'.*", re.DOTALL), "Il manque l’option « {} »."),
    (re.compile(r"Missing command\."), "Il manque une commande."),
    (re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", re.DOTALL), "Il y a un mot de trop : {}."),
    (re.compile(r"Option '(.*?)' requires an? argument.*", re.DOTALL), "L’option « {} » attend une valeur."),
    (re.compile(r"Option '(.*?)' does not take a value.*", re.DOTALL), "L’option « {} » n’attend pas de valeur."),
    (re.compile(r"Invalid value for '(.*?)':.*", re.DOTALL), "La valeur donnée à « {} » ne convient pas."),
)


class _FrenchHelp:
    """Help pages in French, the same at each run."""

    params: list[Any]

    def get_help_option_names(self, ctx: Any) -> list[str]:
        """Return the names of the help option in their order: Typer's own passes through a set."""
        taken = {name for parameter in self.params for name in (*parameter.opts, *parameter.secondary_opts)}
        return [name for name in ctx.help_option_names if name not in taken]

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option that shows the help page."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        keep_as_typed([option])
        return option

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return help_in_french(super().get_help(ctx))  # type: ignore[misc]

    def get_usage(self, ctx: Any) -> str:
        """Return the line that says how to use the command."""
        return help_in_french(super().get_usage(ctx))  # type: ignore[misc]


class FrenchCommand(_FrenchHelp, TyperCommand):
    """A command whose help is in French."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_as_typed(self.params)

    def invoke(self, ctx: Any) -> Any:
        """Run the command, once no password was written in its line; what libraries say by themselves goes to the log."""
        from tui_portail.library_words import watch_libraries  # noqa: PLC0415  `--help` needs none of it

        refuse_written_passwords(ctx.params.values())
        watch_libraries()
        return super().invoke(ctx)


class FrenchGroup(_FrenchHelp, TyperGroup):
    """A group of commands whose help is in French, and where every failure ends in one sentence and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line. Exit codes: 1 refused or a failure with its sentence, 2 mistyped, 70 a bug, 130 Ctrl+C."""
        words = list(sys.argv[1:] if args is None else args)
        with keep_logs():
            code = self._run(words, prog_name, complete_var, windows_expand_args, extra)
            if words and words[0] in self.commands and not set(words) & _HELP:
                note("commande", nom=words[0], code=code if isinstance(code, int) else 0)
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code

    def _run(
        self,
        words: list[str],
        prog_name: str | None,
        complete_var: str | None,
        windows_expand_args: bool,
        extra: dict[str, Any],
    ) -> Any:
        """Run the command and return its code, whatever it raises told."""
        try:
            code = super().main(words, prog_name, complete_var, False, windows_expand_args, **extra)
            if code == EXIT_INTERRUPTED:
                tell(err=True)  # the question left open stays on its line
                _tell("Interrompu avant la fin : relancez la même commande.", EXIT_INTERRUPTED)
        except PortailError as refused:
            code = _tell(refused.sentence, EXIT_MISTYPED if isinstance(refused, InvalidInput) else EXIT_REFUSED)
        except typer.TyperException as mistyped:
            code = _tell_mistyped(mistyped)
        except typer.Abort:
            code = _tell("Abandonné.", EXIT_REFUSED)
        except Exception as bug:  # the last resort: a calm sentence, the trace goes to the log
            code = _tell(bug_sentence(bug), EXIT_BUG)
        return code


def help_in_french(text: str) -> str:
    """Return a help page with Typer's own words in French."""
    for words, french in _HELP_WORDS:
        text = words.sub(french, text)
    return text


def refusal_in_french(text: str) -> str:
    """Return Typer's refusal of a command line as a French sentence."""
    for words, french in _REFUSALS:
        if match := words.fullmatch(text.strip()):
            sentence = french.format(match.group(1) if words.groups else "")
            suggested = match.group(2) if words.groups > 1 else None
            return f"{sentence} Vouliez-vous dire « {suggested} » ?" if suggested else sentence
    return "Cette ligne de commande n’est pas comprise."


def _tell(sentence: str, code: int) -> int:
    tell(sentence, err=True)
    return code


def _tell_mistyped(mistyped: typer.TyperException) -> int:
    """Show the refusal and where to find help; a command alone on its line shows its help instead."""
    context = getattr(mistyped, "ctx", None)
    if type(mistyped).__name__ == "NoArgsIsHelpError" and context is not None:
        typer.echo(context.get_help())
        return EXIT_MISTYPED
    asked = f" Aide : {context.command_path} --help" if context is not None else ""
    return _tell(refusal_in_french(mistyped.format_message()) + asked, EXIT_MISTYPED)
