"""The tables of the families' portal: when it is open, its terms of use, payment online."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tui_portail.commune_files.typed_values import Cents, Form, Minutes, Weekday, text_read_by
from tui_portail.errors import InvalidInput

_CLIENT_NUMBER = re.compile(r"[0-9]{6}")
_SUBJECT = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")


def _client_number(text: str) -> str:
    if text and not _CLIENT_NUMBER.fullmatch(text):
        raise InvalidInput("attendu : les six chiffres du numéro de client donné par la DGFiP, ou rien")
    return text


def _subject(text: str) -> str:
    if not _SUBJECT.fullmatch(text):
        raise InvalidInput("attendu : des lettres sans accent, des chiffres et des espaces, seuls admis par PayFiP")
    return text


Day = date  # a key is named « date »
Version = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[^\x00-\x1f\x7f]*$")]
Paragraph = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f\x7f]*$")]
ClientNumber = Annotated[str, BeforeValidator(text_read_by(_client_number, '"012345"'))]
Subject = Annotated[
    str, BeforeValidator(text_read_by(_subject, '"Activites periscolaires"')), Field(min_length=1, max_length=60)
]
Mode = Literal["test", "activation", "production"]


class TermsForm(Form):
    """`[portail.conditions]`: the terms of use, one text a paragraph."""

    version: Version = "1"
    date: Day = date(2026, 9, 1)
    texte: tuple[Paragraph, ...] = ()


class PortalForm(Form):
    """`[portail]`."""

    ouvert: Annotated[tuple[Weekday, ...], Field(min_length=1)] = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
    ferme_de: time = time(2, 0)
    ferme_a: time = time(6, 0)
    activation_heures: Annotated[int, Field(ge=1, le=720)] = 48
    mot_de_passe_minutes: Minutes = 60
    essais_par_heure: Annotated[int, Field(ge=1, le=100)] = 5
    repos_secondes: Annotated[int, Field(ge=15, le=3600)] = 60
    conditions: TermsForm = TermsForm()


class OnlinePaymentForm(Form):
    """`[paiement_en_ligne]`."""

    actif: bool = False
    client: ClientNumber = ""
    mode: Mode = "test"
    objet: Subject = "Activites periscolaires"
    montant_minimum: Cents = 1_00
