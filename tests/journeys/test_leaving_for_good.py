"""Parting in the middle of a talk, taking one's data along, and deleting the account."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any
from unittest import mock
from zipfile import ZipFile

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import expect

from accounts.models import User
from boundaries.agreements import rules as agreements
from boundaries.content.catalogue import Deck
from boundaries.downloads import typesetting
from boundaries.leaving import data_export, export_pages
from boundaries.leaving.models import Export, Part
from boundaries.vocabulary import Step
from tests.conftest import PASSWORD, Person, opened_together, propose, talk, talked_up_to
from tests.journeys.conftest import PhoneMaker, is_accessible, sign_in, with_and_without_script
from tests.journeys.test_talking import phones, press
from tests.journeys.test_the_main_job import see
from tests.support.routes import TALK

pytestmark = pytest.mark.django_db(transaction=True)

BY_THE_WORKER = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
WORDS = "You feel alone when I come home late."


@with_and_without_script
def test_one_parts_while_the_other_is_in_the_middle_of_a_talk(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    # Given a talk in which Bob is writing what he heard
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice, "a2")])
    talk(alice)
    talked_up_to(Step.REFLECT, alice, bob)
    hers, his = phones(phone, alice, bob, javascript=javascript)
    his.goto(f"/talks/{TALK}/")
    his.get_by_label("What I hear is").fill(WORDS)

    # When Alice finds the way out, reads what happens, and parts
    hers.goto("/home/")
    hers.get_by_role("link", name="Account", exact=True).click()
    hers.get_by_role("link", name="Part ways, download or delete").click()
    hers.get_by_role("link", name="Part ways with Bob").click()
    expect(hers.get_by_text("Bob gets no mail.")).to_be_visible()
    see(hers, "leaving-part", "Part ways with Bob?")
    press(hers, "Part ways now")

    # Then she is alone again, with a copy of what held
    expect(hers.get_by_text("You’re no longer connected.").first).to_be_visible()
    expect(hers.get_by_text("Whoever does it: fine for us.")).to_be_visible()

    # And Bob's words are still before him, and are given back when he presses
    if javascript:
        expect(his.locator("#gone")).to_be_visible(timeout=12_000)
        expect(his.get_by_label("What I hear is")).to_have_value(WORDS)
        see(his, "leaving-gone", "Say back what you heard")
    press(his, "Hand it to Alice")
    expect(his.get_by_role("heading", name="This page doesn’t exist")).to_be_visible()
    expect(his.get_by_text(WORDS)).to_be_visible()
    see(his, "leaving-given-back", "This page doesn’t exist")

    # And he reads calmly what is so, and finds his own copy
    his.get_by_role("link", name="Back to my page").click()
    expect(his.get_by_role("heading", name="You’re no longer connected")).to_be_visible()
    his.get_by_role("link", name="See the copy").click()
    expect(his.get_by_text("Whoever does it: fine for us.")).to_be_visible()
    assert "Alice" not in his.locator("main").inner_text()


def test_somebody_takes_their_data_along_once(phone: PhoneMaker, alice: Person) -> None:
    # Given Alice, who has shown that it is her
    page = phone()
    sign_in(page, alice)
    page.goto("/leaving/")
    page.get_by_role("link", name="Get a copy of my data").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Yes, it’s me")

    # When she has a copy made, sees it in two tabs, and fetches it in one
    press(page, "Make my copy")
    expect(page.get_by_role("heading", name="Your copy is ready")).to_be_visible()
    is_accessible(page, "Get a copy of your data")
    other_tab = page.context.new_page()
    other_tab.goto("/leaving/export/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Fetch it now").click()

    # Then it is there, that tab says so, and in the other there is no second one to find
    with ZipFile(BytesIO(download.value.path().read_bytes())) as file:
        assert sorted(file.namelist()) == ["my-data.json", "page-1.pdf"]
    expect(page.get_by_text("You’ve fetched your copy.")).to_be_visible()
    press(other_tab, "Fetch it now")
    expect(other_tab.get_by_role("alert")).to_contain_text("Each can be fetched once")
    press(other_tab, "Make another one")
    expect(other_tab.get_by_role("heading", name="Your copy is ready")).to_be_visible()


@with_and_without_script
def test_somebody_deletes_their_account_while_a_copy_is_being_made(
    phone: PhoneMaker, alice: Person, bob: Person, settings: Any, javascript: bool
) -> None:
    # Given a copy that a worker is making, and Alice signed in on two phones
    settings.TASKS = BY_THE_WORKER
    page, tablet = (phone(javascript=javascript) for _ in range(2))
    for device in (page, tablet):
        sign_in(device, alice)
    tablet.goto("/home/")
    begun, go_on = threading.Event(), threading.Event()

    def set_slowly(*_: Any) -> bytes:
        begun.set()
        go_on.wait(timeout=60)
        return b"%PDF"

    def work() -> None:
        data_export.make.call(*DBTaskResult.objects.get().args_kwargs["args"])
        connection.close()

    page.goto("/leaving/export/")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Yes, it’s me")
    with (
        mock.patch.object(export_pages, "MAX_LENGTH", 10),
        mock.patch.object(typesetting, "typeset", set_slowly),
    ):
        press(page, "Make my copy")
        expect(page.get_by_role("heading", name="Your copy is being made")).to_be_visible()
        see(page, "leaving-being-made", "Get a copy of your data")
        worker = threading.Thread(target=work)
        worker.start()
        assert begun.wait(timeout=20)

        # When she deletes her account
        page.goto("/leaving/delete/")
        expect(page.get_by_text("What you share with Bob is deleted, too.")).to_be_visible()
        page.get_by_role("link", name="Continue to delete it").click()
        see(page, "leaving-for-sure", "Delete your account now?")
        press(page, "Delete everything of mine")
        expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
        see(page, "leaving-deleted", "Your account is deleted")
        go_on.set()
        worker.join(timeout=20)

    # Then nothing of it comes back, and she is signed out everywhere
    assert not worker.is_alive()
    assert not User.objects.filter(pk=alice.user.pk).exists()
    assert not Export.unscoped.exists()
    assert not Part.objects.exists()
    tablet.reload()
    expect(tablet.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()

    # And Bob sees the same as if she had only ended their connection
    his = phone(javascript=javascript)
    sign_in(his, bob)
    his.goto("/home/")
    expect(his.get_by_role("heading", name="You’re no longer connected")).to_be_visible()
