"""Composes docs/pictures/evening.webp, the picture in the README: `make shots`."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
TOKENS = ROOT / "static" / "css" / "tokens.css"
PICTURE = ROOT / "docs" / "pictures" / "evening.webp"
PHONE, DESK = (412, 936), (1120, 1180)  # pixels
LONGEST = 1.1  # screens; such a page is set a little smaller
SHARPNESS = 2
LARGEST = 400_000  # bytes

DAY = {"rate": "Rate, each alone", "seal": "Seal your answers", "open": "Open it together"}
NIGHT = {"talk": "Talk about one thing", "keep": "Keep what you both said yes to"}

PAGE = """<!DOCTYPE html>
<style>
@font-face {{ font-family: Fraunces; src: url(data:font/woff2;base64,{font}) format("woff2"); }}
.day {{ {day_colours} }}
.night {{ {night_colours} }}
body {{ margin: 0; width: max-content; display: flex; font: 25px/1 Fraunces; }}
section {{ display: flex; gap: 44px; padding: 56px 52px 40px;
  background: var(--paper); color: var(--ink); }}
figure {{ margin: 0; }}
img {{ display: block; height: 600px; object-fit: contain; background: var(--paper);
  border: 1px solid var(--edge); border-radius: 12px; }}
.phone img {{ border-radius: 28px; }}
figcaption {{ padding-top: 26px; text-align: center; }}
b {{ font-weight: inherit; color: var(--quiet); padding-right: 0.35em; }}
</style>
<body>{day}{night}</body>
"""


def taken(page: Page) -> bytes:
    """A picture of a whole page. Raises ValueError if it is much longer than its screen."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
    page.evaluate("document.activeElement.blur()")
    longer = page.evaluate("document.documentElement.scrollHeight / innerHeight")
    if longer > LONGEST:
        raise ValueError(f"{page.url} is {longer:.2f} screens long, too long for the picture")
    return page.screenshot(full_page=True)


def compose(browser: Browser, pictures: dict[str, bytes]) -> None:
    """Set the screens side by side, those of the day in light and those of the night in dark."""
    page = browser.new_page(device_scale_factor=SHARPNESS, viewport={"width": 3000, "height": 900})
    day, night = re.findall(r":root \{(.*?)\}", TOKENS.read_text(), re.DOTALL)[:2]
    page.set_content(
        PAGE.format(
            font=base64.b64encode((ROOT / "static/fonts/fraunces.woff2").read_bytes()).decode(),
            day_colours=day,
            night_colours=night,
            day=band("day", DAY, pictures, 1),
            night=band("night", NIGHT, pictures, len(DAY) + 1),
        )
    )
    page.evaluate("document.fonts.ready")
    shot = page.locator("body").screenshot()
    page.close()
    save(Image.open(io.BytesIO(shot)).convert("RGB"))


def band(name: str, steps: dict[str, str], pictures: dict[str, bytes], first: int) -> str:
    figures = ""
    for number, (step, words) in enumerate(steps.items(), start=first):
        width, height = size(step)
        source = base64.b64encode(pictures[step]).decode()
        figures += (
            f'<figure class="{"desk" if size(step) == DESK else "phone"}">'
            f'<img style="aspect-ratio: {width} / {height}" src="data:image/png;base64,{source}">'
            f"<figcaption><b>{number}</b>{words}</figcaption></figure>"
        )
    return f'<section class="{name}">{figures}</section>'


def size(step: str) -> tuple[int, int]:
    """The screen that a step is shown on."""
    return DESK if step in ("open", "keep") else PHONE


def save(picture: Image.Image) -> None:
    """As a file that loads quickly."""
    picture.thumbnail((2800, 2800), Image.Resampling.LANCZOS)
    for quality in range(92, 40, -4):
        picture.save(PICTURE, quality=quality, method=6)
        if (size := PICTURE.stat().st_size) <= LARGEST:
            print(f"{PICTURE.relative_to(ROOT)}: {picture.size}, {size:,} bytes at {quality}")
            return
