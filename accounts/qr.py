"""A QR code that can be scanned whatever the colours of the page around it."""

from __future__ import annotations

import qrcode
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathFillImage

QUIET_ZONE = 4  # modules of white around the code, as ISO 18004 asks for


def picture(text: str) -> SafeString:
    """A text as an SVG of black on white, for the inside of a page.

    The white is drawn: a background in CSS is left out in forced colours and on paper.
    """
    image = qrcode.make(text, image_factory=SvgPathFillImage, border=QUIET_ZONE)
    drawn: str = image.to_string(encoding="unicode")
    return mark_safe(drawn)  # noqa: S308 black squares, and no word of the text
