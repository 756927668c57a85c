"""What an agent types about a guardian: who, how to reach them, whether they pay, what a second account rests on, the quotient proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tui_portail.family_words import AUTHORITIES, BASES, FUNDS, RELATIONS, check_known
from tui_portail.field_checks import (
    FormRefused,
    check_birth,
    check_past,
    checked_allowance,
    checked_email,
    checked_insee,
    checked_name,
    checked_phone,
    checked_postcode,
    checked_text,
)
from tui_portail.french import long_date

HIGHEST_QUOTIENT_CENTS = 100_000_00


@dataclass(frozen=True, slots=True)
class GuardianForm:
    """A parent or another person in charge. `quotient_cents` None: none proven; its dates are then ignored.

    `guardian_id` and `payer_rank` (0: no account) are those of one already in the dossier. `last_name` is the name used, `birth_name` the
    one of birth where it is another. `basis`: what a second payer's account rests on, dated `basis_on`, seen on `basis_seen_on`.
    """

    last_name: str
    first_name: str
    birth_on: date | None = None
    email: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    payer: bool = False
    resident: bool = True
    quotient_cents: int | None = None
    quotient_from: date | None = None
    quotient_until: date | None = None
    quotient_source: str = ""
    basis: str = ""
    basis_on: date | None = None
    basis_seen_on: date | None = None
    birth_name: str = ""
    birth_place: str = ""
    birth_insee: str = ""
    address_2: str = ""
    phone_2: str = ""
    relation: str = ""
    authority: str = ""
    allowance_fund: str = ""
    allowance_number: str = ""
    guardian_id: int | None = None
    payer_rank: int = 0


def is_second_payer(guardians: Sequence[GuardianForm], place: int) -> bool:
    """Say whether a guardian's account is, or would be, the second: asked for, on a judgment or a written agreement."""
    one = guardians[place]
    if not one.payer or one.payer_rank:
        return one.payer_rank == 2
    return any(
        other.payer and (other.payer_rank > 0 or at < place) for at, other in enumerate(guardians) if at != place
    )


def checked_guardian(form: GuardianForm, today: date, at: str = "") -> GuardianForm:
    """Return a guardian's form cleaned; `at` is put before the field's name. Raises FormRefused."""
    if form.birth_on is not None:
        check_birth(form.birth_on, today, f"{at}birth_on")
    if form.quotient_cents is not None:
        check_quotient(form.quotient_cents, form.quotient_from, form.quotient_until, at)
    for key, known in (
        ("relation", RELATIONS),
        ("authority", AUTHORITIES),
        ("allowance_fund", FUNDS),
        ("basis", BASES),
    ):
        check_known(getattr(form, key), known, f"{at}{key}")
    number = checked_allowance(form.allowance_number, f"{at}allowance_number")
    if number and not form.allowance_fund:
        raise FormRefused("Dites si ce numéro d’allocataire est celui de la CAF ou de la MSA.", f"{at}allowance_fund")
    last_name = checked_name(form.last_name, "le nom", f"{at}last_name")
    birth_name = checked_text(form.birth_name, 120, "le nom de naissance", f"{at}birth_name")
    return replace(
        form,
        last_name=last_name,
        first_name=checked_name(form.first_name, "le prénom", f"{at}first_name"),
        birth_name="" if birth_name == last_name else birth_name,
        birth_place=checked_text(form.birth_place, 120, "le lieu de naissance", f"{at}birth_place"),
        birth_insee=checked_insee(form.birth_insee, f"{at}birth_insee"),
        email=checked_email(form.email, f"{at}email"),
        phone=checked_phone(form.phone, f"{at}phone"),
        phone_2=checked_phone(form.phone_2, f"{at}phone_2"),
        address=checked_text(form.address, 200, "l’adresse", f"{at}address"),
        address_2=checked_text(form.address_2, 100, "le complément d’adresse", f"{at}address_2"),
        postcode=checked_postcode(form.postcode, f"{at}postcode"),
        city=checked_text(form.city, 120, "la commune", f"{at}city"),
        allowance_number=number,
        quotient_source=checked_text(form.quotient_source, 120, "la pièce vue", f"{at}quotient_source"),
    )


def check_basis(form: GuardianForm, today: date, at: str = "") -> None:
    """Refuse a second account that rests on nothing seen. Raises FormRefused."""
    if not form.basis:
        raise FormRefused(
            "Un second payeur s’ouvre sur un jugement ou un accord écrit des deux parents : dites lequel vous avez vu.",
            f"{at}basis",
        )
    if form.basis_on is None:
        raise FormRefused("Donnez la date du jugement ou de l’accord écrit.", f"{at}basis_on")
    check_past(form.basis_on, today, "Le jour du document", f"{at}basis_on")
    if form.basis_seen_on is None:
        raise FormRefused("Donnez le jour où vous avez vu le document.", f"{at}basis_seen_on")
    check_past(form.basis_seen_on, today, "Le jour où le document a été vu", f"{at}basis_seen_on")


def check_quotient(value_cents: int, valid_from: date | None, valid_until: date | None, at: str = "") -> None:
    """Refuse a quotient out of bounds or badly dated (value in cents: QF 745 is 74 500). Raises FormRefused."""
    if not 0 <= value_cents <= HIGHEST_QUOTIENT_CENTS:
        raise FormRefused("Le quotient familial va de 0 à 100 000 : tapez par exemple 745.", f"{at}quotient_cents")
    if valid_from is None or valid_until is None:
        missing = "quotient_from" if valid_from is None else "quotient_until"
        raise FormRefused("Donnez les deux dates entre lesquelles le quotient familial est valable.", f"{at}{missing}")
    if valid_until < valid_from:
        raise FormRefused(
            f"Le quotient familial ne peut pas finir avant de commencer, le {long_date(valid_from)}.",
            f"{at}quotient_until",
        )
