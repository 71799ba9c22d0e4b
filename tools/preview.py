"""Draws static/img/preview.png, which chats and search engines show with a link: `make preview`."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.support import browsers

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "static" / "img" / "preview.png"
WIDTH, HEIGHT = 1200, 630
COLOURS = 128  # enough for the smooth edges of few colours

# Whoever sees it over somebody's shoulder learns no more than from the name.
PAGE = """<!DOCTYPE html>
<style>
@font-face {{ font-family: Fraunces; src: url(data:font/woff2;base64,{font}) format("woff2"); }}
{variables}
body {{ margin: 0; width: {width}px; height: {height}px; color: var(--ink);
  background: var(--paper); display: flex; align-items: center; gap: 70px; padding: 0 90px;
  box-sizing: border-box; }}
svg {{ flex: none; width: 470px; }}
svg .sheet {{ fill: var(--sheet); stroke: var(--ink); stroke-width: 2; }}
svg .flap {{ fill: none; stroke: var(--ink); stroke-width: 2; stroke-linejoin: round; }}
svg .left {{ fill: var(--one); }}
svg .right {{ fill: var(--sheet); stroke: var(--two); stroke-width: 4; }}
p {{ margin: 0; font: 34px Fraunces; color: var(--quiet); }}
h1 {{ margin: 24px 0 0; font: 68px/1.14 Fraunces; letter-spacing: -0.01em; }}
</style>
<body>{envelope}<div><p>Common Ground</p><h1>Draw your lines together</h1></div></body>
"""


def page() -> str:
    """The picture as a page, with the site's own font, colours and envelope."""
    font = (ROOT / "static/fonts/fraunces.woff2").read_bytes()
    tokens = (ROOT / "static/css/tokens.css").read_text()
    light = re.search(r":root \{.*?\n\}", tokens, re.DOTALL)
    if light is None:
        raise LookupError("no colours in tokens.css")
    envelope = (ROOT / "templates/components/envelope.html").read_text()
    drawing = re.sub(r"\{% else %\}.*?\{% endif %\}|\{[%#].*?[%#]\}", "", envelope, flags=re.DOTALL)
    return PAGE.format(
        font=base64.b64encode(font).decode(),
        variables=light[0].replace("light dark", "light"),
        envelope=drawing,
        width=WIDTH,
        height=HEIGHT,
    )


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.found(), args=browsers.FLAGS)
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        tab.set_content(page())
        tab.evaluate("document.fonts.ready")
        shot = tab.screenshot()
        browser.close()
    picture = (
        Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    )
    picture.save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
