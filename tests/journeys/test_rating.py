"""Rating on a real phone: a line that drops, slow replies, two tabs, signing in again."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Error, Page, Route, expect

from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content import catalogue
from boundaries.vocabulary import Stance
from tests.accounts.test_reauthentication import AWHILE, leave_alone
from tests.conftest import PASSWORD, Person, pair, person, row_of
from tests.journeys.conftest import PhoneMaker, is_scripted, sign_in, stay_on_the_card, unfold
from tests.support.depth import one_day_in, some_each_day

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

DECK = catalogue.deck(catalogue.ESSENTIALS)
ONE, TWO = DECK.behaviours[:2]
SAVES = "**/answers/*/save/"
ASKED = "OK with you, whoever does it?"
PARTNERS, MINE = "When my partner does it", "When I do it"
SAVED = "Saved, whoever does it."

# What is asked on a card, or its button, and is not on the screen or lies under the bar.
COVERED = """() => {
  const bar = document.querySelector(".foot-bar").getBoundingClientRect();
  const asked = "h1, .stances label, .foot-bar .button, [name=apart]";
  const isAsked = (each) => each.checkVisibility() && !each.closest("details");
  return [...document.querySelectorAll(asked)].filter(isAsked).filter((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return top < 0 || bottom > innerHeight || (!each.closest(".foot-bar") && bottom > bar.top);
  }).map((each) => each.textContent.trim() || each.name);
}"""

# Types into the card as it is, so many milliseconds after the next tap, if the page is still there.
TYPE_LATER = """(moment) => {
  localStorage.removeItem("typed");
  addEventListener("click", () => setTimeout(() => {
    const note = document.querySelector("[name=note]");
    localStorage.typed = location.pathname;
    note.value = "Only with friends.";
    note.dispatchEvent(new Event("input", { bubbles: true }));
  }, moment), { once: true });
}"""

TOP = "(element) => element.getBoundingClientRect().top"

a_script_that_is_late = pytest.mark.parametrize("script", ["htmx-4", "saving", "trusting"])


def test_an_answer_given_without_a_line_is_said_kept_and_sent(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)

    page.context.set_offline(True)
    tap(page, ASKED, "Not sure yet")
    expect(saved(page)).to_contain_text("Not saved yet. We can’t reach the site.")
    assert row_of(alice, ONE).answer.partners is None

    page.context.set_offline(False)  # and nothing else is done
    expect(saved(page)).to_contain_text(SAVED, timeout=15_000)
    assert row_of(alice, ONE).answer.partners is Stance.UNSURE


def test_an_unsaved_answer_outlives_a_reload(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    page.route(SAVES, no_line)
    tap(page, ASKED, "Not OK")
    expect(saved(page)).to_contain_text("Not saved yet")

    page.reload()

    expect(choice(page, ASKED, "Not OK")).to_be_checked()
    expect(saved(page)).to_contain_text("Not saved yet")
    page.unroute(SAVES)
    expect(saved(page)).to_contain_text(SAVED, timeout=15_000)
    assert row_of(alice, ONE).answer.mine is Stance.UNACCEPTABLE


def test_an_unsaved_answer_is_sent_from_another_card(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    page.route(SAVES, no_line)
    tap(page, ASKED, "Not OK")
    expect(saved(page)).to_contain_text("Not saved yet")

    page.goto(f"/answers/{TWO.id}/")

    elsewhere = page.locator("#unsaved-elsewhere")
    expect(elsewhere).to_contain_text("Not saved yet: your answer on another card.")
    page.unroute(SAVES)
    expect(elsewhere).to_be_hidden(timeout=15_000)
    assert row_of(alice, ONE).answer.mine is Stance.UNACCEPTABLE


def test_next_stays_on_the_card_until_it_is_saved(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    heading = page.get_by_role("heading", level=1)
    before = heading.inner_text()

    page.route(SAVES, no_line)
    tap(page, ASKED, "Fine")
    page.get_by_role("button", name="Next").click()
    expect(saved(page)).to_contain_text("Not saved yet")
    expect(heading).to_have_text(before)

    page.unroute(SAVES)
    page.get_by_role("button", name="Next").click()
    expect(heading).not_to_have_text(before)
    assert row_of(alice, ONE).answer.mine is Stance.ACCEPTABLE


def test_quick_taps_on_a_slow_line_are_all_saved(phone: PhoneMaker) -> None:
    # Given a line on which the first reply is still under way at the third tap
    alice, page = at_a_card(phone)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route) if not held else route.continue_()

    page.route(SAVES, hold)

    # When somebody taps, taps again, writes a word and goes on
    tap(page, ASKED, "Fine")
    part(page)
    tap(page, MINE, "Not sure yet")
    page.get_by_text("Add something").click()
    page.get_by_label("A note that opens with my answer").fill("A word.")
    page.get_by_role("button", name="Next").click()
    heading = page.get_by_role("heading", level=1).inner_text()
    held[0].continue_()

    # Then all of it is saved, and no other page is blamed
    expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)
    answer = row_of(alice, ONE).answer
    assert (answer.partners, answer.mine, answer.note) == (
        Stance.ACCEPTABLE,
        Stance.UNSURE,
        "A word.",
    )


@a_script_that_is_late
def test_taps_before_it_has_come_are_saved_and_no_other_page_is_blamed(
    phone: PhoneMaker, script: str
) -> None:
    # Given a line on which one of the scripts is still under way
    alice, page = at_a_card(phone)
    held = slow(page, f"**/{script}*.js")

    # When somebody taps, taps again and goes on
    tap(page, ASKED, "Fine")
    part(page)
    tap(page, MINE, "Not sure yet")
    heading = page.get_by_role("heading", level=1)
    before = heading.inner_text()
    page.get_by_role("button", name="Next").click()

    # Then the button saves as it does without script
    expect(heading).not_to_have_text(before)
    answer = row_of(alice, ONE).answer
    assert (answer.partners, answer.mine) == (Stance.ACCEPTABLE, Stance.UNSURE)
    assert held


@a_script_that_is_late
def test_a_tap_before_it_has_come_is_saved_when_it_has(phone: PhoneMaker, script: str) -> None:
    alice, page = at_a_card(phone)
    held = slow(page, f"**/{script}*.js")
    tap(page, ASKED, "Fine")
    assert row_of(alice, ONE).answer.partners is None

    held.pop().continue_()  # and nothing else is done

    expect(saved(page)).to_contain_text(SAVED)
    assert row_of(alice, ONE).answer.partners is Stance.ACCEPTABLE


def test_a_card_that_is_skipped_before_htmx_has_come_stays_skipped(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    slow(page, "**/htmx-4*.js")
    tap(page, ASKED, "Fine")
    heading = page.get_by_role("heading", level=1)
    before = heading.inner_text()

    page.get_by_text("Add something").click()
    page.get_by_role("button", name="Clear my answer").click()

    expect(heading).not_to_have_text(before)
    is_scripted(page)
    assert page.evaluate("sessionStorage.unsaved") is None
    assert row_of(alice, ONE).answer.skipped


def test_where_htmx_never_comes_the_list_keeps_its_buttons(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    page.route("**/htmx-4*.js", no_line)
    page.goto(f"/decks/{DECK.id}/")
    card = page.locator(f"#{ONE.id}")

    card.get_by_label("Fine", exact=True).first.check()
    card.get_by_role("button", name="Save").click()

    expect(page).to_have_url(re.compile(f"#{ONE.id}$"))
    assert row_of(alice, ONE).answer.partners is Stance.ACCEPTABLE


def test_an_answer_that_breaks_off_midway_is_not_taken_for_saved(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    broken = iter(["<script></script>"])  # stands for it: htmx gives up on either in the same way

    def break_the_first(route: Route) -> None:
        body = next(broken, None)
        route.fulfill(status=200, body=body) if body else route.continue_()

    page.route(SAVES, break_the_first)
    tap(page, ASKED, "Not OK")

    expect(saved(page)).to_contain_text("Not saved yet")
    expect(saved(page)).to_contain_text(SAVED, timeout=15_000)
    assert row_of(alice, ONE).answer.partners is Stance.UNACCEPTABLE


def test_one_answer_counts_for_both_until_they_are_parted(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)

    tap(page, ASKED, "Not OK")
    expect(saved(page)).to_have_text(SAVED)
    assert row_of(alice, ONE).answer.mine is Stance.UNACCEPTABLE

    # When the two are parted, the second begins as the first
    part(page)
    expect(choice(page, MINE, "Not OK")).to_be_checked()
    tap(page, MINE, "Not sure yet")
    expect(saved(page)).to_have_text("Saved.")
    with page.expect_response(SAVES):
        tap(page, PARTNERS, "Fine")
    stored = row_of(alice, ONE).answer
    assert (stored.partners, stored.mine) == (Stance.ACCEPTABLE, Stance.UNSURE)

    # When they are joined again, the first counts for both
    page.get_by_role("button", name="Same for both again").click()
    expect(page.get_by_label("Different when it’s me")).to_be_focused()
    expect(saved(page)).to_have_text(SAVED)
    assert row_of(alice, ONE).answer.mine is Stance.ACCEPTABLE


@pytest.mark.parametrize(("first", "second"), [(MINE, PARTNERS), (PARTNERS, MINE)])
def test_an_answer_in_one_direction_never_fills_in_the_other(
    phone: PhoneMaker, first: str, second: str
) -> None:
    alice, page = at_a_card(phone)
    part(page)
    tap(page, first, "Not OK")
    expect(saved(page)).to_have_text("Saved. Your other answer on this card is still open.")
    expect(page.get_by_role("group", name=second).get_by_role("radio", checked=True)).to_have_count(
        0
    )
    page.reload()
    expect(page.get_by_role("group", name=second).get_by_role("radio", checked=True)).to_have_count(
        0
    )
    assert row_of(alice, ONE).answer.half_answered

    tap(page, second, "Fine")
    expect(saved(page)).to_have_text("Saved.")
    stored = row_of(alice, ONE).answer
    assert {stored.partners, stored.mine} == {Stance.ACCEPTABLE, Stance.UNACCEPTABLE}


def test_an_answer_for_oneself_alone_counts_for_both_once_they_are_joined(
    phone: PhoneMaker,
) -> None:
    alice, page = at_a_card(phone)
    part(page)
    tap(page, MINE, "Not OK")
    page.get_by_role("button", name="Same for both again").click()

    expect(choice(page, ASKED, "Not OK")).to_be_checked()
    expect(saved(page)).to_have_text(SAVED)
    assert row_of(alice, ONE).answer.partners is Stance.UNACCEPTABLE


@pytest.mark.parametrize("scripted", [True, False])
@pytest.mark.parametrize("depends", [PARTNERS, MINE])
def test_conditions_stand_below_the_direction_they_belong_to(
    phone: PhoneMaker, depends: str, scripted: bool
) -> None:
    _, page = at_a_card(phone, scripted=scripted)
    part(page)
    for direction in (PARTNERS, MINE):
        tap(page, direction, "Fine, if …" if direction == depends else "Fine")

    def order() -> list[str]:
        groups = {PARTNERS: PARTNERS, MINE: MINE, "conditions": f"{depends}: fine, if …"}
        top = {
            name: page.get_by_role("group", name=group, exact=True).evaluate(TOP)
            for name, group in groups.items()
        }
        return sorted(top, key=top.__getitem__)

    expected = [PARTNERS, MINE]
    expected.insert(expected.index(depends) + 1, "conditions")
    assert order() == expected
    page.get_by_label("we tell each other first").check()
    page.get_by_role("button", name="Next").click()
    page.wait_for_url(lambda url: ONE.id not in url.split("/"))
    page.goto(f"/answers/{ONE.id}/")
    assert order() == expected
    assert page.get_by_label("we tell each other first").is_checked()


@pytest.mark.parametrize("scripted", [True, False])
def test_the_one_button_skips_until_something_is_chosen(phone: PhoneMaker, scripted: bool) -> None:
    alice, page = at_a_card(phone, scripted=scripted)
    skip = page.get_by_role("button", name="Skip")
    on = page.get_by_role("button", name="Next")
    expect(skip).to_be_visible()
    expect(on).to_be_hidden()
    tap(page, ASKED, "Fine")
    expect(on).to_be_visible()
    expect(skip).to_be_hidden()

    page.reload()
    page.goto(f"/answers/{TWO.id}/")
    skip.click()

    page.wait_for_url(lambda url: TWO.id not in url.split("/"))
    assert row_of(alice, TWO).answer.skipped


def test_a_stale_page_never_overwrites_a_newer_answer(phone: PhoneMaker) -> None:
    # Given the same card in two tabs
    alice, old = at_a_card(phone)
    new = old.context.new_page()
    new.goto(old.url)

    # When it is answered in one, and then in the other
    tap(new, ASKED, "Not OK")
    expect(saved(new)).to_contain_text(SAVED)
    tap(old, ASKED, "Fine")

    # Then the other says what is saved already, and saves only what is then meant
    expect(saved(old)).to_contain_text("There it says: Not OK.")
    assert row_of(alice, ONE).answer.mine is Stance.UNACCEPTABLE
    old.get_by_role("button", name="Save this instead").click()
    expect(old.get_by_role("heading", level=1)).not_to_contain_text(ONE.text)
    assert row_of(alice, ONE).answer.mine is Stance.ACCEPTABLE


def test_signing_in_again_elsewhere_saves_what_waited(phone: PhoneMaker) -> None:
    # Given somebody whose session ended while the card was open
    alice, page = at_a_card(phone)
    page.context.clear_cookies()

    tap(page, ASKED, "Fine")
    expect(saved(page)).to_contain_text("Not saved yet")
    assert row_of(alice, ONE).answer.mine is None

    # When they sign in again and come back to the page
    sign_in(page, alice)
    page.evaluate("dispatchEvent(new Event('focus'))")

    # Then it is saved
    expect(saved(page)).to_contain_text(SAVED, timeout=20_000)  # it may be about to wait
    assert row_of(alice, ONE).answer.mine is Stance.ACCEPTABLE


def test_showing_elsewhere_who_one_is_saves_what_waited(phone: PhoneMaker) -> None:
    # Given a phone that lay on the table for a while with a card open
    alice, page = at_a_card(phone)
    user = alice.user
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    leave_alone(alice, AWHILE + 2)

    # When somebody taps an answer
    tap(page, ASKED, "Fine")

    # Then it is not taken, and it stays
    expect(saved(page)).to_contain_text("Not saved yet. It’s been a while, so we check it’s you.")
    assert row_of(alice, ONE).answer.mine is None
    assert choice(page, ASKED, "Fine").is_checked()

    # When Alice shows on a new page that it is her, and comes back
    with page.context.expect_page() as opened:
        saved(page).get_by_role("link", name="Check it’s you, in a new tab").click()
    opened.value.locator("input[name=password]").fill(PASSWORD)
    opened.value.get_by_role("button", name="Yes, it’s me").click()
    opened.value.wait_for_url("**/home/")
    page.evaluate("dispatchEvent(new Event('focus'))")

    # Then it is saved
    expect(saved(page)).to_contain_text(SAVED, timeout=20_000)
    assert row_of(alice, ONE).answer.mine is Stance.ACCEPTABLE


def test_what_one_person_left_unsaved_never_becomes_the_words_of_another(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    bob = person("Bob")
    page.context.clear_cookies()
    tap(page, ASKED, "Fine")
    expect(saved(page)).to_contain_text("Not saved yet")

    sign_in(page, bob)
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(page).to_have_url(re.compile("/decks/essentials/"))
    expect(page.get_by_text("Only you can see your answers.")).to_be_visible()
    page.goto(f"/answers/{ONE.id}/")
    expect(choice(page, ASKED, "Fine")).not_to_be_checked()
    assert row_of(bob, ONE).answer == row_of(alice, ONE).answer
    assert page.evaluate("sessionStorage.length") == 0


def test_keys_choose_and_undo(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    card = page.locator("article.one-card")

    card.press("3")
    expect(saved(page)).to_contain_text(SAVED)
    assert row_of(alice, ONE).answer.partners is Stance.UNACCEPTABLE
    card.press("1")
    card.press("u")
    expect(choice(page, ASKED, "Not OK")).to_be_checked()


def test_keys_answer_the_first_direction_and_then_the_second(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)

    part(page)
    page.keyboard.press("3")
    page.keyboard.press("1")

    expect(choice(page, PARTNERS, "Not OK")).to_be_checked()
    expect(choice(page, MINE, "Fine")).to_be_checked()
    expect(saved(page)).to_have_text("Saved.")
    answer = row_of(alice, ONE).answer
    assert (answer.partners, answer.mine) == (Stance.UNACCEPTABLE, Stance.ACCEPTABLE)

    # And where words are typed, a key is a letter.
    unfold(page, "Add something")
    page.get_by_label("A note that opens with my answer").focus()
    page.keyboard.type("24")
    expect(page.get_by_label("A note that opens with my answer")).to_have_value("24")
    expect(choice(page, PARTNERS, "Not OK")).to_be_checked()


def test_whoever_asks_for_other_words_types_them_at_once(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    tap(page, ASKED, "Fine, if …")

    page.locator("summary.chip").click()
    page.keyboard.type("I know 2 of them")

    expect(page.get_by_label("In other words")).to_have_value("I know 2 of them")
    page.get_by_role("button", name="Next").click()
    expect(page).not_to_have_url(re.compile(f"/answers/{ONE.id}/"))
    assert row_of(alice, ONE).answer.in_other_words == "I know 2 of them"


def test_a_card_that_stays_does_not_say_that_a_tap_moves_on(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    page.evaluate("localStorage.clear()")
    first = sheets.own_sheet(alice.seat, DECK).rows[0].behaviour
    page.goto(f"/answers/{first.id}/")
    hint = page.get_by_text("Tap an answer, and the next card comes.")
    expect(hint).to_be_visible()

    unfold(page, "Add something")

    expect(hint).to_be_hidden()


@one_day_in(3, 0)
def test_a_deck_takes_a_tap_a_card(phone: PhoneMaker) -> None:
    """Rate 24 cards as somebody in a hurry does: most are fine, some need a word."""
    alice, page = at_a_card(phone)
    page.evaluate("() => { localStorage.clear() }")
    page.goto(f"/answers/{sheets.own_sheet(alice.seat, DECK).rows[0].behaviour.id}/")
    taps = 0
    for at in range(1, 25):
        expect(page).to_have_title(re.compile(f"^Card {at} of 24"))
        is_scripted(page)
        if at % 8:
            tap(page, ASKED, ("Fine", "Not OK", "Not sure yet")[at % 3])
            taps += 1
        else:
            tap(page, ASKED, "Fine, if …")
            page.locator(".conditions .chip").first.click()
            on = "Next" if at < 24 else "Check your answers"
            page.get_by_role("button", name=on).click()
            taps += 3
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")

    print(f"24 cards, {taps} taps, 3 of them with a condition")
    assert taps <= 32
    assert sheets.own_sheet(alice.seat, DECK).unanswered == 0


def test_the_next_card_comes_after_a_tap_and_never_after_a_key(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    page.evaluate("() => { localStorage.clear() }")
    first = sheets.own_sheet(alice.seat, DECK).rows[0].behaviour
    page.goto(f"/answers/{first.id}/")
    is_scripted(page)

    # The first card says so
    hint = page.get_by_text("Tap an answer, and the next card comes.")
    expect(hint).to_be_visible()

    # Given an answer by a key, then the card stays
    page.locator("article.one-card").press("3")
    page.keyboard.press("ArrowDown")
    expect(saved(page)).to_have_text(SAVED)
    page.wait_for_timeout(1500)
    assert first.id in page.url

    # When somebody taps, the next one comes, and offers to undo
    tap(page, ASKED, "Fine")
    expect(page).to_have_title(re.compile("^Card 2 of 24"))
    is_scripted(page)
    page.wait_for_timeout(500)  # looking at a card sends nothing
    assert page.evaluate("sessionStorage.length") == 0
    expect(saved(page)).to_have_text("Your last answer is saved.")
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_title(re.compile("^Undone: Card 1 of 24"))

    # And where it is switched off, it stays
    unfold(page, "Add something")
    page.get_by_label("Move on after a tap").uncheck()
    unfold(page, "Add something")
    tap(page, ASKED, "Not OK")
    expect(saved(page)).to_have_text(SAVED)
    page.wait_for_timeout(1500)
    assert first.id in page.url
    expect(hint).to_be_hidden()
    page.reload()
    unfold(page, "Add something")
    expect(page.get_by_label("Move on after a tap")).not_to_be_checked()


def test_whoever_has_more_to_say_stays_when_a_slow_answer_is_saved(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    page.evaluate("() => { localStorage.clear() }")
    held: list[Route] = []
    page.route(SAVES, lambda route: route.continue_() if held else held.append(route))
    tap(page, ASKED, "Fine")
    page.wait_for_timeout(1500)  # by now it would have gone on
    tap(page, ASKED, "Fine, if …")
    held[0].continue_()

    expect(saved(page)).to_have_text(SAVED)
    page.wait_for_timeout(1500)
    expect(page.get_by_text("we tell each other first")).to_be_visible()
    assert row_of(alice, ONE).answer.partners is Stance.CONDITIONS


@pytest.mark.parametrize("quick", [True, False], ids=["saved at once", "saved late"])
def test_whoever_has_more_to_say_stays_while_the_next_card_is_on_its_way(
    phone: PhoneMaker, quick: bool
) -> None:
    alice, page = at_a_card(phone)
    page.evaluate("() => { localStorage.clear() }")
    saves: list[Route] = []
    coming: list[Route] = []
    page.route("**/answers/*/?saved", lambda route: coming.append(route))
    if not quick:
        page.route(SAVES, lambda route: route.continue_() if saves else saves.append(route))
    different = page.get_by_text("Different when it’s me").bounding_box()
    assert different

    tap(page, ASKED, "Fine")
    if not quick:
        page.wait_for_timeout(1500)
        saves[0].continue_()
    while not coming:
        page.wait_for_timeout(50)
    page.mouse.click(different["x"] + 5, different["y"] + 5)
    with suppress(Error):  # nobody waits for it any more
        coming[0].continue_()

    expect(page.get_by_label("Different when it’s me")).to_be_checked()
    choice(page, MINE, "Not OK").check()
    expect(saved(page)).to_have_text("Saved.")
    assert ONE.id in page.url
    answer = row_of(alice, ONE).answer
    assert (answer.partners, answer.mine) == (Stance.ACCEPTABLE, Stance.UNACCEPTABLE)


@pytest.mark.parametrize("saved_late", [False, True])
def test_the_card_stays_when_add_something_is_opened_without_a_pointer(
    phone: PhoneMaker, saved_late: bool
) -> None:
    """A screen reader or voice control may send a click and nothing before it."""
    alice, page = at_a_card(phone)
    page.evaluate("() => { localStorage.clear() }")
    held: list[Route] = []
    if saved_late:
        page.route(SAVES, lambda route: route.continue_() if held else held.append(route))

    tap(page, ASKED, "Fine")
    if saved_late:
        page.wait_for_timeout(1500)
    page.evaluate("document.querySelector('details.more summary').click()")
    if saved_late:
        held[0].continue_()
    page.wait_for_timeout(1500)
    page.get_by_label("A note that opens with my answer").fill("Only with friends.")
    page.get_by_role("button", name="Next").click()

    page.wait_for_url(lambda url: ONE.id not in url.split("/"))
    answer = row_of(alice, ONE).answer
    assert (answer.partners, answer.note) == (Stance.ACCEPTABLE, "Only with friends.")


@pytest.mark.chromium
@pytest.mark.parametrize("next_is_slow", [False, True])
@one_day_in(3, 1)
def test_words_typed_at_any_moment_after_a_tap_are_saved(
    phone: PhoneMaker, next_is_slow: bool
) -> None:
    """Before the next card is asked for, at the same time, or while it is on its way."""
    alice, page = at_a_card(phone)
    page.evaluate("() => { localStorage.clear() }")
    behaviours = [row.behaviour for row in sheets.own_sheet(alice.seat, DECK).rows]
    if next_is_slow:
        page.route("**/answers/*/?saved", lambda route: later(page, route))
    lost: list[int] = []
    for behaviour, moment in zip(behaviours, (500, 890, 900, 950, 1100), strict=False):
        page.goto(f"/answers/{behaviour.id}/")
        is_scripted(page)
        page.evaluate(TYPE_LATER, moment)
        tap(page, ASKED, "Fine")
        page.wait_for_timeout(2500)
        is_typed = page.evaluate("localStorage.typed") == f"/answers/{behaviour.id}/"
        assert is_typed or moment >= 900
        if is_typed and row_of(alice, behaviour).answer.note != "Only with friends.":
            lost.append(moment)

    assert lost == []


@pytest.mark.parametrize("button", ["Next", "Skip"])
def test_words_are_saved_where_a_button_follows_at_once_and_the_line_is_down(
    phone: PhoneMaker, button: str
) -> None:
    alice, page = at_a_card(phone)
    if button == "Next":
        tap(page, ASKED, "Fine")
    page.route(SAVES, no_line)
    page.get_by_text("Add something").click()
    page.get_by_label("A note that opens with my answer").fill("Only with friends.")
    page.get_by_role("button", name=button).click()
    expect(saved(page)).to_contain_text("Not saved yet")
    assert ONE.id in page.url

    page.unroute(SAVES)
    page.get_by_role("button", name=button).click()

    page.wait_for_url(lambda url: ONE.id not in url.split("/"))
    assert row_of(alice, ONE).answer.note == "Only with friends."


def test_where_both_directions_are_always_shown_both_count(phone: PhoneMaker) -> None:
    """A browser that does not know :has() cannot hide the second one."""
    alice, page = at_a_card(phone)
    page.add_init_script("CSS.supports = () => false")
    page.reload()
    is_scripted(page)
    for name, value in (("mine", "unacceptable"), ("partners", "acceptable")):
        page.evaluate(f"document.querySelector('[name={name}][value={value}]').click()")
    expect(saved(page)).to_have_text("Saved.")

    answer = row_of(alice, ONE).answer
    assert (answer.partners, answer.mine) == (Stance.ACCEPTABLE, Stance.UNACCEPTABLE)


def test_next_is_one_request_where_all_is_saved(phone: PhoneMaker) -> None:
    _, page = at_a_card(phone)
    if not isinstance(page, Page):
        pytest.skip("WebKitWebDriver does not tell of requests")
    tap(page, ASKED, "Fine")
    expect(saved(page)).to_have_text(SAVED)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    title = page.title()

    page.get_by_role("button", name="Next").click()

    expect(page).not_to_have_title(title)
    assert len([url for url in asked if "/answers/" in url]) == 1


@pytest.mark.parametrize(
    ("width", "height"), some_each_day([pytest.param(320, 568), pytest.param(360, 640)])
)
def test_all_that_is_asked_is_on_a_small_phone_with_the_button(
    phone: PhoneMaker, width: int, height: int
) -> None:
    alice, page = at_a_card(phone)
    page.set_viewport_size({"width": width, "height": height})
    hidden: dict[str, str] = {}
    for row in sheets.own_sheet(alice.seat, DECK).rows:
        page.goto(f"/answers/{row.behaviour.id}/")
        hidden |= {f"{row.behaviour.id}, alike": what for what in page.evaluate(COVERED)}
        part(page)
        hidden |= {f"{row.behaviour.id}, parted": what for what in page.evaluate(COVERED)}

    assert hidden == {}


def at_a_card(phone: PhoneMaker, *, scripted: bool = True) -> tuple[Person, Page]:
    """Somebody who has begun alone and looks at their first card, with its script in place."""
    alice = person("Alice")
    page = phone(javascript=scripted)
    page.goto("/")
    if scripted:
        stay_on_the_card(page)
    sign_in(page, alice)
    page.goto(f"/answers/{ONE.id}/")
    if scripted:
        is_scripted(page)
    return alice, page


def part(page: Page) -> None:
    page.get_by_label("Different when it’s me").check()


def slow(page: Page, script: str) -> list[Route]:
    """The page once more, with one of its scripts held back on the line, and none later."""
    held: list[Route] = []
    page.route(script, lambda route: route.continue_() if held else held.append(route))
    with page.expect_event("framenavigated"):  # not reload(): in Firefox that waits for all of it
        page.evaluate("() => { setTimeout(() => location.reload()) }")
    expect(page.locator(".foot-bar .button:visible").first).to_be_visible()
    page.wait_for_timeout(300)  # for those that are not held
    return held


def later(page: Page, route: Route) -> None:
    page.wait_for_timeout(400)
    with suppress(Error):  # nobody waits for it any more
        route.continue_()


def no_line(route: Route) -> None:
    route.abort("internetdisconnected")


def choice(page: Page, direction: str, stance: str) -> Any:
    return page.get_by_role("group", name=direction).get_by_label(stance, exact=True)


def tap(page: Page, direction: str, stance: str) -> None:
    choice(page, direction, stance).check()


def saved(page: Page) -> Any:
    return page.locator(".saved")


def test_signing_out_anywhere_leaves_no_words_in_the_tab(phone: PhoneMaker) -> None:
    _, page = at_a_card(phone)
    page.route(SAVES, no_line)
    page.get_by_text("Add something").click()
    page.get_by_label("A note to myself").fill("For nobody else.")
    expect(saved(page)).to_contain_text("Not saved yet")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/home/")
    assert "nobody" in page.evaluate("sessionStorage.unsaved")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("/")

    assert page.evaluate("sessionStorage.length") == 0


def test_somebody_else_signed_in_finds_no_words_in_the_tab(phone: PhoneMaker) -> None:
    _, page = at_a_card(phone)
    page.route(SAVES, no_line)
    tap(page, ASKED, "Not OK")
    expect(saved(page)).to_contain_text("Not saved yet")
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.clear_cookies()

    sign_in(page, person("Bob"))
    page.goto("/home/")

    assert page.evaluate("sessionStorage.length") == 0


def test_words_that_are_refused_are_marked_where_they_stand(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    tap(page, ASKED, "Fine, if …")
    expect(saved(page)).to_contain_text(SAVED)

    # When a character that nobody sees comes along with what she pastes
    page.get_by_text("other words …").click()
    words = page.get_by_label("In other words")
    words.fill("only\u202e by day")

    # Then it is said beside these words, and nowhere else
    expect(words).to_have_attribute("aria-invalid", "true")
    beside = page.locator(".field:has([name=in_other_words]) .error")
    expect(beside).to_contain_text("There is a hidden character in this text.")
    expect(saved(page)).to_have_text("Not saved yet. Please look at the words marked above.")

    # When she leaves the card as it is
    page.goto(f"/answers/{TWO.id}/")

    # Then nobody claims that somebody else has changed it
    notice = page.locator("#unsaved-elsewhere")
    expect(notice).to_contain_text("could not be saved. Look at it")

    # When she comes back and types it by hand
    notice.get_by_role("link", name="Look at it").click()
    expect(words).to_have_attribute("aria-invalid", "true")
    words.fill("only by day")

    # Then it is saved, and nothing is marked any more
    expect(saved(page)).to_contain_text(SAVED)
    expect(beside).to_have_count(0)
    assert words.get_attribute("aria-invalid") is None
    assert row_of(alice, ONE).answer.in_other_words == "only by day"


@pytest.mark.chromium
def test_words_that_were_refused_on_another_card_are_kept_and_shown(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    replies = iter(["lost"])

    def lose_the_first_reply(route: Route) -> None:
        if next(replies, None):
            route.fetch()  # it is saved, and the page does not learn of it
        route.abort("internetdisconnected")

    page.route(SAVES, lose_the_first_reply)
    page.on("dialog", lambda dialog: dialog.accept())
    tap(page, ASKED, "Not OK")
    expect(saved(page)).to_contain_text("Not saved yet")
    page.get_by_text("Add something").click()
    page.get_by_label("A note that opens with my answer").fill("Many careful words.")
    page.goto(f"/answers/{TWO.id}/")
    page.unroute(SAVES)

    page.reload()
    notice = page.locator("#unsaved-elsewhere")
    expect(notice).to_contain_text("could not be saved")
    notice.get_by_role("link", name="Look at it").click()

    expect(page.get_by_label("A note that opens with my answer")).to_have_value(
        "Many careful words."
    )
    expect(saved(page)).to_contain_text("has been changed on another page")
    page.get_by_role("button", name="Save this instead").click()
    expect(page).to_have_url(re.compile(rf"/answers/(?!{ONE.id}/)"))
    assert row_of(alice, ONE).answer.note == "Many careful words."
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.chromium
def test_words_that_came_too_late_are_shown_once_more_and_then_let_go(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    bob = person("Bob")
    pair(alice, bob)
    page.route(SAVES, no_line)
    page.on("dialog", lambda dialog: dialog.accept())
    tap(page, ASKED, "Not OK")
    page.get_by_text("Add something").click()
    page.get_by_label("A note that opens with my answer").fill("Many careful words.")
    expect(saved(page)).to_contain_text("Not saved yet")
    for who in (alice, bob):
        answers.seal(who.seat, DECK)
    page.unroute(SAVES)
    page.goto(f"/answers/{catalogue.deck('b').behaviours[0].id}/")
    notice = page.locator("#unsaved-elsewhere")
    expect(notice).to_contain_text("could not be saved")

    notice.get_by_role("link", name="Look at it").click()

    expect(notice).to_contain_text("came too late")
    expect(notice).to_contain_text("Many careful words.")
    notice.get_by_role("button", name="Let it go").click()
    expect(notice).to_be_hidden()
    page.reload()
    is_scripted(page)
    expect(notice).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.chromium
def test_a_browser_that_blocks_storage_saves_and_goes_on(phone: PhoneMaker) -> None:
    alice, page = at_a_card(phone)
    page.add_init_script("""const get = () => { throw new DOMException("", "SecurityError"); };
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, { get });
    }""")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.reload()
    is_scripted(page)

    page.route(SAVES, no_line)
    tap(page, ASKED, "Not OK")
    expect(saved(page)).to_contain_text("Not saved yet")
    page.unroute(SAVES)

    page.wait_for_url(re.compile(rf"/answers/(?!{ONE.id}/)"))
    assert row_of(alice, ONE).answer.mine is Stance.UNACCEPTABLE
    assert errors == []


def test_one_answer_is_as_long_on_the_wire_as_another(phone: PhoneMaker) -> None:
    _, page = at_a_card(phone)
    lengths = set()
    for label in ("Fine", "Fine, if …", "Not OK", "Not sure yet"):
        with page.expect_response(SAVES) as answered:
            tap(page, ASKED, label)
        lengths.add(answered.value.request.all_headers()["content-length"])
        expect(saved(page)).to_have_text(SAVED)
    assert lengths == {"1024"}
