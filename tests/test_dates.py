"""Days are counted by the clock of whoever looks; what both see depends on nobody's clock."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from accounts.time_zones import ALWAYS, NO_PLACES
from boundaries import dates
from boundaries.agreements import copies, downloads, history
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.content.catalogue import Deck
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
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
DUE = "Time to look at it again."
A_DAY, A_YEAR = timedelta(days=1), timedelta(days=366)
LOS_ANGELES, CHANDIGARH = "America/Los_Angeles", "Asia/Kolkata"
KIRITIMATI, BAKER_ISLAND = "Pacific/Kiritimati", "Etc/GMT+12"

# Where Alice is, and a moment there at which it is another day in UTC, or elsewhere on earth.
MOMENTS = [
    datetime(2027, 1, 10, 18, 30, tzinfo=ZoneInfo(LOS_ANGELES)),  # the 11th in UTC
    datetime(2027, 7, 11, 3, 0, tzinfo=ZoneInfo(CHANDIGARH)),  # the 10th in UTC
    datetime(2027, 7, 11, 5, 29, tzinfo=ZoneInfo(CHANDIGARH)),
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 1, 30, tzinfo=ZoneInfo(KIRITIMATI)),  # there are three dates
    datetime(2028, 2, 28, 23, 30, tzinfo=ZoneInfo(BAKER_ISLAND)),
    datetime(2027, 3, 13, 23, 30, tzinfo=ZoneInfo(LOS_ANGELES)),  # before an hour is left out
    datetime(2027, 11, 7, 1, 30, tzinfo=ZoneInfo(LOS_ANGELES), fold=1),  # an hour that comes twice
]


@pytest.fixture(params=[MOMENTS[0], MOMENTS[1], MOMENTS[5], MOMENTS[6]], ids=str)
def moment(request: pytest.FixtureRequest) -> Iterator[datetime]:
    moment: datetime = request.param
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def couple(moment: datetime, alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    """Alice is where the moment is, and Bob where it may be another day."""
    live_in(alice, str(moment.tzinfo))
    live_in(bob, BAKER_ISLAND if str(moment.tzinfo) == KIRITIMATI else KIRITIMATI)
    opened_together(alice, bob, deck)
    return alice, bob


def live_in(who: Person, zone: str) -> None:
    User.objects.filter(pk=who.user.pk).update(time_zone=zone, time_zone_since=ALWAYS)


def today_of(who: Person, moment: datetime) -> date:
    zone = User.objects.get(pk=who.user.pk).time_zone
    return moment.astimezone(ZoneInfo(zone)).date()


def todays(moment: datetime) -> set[date]:
    """Return all dates on earth at a moment."""
    zones = [ZoneInfo(name) for name in available_timezones() - NO_PLACES]
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


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_tomorrow_is_the_day_after_today_where_somebody_is(moment: datetime) -> None:
    zones = available_timezones() - NO_PLACES
    with time_machine.travel(moment, tick=False):
        for zone in map(ZoneInfo, zones):
            today = moment.astimezone(zone).date()
            with timezone.override(zone):
                assert (dates.tomorrow(), dates.latest()) == (today + A_DAY, today + A_YEAR), zone
                assert dates.has_come(today), zone
                assert dates.is_ahead(today + A_DAY), zone
                # Whatever a form offers is accepted.
                assert dates.can_be_shared(dates.tomorrow()), zone
                assert dates.can_be_shared(dates.latest()), zone


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_what_both_see_is_accepted_by_a_rule_that_knows_no_clock(moment: datetime) -> None:
    there = todays(moment)
    days = [min(there) + n * A_DAY for n in range(-2, 370)]
    accepted = [day for day in days if min(there) < day <= max(there) + A_YEAR]
    with time_machine.travel(moment, tick=False):
        for zone in (None, *map(ZoneInfo, (LOS_ANGELES, CHANDIGARH, KIRITIMATI, BAKER_ISLAND))):
            with timezone.override(zone):
                assert [day for day in days if dates.can_be_shared(day)] == accepted, zone


@pytest.mark.parametrize("typed", ["03/04/2027", "03/04/27", "Mar 4 2027", "4 March 2027"])
def test_an_ambiguous_day_is_refused(typed: str) -> None:
    with time_machine.travel(MOMENTS[4], tick=False):
        assert DayField().clean("2027-03-04") == date(2027, 3, 4)
        with pytest.raises(ValidationError, match="such as 2027-01-31"):
            DayField().clean(typed)


def test_a_talk_can_be_postponed_to_ones_own_tomorrow(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    alice, bob = couple
    talk(alice)
    today = today_of(bob, moment)

    for page in (f"/talks/{TALK}/", f"/talks/{TALK}/stuck/"):
        first, last, prefilled = chosen_from(bob.client.get(page).text)
        assert (first, last) == (today + A_DAY, today + A_YEAR)
        assert prefilled == first.isoformat()
    for day, status in (
        (min(todays(moment)), HTTPStatus.BAD_REQUEST),
        (max(todays(moment)) + A_YEAR + A_DAY, HTTPStatus.BAD_REQUEST),
        (first, HTTPStatus.FOUND),
        (last, HTTPStatus.FOUND),
    ):
        assert post(bob, "turn/later", on=day.isoformat()) == status, day


@pytest.mark.turns(2)
def test_an_agreement_can_be_reviewed_from_ones_own_tomorrow_on(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    alice, bob = couple
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    first, last = today_of(alice, moment) + A_DAY, today_of(alice, moment) + A_YEAR

    for page in (f"/talks/{TALK}/", "/understandings/on/a1/words/"):
        assert chosen_from(alice.client.get(page).text)[:2] == (first, last)
    for day, fits in ((min(todays(moment)), False), (first, True), (last, True)):
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
    past = min(todays(moment)).isoformat()
    assert post(alice, "turn/propose", **sent, on_both=past) == HTTPStatus.BAD_REQUEST
    assert post(alice, "turn/propose", **sent, on_both=first.isoformat()) == HTTPStatus.FOUND


@pytest.mark.turns(2)
def test_an_agreement_is_due_for_each_when_its_day_begins_where_they_are(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    day = max(todays(moment)) + 2 * A_DAY
    agree_on(couple, day)
    prefilled = f'value="{day.isoformat()}"'
    for who in couple:
        zone = ZoneInfo(User.objects.get(pk=who.user.pk).time_zone)
        begins = datetime.combine(day, datetime.min.time(), zone)
        for at, is_due in ((begins - timedelta(seconds=1), False), (begins, True)):
            with time_machine.travel(at, tick=False):
                who.client.force_login(who.user)
                assert (DUE in who.client.get("/understandings/").text) is is_due
                assert (DUE in who.client.get("/understandings/on/a1/").text) is is_due
                form = who.client.get("/understandings/on/a1/words/").text
                assert (prefilled in form) is not is_due


@pytest.mark.turns(2)
def test_pages_pdf_and_data_have_the_day_of_whoever_looks(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    agree_on(couple, max(todays(moment)) + A_DAY)
    for who in couple:
        today = today_of(who, moment)
        written = date_format(today, "j F Y")
        page = who.client.get("/understandings/").text
        assert f"Since {written}." in page
        data = who.client.get("/understandings/page.json").json()
        (version,) = data["understandings"][0]["versions"]
        assert (version["proposed_on"], version["agreed_on"]) == (today.isoformat(),) * 2
        with timezone.override(ZoneInfo(User.objects.get(pk=who.user.pk).time_zone)):
            paper = downloads.page_of(history.agreement(who.seat))
        assert paper.foot.endswith(written)


@pytest.mark.turns(2)
def test_what_one_takes_along_has_ones_own_days(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    """Made by a worker, which has no clock of anybody."""
    agree_on(couple, max(todays(moment)) + A_DAY)
    for who in couple:
        data_export.ask(who.seat)
        with ZipFile(BytesIO(data_export.take(who.seat))) as file:
            data = json.loads(file.read("my-data.json"))
        (agreed,) = data["understandings"]["agreed"]
        assert agreed["agreed_on"] == today_of(who, moment).isoformat()
        user = User.objects.get(pk=who.user.pk)
        assert data["account"]["time_zone"] == user.time_zone


@pytest.mark.turns(2)
def test_each_copy_of_a_parting_has_the_days_of_its_owner(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    """Whoever leaves writes both copies, and by the clock of neither more than of the other."""
    agree_on(couple, max(todays(moment)) + A_DAY)
    leaving.part(couple[0].seat)
    for who in couple:
        (copy,) = copies.all_of(who.seat)
        today = today_of(who, moment)
        assert (copy.on, copy.understandings[0].since) == (today, today)


def test_the_calendar_has_the_chosen_day_at_any_hour(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    first = today_of(couple[0], moment) + A_DAY
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
    day = today_of(bob, moment) + A_DAY

    do(bob, Move.LATER, {"on": day.isoformat()})

    for who in couple:
        is_ahead = day > today_of(who, moment)
        assert (date_format(day, "l, j F") in who.client.get(f"/talks/{TALK}/").text) is is_ahead
        assert (f"until {date_format(day, 'j F')}" in who.client.get("/talks/").text) is is_ahead


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


@pytest.mark.turns(2)
def test_a_sheet_is_dated_alike_for_both_and_never_ends_sooner_than_it_says(
    moment: datetime, couple: tuple[Person, Person]
) -> None:
    """Its reader is a third person, and its words are stored for all three."""
    alice, bob = couple
    agree_on(couple, max(todays(moment)) + A_DAY)
    therapist_sheet.make(alice.seat, ["a1"], 3)
    issue = therapist_sheet.issue(alice.seat)
    assert issue
    for who in couple:
        therapist_sheet.release(who.seat, issue.digest)
    ends = date_format(min(todays(moment + 3 * A_DAY)), "j F Y")

    utc = moment.astimezone(UTC).date()
    assert (issue.sheet.made_on, issue.sheet.entries[0].since) == (utc, utc)
    code = re.search(r'<p class="code">([^<]+)</p>', alice.client.get(SHEET).text)
    assert code
    read = bob.client.post("/read/sheet/", {"code": code[1]}).text
    assert f"can read the sheet until {ends}" in alice.client.get(SHEET).text
    assert f"Its link ends on {ends}" in read


def test_an_invitation_shows_the_day_on_which_it_ends_where_its_writer_is(
    moment: datetime, charlie: Person
) -> None:
    live_in(charlie, str(moment.tzinfo))
    pairing.invite(charlie.seat)
    invitation = pairing.standing(charlie.seat)  # the database set it by its own clock
    assert invitation
    ends = invitation.expires_at.astimezone(moment.tzinfo)
    assert f"until {date_format(ends, 'j F')}." in charlie.client.get("/partner/").text
