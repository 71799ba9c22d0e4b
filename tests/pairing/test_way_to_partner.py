"""Whoever is not connected is led on from where they stand, not always to inviting somebody."""

from __future__ import annotations

import pytest

from tests.conftest import Person, text_of
from tests.pairing.test_rules import invite, join

PAGES = ("/decks/essentials/last-look/", "/intimate/", "/own/")
INVITE, SEE_IT, WHO = "Invite your partner</a>", "See my invitation</a>", "See who joined</a>"


def ways(who: Person, page: str) -> list[str]:
    main = who.client.get(page).text.partition("<main")[2].partition("</main>")[0]
    return [way for way in (INVITE, SEE_IT, WHO, 'href="/home/">Home</a>') if way in main]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_leads_on_from_where_one_stands(charlie: Person, dana: Person, page: str) -> None:
    assert ways(charlie, page) == ways(dana, page) == [INVITE]

    code = invite(charlie)
    assert ways(charlie, page) == [SEE_IT]

    join(dana, code)
    assert ways(charlie, page) == [WHO]
    assert ways(dana, page) == ['href="/home/">Home</a>']


def test_the_last_look_names_who_has_to_say_that_it_is_them(charlie: Person, dana: Person) -> None:
    join(dana, invite(charlie))

    assert "You’ve joined Charlie. Once Charlie says it’s you, you can seal." in text_of(
        dana.client, PAGES[0]
    )
    assert "Dana has used your link." in text_of(charlie.client, PAGES[0])
