"""Fill a base with everything a released version knows, by that version's own program; then have its own verifier say it is sound.

Run by `make.py` within the tree of that version, which alone is imported: python fill.py BASE REVISION. The demonstration's families and
their autumn come first, then a month told gesture by gesture with what that version's own tests use, then what neither holds.
"""

import json
import sys
from datetime import date
from importlib import import_module
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

SERVICES, ACTS = "tui_portail.services", "tests.tui_portail.services"
JANUARY = (date(2027, 1, 7), date(2027, 1, 8), date(2027, 1, 11))
WALK = (
    "finish",
    "cash",
    "finish",
    "cash",
    "finish",
    "cash",
    "extend",
    "take_a_line_out",
    "give_a_basket_up",
    "judge_a_proof",
    "wait",
)
STEPS = 160


def of(module: str, name: str) -> Any:
    """Return what the version being run calls by that name."""
    return getattr(import_module(module), name)


def main(base: Path, revision: str) -> None:
    """Fill the base, verify it, and print what was counted as JSON."""
    number = int(revision[:4])
    of(f"{SERVICES}.demo", "create_demo")(base, of("tui_portail.commune_files", "shipped_commune")())
    database = of("models.engine", "Database").open(str(base))
    if number == 1:
        desk = _two_families(database, base)
    else:
        _end_the_demonstrations_day(database)
        desk = _a_life(database, base.parent) if number >= 4 else of(f"{ACTS}.regie_story", "a_story")(database).desk
        _open_in_january(desk)
        _leave_work_in_hand(desk)
    if number >= 3:
        _letters(desk)
    if number >= 4:
        _imports(desk)
    if number >= 5:
        _order_meals(desk)
    report = of(f"{SERVICES}.verification", "verify")(desk)
    if number >= 3:
        _coat_of_arms(desk, base.parent)
    counted = {"entries": report.entries, "payments": report.payments, "avoirs": report.avoirs}
    sys.stdout.write(json.dumps(counted | {"findings": [str(finding) for finding in report.findings]}))
    database.close()


def _new_operation() -> str:
    return str(of(f"{SERVICES}.desk", "new_operation")())


def _two_families(database: Any, base: Path) -> Any:
    """Play a fortnight of two families at random, always the same: what version 0001 knows, day after day."""
    walk = import_module(f"{ACTS}.test_any_sequence")
    database.close()
    vars(walk)["set_capacity"] = lambda *_, **__: None  # the demonstration booked these days before
    two = walk.TwoFamilies(base.parent, SimpleNamespace(fresh=lambda _: str(base)))
    for act in walk.A_FULL_LIFE:
        two.do(act)
    chance = Random(1)  # noqa: S311 (the same at each run)
    for _ in range(STEPS):
        name = chance.choice(WALK)
        more = {
            "finish": [(chance.randrange(2), chance.randrange(len(walk.CELLS)))],
            "wait": chance.choice([1, 14, 15, 60, 300]),
        }
        two.do((name, chance.randrange(10), more.get(name)))
    [paid] = two.sent[:1]
    of(f"{SERVICES}.quittances", "reprint_quittance")(two.desk, paid[3].quittance_id, _new_operation())
    return two.desk


def _a_life(database: Any, folder: Path) -> Any:
    """Tell the life of a family that did everything; of the absences that wait, it judges its own, the last."""
    life = import_module(f"{ACTS}.family_life")
    waiting = life.waiting_proofs
    vars(life)["waiting_proofs"] = lambda desk: waiting(desk)[-1:]
    told = life.a_life(database, folder)
    _erase(told.desk, told.neighbour)
    return told.desk


def _end_the_demonstrations_day(database: Any) -> None:
    """Deposit what waits and close the till, for the month to begin with its float alone."""
    factories, acts = import_module("tests.factories"), import_module(f"{ACTS}.till_acts")
    desk = factories.a_desk(database, of(f"{SERVICES}.rights", "Role").REGISSEUR)
    with database.write() as connection:  # the month's families may owe a day and book another
        at = factories.paris(factories.TUESDAY)
        of(f"{SERVICES}.commune", "record_commune")(connection, factories.where_debts_block_nothing(), "essai", at)
    _deposit(desk)
    over = acts.to_close(desk).cash_cents - 100_00
    if over:
        kinds = of("models.states", "MovementKind")
        kind = kinds.DEPOSIT if over > 0 else kinds.SUPPLY
        of(f"{SERVICES}.cash_movements", "record_movement")(desk, kind, abs(over), "Fonds de caisse", _new_operation())
    acts.close_till(desk)


def _deposit(desk: Any) -> None:
    slips, means = import_module(f"{SERVICES}.slips"), of("tui_portail.policy", "Means")
    slip = slips.prepare_slip(desk, _new_operation())
    pieces = of(f"{ACTS}.till_acts", "pieces_of")(max(0, slip.cents_of(means.CASH)))
    slips.validate_slip(desk, slip.slip_id, pieces, _new_operation())


def _open_in_january(desk: Any) -> None:
    acts, factories = import_module(f"{ACTS}.desk_acts"), import_module("tests.factories")
    acts.set_time(desk, factories.paris("2027-01-05 08:45"))
    of(f"{ACTS}.till_acts", "next_till")(desk)


def _leave_work_in_hand(desk: Any) -> None:
    """Leave a duplicata, a draft of a slip, an absence that waits, a basket on hold, a debt, a till open."""
    acts, factories = import_module(f"{ACTS}.desk_acts"), import_module("tests.factories")
    family = factories.a_family(desk, last_name="Janvier", renew_alsh_years=(2027,))
    dossier, child = family.dossier_id, family.child_id
    basket = acts.hold(desk, dossier, acts.add(child, acts.EVENING, *JANUARY[:2]))
    paid = of(f"{SERVICES}.payment", "cash_basket")(
        desk,
        basket.basket_id,
        [acts.cash(1_00, 20_00), acts.cheque(basket.due_cents - 1_00, "Marie Janvier", "0001234")],
        _new_operation(),
    )
    of(f"{SERVICES}.quittances", "reprint_quittance")(desk, paid.quittance_id, _new_operation())
    of(f"{SERVICES}.slips", "prepare_slip")(desk, _new_operation())
    acts.book_and_pay(desk, dossier, acts.add(child, acts.WEDNESDAY_ALSH, date(2027, 1, 6)))
    owing = factories.a_family(desk, last_name="Février")
    owed = acts.book_and_pay(desk, owing.dossier_id, acts.add(owing.child_id, acts.MEAL, JANUARY[0]))
    of(f"{SERVICES}.reversals", "reverse_payment")(
        desk, owed.payment_id, [1], desk.commune().policy.reversal_reasons[0], _new_operation()
    )
    acts.clock_of(desk).advance(hours=27)
    of(f"{ACTS}.till_acts", "next_till")(desk)
    acts.finish(desk, dossier, acts.remove(child, acts.WEDNESDAY_ALSH, date(2027, 1, 6)))
    acts.hold(desk, dossier, acts.add(child, acts.MEAL, JANUARY[2]))


def _coat_of_arms(desk: Any, folder: Path) -> None:
    """Keep a coat of arms, which the verifiers of these versions said a word of wrongly on SQLite: so after them."""
    from PIL import Image

    Image.new("RGB", (45, 60), "navy").save(folder / "blason.png")
    of(f"{SERVICES}.coat_of_arms", "set_coat_of_arms")(desk, str(folder / "blason.png"), _new_operation())


def _letters(desk: Any) -> None:
    """Keep the commune's own text of a letter, and print one."""
    letters = import_module(f"{SERVICES}.letter_texts")
    kind = letters.LetterKind.NUMBER
    text = letters.shipped_text(kind)
    letters.save_text(desk, kind, text, letters.load_text(desk, kind).version, _new_operation())
    of(f"{SERVICES}.letters", "write_number_letters")(desk, [1], _new_operation())


def _imports(desk: Any) -> None:
    """Bring a file of the schools in, and keep the columns of another program's."""
    files, acts = import_module("tests.tui_portail.onde_files"), import_module(f"{ACTS}.import_acts")
    content = files.pupils_file(files.pupil("NGUYEN", "Léa", "2019-03-12"), files.pupil("NGUYEN", "Tom", "12/03/2019"))
    acts.bring_in(desk, content)
    columns = of("tui_portail.imports.columns", "ColumnMap")
    of(f"{SERVICES}.import_maps", "save_map")(
        desk, "Logiciel", columns({"enfant_nom": "Nom de l’élève"}), _new_operation()
    )


def _erase(desk: Any, family: Any) -> None:
    """Erase a family that asked for it: its quittance stays, without its names."""
    erasure = import_module(f"{SERVICES}.erasure")
    erasure.erase_family(desk, family.dossier_id, family.number, erasure.ErasureReason.REQUESTED, _new_operation())


def _order_meals(desk: Any) -> None:
    """Freeze the orders of two days by looking at them, the second once its limit has passed."""
    factories = import_module("tests.factories")
    import_module(f"{ACTS}.desk_acts").set_time(desk, factories.paris("2027-01-06 12:40"))
    list(of(f"{SERVICES}.meals", "load_meals")(desk, date(2027, 1, 7), date(2027, 1, 8)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
