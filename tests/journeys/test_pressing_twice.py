"""On a slow line people press twice, and showing who one is changes the key of the session."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.core.cache import cache

from tests.conftest import PASSWORD, person
from tests.journeys.conftest import PhoneMaker, mailed_code, sign_in

pytestmark = [pytest.mark.chromium, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_whoever_presses_twice_to_show_that_it_is_them_is_not_signed_out(phone: PhoneMaker) -> None:
    alice = person("Alice")
    EmailAddress.objects.create(user=alice.user, email=alice.user.email, verified=True)
    page = phone()
    sign_in(page, alice)
    slow = {"offline": False, "latency": 250, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    keys = {alice.client.session.session_key}

    for pause in (0, 60, 150):  # ms between the two presses
        cache.clear()
        page.goto("/account/reauthenticate/?next=/account/")
        page.locator("input[name=password]").fill(PASSWORD)
        place = page.get_by_role("button", name="Yes, it’s me").bounding_box()
        assert place
        x, y = place["x"] + 20, place["y"] + 10
        page.mouse.click(x, y)
        page.wait_for_timeout(pause)
        page.mouse.click(x, y)
        page.wait_for_url(re.compile(r"^[^?]*/account/$"))
        keys |= {
            cookie.get("value")
            for cookie in page.context.cookies()
            if cookie.get("name") == settings.SESSION_COOKIE_NAME
        }

    assert len(keys) == 4


def test_whoever_presses_twice_to_begin_gets_one_code_that_lets_them_in(phone: PhoneMaker) -> None:
    page = phone()
    slow = {"offline": False, "latency": 250, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)

    for pause in (0, 150):  # ms between the two presses
        cache.clear()
        mail.outbox.clear()
        page.context.clear_cookies()
        page.goto("/account/signup/")
        page.locator("input[name=first_name]").fill("Nora")
        page.locator("input[name=email]").fill(f"nora{pause}@example.org")
        page.get_by_label("I am 18 or older").check()
        place = page.get_by_role("button", name="Send me the code").bounding_box()
        assert place
        x, y = place["x"] + 20, place["y"] + 10
        page.mouse.click(x, y)
        page.wait_for_timeout(pause)
        page.mouse.click(x, y)

        page.locator("input[name=code]").fill(mailed_code(f"nora{pause}@example.org"))
        page.wait_for_url("**/yes/")  # six digits send themselves
        assert len(mail.outbox) == 1
