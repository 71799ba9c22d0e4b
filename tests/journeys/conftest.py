"""Phones for the journeys: real browsers that notice every error and every foreign request."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core import mail
from playwright.sync_api import Browser, Expect, Locator, Page, Playwright, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.conftest import Person
from tests.support import browsers
from tests.support.depth import DAY
from tests.support.engines import webkit
from tests.support.engines.firefox import Firefox, Window

SCREENSHOTS = Path(__file__).parent.parent.parent / "var" / "screenshots"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]  # which of its rules look at colours

# The console also tells of pages answered with a 4xx, and of a phone that is offline on purpose.
EXPECTED = (
    "the server responded with",
    "ERR_INTERNET_DISCONNECTED",
    "htmx:error",
    "Permissions-Policy header: Unrecognized feature",  # what a browser does not know it cannot do
    "Blocked attempt to show a 'beforeunload'",  # nobody has touched that page yet
    "9Ua0vFImLlb",  # the digest of nothing at all: a script that was held back by a test
)
# What Firefox tells Playwright as if a script of the page had failed.
EXPECTED_OF_FIREFOX = (
    "status=2152398850 source: ",  # "aborted": the page was left before this font of it had come
    "9Ua0vFImLlb",  # as above
    # The digest of "body {}", an empty style that Playwright puts into each page that it takes a
    # picture of. In Chromium its scripts may; in Firefox they are held to the page's policy.
    "'sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA='",
)

PLAIN_PLACE = "http://127.0.0.1:"  # to the browser another site than "localhost"

type PhoneMaker = Callable[..., Page]

with_and_without_script = pytest.mark.parametrize(
    "javascript",
    [
        pytest.param(True, id="with-script", marks=pytest.mark.once),
        pytest.param(False, id="without-script"),
    ],
)

without_script: WeakSet[Page] = WeakSet()  # axe, which is a script, cannot look at these
without_axe: WeakSet[Page] = WeakSet()  # what it finds is the same in every engine


# With --daily, each every third day. By night, and in the other browsers, all of them run.
IN_TURNS = (
    {
        "test_journal.py",
        "test_questions.py",
        "test_releasing.py",
        "test_second_round.py",
        "test_steady.py",
        "test_talking.py",
        "test_two_directions.py",
    },
    {"test_keyboard.py", "test_leaving_for_good.py", "test_passkeys.py", "test_scanning.py"},
    {"test_agreeing.py", "test_leaving.py", "test_plain_words.py", "test_talk_on_one_phone.py"},
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    todays = IN_TURNS[DAY % len(IN_TURNS)]
    others = set().union(*IN_TURNS) - todays
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            if item.path.name in others:
                item.add_marker(pytest.mark.another_day)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> str:
    return str(pytestconfig.getoption("--engine"))


@pytest.fixture(scope="session")
def browser(playwright: Playwright, engine: str) -> Iterator[Any]:
    program = browsers.found(engine)
    assert program
    browser: Any
    if engine == browsers.FIREFOX:
        browser = Firefox(playwright, program)
    elif engine == browsers.WEBKIT:
        browser = webkit.WebKit(program)
        webkit_is_expected()
    else:
        browser = playwright.chromium.launch(executable_path=program, args=browsers.FLAGS)
    yield browser
    browser.close()


def webkit_is_expected() -> None:
    """Playwright's `expect` also takes pages that are not Playwright's."""
    as_it_was = Expect.__call__

    def expect(self: Expect, actual: Any, message: str | None = None) -> Any:
        if isinstance(actual, webkit.Finding):
            return webkit.Expected(actual)  # type: ignore[arg-type]
        return as_it_was(self, actual, message)

    Expect.__call__ = expect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def browser_that_keeps(playwright: Playwright, engine: str, browser: Browser) -> Iterator[Browser]:
    """As people have it: it keeps pages as they were, for "back". Playwright switches that off."""
    if engine == browsers.FIREFOX:
        yield browser
        return
    if engine == browsers.WEBKIT:
        keeping: Any = webkit.WebKit(str(browsers.found(engine)), waits=False)
    else:
        keeping = playwright.chromium.launch(
            executable_path=browsers.found(),
            args=browsers.FLAGS,
            ignore_default_args=["--disable-back-forward-cache"],
        )
    yield keeping
    keeping.close()


@pytest.fixture(scope="module")
def live_server() -> Iterator[LiveServer]:
    """As pytest-django has it, but not to the end: a server that waits for requests does work."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def phone(browser: Browser, live_server: Any, settings: Any) -> Iterator[PhoneMaker]:
    """Makes a phone: `phone()`, `phone(javascript=False)`, `phone(dark=True, width=1280)`."""
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    with phones(browser, settings.SITE_URL) as make:
        yield make


@contextmanager
def phones(browser: Browser, address: str) -> Iterator[PhoneMaker]:
    troubles: list[str] = []
    contexts = []
    ours = (address, "data:", PLAIN_PLACE)

    def watch(page: Page) -> None:
        page.on(
            "console",
            lambda message: (
                troubles.append(message.text)
                if message.type in {"error", "warning"}
                and not any(text in message.text for text in EXPECTED)
                else None
            ),
        )
        page.on(
            "pageerror",
            lambda error: (
                troubles.append(str(error))
                if in_chromium(page) or not any(text in str(error) for text in EXPECTED_OF_FIREFOX)
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(ours)
                else troubles.append(f"a request to {request.url}")
            ),
        )

    def make(
        *,
        javascript: bool = True,
        dark: bool = False,
        forced_colors: str = "none",
        width: int = 390,
        touch: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=address,
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            forced_colors=forced_colors,  # type: ignore[arg-type]
            viewport={"width": width, "height": 844},
            reduced_motion="reduce",
            has_touch=touch,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if not javascript:
            without_script.add(page)
        if not in_chromium(page):
            without_axe.add(page)
        watch(page)
        return page

    yield make
    for context in contexts:
        if isinstance(context, webkit.Context):
            troubles += [
                line for line in context.console() if not any(text in line for text in EXPECTED)
            ]
        context.close()
    assert troubles == []


def in_chromium(page: Page) -> bool:
    browser = page.context.browser if isinstance(page, Page) else None
    return browser is not None and browser.browser_type.name == browsers.CHROMIUM


def take_focus(page: Page) -> None:
    """Where Tab has left for the browser's own buttons, Firefox leaves the focus with those."""
    if in_chromium(page) or page.evaluate("document.hasFocus()"):
        return
    if not isinstance(page, Page):
        pytest.skip("without a window manager no window of WebKit has the focus")
    Window(page).focus()


def has_focus(locator: Locator) -> None:
    """Wait for an element to have the focus, also in a window that is behind another."""
    for _ in range(50):
        if locator.evaluate("it => it === document.activeElement"):
            return
        locator.page.wait_for_timeout(100)
    raise AssertionError("it does not have the focus")


def look(page: Page, name: str) -> None:
    """Keep a picture of the page, for a person to look at, when SCREENSHOTS=1."""
    if os.environ.get("SCREENSHOTS"):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def unfold(page: Page, words: str) -> None:
    """Tap the first folded line with these words, unless it is open."""
    summary = page.locator("summary").filter(has_text=words).first
    if not summary.evaluate("it => it.parentElement.open"):
        summary.click()


def arrived(page: Page, heading: str) -> None:
    """Wait for the page of this heading: a click does not wait for where it leads."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state()


def is_scripted(page: Page) -> None:
    """Wait until what saves by itself does so: it shows on the page once its script has run."""
    page.wait_for_load_state()
    expect(page.locator("html.saving")).to_be_attached()


SIZE = "target-size"  # axe's rule
PUT_BARS = """(position) => document.querySelectorAll(".foot-bar").forEach(
    (bar) => { bar.style.position = position })"""


def is_accessible(page: Page, heading: str) -> None:
    """No violation of WCAG 2.2 A or AA, light and dark, on the page of this heading."""
    arrived(page, heading)
    assert violations(page) == [], page.url


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands: everything in light, and the colours in dark."""
    found_here: list[str] = []
    if page in without_axe:
        return found_here
    page.evaluate(Axe().axe_script)
    for scheme, rules in (("light", WCAG), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = _by_axe(page, rules)
        if SIZE in found:  # half a box behind the bar at the bottom: one scrolls, and it is whole
            page.evaluate(PUT_BARS, "static")
            found[SIZE] = _by_axe(page, [SIZE]).get(SIZE, [])
            page.evaluate(PUT_BARS, "")
        found_here += [f"{scheme}, {id}: {html}" for id, nodes in found.items() for html in nodes]
    page.emulate_media(color_scheme="light")
    return found_here


def _by_axe(page: Page, rules: object) -> dict[str, list[str]]:
    """What breaks a rule, by the id of the rule."""
    found = page.evaluate("runOnly => axe.run({ runOnly, resultTypes: ['violations'] })", rules)
    return {
        violation["id"]: [node["html"][:160] for node in violation["nodes"]]
        for violation in found["violations"]
    }


def mailed_code(address: str) -> str:
    """The newest code that was mailed to somebody, as soon as it is."""
    for _ in range(100):
        letters = [letter for letter in mail.outbox if letter.to == [address]]
        if letters:
            break
        time.sleep(0.1)
    found = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{2,})?)\s*$", str(letters[-1].body), re.M)
    assert found, letters[-1].body
    return found[1]


def stay_on_the_card(page: Page) -> None:
    """Switch off that the next card comes by itself. The page must be of this site."""
    page.evaluate("() => { localStorage.setItem('stay-on-the-card', 'yes') }")


def sign_in(page: Page, who: Person) -> None:
    """As if they had signed in on this phone, in another tab."""
    who.client.force_login(who.user)
    name = settings.SESSION_COOKIE_NAME
    value = who.client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])
