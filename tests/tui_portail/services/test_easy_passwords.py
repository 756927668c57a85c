"""Which first passwords are refused although they are long enough."""

import pytest

from tui_portail.services.easy_passwords import is_easy
from tui_portail.services.passwords import PasswordRefused, check_choice


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse1", "MotDePasse2026!", "mot-de-passe-1", "password1234", "P@ssw0rd2026", "1234567890", "0987654321",
        "12345678901234", "azertyuiop", "azerty123456", "qwertyuiop12", "poiuytreza", "abcdefghij", "Bonjour2026!",
        "administrateur1", "soleil12345", "Clapiers2026", "mairieclapiers", "Mairie-de-Clapiers",
        "périscolaire1", "Grabels-2027",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_easy(password: str) -> None:
    assert is_easy(password, ["Clapiers", "Grabels"])


@pytest.mark.parametrize(
    "password",
    [
        "tilleul-soupe-jeudi",
        "marelle-craie-lundi",
        "clapiers tilleul jeudi",
        "carotte-velo-lundi",
        "x7Kq-92pL-mm4t",
        "ab82947103",
    ],
)
def test_unrelated_words_or_characters_are_not(password: str) -> None:
    assert not is_easy(password, ["Clapiers"])


def test_the_refusal_says_what_to_choose_instead() -> None:
    with pytest.raises(PasswordRefused, match="quatre mots"):
        check_choice("grabels2026", "mairie", "Dominique Roux", "Grabels")
    assert check_choice("grabels2026", "mairie", "Dominique Roux", "Clapiers") == "grabels2026"
