"""A family that did everything a base can hold of one, told once: for what is given of it, and what is left once it is erased."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Table, insert, select, update

from models import tables as t
from models.engine import Database
from models.states import AttendanceState
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, paris, where_debts_block_nothing
from tests.families import guardian, record_quotient, save_with
from tests.tui_portail.services.closure_acts import close, closed
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MEAL,
    MORNING,
    NEXT_MONDAY,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    agent_of,
    card,
    cash,
    cheque,
    finish,
    hold,
    pay_by_card,
    remove,
    set_capacity,
    set_time,
)
from tests.tui_portail.services.portal_acts import PASSWORD, a_portal, finish_own, new_account, sign_in
from tests.tui_portail.services.till_acts import close_till
from tui_portail.planning import CellKey
from tui_portail.services.attendance import Mark, mark_children
from tui_portail.services.baskets import extend_basket
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.family_accounts import give_second_identifier, unlink_account
from tui_portail.services.late_unpaid import declare_unpaid
from tui_portail.services.merge_reading import Pairing
from tui_portail.services.merging import merge_dossiers
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.portal_accounts import activate_by_code
from tui_portail.services.portal_codes import new_secret
from tui_portail.services.quittances import reprint_quittance
from tui_portail.services.refunds import request_refund
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.till import open_session
from tui_portail.services.waiting import ask_places, withdraw_entry
from tui_portail.services.week_patterns import keep_week

MELODIE, ZQ = "MELODIE", "zq@example.org"
FIRST_WORDS = (
    "Zéphyrine",
    "Qwertzbach",
    "Ypsilonne",
    "0601020304",
    "06 01 02 03 04",
    ZQ,
    "zephyrineq",
    "impasse Xylophone",
    "1985-07-23",
    "23/07/1985",
    "Zanzibar",
    "CAF1234567Q",
    "7310042",  # long enough for no hash to hold it by chance
    "100,42",
)
"""What only the first parent's rows hold."""
SECOND_WORDS = (
    "Wolfgang",
    "Jaxartes",
    "0605040302",
    "06 05 04 03 02",
    "wj@example.org",
    "wolfgangj",
    "quai Vortex",
    "1984-02-17",
    "Tyrolienne",
    "9120042",
    "Kolossale",
)
"""What only the second parent's rows hold."""
CHILD_WORDS = ("Oxana", "2021-09-08", "Pzeudocteur", "Assurix", "POL-778899", "Malakoff")
OTHER_WORDS = ("Mamivonne", "0699887766", "Grandoncle", "Tanteurse", "Exceptionnelle", "Nuitdegarde", "Fusionnix")
EVERY_WORD = (*FIRST_WORDS, *SECOND_WORDS, *CHILD_WORDS, *OTHER_WORDS)


YOUNG = {"birth_on": date(2021, 9, 8), "school_code": "MATERNELLE", "class_name": "Grande section"}


@dataclass(frozen=True)
class Life:
    """The desk, the family, another one that nobody erases, and the dossier that the family had besides, merged into its own."""

    desk: Desk
    family: Family
    neighbour: Family
    merged: Family


def a_life(database: Database, documents_dir: Path) -> Life:
    """Tell it: two parents, a child, every paper and gesture; the year after, nothing of it is open and the year is closed."""
    roles, commune = (Role.ENFANCE, Role.REGISSEUR), where_debts_block_nothing()
    desk = a_desk(database, *roles, documents_dir=documents_dir, commune=commune)
    open_session(desk, 100_00, new_operation())
    first = a_guardian(
        "Qwertzbach",
        "Zéphyrine",
        birth_on=date(1985, 7, 23),
        phone="06 01 02 03 04",
        email="zq@example.org",
        address="3 impasse Xylophone",
        quotient_cents=73_100_42,
    )
    second = a_guardian(
        "Jaxartes",
        "Wolfgang",
        birth_on=date(1984, 2, 17),
        phone="06 05 04 03 02",
        email="wj@example.org",
        address="8 quai Vortex",
        quotient_cents=91_200_42,
    )
    child = a_child("Oxana", "Malakoff", **YOUNG, renew_alsh_years=(2026,))
    family = a_family(desk, guardians=[first, second], children=[child])
    neighbour = a_family(desk, last_name="Voisin")
    _fill(database, desk, family)
    other = _merge(desk, family)
    _use_the_portal(desk, family)
    _live(desk, family)
    pay_by_card(desk, hold(desk, neighbour.dossier_id, add(neighbour.child_id, EVENING, date(2026, 12, 17))).basket_id)
    set_time(desk, paris("2027-01-04 09:00"))
    close_due_periods(desk, new_operation())
    return Life(desk, family, neighbour, other)


def _use_the_portal(desk: Desk, family: Family) -> None:
    """Each parent an account, given by the desk; the mother's own was taken off, and she pays online in vain."""
    portal = a_portal(desk)
    wrong = new_account(portal, family, last_name="Qwertzbach", first_name="Zéphyrine", username="zephyrineq", email=ZQ)
    unlink_account(desk, wrong.account_id, "Erreur de Zéphyrine", new_operation())
    secret = new_secret()
    give_second_identifier(desk, family.guardian_ids[0], "zephyrineqwertz", ZQ, secret, new_operation())
    activate_by_code(portal, "zephyrineqwertz", secret.code, new_operation(), PASSWORD)
    signed = sign_in(portal, "zephyrineqwertz")
    finish_own(portal, add(family.child_id, EVENING, date(2026, 12, 3)))
    finish_own(portal, remove(family.child_id, EVENING, date(2026, 12, 3)))
    give_second_identifier(desk, family.guardian_ids[1], "wolfgangj", "wj@example.org", new_secret(), new_operation())
    with desk.database.write() as connection:
        row = connection.execute(select(t.basket).where(t.basket.c.payer_id == family.payer_ids[0])).first()
        booking_id = connection.scalars(
            select(t.booking.c.id).where(t.booking.c.payer_id == family.payer_ids[0])
        ).first()
        assert row is not None
        online_id = connection.execute(
            insert(t.online_payment)
            .values(
                regie_id=1,
                basket_id=row.id,
                payer_id=row.payer_id,
                account_id=signed.account_id,
                reference="REF1",
                amount_cents=195,
                subject="Panier",
                client_number="999999",
                mode="T",
                state="echec",
                asked_at=desk.now(),
                ended_at=desk.now(),
                dispute="Zéphyrine dit avoir payé",
            )
            .returning(t.online_payment.c.id)
        ).scalar_one()
        connection.execute(insert(t.online_payment_line).values(online_payment_id=online_id, booking_id=booking_id))


def _merge(desk: Desk, family: Family) -> Family:
    """The mother had been registered twice, under another name: a day paid there and given back, then the two dossiers made one."""
    twice = a_guardian("Fusionnix", "Zéphyrine", phone="06 01 02 03 04")
    other = a_family(desk, guardians=[twice], children=[a_child("Oxana", "Malakoff", **YOUNG)])
    pay_by_card(desk, hold(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY, NEXT_MONDAY)).basket_id)
    finish(desk, other.dossier_id, remove(other.child_id, EVENING, FRIDAY))  # an avoir, of the account that lives since
    guardians, children = ((other.guardian_ids[0], family.guardian_ids[0]),), ((other.child_id, family.child_id),)
    merge_dossiers(
        desk, family.dossier_id, other.dossier_id, Pairing(guardians, children), "Inscrite deux fois", new_operation()
    )
    return other


def _fill(database: Database, desk: Desk, family: Family) -> None:
    """Write what the forms of this family have no service for here, and change what has one."""
    agent, now = agent_of(desk).agent_id, paris("2026-12-01 10:30")
    with database.write() as connection:

        def set_on(table: Table, row_id: int, **values: object) -> None:
            connection.execute(update(table).where(table.c.id == row_id).values(**values))

        def put(table: Table, **values: object) -> None:
            connection.execute(insert(table).values(**values))

        more = {
            "birth_name": "Ypsilonne",
            "birth_place": "Zanzibar",
            "allowance_fund": "CAF",
            "allowance_number": "CAF1234567Q",
        }
        set_on(t.guardian, family.guardian_ids[0], **more, address_2="chez Ypsilonne", phone_2="0601020304")
        set_on(t.guardian, family.guardian_ids[1], birth_place="Tyrolienne")
        set_on(
            t.child,
            family.child_id,
            diet="sans_porc",
            pai=True,
            doctor_name="Pzeudocteur",
            insurer="Assurix",
            insurance_number="POL-778899",
            birth_place="Malakoff",
        )
        dossier = {"dossier_id": family.dossier_id}
        person = {"last_name": "Mamivonne", "phone": "0699887766", "relation": "Grandoncle", "note": "Tanteurse"}
        put(t.contact_person, **dossier, **person, may_collect=True)
        put(t.contact_person, **dossier, last_name="Jaxartes", first_name="Wolfgang", forbidden=True)
        put(
            t.consent,
            **dossier,
            child_id=family.child_id,
            kind="image",
            given=True,
            given_on=now,
            recorded_at=now,
            agent_id=agent,
        )
        paper = {"kind_code": "ASSURANCE", "valid_from_on": now, "seen_on": now, "seen_by": agent, "recorded_at": now}
        put(t.supporting_document, **dossier, **paper, child_id=family.child_id)
        put(
            t.custody_exception,
            child_id=family.child_id,
            from_on=date(2026, 12, 19),
            until_on=date(2026, 12, 20),
            payer_id=family.payer_ids[1],
            reason="Exceptionnelle",
            recorded_at=now,
            agent_id=agent,
        )
        put(
            t.custody_pattern,
            child_id=family.child_id,
            from_on=date(2027, 1, 4),
            anchor_on=date(2027, 1, 4),
            first_payer_id=family.payer_ids[0],
            second_payer_id=family.payer_ids[1],
        )
        visit = {"minutes": 30, "kind_code": "DOSSIER", "state": "honore", "booked_at": now, "booked_by": agent}
        put(t.appointment, **dossier, **visit, starts_at=now, name="M. Jaxartes", phone="0605040302", note="Kolossale")
        put(
            t.letter_printed,
            **dossier,
            guardian_id=family.guardian_ids[0],
            kind="numero",
            printed_at=now,
            agent_id=agent,
        )
    moved = guardian(
        0,
        birth_on=date(1985, 7, 23),
        address="5 impasse Xylophone",
        phone="06 01 02 03 04",
        email="zq@example.org",
    )
    save_with(desk, family.dossier_id, moved)
    record_quotient(
        desk, family.payer_ids[0], 73_100_42, date(2026, 11, 1), date(2027, 10, 31), "CAF1234567Q", new_operation()
    )


def _wait(desk: Desk, family: Family) -> None:
    """Wait for a full morning, then give up."""
    day = date(2026, 12, 14)
    set_capacity(desk.database, MORNING, day, 0, site="MELODIE")
    asked = ask_places(desk, family.dossier_id, [CellKey(family.child_id, MORNING, day)], new_operation())
    withdraw_entry(desk, asked.entries[0], new_operation(), "Mamivonne le garde")


def _live(desk: Desk, family: Family) -> None:
    """Book, cash, cancel, reverse, correct, close a day, refund: by both payers, till every account is empty."""
    dossier, child = family.dossier_id, family.child_id
    keep_week(desk, dossier, child, "Semaines de Zéphyrine", ((0, EVENING), (3, MEAL)), new_operation())
    _wait(desk, family)
    other = {"payer_id": family.payer_ids[1], "payer_reason": "Nuitdegarde"}
    evening = hold(desk, dossier, add(child, EVENING, THURSDAY, FRIDAY, date(2026, 12, 10)))
    extend_basket(desk, evening.basket_id, "Mme Qwertzbach cherche sa carte", new_operation())
    paid = cash_basket(desk, evening.basket_id, [cheque(evening.due_cents, "Tanteurse", "0000777")], new_operation())
    reprint_quittance(desk, paid.quittance_id, new_operation())
    meal = hold(desk, dossier, add(child, MEAL, FRIDAY, **other))
    wrong = cash_basket(desk, meal.basket_id, [cash(meal.due_cents, 50_00)], new_operation())
    correct_payment(desk, wrong.payment_id, [card(meal.due_cents)], "Moyen de paiement mal saisi", new_operation())
    pay_by_card(
        desk, hold(desk, dossier, add(child, EVENING, date(2026, 12, 1), derogation="Grandoncle malade")).basket_id
    )
    wednesday = hold(desk, dossier, add(child, WEDNESDAY_ALSH, WEDNESDAY))
    pay_by_card(desk, wednesday.basket_id)
    next_week = hold(desk, dossier, add(child, EVENING, date(2026, 12, 15), **other))
    by_cheque = cash_basket(desk, next_week.basket_id, [cheque(next_week.due_cents, "Kolossale")], new_operation())
    undone = reverse_payment(desk, by_cheque.payment_id, [1], "Chèque sans provision", new_operation())
    assert undone.debt_basket_id is not None
    drop_debt(desk, undone.debt_basket_id, "Décision de l’ordonnateur", new_operation())
    kept = hold(desk, dossier, add(child, EVENING, date(2026, 12, 11)))
    by_two = cash_basket(desk, kept.basket_id, [cheque(1_00), card(kept.due_cents - 1_00)], new_operation())
    owed = reverse_payment(desk, by_two.payment_id, [2], "Montant mal saisi", new_operation())
    assert owed.debt_basket_id is not None
    declare_unpaid(desk, by_two.payment_id, 1, "Chèque sans provision", new_operation())
    pay_by_card(desk, owed.debt_basket_id)
    slip = prepare_slip(desk, new_operation())
    validate_slip(desk, slip.slip_id, {}, new_operation())
    finish(desk, dossier, remove(child, EVENING, FRIDAY))  # an avoir, which pays the next basket
    pay_by_card(desk, hold(desk, dossier, add(child, EVENING, date(2026, 12, 17), date(2026, 12, 18))).basket_id)
    pay_by_card(desk, hold(desk, dossier, add(child, EVENING, date(2026, 12, 8))).basket_id)
    close(desk, closed(date(2026, 12, 8), site=None))  # a strike: another avoir, refunded below
    close_till(desk)
    set_time(desk, paris("2026-12-02 14:00"))
    finish(desk, dossier, remove(child, WEDNESDAY_ALSH, WEDNESDAY))
    [proof] = waiting_proofs(desk)
    judge_proof_received(desk, proof.proof_id, WEDNESDAY, True, proof_reasons(desk, True)[0], new_operation())
    mark_children(desk, (MELODIE, WEDNESDAY_ALSH, WEDNESDAY), [Mark(child, AttendanceState.ABSENT)], new_operation())
    request_refund(desk, family.payer_id, "Départ de la commune", new_operation())
