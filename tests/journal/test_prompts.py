"""The questions of the journal: in the person's words, and checked when the site starts."""

from __future__ import annotations

import pytest

from boundaries.content.journal import prompts, read
from boundaries.content.journal.checks import complaints, journal_prompts

PROMPT = """
[[prompt]]
id = "{id}"
text = "{text}"
leads_to = "{leads_to}"
"""


def prompt(id: str = "one", text: str = "How is it?", leads_to: str = "") -> str:
    return PROMPT.format(id=id, text=text, leads_to=leads_to)


def test_what_is_shipped_is_as_it_should_be() -> None:
    assert list(journal_prompts()) == []
    assert len(prompts()) > 8


def test_the_question_about_saying_no_leads_to_the_safety_questions() -> None:
    assert prompts()["say-no"].leads_to == "safety-questions"


def test_a_question_names_the_partner() -> None:
    assert prompts()["at-ease"].asked_about("Bob") == "Would I be at ease if Bob were in the room?"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing = 1", "cannot be read"),
        (prompt(id="One"), "small letters"),
        (prompt() + prompt(), "one prompt only"),
        (prompt(text="Tell me."), "question mark"),
        (prompt(text="So " * 40 + "long?"), "characters at the most"),
        (prompt(text="Is {name} kind?"), "only name"),
        (prompt(text="Should I mind?"), "judges"),
        (prompt(leads_to="elsewhere"), "leads to no page"),
    ],
)
def test_what_is_wrong_is_named(text: str, says: str) -> None:
    assert [says in str(found.msg) for found in complaints(text)][:1] == [True]


def test_a_field_too_many_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="too much"):
        read(prompt() + 'more = "x"')


def test_four_questions_ask_what_lies_beneath() -> None:
    """Unmet needs, how one thinks of oneself, an old conflict, and what is not said."""
    assert prompts().keys() >= {"missing", "worth", "unresolved", "unsaid"}
