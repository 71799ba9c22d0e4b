"""Addresses as mail servers take them.

Domains are encoded by IDNA 2008 (package idna): Python's own codec and with it Django's is of 2003,
in which straße.example is another domain, strasse.example, and its mail goes there.
"""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address

import idna

NAMED = re.compile(r"\s*(?P<name>.*?)\s*<(?P<address>[^<>]+)>\s*", re.DOTALL)


class NotAMailbox(ValueError):
    """No address that mail can be sent to: none at all, more than one, or not in ASCII."""


def mailbox(text: str) -> Address:
    """A mailbox, with or without a name before it, whose domain is in ASCII.

    The name may have commas, quotes and any letters: it is quoted where a header needs that.
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
    except (ValueError, MessageError):  # what is wrong with it would name the address
        raise NotAMailbox from None


def _ascii(domain: str) -> str:
    """Raises idna.IDNAError, a ValueError, for what cannot be a domain."""
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
