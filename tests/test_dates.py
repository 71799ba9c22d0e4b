"""A day can be chosen while it is ahead somewhere on earth, and is due once it began everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils.formats import date_format

from boundaries import dates
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.talks import reading
from boundaries.talks import rules as talks
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import Move, Outcome, Step
from boundaries.web.fields import DayField
from tests.conftest import Person, do, opened_together, propose, talk, talked_up_to
from tests.support.routes import TALK

pytestmark = pytest.mark.once

SHEET = "/understandings/therapist/"
A_DAY, A_YEAR = timedelta(days=1), timedelta(days=366)
WEST = timezone(timedelta(hours=-12))

# Moments at which there are two dates on earth: in summer, in winter, at the end of a year.
MOMENTS = [
    datetime(2027, 1, 10, 20, 0, tzinfo=ZoneInfo("America/Los_Angeles")),  # the 11th in UTC
    datetime(2027, 7, 11, 2, 0, tzinfo=ZoneInfo("Asia/Kolkata")),  # the 10th in UTC
    datetime(2027, 7, 11, 5, 29, tzinfo=ZoneInfo("Asia/Kolkata")),
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 28, 11, 30, tzinfo=UTC),  # there are three dates
    datetime(2027, 3, 1, 12, 0, tzinfo=UTC),
    datetime(2027, 3, 1, 0, 5, tzinfo=ZoneInfo("Pacific/Kiritimati")),
    datetime(2027, 3, 1, 23, 55, tzinfo=ZoneInfo("Etc/GMT+12")),
]


@pytest.fixture(params=[MOMENTS[0], MOMENTS[1], MOMENTS[5]], ids=str)
def moment(request: pytest.FixtureRequest) -> Iterator[datetime]:
    moment: datetime = request.param
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def couple(moment: datetime, alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    opened_together(alice, bob, deck)
    return alice, bob


def todays(moment: datetime) -> set[date]:
    """Return all dates on earth at a moment."""
    zones = [ZoneInfo(name) for name in available_timezones() if name != "localtime"]
    return {moment.astimezone(zone).date() for zone in zones}


def chosen_from(page: str) -> tuple[date, date, str]:
    """Return the first and last day that a page's field accepts, and its value."""
    found = re.search(r'<input type="date"[^>]*?>', page, re.DOTALL)
    assert found
    attributes = dict(re.findall(r'(\w+)="([^"]*)"', found[0]))
    return (
        date.fromisoformat(attributes["min"]),
        date.fromisoformat(attributes["max"]),
        attributes["value"],
    )


def post(who: Person, where: str, **sent: Any) -> int:
    seen = reading.talk(who.seat, TALK).version
    sent = {"look": seen, **sent}
    return who.client.post(f"/talks/{TALK}/{where}/", sent).status_code


def agree_on(couple: tuple[Person, Person], on: date) -> None:
    line = ProposalLine(doer=BOTH, outcome=Outcome.REVISIT, on=on)
    words = put_into_words("Messaging", [line], seats.names(couple[0].seat))
    agreements.assent(couple[1].seat, [propose(couple[0], "a1", words)])


def test_the_rules_hold_in_every_time_zone() -> None:
    for moment in MOMENTS:
        there = todays(moment)
        with time_machine.travel(moment, tick=False):
            assert dates.earliest() == min(there) + A_DAY, moment
            assert dates.suggested() == max(there) + A_DAY, moment
            assert all(dates.is_ahead(day + A_DAY) for day in there), moment  # everybody's tomorrow
            assert dates.has_come(min(there)), moment
            assert not dates.is_ahead(min(there)), moment
            assert not dates.has_come(max(there)) or len(there) == 1, moment


@pytest.mark.parametrize("typed", ["03/04/2027", "03/04/27", "Mar 4 2027", "4 March 2027"])
def test_an_ambiguous_day_is_refused(typed: str) -> None:
    with time_machine.travel(MOMENTS[4], tick=False):
        assert DayField().clean("2027-03-04") == date(2027, 3, 4)
        with pytest.raises(ValidationError, match="such as 2027-01-31"):
            DayField().clean(typed)


def test_a_talk_can_be_postponed_to_a_day_that_is_ahead_somewhere(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    alice, bob = couple
    talk(alice)
    first, last, prefilled = chosen_from(bob.client.get(f"/talks/{TALK}/").text)

    assert prefilled == (max(todays(moment)) + A_DAY).isoformat()
    assert (first, last) == (min(todays(moment)) + A_DAY, max(todays(moment)) + A_YEAR)
    for day, status in (
        (first - A_DAY, HTTPStatus.BAD_REQUEST),
        (last + A_DAY, HTTPStatus.BAD_REQUEST),
        (first, HTTPStatus.FOUND),
        (last, HTTPStatus.FOUND),
        (date.fromisoformat(prefilled), HTTPStatus.FOUND),
    ):
        assert post(bob, "turn/later", on=day.isoformat()) == status, day
    assert chosen_from(bob.client.get(f"/talks/{TALK}/stuck/").text) == (first, last, prefilled)


def test_an_agreement_can_be_reviewed_on_a_day_that_is_ahead_somewhere(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    alice, bob = couple
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    in_talk, on_page = (
        chosen_from(alice.client.get(page).text)[:2]
        for page in (f"/talks/{TALK}/", "/understandings/on/a1/words/")
    )
    first, last = in_talk

    assert in_talk == on_page == (min(todays(moment)) + A_DAY, max(todays(moment)) + A_YEAR)
    for day, fits in ((first - A_DAY, False), (last + A_DAY, False), (first, True), (last, True)):
        sent = {"alike": "yes", "outcome_both": "revisit", "on_both": day.isoformat()}
        answer = alice.client.post(
            "/understandings/on/a1/propose/",
            {
                **sent,
                "together": seats.couple_token(alice.seat),
                "seen": history.subject(alice.seat, "a1").version,
            },
        )
        assert (answer.status_code == HTTPStatus.FOUND) is fits, day
    sent = {"purpose": "propose-2-1", "alike": "yes", "outcome_both": "revisit"}
    assert post(alice, "turn/propose", **sent, on_both=str(first - A_DAY)) == HTTPStatus.BAD_REQUEST
    assert post(alice, "turn/propose", **sent, on_both=first.isoformat()) == HTTPStatus.FOUND


def test_nothing_is_due_before_its_day_has_come_everywhere(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    alice, _ = couple
    first = min(todays(moment)) + A_DAY
    due = "It is time to look at it again."
    agree_on(couple, first)
    assert due not in alice.client.get("/understandings/").text
    begun = f'value="{first.isoformat()}"'
    assert begun in alice.client.get("/understandings/on/a1/words/").text

    everywhere = datetime.combine(first, datetime.min.time(), WEST)
    with time_machine.travel(everywhere - timedelta(seconds=1), tick=False):
        alice.client.force_login(alice.user)
        assert due not in alice.client.get("/understandings/").text
        assert due not in alice.client.get("/understandings/on/a1/").text
    with time_machine.travel(everywhere, tick=False):
        alice.client.force_login(alice.user)
        assert due in alice.client.get("/understandings/").text
        assert due in alice.client.get("/understandings/on/a1/").text
        assert begun not in alice.client.get("/understandings/on/a1/words/").text


def test_the_calendar_has_the_chosen_day_at_any_hour(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    first = min(todays(moment)) + A_DAY
    agree_on(couple, first)
    for who in couple:
        calendar = icalendar.Calendar.from_ical(who.client.get("/understandings/dates.ics").content)
        event: Any
        (event,) = calendar.walk("VEVENT")
        assert (event["dtstart"].dt, event["dtend"].dt) == (first, first + A_DAY)
        assert type(event["dtstart"].dt) is date  # a date without a time zone


def test_a_postponed_talk_shows_the_chosen_day(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    alice, bob = couple
    talk(alice)
    day = min(todays(moment)) + A_DAY

    do(bob, Move.LATER, {"on": day.isoformat()})

    for who in couple:
        assert date_format(day, "l, j F") in who.client.get(f"/talks/{TALK}/").text
        assert date_format(day, "j F") in who.client.get("/talks/").text


def test_this_time_tomorrow_is_24_hours_from_now(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    talk(couple[0])
    assert post(couple[0], "pause", minutes="1440") == HTTPStatus.FOUND

    pause = reading.talk(couple[0].seat, TALK).pause
    assert pause
    assert pause.until == moment + A_DAY
    with time_machine.travel(moment + A_DAY - timedelta(minutes=1), tick=False):
        assert not pause.over
    with time_machine.travel(moment + A_DAY, tick=False):
        talks.come_back(couple[1].seat, TALK)
    assert reading.talk(couple[0].seat, TALK).pause is None


def test_a_link_works_until_the_day_on_its_page_everywhere(
    moment: datetime, couple: tuple[Person, Person], charlie: Person
) -> None:
    """At the other end of the earth it may work for some hours of the next day."""
    alice, bob = couple
    therapist_sheet.make(alice.seat, ["a1"], 3)
    issue = therapist_sheet.issue(alice.seat)
    assert issue
    for who in couple:
        therapist_sheet.release(who.seat, issue.digest)
    pairing.invite(charlie.seat)
    ended = min(todays(moment + 3 * A_DAY))
    invitation = pairing.standing(charlie.seat)  # the database set it by its own clock
    assert invitation
    lapsed = min(todays(invitation.expires_at))

    code = re.search(r'<p class="code">([^<]+)</p>', alice.client.get(SHEET).text)
    assert code
    read = bob.client.post("/read/sheet/", {"code": code[1]}).text
    assert f"can read the sheet until {date_format(ended, 'j F Y')}" in alice.client.get(SHEET).text
    assert f"Its link ends on {date_format(ended, 'j F Y')}" in read
    assert f"until {date_format(lapsed, 'j F')}." in charlie.client.get("/partner/").text
