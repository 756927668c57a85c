"""`tui-portail payfip`: try the client number with PayFiP, and run the simulator where nothing is paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.french import EXIT_REFUSED, FrenchCommand, FrenchGroup
from tui_portail.cli.told import tell
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.french import plural
from tui_portail.money import format_cents

if TYPE_CHECKING:
    from datetime import datetime

    from tui_portail.payfip import PayFipService
    from tui_portail.payfip_simulator.faults import Faults

PORT = 8765


class Breakdown(StrEnum):
    """What the simulator gets wrong, by the name typed; each is a `FaultKind`."""

    LENTEUR = "lenteur"
    REPONSE_PERDUE = "reponse-perdue"
    ERREUR_500 = "erreur-500"
    REFUS = "refus"
    INCIDENT = "incident"
    ILLISIBLE = "illisible"
    AUTRE_MONTANT = "autre-montant"
    AUTRE_REFERENCE = "autre-reference"
    AUTRE_IDENTIFIANT = "autre-identifiant"
    CODE_INCONNU = "code-inconnu"


class BrokenOperation(StrEnum):
    """The operation that goes wrong, by the name typed."""

    CREATION = "creation"
    RESULTAT = "resultat"
    CLIENT = "client"


Port = Annotated[
    int,
    typer.Option("--port", metavar="PORT", min=0, max=65535, help="Le port de 127.0.0.1 ; 0 : un qui est libre."),
]
Broken = Annotated[
    list[Breakdown] | None,
    typer.Option(
        "--panne",
        metavar="PANNE",
        help=f"Ce qui va mal, à chaque appel ; répétable. Au choix : {', '.join(Breakdown)}.",
    ),
]
Where = Annotated[
    list[BrokenOperation] | None,
    typer.Option(
        "--sur", metavar="APPEL", help=f"L’appel en panne ; sinon, tous. Au choix : {', '.join(BrokenOperation)}."
    ),
]
Code = Annotated[str, typer.Option("--code", metavar="CODE", help="Le code de la panne « refus » : T2, A2, M3…")]
Wait = Annotated[int, typer.Option("--attente", min=0, metavar="SECONDES", help="La durée de la panne « lenteur ».")]
Notifications = Annotated[
    int,
    typer.Option(
        "--notifications", metavar="FOIS", min=0, max=5, help="Combien de fois un résultat est annoncé au portail."
    ),
]
Late = Annotated[bool, typer.Option("--paiement-tardif", help="Prend encore un paiement après le quart d’heure.")]
ClientNumber = Annotated[
    str | None,
    typer.Option(
        "--client", metavar="NUMERO", help="Le numéro donné par la DGFiP, six chiffres ; sinon, celui de la commune."
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="URL", help="La base de la commune : adresse ou fichier ; sinon, celle des réglages."
    ),
]
Address = Annotated[
    str | None,
    typer.Option("--adresse", metavar="URL", help="Un autre service que celui du Trésor, comme le simulateur."),
]

app = typer.Typer(
    help="Essaie le paiement en ligne par PayFiP, pour de vrai ou sur un simulateur.",
    cls=FrenchGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "--aide", "-h"]},
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
)


@app.callback()
def payfip() -> None:
    """Essaie le paiement en ligne par PayFiP, pour de vrai ou sur un simulateur."""


@app.command("essayer", cls=FrenchCommand, short_help="Demande à PayFiP ce qu’il sait d’un numéro de client.")
def essayer(client: ClientNumber = None, adresse: Address = None, base: BaseUrl = None) -> None:
    """Demande à PayFiP ce qu’il sait d’un numéro de client. Ne crée aucun paiement.

    Sans --client, le numéro des réglages de la commune, dont tout ce qui manque encore pour payer en ligne est dit. Sans --adresse, celle
    des réglages de ce poste (payfip_adresse) s’il y en a une, sinon le service du Trésor.
    """
    service = _service(_number_of_the_commune(base) if client is None else client, adresse)
    known = service.client()
    asked = "le Trésor" if service.address is None else service.address
    tell(f"PayFiP répond ({asked}). Client {known.number} :")
    for label in known.labels or ("(sans libellé)",):
        tell(f"  - {label}")
    if service.address is not None:
        tell("Ce n’est pas le service du Trésor : rien n’y est payé pour de vrai.")


@app.command("suivre", cls=FrenchCommand, short_help="Demande à PayFiP ce que sont devenus les paiements en cours.")
def suivre(base: BaseUrl = None) -> None:
    """Demande à PayFiP ce que sont devenus les paiements en ligne dont l’argent peut encore venir, et l’enregistre.

    À lancer toutes les cinq minutes par le planificateur du serveur : un parent qui paie après avoir quitté la borne est ainsi connu.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from models.states import BasketOrigin  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.online_following import FollowedPayment, follow_all  # noqa: PLC0415
    from tui_portail.services.online_services import OnlineServiceMissing, online_services  # noqa: PLC0415
    from tui_portail.services.portal import take_seat  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    database = Database.open(base or settings.base)
    refused: list[PortailError] = []

    def told(online_id: int, outcome: FollowedPayment | PortailError) -> None:
        if isinstance(outcome, PortailError):
            refused.append(outcome)
            tell(f"Paiement {online_id} : {outcome}")
        else:
            number = f", quittance {outcome.quittance_number}" if outcome.quittance_number else ""
            tell(f"{outcome.reference} : {format_cents(outcome.amount_cents)}, {outcome.state}{number}")

    try:
        online = online_services(settings.payfip_address, settings.portal_address, database.kind)
        if online is None:
            raise OnlineServiceMissing
        desk = Desk(database, settings.documents_dir, clock_of(database), online=online)
        asked = follow_all(take_seat(desk, BasketOrigin.ONLINE), told)
    finally:
        database.close()
    tell(f"{plural(asked, 'paiement suivi', 'paiements suivis')}.")
    if refused:
        raise typer.Exit(EXIT_REFUSED)


@app.command("simuler", cls=FrenchCommand, short_help="Fait tourner un PayFiP simulé : rien n’y est payé.")
def simuler(
    port: Port = PORT,
    panne: Broken = None,
    sur: Where = None,
    code: Code = "T2",
    attente: Wait = 60,
    notifications: Notifications = 1,
    paiement_tardif: Late = False,
) -> None:
    """Fait tourner, sur ce seul poste, un PayFiP où rien n’est payé ; il s’arrête par Ctrl-C et oublie tout.

    Sa page de paiement laisse choisir le résultat : payé, refusé, abandonné.
    """
    from tui_portail.payfip import library_path  # noqa: PLC0415  `--help` needs no SOAP

    library_path()  # says which extra is missing before anything of it is imported
    from datetime import UTC, datetime  # noqa: PLC0415

    from tui_portail.payfip_simulator.server import PayFipSimulator  # noqa: PLC0415

    try:
        simulator = PayFipSimulator(lambda: datetime.now(UTC), port=port, told=tell)
    except OSError:
        raise InvalidInput(f"Le port {port} est déjà pris : donnez-en un autre par --port, ou 0.") from None
    _break(simulator.faults, panne or [], sur or [*BrokenOperation], code, attente)
    simulator.faults.notifications = notifications
    simulator.faults.late_payments = paiement_tardif
    with simulator:
        tell(f"Simulation PayFiP : {simulator.address}")
        tell("Aucun paiement réel : ni le Trésor ni une banque ne sont joints. Ctrl-C arrête.")
        tell("Pour qu’un poste s’en serve, dans ses réglages :")
        tell(f'    payfip_adresse = "{simulator.address}"')
        try:
            _serve()
        except KeyboardInterrupt:
            tell("Simulation arrêtée.")


@contextmanager
def simulated_payfip(address: str, now: Callable[[], datetime]) -> Iterator[str]:
    """Run the simulator while the demonstration's kiosk is open, and give its address: this one, or a free port where it is taken.

    `now` is the demonstration's own instant (aware).

    Without the extra « paiement » nothing answers there: a payment is then refused in a sentence, as when PayFiP is out of reach.
    """
    from tui_portail.payfip import PayFipMissing, library_path  # noqa: PLC0415  `--help` needs no SOAP

    try:
        library_path()
    except PayFipMissing:
        yield address
        return
    from tui_portail.payfip_simulator.server import PayFipSimulator  # noqa: PLC0415  after the library

    try:
        simulator = PayFipSimulator(now, port=int(address.rpartition(":")[2]))
    except OSError:
        simulator = PayFipSimulator(now)
    with simulator:
        yield simulator.address


def _serve() -> None:
    """Wait for Ctrl-C: the simulator has threads of its own."""
    Event().wait()


def _service(client: str, adresse: str | None) -> PayFipService:
    """Return the service to try: the address given, else this desk's, else the Trésor's."""
    from tui_portail.payfip import PayFipService  # noqa: PLC0415  `--help` needs no SOAP
    from tui_portail.settings import load_settings  # noqa: PLC0415

    return PayFipService(client, address=adresse or load_settings().payfip_address)


def _number_of_the_commune(base: str | None) -> str:
    """Return the client's number of a base's set-up, having told what is still to be set for families to pay online."""
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        rules = Desk(database, settings.documents_dir, clock_of(database)).commune().policy.online
    finally:
        database.close()
    if not rules.client_number:
        raise InvalidInput(
            "La commune n’a pas encore de numéro de client PayFiP : tapez-le dans ses réglages (« Paiement en ligne »), "
            "ou donnez-le par --client."
        )
    mode = {"T": "test", "X": "activation", "W": "production"}[rules.mode]
    tell(f"Réglages de la commune : {'ouvert' if rules.enabled else 'fermé'}, mode {mode}.")
    if settings.portal_address is None:
        tell("Il manque l’adresse du portail (portail_adresse) dans les réglages de ce poste : PayFiP la demande.")
    return rules.client_number


def _break(faults: Faults, kinds: list[Breakdown], where: list[BrokenOperation], code: str, seconds: float) -> None:
    from tui_portail.payfip_simulator.faults import Fault, FaultKind, Operation  # noqa: PLC0415  after the library

    meant = {
        BrokenOperation.CREATION: Operation.CREATE,
        BrokenOperation.RESULTAT: Operation.ASK,
        BrokenOperation.CLIENT: Operation.CLIENT,
    }
    for kind in kinds:
        for operation in where:
            faults.add(Fault(FaultKind(kind.value), meant[operation], times=None, code=code, seconds=seconds))
