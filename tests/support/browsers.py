"""Finds browsers for the journeys; `python -m tests.browsers [ENGINE ...]` installs missing ones.

Chromium is what `make test` needs; Firefox and WebKit join in for `make deep`. It also installs
zbar, the second reader of QR codes, which no Python package brings along.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "msedge")
MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ENGINES = CHROMIUM, FIREFOX, WEBKIT = "chromium", "firefox", "webkit"
HOW_TO_GET = {
    CHROMIUM: "no Chromium was found. Install one, or name its program in E2E_BROWSER.",
    FIREFOX: "no Firefox was found. Install one (on Debian: apt install firefox-esr).",
    WEBKIT: "WebKitWebDriver or Xvfb is missing (on Debian: apt install webkit2gtk-driver xvfb).",
}
DEBIANS = {
    CHROMIUM: ("chromium", "fonts-noto-core"),
    FIREFOX: ("firefox-esr",),
    WEBKIT: ("webkit2gtk-driver", "xvfb"),
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@cache
def found(engine: str = CHROMIUM) -> str | None:
    """The path of a browser (of WebKit, its driver), or nothing."""
    if engine == FIREFOX:
        return shutil.which("firefox-esr") or shutil.which("firefox")
    if engine == WEBKIT:
        return shutil.which("WebKitWebDriver") if shutil.which("Xvfb") else None
    if named := os.environ.get("E2E_BROWSER"):
        return named
    if own := _playwrights_own():
        return own
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or (str(MACOS) if MACOS.exists() else None)


def install(engine: str = CHROMIUM) -> None:
    """Playwright's Chromium, or on Debian as root the distribution's browser. Says which."""
    print(f"No {engine} for the journeys yet: installing one.", flush=True)
    if engine == CHROMIUM and quietly(sys.executable, "-m", "playwright", "install", "chromium"):
        print("Installed Playwright's Chromium, in its own cache folder.")
    elif os.geteuid() == 0 and shutil.which("apt-get"):
        packages = DEBIANS[engine]
        quietly("apt-get", "update", "-qq")
        quietly("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)
        print(f"Installed Debian's {' and '.join(packages)}.")
    found.cache_clear()


def install_zbar() -> None:
    """On Debian as root. Without it the tests of QR codes use zxing-cpp alone, and say so."""
    if not find_library("zbar") and os.geteuid() == 0 and shutil.which("apt-get"):
        quietly("apt-get", "update", "-qq")
        quietly("apt-get", "install", "-y", "-qq", "--no-install-recommends", "libzbar0")


def _playwrights_own() -> str | None:
    root = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    builds = sorted(root.glob("chromium-*/chrome-*/chrome"))
    return str(builds[-1]) if builds else None


def quietly(*command: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode == 0


def main(*engines: str) -> int:
    """0 if all are there. Without Chromium `make test` goes on, and says so at its end."""
    for engine in engines or (CHROMIUM,):
        if found(engine) is None:
            install(engine)
    install_zbar()
    missing = [engine for engine in engines or (CHROMIUM,) if found(engine) is None]
    for engine in missing:
        print(f"NOT TESTED IN A BROWSER: {HOW_TO_GET[engine]}")
    return 1 if missing and (engines or os.environ.get("CI")) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
