"""Leave quickly, and sign out, in a browser that keeps pages for its back button, as people's do.

By a press and by the keyboard, with and without a script or a line, and in the middle of things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, Route, expect

from boundaries.content import catalogue
from boundaries.vocabulary import Stance
from tests.conftest import Person, opened_together, pair, person, talk, write
from tests.journeys.conftest import (
    PhoneMaker,
    phones,
    sign_in,
    with_and_without_script,
)
from tests.journeys.plain_place import Place, plain_place
from tests.journeys.test_rating import ONE, SAVES, no_line, tap
from tests.journeys.turning_back import Buttons
from tests.support import browsers

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

WORDS = "for-no-other-eyes"
# Where our script has nothing to empty when somebody goes to another site: Firefox keeps no page
# that is not to be stored, WebKit none whose "Cross-Origin-Opener-Policy" parts it from the next.
KEEPING_NOTHING = {browsers.FIREFOX, browsers.WEBKIT}
PRIVATE = ("/decks/essentials/last-look/", f"/answers/{ONE.id}/")

type Leaver = Callable[..., tuple[Person, Page, Buttons]]


@pytest.fixture
def place(settings: Any, engine: str) -> Iterator[Place]:
    with plain_place() as place:
        if engine == browsers.WEBKIT:  # its driver loses sight of what is brought back from afar
            place.address = place.address.replace("127.0.0.1", "localhost")
        settings.LEAVE_TO = place.address
        yield place


@pytest.fixture
def keeping_phone(
    browser_that_keeps: Browser, live_server: Any, settings: Any, place: Place
) -> Iterator[PhoneMaker]:
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    # Chromium keeps no private page whose cookies change, and Django sends one with each page that
    # has a form. That is luck, and with it nothing here could fail.
    settings.CSRF_USE_SESSIONS = True
    with phones(browser_that_keeps, settings.SITE_URL) as make:
        yield make


@pytest.fixture
def leaver(keeping_phone: PhoneMaker) -> Leaver:
    """Somebody signed in on a phone, who has looked at pages of theirs one after the other."""

    def make(**how: bool) -> tuple[Person, Page, Buttons]:
        who, page = person("Alice"), keeping_phone(**how)
        buttons = Buttons(page)
        write(who, ONE, Stance.UNSURE, note=WORDS, self_note=WORDS)
        page.goto("/")
        sign_in(page, who)
        page.goto("/home/")
        for path in PRIVATE:
            page.goto(path)
            assert WORDS in page.content()
        return who, page, buttons

    return make


def is_signed_in(who: Person) -> bool:
    key = who.client.cookies[site_settings.SESSION_COOKIE_NAME].value
    return Session.objects.filter(session_key=key).exists()


def has_left(who: Person, page: Page, place: Place) -> None:
    page.wait_for_url(place.address)
    for _ in range(40):  # for the request that outlives its page
        if not is_signed_in(who):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the session is not over")


def shows_nothing(buttons: Buttons) -> None:
    seen = "".join(buttons.all_over())
    assert "Sunny spells" in seen or "Draw your lines" in seen
    assert WORDS not in seen


def shift(page: Page, times: int = 3) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


@with_and_without_script
def test_after_leaving_no_button_of_the_browser_shows_anything(
    leaver: Leaver, place: Place, javascript: bool
) -> None:
    alice, page, buttons = leaver(javascript=javascript)

    page.get_by_role("link", name="Leave quickly").click()

    has_left(alice, page, place)
    shows_nothing(buttons)


@with_and_without_script
def test_after_signing_out_no_button_of_the_browser_shows_anything(
    leaver: Leaver, javascript: bool, engine: str
) -> None:
    if engine == browsers.WEBKIT and not javascript:
        pytest.skip(
            "over http WebKit keeps pages that are not to be stored; over https it does not"
        )
    _, page, buttons = leaver(javascript=javascript)

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draw your lines")

    shows_nothing(buttons)


def test_while_the_site_is_out_of_reach_the_page_is_gone_at_once_and_the_session_on_its_return(
    leaver: Leaver, place: Place
) -> None:
    # Given somebody whom the site does not reach any more
    alice, page, buttons = leaver()
    page.context.route(f"{page.url.split('/answers')[0]}/**", no_line)

    # When they leave, there is nothing to be seen and nothing to go back to
    page.get_by_role("link", name="Leave quickly").click()
    page.wait_for_url(place.address)
    shows_nothing(buttons)
    assert is_signed_in(alice)

    # And when it is back, the first thing that is asked ends the session
    page.context.unroute_all()
    later = page.context.new_page()
    later.goto("/home/")

    expect(later.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert not is_signed_in(alice)
    assert later.evaluate("document.cookie") == ""


SAY_WHAT_IS_KEPT = """() => addEventListener("pageshow", ({ persisted }) => {
  const kept = `kept: ${document.body.textContent}`;
  if (persisted) sessionStorage.kept = (sessionStorage.kept ?? "") + kept;
})"""


def test_a_page_that_the_browser_kept_is_kept_empty_and_asked_for_anew(
    leaver: Leaver, place: Place, engine: str
) -> None:
    """Whoever signs out on another device is signed out on this one too."""
    _, page, buttons = leaver()
    page.evaluate(SAY_WHAT_IS_KEPT)
    page.goto(place.address)
    Session.objects.all().delete()

    buttons.back()

    assert buttons.comes_to("<h1>Sign in</h1>")
    kept = None if engine in KEEPING_NOTHING else "kept: "
    assert buttons.tells("sessionStorage.kept") == kept


def test_without_our_script_it_would_keep_all_of_it(
    leaver: Leaver, place: Place, engine: str
) -> None:
    """What the tests here look for is there to be found."""
    _, page, buttons = leaver()
    page.context.route("**/leaving.js", lambda route: route.fulfill(status=404))
    page.goto(PRIVATE[-1])
    page.goto(place.address)
    Session.objects.all().delete()

    buttons.back()

    assert buttons.comes_to(WORDS) is (engine not in KEEPING_NOTHING)


def test_without_any_line_the_page_is_gone_at_once(leaver: Leaver) -> None:
    _, page, _ = leaver()
    page.context.set_offline(True)

    left = page.evaluate(
        """() => {
          sessionStorage.setItem("unsaved", "words");
          document.querySelector("[data-leave]").click();
          return [document.body.innerHTML, document.title.trim(), sessionStorage.length];
        }"""
    )

    assert left == ["", "", 0]


def test_shift_three_times_from_anywhere(leaver: Leaver, place: Place) -> None:
    alice, page, _ = leaver()
    status = page.locator(".leave [role=status]")

    page.get_by_label("A note to myself").focus()
    shift(page, 1)
    expect(status).to_have_text("Shift: press it two more times to leave.")
    shift(page, 1)
    expect(status).to_have_text("Shift: press it once more to leave.")
    shift(page, 1)

    has_left(alice, page, place)


def test_no_other_use_of_shift_leaves(leaver: Leaver) -> None:
    _, page, _ = leaver()
    keys = page.keyboard

    def down_and_up(*turns: str) -> None:
        """Keys go down when they are named first, and up when they are named again."""
        held: set[str] = set()
        for key in turns:
            (keys.up if key in held else keys.down)(key)
            held ^= {key}

    status = page.locator(".leave [role=status]")
    page.get_by_label("A note to myself").fill("")
    for _ in range(4):
        down_and_up("Shift", "A", "A", "Shift")
        down_and_up("Shift", "B", "Shift", "B")  # fast: Shift is up before the letter
        expect(status).to_have_text("")
    for _ in range(4):
        down_and_up("Shift", "B", "Shift", "Shift", "C", "Shift", "B", "C")
    expect(page.get_by_label("A note to myself")).to_have_value("AB" * 4 + "BC" * 4)
    for _ in range(4):
        keys.press("Shift+ArrowLeft")  # marks text
    for _ in range(4):
        page.get_by_label("A note to myself").click(modifiers=["Shift"])
    for key in ("Control", "Alt", "Meta"):  # changes the keyboard
        down_and_up(key, *("Shift",) * 8, key)
        down_and_up(*("Shift", key, key, "Shift") * 4)
    for turns in (("Shift",), ("Shift", "a"), ("Shift", "Shift", "Enter")):
        for key in turns:
            keys.press(key)
    shift(page, 2)
    page.clock.install()
    keys.press("Escape")
    shift(page, 2)
    page.clock.fast_forward(5200)
    expect(status).to_have_text("")
    shift(page, 2)

    assert page.url.endswith(PRIVATE[-1])
    expect(status).to_have_text("Shift: press it once more to leave.")


def test_in_the_middle_of_a_save_nothing_is_asked_kept_or_sent_any_more(
    leaver: Leaver, place: Place
) -> None:
    # Given a save that failed, another one under way, and words half typed
    alice, page, _ = leaver()
    held: list[Route] = []
    page.route(SAVES, no_line)
    tap(page, "OK with you, whoever does it?", "Not OK")
    expect(page.locator(".saved")).to_contain_text("Not saved yet")
    page.unroute(SAVES)
    page.route(SAVES, lambda route: held.append(route))
    tap(page, "OK with you, whoever does it?", "Fine")
    page.get_by_label("A note to myself").press_sequentially("Half a")
    for _ in range(40):
        if held:
            break
        page.wait_for_timeout(50)
    assert WORDS in page.evaluate("sessionStorage.unsaved")
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    place.slow = 1.5

    # When they leave, and the save is answered while the plain page is still on its way
    shift(page)
    tried = len(held)
    held[0].fulfill(status=500)

    # Then no question holds them up, and no word stays in the browser or is sent again
    has_left(alice, page, place)
    assert (asked, len(held)) == ([], tried)
    page.goto("/demo/")
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]


def test_a_page_that_asks_by_itself_does_not_come_back(leaver: Leaver, place: Place) -> None:
    # Given a talk that asks what the other does, and has no answer yet
    alice, page, _ = leaver()
    bob = person("Bob")
    pair(alice, bob)
    opened_together(alice, bob, catalogue.deck(catalogue.ESSENTIALS))
    page.goto(f"/talks/{talk(alice)}/")
    held: list[Route] = []
    page.route("**/state/*", lambda route: held.append(route))
    page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    place.slow = 1.5

    # When the answer comes between leaving and the arrival of the plain page
    shift(page)
    held[0].fulfill(status=401)

    has_left(alice, page, place)


def test_all_tabs_leave(leaver: Leaver, place: Place) -> None:
    alice, page, _ = leaver()
    other = page.context.new_page()
    other.goto(PRIVATE[-1])

    page.get_by_role("link", name="Leave quickly").click(button="middle")

    has_left(alice, page, place)
    other.wait_for_url(place.address)


@pytest.mark.parametrize("way", [pytest.param("finger", marks=pytest.mark.chromium), "keyboard"])
def test_from_a_page_for_when_something_is_wrong(leaver: Leaver, place: Place, way: str) -> None:
    alice, page, _ = leaver(touch=way == "finger")
    page.goto("/no-such-page/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page doesn’t exist")

    if way == "finger":
        page.get_by_role("link", name="Leave quickly").tap()
    else:
        page.keyboard.press("Tab")  # to the way past the header; the next is the way out
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

    has_left(alice, page, place)


@pytest.mark.deep  # a busy machine says nothing of it
def test_it_is_quick(leaver: Leaver, place: Place) -> None:
    """From the third Shift to an empty page, and to the request for the plain one.

    What a press that does nothing takes to arrive is the machine's, and is not counted.
    """
    alice, page, _ = leaver()
    page.evaluate(
        """() => {
          let idle = 0;
          addEventListener("keyup", (event) => {
            const taken = performance.now() - event.timeStamp;
            if (document.body.innerHTML) { idle = taken; return; }
            console.info(`empty ${taken - idle} ${performance.timeOrigin + event.timeStamp}`);
          });
        }"""
    )
    with (
        page.expect_console_message(lambda line: line.text.startswith("empty")) as message,
        page.expect_request(place.address) as asked,
    ):
        shift(page)

    has_left(alice, page, place)
    _, empty, pressed = message.value.text.split()
    asked_after = asked.value.timing["startTime"] - float(pressed)
    print(f"empty after {float(empty):.1f} ms, asked for after {asked_after:.1f} ms")
    assert float(empty) < 17
    assert asked_after < 150
