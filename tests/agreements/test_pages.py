"""The pages of agreements: what they accept, and that what they say is true."""

from __future__ import annotations

import html
import re
import time
from http import HTTPStatus
from typing import Any

import pytest
from django.urls import reverse

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.common_ground import common_ground
from boundaries.agreements.models import Assent
from boundaries.agreements.wording import ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.seats import rules as seats
from boundaries.talks import reading
from boundaries.talks import rules as talks
from boundaries.vocabulary import Condition, Mode, Move, Outcome, Side, Stance, Step
from tests.conftest import (
    PROPOSED,
    Person,
    do,
    opened_together,
    propose,
    said_alike,
    talk,
    talked_up_to,
    write,
)
from tests.support.routes import TALK

pytestmark = pytest.mark.django_db

KEEP = "/understandings/common-ground/essentials/keep/"
YES = "/understandings/yes/"
BOTH_SAID_YES = "You’ve both said yes. It’s on your page."


def test_the_page_shows_what_waits_for_the_others_yes(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    digest = propose(alice)
    page = alice.client.get("/understandings/").text
    waiting = page.partition("Waiting for Bob’s yes")[2].partition("</section>")[0]

    assert f'href="{reverse("agreements-entry", args=["a1"])}"' in waiting
    assert "None of this counts yet." in waiting
    assert "Nothing is written here yet" not in page
    assert "Waiting for" not in bob.client.get("/understandings/").text  # it is his to answer

    agreements.assent(bob.seat, [digest])
    assert "Waiting for" not in alice.client.get("/understandings/").text


@pytest.fixture
def couple(alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    opened_together(alice, bob, deck)
    return alice, bob


def post(who: Person, where: str, **data: Any) -> Any:
    sent = {"together": seats.couple_token(who.seat), **data}
    return who.client.post(where, sent, follow=True)


def test_what_two_did_well_is_asked_after_a_talk_alone(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    asks = "Add what you two did well"
    words_on = "/understandings/on/{}/words/".format
    before = alice.client.get(words_on("a2")).text
    propose(bob, "a2")
    without_a_talk = alice.client.get(words_on("a2")).text
    # What was written is given back, wherever it came from
    refused = post(alice, "/understandings/on/a2/propose/", alike="yes", well="We laughed.").text
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    do(alice, Move.PROPOSE, PROPOSED)
    after = [who.client.get(words_on("a1")).text for who in couple]

    assert [asks in page for page in (before, without_a_talk)] == [False, False]
    assert [asks in page for page in (refused, *after)] == [True, True, True]


def test_what_both_said_stands_where_words_or_a_talk_are_begun(
    alice: Person, bob: Person, deck: Deck
) -> None:
    """As long as both share it: in a later round either may keep it private."""
    for who, stance in ((alice, Stance.CONDITIONS), (bob, Stance.UNACCEPTABLE)):
        named = (Condition.TOLD_FIRST,) if who is alice else ()
        note = f"{who.seat.side} note"
        write(who, deck.behaviours[0], stance, note=note, conditions=named)
        answers.seal(who.seat, deck)
    pages = ("/talks/about/a1/", "/understandings/on/a1/words/")

    def shown() -> list[str]:
        answered = [who.client.get(page) for who in (alice, bob) for page in pages]
        return [" ".join(one.text.split()) for one in answered if one.status_code == HTTPStatus.OK]

    before = shown()
    propose(bob, "a1")
    proposed = shown()
    for who in (alice, bob):
        answers.begin_again(who.seat, deck)
    write(alice, deck.behaviours[0], Stance.CONDITIONS, private=True)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    later = shown()

    assert len(before) == len(proposed) == 4
    for page in before + proposed:
        assert "<b>Whoever does it:</b> Alice says fine, if …, Bob says not OK." in strip(page)
        assert "tell each other first" in page
        assert "left note" in page
        assert "right note" in page
    assert len(later) == 2  # words on it can still be proposed
    for page in later:
        assert "fine, if …" not in page.partition("<form")[0]
        assert "note" not in page.partition("<form")[0]


def test_a_yes_is_taken_back_where_a_line_of_the_page_opens(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    for behaviour in ("a1", "a2"):
        agreements.assent(bob.seat, [propose(alice, behaviour)])
    row = re.compile(r'<li class="understanding" id="a1">.*?</li>', re.DOTALL)
    page = bob.client.get("/understandings/").text
    (line,) = row.findall(page)
    form = page.partition('<form id="take-back" method="post">')[2].partition("</form>")[0]
    where = re.search(
        r'form="take-back"\s+formaction="([^"]*)"\s+name="digest"\s+value="(\w+)"', line
    )
    assert where
    together = re.search(r'name="together" value="(\w+)"', form)
    assert together

    answer = bob.client.post(where[1], {"together": together[1], "digest": where[2]}, follow=True)

    summary, inside = line.partition('<details class="reopen">')[::2]
    assert "Take back my yes" not in summary  # one tap more, and it is said what it means
    assert re.search(r">\s*Change\s*</span>", summary)
    assert "Alice will see that it’s open again" in strip(inside)
    assert "Open again." in answer.text
    assert "You’re looking at this again." in answer.text
    assert history.entry(alice.seat, "a1").current is None
    assert history.entry(alice.seat, "a2").current
    assert len(history.entry(alice.seat, "a1").versions) == 1  # it is kept
    (line,) = row.findall(alice.client.get("/understandings/").text)
    assert "Take back my yes" not in line


def strip(page: str) -> str:
    return re.sub("[\u2068\u2069]|</?(span|bdi)[^>]*>", "", page)


def written_on_a_shared_screen(alice: Person, bob: Person) -> str:
    """Alice types a proposal in Bob's turn, in her account. Returns its digest."""
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    do(alice, Move.PROPOSE, PROPOSED, side=Side.RIGHT)
    return history.entry(alice.seat, "a1").newest.digest


def test_after_one_yes_the_page_does_not_say_that_both_agree(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    digest = written_on_a_shared_screen(alice, bob)

    first, second = (post(who, YES, digests=digest).text for who in (alice, bob))

    assert "It counts once Bob says yes too." in first
    assert BOTH_SAID_YES not in first
    assert BOTH_SAID_YES in second


def test_keeping_common_ground_names_who_has_to_say_yes(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    (offered,) = common_ground(alice.seat, deck)

    first, second = (post(who, KEEP, digests=offered.digest).text for who in (alice, bob))

    assert "It counts once Bob says yes too." in first
    assert BOTH_SAID_YES in second


def test_after_a_yes_the_list_says_how_many_are_still_to_look_at(
    alice: Person, bob: Person, deck: Deck
) -> None:
    said_alike(alice, bob, deck, 3)
    digests = [offered.digest for offered in common_ground(alice.seat, deck)]
    post(alice, KEEP, digests=digests)

    first = post(bob, YES, digests=digests[0])
    last = post(bob, YES, digests=digests[1:])

    assert [page for page, _ in first.redirect_chain] == ["/understandings/"]
    assert f"{BOTH_SAID_YES} Two are still to look at." in first.text
    assert "You’ve both said yes to two. They’re on your page." in last.text


def test_words_typed_on_a_shared_screen_have_no_author(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    digest = written_on_a_shared_screen(alice, bob)
    post(alice, YES, digests=digest)

    for who in couple:
        page = who.client.get("/understandings/on/a1/").text
        assert "Proposed on a shared screen" in page
        assert "Proposed on a shared screen in a talk." in " ".join(page.split())
        assert "Bob proposes" not in page
        assert "Proposed by" not in page
    assert "Each of you says yes in your own account" in page
    (entry,) = bob.client.get("/understandings/page.json").json()["understandings"]
    assert entry["versions"][0]["proposed_by"] is None

    post(bob, YES, digests=digest)
    assert "Proposed by Bob" in alice.client.get("/understandings/on/a1/").text


APART = {
    "alike": "no",
    "outcome_left": "fine",
    "outcome_right": "not-for-us",
    "words_right": "my own words",
}


def hidden(page: str, *names: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = re.findall(r'<input type="hidden"\s+name="(\w+)"\s+(?:id="\S+"\s+)?value="(.*?)"', page)
    return {name: value for name, value in found if name in names}


@pytest.mark.parametrize("in_a_talk", [False, True])
def test_a_changed_name_does_not_change_an_agreement(
    couple: tuple[Person, Person], in_a_talk: bool
) -> None:
    alice, bob = couple
    page, path = "/understandings/on/a1/words/", "/understandings/on/a1/propose/"
    if in_a_talk:
        talk(alice)
        talked_up_to(Step.OUTCOME, alice, bob)
        page, path = f"/talks/{TALK}/", f"/talks/{TALK}/turn/propose/"
    shown = hidden(alice.client.get(page).text, "look", "purpose", "seen", "together")
    bob.client.post("/account/name/", {"first_name": "Alice"})

    assert alice.client.post(path, {**shown, **APART}).status_code == HTTPStatus.FOUND

    (version,) = history.entry(bob.seat, "a1").versions
    digest = version.digest
    assert version.words.text[0].startswith("When Alice (1) does it: ")
    bob.client.post("/account/name/", {"first_name": "Robert"})
    agreements.assent(bob.seat, [digest], acknowledged=[digest])
    (version,) = history.entry(bob.seat, "a1").versions
    assert version.words.text[0].startswith("When Alice does it: ")
    assert (version.digest, version.stands) == (digest, True)


def test_many_versions_do_not_make_the_page_slow(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    for number in range(35):
        parts = [
            f"{number} " + "".join(letter * 2 for letter in pair) for pair in ("a b ", "b \n ")
        ]
        lines = [
            ProposalLine(doer=side, outcome=Outcome.FINE, words=parts[0] * 30) for side in Side
        ]
        words = put_into_words("Messaging", lines, seats.names(alice.seat), parts[1] * 30)
        propose(alice, "a1", words)

    begun = time.process_time()
    page = bob.client.get("/understandings/on/a1/")

    assert time.process_time() - begun < 2  # seconds
    assert page.text.count("Proposed by Alice") == 35
    assert page.text.count('class="differences"') == 30


@pytest.mark.parametrize("in_a_talk", [False, True])
def test_after_too_many_proposals_the_form_keeps_its_words(
    couple: tuple[Person, Person], in_a_talk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreements, "MAX_UNANSWERED", 0)
    alice, bob = couple
    page, path = "/understandings/on/a1/words/", "/understandings/on/a1/propose/"
    if in_a_talk:
        talk(alice)
        talked_up_to(Step.OUTCOME, alice, bob)
        page, path = f"/talks/{TALK}/", f"/talks/{TALK}/turn/propose/"
    shown = hidden(alice.client.get(page).text, "look", "purpose", "seen", "together")

    answer = alice.client.post(path, {**shown, **APART})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "have no answer yet" in answer.text
    assert "my own words" in answer.text
    assert "there are other words here now" not in answer.text
    assert not Assent.objects.exists()
    if in_a_talk:
        assert reading.talk(bob.seat, TALK).proposal is None


def test_no_link_to_a_talk_once_the_answers_are_private(
    couple: tuple[Person, Person], deck: Deck
) -> None:
    alice, bob = couple
    do(bob, Move.STOP, talk=talk(alice))
    agreements.assent(bob.seat, [propose(alice)])
    pages = "/understandings/on/a1/", f"/talks/{TALK}/"
    for page in pages:
        assert "/talks/about/a1/" in alice.client.get(page).text
    for who in couple:
        answers.begin_again(who.seat, deck)
    write(bob, deck.behaviours[0], Stance.ACCEPTABLE, private=True)
    for who in couple:
        answers.seal(who.seat, deck)

    assert alice.client.get("/talks/about/a1/").status_code == HTTPStatus.NOT_FOUND
    for page in pages:
        assert "/talks/about/a1/" not in alice.client.get(page).text


def test_after_too_many_requests_the_form_keeps_its_words(
    couple: tuple[Person, Person], settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "propose": "1/h/user"}
    path = "/understandings/on/a1/propose/"

    responses = [post(couple[0], path, **APART) for _ in range(2)]

    assert [answer.status_code for answer in responses] == [409, 429]
    assert "my own words" in responses[1].text


WORDS = "/understandings/on/a1/words/"
READ_OUT = "/understandings/on/a1/read-out/"
CONDITION: dict[str, Any] = {"alike": "yes", "outcome_both": "conditions"}


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_words_can_be_read_before_they_are_proposed(
    couple: tuple[Person, Person], script: bool
) -> None:
    alice, bob = couple
    sent = hidden(alice.client.get(WORDS).text, "seen", "together") | CONDITION
    headers = {"HX-Request": "true"} if script else {}

    half = alice.client.post(READ_OUT, sent, headers=headers)
    whole = alice.client.post(READ_OUT, sent | {"words_both": "you’re home"}, headers=headers)

    assert whole.status_code == HTTPStatus.OK
    assert half.status_code == (HTTPStatus.OK if script else HTTPStatus.BAD_REQUEST)
    assert ("Please say on which conditions." in half.text) != script
    assert "It will read:" not in half.text
    read = re.sub(r"<.*?>", "", whole.text.partition('id="read-out"')[2])
    assert "Fine, if “you’re home”" in read
    assert ("<form" in whole.text) != script
    assert bob.client.get("/understandings/page.json").json()["understandings"] == []


def test_reading_words_out_keeps_what_the_form_was_made_from(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    sent = hidden(alice.client.get(WORDS).text, "seen", "together") | CONDITION
    propose(bob)

    page = alice.client.post(READ_OUT, sent | {"words_both": "you’re home"}).text
    again = {**CONDITION, "words_both": "you’re home", **hidden(page, "seen", "together")}

    assert alice.client.post("/understandings/on/a1/propose/", again).status_code == 409


def test_correcting_a_mistake_keeps_what_the_form_was_made_from(
    couple: tuple[Person, Person],
) -> None:
    """Otherwise the partner's words, proposed since then, would be replaced by chance."""
    alice, bob = couple
    path = "/understandings/on/a1/propose/"
    sent = hidden(alice.client.get(WORDS).text, "seen", "together") | CONDITION
    propose(bob)

    wrong = alice.client.post(path, sent)
    kept = hidden(wrong.text, "seen", "together")
    again = alice.client.post(path, {**CONDITION, "words_both": "you’re home", **kept})

    assert wrong.status_code == HTTPStatus.BAD_REQUEST
    assert "there are other words here now" not in wrong.text
    assert again.status_code == HTTPStatus.CONFLICT
    assert "there are other words here now" in again.text


def test_whoever_proposed_on_the_page_reads_that_it_was_sent(
    couple: tuple[Person, Person],
) -> None:
    alice, _ = couple
    sent = hidden(alice.client.get(WORDS).text, "seen", "together") | CONDITION

    page = alice.client.post(
        "/understandings/on/a1/propose/", sent | {"words_both": "you’re home"}, follow=True
    ).text

    assert "can read these words now." in page.partition("<h1")[0]


def say_three_alike(couple: tuple[Person, Person], deck: Deck) -> list[str]:
    """In a new round both call three more behaviours fine. What they may now keep, by digest."""
    for who in couple:
        answers.begin_again(who.seat, deck)
        for behaviour in deck.behaviours[4:7]:
            write(who, behaviour, Stance.ACCEPTABLE)
    for who in couple:
        answers.seal(who.seat, deck)
    return [line.digest for line in common_ground(couple[0].seat, deck)]


def test_all_that_both_said_alike_is_kept_by_one_press(
    couple: tuple[Person, Person], deck: Deck
) -> None:
    alice, bob = couple
    offered = say_three_alike(couple, deck)
    agreements.propose_common_ground(alice.seat, deck, offered)

    home = " ".join(bob.client.get("/home/").text.split())
    page = bob.client.get("/understandings/").text
    listed = re.findall(r'name="listed" value="(\w+)"', page)
    assert re.search(r"Alice.* would like to keep three things as they are\.", home)
    assert sorted(listed) == sorted(offered)
    assert [tick[1] for tick in ticks(page)] == [True, True, True]
    assert not any(entry.current for entry in history.agreement(bob.seat).entries)  # no yes yet
    assert "Yes, keep all three" in page

    post(bob, YES, listed=listed[:2], digests=listed[:2])
    current = [entry.current for entry in history.agreement(bob.seat).entries]
    assert sum(1 for held in current if held) == 2  # what was on the page, and nothing else
    assert "would like to keep one thing as it is." in bob.client.get("/home/").text


def test_what_both_proposed_at_once_is_said_to_be_on_their_page(
    couple: tuple[Person, Person], deck: Deck
) -> None:
    alice, bob = couple
    offered = say_three_alike(couple, deck)
    agreements.propose_common_ground(alice.seat, deck, offered[:2])

    answer = post(bob, KEEP, digests=offered)

    assert re.search(r"Two are on your page. One is with \W?Alice\W?\.", answer.text)
    assert "Sent to" not in answer.text


def test_conditions_that_make_no_sense_are_not_offered_unless_one_is_chosen(
    couple: tuple[Person, Person],
) -> None:
    alice, _ = couple
    offered = re.compile(r'name="conditions_both"\s+value="not-late"').findall

    late, other = (alice.client.get(f"/understandings/on/{id}/words/").text for id in ("a1", "a2"))
    chosen = post(
        alice,
        "/understandings/on/a2/read-out/",
        alike="yes",
        outcome_both="conditions",
        conditions_both="not-late",
    ).text

    assert [len(offered(page)) for page in (late, other, chosen)] == [1, 0, 1]


def ticks(page: str) -> list[tuple[str, bool]]:
    """What can be ticked on a page: the digest of its words, and whether it is ticked."""
    boxes = re.findall(r'name="digests"\s+value="(\w+)"([^>]*)', page)
    return [(digest, "checked" in more) for digest, more in boxes]


def test_what_is_not_ticked_is_left_for_now_and_one_may_leave_it_all(
    alice: Person, bob: Person, deck: Deck
) -> None:
    said_alike(alice, bob, deck, 4)
    digests = [item.digest for item in common_ground(alice.seat, deck)]
    post(alice, KEEP, digests=digests)
    assert ticks(bob.client.get("/understandings/").text) == [(digest, True) for digest in digests]
    assert "You both said the same on them." in bob.client.get("/home/").text

    some = html.unescape(post(bob, YES, listed=digests[:2], digests=digests[0]).text)

    assert BOTH_SAID_YES in some
    assert "Left for now. Alice isn’t told." in some
    assert ticks(some) == [(digest, True) for digest in digests[2:]]
    stand = {entry.newest.digest: entry for entry in history.agreement(bob.seat).entries}
    assert [bool(stand[digest].current) for digest in digests] == [True, False, False, False]
    assert [stand[digest].left_for_now for digest in digests] == [False, True, False, False]

    none = html.unescape(post(bob, YES, listed=digests[2:]).text)

    assert "said yes" not in none.partition("<h1")[0]
    assert "Left for now. Alice isn’t told." in none
    assert ticks(none) == []
    assert "Left for now" not in alice.client.get("/understandings/").text


def test_new_words_stand_below_those_that_hold(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    agreements.assent(bob.seat, [propose(alice, "a1")])

    page = strip(alice.client.get("/understandings/on/a1/words/").text).partition("<form")[0]

    held = history.entry(alice.seat, "a1").current
    assert held
    assert html.unescape(page).count(held.words.text[0]) == 1
    assert "These words stay until Bob says yes to new ones." in page
    assert "Alice says" not in page  # what they answered once
