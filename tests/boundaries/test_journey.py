"""The home page says what is next, for this person."""

from __future__ import annotations

from boundaries import answering, pairing
from boundaries.catalogue import Deck
from boundaries.journey import Step, home
from boundaries.vocabulary import Stance
from tests.boundaries.test_pairing import invite, join, joiner_of
from tests.conftest import Person, fill_in, skip, write


def says(who: Person) -> tuple[Step, str]:
    """The step, and what stands in the page's one heading and its first button."""
    page = who.client.get("/home/").text
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    assert page.count("<h1>") == 1
    assert 'class="button"' in page.partition("</h1>")[2].partition("<section")[0]
    return home(who.seat).step, heading


def test_from_the_first_visit_to_the_comparison(charlie: Person, dana: Person, deck: Deck) -> None:
    assert says(charlie) == (Step.BEGIN, "Begin with your own lines")
    write(charlie, deck.behaviours[0], Stance.ACCEPTABLE)
    assert says(charlie) == (Step.GO_ON, "Go on where you stopped")
    fill_in(charlie, deck, Stance.ACCEPTABLE)
    assert says(charlie) == (Step.INVITE, "Your own lines are drawn")
    code = invite(charlie)
    assert says(charlie) == (Step.WAIT_FOR_JOINER, "Your invitation is out")
    fill_in(dana, deck, Stance.ACCEPTABLE)
    join(dana, code)
    assert says(dana) == (Step.WAIT_FOR_CONFIRMATION, "Waiting for Charlie")
    assert says(charlie) == (Step.CONFIRM, "Dana has followed your link")
    pairing.confirm(charlie.seat, joiner_of(charlie).joining)
    assert says(charlie) == (Step.SEAL, "Ready to open?")
    answering.seal(charlie.seat, deck)
    assert says(charlie) == (Step.SEALED, "Sealed, and waiting")
    assert says(dana) == (Step.SEAL, "Ready to open?")
    answering.seal(dana.seat, deck)
    assert says(charlie) == (Step.COMPARE, "You and Dana have opened it")
    assert says(dana) == (Step.COMPARE, "You and Charlie have opened it")


def test_skipping_everything_is_dealing_with_everything(charlie: Person, deck: Deck) -> None:
    for behaviour in deck.behaviours:
        skip(charlie, behaviour)

    assert home(charlie.seat).step == Step.INVITE


def test_home_lists_all_decks(charlie: Person) -> None:
    assert len(home(charlie.seat).all) == 11
