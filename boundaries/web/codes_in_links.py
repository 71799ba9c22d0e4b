"""Codes that arrive in the path or query of a URL instead of its fragment."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from accounts import codes

CODE_IN_QUERY = re.compile(r"(?:^|&)code=|%(?:25)*23", re.IGNORECASE)


def code_in_address(request: HttpRequest, rest: str, shape: codes.Shape) -> str:
    """The code in the rest of a URL, to fill in the form; an empty string where there is none.

    A link carries its code in the fragment, which no server sees. Programs that check links on
    their way encode the "#" as "%23", or move it. A tracking parameter alone is no code.
    """
    query = str(request.META.get("QUERY_STRING", ""))
    marked = query if CODE_IN_QUERY.search(query) else ""
    found = codes.find(f"{rest} {marked}".strip(), shape)
    return codes.grouped(found[0]) if found else ""


def without_address(page: HttpResponse) -> HttpResponse:
    """A page whose URL may hold a code: no later request repeats the URL as its referrer."""
    page["Referrer-Policy"] = "strict-origin"
    return page
