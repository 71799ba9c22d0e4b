"""From the landing page to the first saved answer: how many screens, taps and words it takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from boundaries.answers import sheets
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from tests.conftest import Person, person
from tests.journeys.conftest import (
    PhoneMaker,
    is_accessible,
    mailed_code,
    sign_in,
    without_script,
)
from tests.pairing.test_rules import invite

ADDRESS = "nora@example.org"
MOST_SCREENS, MOST_TAPS, MOST_WORDS = 5, 10, 350

# What somebody sees who folds nothing open. Words for screen readers alone are left out.
VISIBLE_WORDS = """() => {
    const hidden = [...document.querySelectorAll(".for-readers, .skip")];
    const unseen = hidden.flatMap((part) => part.innerText.match(/[\\p{L}\\p{N}]\\S*/gu) ?? []);
    return (document.body.innerText.match(/[\\p{L}\\p{N}]\\S*/gu) ?? []).length - unseen.length;
}"""

pytestmark = [pytest.mark.every_day, pytest.mark.django_db(transaction=True)]


@dataclass
class Walk:
    """A walk through pages, counted as somebody with a thumb would count it."""

    page: Page
    taps: int = 0
    words_of: list[int] = field(default_factory=list)  # of each screen

    @property
    def screens(self) -> int:
        return len(self.words_of)

    @property
    def words(self) -> int:
        return sum(self.words_of)

    def see(self, heading: str = "") -> None:
        if heading:
            expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.page.wait_for_load_state()
        if self.page in without_script:
            text = self.page.locator("body").inner_text()
            self.words_of.append(sum(any(map(str.isalnum, word)) for word in text.split()))
        else:
            self.words_of.append(self.page.evaluate(VISIBLE_WORDS))

    def tap(self, target: Locator) -> None:
        target.click()
        self.taps += 1

    def type(self, name: str, text: str) -> None:
        """Tap a field and type into it."""
        self.page.locator(f"input[name={name}]").fill(text)
        self.taps += 1

    def __str__(self) -> str:
        return f"{self.screens} screens, {self.taps} taps, {self.words} words {self.words_of}"


def to_the_first_answer(walk: Walk) -> None:
    """Everything up to the first card, with whatever it takes to send each form."""
    page = walk.page
    page.goto("/")
    walk.see("Draw your lines together, before anyone gets hurt.")
    walk.tap(page.get_by_role("link", name="Begin, it takes ten minutes"))
    walk.see("Begin")
    walk.type("first_name", "Nora")
    walk.type("email", ADDRESS)
    walk.tap(page.get_by_label("I am 18 or older"))
    walk.tap(page.get_by_role("button", name="Send me the code"))
    walk.see("Check your mail")
    walk.type("code", mailed_code(ADDRESS))
    if page in without_script:
        walk.tap(page.get_by_role("button", name="Continue"))
    walk.see("Before your first answer")
    walk.tap(page.get_by_role("button", name="Yes, keep my answers"))
    page.wait_for_url("**/answers/*/")
    walk.see()


def saved_answers() -> int:
    """How many answers are stored, as soon as there is one."""
    seat = seats.seat_of(User.objects.get(email=ADDRESS))
    for _ in range(50):
        if answered := sheets.own_sheets(seat, questions.decks(seat))[0].answered:
            return answered
        time.sleep(0.1)
    return 0


def test_the_first_answer_takes_few_screens_taps_and_words(
    phone: PhoneMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = Walk(phone())

    to_the_first_answer(walk)
    walk.tap(walk.page.locator("main label").filter(has_text="Fine").first)

    assert saved_answers() == 1
    with capsys.disabled():
        print(f"\nfrom the landing page to the first saved answer: {walk}")
    assert walk.screens <= MOST_SCREENS
    assert walk.taps <= MOST_TAPS
    assert walk.words <= MOST_WORDS


def test_the_first_answer_takes_little_more_without_scripts(
    phone: PhoneMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = Walk(phone(javascript=False))

    to_the_first_answer(walk)
    walk.tap(walk.page.locator("main label").filter(has_text="Fine").first)
    walk.tap(walk.page.locator("main form .button:not(.plain):visible").last)

    assert saved_answers() == 1
    with capsys.disabled():
        print(f"\nfrom the landing page to the first saved answer, without scripts: {walk}")
    assert walk.screens <= MOST_SCREENS


def test_the_landing_page_is_one_screen_of_a_small_phone_and_its_card_is_live(
    phone: PhoneMaker,
) -> None:
    page = phone(width=320)
    page.set_viewport_size({"width": 320, "height": 568})
    requests: list[str] = []
    page.goto("/")
    page.wait_for_load_state()
    for name in ("Begin, it takes ten minutes", "I was invited", "See an example couple"):
        expect(page.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    is_accessible(page, "Draw your lines together, before anyone gets hurt.")
    page.on("request", lambda request: requests.append(request.url))

    page.get_by_text("Fine, if …", exact=True).first.click()

    expect(page.get_by_text("Your partner would see nothing yet.")).to_be_visible()
    expect(page.get_by_text("we tell each other first")).to_be_visible()
    assert requests == []
    page.reload()
    expect(page.locator(":checked")).to_have_count(0)
    expect(page.get_by_text("we tell each other first")).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_refused_form_says_so_in_its_title_and_at_its_first_wrong_field(
    phone: PhoneMaker, javascript: bool
) -> None:
    page = phone(javascript=javascript)
    page.goto("/account/signup/")
    page.locator("input[name=first_name]").fill("Nora")
    page.locator("input[name=email]").fill("nora@nowhere")
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name="Send me the code").click()

    expect(page).to_have_title("Please check: Begin · Common Ground")
    wrong = page.locator("input[name=email]")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_accessible_description(
        "That doesn’t look like an e-mail address."
        " Use one that only you read. We’ll send a code, so you don’t need a password."
    )
    expect(page.locator("input[name=first_name]")).to_have_value("Nora")


@pytest.mark.parametrize("javascript", [True, False])
def test_an_empty_form_for_signing_in_is_answered_by_us(
    phone: PhoneMaker, javascript: bool
) -> None:
    page = phone(javascript=javascript)
    page.goto("/account/login/")

    page.get_by_role("button", name="Send me the code").click()

    expect(page).to_have_title("Please check: Sign in with a code · Common Ground")
    wrong = page.locator("input[name=email]")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_accessible_description("Please type your e-mail address.")


def test_going_back_after_a_wrong_code_asks_for_nothing_to_be_sent_again(phone: PhoneMaker) -> None:
    walk = Walk(phone())
    page = walk.page
    page.goto("/account/signup/")
    walk.type("first_name", "Nora")
    walk.type("email", ADDRESS)
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name="Send me the code").click()
    code = mailed_code(ADDRESS)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    walk.type("code", wrong)
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    walk.type("code", code)
    page.wait_for_url("**/yes/")

    page.go_back()

    expect(page.locator("main")).to_be_visible()  # and no error page of the browser


# Words that the bar covers, on the way from the top of the page to its end.
COVERED = """() => {
  const bar = document.querySelector(".foot-bar"), covered = new Set();
  for (let y = 0; y <= document.documentElement.scrollHeight; y += 40) {
    scrollTo(0, y);
    const { top } = bar.getBoundingClientRect();
    for (const part of document.querySelectorAll("main li, main p, main summary, main .links a")) {
      const box = part.getBoundingClientRect();
      if (bar.contains(part) || !part.checkVisibility()) continue;
      const meets = box.bottom > top + 1 && box.top < innerHeight;
      if (meets) covered.add(part.innerText.slice(0, 40));
    }
  }
  return [...covered];
}"""


@pytest.mark.parametrize("invited", [False, True], ids=["alone", "invited"])
def test_no_bar_covers_what_somebody_says_yes_to(
    phone: PhoneMaker, alice: Person, *, invited: bool
) -> None:
    new = person("Nell")
    Seat.objects.filter(pk=new.seat.pk).update(agreed_to=None, agreed_at=None)
    page = phone()
    sign_in(page, new)
    if invited:
        code = invite(alice)
        page.goto(f"/join/#{code}")
        expect(page.get_by_text("Alice").first).to_be_visible()
    covered: dict[str, list[str]] = {}
    for width, height in ((320, 568), (360, 640), (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/yes/")
        expect(page.get_by_text("Then you join")).to_have_count(int(invited))
        if found := page.evaluate(COVERED):
            covered[f"{width} by {height}"] = found

    assert covered == {}
