"""The whole counter act, keys only: sign-in, planning, till, cash, quittance; a paid day cancelled, its avoir used by the next basket."""

from pathlib import Path

from pypdf import PdfReader

from models.engine import Database
from tests.factories import BOTH_DESKS, a_desk, a_family, an_agent
from tests.screens.playing import SIZES_AND_ENGINES, Scene, play
from tui_portail.services.desk import Desk
from tui_portail.services.passwords import hash_password
from tui_portail.services.verification import verify

PASSWORD = "sel"  # short: each key of a test takes a tenth of a second


def printed(documents: Path, name: str) -> str:
    """The text of a document as its PDF says it, on one line, no-break spaces made plain."""
    [path] = documents.rglob(f"{name}.pdf")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


async def sign_in(scene: Scene) -> None:
    await scene.type("zoe")
    await scene.press("enter")
    await scene.type(PASSWORD)
    await scene.press("enter")
    assert "Recherche · Zoé Petit" in scene.lines()[0]


async def open_next_week(scene: Scene) -> None:
    """From the search to the family's planning: Thursday 10 December, ALP soir."""
    await scene.type("dup")
    await scene.press("enter", "p", "semicolon", "down")
    assert "Gabriel · ALP soir" in scene.text()
    assert "jeudi 10 décembre 2026" in scene.text()


async def book_two_days_and_cash_them(scene: Scene) -> None:
    await open_next_week(scene)
    await scene.press("space", "right", "space", "v")
    assert "2 × 1,25 € = 2,50 €" in scene.flat()
    await scene.press("t")
    assert "À payer avant 10 h 45" in scene.text()
    await scene.press("enter", "enter")
    assert "Fonds de caisse" in scene.text()
    await scene.type("50")
    await scene.press("enter")
    assert "Quittance n° 2026-000001" in scene.text()
    await scene.press("enter")


async def cancel_one_of_them(scene: Scene) -> None:
    await open_next_week(scene)
    await scene.press("space", "v")
    assert "→ avoir de 1,25 €" in scene.text()
    assert "Terminer les modifications" in scene.text(), "the avoir is said before anything is confirmed"
    await scene.press("t")
    assert "Avoir n° AV-2026-000001 de 1,25 €" in scene.text()
    await scene.press("ctrl+f")


async def book_again_and_cash_what_the_avoir_leaves(scene: Scene) -> None:
    await open_next_week(scene)
    await scene.press("left", "left", "space", "left", "space")  # Tuesday and Monday
    assert "Avoirs utilisés −1,25 €" in scene.flat(), "nobody chose it"
    await scene.press("v", "t", "enter")
    assert "Encaissement" in scene.lines()[0]
    await scene.press("enter")
    assert "Quittance n° 2026-000002" in scene.text()


@SIZES_AND_ENGINES
def test_from_the_sign_in_to_a_quittance_and_to_the_avoir_used_by_the_next_basket(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    arranging = a_desk(database)
    a_family(arranging, children=2, quotient_cents=745_00)
    an_agent(database, *BOTH_DESKS, username="zoe", name="Zoé Petit", password_hash=hash_password(PASSWORD))

    async def act(scene: Scene) -> None:
        await sign_in(scene)
        await book_two_days_and_cash_them(scene)
        await cancel_one_of_them(scene)
        await book_again_and_cash_what_the_avoir_leaves(scene)

    play(act, Desk(database, tmp_path, arranging.clock), size=size)
    first, second = (printed(tmp_path, f"quittance-2026-00000{number}") for number in (1, 2))
    for words in (
        "QUITTANCE n° 2026-000001",
        "Payeur Marie Dupont",
        "Total 2,50 €",
        "Espèces 2,50 €",
        "Agent : Zoé Petit",
    ):
        assert words in first
    assert "Avoir utilisé" not in first
    for words in ("QUITTANCE n° 2026-000002", "Payeur Marie Dupont", "Avoir utilisé −1,25 €", "Espèces 1,25 €"):
        assert words in second
    assert "1,25 €" in printed(tmp_path, "avoir-AV-2026-000001")
    assert verify(arranging).findings == ()
