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
WORDS = PICTURE.with_suffix(".txt")  # of the pages, as they were when it was drawn
PHONE, DESK = 390, 500  # pixels
GAP = 36
READ_AT = 900  # pixels: the width at which a README shows the picture
SCALE = READ_AT / (PHONE + DESK + 3 * GAP)
SMALLEST = 11  # pixels: of any words, as they are read
SIZES = {  # of the screens: whole pages, and little below them
    "rate": (PHONE, 860),
    "seal": (PHONE, 720),
    "open": (DESK, 1562),
    "talk": (PHONE, 1110),
    "keep": (DESK, 1110),
}
SHARPNESS = 2
WIDEST = 1800  # pixels
LARGEST = 400_000  # bytes
DAY_OF_DRAWING = re.compile(r"\b(?:today|\d{1,2} [A-Z][a-z]+ \d{4}|\d{1,2} [A-Z][a-z]{2,8})\b")

CAPTIONS = {
    "rate": "Rate, each alone",
    "seal": "Seal your answers",
    "open": "Open it together",
    "talk": "Talk about one thing",
    "keep": "Keep what you both said yes to",
}
DAY = (("rate", "seal"), ("open",))  # columns
NIGHT = (("talk",), ("keep",))

FONT_SIZES = """
    Math.min(...[...document.querySelectorAll("main *")]
        .filter((each) => each.checkVisibility() && !each.closest(".for-readers")
            && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((each) => parseFloat(getComputedStyle(each).fontSize)))
"""

type Columns = tuple[tuple[str, ...], ...]

PAGE = """<!DOCTYPE html>
<style>
@font-face {{ font-family: Fraunces; src: url(data:font/woff2;base64,{font}) format("woff2"); }}
.day {{ {day_colours} }}
.night {{ {night_colours} }}
body {{ margin: 0; width: max-content; font: 26px/1.1 Fraunces; }}
section {{ display: flex; justify-content: center; gap: {gap}px; padding: 40px {gap}px 44px;
  background: var(--paper); color: var(--ink); }}
div {{ display: flex; flex-direction: column; gap: {gap}px; }}
figure {{ margin: 0; flex: auto; display: flex; flex-direction: column; }}
img {{ flex: auto; object-fit: contain; object-position: top; background: var(--paper);
  border: 1px solid var(--edge); border-radius: 12px; }}
.phone img {{ border-radius: 28px; }}
figcaption {{ padding-bottom: 20px; text-align: center; }}
b {{ font-weight: inherit; color: var(--quiet); padding-right: 0.35em; }}
</style>
<body>{day}{night}</body>
"""


def taken(page: Page) -> bytes:
    """A picture of a whole page. Raises ValueError if it does not fit its screen."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
    page.evaluate("document.activeElement.blur()")
    long = page.evaluate("document.documentElement.scrollHeight")
    if long > page.evaluate("innerHeight"):
        raise ValueError(f"{page.url} is {long} pixels long, too long for the picture")
    return page.screenshot()


def smallest_words(page: Page) -> float:
    """The size of the smallest words of a page, in pixels of the picture as it is read."""
    return SCALE * float(page.evaluate(FONT_SIZES))


def words(page: Page) -> str:
    """What a page says, a line for each, but for what differs by day or is drawn by lot."""
    lines = (line.strip() for line in page.locator("main").inner_text().splitlines())
    text = DAY_OF_DRAWING.sub("DAY", "\n".join(line for line in lines if line))
    return re.sub(r"\b\d+ of 24\b", "N of 24", text)  # cards are in another order for each person


def compose(browser: Browser, pictures: dict[str, bytes]) -> None:
    """Set the screens in two rows, those of the day in light and those of the night in dark."""
    page = browser.new_page(device_scale_factor=SHARPNESS, viewport={"width": 3000, "height": 900})
    day, night = re.findall(r":root \{(.*?)\}", TOKENS.read_text(), re.DOTALL)[:2]
    page.set_content(
        PAGE.format(
            gap=GAP,
            font=base64.b64encode((ROOT / "static/fonts/fraunces.woff2").read_bytes()).decode(),
            day_colours=day,
            night_colours=night,
            day=band("day", DAY, pictures),
            night=band("night", NIGHT, pictures),
        )
    )
    page.evaluate("document.fonts.ready")
    shot = page.locator("body").screenshot()
    page.close()
    save(Image.open(io.BytesIO(shot)).convert("RGB"))


def band(name: str, columns: Columns, pictures: dict[str, bytes]) -> str:
    stacks = ("".join(figure(step, pictures[step]) for step in column) for column in columns)
    return f'<section class="{name}">{"".join(f"<div>{stack}</div>" for stack in stacks)}</section>'


def figure(step: str, picture: bytes) -> str:
    width, _ = SIZES[step]
    number = list(CAPTIONS).index(step) + 1
    source = base64.b64encode(picture).decode()
    return (
        f'<figure class="{"phone" if width == PHONE else "desk"}">'
        f"<figcaption><b>{number}</b>{CAPTIONS[step]}</figcaption>"
        f'<img width="{width}" src="data:image/png;base64,{source}"></figure>'
    )


def save(picture: Image.Image) -> None:
    """As a file that loads quickly."""
    picture.thumbnail((WIDEST, 3 * WIDEST), Image.Resampling.LANCZOS)
    for quality in range(92, 40, -4):
        picture.save(PICTURE, quality=quality, method=6)
        if (size := PICTURE.stat().st_size) <= LARGEST:
            print(f"{PICTURE.relative_to(ROOT)}: {picture.size}, {size:,} bytes at {quality}")
            return
