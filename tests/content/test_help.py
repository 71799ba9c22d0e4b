"""Where to turn: for everybody, by the country they choose, and never out of date unnoticed."""

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


def test_the_country_one_chooses_stands_first_and_only_once(client: Client) -> None:
    page = client.get("/help/", {"country": "in"}).text

    names = re.findall(r"<(?:h2 id=\"chosen\"|summary)>(.*?)</", page)
    others = [country.name for country in help.countries().values() if country.id != "in"]
    assert names == ["India", *others, "Anywhere else"]


def test_a_country_we_do_not_have_is_no_page(client: Client) -> None:
    assert client.get("/help/", {"country": "atlantis"}).status_code == 404


def test_it_says_where_leaving_quickly_goes(client: Client, settings: Any) -> None:
    settings.LEAVE_TO = "https://www.weather.example/today"

    assert "signs you out, and goes to weather.example." in client.get("/help/").text


def test_the_numbers_as_shipped_are_in_order() -> None:
    assert [each for each in help_lines() if each.is_serious()] == []


def test_a_line_in_order_has_nothing_to_complain_of() -> None:
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
def test_what_is_wrong_with_a_line_is_named(text: str, id: str) -> None:
    assert [each.id for each in complaints(text, DAY)] == [f"boundaries.{id}"]
