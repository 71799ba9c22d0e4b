"""Two people with two phones: sign up, invite, join, confirm, rate, seal, open, compare."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import (
    PhoneMaker,
    arrived,
    is_accessible,
    look,
    mailed_code,
    stay_on_the_card,
    unfold,
    with_and_without_script,
    without_script,
)

CUT_OFF = """[...document.querySelectorAll(".stances label")]
    .filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.innerText)"""

pytestmark = [pytest.mark.every_day, pytest.mark.django_db(transaction=True)]


@with_and_without_script
def test_two_people_do_the_main_job(phone: PhoneMaker, javascript: bool) -> None:
    # Given two phones
    asha, ravi = phone(javascript=javascript), phone(javascript=javascript)

    # When Asha signs up and begins alone
    asha.goto("/")
    see(asha, "landing", "Draw your lines together, before anyone gets hurt.")
    asha.get_by_role("link", name="Begin, it takes ten minutes").click()
    sign_up(asha, "Asha", "asha@example.org")
    begin(asha, "Yes, keep my answers")
    expect(asha.get_by_text("OK with you, whoever does it?")).to_be_visible()
    rate_everything(asha, "Fine, if …", note="When I know about it.")

    # And invites Ravi
    asha.goto("/home/")
    asha.get_by_role("link", name="Invite your partner").click()
    see(asha, "questions-inviting", "Is this right for us?")
    asha.get_by_role("button", name="Make my invitation").click()
    see(asha, "invitation", "Your invitation is ready.")
    asha.get_by_text("Other ways").click()
    link = asha.get_by_label("The link", exact=True).input_value()
    code = link.partition("#")[2]

    # Then Ravi sees who invites him, by the link or by the typed code
    if javascript:
        ravi.goto(link)
    else:
        ravi.goto("/join/")
        see(ravi, "join", "You were invited")
        ravi.get_by_label("Your code").fill(code.lower().replace("-", " "))
        ravi.get_by_role("button", name="See the invitation").click()
    invited = "Asha would like to do this with you."
    expect(ravi.get_by_role("heading", level=1)).to_have_text(invited)
    assert code not in ravi.url
    see(ravi, "offer", invited)

    # When he signs up and joins, and she confirms
    ravi.get_by_role("link", name="Yes, and join Asha").click()
    sign_up(ravi, "Ravi", "ravi@example.org")
    begin(ravi, "Yes, keep my answers")
    see(ravi, "questions-joining", "Is this right for us?")
    ravi.get_by_role("button", name="Join Asha").click()
    expect(ravi.get_by_role("heading", level=1)).to_have_text("You’ve joined Asha.")
    see(ravi, "joined", "You’ve joined Asha.")
    if javascript:
        arrived(asha, "Is this your partner?")  # by itself
    asha.goto("/home/")
    see(asha, "home-confirm", "Ravi has used your link.")
    asha.get_by_role("link", name="See who joined").click()
    expect(asha.get_by_text("r•••@example.org")).to_be_visible()
    see(asha, "confirm", "Is this your partner?")
    asha.get_by_role("button", name="Yes, this is my partner").click()
    if javascript:
        arrived(ravi, "You and Asha")  # by itself

    # Then each seals; and nothing shows before both have
    asha.get_by_role("link", name="Check your answers").click()
    see(asha, "last-look", "Check your answers")
    asha.get_by_role("button", name="Seal my answers").click()
    see(asha, "sealed", "Sealed")
    assert asha.request.get("/decks/essentials/comparison/").status == 404
    asha.get_by_role("button", name="Take my seal back").click()
    asha.get_by_role("link", name="Check your answers").first.click()
    asha.get_by_role("button", name="Seal my answers").click()

    ravi.goto("/home/")
    ravi.get_by_role("link", name="Begin").click()
    expect(ravi.get_by_text("OK with you, whoever does it?")).to_be_visible()
    rate_everything(ravi, "Fine", mine="Fine, if …", note="Only with friends.")
    ravi.get_by_role("button", name="Seal my answers").click()
    see(ravi, "opened", "You’re both ready")
    ravi.get_by_role("link", name="Open it").click()
    arrived(ravi, "What you two said")

    if javascript:
        arrived(asha, "You’re both ready")  # by itself

    # And both see the same comparison
    for who in (ravi, asha):
        who.goto("/decks/essentials/comparison/")
        expect(who.get_by_role("heading", level=1)).to_have_text("What you two said")
        unfold(who, "One step apart")
        who.locator("#a1 summary").click()
        words = who.locator("main").inner_text()
        assert "When Asha does it: Asha says fine, if …, Ravi says fine." in words
        assert "When Ravi does it: you both say fine, if …" in words
        # Each wrote their note on the card that came first for them
        folded = who.locator("main").text_content() or ""
        assert "When I know about it." in folded
        assert "Only with friends." in folded
        assert "nobody else's business" not in folded
    see(asha, "comparison", "What you two said")
    asha.goto("/home/")
    has_seen_it = "What would you like to talk about?"
    see(asha, "home-compare", has_seen_it if javascript else "You’ve both sealed.")
    asha.goto("/partner/")
    see(asha, "paired", "You and Ravi")


def see(page: Page, name: str, heading: str) -> None:
    """Look at the page of this heading: accessible, in its pictures, and not too wide."""
    if page in without_script:
        arrived(page, heading)
        return
    is_accessible(page, heading)
    for scheme, width in (("light", 390), ("dark", 390), ("light", 1280)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        look(page, f"{name}-{width}-{scheme}")
    page.set_viewport_size({"width": 320, "height": 700})
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{name} is wider than a 320 px phone by {overflow}"
    assert page.evaluate(CUT_OFF) == [], f"{name} has words that leave their box at 320 px"
    page.set_viewport_size({"width": 390, "height": 844})


def sign_up(page: Page, name: str, address: str) -> None:
    page.locator("input[name=first_name]").fill(name)
    page.locator("input[name=email]").fill(address)
    page.locator("input[name=adult]").check()
    see(page, "sign-up", "Begin")
    page.get_by_role("button", name="Send me the code").click()
    see(page, "sign-up-code", "Check your mail")
    page.locator("input[name=code]").fill(mailed_code(address))
    if page in without_script:
        page.get_by_role("button", name="Continue").click()


def begin(page: Page, yes: str) -> None:
    """Past what people say yes to."""
    see(page, "before-your-first-answer", "Before your first answer")
    page.get_by_role("button", name=yes).click()


def rate_everything(page: Page, stance: str, *, mine: str | None = None, note: str = "") -> None:
    """Through all cards to the last look, as a person would: tap, sometimes write, go on."""
    if page not in without_script:
        stay_on_the_card(
            page
        )  # the next one would come by itself before a slow engine has tapped again
    for at in range(24):
        heading = page.get_by_role("heading", level=1)
        text = heading.inner_text()
        first, second = page.locator("fieldset").nth(0), page.locator("fieldset").nth(1)
        first.get_by_label(stance, exact=True).check()
        if mine:
            page.get_by_label("Different when it’s me").check()
            second.get_by_label(mine, exact=True).check()
        if at == 0:
            page.get_by_text("Add something").click()
            page.get_by_label("A note that opens with my answer").fill(note)
            page.get_by_label("A note to myself").fill("nobody else's business")
            see(page, "card", text)
        if at == 1 and page not in without_script:
            expect(page.locator(".saved")).to_contain_text("Saved")
            expect(page.locator(".saved")).to_be_in_viewport()  # without scrolling for it
            if mine:
                expect(second.get_by_label(mine, exact=True)).to_be_checked()
            page.reload()
            expect(first.get_by_label(stance, exact=True)).to_be_checked()
        page.get_by_role("button", name="Next" if at < 23 else "Check your answers").click()
        expect(heading).not_to_have_text(text)
    arrived(page, "Check your answers")
