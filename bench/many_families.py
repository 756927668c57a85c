"""Many fictitious families whose names follow a long tail, as real ones do: some very common, tens of thousands borne by a few.

The search is measured among them: with few names a typing error would have few words to be looked for among.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bench.filling import filling
from models.migrate import migrate
from models.states import DatabaseKind
from tui_portail.dossier_number import with_key
from tui_portail.folding import vocabulary_words
from tui_portail.instants import PARIS
from tui_portail.services.search_index import person_words

NOW = datetime(2026, 12, 1, 10, 30, tzinfo=PARIS)
_COMMON_NAMES = (
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David Bertrand Morel "
    "Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Faure André Mercier Blanc Guérin Boyer Garnier "
    "Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand "
    "Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet Gaillard "
    "Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin Vidal Caron Picard Nguyen Benali Diallo Traoré Lopez"
)
_FIRST_NAMES = (
    "Gabriel Léo Raphaël Louis Arthur Jules Noah Adam Lucas Sacha Isaac Gabin Maël Liam Eden Hugo Naël Mohamed Aaron Noé Ethan "
    "Jade Louise Ambre Alba Emma Alice Romy Rose Anna Lina Mia Léna Julia Chloé Iris Agathe Léonie Inès Romane Jeanne Zoé "
    "Nicolas Julien Thomas Sébastien Karim Mehdi David Laurent Aurélie Céline Stéphanie Émilie Élodie Sophie Fatima Nadia "
    "Jean-Baptiste Marie-Claire Anne-Sophie Maïa Loïc Cœline Chinh Thi Aminata Ousmane João Inaya Yasmine"
)
_PARTS = (
    "ba be bo bra ca ce cha cla co cou cra da de do dra fa fe fou fra ga go gra gue ha he jo la le li lou ma me mi mo na ne no pa "
    "pe pi po pra ra re ri ro rou sa se so ta te tho tou tra va ve vi vo za"
)
_ENDS = "ard aud eau el er et ez ic ier ieu in ine ion is ot oux ski y a o i ou"
_PARTICLES = ("", "", "", "", "", "", "", "", "", "de ", "Le ", "de La ", "Ben ", "d’")
COMMON_NAMES, FIRST_NAMES, PARTS, ENDS = (words.split() for words in (_COMMON_NAMES, _FIRST_NAMES, _PARTS, _ENDS))


@dataclass(frozen=True, slots=True)
class Person:
    """One of a family. `born` for children, `phone` for guardians."""

    last_name: str
    first_name: str
    born: date | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ManyFamilies:
    """What was filled: dossier ids run from 1, in the order of `families`."""

    numbers: list[str]
    families: list[list[Person]]
    homonyms: int = 0


def draw_families(dossiers: int, seed: int = 2026, *, homonyms: int = 0) -> ManyFamilies:
    """Draw families of one or two guardians and one to three children, the same ones for the same seed.

    The first `homonyms` of them are all « Marie Martin » and her daughter Inès.
    """
    chance = random.Random(seed)  # noqa: S311 (a measure, not a secret)
    roots = chance.sample(range(1_000_000, 10_000_000), dossiers)
    families = [_homonym(chance) if place < homonyms else _family(chance) for place in range(dossiers)]
    return ManyFamilies([with_key(root) for root in roots], families, homonyms)


def fill(url: str, many: ManyFamilies) -> None:
    """Create the database at `url`, of kind TEST, with those families and the words they are found by."""
    migrate(url, DatabaseKind.TEST)
    people = [(d, person) for d, family in enumerate(many.families, start=1) for person in family]
    guardians = [(d, person) for d, person in people if person.born is None]
    children = [(d, person) for d, person in people if person.born is not None]
    with filling(url, ("search_token",)) as filler:
        at = filler.instant(NOW)
        columns = ("id", "username", "name", "password_hash", "must_change_password", "failures", "created_at")
        filler.rows("agent", columns, [(1, "mesures", "Camille Roux", "!", False, 0, at)])
        filler.rows("agent_role", ("agent_id", "role"), [(1, "enfance")])
        filler.rows(
            "dossier",
            ("id", "number", "label", "created_at", "version"),
            (
                (d, number, family[0].last_name, at, 1)
                for d, (number, family) in enumerate(zip(many.numbers, many.families, strict=True), start=1)
            ),
        )
        filler.rows(
            "identity_snapshot", ("id", "kind", "name", "address", "taken_at"), [(1, "payeur", "Mesures", "", at)]
        )
        filler.rows(
            "guardian",
            (
                "id",
                "dossier_id",
                "last_name",
                "first_name",
                "email",
                "phone",
                "address",
                "postcode",
                "city",
                "snapshot_id",
            ),
            (
                (rank, d, one.last_name, one.first_name, "", one.phone, "1 rue du Puits", "34830", "Clapiers", 1)
                for rank, (d, one) in enumerate(guardians, start=1)
            ),
        )
        filler.rows(
            "child",
            ("id", "dossier_id", "last_name", "first_name", "birth_on", "meal_supplied", "snapshot_id"),
            (
                (rank, d, one.last_name, one.first_name, str(one.born), True, 1)
                for rank, (d, one) in enumerate(children, start=1)
            ),
        )
        filler.rows("search_token", ("word", "dossier_id"), _tokens(many))
        words = vocabulary_words(word for word, _ in _tokens(many))
        filler.rows("search_word", ("word",), ((word,) for word in sorted(words)))


def _family(chance: random.Random) -> list[Person]:
    name = _last_name(chance)
    people = [Person(name, _first_name(chance), None, _phone(chance))]
    if chance.random() < 0.7:
        people.append(Person(_last_name(chance), _first_name(chance), None, _phone(chance)))
    for _ in range(chance.choice((1, 1, 2, 2, 3))):
        born = date(2012, 1, 1) + timedelta(days=chance.randrange(4_300))
        people.append(Person(name, _first_name(chance), born))
    return people


def _homonym(chance: random.Random) -> list[Person]:
    born = date(2012, 1, 1) + timedelta(days=chance.randrange(4_300))
    return [Person("Martin", "Marie", None, _phone(chance)), Person("Martin", "Inès", born)]


def _last_name(chance: random.Random) -> str:
    """Draw a last name: one in three common, the others made of syllables."""
    if chance.random() < 0.35:
        return COMMON_NAMES[min(int(chance.expovariate(0.06)), len(COMMON_NAMES) - 1)]
    made = "".join(chance.choice(PARTS) for _ in range(chance.choice((1, 2, 2, 3)))) + chance.choice(ENDS)
    return chance.choice(_PARTICLES) + made.capitalize()


def _first_name(chance: random.Random) -> str:
    """Draw a first name: three in five common, the most common borne by one person in forty; the others by a few hundred each."""
    if chance.random() < 0.6:
        return FIRST_NAMES[min(int(chance.expovariate(0.04)), len(FIRST_NAMES) - 1)]
    return (chance.choice(PARTS) + chance.choice(ENDS)).capitalize()


def _phone(chance: random.Random) -> str:
    digits = f"0{chance.choice('67')}{chance.randrange(100_000_000):08d}"
    return " ".join(digits[place : place + 2] for place in range(0, 10, 2))


def _tokens(many: ManyFamilies) -> Iterator[tuple[str, int]]:
    for d, (number, family) in enumerate(zip(many.numbers, many.families, strict=True), start=1):
        words = {number}
        for one in family:
            words |= person_words(one.last_name, one.first_name, one.born, one.phone)
        yield from ((word, d) for word in sorted(words))
