"""« Accès au portail » by the keys: an identifier given, a code again, an address set right, an account taken off and put back."""

from pathlib import Path

from models.engine import Database
from screens.dossier import DossierScreen
from screens.portal_access import PortalAccessScreen
from tests.factories import a_desk, a_family, an_agent
from tests.screens.playing import SIZES_AND_ENGINES, Scene, play
from tests.tui_portail.services.portal_acts import Mailbox, a_portal, an_active_account
from tui_portail.services.account_reading import AccountState, accounts_of
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role


def states(desk: Desk, dossier_id: int) -> list[AccountState]:
    return [one.state for one in accounts_of(desk, dossier_id).accounts]


@SIZES_AND_ENGINES
def test_the_second_payer_leaves_the_desk_with_an_identifier_on_paper(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    family = a_family(desk, two_payers=True)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.press("l")
        assert isinstance(scene.screen, PortalAccessScreen)
        assert "0 compte pour 2 payeurs" in scene.flat()
        await scene.press("down")
        assert "Karim Benali n’a pas de compte. Entrée : lui donner un identifiant." in scene.flat()
        await scene.press("enter")
        assert "karimbenali" in scene.text(), "proposed from the payer's name"
        await scene.press("enter")
        await scene.type("karim@")
        await scene.press("f10")
        assert "adresse" in scene.flat() and "karim@" in scene.text(), "what was typed stays"
        await scene.press("ctrl+u")
        await scene.type("karim@exemple.fr")
        await scene.press("f10")
        assert "Nom d’utilisateur : karimbenali" in scene.text()
        assert "Le code est valable jusqu’au 03/12/2026 à 10 h 30." in scene.flat()
        await scene.press("escape")
        assert "identifiant « karimbenali » à remettre à Karim Benali" in scene.flat()
        assert "À activer : code valable jusqu’au 03/12/2026" in scene.flat()
        await scene.press("o")
        assert isinstance(scene.screen, DossierScreen)
        assert "Identifiant du portail donné" in scene.flat() or size[0] < 100

    play(act, desk, size=size)
    assert states(desk, family.dossier_id) == [AccountState.NONE, AccountState.TO_ACTIVATE]
    assert len(list(tmp_path.rglob("courriers-identifiant-dossier-*.pdf"))) == 1


def test_where_messages_can_be_sent_the_code_is_not_shown(desk: Desk) -> None:
    family, mailbox = a_family(desk, two_payers=True), Mailbox()
    desk.post = mailbox.messages.append

    async def act(scene: Scene) -> None:
        await scene.open("portal_access", family.dossier_id)
        await scene.press("down", "enter", "enter")
        await scene.press("ctrl+u")
        await scene.type("karim@exemple.fr")
        await scene.press("enter")
        assert "Fait : code envoyé à k•••@exemple.fr pour « karimbenali »" in scene.flat()
        await scene.press("enter")
        assert "un nouveau code est envoyé à karim@exemple.fr" in scene.flat().lower()
        await scene.press("enter")
        assert "Fait : code envoyé" in scene.flat()

    play(act, desk)
    assert [message.to for message in mailbox.messages] == ["karim@exemple.fr"] * 2


def test_an_address_is_set_right_and_an_account_taken_off_then_put_back(desk: Desk) -> None:
    family = a_family(desk)
    an_active_account(a_portal(desk), family)

    async def act(scene: Scene) -> None:
        await scene.open("portal_access", family.dossier_id)
        assert "actif" in scene.text() and "Conditions" in scene.text()
        await scene.press("enter")
        assert "compte est actif" in scene.flat()
        await scene.press("m")
        await scene.press("ctrl+u")
        await scene.type("mdupont@exemple.fr")
        await scene.press("enter")
        assert "adresse corrigée : m•••@exemple.fr" in scene.flat()
        await scene.press("x")
        await scene.type("Rattaché par erreur")
        await scene.press("enter")
        assert "compte « mariedupont » détaché" in scene.flat()
        await scene.press("x")
        assert "ce payeur n’a pas de compte rattaché" in scene.flat()
        await scene.press("enter")
        assert "Rattacher ce compte ?" in scene.flat()
        await scene.press("enter")
        assert "rattaché de nouveau" in scene.flat()

    play(act, desk)
    assert states(desk, family.dossier_id) == [AccountState.ACTIVE]


def test_comptabilite_has_no_way_to_the_accounts(desk: Desk) -> None:
    family = a_family(desk)
    desk.sign(an_agent(desk.database, Role.COMPTABILITE))

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.press("l")
        assert isinstance(scene.screen, DossierScreen)

    play(act, desk)
