"""A movement of cash: brought in, taken out, taken out to be deposited or put back; how much and why."""

from __future__ import annotations

from collections.abc import Iterable

from screens.choice_field import ChoiceField
from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from tui_portail.money import format_cents, parse_amount
from tui_portail.services.cash_movements import MovementKind, record_movement

KINDS = (
    (MovementKind.SUPPLY, "Apport de monnaie"),
    (MovementKind.WITHDRAWAL, "Retrait sur le fonds de caisse"),
    (MovementKind.DEPOSIT, "Sortie pour versement au Trésor"),
    (MovementKind.RETURN, "Retour de versement dans la caisse"),
)


class AmountField(TextField):
    """An amount in euros."""

    @property
    def value(self) -> int:
        """The amount in cents. Raises InvalidInput."""
        return parse_amount(self.text)

    def written_out(self) -> str:
        """Return it with its cents."""
        return format_cents(self.value, symbol=False)


class MovementDialog(FormDialog[str | None]):
    """Records one movement. Returns the sentence that says what the till then holds."""

    TITLE = "Mouvement d’espèces"
    WIDE_LABELS = True

    def form_fields(self) -> Iterable[Field]:
        """What, how much, why."""
        return (
            ChoiceField("kind", "Nature", KINDS),
            AmountField("amount", "Montant", placeholder="ex. 50,00"),
            TextField("reason", "Motif", placeholder="gardé au journal"),
        )

    def keys_line(self) -> str:
        """Name the arrows too, which change the first field."""
        return "← → : autre nature · Entrée : champ suivant · F10 : enregistrer · Échap"

    async def save(self, values: dict[str, object]) -> str:
        """Record it."""
        kind, cents, reason, desk = (
            MovementKind(str(values["kind"])),
            values["amount"],
            str(values["reason"]),
            self.desk,
        )
        assert isinstance(cents, int)  # noqa: S101 (an AmountField's)
        left = await self.send("movement", lambda operation: record_movement(desk, kind, cents, reason, operation))
        return f"mouvement enregistré, {format_cents(left)} d’espèces en caisse."
