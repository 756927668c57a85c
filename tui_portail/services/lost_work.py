"""What a base in place has that a backup has not: what would be lost by putting the backup in its place, who was erased
since, and which agents would have their account, password or roles of before again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, select

from models import tables as t
from tui_portail.dossier_number import display
from tui_portail.french import join_words, plural
from tui_portail.services.backup_notes import OF_THE_MACHINE
from tui_portail.services.sale import quittance_number

MOST_NAMED = 40


@dataclass(frozen=True, slots=True)
class LostWork:
    """What the base in place did since the backup, or beside it.

    `other`: it is another base. `forked`: both went on differently from some entry on. `erased`: dossiers erased since, that reappear.
    `disabled`, `changed`: usernames of the agents disabled since, and of those whose password or roles are no longer the backup's.
    """

    gestures: int
    entries: int
    quittances: tuple[str, ...]
    erased: tuple[str, ...]
    other: bool = False
    forked: bool = False
    disabled: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether something would be lost."""
        return bool(self.gestures or self.entries or self.other)

    @property
    def sentences(self) -> list[str]:
        """Say it to who is about to replace the base; nothing when nothing is lost."""
        told = []
        if self.other:
            told.append("La base en place n’est pas celle de la sauvegarde : c’en est une autre.")
        elif self.forked:
            told.append(
                "La base en place et la sauvegarde n’ont pas la même suite : elles ont été utilisées séparément."
            )
        if self.gestures or self.entries:
            lost = f"{plural(self.gestures, 'geste')}, {plural(self.entries, 'écriture')} du journal"
            told.append(f"Seraient perdus, faits dans la base en place et absents de la sauvegarde : {lost}.")
        if self.quittances:
            named = ", ".join(self.quittances[:MOST_NAMED])
            more = len(self.quittances) - MOST_NAMED
            told.append(f"Quittances perdues : {named}{f' et {more} autres' if more > 0 else ''}.")
            told.append(
                "Leurs numéros seront donnés à d’autres : avant d’encaisser, mettez leurs papiers de côté (dossier des documents), et "
                "enregistrez de nouveau ce qui a été encaissé."
            )
        return told

    @property
    def to_erase_again(self) -> str:
        """Say which families must be erased again; empty for none."""
        if not self.erased:
            return ""
        numbers = join_words([display(number) for number in self.erased])
        back = "famille effacée depuis la sauvegarde reparaît", "familles effacées depuis la sauvegarde reparaissent"
        return (
            f"{plural(len(self.erased), *back)} dans la base restaurée. Effacez de nouveau "
            f"(« tui-portail famille effacer NUMERO --demande --agent … ») : {numbers}."
        )

    @property
    def to_do_again(self) -> list[str]:
        """Say what must be done again in the base restored: families erased, agents disabled or changed; nothing when nothing must."""
        told = [self.to_erase_again] if self.erased else []
        if self.disabled:
            back = (
                "agent désactivé depuis la sauvegarde peut de nouveau se connecter",
                "agents désactivés depuis la sauvegarde peuvent de nouveau se connecter",
            )
            told.append(
                f"{plural(len(self.disabled), *back)} à la base restaurée. Désactivez de nouveau (écran Agents) : "
                f"{join_words(self.disabled)}."
            )
        if self.changed:
            told.append(
                "Le mot de passe ou les rôles de la sauvegarde valent de nouveau dans la base restaurée. Changez-les encore "
                f"(écran Agents) : {join_words(self.changed)}."
            )
        return told


def lost_work(standing: Connection, restored: Connection) -> LostWork:
    """Compare the base in place with what a backup restores, whatever their versions."""
    identity = t.database_identity.c.base_id
    other = standing.scalar(select(identity)) != restored.scalar(select(identity))
    event, quittance, entry = t.audit_event.c, t.quittance.c, t.journal_entry.c
    gestures = select(event.operation_id).where(event.gesture.not_in(OF_THE_MACHINE))
    entries = select(entry.regie_id, entry.seq, entry.hash)
    done, kept = set(standing.execute(entries)), set(restored.execute(entries))
    numbers = select(quittance.year, quittance.number)
    lost = set(standing.execute(numbers)) - set(restored.execute(numbers))
    disabled, changed = ((), ()) if other else _agents_back(_agents(standing), _agents(restored))
    return LostWork(
        len(set(standing.scalars(gestures)) - set(restored.scalars(gestures))),
        len(done - kept),
        tuple(quittance_number(year, number) for year, number in sorted(lost)),
        tuple(sorted(_erased(standing) & (_all(restored) - _erased(restored)))),
        other,
        bool(done - kept) and bool(kept - done),
        disabled,
        changed,
    )


@dataclass(frozen=True, slots=True)
class _Account:
    """What lets an agent in, and to what."""

    disabled: bool
    password_hash: str
    roles: frozenset[str]


def _agents(connection: Connection) -> dict[str, _Account]:
    """Return the accounts by username, which never changes."""
    agent, role = t.agent.c, t.agent_role.c
    roles: dict[int, set[str]] = {}
    for agent_id, name in connection.execute(select(role.agent_id, role.role)):
        roles.setdefault(agent_id, set()).add(name)
    rows = connection.execute(select(agent.id, agent.username, agent.disabled_at, agent.password_hash))
    return {
        row.username: _Account(row.disabled_at is not None, row.password_hash, frozenset(roles.get(row.id, ())))
        for row in rows
    }


def _agents_back(
    standing: dict[str, _Account], restored: dict[str, _Account]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who was disabled since, then who else has another password or other roles: those who would sign in as before."""
    both = [(name, standing[name], then) for name, then in sorted(restored.items()) if name in standing]
    open_then = [(name, now, then) for name, now, then in both if not then.disabled]
    disabled = tuple(name for name, now, _ in open_then if now.disabled)
    return disabled, tuple(name for name, now, then in open_then if not now.disabled and now != then)


def _erased(connection: Connection) -> set[str]:
    if all(column["name"] != "erased_at" for column in inspect(connection).get_columns("dossier")):
        return set()
    return set(connection.scalars(select(t.dossier.c.number).where(t.dossier.c.erased_at.is_not(None))))


def _all(connection: Connection) -> set[str]:
    return set(connection.scalars(select(t.dossier.c.number)))
