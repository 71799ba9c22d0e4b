"""A browser's own back and forward buttons, with the pages that it keeps.

Playwright switches such keeping off and loses sight of a page that is brought back, so what is seen
then is asked of the browser itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page

from tests.journeys.conftest import in_chromium
from tests.support.engines.firefox import Window

HTML = "document.documentElement.outerHTML"


class Buttons:
    """The buttons of one window. It must exist before the window goes anywhere."""

    def __new__(cls, page: Page) -> Buttons:
        if in_chromium(page):
            return object.__new__(cls)
        return object.__new__(OfFirefox if isinstance(page, Page) else OfWebKit)

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)
        self.session.send("Page.enable")
        self.session.send("Runtime.enable")

    def back(self) -> bool:
        """Whether there was something to go back to."""
        return self._turn(-1)

    def forward(self) -> bool:
        return self._turn(1)

    def tells(self, expression: str) -> Any:
        """What the page that is there now tells a script; nothing, in between two pages."""
        asked = {"expression": expression, "timeout": 2000}
        with suppress(Error):
            return self.session.send("Runtime.evaluate", asked)["result"].get("value")
        return None

    def seen(self) -> str:
        """What is on the screen now."""
        return str(self.tells(HTML) or "")

    def comes_to(self, words: str) -> bool:
        """Whether these words are to be seen soon."""
        for _ in range(60):
            if words in self.seen():
                return True
            self.page.wait_for_timeout(50)
        return False

    def all_over(self) -> Iterator[str]:
        """Back as far as there is a page and forward again: each at once, and when it is there."""
        for turn in (self.back, self.forward):
            while turn():
                for _ in range(3):
                    yield self.seen()
                    self.page.wait_for_timeout(100)

    def _turn(self, by: int) -> bool:
        history = self.session.send("Page.getNavigationHistory")
        at = history["currentIndex"] + by
        if not 0 < at < len(history["entries"]):  # the first is an empty tab
            return False
        entry = history["entries"][at]["id"]
        self.session.send("Page.navigateToHistoryEntry", {"entryId": entry})
        return True


class OfFirefox(Buttons):
    """The same, asked aside: Playwright is told of no page that Firefox brings back.

    Where the site is out of reach, Firefox stays at the page that it is at; so it is remembered how
    far back a person has pressed.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.window = Window(page)
        self.at: int | None = None

    def tells(self, expression: str) -> Any:
        with suppress(Error):
            return self.window.tells(expression)
        return None

    def _turn(self, by: int) -> bool:
        now, count = self.window.history()
        wanted = (now if self.at is None else self.at) + by
        if not 0 <= wanted < count:
            return False
        if wanted != now:
            self.window.turn(wanted - now)
        if self.tells("location.href") == "about:blank":  # an empty tab
            self.window.turn(-by)
            return False
        self.at = wanted
        return True


class OfWebKit(Buttons):
    """The same, by the page itself. WebKit's driver waits for ever for one that is brought back."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tells(self, expression: str) -> Any:
        with suppress(Error):
            return self.page.evaluate(expression)
        return None

    def _turn(self, by: int) -> bool:
        before = self.tells("location.href")
        self.tells(f"history.go({by})")
        for _ in range(20):
            self.page.wait_for_timeout(50)
            at = self.tells("location.href")
            if at == "about:blank":  # an empty tab
                self.tells("history.go(1)")
                return False
            if at not in (None, before):
                return True
        return False
