"""In which language somebody reads shows to nobody else, whatever the two do together.

What they propose is a text, and its language is that of the text. So here Alice writes them all,
and makes the sheet for a therapist.
"""

from __future__ import annotations

import pytest
from django.utils.translation import override

from boundaries.agreements.models import Version
from tests.privacy.comparing import assert_looks_the_same
from tests.privacy.histories import LANGUAGES, OPT_IN, in_language
from tests.privacy.steps import NOBODY, THE_SHEET, Do, History, Meanwhile, Probe, Watch, act, say
from tests.privacy.test_walls import AGAIN, pages
from tests.privacy.test_walls_of_a_check_in import press, rhythm, seal
from tests.privacy.test_walls_of_a_repair import AT as REPAIR
from tests.privacy.test_walls_of_a_repair import send
from tests.privacy.test_walls_of_a_talk import FIRST, HIS_DRAFTS, WAY
from tests.privacy.test_walls_of_an_agreement import propose
from tests.privacy.test_walls_of_reminders import come_due, write
from tests.privacy.test_walls_towards_others import OPENED, THERAPIST, TRIES, reads
from tests.privacy.ways import Way
from tests.privacy.worlds import World, live
from tests.support.depth import one_day_in

pytestmark = [pytest.mark.turns(3), pytest.mark.django_db]

AGREED = (propose("alice", "as we said"), act("bob", "/understandings/yes/"))
RELEASED = (
    act("alice", f"{THERAPIST}make/", behaviours="a1", days="7"),
    *(act(who, f"{THERAPIST}release/") for who in ("alice", "bob")),
)
# All that two people do here that may reach the other, but for parting.
ALL_THEY_DO = (
    *OPENED,
    act("bob", FIRST, mode="apart", begins="me"),
    act("alice", FIRST, mode="apart", begins="me"),
    *HIS_DRAFTS,
    *(do for _, do in WAY),
    *AGREED,
    *RELEASED,
    act("bob", "/own/put-forward/", text="Something of his"),
    act("alice", OPT_IN),
    act("bob", OPT_IN),
    act("bob", AGAIN),
    say("bob", "a1", mine="unsure", note="in a new round"),
    act("bob", "/repair/begin/", crossed="me"),
    send("bob", "own-up", words="I wrote to Kim."),
    act("alice", f"{REPAIR}close/"),
)
# And in check-ins, each on their own phone and on one.
THEY_CHECK_IN = (
    rhythm("bob"),
    press("bob", "rhythm/mute"),
    *(press(who, "closeness/want") for who in ("bob", "alice")),
    act("bob", "/check-ins/seal/", well="refused", anything_new="something"),
    *(seal(who, "a walk", "far") for who in ("bob", "alice")),
    act("alice", "/check-ins/pass-on/", plan="hers"),
    act("alice", "/check-ins/other/finish/", plan="his"),
    seal("bob", "for next time"),
)
BY_BROWSER = Way("in Hindi", (("Accept-Language", "hi, de;q=0.5"),))


def twins(*steps: tuple[Do, ...] | Meanwhile, looks: History) -> tuple[History, History]:
    """The same is done in both worlds; Bob reads English or Hindi."""
    english, hindi = ([(in_language("bob", code),), *steps, *looks] for code in LANGUAGES)
    return english, hindi


@one_day_in(2, 0)
def test_nothing_that_two_people_do_shows_in_which_language_the_other_reads() -> None:
    assert_looks_the_same(*twins(ALL_THEY_DO, looks=[Watch(everything=True)]))


def test_nor_do_check_ins() -> None:
    at = ("/check-ins/", "/home/", "/seen/", "/leaving/")

    looks: History = [Meanwhile(come_due), Meanwhile(write), Watch(at=at), Probe(at=at[:1])]
    assert_looks_the_same(*twins(OPENED, THEY_CHECK_IN, looks=looks))


def test_nor_does_anything_that_one_may_press() -> None:
    at = ("/talks/", "/understandings/", "/account/", "/repair/", "/own/")

    assert_looks_the_same(*twins(OPENED, AGREED, looks=[Watch(at=at), Probe(at=at)]))


def test_nor_do_the_mails_that_both_get() -> None:
    rest = (Meanwhile(come_due), Meanwhile(write))

    assert_looks_the_same(*twins(OPENED, AGREED, *rest, looks=[Watch(at=("/home/", "/seen/"))]))


@pytest.mark.parametrize("who_leaves", ["alice", pytest.param("bob", marks=pytest.mark.deep)])
def test_nor_do_the_copies_of_a_parting(who_leaves: str) -> None:
    parting = (act(who_leaves, "/partner/part/"),)

    assert_looks_the_same(*twins(OPENED, AGREED, parting, looks=[Watch(at=("/leaving/",))]))


@one_day_in(2, 1)
def test_nor_does_a_sheet_for_a_therapist() -> None:
    one, other = twins(OPENED, AGREED, RELEASED, looks=[*reads(NOBODY), Watch(at=("/read/",))])

    assert live(one, observer=NOBODY).codes[THE_SHEET]
    assert_looks_the_same(one, other, observer=NOBODY)


def test_nor_what_somebody_sees_who_types_his_address_where_one_signs_in() -> None:
    assert_looks_the_same(*twins(looks=list(TRIES)), observer=NOBODY)


@pytest.mark.once
@one_day_in(2, 1)
def test_to_have_the_other_mailed_is_the_same_work_in_any_language() -> None:
    """Words that are proposed, a turn of a talk, and a repair: each mails him."""
    hers: History = [
        (propose("alice", "as we said"),),
        (act("alice", FIRST, mode="apart", begins="me"),),
        (act("alice", "/repair/begin/", crossed="me"),),
        (send("alice", "own-up", words="I wrote to Kim."),),
    ]

    assert_looks_the_same(*twins(OPENED, looks=hers), count_work=True)


def test_his_browser_is_no_more_talkative_than_his_account() -> None:
    his = tuple(
        Do("bob", "GET", path, way=way)
        for way in (BY_BROWSER, Way("plain"))
        for path in ("/home/", "/partner/", "/decks/essentials/")
    )
    looks: History = [Watch(at=("/home/", "/partner/", "/decks/essentials/"))]

    assert_looks_the_same([his, *looks], [(), *looks])


def test_what_he_proposed_keeps_its_language_whatever_he_reads_later() -> None:
    """The language of a text shows. A change of his setting does not."""
    proposed: History = [OPENED, (propose("bob", "as we said"),)]
    looks: History = [Watch(at=("/understandings/", "/home/", "/seen/"))]
    later = (in_language("bob", "hi"), Do("bob", "GET", "/understandings/"))

    assert_looks_the_same([*proposed, later, *looks], [*proposed, (), *looks])


@pytest.mark.once
def test_what_must_not_show_of_a_language_is_there_to_be_shown() -> None:
    """On Bob's own pages, in his mails, and in what he takes along."""
    looks: History = [Watch(at=("/home/", "/understandings/"))]
    worlds = [live(history, observer="bob") for history in twins(OPENED, AGREED, looks=looks)]

    assert [b'<html lang="hi" data-script="Deva">' in pages(world) for world in worlds] == [
        False,
        True,
    ]
    mails = [repr([seen for seen in world.seen if seen[1] == "mail"]) for world in worlds]
    assert ["Something is waiting for you" in found for found in mails] == [True, False]
    for world, code in zip(worlds, LANGUAGES, strict=True):
        assert f"'language': '{code}'" in str(world.seen)


@pytest.mark.once
def test_words_that_he_proposes_are_in_his_language() -> None:
    found: list[str] = []

    def look(world: World) -> None:
        with override("en"):
            content = Version.objects.get().read(world.cast["alice"].seat.shared_key)
        found.append(content.get("language", "en"))

    for history in twins(OPENED, (propose("bob", "as we said"),), looks=[Meanwhile(look)]):
        live(history)
    assert found == [*LANGUAGES]
