"""Firefox for Playwright: the one a distribution has, spoken to by WebDriver BiDi.

Playwright drives such a Firefox (its channel `moz-firefox`), but insists on a command for colours
that Firefox 153 does not know, and has none for pages without script or with forced colours. So it
is started through this file, which passes everything on, and has Firefox do these by a script of
Firefox's own kind. (The preference `permissions.default.script` does nothing any more, and
`javascript.enabled` stops Playwright too.) Considered: Playwright's own Firefox, which no
distribution has; Selenium, which wants geckodriver, which Debian has not.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
UNKNOWN_TO_IT = "emulation.setMediaFeaturesOverride"
NOT_EMULATED = ("has_touch", "reduced_motion")
WITHOUT_SCRIPT, FORCED_COLOURS = "--without-script", "--forced-colours"  # for this file alone
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
"""


class Firefox:
    """Makes windows like Playwright's browser does, in Firefoxes that were started to fit."""

    def __init__(self, playwright: Playwright, program: str) -> None:
        self._playwright = playwright
        self._folder = TemporaryDirectory()
        self._starter = Path(self._folder.name) / "firefox"
        module = f"{shlex.quote(sys.executable)} {shlex.quote(__file__)} {shlex.quote(program)}"
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
            browser.close()
        self._folder.cleanup()

    def _start(self, flags: list[str]) -> Browser:
        browser = self._playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=self._starter,
            args=flags,
            firefox_user_prefs=QUIET,
        )
        self._started[tuple(flags)] = browser
        return browser


def main(program: str, *arguments: str) -> None:
    """Start Firefox, and stand between it and Playwright."""
    script, forced = WITHOUT_SCRIPT not in arguments, FORCED_COLOURS in arguments
    passed = [each for each in arguments if each not in {WITHOUT_SCRIPT, FORCED_COLOURS}]
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

    def relay(playwright: ServerConnection) -> None:
        assert playwright.request
        with connect(found[1] + playwright.request.path, max_size=None, proxy=None) as it:
            it.send(playwright.recv())  # it begins a session
            playwright.send(it.recv())
            steward = Steward(it, script=script, forced=forced)
            threading.Thread(target=pass_on, args=(it, playwright), daemon=True).start()
            for message in playwright:
                asked = json.loads(message)
                if asked["method"] == UNKNOWN_TO_IT:
                    asked = steward.asked(asked["id"], f"setColours({json.dumps(asked['params'])})")
                    it.send(json.dumps(asked))
                else:
                    it.send(message)

    with serve(relay, "127.0.0.1", 0, max_size=None, compression=None) as server:
        port = server.socket.getsockname()[1]
        print(f"WebDriver BiDi listening on ws://127.0.0.1:{port}", file=sys.stderr, flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        firefox.wait()
    os._exit(firefox.returncode)


class Steward:
    """Has Firefox's own window do what no command is there for."""

    def __init__(self, it: ClientConnection, *, script: bool, forced: bool) -> None:
        it.send(
            json.dumps(
                {"id": 0, "method": "browsingContext.getTree", "params": {"moz:scope": "chrome"}}
            )
        )
        self._window = json.loads(it.recv())["result"]["contexts"][0]["context"]
        chosen = f"const SCRIPT = {json.dumps(script)}, FORCED = {json.dumps(forced)};"
        it.send(json.dumps(self.asked(0, f"{{ {chosen} {STEWARD} }}")))
        answer = json.loads(it.recv())
        assert answer["result"]["type"] == "success", answer

    def asked(self, id: int, expression: str) -> dict[str, Any]:
        target = {"context": self._window}
        params = {"expression": expression, "target": target, "awaitPromise": False}
        return {"id": id, "method": "script.evaluate", "params": params}


def pass_on(source: ClientConnection, target: ServerConnection) -> None:
    try:
        for message in source:
            target.send(message)
    except ConnectionClosed:
        pass
    target.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
