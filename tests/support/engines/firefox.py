"""Firefox for Playwright: the one a distribution has, spoken to by WebDriver BiDi.

Playwright drives such a Firefox (its channel `moz-firefox`), but insists on a command for colours
that Firefox 153 does not know. So it is started through this file, which passes everything on and
answers that command itself. Colours and scripts are preferences here, set when a Firefox starts.
Considered: Playwright's own Firefox, which no distribution has; Selenium, which wants geckodriver,
which Debian has not.
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


class Firefox:
    """Makes windows like Playwright's browser does, in Firefoxes that were started to fit."""

    def __init__(self, playwright: Playwright, program: str) -> None:
        self._playwright = playwright
        self._folder = TemporaryDirectory()
        self._starter = Path(self._folder.name) / "firefox"
        module = f"{shlex.quote(sys.executable)} {shlex.quote(__file__)} {shlex.quote(program)}"
        self._starter.write_text(f'#!/bin/sh\nexec {module} "$@"\n')
        self._starter.chmod(0o700)
        self._started: dict[tuple[bool, bool], Browser] = {}

    def new_context(self, **options: Any) -> BrowserContext:
        javascript = options.pop("java_script_enabled", True)
        dark = options.pop("color_scheme", "light") == "dark"
        for name in NOT_EMULATED:
            options.pop(name, None)
        browser = self._started.get((javascript, dark)) or self._start(javascript, dark)
        return browser.new_context(**options)

    def close(self) -> None:
        for browser in self._started.values():
            browser.close()
        self._folder.cleanup()

    def _start(self, javascript: bool, dark: bool) -> Browser:
        browser = self._playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=self._starter,
            firefox_user_prefs={
                **QUIET,
                "permissions.default.script": 1
                if javascript
                else 2,  # "javascript.enabled" stops Playwright too
                "layout.css.prefers-color-scheme.content-override": 0 if dark else 1,
            },
        )
        self._started[javascript, dark] = browser
        return browser


def main(program: str, *arguments: str) -> None:
    """Start Firefox, and stand between it and Playwright."""
    firefox = subprocess.Popen([program, *arguments], stderr=subprocess.PIPE, text=True)
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
            threading.Thread(target=pass_on, args=(it, playwright), daemon=True).start()
            for message in playwright:
                asked = json.loads(message)
                if asked["method"] == UNKNOWN_TO_IT:
                    answer = {"type": "success", "id": asked["id"], "result": {}}
                    playwright.send(json.dumps(answer))
                else:
                    it.send(message)

    with serve(relay, "127.0.0.1", 0, max_size=None, compression=None) as server:
        port = server.socket.getsockname()[1]
        print(f"WebDriver BiDi listening on ws://127.0.0.1:{port}", file=sys.stderr, flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        firefox.wait()
    os._exit(firefox.returncode)


def pass_on(source: ClientConnection, target: ServerConnection) -> None:
    try:
        for message in source:
            target.send(message)
    except ConnectionClosed:
        pass
    target.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
