"""On the low screen of a laptop, the main button of every task is in view."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.codes import grouped
from boundaries.answers import sheets
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Stance
from tests.conftest import Person, fill_in, opened_together, person
from tests.journeys.conftest import PhoneMaker, look, sign_in
from tests.pairing.test_rules import invite

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

# The main button, if it is not on the screen or something else is where it should be.
OUT_OF_VIEW = """() => {
  const main = "main :is(.foot-bar, .actions) .button:not(.plain)";
  const buttons = [...document.querySelectorAll(main)];
  const button = buttons.findLast((each) => each.checkVisibility() && !each.closest("details"));
  if (!button) return "no button";
  const { left, top, bottom, width } = button.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, bottom - 4);
  const seen = top >= 0 && bottom <= innerHeight && button.contains(there);
  return seen ? "" : `${button.textContent.trim()} is at ${Math.round(bottom)}`;
}"""


@pytest.mark.parametrize("dark", [False, True])
def test_the_main_button_of_a_task_is_in_view(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, *, dark: bool
) -> None:
    ida, jo = person("Ida"), person("Jo")
    fill_in(jo, deck, Stance.ACCEPTABLE)
    opened_together(alice, bob, deck)
    hers, his = phone(dark=dark, width=1280), phone(dark=dark, width=1280)
    for page in (hers, his):
        page.set_viewport_size({"width": 1280, "height": 720})
    sign_in(hers, alice)
    sign_in(his, jo)
    his.goto(f"/join/#{grouped(invite(ida))}")
    expect(his.get_by_role("heading", name="would like to do this with you")).to_be_visible()
    card = sheets.own_sheet(jo.seat, deck).rows[0].behaviour.id
    visits = {
        **dict.fromkeys(["/join/offer/", "/join/four-questions/", "/consent/"], his),
        **dict.fromkeys([f"/answers/{card}/", "/decks/essentials/last-look/"], his),
        **dict.fromkeys(["/decks/essentials/", "/partner/four-questions/"], his),
        **dict.fromkeys(["/talks/about/a1/", "/understandings/on/a1/", "/home/"], hers),
        **dict.fromkeys(["/own/", "/intimate/", "/decks/essentials/comparison/opened/"], hers),
    }
    wrong = {}
    for path, page in visits.items():
        page.goto(path)
        look(page, f"laptop-{'dark' if dark else 'light'}{path.replace('/', '-')}")
        if hidden := page.evaluate(OUT_OF_VIEW):
            wrong[path] = hidden
    assert wrong == {}
