"""In a language that is longer, and written from right to left, every page fits a small phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import PhoneMaker, look, sign_in
from tests.journeys.everywhere import NOBODY, OPEN, STATES, pages, somebody
from tests.journeys.test_every_page import UNFOLD, WIDER_THAN_THE_SCREEN
from tests.support import pseudo
from tests.support.depth import some_each_day

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

SOME_STATES = [
    *some_each_day([pytest.param(it, id=it) for it in (NOBODY, OPEN)], 1),
    *some_each_day([pytest.param(it, id=it) for it in STATES if it not in (NOBODY, OPEN)], 1),
]


@pytest.mark.parametrize("state", SOME_STATES)
def test_every_page_fits(
    phone: PhoneMaker,
    state: str,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pseudo.use(tmp_path, settings, monkeypatch)
    page = phone(width=320)
    who = somebody(state)
    if who:
        sign_in(page, who)
    wrong = {}
    for path in pages(state, who):
        page.goto(path)
        page.evaluate(UNFOLD)
        if (over := page.evaluate(WIDER_THAN_THE_SCREEN)) > 0:
            wrong[path] = f"{over} px too wide"
        look(page, f"long {state} {path.strip('/').replace('/', '-')}")

    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert wrong == {}
