"""Finds a Chromium for the journeys; `python -m tests.browsers` installs one if there is none.

It also installs zbar, the second reader of QR codes, which no Python package brings along.
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
HOW_TO_GET_ONE = "no Chromium was found. Install one, or name its program in E2E_BROWSER."
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
def found() -> str | None:
    """The path of a browser, or nothing."""
    if named := os.environ.get("E2E_BROWSER"):
        return named
    if own := _playwrights_own():
        return own
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or (str(MACOS) if MACOS.exists() else None)


def install() -> None:
    """Playwright's build, or on Debian as root the distribution's. Says which."""
    print("No browser for the journeys yet: installing one.", flush=True)
    if quietly(sys.executable, "-m", "playwright", "install", "chromium"):
        print("Installed Playwright's Chromium, in its own cache folder.")
    elif os.geteuid() == 0 and shutil.which("apt-get"):
        quietly("apt-get", "update", "-qq")
        quietly(
            "apt-get", "install", "-y", "-qq", "--no-install-recommends",
            "chromium", "fonts-noto-core",
        )  # fmt: skip
        print("Installed Debian's chromium and fonts-noto-core.")
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


if __name__ == "__main__":
    if found() is None:
        install()
    install_zbar()
    if found() is None:
        print(f"NOT TESTED IN A BROWSER: {HOW_TO_GET_ONE}")
        sys.exit(1 if os.environ.get("CI") else 0)
