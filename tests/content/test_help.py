"""Help lines: for everybody, by the country they choose, and never silently out of date."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from boundaries.content import help
from boundaries.content.help.checks import complaints, help_lines

DAY = date(2026, 11, 23)
LINE = """
[[country]]
id = "xx"
name = "Somewhere"
emergency = "112"
[[country.line]]
name = "Somebody"
phone = "{phone}"
about = "Day and night."
web = "{web}"
verified_on = {verified_on}
"""


def file(phone: str = "116 016", web: str = "https://x.example/", verified_on: date = DAY) -> str:
    return LINE.format(phone=phone, web=web, verified_on=verified_on)


def test_everybody_sees_every_number_and_when_it_was_verified(client: Client) -> None:
    page = client.get("/help/").text

    for country in help.countries().values():
        numbers = re.findall(r"\d{3,}", country.emergency)
        assert numbers
        for number in numbers:
            assert f'href="tel:{number}"' in page
        assert " ".join(country.emergency_pieces) in " ".join(strip_tags(page).split())
        for line in country.lines:
            assert f'href="tel:{line.dialled}"' in page
            assert line.phone in page
    assert page.count("checked on ") == sum(len(c.lines) for c in help.countries().values())


def test_the_chosen_country_comes_first_and_only_once(client: Client) -> None:
    page = client.get("/help/", {"country": "in"}).text

    names = re.findall(r"<(?:h2 id=\"chosen\"|summary)>(.*?)</", page)
    others = [country.name for country in help.countries().values() if country.id != "in"]
    assert names[: len(others) + 2] == ["India", *others, "Anywhere else"]
    assert "India" not in names[1:]


def test_an_unknown_country_is_a_404(client: Client) -> None:
    assert client.get("/help/", {"country": "atlantis"}).status_code == 404


def test_it_says_where_leaving_quickly_goes(client: Client, settings: Any) -> None:
    settings.LEAVE_TO = "https://www.weather.example/today"

    assert "signs you out, and goes to weather.example." in client.get("/help/").text


def test_the_shipped_numbers_are_valid() -> None:
    assert [message for message in help_lines() if message.is_serious()] == []


def test_a_valid_line_gives_no_complaint() -> None:
    assert list(complaints(file(verified_on=DAY - timedelta(days=365)), DAY)) == []


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (file(phone="call us"), "E013"),
        (file(web="http://x.example/"), "E014"),
        (file(verified_on=DAY + timedelta(days=1)), "E015"),
        (file(verified_on=DAY - timedelta(days=366)), "I001"),
        ("country = 1", "E012"),
        ("[[country]]\nid = 'xx'", "E012"),
        ("no toml", "E012"),
    ],
)
def test_a_complaint_names_what_is_wrong_with_a_line(text: str, id: str) -> None:
    assert [message.id for message in complaints(text, DAY)] == [f"boundaries.{id}"]
