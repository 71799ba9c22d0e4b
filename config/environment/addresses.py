"""Splits the address of a server: scheme://user:password@host/path?query."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from config.environment.values import line
from config.environment.variables import Invalid, plain_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of an address, decoded except for the path and the query."""

    scheme: str
    user: str
    password: str = field(repr=False)
    host: str
    path: str
    query: str


def split_address(text: str, prefix: str) -> Parts:
    """Split an address in the only way it can be read. Raises Invalid if there are several.

    Everything before the last @ is the user and the password. A raw / ? or # in it could also end
    the host, and then part of a password would be taken for the host, so it is refused.
    """
    unclear = Invalid(
        f"cannot be read. If the user or the password holds a character such as / # ? @ % or a"
        f" space, set {prefix}_HOST, {prefix}_USER and {prefix}_PASSWORD instead."
    )
    match = re.fullmatch(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", line(text))
    if not match:
        raise unclear
    credentials, at, rest = match[2].rpartition("@")
    tail = re.fullmatch(r"([^/?#]*)((?:/[^?#]*)?)(?:\?([^#]*))?", rest)
    if re.search(r"[/?#\[\]\\\s]", credentials) or not tail or re.search(r"\s", rest):
        raise unclear
    user, colon, password = credentials.partition(":")
    if (colon and not password) or (at and not user):
        raise Invalid("must hold both a user and a password before the @, or the user alone.")
    return Parts(
        scheme=match[1].lower(),
        user=decoded(user, unclear),
        password=decoded(password, unclear),
        host=tail[1],
        path=tail[2],
        query=tail[3] or "",
    )


def decoded(text: str, wrong: Invalid) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise wrong
    try:
        return plain_text(line(unquote(text, errors="strict")))
    except (UnicodeDecodeError, Invalid):
        raise wrong from None
