"""The sentences of what the planning refuses for a cell, the rules of its day apart (those say theirs in `booking_rules`)."""

from __future__ import annotations

from tui_portail.decision import LEAFLET_BOOKING, LEAFLET_CUSTODY, POLICY, Decision
from tui_portail.french import long_date
from tui_portail.planning import CellKey, PlanningSnapshot


def what(snapshot: PlanningSnapshot, key: CellKey) -> str:
    """Return a cell in words: « ALP soir » du jeudi 3 décembre pour Léa."""
    label = snapshot.commune.policy.activity(key.activity).label
    return f"« {label} » du {long_date(key.day)} pour {snapshot.child(key.child_id).first_name}"


def already_booked(snapshot: PlanningSnapshot, key: CellKey) -> Decision:
    """Refuse a cell that is taken."""
    return Decision.refuse("DEJA_RESERVE", f"{what(snapshot, key)} : c’est déjà réservé.", LEAFLET_BOOKING)


def brought_missing(snapshot: PlanningSnapshot, key: CellKey, brought: CellKey) -> Decision:
    """Refuse an activity without what it must bring."""
    label = snapshot.commune.policy.activity(brought.activity).label
    sentence = f"{what(snapshot, key)} ne peut pas être réservé sans « {label} » le même jour."
    return Decision.refuse("ACCOMPAGNEMENT_MANQUANT", sentence, POLICY)


def waits_elsewhere(snapshot: PlanningSnapshot, key: CellKey, brought: CellKey) -> Decision:
    """Refuse an activity whose companion waits unpaid in another payer's basket."""
    label = snapshot.commune.policy.activity(brought.activity).label
    if snapshot.own_payer_id is not None:
        sentence = (
            f"{what(snapshot, key)} ne va pas sans « {label} », qui est ce jour-là à la charge de l’autre parent. "
            "Adressez-vous au service Enfance/Jeunesse."
        )
        return Decision.refuse("ACCOMPAGNEMENT_NON_PAYE", sentence, POLICY)
    holder = snapshot.payer(snapshot.bookings[brought].payer_id).name
    sentence = (
        f"{what(snapshot, key)} ne va pas sans « {label} », qui attend d’être payée dans le panier de {holder}. "
        f"Encaissez d’abord ce panier, ou faites payer ce jour par {holder}."
    )
    return Decision.refuse("ACCOMPAGNEMENT_NON_PAYE", sentence, POLICY)


def nothing_to_remove(snapshot: PlanningSnapshot, key: CellKey) -> Decision:
    """Refuse a removal where nothing is booked any more."""
    sentence = f"{what(snapshot, key)} : il n’y a plus rien à retirer, la place a déjà été libérée ou annulée."
    return Decision.refuse("RIEN_A_RETIRER", sentence, LEAFLET_BOOKING)


def other_parents_day(snapshot: PlanningSnapshot, key: CellKey) -> Decision:
    """Refuse a parent a day that the other one pays, by the custody in force that day (leaflet)."""
    sentence = (
        f"{what(snapshot, key)} : cette journée est à la charge de l’autre parent, d’après le calendrier de garde. "
        "S’il a changé, adressez-vous au service Enfance/Jeunesse."
    )
    return Decision.refuse("JOURNEE_AUTRE_PARENT", sentence, LEAFLET_CUSTODY, day=key.day)


def child_came(snapshot: PlanningSnapshot, key: CellKey) -> Decision:
    """Refuse to cancel a day on which the child was marked present."""
    sentence = (
        f"{what(snapshot, key)} : {snapshot.child(key.child_id).first_name} a été pointé présent, cette journée ne s’annule plus. "
        + (
            "Si c’est une erreur, faites d’abord corriger son pointage."
            if snapshot.own_payer_id is None
            else "Si c’est une erreur, adressez-vous au service Enfance/Jeunesse."
        )
    )
    return Decision.refuse("POINTE_PRESENT", sentence, POLICY, day=key.day)


def day_is_past(snapshot: PlanningSnapshot, key: CellKey) -> Decision:
    """Refuse a derogation on a day that is over."""
    sentence = (
        f"{what(snapshot, key)} : ce jour est passé, une dérogation ne vaut que pour aujourd’hui ou un jour à venir."
    )
    return Decision.refuse("JOUR_PASSE", sentence, POLICY, day=key.day)


def debt_first(snapshot: PlanningSnapshot, key: CellKey) -> Decision:
    """Refuse to cancel, past its limit, a day that is still owed."""
    sentence = f"{what(snapshot, key)} : la limite est passée et la somme reste due. " + (
        "Encaissez d’abord cette dette, ou demandez au régisseur de l’annuler, dans la file « à encaisser »."
        if snapshot.own_payer_id is None
        else "Réglez d’abord cette somme à Comptabilité, à la mairie."
    )
    return Decision.refuse("DETTE_A_REGLER", sentence, POLICY)
