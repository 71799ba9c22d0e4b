"""What two people are asked: the intimate deck if both want it, and their own behaviours."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.mail import EmailMessage

from boundaries.answers import rules as answers
from boundaries.comparison.rules import compare
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.content.control import may_be_control
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.questions.rules import Ours
from boundaries.sealing import rules as sealing
from boundaries.sealing.opting import Opting
from boundaries.seats import rules as seats
from boundaries.vocabulary import Grade, Stance
from tests.conftest import Person, pair, write

A, N = Stance.ACCEPTABLE, Stance.UNACCEPTABLE
INTIMATE = "/decks/intimate/"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


def asked(who: Person) -> list[str]:
    return [deck.id for deck in questions.decks(who.seat)]


def put_forward(who: Person, other: Person, text: str, *, accepted: bool = True) -> uuid.UUID:
    questions.put_forward(who.seat, text)
    own = questions.ours(other.seat).theirs[-1].id
    if accepted:
        questions.accept(other.seat, own)
    return own


def own_deck(who: Person) -> Deck:
    return questions.deck(who.seat, catalogue.OWN)


def compared(who: Person) -> list[str]:
    return [one.behaviour.text for one in compare(who.seat, own_deck(who)).compared]


def status(who: Person, url: str) -> int:
    return who.client.get(url).status_code


# The intimate deck


@pytest.mark.parametrize("wanting", [[], ["alice"], ["bob"]])
def test_nobody_is_asked_the_intimate_deck_unless_both_want_it(
    alice: Person, bob: Person, wanting: list[str]
) -> None:
    explicit = catalogue.intimate().behaviours[0]
    for name in wanting:
        questions.opt_in({"alice": alice, "bob": bob}[name].seat)

    for who in (alice, bob):
        assert catalogue.INTIMATE not in asked(who)
        for url in (INTIMATE, f"/answers/{explicit.id}/", f"{INTIMATE}comparison/"):
            assert status(who, url) == 404
        answer = who.client.post(f"/answers/{explicit.id}/save/", {"mine": "unsure"})
        assert answer.status_code == 404


def test_once_both_want_it_both_are_asked_and_get_the_same_mail(
    alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    mailoutbox.clear()
    questions.opt_in(alice.seat)
    assert mailoutbox == []

    questions.opt_in(bob.seat)

    assert {to for letter in mailoutbox for to in letter.to} == {alice.user.email, bob.user.email}
    for who in (alice, bob):
        assert catalogue.INTIMATE in asked(who)
        assert status(who, INTIMATE) == 200
        assert catalogue.intimate().name in who.client.get("/home/").text


def test_a_yes_can_be_taken_back_without_a_trace(alice: Person, bob: Person) -> None:
    before = bob.client.get("/intimate/").text
    questions.opt_in(alice.seat)
    questions.opt_out(alice.seat)

    questions.opt_in(bob.seat)

    assert catalogue.INTIMATE not in asked(bob)
    assert not questions.opting(alice.seat).said_yes
    assert "Yes, I want to be asked" in before


def test_a_yes_cannot_be_taken_back_once_both_said_yes(alice: Person, bob: Person) -> None:
    questions.opt_in(alice.seat)
    questions.opt_in(bob.seat)

    with pytest.raises(sealing.IsOpen):
        questions.opt_out(alice.seat)
    assert questions.opting(alice.seat) == Opting(said_yes=True, both=True)


def test_a_new_couple_is_asked_again(alice: Person, bob: Person, charlie: Person) -> None:
    questions.opt_in(alice.seat)
    questions.opt_in(bob.seat)
    pairing.part(alice.seat)

    pair(alice, charlie)
    questions.opt_in(charlie.seat)

    assert catalogue.INTIMATE not in asked(alice)
    assert not questions.opting(alice.seat).said_yes


def test_without_a_partner_only_the_catalogue_is_asked(charlie: Person) -> None:
    assert asked(charlie) == list(catalogue.decks())
    with pytest.raises(seats.NotPaired):
        questions.opt_in(charlie.seat)


# Behaviours of one's own


def test_both_are_asked_an_own_behaviour_once_the_other_has_accepted(
    alice: Person, bob: Person
) -> None:
    own = put_forward(alice, bob, "Texting during dinner", accepted=False)
    assert catalogue.OWN not in asked(alice) + asked(bob)

    questions.accept(bob.seat, own)
    questions.accept(bob.seat, own)

    for who in (alice, bob):
        assert [behaviour.text for behaviour in own_deck(who).behaviours] == [
            "Texting during dinner"
        ]
        assert status(who, f"/answers/{own.hex}/") == 200


def test_an_own_behaviour_is_answered_sealed_and_compared_like_any_other(
    alice: Person, bob: Person
) -> None:
    put_forward(alice, bob, "Texting during dinner")
    (behaviour,) = own_deck(alice).behaviours
    for who in (alice, bob):
        write(who, behaviour, A)
        answers.seal(who.seat, own_deck(who))

    comparison = compare(bob.seat, own_deck(bob))

    assert [(one.behaviour, one.grade) for one in comparison.compared] == [
        (behaviour, Grade.COMMON)
    ]
    assert "Texting during dinner" in alice.client.get("/decks/own/comparison/").text


def test_an_own_behaviour_added_after_the_opening_waits_for_the_next_round(
    alice: Person, bob: Person
) -> None:
    put_forward(alice, bob, "First")
    for who in (alice, bob):
        answers.seal(who.seat, own_deck(who))
    put_forward(bob, alice, "Second")

    assert compared(alice) == ["First"]

    for who in (alice, bob):
        answers.begin_again(who.seat, own_deck(who))
        answers.seal(who.seat, own_deck(who))
    assert compared(alice) == ["First", "Second"]


def test_setting_aside_is_silent(alice: Person, bob: Person) -> None:
    own = put_forward(alice, bob, "No seeing your sister", accepted=False)
    before = questions.ours(alice.seat), CSRF.sub("", alice.client.get("/own/").text)

    questions.set_aside(bob.seat, own)

    assert (questions.ours(alice.seat), CSRF.sub("", alice.client.get("/own/").text)) == before
    assert [offer.text for offer in questions.ours(bob.seat).set_aside] == ["No seeing your sister"]


def test_what_was_set_aside_can_still_be_accepted(alice: Person, bob: Person) -> None:
    own = put_forward(alice, bob, "Texting during dinner", accepted=False)
    questions.set_aside(bob.seat, own)

    questions.accept(bob.seat, own)

    assert questions.ours(bob.seat).accepted == questions.ours(alice.seat).accepted
    assert questions.ours(bob.seat).set_aside == ()


def test_nobody_can_accept_what_they_have_put_forward_themselves(
    alice: Person, bob: Person
) -> None:
    own = put_forward(alice, bob, "Texting during dinner", accepted=False)

    for act in (questions.accept, questions.set_aside):
        with pytest.raises(questions.NoSuchOwnBehaviour):
            act(alice.seat, own)


def test_an_own_behaviour_can_be_taken_back_until_it_is_accepted(
    alice: Person, bob: Person
) -> None:
    first = put_forward(alice, bob, "First", accepted=False)
    questions.take_back(alice.seat, first)
    assert questions.ours(bob.seat) == Ours(mine=(), theirs=(), set_aside=(), accepted=())

    second = put_forward(alice, bob, "Second")
    with pytest.raises(questions.NoSuchOwnBehaviour):
        questions.take_back(alice.seat, second)
    with pytest.raises(questions.NoSuchOwnBehaviour):
        questions.set_aside(bob.seat, second)


@pytest.mark.parametrize("act", ["accept", "set-aside", "take-back"])
def test_somebody_elses_offer_is_the_same_404_as_none(
    alice: Person, bob: Person, charlie: Person, dana: Person, act: str
) -> None:
    pair(charlie, dana)
    own = put_forward(alice, bob, "Texting during dinner", accepted=False)
    url = f"/own/{act}/"

    theirs = charlie.client.post(url, {"own": str(own)})
    none = charlie.client.post(url, {"own": str(uuid.uuid4())})
    nonsense = charlie.client.post(url, {"own": "x"})

    assert theirs.status_code == none.status_code == nonsense.status_code == 404
    assert questions.ours(bob.seat).theirs[0].id == own
    with pytest.raises(questions.NoSuchOwnBehaviour):
        getattr(questions, act.replace("-", "_"))(charlie.seat, own)


def test_somebody_elses_own_behaviour_is_a_404(
    alice: Person, bob: Person, charlie: Person, dana: Person
) -> None:
    pair(charlie, dana)
    put_forward(charlie, dana, "Theirs")
    own = put_forward(alice, bob, "Ours")

    assert status(alice, f"/answers/{own.hex}/") == 200
    assert status(charlie, f"/answers/{own.hex}/") == 404
    assert status(charlie, f"/answers/{'0' * 32}/") == 404


def test_parting_deletes_what_the_two_wrote(alice: Person, bob: Person) -> None:
    put_forward(alice, bob, "Ours")
    (behaviour,) = own_deck(alice).behaviours
    write(alice, behaviour, A)

    pairing.part(bob.seat)
    pair(alice, bob)

    assert catalogue.OWN not in asked(alice)
    assert questions.ours(alice.seat) == Ours(mine=(), theirs=(), set_aside=(), accepted=())


def test_the_same_words_twice_are_one_offer_and_offers_are_limited(
    alice: Person, bob: Person
) -> None:
    for _ in range(2):
        questions.put_forward(alice.seat, "The same")
    assert len(questions.ours(bob.seat).theirs) == 1

    for number in range(questions.MAX_OWN - 1):
        questions.put_forward(alice.seat, str(number))
    with pytest.raises(questions.TooManyOwnBehaviours):
        questions.put_forward(alice.seat, "One more")
    page = alice.client.post(
        "/own/put-forward/",
        {"text": "One more", "together": seats.couple_token(alice.seat)},
    )
    assert page.status_code == 400
    assert 'value="One more"' in page.text


def test_own_behaviours_of_a_couple_are_limited(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MAX_TOGETHER", 2)
    for text in ("One", "Two"):
        questions.put_forward(alice.seat, text)
        questions.accept(bob.seat, questions.ours(bob.seat).theirs[0].id)

    for who in (alice, bob):
        page = who.client.post(
            "/own/put-forward/", {"text": "Three", "together": seats.couple_token(who.seat)}
        )
        assert page.status_code == 400
        assert 'value="Three"' in page.text
        assert "There’s no room for more." in page.text
    assert not questions.ours(alice.seat).theirs


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "x" * 121, "a\x00b"])
def test_a_refused_offer_says_why_and_keeps_its_words(
    alice: Person, bob: Person, text: str
) -> None:
    page = alice.client.post("/own/put-forward/", {"text": text})

    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    assert questions.ours(bob.seat).theirs == ()


# Words that read like control


@pytest.mark.parametrize(
    "text",
    [
        "No seeing your sister",
        "Going to your mother's without me",
        "Meeting your friends",
        "Wearing short skirts",
        "Sharing our passwords",
        "Looking at my phone",
        "Sharing our location all the time",
        "Who holds the bank card",
        "Giving me your salary",
        "Leaving the house after nine",
        "Asking permission before going out",
        "Taking the children to a friend's",
        "Forgetting the pill",
    ],
)
def test_words_about_what_is_one_persons_to_decide_are_noticed(text: str) -> None:
    assert may_be_control(text)


@pytest.mark.parametrize(
    "text",
    [
        "Texting during dinner",
        "Liking a colleague's holiday pictures",
        "Flirting at a wedding",
        "Playing games with strangers online",
        "Keeping a dating app for fun",
    ],
)
def test_words_about_other_things_are_not_noticed(text: str) -> None:
    assert not may_be_control(text)


@pytest.mark.parametrize("text", ["No seeing your sister", "बहन से मिलना"])
def test_each_reads_their_own_note_and_nothing_is_blocked(
    alice: Person, bob: Person, text: str
) -> None:
    """The writer before it is sent, the partner beside it."""
    together = seats.couple_token(alice.seat)
    asked = alice.client.post("/own/put-forward/", {"text": text, "together": together})
    assert asked.status_code == 200
    assert "Not sent yet, and only you see this." in asked.text
    assert f'name="noted" value="{text}"' in asked.text
    assert not questions.ours(alice.seat).mine
    other = {"text": "Wearing short skirts", "noted": text, "together": together}
    assert "Not sent yet" in alice.client.post("/own/put-forward/", other).text

    sent = {"text": text, "noted": text, "together": together}
    alice.client.post("/own/put-forward/", sent)

    hers, his = alice.client.get("/own/").text, bob.client.get("/own/").text
    assert "only you see this" not in hers.lower()
    assert "You can set this aside. Nobody is told" in his
    assert "is theirs to decide" not in his
    (own,) = questions.ours(bob.seat).theirs
    questions.accept(bob.seat, own.id)
    assert questions.ours(alice.seat).accepted


def test_what_is_told_to_somebody_of_ones_own_has_no_note(alice: Person, bob: Person) -> None:
    text = "Sharing our arguments with my mother"
    together = seats.couple_token(alice.seat)

    page = alice.client.post("/own/put-forward/", {"text": text, "together": together}, follow=True)

    assert "Not sent yet" not in page.text
    assert [own.text for own in questions.ours(bob.seat).theirs] == [text]
    assert "You can set this aside" not in bob.client.get("/own/").text


@pytest.mark.parametrize(
    "text",
    [
        "Sharing our arguments with your mother",
        "Not sharing our arguments with my mother",
        "Sharing our passwords with my mother",
        "Sharing our location with my family",
        "Sharing our arguments with my mother without me",
        "Talking to my mother",
    ],
)
def test_a_demand_about_whom_somebody_talks_to_is_noticed(text: str) -> None:
    assert may_be_control(text)


def test_other_words_have_no_note(alice: Person, bob: Person) -> None:
    put_forward(alice, bob, "Texting during dinner", accepted=False)

    assert "Only you see this:" not in alice.client.get("/own/").text
    assert "Only you see this:" not in bob.client.get("/own/").text


@pytest.mark.parametrize("url", ["/own/", "/intimate/"])
def test_the_pages_need_few_queries(
    alice: Person, bob: Person, url: str, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        put_forward(alice, bob, str(number))
    alice.client.get(url)

    with django_assert_num_queries(5):
        alice.client.get(url)


def test_home_links_to_the_intimate_deck_and_own_behaviours(
    alice: Person, bob: Person, charlie: Person
) -> None:
    page = alice.client.get("/home/").text
    assert 'href="/own/"' in page
    assert 'href="/intimate/"' in page
    alone = charlie.client.get("/home/").text
    assert 'href="/own/"' not in alone
    assert 'href="/intimate/"' not in alone


def test_an_own_behaviour_is_not_in_the_catalogue(alice: Person, bob: Person) -> None:
    put_forward(alice, bob, "Ours")
    (behaviour,) = own_deck(alice).behaviours

    assert isinstance(behaviour, Behaviour)
    assert behaviour.id not in catalogue.every()
