"""A payment to be reversed, in words: what was paid, by what, and what would become of it. Pure."""

from __future__ import annotations

from collections.abc import Collection

from tui_portail.french import date_time_text, plural
from tui_portail.money import format_cents
from tui_portail.services.paid_reading import PaidTender, PaidView


def summary(view: PaidView) -> str:
    """Return who paid, when, how much; and that it was reversed, if it was."""
    paid = f"Quittance n° {view.quittance} · {view.payer_name}\nPayée {date_time_text(view.paid_at)} : {format_cents(view.total_cents)}"
    if view.avoir_cents:
        paid += f", dont {format_cents(view.avoir_cents)} par avoir"
    if view.reversed_at is not None:
        paid += f".\nContre-passée {date_time_text(view.reversed_at)}"
        if view.replaced_by:
            paid += f", remplacée par la quittance n° {view.replaced_by}"
    return paid + "."


def tender_words(tender: PaidTender) -> str:
    """Return « Chèque 44,50 €  Crédit du Lez 0000123 Marie Dupont »."""
    return f"{tender.label}  {format_cents(tender.amount_cents)}  {tender.reference}".rstrip()


def state_words(tender: PaidTender) -> str:
    """Return what became of a means that a reversal kept, nothing for another."""
    if tender.came_back:
        return "  revenu impayé"
    return "  gardé en avoir" if tender.kept else ""


def come_back_text(tender: PaidTender) -> str:
    """Return what saying a kept cheque unpaid would do."""
    return (
        f"{format_cents(tender.amount_cents)} sortent des comptes de la régie, et l’avoir qui les gardait est repris d’autant. "
        "Si le chèque a été versé, le prochain bordereau le déduit."
    )


def consequences(view: PaidView, lost: Collection[int]) -> str:
    """Return what reversing would do, these means being lost, a line each."""
    if view.may_come_back:
        return "Un chèque gardé revient impayé ? Choisissez-le, puis Entrée : l’avoir qu’il est devenu sera repris."
    if view.reversed_at is not None:
        return ""
    if not view.is_reversible:
        return "Ces journées étaient gratuites : il n’y a rien à contre-passer. Annulez-les plutôt au planning."
    lost_cents = sum(tender.amount_cents for tender in view.tenders if tender.rank in lost)
    if not lost_cents and not view.may_keep_all:
        return "Rien n’est coché."
    kept_cents = sum(tender.amount_cents for tender in view.tenders) - lost_cents
    if lost_cents:
        said = [f"{format_cents(lost_cents)} sortent des comptes de la régie."]
    else:
        said = ["Rien n’est coché : tout a été reçu." if kept_cents else "Les avoirs ont tout payé."]
    if view.owed_cents:
        days = plural(view.owed_days, "journée")
        said.append(f"{format_cents(view.owed_cents)} sont dus de nouveau ({days}) : une régularisation, à encaisser.")
    if view.avoir_cents:
        said.append(f"{format_cents(view.avoir_cents)} d’avoirs utilisés sont rendus au payeur.")
    if kept_cents:
        said.append(f"{format_cents(kept_cents)} gardés deviennent un avoir du payeur : aucune espèce n’est rendue.")
    if view.withdrawn_cents:
        said.append(f"{format_cents(view.withdrawn_cents)} d’avoirs, donnés pour des journées annulées, sont repris.")
    return "\n".join(said)
