"""Where a parent can go: one line a page, imported when it is first opened, never before the first frame.

A page is added here and nowhere else: with `first` it is a choice of the first page, with `home` one of the signed parent's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from screens.kiosk.kiosk_screen import KioskScreen


@dataclass(frozen=True, slots=True)
class Destination:
    """A page by its place: `module` and `name` of its class, the words and the letter of its choice.

    `always`: it answers when the portal is closed too. `signed`: it is a signed parent's.
    """

    module: str
    name: str
    label: str = ""
    key: str = ""
    first: bool = False
    home: bool = False
    always: bool = False
    signed: bool = False

    def page(self, *arguments: Any) -> KioskScreen:
        """Import the module and make the page: called from `KioskApp.go` only."""
        return cast("KioskScreen", getattr(import_module(self.module), self.name)(*arguments))


DESTINATIONS: dict[str, Destination] = {
    "sign_in": Destination("screens.kiosk.sign_in", "SignInPage", "M’identifier", "i", first=True),
    "account": Destination("screens.kiosk.account_identity", "IdentityPage", "Créer mon compte", "c", first=True),
    "activate": Destination("screens.kiosk.activation", "ActivationPage", "Activer mon compte", "a", first=True),
    "forgotten": Destination("screens.kiosk.forgotten", "ForgottenPage", "Mot de passe oublié", "o", first=True),
    # the signed parent's
    "home": Destination("screens.kiosk.family_home", "FamilyHome", signed=True),  # OwnHome
    "own_planning": Destination(
        "screens.kiosk.own_planning", "OwnPlanningPage", "Payer mes journées", "p", home=True, signed=True
    ),
    "own_avoirs": Destination("screens.kiosk.own_avoirs", "OwnAvoirsPage", "Mes avoirs", "a", home=True, signed=True),
    "own_quittances": Destination(
        "screens.kiosk.own_quittances", "OwnQuittancesPage", "Mes quittances", "q", home=True, signed=True
    ),
    "own_children": Destination(
        "screens.kiosk.own_children", "OwnChildrenPage", "Mes enfants", "e", home=True, signed=True
    ),
    "own_review": Destination("screens.kiosk.own_review", "OwnReviewPage", signed=True),  # PlanningState, Refused
    "own_basket": Destination("screens.kiosk.own_basket", "OwnBasketPage", signed=True),  # FinishedChanges or nothing
    "own_counter": Destination("screens.kiosk.own_counter", "OwnCounterPage", signed=True),  # OwnBasket
    "own_release": Destination("screens.kiosk.own_counter", "OwnReleasePage", signed=True),  # OwnBasket
    "own_online": Destination("screens.kiosk.own_online", "OwnOnlinePage", signed=True),  # basket id
    "own_quittance": Destination("screens.kiosk.own_quittances", "OwnQuittancePage", signed=True),  # quittance id
    "terms": Destination("screens.kiosk.terms", "TermsPage", signed=True),
    "link": Destination("screens.kiosk.linking", "LinkPage", signed=True),
    # everyone's
    "menus": Destination(
        "screens.kiosk.menus", "MenusPage", "Menus de la cantine", "m", first=True, home=True, always=True
    ),
    "news": Destination("screens.kiosk.news", "NewsPage", "Actualités", "n", first=True, home=True, always=True),
    "contacts": Destination(
        "screens.kiosk.contacts", "ContactsPage", "Contacts et horaires", "h", first=True, home=True, always=True
    ),
    # the steps of a gesture, opened by the page before
    "account_number": Destination("screens.kiosk.account_number", "NumberPage"),  # AccountDraft
    "account_summary": Destination("screens.kiosk.account_summary", "SummaryPage"),  # AccountDraft
    "choose_password": Destination("screens.kiosk.activation", "ChoosePasswordPage"),  # user name, code
    "new_password": Destination("screens.kiosk.forgotten", "NewPasswordPage"),  # user name
    "news_item": Destination("screens.kiosk.news", "NewsItemPage", always=True),  # NewsForm
    "staff_exit": Destination("screens.kiosk.staff_exit", "StaffExitPage", always=True),
}


def choices(*, home: bool) -> Mapping[str, Destination]:
    """Return the choices of the signed parent's home, or those of the first page, in order."""
    return {place: one for place, one in DESTINATIONS.items() if (one.home if home else one.first)}
