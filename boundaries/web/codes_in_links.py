"""Codes that arrive in an address, where they should have stayed behind its "#"."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from accounts import codes

CODE_IN_QUERY = re.compile(r"(?:^|&)code=|%(?:25)*23", re.IGNORECASE)


def code_in_address(request: HttpRequest, rest: str, shape: codes.Shape) -> str:
    """The code in the rest of an address, for its form; empty where there is none.

    A link carries its code behind the "#", which no server sees. Programs that check links on
    their way write "%23" for it, or move it. A tracking parameter alone is not taken for a code.
    """
    query = str(request.META.get("QUERY_STRING", ""))
    marked = query if CODE_IN_QUERY.search(query) else ""
    found = codes.find(f"{rest} {marked}".strip(), shape)
    return codes.grouped(found[0]) if found else ""


def without_address(page: HttpResponse) -> HttpResponse:
    """A page whose own address may hold a code: no later request repeats the address."""
    page["Referrer-Policy"] = "strict-origin"
    return page
