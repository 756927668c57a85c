"""What the merging screen says: the two dossiers, who is who, what a merge would do or what refuses it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui_portail.dossier_number import display
from tui_portail.french import join_words, plural
from tui_portail.services.merge_reading import MergePerson, MergeSide, Pairing
from tui_portail.services.merging import MergePreview

NOBODY = "une autre personne : vient au dossier gardé"


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A person of the merged dossier, and who of the kept one it is (none: somebody else)."""

    text: str
    is_child: bool
    person_id: int
    same_as: int | None


def sides_text(view: MergePreview) -> str:
    """Return the two dossiers, a line each, and who is in the kept one."""
    kept, merged = view.sides.kept, view.sides.merged
    people = join_words([_person(one) for one in (*kept.guardians, *kept.children)])
    return f"Dossier gardé : {_called(kept)}\n  {people}\nDossier réuni : {_called(merged)} (fermé ensuite)"


def merge_lines(view: MergePreview) -> tuple[MergeLine, ...]:
    """Return a line for each person of the merged dossier, guardians first."""
    sides, pairing = view.sides, view.pairing
    lines = []
    for is_child, people, ours, pairs in (
        (False, sides.merged.guardians, sides.kept.guardians, dict(pairing.guardians)),
        (True, sides.merged.children, sides.kept.children, dict(pairing.children)),
    ):
        names = {one.person_id: one for one in ours}
        for person in people:
            same = pairs.get(person.person_id)
            what = f"même personne que {_person(names[same])}" if same is not None else NOBODY
            lines.append(MergeLine(f"{_person(person)}  →  {what}", is_child, person.person_id, same))
    return tuple(lines)


def turned(view: MergePreview, line: MergeLine) -> Pairing:
    """Return the pairing with this person paired with the next free one of the kept dossier, after the last with nobody."""
    pairs = dict(view.pairing.children if line.is_child else view.pairing.guardians)
    ours = view.sides.kept.children if line.is_child else view.sides.kept.guardians
    pairs.pop(line.person_id, None)
    free: list[int | None] = [one.person_id for one in ours if one.person_id not in pairs.values()]
    order = [*free, None]
    following = order[(order.index(line.same_as) + 1) % len(order)]
    if following is not None:
        pairs[line.person_id] = following
    chosen = tuple(sorted(pairs.items()))
    return replace(view.pairing, children=chosen) if line.is_child else replace(view.pairing, guardians=chosen)


def outcome_text(view: MergePreview) -> str:
    """Return what a merge would do, or what refuses it."""
    if view.refusals:
        return "\n".join(f"• {refusal}" for refusal in view.refusals)
    sides, pairing = view.sides, view.pairing
    joined = sides.joined(pairing)
    ended = {account for account, _ in joined}
    said = [
        f"Tout ce qui est du n° {display(sides.merged.number)} va au n° {display(sides.kept.number)} : réservations, paniers, "
        "pièces, rendez-vous ; ses quittances restent telles quelles et son numéro mène au dossier gardé."
    ]
    if not pairing.guardians and not pairing.children:
        said.append("Personne n’est commun aux deux dossiers : vérifiez qu’ils sont bien d’une seule famille.")
    if joined:
        names = join_words([one.name for one in sides.merged.payers if one.payer_id in ended])
        said.append(
            f"{plural(len(joined), 'compte réuni', 'comptes réunis')} par une écriture au journal ({names}) : avoirs et dettes "
            "vont au compte qui reste."
        )
    if pairing.children:
        said.append(
            f"{plural(len(pairing.children), 'enfant inscrit deux fois', 'enfants inscrits deux fois')} : une seule fiche est montrée."
        )
    said.extend(view.accounts)
    return "\n".join(said)


def _called(side: MergeSide) -> str:
    return f"n° {display(side.number)}  {side.label}"


def _person(person: MergePerson) -> str:
    born = f" ({person.birth_on:%d/%m/%Y})" if person.birth_on else ""
    return f"{person.name}{born}{' (payeur)' if person.payer_id is not None else ''}"
