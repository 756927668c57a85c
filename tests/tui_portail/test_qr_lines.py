"""A QR code of characters says, module by module, what the code itself says."""

import pytest
import segno

from tui_portail.qr_lines import QUIET_MODULES, qr_lines

PAGE = "https://www.payfip.gouv.fr/tpa/paiementws.web?idop=cc0cb210-1cd4-11ea-8cca-0213ad91a103"
INK = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def modules_of(lines: tuple[str, ...]) -> list[list[int]]:
    return [[INK[char][half] for char in line] for line in lines for half in (0, 1)]


@pytest.mark.parametrize("address", [PAGE, "http://127.0.0.1:8765/paiement?idop=x", "https://é.exemple/", "a"])
@pytest.mark.parametrize("quiet", [0, 2, 4])
def test_the_characters_read_again_are_the_code_and_its_light_border(address: str, quiet: int) -> None:
    code = segno.make(address, error="l", micro=False, boost_error=False)
    read = modules_of(qr_lines(address, quiet))
    expected = [list(row) for row in code.matrix_iter(border=quiet)]
    assert read[: len(expected)] == expected
    assert not any(any(row) for row in read[len(expected) :])


def test_a_payment_fits_a_screen_of_80_by_24() -> None:
    lines = qr_lines(PAGE)
    assert len(lines) == 21
    assert {len(line) for line in lines} == {37 + 2 * QUIET_MODULES}


def test_an_address_too_long_for_any_code_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        qr_lines("x" * 3000)
