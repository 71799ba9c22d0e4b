"""Two people talk: apart on two phones, on one screen, and without a script."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, Request, Route, expect

from boundaries.content.catalogue import Deck
from boundaries.talks import rules as talks
from boundaries.talks.models import Conversation
from boundaries.vocabulary import Move, Step
from tests.conftest import Person, do, opened_together, talk, talked_up_to
from tests.journeys.conftest import (
    PhoneMaker,
    has_focus,
    sign_in,
    unfold,
    with_and_without_script,
    without_script,
)
from tests.journeys.test_the_main_job import see

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]

SENTENCE = "When my phone rings late, I feel torn, and I would like us to talk about it."


def phones(phone: PhoneMaker, *people: Person, javascript: bool = True) -> list[Page]:
    pages = []
    for who in people:
        page = phone(javascript=javascript)
        sign_in(page, who)
        pages.append(page)
    return pages


LOOKED_AT = "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))"


def bob_has_it_open(
    step: Step, phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> tuple[UUID, Page]:
    """A talk at this step, and Bob's screen with it."""
    opened_together(alice, bob, deck)
    id = talk(alice)
    talked_up_to(step, alice, bob)
    (his,) = phones(phone, bob)
    his.goto(f"/talks/{id}/")
    his.wait_for_load_state("networkidle")
    return id, his


def heading(page: Page, text: str) -> None:
    """What the page is at now. A page with a script comes there by itself, sooner if looked at."""
    page.wait_for_load_state()
    if page in without_script:
        page.reload()
    elif page.get_by_role("heading", level=1).inner_text() != text:
        with suppress(Error):  # it may be on its way already
            page.evaluate(LOOKED_AT)
    expect(page.get_by_role("heading", level=1)).to_have_text(text, timeout=12_000)


def press(page: Page, name: str) -> None:
    """Press a button, and be where it leads: to go elsewhere at once would stop what it sends."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


@with_and_without_script
def test_two_people_talk_apart(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    # Given a comparison that both have opened
    opened_together(alice, bob, deck)
    hers, his = phones(phone, alice, bob, javascript=javascript)

    # When Alice offers a talk from it
    hers.goto("/decks/essentials/comparison/")
    unfold(hers, deck.behaviours[0].text)
    hers.get_by_role("link", name="Talk about it").first.click()
    see(hers, "talk-about", "Talk about this")
    hers.get_by_text("Apart, in turns", exact=True).click()
    hers.get_by_text("I do", exact=True).click()
    press(hers, "Start the talk")
    heading(hers, "Waiting for Bob")
    see(hers, "talk-waiting", "Waiting for Bob")

    # Then Bob finds it on his home page, and they settle in
    his.goto("/home/")
    his.get_by_role("link", name="Go to the talk").click()
    see(his, "talk-set-up", "Is now a good time?")
    press(his, "Yes, now is good")
    heading(hers, "Ground rules")
    see(hers, "talk-rules", "Ground rules")
    press(hers, "I’m in")
    press(his, "I’m in")
    heading(hers, "Something kind first")
    for page, words in ((hers, "You cooked."), (his, "You called my mother.")):
        page.get_by_label("One thing you appreciate").fill(words)
        press(page, "Hand it to")

    # And each reads first what the other has written
    heading(hers, "What happens, how you feel")
    expect(hers.locator(".just-said")).to_contain_text("You called my mother.")
    heading(his, "Waiting for Alice")
    expect(his.locator(".just-said")).to_contain_text("You cooked.")
    if javascript:  # the page moved on by itself: that is read out, and nothing is drawn around it
        has_focus(hers.locator(".just-said"))
        expect(hers.locator(".just-said")).to_have_css("outline-style", "none")
    see(his, "talk-kind", "Waiting for Alice")

    # And Alice says how it is for her
    hers.get_by_label("When …").fill("your phone lights up at dinner")
    hers.get_by_text("Hurt", exact=True).click()
    hers.get_by_text("lonely", exact=True).click()
    see(hers, "talk-speak", "What happens, how you feel")
    press(hers, "Next")
    heading(hers, "Why it matters to you")
    hers.get_by_text("honesty", exact=True).click()
    see(hers, "talk-matters", "Why it matters to you")
    press(hers, "Next")
    heading(hers, "What you would like")
    hers.get_by_label("I’d like us to …").fill("say who it is")
    see(hers, "talk-like", "What you would like")
    press(hers, "Put it together")
    heading(hers, "In your words")
    expect(hers.get_by_label("What I want to say")).to_have_value(
        "When your phone lights up at dinner, I feel lonely, because what matters to me is "
        "honesty. I’d like us to say who it is."
    )
    see(hers, "talk-sentence", "In your words")
    press(hers, "Hand it to Bob")

    # And Bob says back what he heard, until it has arrived
    heading(his, "Say back what you heard")
    expect(his.get_by_text("I feel lonely, because").first).to_be_visible()
    see(his, "talk-reflect", "Say back what you heard")
    his.get_by_label("What I hear is").fill("You feel lonely.")
    press(his, "Hand it to Alice")
    heading(hers, "Is that what you meant?")
    if javascript:
        has_focus(hers.get_by_role("heading", level=1))
        expect(hers.get_by_role("heading", level=1)).to_have_css("outline-style", "none")
    see(hers, "talk-confirm", "Is that what you meant?")
    hers.get_by_label("What is still missing").fill("That honesty matters to me.")
    press(hers, "Not yet")
    heading(his, "Say back what you heard")
    expect(his.get_by_text("That honesty matters to me.").first).to_be_visible()
    his.get_by_label("What I hear is").fill("You feel lonely, and honesty matters.")

    # And in between they take a pause, and nobody is told whose
    hers.locator(".ways").get_by_text("Pause", exact=True).first.click()
    hers.get_by_text("In 20 minutes", exact=True).click()
    with hers.expect_navigation():
        hers.locator(".ways").get_by_role("button", name="Pause").click()
    heading(hers, "A pause")
    see(hers, "talk-pause", "A pause")
    if javascript:
        expect(his.locator("#moved")).to_be_visible(timeout=12_000)
    press(his, "Hand it to Alice")
    expect(his.get_by_text("wasn’t handed over")).to_be_visible()
    Conversation.objects.update(
        paused_at=timezone.now() - timedelta(minutes=20), back_at=timezone.now()
    )
    hers.reload()
    press(hers, "Continue")
    heading(hers, "Waiting for Bob")
    his.goto(his.url.partition("turn/")[0])
    expect(his.get_by_text("You’re both back.")).to_be_visible()
    expect(his.get_by_label("What I hear is")).to_have_value(
        "You feel lonely, and honesty matters."
    )
    press(his, "Hand it to Alice")
    heading(hers, "Is that what you meant?")
    press(hers, "Yes, that’s it")
    heading(his, "What makes sense to you")
    see(his, "talk-makes-sense", "What makes sense to you")
    his.get_by_label("It makes sense because").fill("I was away a lot.")
    press(his, "Hand it to Alice")
    heading(hers, "Waiting for Bob")
    expect(hers.locator(".just-said")).to_contain_text("It makes sense because I was away a lot.")
    see(hers, "talk-made-sense", "Waiting for Bob")

    # And the other way round
    for part in ("What happens, how you feel", "Why it matters to you"):
        heading(his, part)
        press(his, "Next")
    heading(his, "What you would like")
    press(his, "Put it together")
    heading(his, "In your words")
    his.get_by_label("What I want to say").fill(SENTENCE)
    press(his, "Hand it to Alice")
    heading(hers, "Say back what you heard")
    hers.get_by_label("What I hear is").fill("You feel torn.")
    press(hers, "Hand it to Bob")
    heading(his, "Is that what you meant?")
    press(his, "Yes, that’s it")
    heading(hers, "What makes sense to you")
    press(hers, "Leave this out")

    # And each says what they hold on to, unseen until both have
    for page, keep in ((hers, "Being told."), (his, "Old friends.")):
        heading(page, "What you need, where you’re flexible")
        assert "Being told." not in his.locator("main").inner_text()
        page.get_by_label("What I need most").fill(keep)
        press(page, "Hand it to")

    # And Bob proposes, with a condition
    heading(his, "What would work for you two?")
    expect(his.get_by_text("Being told.").first).to_be_visible()
    see(his, "talk-outcome", "What would work for you two?")
    group = his.get_by_role("group", name="Whoever does it")
    press(his, "Propose this to Alice")
    expect(his.get_by_text("Please choose one of these.").first).to_be_visible()
    group.get_by_label("Fine, if …").check()
    group.get_by_label("we tell each other first").check()
    press(his, "Propose this to Alice")
    heading(hers, "What would work for you two?")
    words = "Fine, if we tell each other first."
    expect(hers.get_by_text(words).first).to_be_visible()
    see(hers, "talk-proposal", "What would work for you two?")
    press(hers, "Leave it for now")

    # Then they close, and both can read it all
    for page in (hers, his):
        heading(page, "End on something good")
        page.get_by_label("did well").fill("You stayed.")
        press(page, "Finish the talk")
    for page in (hers, his):
        heading(page, "Done for today")
        expect(page.locator(".just-said")).to_contain_text("You stayed.")
        unfold(page, "Everything said so far")
        for text in (SENTENCE, words, "That honesty matters to me.", "Old friends."):
            expect(page.get_by_text(text).first).to_be_visible()
    see(hers, "talk-closed", "Done for today")


@with_and_without_script
def test_a_tap_on_a_group_of_feelings_chooses_it(
    javascript: bool, phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    id = talk(alice)
    talked_up_to(Step.SPEAK, alice, bob)
    (hers,) = phones(phone, alice, javascript=javascript)
    hers.goto(f"/talks/{id}/")

    hers.get_by_text("Hurt", exact=True).click()
    expect(hers.get_by_text("lonely", exact=True)).to_be_visible()
    expect(hers.get_by_text("irritated", exact=True)).to_be_hidden()
    hers.get_by_text("Angry", exact=True).click()
    hers.get_by_text("irritated", exact=True).click()
    see(hers, "talk-feelings", "What happens, how you feel")
    press(hers, "Next")
    press(hers, "Next")
    press(hers, "Put it together")

    expect(hers.get_by_label("What I want to say")).to_have_value("I feel hurt and irritated.")


@pytest.mark.parametrize("half", [1, 2])
def test_who_listens_sees_the_words_the_field_and_the_button_at_once(
    half: int, phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    id = talk(alice)
    talked_up_to(Step.SPEAK, alice, bob)
    speaker, listener = (alice, bob) if half == 1 else (bob, alice)
    if half == 2:
        do(alice, Move.SPEAK, {"words": SENTENCE}, talk=id)
        do(bob, Move.REFLECT, {"words": "You want me to come find you."}, talk=id)
        do(alice, Move.YES, talk=id)
        do(bob, Move.MAKES_SENSE, {"because": "I was away a lot", "imagine": "left"}, talk=id)
    do(speaker, Move.SPEAK, {"words": f"{SENTENCE} {SENTENCE}"}, talk=id)
    (page,) = phones(phone, listener)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/talks/{id}/")

    field = page.get_by_label("What I hear is …")
    button = page.get_by_role("button", name="Hand it to")
    expect(page.locator(".just-said")).to_be_hidden()
    box, bar = field.bounding_box(), page.locator(".foot-bar").bounding_box()
    pressed = button.bounding_box()
    assert box
    assert bar
    assert pressed
    assert box["y"] + box["height"] <= bar["y"]
    assert pressed["y"] + pressed["height"] <= 740
    page.get_by_text("wrote before").click()
    expect(page.locator(".just-said")).to_be_visible()
    press(page, "Hand it to")
    error = page.get_by_text("Please write what you heard, in your own words.")
    shown, bar = error.bounding_box(), page.locator(".foot-bar").bounding_box()
    assert shown
    assert bar
    assert shown["y"] + shown["height"] <= bar["y"]
    field.press_sequentially("You")
    expect(error).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_two_people_talk_on_one_screen(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    # Given one screen, hers
    opened_together(alice, bob, deck)
    (screen,) = phones(phone, alice)
    screen.goto("/talks/about/a1/")
    screen.get_by_text("Together, on one screen", exact=True).click()
    screen.get_by_label("Bob", exact=True).check()
    press(screen, "Start the talk")

    # When they settle in, and say something kind, for both at one press
    heading(screen, "Is now a good time?")
    see(screen, "talk-settle", "Is now a good time?")
    press(screen, "We’re both in")
    heading(screen, "Something kind first")
    press(screen, "We’ve both said one")

    # And it is handed over where somebody writes for themselves first
    heading(screen, "Hand the phone to Bob")
    see(screen, "talk-hand-over", "Hand the phone to Bob")
    screen.get_by_role("link", name="I’m Bob").click()
    for part in ("What happens, how you feel", "Why it matters to you"):
        heading(screen, part)
        press(screen, "Next")
    press(screen, "Put it together")
    screen.get_by_label("What I want to say").fill(SENTENCE)
    press(screen, "Hand it to Alice")

    # And both hear it, and say whether it has arrived
    heading(screen, "Say back what you heard")
    expect(screen.get_by_text(SENTENCE).first).to_be_visible()
    see(screen, "talk-hear", "Say back what you heard")
    press(screen, "Partly")
    heading(screen, "Say back what you heard")
    expect(screen.get_by_text("Something is still missing.")).to_be_visible()

    # Then his own phone says where they talk, and he can go on apart
    (his,) = phones(phone, bob)
    his.goto("/talks/")
    his.get_by_role("link", name="Messaging the same person").first.click()
    heading(his, "You are talking on Alice’s screen now")
    see(his, "talk-on-other-screen", "You are talking on Alice’s screen now")
    expect(
        his.locator(".record").get_by_text("written on the other’s screen").first
    ).to_be_attached()
    press(his, "Talk apart, each on your own screen")
    heading(his, "Waiting for Alice")
    screen.reload()
    heading(screen, "Say back what you heard")


@pytest.mark.once
def test_what_is_chosen_looks_chosen_in_forced_colours(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    id = talk(alice)
    talked_up_to(Step.SPEAK, alice, bob)
    page = phone(forced_colors="active")
    sign_in(page, alice)
    page.goto(f"/talks/{id}/?part=matters")
    paper = "el => getComputedStyle(el).backgroundColor"

    page.get_by_text("honesty", exact=True).click()

    chosen = page.locator(".chip", has_text="honesty").evaluate(paper)
    assert chosen != page.locator(".chip", has_text="privacy").evaluate(paper)


@pytest.mark.once
def test_a_word_on_wording_is_for_who_writes_and_can_be_switched_off(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    (hers,) = phones(phone, alice)
    hers.goto("/talks/about/a1/")
    hers.get_by_text("Together, on one screen", exact=True).click()
    hers.get_by_text("I do", exact=True).click()
    press(hers, "Start the talk")
    press(hers, "We’re both in")
    hers.get_by_role("link", name="Write it down instead").click()
    hers.get_by_role("link", name="I’m Alice").click()

    hers.get_by_label("One thing you appreciate").fill("You never listen to me.")

    expect(hers.locator("#note-words").get_by_text("Always and never", exact=True)).to_be_visible()
    see(hers, "talk-advice", "Something kind first")
    unfold(hers, "More")
    press(hers, "Switch off the notes on how I word things")
    expect(hers.get_by_text("Always and never", exact=True)).to_be_hidden()
    expect(hers.get_by_label("One thing you appreciate")).to_have_value("You never listen to me.")
    press(hers, "Hand it to Bob")  # it never blocks
    heading(hers, "Hand the phone to Bob")


@pytest.mark.once
def test_words_that_were_not_handed_over_stay_with_who_wrote_them(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    hers, his = phones(phone, alice, bob)
    hers.goto("/talks/about/a1/")
    hers.get_by_text("Apart, in turns", exact=True).click()
    hers.get_by_text("I do", exact=True).click()
    press(hers, "Start the talk")
    his.goto("/talks/")
    his.get_by_role("link", name="Messaging the same person").click()
    press(his, "Yes, now is good")
    heading(hers, "Ground rules")
    press(hers, "I’m in")
    press(his, "I’m in")
    heading(hers, "Something kind first")

    hers.context.set_offline(True)
    hers.get_by_label("One thing you appreciate").fill("What I wrote in the train.")
    expect(hers.get_by_text("Not saved yet")).to_be_visible()
    hers.context.set_offline(False)
    expect(hers.get_by_text("Saved. Only you see this so far")).to_be_visible()
    unfold(his, "More")
    his.get_by_role("link", name="Stuck, or enough for today").click()
    see(his, "talk-stuck", "Let’s make this easier")
    his.get_by_text("Enough for today", exact=True).click()
    press(his, "Stop for today")

    expect(hers.locator("#moved")).to_be_visible(timeout=12_000)
    hers.get_by_role("link", name="See where it is").click()
    heading(hers, "End on something good")
    hers.get_by_text("Words you didn’t hand over").click()
    expect(hers.get_by_text("What I wrote in the train.")).to_be_visible()
    assert "in the train" not in his.content()


@pytest.mark.once
def test_words_begun_while_the_next_page_is_on_its_way_are_not_taken_away(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    # Given a talk that Alice has paused, and a slow line to Bob's screen
    id, his = bob_has_it_open(Step.REFLECT, phone, alice, bob, deck)
    held: list[Route] = []
    his.route(f"**/talks/{id}/", lambda route: held.append(route))
    talks.pause(alice.seat, id, timedelta(minutes=20))
    for _ in range(2):  # he looks at it twice
        his.evaluate(LOOKED_AT)
    for _ in range(100):
        if held:
            break
        his.wait_for_timeout(50)

    # When he begins to write before the next page has come
    his.get_by_label("What I hear is").fill("You feel lonely.")
    for route in held:
        route.continue_()

    # Then his words stay, and he is told
    expect(his.locator("#moved")).to_be_visible()
    expect(his.get_by_label("What I hear is")).to_have_value("You feel lonely.")
    assert len(held) == 1


@pytest.mark.once
def test_the_talk_moves_on_where_somebody_is_writing(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    id, his = bob_has_it_open(Step.REFLECT, phone, alice, bob, deck)
    his.get_by_label("What I hear is").fill("You feel")

    talks.pause(alice.seat, id, timedelta(minutes=20))
    his.evaluate(LOOKED_AT)

    notice = his.locator(".field #moved[role=alert]")
    expect(notice).to_be_visible()
    expect(notice).to_be_in_viewport()
    has_focus(his.get_by_label("What I hear is"))


@pytest.mark.once
def test_a_step_that_is_followed_is_said_once_and_in_the_title(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    _id, his = bob_has_it_open(Step.SPEAK, phone, alice, bob, deck)
    expect(his).to_have_title("Waiting · Common Ground")

    do(alice, Move.SPEAK, {"words": SENTENCE, "needs": []})
    his.evaluate(LOOKED_AT)

    has_focus(his.get_by_role("heading", level=1))
    expect(his).to_have_title("Your turn · Say back what you heard · Common Ground")
    texts = "els => els.map(el => el.textContent).filter(text => text.includes('Say back'))"
    assert his.locator("[role=status], [role=alert], [aria-live]").evaluate_all(texts) == []


def counts_as_use(request: Request) -> bool:
    return "/state/" in request.url and "x-follows" not in request.headers


@pytest.mark.once
def test_who_waits_is_asked_before_they_are_signed_out(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    id = talk(alice)
    (hers,) = phones(phone, alice)
    hers.clock.install()
    hers.goto(f"/talks/{id}/")
    heading(hers, "Waiting for Bob")

    hers.clock.fast_forward("23:00")
    expect(hers.get_by_text("Still there?")).to_be_hidden()
    hers.clock.fast_forward("02:00")
    expect(hers.get_by_role("alert").get_by_text("Still there?")).to_be_visible()
    with hers.expect_request(counts_as_use):
        hers.get_by_role("button", name="I’m still here").click()

    expect(hers.get_by_text("Still there?")).to_be_hidden()
    hers.clock.fast_forward("25:00")
    expect(hers.get_by_text("Still there?")).to_be_visible()
