"""The pairs of histories that Hypothesis draws: the same Alice and two different Bobs.

What is drawn: the deck, how far Alice is with it, what either does on it, how the pages are asked
for, and on what page she looks in between. In all of them nothing opens that was not open before.
"""

from __future__ import annotations

from enum import StrEnum

from hypothesis import assume
from hypothesis import strategies as st

from boundaries.content import catalogue
from boundaries.vocabulary import Condition, Stance, Weight
from tests.privacy.steps import (
    DECKS,
    HERS_OWN,
    OFFERED,
    OWN,
    Do,
    History,
    Probe,
    Step,
    Watch,
    act,
    say,
)
from tests.privacy.ways import BY_HEADERS, PLAIN

OPT_IN, OPT_OUT = "/intimate/yes/", "/intimate/take-back/"
stances = st.sampled_from(Stance.values)
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kolkata")  # at any moment not all have one day
LANGUAGES = ("en", "hi")
words = st.sampled_from(["", "no", "a longer note, with ünïcode 🫶", "x" * 900])


class Sheet(StrEnum):
    """How far somebody is with a deck."""

    NONE = "nothing is answered"
    PARTLY = "some of it is answered"
    FULL = "all of it is answered, and not sealed"
    SEALED = "it is sealed"
    OPENED = "both have sealed"
    AGAIN = "both have sealed, and a new round is begun"


def behaviours(deck: str) -> list[str]:
    """The behaviours of a deck, by their place in an address."""
    if deck == catalogue.OWN:
        return [OWN]
    found = catalogue.intimate() if deck == catalogue.INTIMATE else catalogue.deck(deck)
    return [behaviour.id for behaviour in found.behaviours]


def on_deck(deck: str, what: str) -> str:
    return f"/decks/{deck}/{what}/"


def asked(deck: str) -> tuple[Do, ...]:
    """What it takes that both are asked a deck. Own behaviours are there from the beginning."""
    if deck != catalogue.INTIMATE:
        return ()
    return act("alice", OPT_IN), act("bob", OPT_IN)


def all_of(who: str, deck: str, **fields: str) -> tuple[Do, ...]:
    return tuple(say(who, behaviour, mine="unsure", **fields) for behaviour in behaviours(deck))


def alices(sheet: Sheet, deck: str) -> tuple[Do, ...]:
    """What leads to such a sheet of hers, with what she and Bob do together for it."""
    first, seal = say("alice", behaviours(deck)[0], mine="acceptable"), on_deck(deck, "seal")
    opening = (
        first,
        say("bob", behaviours(deck)[0], mine="acceptable"),
        act("alice", seal),
        act("bob", seal),
    )
    match sheet:
        case Sheet.NONE:
            return ()
        case Sheet.PARTLY:
            return (first,)
        case Sheet.FULL:
            return all_of("alice", deck)
        case Sheet.SEALED:
            return (first, act("alice", seal))
        case Sheet.OPENED:
            return opening
    return (*opening, act("alice", on_deck(deck, "again")))


def in_zone(who: str, zone: str) -> Do:
    return act(who, "/account/time-zone/set/", time_zone=zone)


def in_language(who: str, code: str) -> Do:
    return act(who, "/account/language/set/", language=code)


def everything_on(deck: str, *, seals: bool) -> tuple[Do, ...]:
    """All that Bob can do with a deck in secret."""
    one = behaviours(deck)[0]
    return (
        act("bob", on_deck(deck, "again")),
        *all_of("bob", deck, note="his", self_note="to himself"),
        act("bob", f"/answers/{one}/hide/"),
        act("bob", f"/answers/{one}/show/"),
        act("bob", "/own/set-aside/"),
        in_zone("bob", ZONES[0]),
        in_language("bob", LANGUAGES[1]),
        *([act("bob", on_deck(deck, "seal"))] if seals else []),
    )


@st.composite
def one_secret(draw: st.DrawFn, who: str, deck: str, *, may_seal: bool) -> Do:
    """Anything a partner may do in secret: rate, write, skip, hide, look, seal, take it back."""
    there = [*behaviours(deck)[:4], "a8", "a5", OWN, OFFERED]
    behaviour = draw(st.sampled_from(there))
    kinds = [
        *(
            "answer",
            "answer",
            "brief",
            "button",
            "look",
            "refused",
            "stale",
            "/again/",
            "zone",
            "language",
        ),
        *(["/seal/", "/unseal/", "/seal/", OPT_IN, OPT_OUT] if may_seal else []),
        *(["/own/set-aside/"] if who == "bob" else ["/own/take-back/", "/own/put-forward/"]),
    ]
    match draw(st.sampled_from(kinds)):
        case "brief":
            fields = {"mine": draw(stances), "partners": draw(stances | st.just(""))}
            return say(who, behaviour, **fields, **{"from": "list"})
        case "answer":
            ticks = ("private", "live", "to_keep_the_peace")
            ticked = dict.fromkeys(draw(st.sets(st.sampled_from(ticks))), "on")
            return say(
                who,
                behaviour,
                mine=draw(stances),
                partners=draw(stances),
                note=draw(words),
                self_note=draw(words),
                weight=draw(st.sampled_from(["", *Weight.values])),
                conditions=draw(st.sampled_from(Condition.values)),
                in_other_words=draw(st.sampled_from(["", "in other words"])),
                guess=draw(st.sampled_from(["", *Stance.values])),
                **ticked,
            )
        case "button":
            press = draw(st.sampled_from(["skip", "hide", "show", "undo"]))
            return act(who, f"/answers/{behaviour}/{press}/")
        case "look":
            pages = ["/home/", f"/decks/{deck}/", "/partner/", "/understandings/a4.pdf"]
            return Do(who, "GET", draw(st.sampled_from(pages)))
        case "zone":
            return in_zone(who, draw(st.sampled_from(ZONES)))
        case "language":  # Alice's own would show to herself
            return in_language("bob", draw(st.sampled_from(LANGUAGES)))
        case "refused":
            return say(who, behaviour, mine="bogus")
        case "stale":
            return Do(who, "POST", f"/answers/{behaviour}/save/", "mine=unsure", stale=True)
        case ("/again/" | "/seal/" | "/unseal/") as what:
            return act(who, f"/decks/{deck}{what}")
        case "/own/take-back/":
            return Do(who, "POST", "/own/take-back/", group="mine")
        case "/own/put-forward/":
            return act(who, "/own/put-forward/", text=HERS_OWN, noted=HERS_OWN)
        case url:
            return act(who, url)


def in_some_way(act: st.SearchStrategy[Do]) -> st.SearchStrategy[Do]:
    """The same act, sent by a page with or without a script."""
    ways = st.sampled_from([PLAIN, PLAIN, *BY_HEADERS[:4]])
    return st.builds(
        lambda do, way: Do(do.who, do.method, do.url, do.data, way, do.stale, do.group), act, ways
    )


@st.composite
def twin_histories(draw: st.DrawFn, *, everything: bool, ways: int) -> tuple[History, History]:
    """Two histories with the same Alice and two different Bobs, in which nothing opens."""
    deck, sheet = draw(st.sampled_from(DECKS)), draw(st.sampled_from(list(Sheet)))
    luck = draw(st.integers(0, 9_999))
    # Once she has sealed, a seal of his would open the deck, which both would then know.
    may_seal = sheet not in (Sheet.SEALED,)
    one: History = []
    other: History = []

    def both(*steps: Step) -> None:
        one.extend(steps)
        other.extend(steps)

    def his() -> tuple[Do, ...]:
        if draw(st.integers(0, 3)) == 0:
            return everything_on(deck, seals=may_seal)
        return tuple(draw(st.lists(one_secret("bob", deck, may_seal=may_seal), max_size=4)))

    # What has opened, and what she did before, is the same in both.
    both(asked(deck), alices(sheet, deck))
    brief = ("/home/", f"/decks/{deck}/", f"/answers/{behaviours(deck)[0]}/", "/own/", "/seen/")
    for _ in range(draw(st.integers(1, 2))):
        one.append(his())
        other.append(his())
        both((draw(in_some_way(one_secret("alice", deck, may_seal=False))),))
        both(Watch(at=brief, ways=ways, luck=luck))
    both(
        (act("bob", on_deck(deck, "unseal")), act("bob", OPT_OUT)),
        Watch(everything, ways=ways if everything else 0, luck=luck),
        Probe(everything=everything, ways=max(ways - 1, 0), luck=luck),
    )
    assume(one != other)
    return one, other
