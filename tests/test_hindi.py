"""In Hindi, every page and mail is in Hindi: what is in Latin letters is a name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.utils import translation

from accounts.models import User
from boundaries.content import catalogue
from boundaries.content.help import countries
from tests.journeys.everywhere import STATES, looks, somebody
from tests.support.pseudo import Untranslated

pytestmark = [pytest.mark.once, pytest.mark.deep, pytest.mark.django_db(transaction=True)]

LATIN = re.compile(r"[A-Za-zÀ-ž]{2,}")
# What is in Latin letters in any language: names, addresses, codes, and what one types.
NAMES = re.compile(
    r"Common Ground|JavaScript|JSON(?: Schema)?|PDF|START|Letter|Shift|Enter|UTC|GDPR|DPDP"
    r"|GNWS|NO MORE|(?:Refuge )?Tech Safety|\bAI\b|\bSMS\b|https?://\S+|\S+@\S+|[\w.]+\.com\b"
    r"|[A-Z\d]{4}(?:-[A-Z\d]{4})+"
)


@pytest.fixture(autouse=True)
def _only_hindi(settings: object) -> Iterator[None]:
    settings.LANGUAGES = [("hi", dict(site_settings.LANGUAGES)["hi"])]  # type: ignore[attr-defined]
    settings.LANGUAGE_CODE = "hi"  # type: ignore[attr-defined]
    with translation.override("hi"):
        yield


def in_latin(texts: Iterable[str]) -> Iterator[str]:
    """The texts with a word in Latin letters that is no name."""
    names = User.objects.values_list("first_name", flat=True)
    people = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    sources = {behaviour.source for behaviour in catalogue.every().values()}
    lines = {line.name for country in countries().values() for line in country.lines}
    for text in texts:
        if text in sources | lines:
            continue
        if LATIN.search(NAMES.sub("", re.sub(rf"\b(?:{people})\b", "", text) if people else text)):
            yield text


def test_what_is_in_latin_letters_is_found(db: None) -> None:
    User.objects.create_user("jo@example.org", first_name="Jo")
    texts = ["Jo यहाँ हैं।", "Common Ground", "A PDF", "सेव हो गया", "यह Saved है"]

    assert list(in_latin(texts)) == ["यह Saved है"]


@pytest.mark.parametrize("state", STATES)
def test_every_page_is_in_hindi(state: str) -> None:
    forgotten: dict[str, list[str]] = defaultdict(list)
    who = somebody(state)
    pages = [(path, Untranslated(page).found) for path, page in looks(state, who)]
    mails = [("a mail", f"{letter.subject}\n{letter.body}".splitlines()) for letter in mail.outbox]
    for path, texts in [*pages, *mails]:
        for text in in_latin(texts):
            forgotten[text].append(path)

    assert forgotten == {}
    assert pages
