"""Responses with a file to download, or with a page that says why there is no PDF."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from boundaries.downloads import typesetting
from boundaries.downloads.typesetting import Paper

ANYWAY = "anyway"  # boxes.html puts it into the address


def pdf_response(
    request: HttpRequest, sheet: typesetting.PrintedPage, paper: Paper, *, back: str, data: str = ""
) -> HttpResponse:
    """Return a PDF; or a page that says why there is none, with links to `back` and `data`.

    Before a PDF with empty boxes, a page says so once, and offers to make it all the same.
    """
    form = request.POST.lists() if request.method == "POST" else None
    context = {"back": back, "data": data, "sent": None if form is None else _sent(form)}
    if ANYWAY not in request.GET and typesetting.will_have_boxes(sheet):
        return render(request, "boundaries/agreements/boxes.html", context)
    try:
        return file_response(typesetting.typeset(sheet, paper), "application/pdf", "page.pdf")
    except typesetting.Busy:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        response = render(request, "boundaries/agreements/busy.html", context, status=status)
        response["Retry-After"] = "5"
        return response
    except typesetting.Failed:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return render(request, "boundaries/agreements/no_pdf.html", context, status=status)


def file_response(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file to download. Its name should not say what it is about."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def json_response(data: Mapping[str, Any]) -> HttpResponse:
    """Return data as a JSON file."""
    content = json.dumps(data, ensure_ascii=False, indent=2).encode()
    return file_response(content, "application/json", "page.json")


def _sent(form: Iterable[tuple[str, list[Any]]]) -> list[tuple[str, Any]]:
    """Return the fields of a form, so that the next page can send them again."""
    return [(name, text) for name, texts in form for text in texts if name != "csrfmiddlewaretoken"]
