"""The pages of the journal: who is asked, what is shown, and that no word is lost."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from boundaries.content.journal import prompts
from boundaries.journal import rules as journal
from boundaries.journal.forms import MAX_ENTRY_LENGTH
from tests.accounts.test_signing_in import post
from tests.conftest import PASSWORD, Person, shows_mailbox
from tests.support.lives import sure_of

pytestmark = pytest.mark.django_db

PAGE = uuid.UUID(int=1)
HERE = f"/journal/{PAGE}/"
SAVE = f"{HERE}save/"
HTMX = {"HX-Request": "true"}
OPEN_FOR = timedelta(minutes=5)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def erin(clock: Any, erin: Person) -> Person:
    """She is alone now, and has just shown that it is her."""
    sure_of(erin)
    return erin


@pytest.fixture
def alice(clock: Any, alice: Person) -> Person:
    sure_of(alice)
    return alice


def words_in(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)
    assert found
    return html.unescape(found[1])


def seen_in(page: str) -> str:
    found = re.search(r'id="seen-entry"\s+value="(\w*)"', page)
    assert found
    return found[1]


def entries(who: Person) -> list[str]:
    return [written.words for written in journal.leaf(who.seat).entries]


def is_asked(answer: Any) -> bool:
    return str(answer.headers.get("Location", "")).startswith("/account/")


def test_writing_from_the_list_to_the_entry(alice: Person) -> None:
    new = alice.client.get("/journal/new/?prompt=friend").text
    action = re.search(r'action="(/journal/[\w-]+/save/)"', new)
    assert action
    assert prompts()["friend"].text in strip_tags(new)

    answer = alice.client.post(action[1], {"words": "Zq not at all.", "prompt": "friend"})

    assert answer["Location"] == "/journal/"
    shown = alice.client.get("/journal/").text
    assert "Zq not at all." in shown
    entry = alice.client.get(action[1].removesuffix("save/")).text
    assert words_in(entry) == "Zq not at all."
    assert prompts()["friend"].text in strip_tags(entry)


def test_a_journal_works_alone(erin: Person) -> None:
    erin.client.post(SAVE, {"words": "On my own."})

    assert entries(erin) == ["On my own."]
    assert "my partner" in erin.client.get("/journal/").text


def test_the_questions_name_the_partner(alice: Person, bob: Person) -> None:
    assert "Bob" in alice.client.get("/journal/new/?prompt=at-ease").text


def test_the_question_about_saying_no_leads_to_the_safety_questions(alice: Person) -> None:
    page = alice.client.get("/journal/new/?prompt=say-no").text

    assert f'href="{reverse("safety-questions")}"' in page.partition("<form")[0]


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_it_asks_who_it_is(charlie: Person, method: str) -> None:
    """Charlie has signed in some time ago, and was never idle."""
    charlie.client.post(SAVE, {"words": "Zq"})

    for path in ("/journal/", "/journal/new/", HERE, f"{HERE}talk/"):
        assert is_asked(getattr(charlie.client, method)(path)), path


def test_it_stays_open_while_it_is_used_and_closes_by_itself(
    clock: time_machine.Traveller, alice: Person
) -> None:
    for _ in range(6):
        assert alice.client.get("/journal/").status_code == HTTPStatus.OK
        clock.shift(OPEN_FOR - timedelta(seconds=5))
    assert alice.client.get("/journal/").status_code == HTTPStatus.OK

    clock.shift(OPEN_FOR)

    assert is_asked(alice.client.get("/journal/"))


def test_saving_keeps_it_open_and_opens_nothing(
    clock: time_machine.Traveller, alice: Person
) -> None:
    for number in range(3):
        clock.shift(OPEN_FOR - timedelta(seconds=5))
        alice.client.post(SAVE, {"words": "Long. " * number}, headers=HTMX)
    assert alice.client.get("/journal/").status_code == HTTPStatus.OK
    clock.shift(OPEN_FOR)
    alice.client.post(SAVE, {"words": "Later."})

    assert is_asked(alice.client.get("/journal/"))


def test_words_are_saved_after_the_proof_has_expired(
    clock: time_machine.Traveller, alice: Person
) -> None:
    page = alice.client.get("/journal/new/").text
    clock.shift(timedelta(minutes=8))

    answer = alice.client.post(SAVE, {"words": "Slowly.", "seen": seen_in(page)})

    assert entries(alice) == ["Slowly."]
    assert is_asked(alice.client.get(answer["Location"]))


def test_words_sent_after_idling_are_given_back_and_then_taken(
    clock: time_machine.Traveller, charlie: Person
) -> None:
    post(charlie.client, "account_login", login=charlie.user.email, password=PASSWORD)
    charlie.client.get("/home/")
    clock.shift(timedelta(minutes=11))
    sent = {"words": 'My "new" <words>.', "seen": ""}

    kept = charlie.client.post(SAVE, sent)

    assert (kept.status_code, entries(charlie)) == (HTTPStatus.UNAUTHORIZED, [])
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', kept.text))
    assert html.unescape(fields["words"]) == sent["words"]
    assert 'class="languages"' not in kept.text  # it would load another page, without them
    sure_of(charlie)
    charlie.client.post(SAVE, {name: html.unescape(value) for name, value in fields.items()})
    assert entries(charlie) == [sent["words"]]


def test_without_a_password_a_mailed_code_opens_it(charlie: Person) -> None:
    charlie.user.set_unusable_password()
    charlie.user.save()
    charlie.client.force_login(charlie.user)
    asked = charlie.client.get("/journal/")["Location"]
    assert asked.startswith(reverse("account-still-you"))

    shows_mailbox(charlie.client)

    assert charlie.client.get("/journal/").status_code == HTTPStatus.OK


def test_a_save_in_the_background_brings_its_version(alice: Person) -> None:
    saved = alice.client.post(SAVE, {"words": "One."}, headers=HTMX).text
    alice.client.post(SAVE, {"words": "Two.", "seen": seen_in(saved)}, headers=HTMX)

    assert "<html" not in saved
    assert entries(alice) == ["Two."]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_words_changed_elsewhere_are_both_shown(alice: Person, headers: dict[str, str]) -> None:
    alice.client.post(SAVE, {"words": "Zq from the laptop."})

    answer = alice.client.post(SAVE, {"words": "From the phone.", "seen": "x"}, headers=headers)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Zq from the laptop." in answer.text
    if not headers:
        assert words_in(answer.text) == "From the phone."
    alice.client.post(SAVE, {"words": "From the phone.", "seen": seen_in(answer.text)})
    assert entries(alice) == ["From the phone."]


def test_a_conflict_shows_nothing_to_whoever_has_not_shown_who_they_are(charlie: Person) -> None:
    charlie.client.post(SAVE, {"words": "Zq from the laptop."})

    for headers in ({}, HTMX):
        answer = charlie.client.post(SAVE, {"words": "Mine.", "seen": "x"}, headers=headers)
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert "Zq " not in answer.text
    assert "Mine." in charlie.client.post(SAVE, {"words": "Mine.", "seen": "x"}).text


def test_too_many_words_are_given_back(alice: Person) -> None:
    long = "x" * (MAX_ENTRY_LENGTH + 1)

    answer = alice.client.post(SAVE, {"words": long, "prompt": "friend"})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert words_in(answer.text) == long
    assert "There is room for 6000" in answer.text
    assert prompts()["friend"].text in strip_tags(answer.text)
    swapped = alice.client.post(SAVE, {"words": long}, headers=HTMX)
    assert 'data-field="words"' in swapped.text


def test_a_full_journal_gives_the_words_back(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MAX_ENTRIES", 0)

    for headers in ({}, HTMX):
        answer = alice.client.post(SAVE, {"words": "One too many."}, headers=headers)
        assert (answer.status_code, "journal is full" in answer.text) == (HTTPStatus.CONFLICT, True)
    assert words_in(alice.client.post(SAVE, {"words": "One too many."}).text) == "One too many."


def test_deleting_one_and_all(alice: Person) -> None:
    for number in range(3):
        alice.client.post(f"/journal/{uuid.UUID(int=number)}/save/", {"words": f"Zq {number}"})

    alice.client.post(f"{HERE}delete/")
    assert sorted(entries(alice)) == ["Zq 0", "Zq 2"]
    alice.client.post("/journal/delete/")

    assert entries(alice) == []
    assert "Zq " not in alice.client.get("/journal/").text
    assert alice.client.get(HERE).status_code == HTTPStatus.NOT_FOUND


def test_somebody_elses_entry_is_the_same_as_none(alice: Person, bob: Person) -> None:
    journal.save(bob.seat, PAGE, "Zq his.", version="")
    nothing = uuid.UUID(int=9)

    for method, path in (
        ("get", ""),
        ("post", "delete/"),
        ("get", "talk/"),
        ("post", "talk/keep/"),
    ):
        theirs = getattr(alice.client, method)(f"{HERE}{path}")
        none = getattr(alice.client, method)(f"/journal/{nothing}/{path}")
        assert theirs.status_code == none.status_code == HTTPStatus.NOT_FOUND, path
        assert theirs.text.replace(str(PAGE), "") == none.text.replace(str(nothing), "")
    alice.client.post(SAVE, {"words": "Hers."})
    assert (entries(alice), entries(bob)) == (["Hers."], ["Zq his."])


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "51", "1" * 5000])
def test_a_page_that_cannot_be_is_a_404(alice: Person, page: str) -> None:
    assert alice.client.get("/journal/", {"page": page}).status_code == HTTPStatus.NOT_FOUND


def test_older_entries_are_on_further_pages(alice: Person) -> None:
    for number in range(journal.PER_PAGE + 1):
        journal.save(alice.seat, uuid.UUID(int=number), f"Zq{number}.", version="")

    first = alice.client.get("/journal/").text
    second = alice.client.get("/journal/?page=2").text

    assert ('href="?page=2"' in first, 'href="?page=1"' in second) == (True, True)
    assert len(re.findall(r"Zq\d+\.", second)) == 1


def test_the_way_in_is_the_same_for_everybody(alice: Person, bob: Person) -> None:
    row = f'<a href="{reverse("journal")}">Your journal</a>'
    before = alice.client.get("/home/").text
    journal.save(alice.seat, PAGE, "Zq", version="")

    assert before.count(row) == 1
    strip = re.compile(r'value="[\w-]{64}"|nonce="[^"]*"')
    assert strip.sub("", alice.client.get("/home/").text) == strip.sub("", before)


@pytest.mark.parametrize("page", ["help-counsellor", "help-wellbeing"])
def test_help_beside_it_needs_no_account(client: Client, page: str) -> None:
    answer = client.get(reverse(page))

    assert answer.status_code == HTTPStatus.OK
    assert f'href="{reverse("help")}"' in answer.text
