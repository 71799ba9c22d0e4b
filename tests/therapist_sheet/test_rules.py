"""A therapist reads exactly what both released, for some days, until one of them ends it."""

from __future__ import annotations

import re
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts import maintenance
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.therapist_sheet import contents
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.therapist_sheet.models import Issue, Release
from boundaries.vocabulary import Outcome, Side, Stance
from tests.conftest import Person, pair, propose, said_alike, write

pytestmark = pytest.mark.django_db

READ = "/read/sheet/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def couple(alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    """A couple who opened three behaviours, agree on one, and keep other things private."""
    for who, mine in ((alice, Stance.CONDITIONS), (bob, Stance.ACCEPTABLE)):
        name = who.user.first_name
        for behaviour in deck.behaviours[:3]:
            write(
                who,
                behaviour,
                Stance.ACCEPTABLE,
                mine=mine,
                note=f"canary note {name}",
                self_note=f"canary self {name}",
            )
        write(who, deck.behaviours[3], Stance.UNSURE, private=True)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    agreements.assent(bob.seat, [propose(alice, "a1")])
    mail.outbox.clear()
    return alice, bob


def put_together(who: Person, *behaviours: str, days: int = 7) -> str:
    therapist_sheet.make(who.seat, behaviours or ("a1", "a2"), days)
    issue = therapist_sheet.issue(who.seat)
    assert issue
    return issue.digest


def released(couple: tuple[Person, Person], *behaviours: str, days: int = 7) -> str:
    """Make a sheet that both release. Returns its code."""
    digest = put_together(couple[0], *behaviours, days=days)
    for who in couple:
        therapist_sheet.release(who.seat, digest)
    issue = therapist_sheet.issue(couple[0].seat)
    assert issue
    return issue.code


def opened(code: str) -> int:
    return Client().post(READ, {"code": code}).status_code


def test_the_page_shows_exactly_what_both_released(
    couple: tuple[Person, Person], deck: Deck
) -> None:
    code = released(couple, "a1", "a2")

    page = Client().post(READ, {"code": code})

    for expected in (
        "Messaging",
        deck.behaviours[1].text,
        "Whoever does it: fine for us.",
        "When Alice does it, Alice says: fine, if …; Bob says: fine.",
        "Put together by Alice and Bob",
        "Both have released exactly this.",
        "no record, no test, no contract",
    ):
        assert expected in strip_tags(page.text)
    assert deck.behaviours[2].text not in page.text
    for canary in ("canary", "example.org", deck.behaviours[3].text):
        assert canary not in page.text
    assert not page.cookies.get("sessionid")
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert code not in page.headers.get("Location", "")


def test_the_pdf_shows_the_same(couple: tuple[Person, Person], deck: Deck) -> None:
    code = released(couple, "a1", "a2")

    theirs = couple[0].client.get("/understandings/therapist/a4.pdf").content
    outside = Client().post("/read/paper/", {"code": code}).content

    assert theirs == outside
    document = pypdfium2.PdfDocument(outside)
    text = document[0].get_textpage().get_text_range()
    assert len(document) == 1
    assert deck.behaviours[1].text in text
    assert "Both have released exactly this." in text
    assert deck.behaviours[2].text not in text


@pytest.mark.parametrize("who", [0, 1])
def test_one_release_is_not_enough(couple: tuple[Person, Person], who: int) -> None:
    digest = put_together(couple[0])
    therapist_sheet.release(couple[who].seat, digest)
    issue = therapist_sheet.issue(couple[who].seat)

    assert issue
    assert issue.code == ""
    assert opened(therapist_sheet.CODES.code_of(Issue.objects.get().pk)) == 404
    for partner in couple:
        assert partner.client.get("/understandings/therapist/a4.pdf").status_code == 404


def test_a_release_counts_only_for_the_sheet_that_was_shown(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    digest = put_together(alice, "a1")
    therapist_sheet.release(alice.seat, digest)
    therapist_sheet.end(alice.seat)
    put_together(alice, "a1", "a2")

    with pytest.raises(therapist_sheet.SheetChanged):
        therapist_sheet.release(bob.seat, digest)
    assert not Release.objects.exists()


def test_a_sheet_that_was_tampered_with_is_not_released(couple: tuple[Person, Person]) -> None:
    code = released(couple)
    row = Issue.objects.get()
    key = couple[0].seat.shared_key
    content = row.read(key)
    content["told"][0]["words"] = ["Forged."]
    row.set_encrypted(key, content=content).save()

    assert opened(code) == 404


def test_a_released_sheet_does_not_change(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    code = released(couple, "a1")

    agreements.withdraw(bob.seat, "a1", history.entry(bob.seat, "a1").newest.digest)

    read = Client().post(READ, {"code": code}).text
    assert "fine for us" in read
    assert "have said yes" not in read  # one of them has taken it back
    assert re.search(r"It still stood on \d+ \w+ \d{4}, when this was made", read)
    assert alice


@pytest.mark.parametrize("who", [0, 1])
def test_either_can_end_a_sheet_at_once(couple: tuple[Person, Person], who: int) -> None:
    code = released(couple)
    assert opened(code) == 200

    couple[who].client.post("/understandings/therapist/end/")

    assert opened(code) == 404
    assert not Issue.objects.exists()
    assert not Release.objects.exists()


def test_a_sheet_ends_after_its_days(couple: tuple[Person, Person]) -> None:
    code = released(couple, days=3)
    day = timedelta(days=1)
    with time_machine.travel(timezone.now() + 3 * day - timedelta(minutes=1), tick=False):
        assert opened(code) == 200
        maintenance.run_round("one")
        assert Issue.objects.exists()
    with time_machine.travel(timezone.now() + 3 * day, tick=False):
        assert opened(code) == 404
        assert "The last sheet has ended" in page_of(couple[0])
        maintenance.run_round("one")
        assert not Issue.objects.exists()


def test_a_sheet_that_is_never_released_is_deleted_after_a_month(
    couple: tuple[Person, Person],
) -> None:
    put_together(couple[0])
    for days, there in ((29, True), (31, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            maintenance.run_round("one")
            assert Issue.objects.exists() is there


def page_of(who: Person) -> str:
    who.client.force_login(who.user)
    return who.client.get("/understandings/therapist/").text


def test_dead_codes_look_alike(couple: tuple[Person, Person]) -> None:
    ended = released(couple)
    therapist_sheet.end(couple[0].seat)
    waiting = put_together(couple[0])
    assert waiting
    unreleased = therapist_sheet.CODES.code_of(Issue.objects.get().pk)
    client = Client()
    client.get("/read/")

    pages = set()
    for code in (ended, unreleased, "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ", "x" * 300):
        answer = client.post(READ, {"code": code})
        assert answer.status_code == 404
        pages.add(TOKEN.sub("", answer.text).replace(f'value="{code}"', 'value=""'))
    assert len(pages) == 1


def test_a_code_may_be_typed_as_it_is_read_aloud(couple: tuple[Person, Person]) -> None:
    code = released(couple)
    typed = "-".join(code[at : at + 4] for at in range(0, 20, 4)).lower().replace("0", "o")

    assert opened(typed) == 200
    assert opened(f"https://example.org/read/#{typed}") == 200
    assert len(code) == 20


def test_no_row_contains_the_code(couple: tuple[Person, Person]) -> None:
    code = released(couple)

    assert code not in repr(Issue.objects.values_list())


def test_a_couple_has_one_sheet_at_a_time(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    digest = put_together(alice)

    with pytest.raises(therapist_sheet.SheetExists):
        therapist_sheet.make(bob.seat, ["a2"], 3)

    issue = therapist_sheet.issue(bob.seat)
    assert issue
    assert issue.digest == digest


@pytest.mark.parametrize(
    ("behaviours", "days"),
    [((), 7), (("a1",), 0), (("a1",), 15), (tuple(f"a{n}" for n in range(13)), 7)],
)
def test_a_sheet_has_limits(
    couple: tuple[Person, Person], behaviours: tuple[str, ...], days: int
) -> None:
    with pytest.raises(ValueError, match="one to twelve"):
        therapist_sheet.make(couple[0].seat, behaviours, days)


@pytest.mark.parametrize("behaviour", ["a8", "b1", "none"])
def test_behaviours_that_are_not_open_to_both_cannot_be_on_a_sheet(
    couple: tuple[Person, Person], behaviour: str, deck: Deck
) -> None:
    hidden = deck.behaviours[3].id if behaviour == "a8" else behaviour

    with pytest.raises(contents.NoSuchSheet):
        therapist_sheet.make(couple[0].seat, [hidden], 7)


def test_a_sheet_can_have_what_holds_and_not_what_is_open_again(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    held = {id: entry.words for id, entry in contents.choices(alice.seat).items()}
    assert held["a1"]
    assert not held["a2"]

    agreements.withdraw(bob.seat, "a1", history.entry(bob.seat, "a1").newest.digest)

    held = {id: entry.words for id, entry in contents.choices(alice.seat).items()}
    assert not held["a1"]


def test_the_partner_gets_one_mail(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    digest = put_together(alice)
    for _ in range(2):
        therapist_sheet.release(alice.seat, digest)
    therapist_sheet.release(bob.seat, digest)

    assert [letter.to for letter in mail.outbox] == [[bob.user.email]]


def test_parting_deletes_the_sheet(couple: tuple[Person, Person]) -> None:
    code = released(couple)

    pairing.part(couple[0].seat)

    assert opened(code) == 404
    assert not Issue.objects.exists()


def test_guessing_codes_is_limited(couple: tuple[Person, Person]) -> None:
    statuses = [opened("ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ") for _ in range(31)]

    assert statuses[:30] == [404] * 30
    assert statuses[30] == 429


def test_too_many_behaviours_are_an_error_and_stay_ticked(
    couple: tuple[Person, Person], deck: Deck
) -> None:
    alice, bob = couple
    again = couple[0].client
    for who in couple:
        answers.begin_again(who.seat, deck)
    said_alike(*couple, deck, 14)
    chosen = [behaviour.id for behaviour in deck.behaviours[:13]]
    together = seats.couple_token(alice.seat)

    answer = again.post(
        "/understandings/therapist/make/",
        {"behaviours": chosen, "days": "3", "together": together},
    )

    assert answer.status_code == 400
    assert "Please choose 12 at most" in answer.text
    assert answer.text.count("checked") == 14  # 13 behaviours, and the days
    assert bob


def test_a_release_does_not_count_for_another_sheet_or_other_days(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    shown = put_together(alice, days=3)
    assert "its link works for 3 days" in page_of(bob)
    therapist_sheet.end(alice.seat)
    put_together(alice, days=14)  # the same words, for longer

    with pytest.raises(therapist_sheet.SheetChanged):
        therapist_sheet.release(bob.seat, shown)
    assert not Release.objects.exists()

    therapist_sheet.end(alice.seat)
    put_together(alice, days=3)  # the same again, after the first was ended
    with pytest.raises(therapist_sheet.SheetChanged):
        therapist_sheet.release(bob.seat, shown)


def test_the_days_of_a_released_sheet_cannot_change(couple: tuple[Person, Person]) -> None:
    code = released(couple, days=3)

    Issue.objects.update(days=14)

    assert opened(code) == 404


def test_repeated_sheets_send_one_mail(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    for _ in range(3):
        therapist_sheet.release(alice.seat, put_together(alice))
        therapist_sheet.end(alice.seat)
    assert [letter.to for letter in mail.outbox] == [[bob.user.email]]

    therapist_sheet.release(bob.seat, put_together(bob))
    therapist_sheet.end(bob.seat)
    therapist_sheet.release(alice.seat, put_together(alice))

    assert [letter.to for letter in mail.outbox[1:]] == [[alice.user.email], [bob.user.email]]


def test_a_sheet_has_room_for_twelve_long_agreements(
    couple: tuple[Person, Person], deck: Deck
) -> None:
    alice, bob = couple
    for who in couple:
        answers.begin_again(who.seat, deck)
    said_alike(*couple, deck, 12)
    names = seats.names(alice.seat)
    lines = [ProposalLine(doer=side, outcome=Outcome.FINE, words="\u0939" * 300) for side in Side]
    chosen = [behaviour.id for behaviour in deck.behaviours[:12]]
    for id in chosen:
        digest = propose(alice, id, put_into_words("Writing", lines, names))
        agreements.assent(bob.seat, [digest], acknowledged=[digest])

    sent = {"behaviours": chosen, "days": "3", "together": seats.couple_token(alice.seat)}
    alice.client.post("/understandings/therapist/make/", sent)

    assert page_of(bob).count("\u0939" * 300) == 24


def test_a_page_about_one_partner_does_not_end_a_sheet_with_the_next(
    couple: tuple[Person, Person], charlie: Person, deck: Deck
) -> None:
    alice, bob = couple
    old = seats.couple_token(alice.seat)
    pairing.part(bob.seat)
    pair(alice, charlie)
    for who in (alice, charlie):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    put_together(alice, deck.behaviours[0].id)

    answer = alice.client.post("/understandings/therapist/end/", {"together": old})

    assert answer.status_code == 404
    assert Issue.objects.exists()
