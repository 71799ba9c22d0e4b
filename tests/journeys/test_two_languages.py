"""Two people agree, one who reads Hindi and one who reads English; and how one comes to read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect

from accounts.models import User
from boundaries.agreements import history
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Condition, Outcome, Stance, Step
from tests.conftest import Person, fill_in, opened_together, talk, talked_up_to
from tests.journeys.conftest import (
    PhoneMaker,
    arrived,
    in_chromium,
    mailed_code,
    with_and_without_script,
)
from tests.journeys.test_agreeing import read
from tests.journeys.test_talking import heading, phones, press
from tests.journeys.test_the_main_job import begin, see, sign_up

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]

ITS_NAME = dict(settings.LANGUAGES)["hi"]
WORDS = "Fine, if we tell each other first."
LANGUAGE_OF_PAGE = "document.documentElement.lang"


def test_somebody_signs_up_in_their_language(phone: PhoneMaker) -> None:
    page = phone(javascript=False)
    page.goto("/")

    switch_to_hindi(page)
    page.get_by_role("link", name=hindi("Begin, it takes ten minutes")).click()
    page.locator("input[name=first_name]").fill("Ravi")
    page.locator("input[name=email]").fill("ravi@example.org")
    page.locator("input[name=adult]").check()
    page.get_by_role("button", name=hindi("Send me the code")).click()
    page.locator("input[name=code]").fill(mailed_code("ravi@example.org"))
    page.get_by_role("button", name=hindi("Continue")).click()
    arrived(page, hindi("Before your first answer"))

    assert User.objects.get().language == "hi"
    names = [cookie.get("name") for cookie in page.context.cookies()]
    assert settings.LANGUAGE_COOKIE_NAME not in names


@with_and_without_script
def test_both_say_yes_to_one_text_and_read_it_in_their_own_language(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, tmp_path: Path, javascript: bool
) -> None:
    # Given a talk in which each has been heard
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    hers, his = phones(phone, alice, bob, javascript=javascript)

    # When Bob reads Hindi from now on, and proposes
    his.goto("/talks/")
    switch_to_hindi(his)
    see(his, "hindi-talks", his.get_by_role("heading", level=1).inner_text())
    in_english, in_hindi = (text_of("en"), text_of("hi"))
    his.get_by_role("link", name=in_hindi).first.click()
    his.locator(f"[name=outcome_both][value={Outcome.CONDITIONS}]").check()
    his.locator(f"[name=conditions_both][value={Condition.TOLD_FIRST}]").check()
    press(his, hindi("Propose this to %(name)s", name="Alice"))

    # Then Alice reads his words, and what they say in hers
    hers.goto("/talks/")
    hers.get_by_role("link", name=in_english).first.click()
    expect(hers.locator(".proposal [lang=hi]").first).to_have_text(in_hindi)
    expect(hers.locator(".proposal .gloss")).to_contain_text(WORDS)
    assert hers.evaluate(LANGUAGE_OF_PAGE) == "en"
    see(hers, "two-languages-proposal", "What would work for you two?")

    # When she says yes
    press(hers, "Yes, keep this")
    heading(hers, "You’ve both said yes")
    heading(his, hindi("You’ve both said yes"))

    # Then it is on the page of both, in the same words, and each reads it in their own language
    for page in (hers, his):
        page.goto("/understandings/")
        expect(page.locator("#a1 h3")).to_have_text(in_hindi)
    expect(hers.locator("#a1 .gloss")).to_contain_text(WORDS)
    expect(his.locator("#a1 .gloss")).to_have_count(0)
    see(hers, "two-languages-hers", "Our understandings")
    see(his, "two-languages-his", hindi("Our understandings"))
    hers_now, his_now = (history.entry(who.seat, "a1").current for who in (alice, bob))
    assert hers_now
    assert his_now
    assert hers_now.digest == his_now.digest

    # And in what either takes along
    printed = [pdf_of(page, tmp_path) for page in (hers, his)]
    assert ["we tell each other first" in text for text in printed] == [True, False]
    assert ["Our understandings" in text for text in printed] == [True, False]

    # And nothing of his setting is on her pages
    for path in ("/home/", "/partner/", "/account/", "/talks/"):
        if response := hers.goto(path):  # WebKit's driver gives none
            assert response.headers["content-language"] == "en"
        assert hers.evaluate(LANGUAGE_OF_PAGE) == "en"
        assert hers.locator("main [lang=hi]").count() == 0, path
    hers.goto("/understandings/")
    his.reload()
    assert hers.evaluate(LANGUAGE_OF_PAGE) == "en"
    assert his.evaluate(LANGUAGE_OF_PAGE) == "hi"


def test_the_main_job_with_one_partner_in_hindi_and_one_in_english(
    phone: PhoneMaker, deck: Deck, transactional_db: None
) -> None:
    # Given Asha, who has answered in English and invites Ravi
    asha, ravi = phone(), phone()
    asha.goto("/")
    asha.get_by_role("link", name="Begin, it takes ten minutes").click()
    sign_up(asha, "Asha", "asha@example.org")
    begin(asha, "Yes, keep my answers")
    expect(asha.get_by_text("OK with you, whoever does it?")).to_be_visible()
    fill_in(signed_up("asha@example.org"), deck, Stance.ACCEPTABLE)
    asha.goto("/home/")
    asha.get_by_role("link", name="Invite your partner").click()
    press(asha, "Make my invitation")
    asha.get_by_text("Other ways").click()
    link = asha.get_by_label("The link", exact=True).input_value()

    # When Ravi opens it, reads Hindi, signs up and joins
    ravi.goto(link)
    arrived(ravi, "Asha would like to do this with you.")
    switch_to_hindi(ravi)
    arrived(ravi, hindi("%(name)s would like to do this with you.", name="Asha"))
    ravi.get_by_role("link", name=hindi("Yes, and join %(name)s", name="Asha")).click()
    ravi.locator("input[name=first_name]").fill("Ravi")
    ravi.locator("input[name=email]").fill("ravi@example.org")
    ravi.locator("input[name=adult]").check()
    press(ravi, hindi("Send me the code"))
    ravi.locator("input[name=code]").fill(mailed_code("ravi@example.org"))
    arrived(ravi, hindi("Before your first answer"))
    press(ravi, hindi("Yes, keep my answers"))
    press(ravi, hindi("Join %(name)s", name="Asha"))
    arrived(ravi, hindi("You’ve joined %(name)s.", name="Asha"))

    # Then her page shows by itself who joined, and his that she has said yes
    arrived(asha, "Is this your partner?")
    press(asha, "Yes, this is my partner")
    arrived(ravi, hindi("You and %(name)s", name="Asha"))

    # When both have sealed, each reads the comparison in their own language
    fill_in(signed_up("ravi@example.org"), deck, Stance.ACCEPTABLE)
    asha.goto("/decks/essentials/last-look/")
    press(asha, "Seal my answers")
    ravi.goto("/decks/essentials/last-look/")
    press(ravi, hindi("Seal my answers"))
    arrived(ravi, hindi("You’re both ready"))
    ravi.get_by_role("link", name=hindi("Open it")).click()
    arrived(ravi, hindi("What you two said"))
    arrived(asha, "You’re both ready")
    asha.get_by_role("link", name="Open it").click()
    arrived(asha, "What you two said")

    # And what she keeps and he says yes to is one text on both pages
    asha.get_by_role("link", name="Keep these as they are").click()
    press(asha, "Propose these to Ravi")
    arrived(asha, "Our understandings")
    ravi.goto("/understandings/")
    ravi.locator(".keeps .foot-bar button").click()
    expect(ravi.locator("#a1 h3")).to_have_text(text_of("en"))
    asha.reload()
    expect(asha.locator("#a1 h3")).to_have_text(text_of("en"))
    people = [signed_up(f"{name}@example.org") for name in ("asha", "ravi")]
    held = [history.entry(who.seat, "a1").current for who in people]
    assert len({version.digest for version in held if version}) == 1

    # And each page is in its reader's language, and hers has nothing of his
    for page, language in ((asha, "en"), (ravi, "hi")):
        for path in ("/home/", "/partner/", "/understandings/", "/decks/essentials/comparison/"):
            page.goto(path)
            assert page.evaluate(LANGUAGE_OF_PAGE) == language
    assert asha.locator("main [lang=hi]").count() == 0


@pytest.mark.once
def test_what_was_typed_comes_along(phone: PhoneMaker, alice: Person, bob: Person) -> None:
    page = phones(phone, alice, bob)[0]
    page.goto("/check-ins/now/")
    page.locator("[name=well]").fill("We laughed & we <sang>.\nTwice.")
    page.locator("[name=closeness]").first.check(force=True)

    switch_to_hindi(page)

    typed_is_there(page)
    assert page.evaluate("sessionStorage.length") == 0

    # Also where it was refused, and stands at another address
    page.locator("[name=anything_new][value=something]").check(force=True)
    press(page, hindi("Seal my part"))
    expect(page.locator("[name=new]")).to_have_attribute("aria-invalid", "true")
    press(page, "English")
    assert page.evaluate(LANGUAGE_OF_PAGE) == "en"
    typed_is_there(page)
    expect(page.locator("[name=anything_new][value=something]")).to_be_checked()


@pytest.mark.once
def test_it_comes_along_past_the_question_who_one_is_and_to_nobody_else(
    phone: PhoneMaker, alice: Person, bob: Person
) -> None:
    page = phones(phone, alice, bob)[0]
    page.goto("/check-ins/now/")
    page.locator("[name=well]").fill("We laughed & we <sang>.\nTwice.")
    page.locator("[name=closeness]").first.check(force=True)
    page.locator(".languages").evaluate(
        "form => form.addEventListener('submit', (event) => event.preventDefault())"
    )
    page.get_by_role("button", name=ITS_NAME).click()
    assert "sang" in page.evaluate("sessionStorage.carried")

    page.goto("/account/")  # on the way
    page.goto("/check-ins/now/")
    typed_is_there(page)

    page.evaluate(
        "sessionStorage.carried = JSON.stringify({owner: 'x', at: Date.now(), forms: []})"
    )
    page.goto("/account/")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.once
def test_a_password_does_not_come_along(phone: PhoneMaker, alice: Person) -> None:
    page = phone()
    page.goto("/account/login/")
    page.locator("summary").click()
    page.locator("[name=login]").fill("ravi@example.org")
    page.locator("[name=password]").fill("a long enough password")
    page.evaluate("""addEventListener("submit", () => { window.name = sessionStorage.carried; })""")

    switch_to_hindi(page)

    expect(page.locator("[name=login]")).to_have_value("ravi@example.org")
    expect(page.locator("[name=password]")).to_have_value("")
    assert "ravi" in page.evaluate("window.name")
    assert "long enough" not in page.evaluate("window.name")


@pytest.mark.once
def test_nor_does_a_code(phone: PhoneMaker, transactional_db: None) -> None:
    """Once all its digits are there it would be sent by itself, and a wrong one is a try.

    Firefox itself keeps what was typed when the same page comes again.
    """
    page = phone()
    page.goto("/account/login/code/")
    page.locator("input[name=email]").fill("ravi@example.org")
    press(page, "Send me the code")
    page.locator("input[name=code]").fill("12345")

    switch_to_hindi(page)

    if in_chromium(page):
        expect(page.locator("input[name=code]")).to_have_value("")
    expect(page.locator("input[name=code]:not([aria-invalid])")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def signed_up(email: str) -> Person:
    return Person(User.objects.get(email=email), Client())


def typed_is_there(page: Page) -> None:
    expect(page.locator("[name=well]")).to_have_value("We laughed & we <sang>.\nTwice.")
    expect(page.locator("[name=closeness]").first).to_be_checked()


def switch_to_hindi(page: Page) -> None:
    """By the button at the foot, which leads back to the same page."""
    path = page.evaluate("location.pathname")
    press(page, ITS_NAME)
    assert page.evaluate("location.pathname") == path
    assert page.evaluate(LANGUAGE_OF_PAGE) == "hi"


def hindi(text: str, **names: str) -> str:
    with override("hi"):
        return gettext(text) % names if names else gettext(text)


def text_of(language: str) -> str:
    with override(language):
        return catalogue.every()["a1"].text


def pdf_of(page: Page, folder: Path) -> str:
    path = folder / "understandings.pdf"
    path.write_bytes(page.request.get("/understandings/a4.pdf").body())
    return read(path)
