"""Who shares an envelope: a couple at one address does, two separated parents never."""

from tui_portail.households import Guardian, households

HOME, OTHER = ("1 place de la Mairie", "34830 Clapiers"), ("2 rue des Lilas", "34000 Montpellier")


def a_guardian(
    guardian_id: int, address: tuple[str, ...] = HOME, *, pays: bool = False, authority: bool | None = None
) -> Guardian:
    return Guardian(guardian_id, "Marie", f"Dupont {guardian_id}", address, pays, authority)


def ids(*guardians: Guardian) -> list[list[int]]:
    return [[one.guardian_id for one in home.guardians] for home in households(guardians)]


def test_a_couple_at_one_address_has_one_letter_however_it_is_written() -> None:
    other = a_guardian(1, ("1 PLACE DE LA MAIRIE", "34830 clapiers"))
    assert ids(other, a_guardian(2, pays=True)) == [[2, 1]]


def test_two_payers_have_a_letter_each_even_at_the_same_address() -> None:
    assert ids(a_guardian(1, pays=True), a_guardian(2, pays=True)) == [[1], [2]]
    assert ids(a_guardian(1, pays=True), a_guardian(2, OTHER, pays=True), a_guardian(3, OTHER)) == [[1], [2, 3]]


def test_one_who_lives_elsewhere_receives_a_letter_with_parental_authority_only() -> None:
    payer = a_guardian(1, pays=True)
    assert ids(payer, a_guardian(2, OTHER, authority=True)) == [[1], [2]]
    assert ids(payer, a_guardian(2, OTHER)) == [[1]], "nobody recorded what they are"
    assert ids(payer, a_guardian(2, authority=False)) == [[1]], "nor on the envelope of another"
    assert ids(a_guardian(1, pays=True, authority=False)) == [[1]]


def test_a_person_held_twice_since_two_dossiers_were_merged_is_named_once() -> None:
    same = Guardian(1, "Marie", "Dupont", HOME, True), Guardian(2, "Marie", "Dupont", HOME, False)
    [home] = households(same)
    assert home.names == ("Marie Dupont",)


def test_addresses_not_known_are_not_the_same_address() -> None:
    assert ids(a_guardian(1, (), pays=True), a_guardian(2, (), authority=True)) == [[1], [2]]
