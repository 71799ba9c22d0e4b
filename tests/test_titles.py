"""A title says what the heading says (WCAG 2.4.2), except where it would tell too much.

A title stays in the history of a browser that two people may share, and shows on every tab.
"""

from __future__ import annotations

import html
import re

import pytest

from tests.journeys.everywhere import STATES, looks, somebody
from tests.support.depth import one_day_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# What is on the page stays out of its title, and why.
DISCREET = {
    "A sheet to share": "that a therapist is to read something",
    "Account": "that somebody thinks of leaving, or of taking their data along",
    "Check-in": "on which day the two wrote to each other",
    "Help, if you need it": "that somebody looks for a counsellor, or sleeps badly",
    "Home": "what waits for this person",
    "Invitation": "who was invited, who joined, and the partner’s name",
    "Join": "that this browser's owner was invited",
    "List": "that the deck is about intimate things",
    "One understanding": "which behaviour it is about",
    "Picture": "that somebody wonders how close they are",
    "Putting things right": "what happened between the two",
    "Questions": "that somebody asks themselves whether they are safe",
    "The whole list": "which deck somebody answers",
    "What others see": "the partner’s name",
    "Words to propose": "which behaviour it is about",
    "Your turn": "who hands the phone to whom",
}


@one_day_in(4, 1)
def test_a_title_is_the_heading_unless_it_must_be_discreet() -> None:
    wrong, discreet, seen = [], set(), 0
    for state in STATES:
        who = somebody(state)
        for path, page in looks(state, who):
            title, heading = title_of(page), text_of("h1", page)
            seen += 1
            if alike(title, heading):
                continue
            discreet.add(title)
            if title not in DISCREET:
                wrong.append(f"{state} {path}: {title!r} over {heading!r}")

    assert "\n".join(wrong) == ""
    assert discreet == set(DISCREET)
    assert seen > 100


@pytest.mark.parametrize(
    ("title", "heading", "fits"),
    [
        ("Card 1 of 24", "Card 1 of 24: Messaging", True),
        ("Your turn · End on something good", "End on something good", True),
        ("Waiting", "Waiting for Tom", True),
        ("Invitation", "Invite your partner", False),
        ("", "Something went wrong here", False),
    ],
)
def test_a_title_may_say_more_or_less_in_the_same_words(
    title: str, heading: str, fits: bool
) -> None:
    assert alike(title, heading) is fits


def alike(title: str, heading: str) -> bool:
    """Whether one says what the other does, with something before or after it at the most."""
    short, long = sorted((title.casefold(), heading.casefold().rstrip(".")), key=len)
    return bool(short) and short in long


def title_of(page: str) -> str:
    return text_of("title", page).removesuffix("Common Ground").rstrip(" ·")


def text_of(tag: str, page: str) -> str:
    found = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", page, re.DOTALL)
    assert found, tag
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split())
