"""Parses mail addresses into a form that every mail server accepts.

Domains are encoded by IDNA 2008 (package idna). The codec of Python and Django is of 2003: it turns
straße.example into strasse.example, which is another domain.
"""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address

import idna

NAMED = re.compile(r"\s*(?P<name>.*?)\s*<(?P<address>[^<>]+)>\s*", re.DOTALL)


class NotAMailbox(ValueError):
    """Not one address that mail can be sent to."""


def mailbox(text: str) -> Address:
    """Parse an address with or without a name before it, and encode its domain in ASCII.

    The name may contain commas, quotes and any letters; it is quoted where a header needs that.
    Raises NotAMailbox.
    """
    named = NAMED.fullmatch(text)
    name, address = named.group("name", "address") if named else ("", text.strip())
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    local, _, domain = address.rpartition("@")
    if not (local and domain) or re.search(r"[\r\n]", text):
        raise NotAMailbox
    try:
        return Address(name, addr_spec=f"{local}@{_ascii(domain)}")
    except (ValueError, MessageError):  # its message contains the address
        raise NotAMailbox from None


def _ascii(domain: str) -> str:
    """Raises idna.IDNAError, a ValueError, for text that cannot be a domain."""
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
