"""What visitors do: each thing is measured on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle

from tests.benchmarks.load import Step, Visitor

DECK = "essentials"


@dataclass(frozen=True)
class Kind:
    """One thing that people do, and who does it."""

    name: str
    who: str  # the couple they were copied from; nobody for a stranger
    steps: Callable[[Visitor], Iterator[Step]]
    expected: tuple[int, ...] = (200,)
    path: str = ""  # of a page, to know its queries
    remembers: bool = False  # whether one step needs what the one before brought


def page(path: str) -> Callable[[Visitor], Iterator[Step]]:
    return lambda visitor: cycle([(path, None)])


def save(visitor: Visitor) -> Iterator[Step]:
    """Another stance each time, on the version that the last answer brought."""
    yield "/answers/a1/", None
    for at in count():
        stance = ("acceptable", "unsure", "unacceptable")[at % 3]
        fields = {"from": "list", "seen": visitor.seen(), "partners": stance, "mine": stance}
        yield "/answers/a1/save/", fields


def seal(visitor: Visitor) -> Iterator[Step]:
    """A last look, then sealing, and taking it back, in turns."""
    yield f"/decks/{DECK}/unseal/", {}  # from the slice before
    yield f"/decks/{DECK}/last-look/", None
    look = {"seen": visitor.seen()}
    yield from cycle([(f"/decks/{DECK}/seal/", look), (f"/decks/{DECK}/unseal/", {})])


def of_talk(more: str = "") -> Callable[[Visitor], Iterator[Step]]:
    """The one talk on this person's list, or something of it."""

    def steps(visitor: Visitor) -> Iterator[Step]:
        yield "/talks/", None
        talk = visitor.talk()
        yield talk, None
        yield from cycle([(f"{talk}{more}".replace("LOOK", visitor.look()), None)])

    return steps


def write(visitor: Visitor) -> Iterator[Step]:
    """Words that are kept while they are written, each time others."""
    yield "/talks/", None
    talk = visitor.talk()
    yield talk, None
    for at in count():
        fields = {"purpose": "makes-sense-1-1", "because": f"words {at}", "seen": visitor.seen()}
        yield f"{talk}draft/?for=makes-sense-1-1", fields


KINDS = (
    Kind("floor", "writing", page("/floor/"), path="/floor/"),
    Kind("landing", "", page("/")),
    Kind("home", "writing", page("/home/"), path="/home/"),
    Kind("sheet, 24 cards", "writing", page(f"/decks/{DECK}/"), path=f"/decks/{DECK}/"),
    Kind("card", "writing", page("/answers/a1/"), path="/answers/a1/"),
    Kind("save an answer", "writing", save, remembers=True),
    Kind("seal or take back", "ready", seal, expected=(200, 302), remembers=True),
    Kind("comparison, 24 items", "open", page(f"/decks/{DECK}/comparison/"),
         path=f"/decks/{DECK}/comparison/"),
    Kind("a step of a talk", "listening", of_talk(), path="/talks/…/", remembers=True),
    Kind("save words in a talk", "listening", write, remembers=True),
    Kind("a waiting page asks", "talking", of_talk("state/?look=LOOK"), expected=(200, 204),
         remembers=True),
    Kind("5 understandings", "few", page("/understandings/"), path="/understandings/"),
    Kind("70 understandings", "many", page("/understandings/"), path="/understandings/"),
)  # fmt: skip
