"""Two people agree: from a talk to a page they can print, and back to talking."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Step
from tests.conftest import Person, opened_together, said_alike, talk, talked_up_to
from tests.journeys.conftest import PhoneMaker, in_chromium, with_and_without_script
from tests.journeys.test_talking import heading, phones, press
from tests.journeys.test_the_main_job import see

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]

WORDS = "Fine, if we tell each other first."
BETTER = "Fine, if we tell each other first and it’s not late."


@with_and_without_script
def test_two_people_agree_and_change_their_minds(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    # Given a talk in which each has been heard
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    hers, his = phones(phone, alice, bob, javascript=javascript)
    for page in (hers, his):
        page.goto("/talks/")
        page.get_by_role("link", name="Messaging the same person").first.click()

    # When Bob proposes, and Alice says yes to exactly these words
    group = his.get_by_role("group", name="Whoever does it")
    group.get_by_label("Fine, if …").check()
    group.get_by_label("we tell each other first").check()
    press(his, "Propose this to Alice")
    heading(hers, "What would work for you two?")
    if not javascript:
        hers.reload()
    expect(hers.get_by_text(WORDS).first).to_be_visible(timeout=12_000)
    press(hers, "Yes, keep this")
    for page in (hers, his):
        heading(page, "You’ve both said yes")
        expect(page.get_by_text("can read these words now")).not_to_be_visible()
        press(page, "Finish the talk")

    # Then it is on their page
    for page in (hers, his):
        page.goto("/home/")
        page.get_by_role("link", name="See our understandings").click()
        expect(page.get_by_text(WORDS)).to_be_visible()
    see(hers, "agreement", "Our understandings")

    # When Alice would like it otherwise, and Bob says yes again
    hers.locator("#a1 .entry > summary").click()
    hers.get_by_role("link", name="Propose other words").click()
    see(hers, "agreement-words", "Messaging the same person nearly every day")
    group = hers.get_by_role("group", name="Whoever does it")
    group.get_by_label("it’s not late").check()
    hers.get_by_text("Add what you two did well").click()
    hers.get_by_label("What you two did well").fill("We told each other in July.")
    press(hers, "Propose this to Bob")
    expect(hers.get_by_role("heading", name="You propose")).to_be_visible()
    his.goto("/home/")
    expect(his.get_by_role("heading", level=1)).to_have_text("Alice has proposed some words.")
    his.get_by_role("link", name="Read what Alice proposes").click()
    expect(his.get_by_text(BETTER)).to_be_visible()
    see(his, "agreement-proposed", "Our understandings")
    press(his, "Yes, keep this")

    # Then he is back on their page, and both can see what changed, and since when
    expect(his.get_by_text("You’ve both said yes. It’s on your page.")).to_be_visible()
    see(his, "agreement-kept", "Our understandings")
    his.locator("#a1 .entry > summary").click()
    his.get_by_role("link", name="More about it").click()
    expect(his.locator("ins").first).to_contain_text("and it’s not late.")
    see(his, "agreement-history", "Messaging the same person nearly every day")

    # And either takes it along
    hers.goto("/understandings/")
    with hers.expect_download() as download:
        hers.get_by_text("Print or save").click()
        hers.get_by_role("link", name="A PDF to print (A4)").click()
    text = read(Path(download.value.path()))
    for words in ("Alice and Bob", "and it’s not late.", "July"):
        assert words in text
    if javascript and in_chromium(hers):
        hers.emulate_media(media="print")
        expect(hers.get_by_role("link", name="Leave quickly")).to_be_hidden()
        expect(hers.get_by_text(BETTER)).to_be_visible()
        hers.emulate_media(media="screen")

    # When it does not fit any more, one of them is enough
    his.get_by_text("Open it again").click()
    press(his, "Take back my yes")
    for page in (hers, his):
        page.goto("/understandings/")
        expect(page.get_by_text("Open again.")).to_be_visible()
        assert "Bob took" not in page.content()
    hers.locator("#a1 .entry > summary").click()
    hers.get_by_role("link", name="More about it").click()
    see(hers, "agreement-open", "Messaging the same person nearly every day")
    hers.get_by_role("link", name="Talk about it").click()
    heading(hers, "Talk about this")


def test_common_ground_is_kept_in_one_act(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    # Given a comparison with common ground
    said_alike(alice, bob, deck, 3)
    first, second, third = (behaviour.text for behaviour in deck.behaviours[:3])
    hers, his = phones(phone, alice, bob)

    # When Alice keeps it, but for one thing
    hers.goto("/decks/essentials/comparison/")
    hers.get_by_role("link", name="Keep these as they are").click()
    see(hers, "keep", "Keep these as they are?")
    hers.get_by_label(second).uncheck()
    press(hers, "Propose these to Bob")
    notice = "Sent two things to Bob. Each counts once Bob says yes too."
    expect(hers.get_by_text(notice)).to_be_visible()

    # Then Bob reads them all, and says yes to those he likes
    his.goto("/understandings/")
    expect(his.get_by_text(second)).to_have_count(0)
    see(his, "kept", "Our understandings")
    box = his.get_by_role("button", name="Yes, keep all two").bounding_box()
    screen = his.viewport_size
    assert box
    assert screen
    assert box["y"] + box["height"] <= screen["height"]  # within the thumb's reach
    his.get_by_label(first).uncheck()
    expect(his.get_by_role("button", name="Yes, keep the ticked ones")).to_be_visible()
    his.get_by_label(third).uncheck()
    expect(his.get_by_role("button", name="Leave them for now")).to_be_visible()
    his.get_by_label(first).check()
    press(his, "Yes, keep the ticked ones")
    expect(his.get_by_text("Left for now. Alice isn’t told.")).to_be_visible()
    his.goto("/understandings/?show=agreed")
    expect(his.get_by_text(first)).to_be_visible()
    expect(his.get_by_text(third)).to_have_count(0)


def test_words_are_given_back_where_the_other_was_quicker(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    hers, his = phones(phone, alice, bob)
    for page in (hers, his):
        page.goto("/understandings/on/a1/words/")
        fill(page, f"Words of {'Alice' if page == hers else 'Bob'}.")
    press(hers, "Propose this to Bob")
    expect(hers.get_by_role("heading", name="You propose")).to_be_visible()

    press(his, "Propose this to Alice")

    expect(his.get_by_text("Yours are kept below")).to_be_visible()
    expect(his.get_by_text("Words of Alice.")).to_be_visible()
    expect(his.get_by_label("In your words").first).to_have_value("Words of Bob.")
    his.get_by_role("switch").focus()  # or the bar at the foot may cover half of it
    see(his, "agreement-quicker", "Messaging the same person nearly every day")
    press(his, "Propose this to Alice")
    expect(his.get_by_role("heading", name="You propose")).to_be_visible()


def fill(page: Page, words: str) -> None:
    group = page.get_by_role("group", name="Whoever does it")
    group.get_by_label("We see it differently").check()
    group.get_by_label("In your words").fill(words)


def read(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_on_a_phone_no_bar_hides_what_a_choice_unfolds(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    _, page = phones(phone, alice, bob, javascript=True)
    page.goto("/talks/")
    page.get_by_role("link", name="Messaging the same person").first.click()
    group = page.get_by_role("group", name="Whoever does it")
    bar = page.locator(".foot-bar")

    group.get_by_label("Fine, if …").check()
    press(page, "Propose this to Alice")
    error = page.get_by_text("Please say on which conditions.")
    expect(error).to_be_visible()
    group.get_by_label("In your words").fill("phones go away at ten")

    expect(error).to_be_hidden()
    expect(page.get_by_text("It will read:")).to_be_visible()
    switch = page.get_by_role("switch", name="Different for each of us")
    tops = [part.bounding_box() for part in (page.locator("#read-out"), switch, bar)]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    assert bar.evaluate("each => getComputedStyle(each).position") == "static"
