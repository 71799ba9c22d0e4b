"""A person's time zone: asked of the browser once, kept on the account, changed by them alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo, available_timezones

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import data_export, time_zones
from accounts.models import User
from accounts.time_zones import ALWAYS, clock_of, current_name, place, places
from boundaries.agreements import history
from boundaries.content.catalogue import Deck
from tests.accounts.test_signing_in import ADA
from tests.conftest import PASSWORD, Person, opened_together, propose

EVENING = datetime(2027, 1, 10, 18, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
UNKNOWN = (
    "",
    "Etc/Unknown",
    "+05:30",
    "../../etc/passwd",
    "localtime",
    "Factory",
    "x\0",
    "😀" * 99,
)


def zone_of(who: Person) -> str:
    return User.objects.get(pk=who.user.pk).time_zone


def post(browser: Client, url: str, **data: str) -> int:
    return browser.post(reverse(url), data).status_code


@pytest.fixture
def unasked(alice: Person) -> Person:
    """Alice with an account from before the site asked for a time zone."""
    User.objects.filter(pk=alice.user.pk).update(time_zone="")
    return alice


# Names


def test_every_zone_a_browser_may_name_is_known() -> None:
    names = available_timezones() - time_zones.NO_PLACES

    assert len(names) > 590
    assert {name for name in names if not current_name(name)} == set()
    assert {current_name(name) for name in names} <= names


@pytest.mark.parametrize(
    ("earlier", "today"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Europe/Amsterdam", "Europe/Amsterdam"),  # in the list of places, so it is not renamed
        ("Etc/GMT+12", "Etc/GMT+12"),
    ],
)
def test_an_earlier_name_becomes_that_of_today(earlier: str, today: str) -> None:
    assert current_name(earlier) == today


@pytest.mark.parametrize("name", UNKNOWN)
def test_no_other_name_is_a_zone(name: str) -> None:
    assert current_name(name) == ""


def test_places_are_listed_by_region_and_the_current_one_is_among_them() -> None:
    listed = {name: place for _, zones in places() for name, place in zones}

    assert listed["Asia/Kolkata"] == place("Asia/Kolkata") == "Kolkata, India"
    assert listed["America/Argentina/Buenos_Aires"] == "Buenos Aires, Argentina"
    assert [name for name in listed if current_name(name) != name] == []
    assert "Etc/GMT+12" not in listed
    assert ("Etc/GMT+12", "Etc/GMT+12") in places("Etc/GMT+12")[-1][1]


# Asking


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Asia/Calcutta", "Asia/Kolkata"), *((name, "") for name in UNKNOWN)],
)
@pytest.mark.django_db
def test_signing_up_keeps_the_zone_of_the_browser(sent: str, kept: str) -> None:
    form = {**ADA, "password1": PASSWORD, "time_zone": sent}
    assert post(Client(), "account_signup", **form) == HTTPStatus.FOUND

    ada = User.objects.get(email=ADA["email"])
    assert (ada.time_zone, ada.time_zone_since) == (kept, ALWAYS)


def test_somebody_whose_zone_is_not_known_is_asked_once(unasked: Person) -> None:
    asks = "data-time-zone-once"
    assert asks in unasked.client.get("/home/").text

    assert post(unasked.client, "account-time-zone-browser", time_zone="Asia/Calcutta") == 204

    assert zone_of(unasked) == "Asia/Kolkata"
    assert asks not in unasked.client.get("/home/").text
    assert post(unasked.client, "account-time-zone-browser", time_zone="Asia/Tokyo") == 204
    assert zone_of(unasked) == "Asia/Kolkata"  # what is known is not asked for


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_browser_that_knows_no_zone_is_not_asked_again(unasked: Person, name: str) -> None:
    assert post(unasked.client, "account-time-zone-browser", time_zone=name) == 204
    assert zone_of(unasked) == "UTC"


def test_nobody_who_is_signed_out_is_asked(db: None) -> None:
    assert "data-time-zone-once" not in Client().get("/").text


def test_the_page_has_a_list_and_keeps_what_is_chosen(alice: Person) -> None:
    page = reverse("account-time-zone")
    assert '<optgroup label="Asia">' in alice.client.get(page).text
    assert '<option value="UTC" selected>' in alice.client.get(page).text
    assert page in alice.client.get(reverse("account")).text

    with time_machine.travel(EVENING, tick=False):
        alice.client.force_login(alice.user)
        assert post(alice.client, "account-time-zone-set", time_zone="Asia/Kolkata") == 302
        shown = alice.client.get(page).text

    assert '<option value="Asia/Kolkata" selected>' in shown
    assert "Monday, 11 January, 08:00" in shown
    assert "Kolkata, India" in alice.client.get(reverse("account")).text


def test_without_a_zone_the_list_begins_with_nothing_chosen(unasked: Person) -> None:
    shown = unasked.client.get(reverse("account-time-zone")).text

    assert '<option value="" selected>Choose a place near you</option>' in shown
    assert shown.count(" selected>") == 1


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_wrong_choice_is_an_error_next_to_the_list(alice: Person, name: str) -> None:
    answer = alice.client.post(reverse("account-time-zone-set"), {"time_zone": name})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert re.search(r"<title>\s*(Not saved|Please check): \s*Your time zone ·", answer.text)
    (error,) = re.findall(r'<p class="error" id="([^"]+)">Please choose', answer.text)
    (select,) = re.findall(r"<select[^>]+>", answer.text)
    assert f'aria-describedby="{error}"' in select
    assert 'aria-invalid="true"' in select
    assert "autofocus" in select
    assert '<option value="UTC" selected>' in answer.text
    assert zone_of(alice) == "UTC"


# Clocks


def test_a_zone_that_is_no_longer_known_closes_no_account(alice: Person) -> None:
    User.objects.filter(pk=alice.user.pk).update(time_zone="Mars/Olympus_Mons")

    assert alice.client.get("/home/").status_code == HTTPStatus.OK
    assert alice.client.get(reverse("account-time-zone")).status_code == HTTPStatus.OK
    clock = clock_of(User.objects.get(pk=alice.user.pk))
    assert (clock.zone, clock.since) == (timezone.get_default_timezone(), ALWAYS)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_a_clock_goes_by_its_zone_also_when_clocks_change(zone: str) -> None:
    since = datetime(2027, 1, 1, tzinfo=UTC)
    clock = clock_of(User(time_zone=zone, time_zone_since=since))
    for hour in range(0, 366 * 24, 5):
        moment = since + timedelta(hours=hour)
        there, here = moment.astimezone(ZoneInfo(zone)), moment.astimezone(clock)
        assert (here.isoformat(), here.tzname()) == (there.isoformat(), there.tzname())
    assert (since - timedelta(hours=1)).astimezone(clock).isoformat() == "2026-12-31T23:00:00+00:00"


def test_no_request_leaves_its_zone_to_the_next(alice: Person) -> None:
    User.objects.filter(pk=alice.user.pk).update(time_zone="Asia/Kolkata")
    alice.client.get("/home/")

    assert timezone.get_current_timezone() == timezone.get_default_timezone()


def test_choosing_zones_does_not_reveal_at_what_hour_the_partner_acted(
    alice: Person, bob: Person, deck: Deck
) -> None:
    """A day in one zone after another would enclose the hour, which no page shows."""
    opened_together(alice, bob, deck)
    acted = datetime(2027, 7, 10, 12, 0, tzinfo=UTC)
    with time_machine.travel(acted, tick=False):
        propose(bob)
    seen = set()
    with time_machine.travel(acted + timedelta(hours=1)):
        alice.client.force_login(alice.user)
        for zone in ("Pacific/Kiritimati", "Asia/Kolkata", "Etc/GMT+12"):
            assert post(alice.client, "account-time-zone-set", time_zone=zone) == 302
            seen |= set(re.findall(r"\d+ July 2027", alice.client.get("/understandings/").text))

    assert history.agreement(alice.seat).entries
    assert seen == {"10 July 2027"}


def test_choosing_the_same_zone_again_changes_no_day(alice: Person) -> None:
    post(alice.client, "account-time-zone-set", time_zone="Asia/Kolkata")
    since = User.objects.get(pk=alice.user.pk).time_zone_since
    post(alice.client, "account-time-zone-set", time_zone="Asia/Calcutta")

    assert since
    assert User.objects.get(pk=alice.user.pk).time_zone_since == since


def test_what_one_takes_along_names_no_time_for_a_zone_that_always_counted(alice: Person) -> None:
    assert data_export.export(alice.user)["time_zone_since"] is None

    time_zones.choose(alice.user, "Asia/Kolkata")

    since = alice.user.time_zone_since.isoformat()
    assert data_export.export(alice.user)["time_zone_since"] == since


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("America/Los_Angeles", "10 January 2027, 18:30 PST"),
        ("Asia/Kolkata", "11 January 2027, 08:00 IST"),
        ("", "11 January 2027, 02:30 UTC"),
    ],
)
def test_a_mail_says_when_by_the_clock_of_its_reader(
    alice: Person, zone: str, written: str
) -> None:
    """Also where its reader has only just signed in, with a browser that is new."""
    User.objects.filter(pk=alice.user.pk).update(time_zone=zone)
    address = {"email": alice.user.email, "verified": True, "primary": True}
    EmailAddress.objects.create(user=alice.user, **address)
    with time_machine.travel(EVENING, tick=False):
        Client().post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD})

    (letter,) = mail.outbox
    assert f"When: {written}." in letter.body


def test_places_are_named_in_the_language_of_the_page() -> None:
    with translation.override("hi"):
        named = dict(zone for _, zones in places() for zone in zones)

        assert named["Asia/Kolkata"] == place("Asia/Kolkata") == "कोलकाता, भारत"
        assert place("UTC") == "UTC"
        assert all(named.values())

    assert place("Asia/Kolkata") == "Kolkata, India"
