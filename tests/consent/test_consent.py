"""Nothing is kept of anybody, and nobody is paired, before they have said yes to it."""

from __future__ import annotations

import html
import re
from hashlib import sha256
from http import HTTPStatus

import pytest
from django.template.loader import render_to_string
from django.test import Client

from boundaries.agreements import copies
from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.models import Answers
from boundaries.consent import rules as consent
from boundaries.content.catalogue import Deck
from boundaries.home import rules
from boundaries.leaving import rules as leaving
from boundaries.pairing import rules as pairing
from boundaries.pairing.models import Invitation
from boundaries.sealing.models import Sheet
from boundaries.seats.models import Seat
from boundaries.vocabulary import Stance
from tests.conftest import Person, opened_together, person, propose, row_of, write
from tests.pairing.test_rules import invite

# What each version of the text says. Whoever changes the text adds a line here and raises
# consenting.VERSION; no line is ever changed, since somebody has said yes to it.
TEXTS = {1: "c11ad0a67d66049d", 2: "106728d66e2c8d75", 3: "b49efed4b5e1f9cc"}


@pytest.fixture
def new(db: None) -> Person:
    """Somebody who has just signed up."""
    who = person("Nell")
    Seat.objects.filter(pk=who.seat.pk).update(agreed_to=None, agreed_at=None)
    return who


def agree(who: Person, version: object = consent.VERSION) -> int:
    return who.client.post("/yes/say/", {"version": version}).status_code


def as_shown(page: str) -> dict[str, str]:
    """What the form on a page sends, with the press that joins."""
    asked = page.partition('<form class="languages"')[0]
    return dict(re.findall(r'name="(version|next|join|questions)"\s+value="([^"]*)"', asked))


def first_card(who: Person) -> str:
    following = rules.home(who.seat).first.next
    assert following
    return f"/answers/{following.behaviour.id}/"


def words() -> str:
    """The text as it is read."""
    page = render_to_string("boundaries/consent/text.html")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.once
def test_each_version_of_the_text_says_one_thing() -> None:
    assert TEXTS[consent.VERSION] == sha256(words().encode()).hexdigest()[:16]
    assert list(TEXTS) == list(range(1, consent.VERSION + 1))


def test_it_says_what_of_ones_words_stays_with_others(
    alice: Person, bob: Person, deck: Deck, client: Client
) -> None:
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice)])
    leaving.delete(alice.user)

    assert copies.all_of(bob.seat)
    assert "Two things stay: your partner’s copy of what you both said yes to" in words()
    assert "unless you both release a sheet for a therapist" in words()
    kept = html.unescape(client.get("/kept/").text)
    assert "except the plain copies that partners keep" in kept
    assert "and a therapist if you both want that" in kept


def test_before_consent_nothing_is_stored_and_nobody_invites_or_joins(
    new: Person, alice: Person, deck: Deck
) -> None:
    code = invite(alice)
    new.client.post("/join/code/", {"code": code})
    behaviour = deck.behaviours[0]

    for act in (
        lambda: answers.answer(new.seat, behaviour, version="", partners=Stance.UNSURE),
        lambda: answers.skip(new.seat, behaviour, version=""),
        lambda: pairing.invite(new.seat),
        lambda: pairing.join(new.seat, pairing.offer(code, new.seat).id),
    ):
        with pytest.raises(consent.NotAgreed):
            act()
    for path in (f"/answers/{behaviour.id}/save/", "/partner/invite/", "/join/accept/"):
        answer = new.client.post(path, {"partners": "unsure"})
        assert (answer.status_code, answer["Location"]) == (302, "/yes/?next=/home/")

    assert not Sheet.owned_by(new.seat).exists()
    assert not Answers.owned_by(new.seat).exists()
    assert Invitation.objects.get().inviter == alice.seat
    assert Invitation.objects.get().joiner is None


def test_a_page_that_saves_by_script_gets_the_notice_in_place(new: Person, deck: Deck) -> None:
    path = f"/answers/{deck.behaviours[0].id}/save/"

    answer = new.client.post(path, {"partners": "unsure"}, headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert 'href="/yes/"' in answer.text
    assert "<html" not in answer.text


def test_help_and_every_way_out_are_open_before_it(new: Person) -> None:
    for path in ("/home/", "/help/", "/four-questions/", "/account/", "/partner/", "/yes/"):
        assert new.client.get(path).status_code in (200, 203), path
    for path in ("/partner/part/", "/partner/revoke/", "/join/decline/", "/join/withdraw/"):
        assert "/yes/" not in new.client.post(path).headers.get("Location", ""), path


def test_saying_yes_leads_on(new: Person, deck: Deck) -> None:
    assert rules.home(new.seat).step == rules.NextStep.AGREE
    assert 'href="/yes/"' in new.client.get("/home/").text

    answer = new.client.post("/yes/say/", {"version": consent.VERSION})
    assert answer["Location"] == first_card(new)

    assert rules.home(new.seat).step == rules.NextStep.BEGIN
    write(new, deck.behaviours[0], Stance.UNSURE)
    assert row_of(new, deck.behaviours[0]).answer.mine == Stance.UNSURE


def test_it_leads_back_to_what_was_wanted(new: Person) -> None:
    wanted = "/answers/c1/"
    to_it = new.client.get(wanted)["Location"]
    assert to_it == f"/yes/?next={wanted}"
    assert f'name="next" value="{wanted}"' in new.client.get(to_it).text

    sent = {"version": consent.VERSION, "next": wanted}

    assert new.client.post("/yes/say/", sent)["Location"] == wanted
    assert new.client.get(wanted).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:0"])
def test_it_leads_to_no_other_site(new: Person, elsewhere: str) -> None:
    sent = {"version": consent.VERSION, "next": elsewhere}

    assert new.client.post("/yes/say/", sent)["Location"].startswith("/answers/")


def test_a_next_that_is_no_page_is_ignored(new: Person) -> None:
    sent = {"version": consent.VERSION, "next": "foo"}

    assert new.client.post("/yes/say/", sent)["Location"] == "foo"


def test_the_four_questions_lead_to_it_and_home_from_then_on(new: Person, client: Client) -> None:
    onward = r'<a class="button" href="([^"]+)">Continue</a>'
    seen = [re.findall(onward, who.get("/four-questions/").text) for who in (new.client, client)]
    agree(new)
    seen.append(re.findall(onward, new.client.get("/four-questions/").text))

    assert seen == [["/yes/"], ["/"], ["/"]]


def test_whoever_looked_at_an_invitation_comes_to_the_four_questions_with_the_same_press(
    new: Person, alice: Person
) -> None:
    new.client.post("/join/code/", {"code": invite(alice)})
    page = new.client.get("/yes/").text
    assert "Then you join Alice" in page
    assert "who sees your first name and part of your e-mail address" in page

    answer = new.client.post("/yes/say/", as_shown(page), follow=True)
    assert answer.redirect_chain[-1] == ("/join/four-questions/", HTTPStatus.FOUND)
    assert pairing.waiting_for(new.seat) is None

    for _ in range(2):  # pressed twice
        answer = new.client.post("/join/accept/", as_shown(answer.text), follow=True)

        awaited = pairing.waiting_for(new.seat)
        assert awaited
        assert awaited.first_name == "Alice"
        assert "You’ve joined Alice." in answer.text
        assert "Start my answers" in answer.text
        (start,) = re.findall(r'"([^"]*/next/)"', answer.text)
        assert new.client.get(start)["Location"] == first_card(new)


@pytest.mark.parametrize("page", ["/yes/", "/join/four-questions/"])
def test_people_join_whom_the_button_named(
    new: Person, alice: Person, charlie: Person, page: str
) -> None:
    if page == "/join/four-questions/":
        agree(new)
    new.client.post("/join/code/", {"code": invite(alice)})
    shown = new.client.get(page).text
    action = "/yes/say/" if page == "/yes/" else "/join/accept/"
    new.client.post("/join/code/", {"code": invite(charlie)})  # on another page, by a link

    answer = new.client.post(action, as_shown(shown), follow=True)

    assert answer.redirect_chain[-1] == ("/join/offer/", HTTPStatus.FOUND)
    assert pairing.waiting_for(new.seat) is None


def test_nobody_has_to_join_in_order_to_begin(new: Person, alice: Person) -> None:
    new.client.post("/join/code/", {"code": invite(alice)})

    answer = new.client.post("/yes/say/", {"version": consent.VERSION})

    assert answer["Location"] == first_card(new)
    assert pairing.waiting_for(new.seat) is None


def test_an_invitation_that_has_ended_is_not_offered_any_more(new: Person, alice: Person) -> None:
    new.client.post("/join/code/", {"code": invite(alice)})
    sent = as_shown(new.client.get("/yes/").text)
    pairing.revoke(alice.seat)

    assert 'name="join"' not in new.client.get("/yes/").text
    answer = new.client.post("/yes/say/", sent, follow=True)

    assert answer.status_code == 404
    assert consent.agreed(new.seat)


def test_it_is_one_yes_with_its_time(new: Person) -> None:
    agree(new)
    first = new.seat.agreed_at
    agree(new)

    assert first
    assert new.seat.agreed_at == first
    assert f"{first:%B %Y}" in new.client.get("/yes/").text


@pytest.mark.parametrize("version", ["", "0", "1", "x", "99999"])
def test_agreeing_to_another_version_is_refused(new: Person, version: str) -> None:
    assert agree(new, version) == 409
    assert new.seat.agreed_to is None


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_new_text_is_asked_about_before_the_next_answer_and_loses_no_word(
    alice: Person, deck: Deck, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    old, new = consent.VERSION, consent.VERSION + 1
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    monkeypatch.setattr(consent, "VERSION", new)

    # A card that was on the screen before is saved, and the next page asks.
    sent = {"partners": "unsure", "seen": "", "note": "Written before."}
    alice.client.post(f"/answers/{first.id}/save/", sent, headers=headers)
    assert row_of(alice, first).answer.note == "Written before."
    next_card = f"/answers/{second.id}/?saved"
    for path in (next_card, f"/decks/{deck.id}/", f"/decks/{deck.id}/last-look/"):
        asked = alice.client.get(path)
        assert (asked.status_code, asked["Location"].partition("?")[0]) == (302, "/yes/"), path
    page = alice.client.get(alice.client.get(next_card)["Location"]).text
    assert "We’ve changed this since you said yes. All your answers are still here." in page
    assert "Read it again" in alice.client.get("/home/").text

    assert agree(alice, old) == 409
    answer = alice.client.post("/yes/say/", as_shown(page))

    assert answer["Location"] == next_card
    assert alice.client.get(next_card).status_code == 200
    assert "Read it again" not in alice.client.get("/home/").text


def test_a_new_text_keeps_nobody_from_their_seal(
    alice: Person, bob: Person, deck: Deck, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(alice, deck.behaviours[0], Stance.UNSURE)
    answers.seal(alice.seat, deck)
    monkeypatch.setattr(consent, "VERSION", consent.VERSION + 1)

    for path in (f"/decks/{deck.id}/", f"/decks/{deck.id}/last-look/"):
        assert alice.client.get(path).status_code == 200, path
    alice.client.post(f"/decks/{deck.id}/unseal/")

    assert not sheets.own_sheet(alice.seat, deck).sealed


@pytest.mark.parametrize("path", ["/partner/invite/", "/join/accept/"])
def test_a_new_text_is_asked_about_before_inviting_and_joining(
    alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    alice.client.post("/join/code/", {"code": invite(charlie)})
    monkeypatch.setattr(consent, "VERSION", consent.VERSION + 1)

    answer = alice.client.post(path, {"questions": "read"})

    assert answer["Location"].partition("?")[0] == "/yes/"
    assert pairing.standing(alice.seat) is None
    assert pairing.waiting_for(alice.seat) is None


def test_signing_up_leads_to_the_text_and_nothing_else(client: Client, db: None) -> None:
    from tests.journeys.conftest import mailed_code

    form = {"first_name": "Ada", "email": "ada@example.org", "adult": "on"}
    client.post("/account/signup/", form)

    answer = client.post("/account/confirm-email/", {"code": mailed_code("ada@example.org")})

    assert answer["Location"] == "/yes/"
    page = client.get("/yes/").text
    assert "Before your first answer" in page
    assert "Yes, keep my answers" in page
    assert 'href="/account/mailbox/"' in page
    assert 'href="/four-questions/"' in page
    assert client.get("/")["Location"] == "/home/"
    assert "Before your first answer" in client.get("/home/").text
