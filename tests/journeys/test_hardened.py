"""What a browser refuses to do on our pages, even if somebody got markup or a script into one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.conftest import Person, person
from tests.journeys.conftest import sign_in, stay_on_the_card
from tests.journeys.test_rating import ONE, SAVES, tap

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

# Each would turn text into something that runs, or make a new way to do so.
REFUSED = [
    "document.body.innerHTML = '<b>x</b>'",
    "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
    "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
    "document.createRange().createContextualFragment('<b>x</b>')",
    "document.write('x')",
    "document.createElement('script').text = '1'",
    "document.createElement('script').src = '/static/js/leaving.js'",
    "document.createElement('iframe').srcdoc = 'x'",
    "window.trustedTypes.createPolicy('another', { createHTML: (text) => text })",
    "window.trustedTypes.createPolicy('htmx', { createHTML: (text) => text })",
    "window.trustedTypes.createPolicy('default', { createHTML: (text) => text })",
]
RUNS = """() => {
  window.ran = false;
  const link = document.createElement("a");
  link.setAttribute("href", "javascript:window.ran = true");
  document.body.append(link);
  link.click();
  return new Promise((done) => setTimeout(() => done(window.ran), 100));
}"""
NOT_OURS = [
    '<p class="evil">x</p><script src="/static/js/sharing.js"></script>',
    '<p class="evil">x</p><script>window.ran = true</script>',
    '<p class="evil">x</p><iframe src="/help/"></iframe>',
    '<p class="evil">x</p><style>main { display: none }</style>',
]


@pytest.fixture
def at_a_card(browser: Browser, live_server: Any, alice: Person) -> Iterator[Page]:
    """On a phone whose console is not listened to: what is refused is told there."""
    address = live_server.url.replace("127.0.0.1", "localhost")
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        sign_in(page, alice)
        page.goto("/help/")
        stay_on_the_card(page)
        page.goto(f"/answers/{ONE.id}/")
        page.wait_for_load_state("networkidle")
        yield page


@pytest.fixture
def alice(transactional_db: None) -> Person:
    return person("Alice")


def test_no_text_becomes_markup_or_runs(at_a_card: Page) -> None:
    for attempt in REFUSED:
        with pytest.raises(Error, match=r"TypeError|Trusted|Policy"):
            at_a_card.evaluate(f"() => {{ {attempt} }}")

    assert at_a_card.evaluate(RUNS) is False


def test_nothing_that_runs_or_frames_is_swapped_in(at_a_card: Page) -> None:
    page = at_a_card
    bodies = iter(NOT_OURS)
    page.route(SAVES, lambda route: route.fulfill(body=next(bodies), content_type="text/html"))

    for stance in ("Not OK", "Fine", "Not sure yet", "Fine, if …"):
        with page.expect_response(SAVES):
            tap(page, "OK with you, whoever does it?", stance)
        page.wait_for_timeout(200)
        expect(page.locator(".evil")).to_have_count(0)


def test_a_file_that_was_changed_on_its_way_is_not_run(at_a_card: Page) -> None:
    page = at_a_card
    changed = "document.documentElement.dataset.changed = 'yes'"
    page.route(
        "**/static/js/*.js",
        lambda route: route.fulfill(body=changed, content_type="text/javascript"),
    )

    page.reload()

    assert page.evaluate("document.documentElement.dataset.changed") is None
