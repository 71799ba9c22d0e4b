"""The pages of check-ins: what each shows, keeps, refuses, and asks again."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.models import Rhythm
from boundaries.seats import rules as seats
from tests.conftest import Person

HERS = {
    "appreciation": "zq-tea",
    "well": "zq-weekend",
    "closeness": "close",
    "anything_new": "nothing",
    "plan": "zq-walk",
}
HIS = {
    "appreciation": "zq-laugh",
    "closeness": "far",
    "anything_new": "something",
    "new": "zq-colleague",
}


def send(who: Person, path: str, data: dict[str, str] | None = None) -> Any:
    """A form as the page that is loaded just now sends it."""
    seat = who.seat
    hidden = {"together": seats.couple_token(seat), "seen": check_ins.own_half(seat).seen}
    return who.client.post(path, hidden | (data or {}))


def seal(who: Person, data: dict[str, str]) -> Any:
    return send(who, "/check-ins/seal/", data)


def text(who: Person, path: str) -> str:
    response = who.client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def test_apart_both_read_both_halves_once_both_have_sealed(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    assert seal(alice, HERS)["Location"] == "/check-ins/"
    assert "Your part is sealed" in text(alice, "/check-ins/")
    assert "zq-tea" not in text(bob, "/check-ins/") + text(bob, "/check-ins/now/")

    opened = seal(bob, HIS)["Location"]

    pages = [text(who, opened) for who in couple]
    for page in pages:
        for words in ("zq-tea", "zq-weekend", "zq-walk", "zq-laugh", "zq-colleague"):
            assert words in page
        assert "Nothing today" in page
        assert "Far away" in page
        assert "It could do you good to talk about this" in page
    assert _main(pages[0]) == _main(pages[1])
    assert opened in text(alice, "/check-ins/")


def _main(page: str) -> str:
    """What is on a page, without what belongs to whoever reads it."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r'value="[^"]*"', "", main)


def test_together_on_one_phone_nothing_shows_before_the_second_part(
    couple: tuple[Person, Person],
) -> None:
    alice = couple[0]
    assert send(alice, "/check-ins/pass-on/", HERS)["Location"] == "/check-ins/passed-on/"

    for path in ("/check-ins/passed-on/", "/check-ins/other/"):
        assert "zq-tea" not in text(alice, path)
    assert "Bob’s part" in text(alice, "/check-ins/other/")
    assert "How close do you feel to Alice?" in text(alice, "/check-ins/other/")
    opened = send(alice, "/check-ins/other/finish/", HIS)["Location"]

    for who in couple:
        page = text(who, opened)
        assert "zq-tea" in page
        assert "zq-laugh" in page
        assert "on Alice’s phone" in page


def test_nothing_is_passed_on_before_ones_own_part(alice: Person, bob: Person) -> None:
    for path in ("/check-ins/passed-on/", "/check-ins/other/"):
        assert alice.client.get(path)["Location"] == "/check-ins/"
    refused = send(alice, "/check-ins/other/finish/", HIS)
    assert refused.status_code == 409
    assert "zq-laugh" in refused.content.decode()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "There’s nothing here yet"),
        ({"closeness": "seven"}, "Please choose from the list"),
        ({"plan": "zq" * 200}, "There is room for 300"),
        ({"anything_new": "nothing", "new": "zq-words"}, "Which is it?"),
        ({"anything_new": "something"}, "A word is enough"),
        ({"still": "talk", "understanding": "nonsense"}, ""),
    ],
)
@pytest.mark.parametrize("path", ["/check-ins/seal/", "/check-ins/pass-on/"])
def test_a_refused_form_keeps_what_was_typed(
    couple: tuple[Person, Person], path: str, data: dict[str, str], error: str
) -> None:
    response = send(couple[0], path, {"well": "" if not data else "zq-kept", **data})

    page = response.content.decode()
    assert response.status_code == 400
    assert error in page
    for words in data.values():
        assert words in page or words == "nonsense" or words == "seven"
    assert ("zq-kept" in page) == bool(data)
    assert check_ins.own_half(couple[0].seat).replies is None


def test_a_form_from_before_the_opening_is_given_back(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seal(alice, HERS)
    stale = {"seen": "", "well": "zq-second"}
    seal(bob, HIS)

    response = send(alice, "/check-ins/seal/", stale)

    assert response.status_code == 409
    page = response.content.decode()
    assert "zq-second" in page
    hidden = dict(re.findall(r'type="hidden" name="(seen|together)" value="([^"]*)"', page))
    assert alice.client.post("/check-ins/seal/", stale | hidden).status_code == 302


def test_taking_it_back_leads_to_the_form_with_the_words(alice: Person, bob: Person) -> None:
    seal(alice, HERS)
    assert alice.client.get("/check-ins/now/")["Location"] == "/check-ins/"

    assert alice.client.post("/check-ins/take-back/")["Location"] == "/check-ins/now/"

    page = text(alice, "/check-ins/now/")
    assert "zq-tea" in page
    assert "Only you’ve seen it" in page
    assert "checked" not in page


def test_a_page_of_another_couple_changes_nothing(alice: Person, bob: Person) -> None:
    response = alice.client.post("/check-ins/seal/", {"well": "zq-words", "together": "other"})

    assert response.status_code == 404
    assert "zq-words" in response.content.decode()  # given back to their writer
    assert check_ins.own_half(alice.seat).replies is None


def test_deleting_takes_one_more_press_and_is_for_both(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seal(alice, HERS)
    opened = seal(bob, HIS)["Location"]

    send(alice, f"{opened}delete/")

    for who in couple:
        assert who.client.get(opened).status_code == 404
        assert opened not in text(who, "/check-ins/")
    assert send(bob, f"{opened}delete/").status_code == 404


def test_somebody_elses_check_in_is_the_same_404_as_none(
    couple: tuple[Person, Person], charlie: Person
) -> None:
    alice, bob = couple
    seal(alice, HERS)
    opened = seal(bob, HIS)["Location"]

    theirs = charlie.client.post(f"{opened}delete/")
    nothing = charlie.client.post(f"/check-ins/{uuid.uuid4()}/delete/")

    assert theirs.status_code == nothing.status_code == 404
    assert theirs.content == nothing.content
    assert charlie.client.get(opened)["Location"] == "/partner/"
    assert alice.client.get(opened).status_code == 200


def test_the_rhythm_is_shown_to_each_in_their_own_zone(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    alice.user.time_zone = "Europe/Berlin"
    bob.user.time_zone = "Asia/Kolkata"
    for who in couple:
        who.user.save()
    with time_machine.travel("2026-03-10 12:00Z"):
        rhythm = {"every": "weekly", "first_on": "2026-03-15", "at": "19:30"}
        assert send(alice, "/check-ins/rhythm/set/", rhythm)["Location"] == "/check-ins/"

        assert "Every week, next on Sunday, 15 March at 19:30." in text(alice, "/check-ins/")
        assert "Every week, next on Monday, 16 March at 00:00." in text(bob, "/check-ins/")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"first_on": "2026-03-09"}, "a time within"),
        ({"first_on": "2026-03-10", "at": "11:00"}, "a time within"),
        ({"first_on": "2026-04-20"}, "a time within"),
        ({"first_on": "9999-12-31"}, "a time within"),
        ({"first_on": "0001-01-01"}, "a time within"),
        ({"first_on": "tomorrow"}, "such as 2027-01-31"),
        ({"at": "25:00"}, "such as 19:30"),
        ({"every": "daily"}, "how often"),
    ],
)
def test_a_rhythm_that_cannot_be_is_refused_next_to_the_field(
    alice: Person, bob: Person, changed: dict[str, str], error: str
) -> None:
    rhythm = {"every": "weekly", "first_on": "2026-03-15", "at": "19:30"} | changed
    with time_machine.travel("2026-03-10 12:00Z"):
        response = send(alice, "/check-ins/rhythm/set/", rhythm)

    assert response.status_code == 400
    page = response.content.decode()
    assert error in page
    for name in ("first_on", "at"):
        assert f'value="{rhythm[name]}"' in page
    assert not Rhythm.objects.exists()


def test_an_unknown_zone_on_an_account_counts_as_the_sites(alice: Person, bob: Person) -> None:
    alice.user.time_zone = "Mars/Olympus"
    alice.user.save()
    with time_machine.travel("2026-03-10 12:00Z"):
        send(
            alice,
            "/check-ins/rhythm/set/",
            {"every": "weekly", "first_on": "2026-03-15", "at": "19:30"},
        )
        assert "Sunday, 15 March at 19:30" in text(bob, "/check-ins/")


def test_a_rhythm_that_the_other_has_just_changed_is_shown_first(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    rhythm = {"every": "weekly", "first_on": day, "at": "19:30"}
    send(alice, "/check-ins/rhythm/set/", rhythm)

    response = send(bob, "/check-ins/rhythm/set/", rhythm | {"every": "monthly"})

    assert response.status_code == 409
    assert "It was changed just now" in response.content.decode()
    page = text(bob, "/check-ins/rhythm/")
    (version,) = re.findall(r'name="version" value="([^"]*)"', page)
    send(bob, "/check-ins/rhythm/set/", rhythm | {"every": "monthly", "version": version})
    assert "Every month" in text(alice, "/check-ins/")


OFF = "Your reminders of check-ins are off, also for a new rhythm."


def test_muting_and_ending(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    send(alice, "/check-ins/rhythm/set/", {"every": "weekly", "first_on": day, "at": "08:00"})
    before = [bob.client.get(path).content for path in ("/check-ins/", "/check-ins/rhythm/")]

    alice.client.post("/check-ins/rhythm/mute/")
    assert OFF in text(alice, "/check-ins/")
    after = [bob.client.get(path).content for path in ("/check-ins/", "/check-ins/rhythm/")]
    assert [_main(page.decode()) for page in after] == [_main(page.decode()) for page in before]

    send(bob, "/check-ins/rhythm/end/")
    for path in ("/check-ins/", "/check-ins/rhythm/"):  # also without a rhythm, with the way back
        assert OFF in text(alice, path)
        assert "/check-ins/rhythm/unmute/" in text(alice, path)
        assert OFF not in text(bob, path)
    alice.client.post("/check-ins/rhythm/unmute/")
    assert OFF not in text(alice, "/check-ins/")
    assert "You haven’t set one yet" in text(alice, "/check-ins/")
    assert alice.client.get("/check-ins/rhythm/calendar.ics").status_code == 404


def test_the_picture_shows_words_once_both_want_it(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seal(alice, HERS)
    seal(bob, HIS)
    send(alice, "/check-ins/closeness/want/")
    assert "<svg" not in _main(text(alice, "/check-ins/closeness/"))
    send(bob, "/check-ins/closeness/want/")

    for who in couple:
        page = _main(text(who, "/check-ins/closeness/"))
        assert 'class="one"' in page
        assert 'class="two"' in page
        assert re.search(r"<td>Close</td>\s*<td>Far away</td>", page)
    bob.client.post("/check-ins/closeness/stop/")
    assert "<svg" not in _main(text(alice, "/check-ins/closeness/"))


def test_an_idle_browser_asks_who_it_is_and_keeps_the_words(alice: Person, bob: Person) -> None:
    session = alice.client.session
    session["idled_at"] = timezone.now().timestamp() + 1
    session.save()

    assert alice.client.get("/check-ins/").status_code == 302
    asked = alice.client.post("/check-ins/seal/", HERS)

    assert asked.status_code == 401
    assert "zq-tea" in asked.content.decode()
    assert check_ins.own_half(alice.seat).replies is None


def test_the_way_in_is_there_once_a_deck_is_open(couple: tuple[Person, Person]) -> None:
    assert "/check-ins/" not in text(couple[0], "/home/")
    assert "/check-ins/" in text(couple[0], "/understandings/")


def test_words_are_shown_as_words(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seal(alice, {"well": "<b>zq</b>"})
    page = text(bob, seal(bob, HIS)["Location"])

    assert "&lt;b&gt;zq" in page
