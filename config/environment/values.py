"""Parsers for single values: text, numbers, keys, folders and files. They raise Invalid."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from accounts.encryption import master_keys as parsed_master_keys
from config.environment.variables import Invalid, clean


def line(text: str) -> str:
    """Any text on one line."""
    if re.search(r"[\r\n\t\u2028\u2029]", text):
        raise Invalid("holds a line break or a tab. Write it on one line.")
    return text


def boolean(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "y": True, "ok": True}
    words |= dict.fromkeys(("0", "false", "no", "off", "n"), False)
    if text.lower() not in words:
        raise Invalid("must be on or off (or 1 or 0).")
    return words[text.lower()]


def whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise Invalid(f"must be a whole number from {least} to {most}.")
        return int(text)

    return parse


port_number: Callable[[str], int] = whole_number(1, 65535)


def one_of(*words: str, **synonyms: str) -> Callable[[str], str]:
    """One of these words in any case, or a synonym given as synonym=word."""
    known = {word.lower(): word for word in words} | synonyms

    def parse(text: str) -> str:
        if text.lower() not in known:
            raise Invalid(f"must be one of: {', '.join(words)}.")
        return known[text.lower()]

    return parse


def secret_key(text: str) -> str:
    if len(line(text)) < 50 or len(set(text)) < 5:
        raise Invalid("must be 50 random characters or more (make one: openssl rand -base64 48).")
    return text


def secret_keys(text: str) -> list[str]:
    return [secret_key(key) for key in listed(text)]


def master_keys(text: str) -> dict[int, bytes]:
    if not listed(text):
        raise Invalid(
            "must hold the key that what people write is encrypted with"
            ' (make one: echo "1:$(openssl rand -base64 32)"), and must never be lost.'
        )
    try:
        return parsed_master_keys(listed(text))
    except ValueError as why:
        raise Invalid(f"is not right: {why}.") from None


def listed(text: str) -> list[str]:
    """Items separated by commas, spaces or line ends, without empty ones."""
    return [clean(item) for item in re.split(r"[,\s]+", text) if clean(item)]


def folders(text: str) -> list[str]:
    """Folders that exist, separated by commas or line ends; a name may hold spaces."""
    paths = [clean(path) for path in re.split(r"[,\r\n]+", text) if clean(path)]
    for path in paths:
        if not Path(path).is_absolute() or not Path(path).is_dir():
            raise Invalid(
                "must hold folders that exist, each from / on and separated by commas."
                " In a container, that is where the folder is mounted."
            )
    return paths


def folder_to_make(text: str) -> str:
    """The whole path of a folder, which may not be there yet."""
    path = Path(line(text))
    if not path.is_absolute() or (path.exists() and not path.is_dir()):
        raise Invalid("must be the whole path of a folder, from / on.")
    return text


def writable_file(text: str) -> str:
    """A file that can be appended to. On a read-only disk, another process does the writing."""
    path = Path(line(text))
    if not path.is_absolute() or text.endswith("/"):
        raise Invalid("must be the whole path of a file, from / on.")
    if path.is_dir():
        raise Invalid("must name a file, and a folder is there.")
    if path.exists() and not path.is_file():
        raise Invalid("must name an ordinary file, and something else is there.")
    if not path.parent.is_dir():
        raise Invalid("must name a file in a folder that exists.")
    read_only = os.statvfs(path.parent).f_flag & os.ST_RDONLY
    if not read_only and not os.access(path if path.exists() else path.parent, os.W_OK):
        raise Invalid("must name a file that this process may write to.")
    return text
