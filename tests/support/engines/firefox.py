"""Firefox for Playwright: the one a distribution has, spoken to by WebDriver BiDi.

Playwright drives such a Firefox (its channel `moz-firefox`), but insists on a command for colours
that Firefox 153 does not know, and has none for pages without script or with forced colours. So it
is started through this file, which passes everything on, and has Firefox do these by a script of
Firefox's own kind. (The preference `permissions.default.script` does nothing any more, and
`javascript.enabled` stops Playwright too.) Considered: Playwright's own Firefox, which no
distribution has; Selenium, which wants geckodriver, which Debian has not.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
UNKNOWN_TO_IT = "emulation.setMediaFeaturesOverride"
NOT_EMULATED = ("has_touch", "reduced_motion")
WITHOUT_SCRIPT, FORCED_COLOURS = "--without-script", "--forced-colours"  # for this file alone
ASIDE = "/aside"
NOT_PLAYWRIGHTS = 1_000_000_000  # from here on ids are of what a test asks aside
QUIET: dict[str, str | float | bool] = {  # no request to anywhere but the site
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "ui.prefersReducedMotion": 1,
    "ui.primaryPointerCapabilities": 6,  # a mouse
}

# Runs in Firefox's own window, and looks after each page from its beginning.
STEWARD = """
  const own = (name) => ChromeUtils.importESModule(`chrome://remote/content/shared/${name}.sys.mjs`);
  const { UserContextManager } = own("UserContextManager");
  const { NavigableManager } = own("NavigableManager");
  const schemes = { people: new Map(), pages: new Map() };
  function look_after(page) {
    const { userContextId } = page.originAttributes;
    const scheme = schemes.pages.get(page.browserId) ?? schemes.people.get(userContextId);
    page.prefersColorSchemeOverride = scheme ?? "none";
    page.forcedColorsOverride = FORCED ? "active" : "none";
    page.allowJavascript = SCRIPT;
  }
  Services.obs.addObserver((page) => {
    if (page.isContent && !page.parent) look_after(page);
  }, "browsing-context-attached");
  window.setColours = ({ features, contexts = [], userContexts = [] }) => {
    const scheme = features["prefers-color-scheme"];
    for (const each of userContexts) {
      schemes.people.set(UserContextManager.getInternalIdById(each), scheme);
    }
    for (const each of contexts) {
      const page = NavigableManager.getBrowsingContextById(each);
      schemes.pages.set(page.browserId, scheme);
      look_after(page);
    }
  };
  window.historyOf = (id) => {
    const { index, count } = NavigableManager.getBrowsingContextById(id).sessionHistory;
    return `${index} ${count}`;
  };
  window.giveFocus = (id) => {
    NavigableManager.getBrowsingContextById(id).embedderElement.focus();
  };
"""


aside: dict[Browser, str] = {}  # where each can be asked something beside Playwright


class Firefox:
    """Makes windows like Playwright's browser does, in Firefoxes that were started to fit."""

    def __init__(self, playwright: Playwright, program: str) -> None:
        self._playwright = playwright
        self._temporary = TemporaryDirectory()
        self._folder = Path(self._temporary.name)
        self._starter = self._folder / "firefox"
        self._told = self._folder / "told"
        module = shlex.join([sys.executable, __file__, program, str(self._told)])
        self._starter.write_text(f'#!/bin/sh\nexec {module} "$@"\n')
        self._starter.chmod(0o700)
        self._started: dict[tuple[str, ...], Browser] = {}

    def new_context(self, **options: Any) -> BrowserContext:
        flags = []
        if not options.pop("java_script_enabled", True):
            flags.append(WITHOUT_SCRIPT)
        if options.pop("forced_colors", "none") == "active":
            flags.append(FORCED_COLOURS)
        for name in NOT_EMULATED:
            options.pop(name, None)
        browser = self._started.get(tuple(flags)) or self._start(flags)
        return browser.new_context(**options)

    def close(self) -> None:
        for browser in self._started.values():
            del aside[browser]
            browser.close()
        self._temporary.cleanup()

    def _start(self, flags: list[str]) -> Browser:
        browser = self._playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=self._starter,
            args=flags,
            firefox_user_prefs=QUIET,
        )
        self._started[tuple(flags)] = browser
        aside[browser] = self._told.read_text()
        return browser


class Window:
    """One window, asked beside Playwright: that loses sight of a page which is brought back."""

    def __init__(self, page: Page) -> None:
        assert page.context.browser
        self._page = page
        self._aside = aside[page.context.browser]
        page.evaluate("window.name = 'this one'")
        for context in self.ask("browsingContext.getTree")["contexts"]:
            self._context = {"context": context["context"]}
            if self.tells("window.name") == "this one":
                break
        page.evaluate("window.name = ''")

    def ask(self, method: str, **params: Any) -> Any:
        """Meanwhile the test may have to answer what the page asks for."""
        with connect(self._aside, max_size=None, proxy=None) as asks:
            asks.send(command(0, method, **params))
            for _ in range(500):
                with suppress(TimeoutError):
                    answer = json.loads(asks.recv(timeout=0))
                    if answer["type"] == "error":
                        raise Error(answer["message"])
                    return answer["result"]
                self._page.wait_for_timeout(20)
        raise Error(f"no answer to {method}")

    def tells(self, expression: str) -> Any:
        """What a script tells of the page that is there now."""
        return self._run(expression, self._context)

    def history(self) -> tuple[int, int]:
        """At which of how many pages it is."""
        index, count = self._of_browser("historyOf").split()
        return int(index), int(count)

    def focus(self) -> None:
        """Put the focus on the page, wherever in Firefox it is."""
        self._of_browser("giveFocus")

    def turn(self, by: int) -> None:
        self.ask("browsingContext.traverseHistory", delta=by, **self._context)

    def _of_browser(self, function: str) -> Any:
        """What a function of the steward tells of this page."""
        window = self.ask("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"][0]
        expression = f"{function}({json.dumps(self._context['context'])})"
        return self._run(expression, {"context": window["context"]})

    def _run(self, expression: str, where: dict[str, Any]) -> Any:
        answer = self.ask(
            "script.evaluate", expression=expression, target=where, awaitPromise=False
        )
        return answer["result"].get("value") if answer["type"] == "success" else None


def main(program: str, address_file: str, *arguments: str) -> None:
    """Start Firefox, stand between it and Playwright, and tell in a file where that is."""
    own = {WITHOUT_SCRIPT, FORCED_COLOURS} & set(arguments)
    passed = [argument for argument in arguments if argument not in own]
    firefox = subprocess.Popen(
        [program, "--remote-allow-system-access", *passed], stderr=subprocess.PIPE, text=True
    )
    signal.signal(signal.SIGTERM, lambda *_: firefox.terminate())
    assert firefox.stderr
    for line in firefox.stderr:
        if found := LISTENS.search(line):
            break
        print(line, end="", file=sys.stderr)
    else:
        sys.exit(firefox.wait())
    threading.Thread(target=firefox.stderr.read, daemon=True).start()
    between = Between(found[1], script=WITHOUT_SCRIPT not in own, forced=FORCED_COLOURS in own)
    with serve(between.meet, "127.0.0.1", 0, max_size=None, compression=None) as server:
        address = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        Path(address_file).write_text(address + ASIDE)
        print(f"WebDriver BiDi listening on {address}", file=sys.stderr, flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        firefox.wait()
    os._exit(firefox.returncode)


class Between:
    """Passes on what Playwright and Firefox say, and what a test asks aside."""

    def __init__(self, address: str, *, script: bool, forced: bool) -> None:
        self._address = address
        self._chosen = f"const SCRIPT = {json.dumps(script)}, FORCED = {json.dumps(forced)};"
        self._ids = itertools.count(NOT_PLAYWRIGHTS)
        self._asking: dict[int, tuple[ServerConnection, int]] = {}
        self._it: ClientConnection

    def meet(self, other: ServerConnection) -> None:
        assert other.request
        if other.request.path == ASIDE:
            for message in other:
                asked = json.loads(message)
                id = next(self._ids)
                self._asking[id] = other, asked["id"]
                self._it.send(json.dumps(asked | {"id": id}))
        else:
            with connect(self._address + other.request.path, max_size=None, proxy=None) as self._it:
                self._relay(other)

    def _relay(self, playwright: ServerConnection) -> None:
        self._it.send(playwright.recv())  # it begins a session
        playwright.send(self._it.recv())
        self._it.send(command(0, "browsingContext.getTree", **{"moz:scope": "chrome"}))
        window = json.loads(self._it.recv())["result"]["contexts"][0]["context"]
        self._it.send(of_window(0, window, f"{{ {self._chosen} {STEWARD} }}"))
        answer = json.loads(self._it.recv())
        assert answer["result"]["type"] == "success", answer
        threading.Thread(target=self._pass_on, args=[playwright], daemon=True).start()
        for message in playwright:
            asked = json.loads(message)
            if asked["method"] == UNKNOWN_TO_IT:
                expression = f"setColours({json.dumps(asked['params'])})"
                self._it.send(of_window(asked["id"], window, expression))
            else:
                self._it.send(message)

    def _pass_on(self, playwright: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for message in self._it:
                answer = json.loads(message)
                if asking := self._asking.pop(answer.get("id"), None):
                    other, id = asking
                    with suppress(ConnectionClosed):
                        other.send(json.dumps(answer | {"id": id}))
                else:
                    playwright.send(message)
        playwright.close()


def command(id: int, method: str, **params: Any) -> str:
    return json.dumps({"id": id, "method": method, "params": params})


def of_window(id: int, window: str, expression: str) -> str:
    """Has Firefox's own window run a script."""
    target = {"context": window}
    return command(id, "script.evaluate", expression=expression, target=target, awaitPromise=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
