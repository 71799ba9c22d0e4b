"""Every QR code is read back from the screen and from paper, in whatever colours it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from allauth.account.models import EmailAddress
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page

from boundaries.pairing import rules as pairing
from tests.conftest import Person
from tests.journeys.conftest import PhoneMaker, look, sign_in
from tests.support.lives import sure_of


def by_zxing(picture: Image.Image) -> set[str]:
    return {code.text for code in zxingcpp.read_barcodes(picture)}


def by_zbar(picture: Image.Image) -> set[str]:
    pyzbar = pytest.importorskip(
        "pyzbar.pyzbar",
        exc_type=ImportError,
        reason="zbar is missing: install it (on Debian: apt install libzbar0)",
    )
    return {code.data.decode() for code in pyzbar.decode(picture)}


def shown(page: Page) -> Image.Image:
    """The code and what is around it, as a camera sees it."""
    if page.get_by_text("Show me the way there").count():
        page.get_by_text("Show me the way there").click()
    code = page.locator(".qr")
    code.evaluate("(each) => each.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = code.bounding_box()
    assert box
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    around = 20
    left, top = max(0, box["x"] - around), max(0, box["y"] - around)
    right, bottom = box["x"] + box["width"] + around, box["y"] + box["height"] + around
    return picture.crop((int(left), int(top), int(right), int(bottom)))


def printed(page: Page) -> Iterator[tuple[str, Image.Image]]:
    """Each sheet of paper: its words, and how it looks."""
    document = pypdfium2.PdfDocument(page.pdf(print_background=False))
    for sheet in document:
        picture = sheet.render(scale=200 / 72).to_pil().convert("RGB")
        yield sheet.get_textpage().get_text_range(), picture


@pytest.fixture
def codes(alice: Person) -> list[tuple[str, str, Callable[[Page], str]]]:
    """Every page with a code: its name, its address, and what is to be read there."""
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    sure_of(alice)
    pairing.invite(alice.seat)
    return [
        ("invitation", reverse("pairing"), lambda page: page.locator("#link").input_value()),
        (
            "app",
            reverse("mfa_activate_totp"),
            lambda page: str(page.locator("a[href^='otpauth:']").get_attribute("href")),
        ),
    ]


in_every_reader = pytest.mark.parametrize("read", [by_zxing, by_zbar])


@in_every_reader
@pytest.mark.parametrize("forced", ["none", "active"])
def test_every_code_is_read_in_all_colours(
    alice: Person,
    codes: list[tuple[str, str, Callable[[Page], str]]],
    phone: PhoneMaker,
    read: Callable[[Image.Image], set[str]],
    forced: str,
) -> None:
    failed: list[tuple[str, int, str]] = []
    for name, address, link_on in codes:
        for width in (320, 1280):
            page = phone(width=width, forced_colors=forced)
            sign_in(page, alice)
            page.goto(address)
            if page.locator(".fold").count():
                page.get_by_text("Other ways").click()
            link = link_on(page)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                look(page, f"{name}-{width}-{scheme}-{forced}")
                if link not in read(shown(page)):
                    failed.append((name, width, scheme))

    assert not failed


@in_every_reader
def test_every_code_is_read_on_paper(
    alice: Person,
    codes: list[tuple[str, str, Callable[[Page], str]]],
    phone: PhoneMaker,
    read: Callable[[Image.Image], set[str]],
) -> None:
    failed = []
    for name, address, link_on in codes:
        page = phone(dark=True, forced_colors="active", width=1280)
        sign_in(page, alice)
        page.goto(address)
        if not any(link_on(page) in read(picture) for _, picture in printed(page)):
            failed.append(name)

    assert not failed


def test_an_invitation_keeps_its_link_code_and_picture_on_paper(
    alice: Person, phone: PhoneMaker
) -> None:
    pairing.invite(alice.seat)
    page = phone(dark=True)
    sign_in(page, alice)
    page.goto(reverse("pairing"))  # the picture is not unfolded
    link, code = page.locator("#link").input_value(), page.locator(".code").inner_text()

    sheets = list(printed(page))

    words = "".join(words for words, _ in sheets)
    # Where a line ends with a hyphen, this is what PDFium has for the two.
    words = words.replace("\ufffe", "-").replace("\r\n", "")
    assert link in words
    assert words.count(code) >= 2
    assert any(link in by_zxing(picture) for _, picture in sheets)
