"""A browser without scripts or a screen, for a site that runs in another process."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from email.message import Message
from html.parser import HTMLParser
from http.cookiejar import Cookie, CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener


class FormParser(HTMLParser):
    """The forms of a page: their actions, and what their fields hold already."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((named.get("action", "").strip(), {}))
        elif tag == "input" and self.forms and named.get("type") == "hidden":
            self.forms[-1][1][named["name"]] = named.get("value", "")


@dataclass
class Answer:
    """What a browser got."""

    status: int
    headers: Message
    text: str
    url: str


class Browser:
    """Keeps cookies, follows redirects, and sends forms without a script."""

    def __init__(self, site: str, trust: ssl.SSLContext) -> None:
        self.site = site
        self.page = ""
        self.jar = CookieJar()
        self.opener = build_opener(HTTPSHandler(context=trust), HTTPCookieProcessor(self.jar))

    def cookies(self) -> list[Cookie]:
        return list(self.jar)

    def open(
        self, path: str, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        sent = {"Origin": self.site, "Referer": f"{self.site}/"} | (headers or {})
        request = Request(f"{self.site}{path}", data, sent)  # noqa: S310
        try:
            response = self.opener.open(request, timeout=30)
        except HTTPError as refused:
            response = refused
        with response:
            answer = Answer(
                response.status, response.headers, response.read().decode(), response.url
            )
        self.page = answer.text
        return answer

    def send(self, action: str, **fields: str) -> Answer:
        """Send the form of the last page that goes to an address like this."""
        parser = FormParser()
        parser.feed(self.page)
        matching = [form for form in parser.forms if re.fullmatch(action, form[0])]
        assert matching, [form[0] for form in parser.forms]
        path, hidden = matching[0]
        return self.open(path, urlencode(hidden | fields).encode())
