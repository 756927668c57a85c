"""What the pages beside the served kiosk do: the link of an activation e-mail, PayFiP's notification. One portal for the whole server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_portail.services.portal import Portal
    from tui_portail.settings import Settings

ACTIVATED = "Votre compte « {username} » est activé. Ouvrez le Portail Famille, ou allez à la borne de la mairie, et identifiez-vous."


class SideGestures:
    """The gestures of those pages; called from several threads at once, never for a parent signed in."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def activate(self, token: str) -> str:
        """Use an activation's link once, and return what to tell. Raises CodeRefused, PasswordNeeded, PortalClosed."""
        from tui_portail.services.desk import new_operation  # noqa: PLC0415  `--help` needs no service
        from tui_portail.services.portal_accounts import activate_by_link  # noqa: PLC0415

        return ACTIVATED.format(username=activate_by_link(self.portal, token, new_operation()))

    def notified(self, id_op: str) -> None:
        """Ask PayFiP about a payment it says has ended: nothing else of its message is believed."""
        from tui_portail.services.online_following import follow_notified  # noqa: PLC0415  `--help` needs no service

        follow_notified(self.portal, id_op)

    @property
    def lacks_online(self) -> bool:
        """Whether the commune takes payments online and this machine cannot ask for one."""
        return self.portal.desk.commune().policy.online.enabled and self.portal.online is None

    def close(self) -> None:
        """Close the base."""
        self.portal.desk.close()


def side_gestures(base: str, settings: Settings) -> SideGestures:
    """Open the base for those pages. Raises what the base refuses."""
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from models.states import BasketOrigin  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.online_services import online_services  # noqa: PLC0415
    from tui_portail.services.portal import take_seat  # noqa: PLC0415

    database = Database.open(base)
    online = online_services(settings.payfip_address, settings.portal_address, database.kind)
    desk = Desk(database, settings.documents_dir, clock_of(database), online=online)
    return SideGestures(take_seat(desk, BasketOrigin.ONLINE, address=settings.portal_address))
