"""Every page can be reached from the home page by links."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.replies import Replies
from boundaries.vocabulary import Closeness
from tests.conftest import person
from tests.journeys.everywhere import AGREEING, NOBODY, OPEN, PARTED, REPAIRING, TALKING, somebody
from tests.pairing.test_rules import invite
from tests.support import routes
from tests.support.depth import one_day_in
from tests.support.lives import sure_of
from tests.support.policy import POLICY

ALLAUTHS = ("account_", "mfa_")  # steps of signing in and up, one after another
NO_LINK = {
    *("healthz", "livez", "readyz", "security-txt", "robots-txt", "sitemap"),  # for machines
    "talks-state",  # a waiting page polls it
    "answers-sealed",  # a sealed page polls it
    "pairing-state",  # a page of somebody who waits for a partner polls it
    "therapist-sheet-enter",  # the couple passes its link on
    "therapist-sheet-enter-from-link",
    "joining-from-link",
    "therapist-sheet-pdf-a4",  # on the sheet once both have released it
    "therapist-sheet-pdf-letter",
    "reminders-off",  # in a mail
}
PAGES = (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)
HREF = re.compile(r'href="([^"]+)"')


def followed(browser: Client, start: str) -> set[str]:
    """The names of all pages that are reached by following links."""
    names: set[str] = set()
    seen: set[object] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        try:
            match = resolve(urlsplit(path).path)
        except Resolver404:
            continue
        names.add(str(match.url_name))
        page = urlsplit(path).path, "?" in path
        if page in seen or match.url_name == routes.LEAVE:
            continue
        seen.add(page)
        answer = browser.get(path)
        if answer.status_code == HTTPStatus.FOUND:
            waiting.append(urljoin(path, answer["Location"]))
        elif answer.status_code in PAGES and "html" in answer["Content-Type"]:
            waiting += [
                urljoin(path, href.replace("&amp;", "&")) for href in HREF.findall(answer.text)
            ]
    return names


def invited() -> Client:
    """The browser of somebody who has entered the code of an invitation."""
    guest = person("Gil")
    guest.client.post(reverse("joining-enter"), {"code": invite(person("Ina"))})
    return guest.client


@one_day_in(4, 0)
@pytest.mark.once
@pytest.mark.django_db
def test_there_is_a_way_to_every_page() -> None:
    found: set[str] = set()
    for state in (NOBODY, "new", "asked", "waiting", OPEN, TALKING, AGREEING, REPAIRING, PARTED):
        who = somebody(state)
        if who:
            sure_of(who)  # or the journal stays closed
        if who and state == TALKING:
            half = Replies(well="We both kept Sunday free.", closeness=Closeness.CLOSE)
            check_ins.seal(who.seat, half, seen=check_ins.own_half(who.seat).seen)
        found |= followed(who.client if who else Client(), "/home/" if who else "/")
    found |= followed(invited(), "/home/")
    there = {name for name, row in POLICY.items() if "GET" in row and not name.startswith(ALLAUTHS)}

    assert there - found == NO_LINK
