"""Draws QR codes that can be scanned on a page of any colour."""

from __future__ import annotations

import qrcode
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathFillImage

QUIET_ZONE = 4  # white modules around the code, required by ISO 18004


def picture(text: str) -> SafeString:
    """A QR code of a text as an inline SVG, black on white.

    The white is drawn, because a CSS background is missing in forced colours and on paper.
    """
    image = qrcode.make(text, image_factory=SvgPathFillImage, border=QUIET_ZONE)
    svg: str = image.to_string(encoding="unicode")
    return mark_safe(svg)  # noqa: S308 squares only, no text
