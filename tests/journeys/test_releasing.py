"""Two people let a therapist read one sheet, and end it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from boundaries.agreements import rules as agreements
from boundaries.content.catalogue import Deck
from tests.conftest import Person, opened_together, propose
from tests.journeys.conftest import PhoneMaker, with_and_without_script
from tests.journeys.test_agreeing import read
from tests.journeys.test_talking import phones, press
from tests.journeys.test_the_main_job import see

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]

AGREED = "Whoever does it: fine for us."


@with_and_without_script
def test_two_people_release_a_sheet_and_an_outsider_reads_it(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    # Given something open to both, and one understanding
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice)])
    other = deck.behaviours[2].text
    hers, his = phones(phone, alice, bob, javascript=javascript)
    outsider = phone(javascript=javascript)

    # When Alice puts a sheet together
    hers.goto("/understandings/")
    hers.get_by_text("Print or save").click()
    hers.get_by_role("link", name="A sheet for a therapist").click()
    see(hers, "sheet-choices", "A sheet for a therapist")
    hers.get_by_label("Messaging", exact=True).check()
    press(hers, "Put it together")

    # Then nobody else can read it before both have released it
    expect(hers.get_by_text("Nobody else can read this yet.")).to_be_visible()
    press(hers, "Release exactly this")
    expect(hers.get_by_text("It needs Bob’s release as well.")).to_be_visible()
    see(hers, "sheet-half-released", "A sheet for a therapist")
    expect(hers.get_by_label("The link")).to_have_count(0)

    # When Bob releases the same words
    his.goto("/understandings/therapist/")
    expect(his.get_by_text(AGREED)).to_be_visible()
    press(his, "Release exactly this")
    link = his.get_by_label("The link").input_value()
    see(his, "sheet-out", "A sheet for a therapist")

    # Then whoever has the link reads that, and nothing else
    address, _, code = link.partition("#")
    if javascript:
        outsider.goto(link)
    else:
        outsider.goto(address)
        see(outsider, "sheet-enter", "A sheet to read")
        outsider.get_by_label("The code").fill(code.lower().replace("-", " "))
        press(outsider, "Read the sheet")
    expect(outsider.get_by_role("heading", level=1)).to_have_text(
        "For a conversation with a therapist"
    )
    see(outsider, "sheet-read", "For a conversation with a therapist")
    expect(outsider.get_by_text(AGREED)).to_be_visible()
    assert other not in outsider.content()
    assert code not in outsider.url
    with outsider.expect_download() as download:
        outsider.get_by_role("button", name="As a PDF to print").click()
    assert "fine for us" in read(Path(download.value.path()))

    # And either ends it for everybody
    hers.get_by_text("Changed your mind?").click()
    press(hers, "End it and delete the sheet")
    expect(hers.get_by_text("The sheet is deleted")).to_be_visible()
    outsider.goto(address)
    outsider.get_by_label("The code").fill(code)
    press(outsider, "Read the sheet")
    expect(outsider.get_by_text("This code doesn’t work.")).to_be_visible()
    see(outsider, "sheet-dead", "A sheet to read")
