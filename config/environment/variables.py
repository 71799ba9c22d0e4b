"""Reads environment variables, or the files that they point to, and refuses wrong ones."""

from __future__ import annotations

import difflib
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FILE = "_FILE"
MAX_FILE_LENGTH = 16 * 1024  # bytes
INVISIBLE = "\ufeff\u200b\u2060"  # what editors and chats leave around a value
OUTSIDE = " \t\n\v\f\r\x85\xa0\u2028\u2029" + INVISIBLE
MISSING: Any = object()  # the default of a variable that must be set
# The names of Django's own settings, for people who set those.
OTHER_NAMES = {
    "EMAIL_HOST_USER": "EMAIL_USER",
    "EMAIL_HOST_PASSWORD": "EMAIL_PASSWORD",
    "EMAIL_USE_TLS": "EMAIL_SECURITY",
    "EMAIL_USE_SSL": "EMAIL_SECURITY",
}


class Invalid(ValueError):
    """Why a value is wrong, in words that follow the variable's name. Never contains the value."""


class BadSetting(Exception):
    """The site cannot start, because of this variable."""

    def __init__(self, name: str, why: object) -> None:
        super().__init__(f"{name} {why}")


class Environment:
    """The variables of one process. NAME_FILE may name a file that holds the value of NAME."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.known: set[str] = set()

    def read[T](self, name: str, parse: Callable[[str], T], default: T = MISSING) -> T:
        """The parsed value, or the default if unset or empty. Raises BadSetting."""
        self.known.add(name)
        try:
            text = self._text(name)
            if text or default is MISSING:
                return parse(text)
        except Invalid as why:
            raise BadSetting(name, f"{why}{self._similar(name)}") from None
        except OSError:  # its message contains the value
            raise BadSetting(
                name, "must hold a path, and this process cannot look at what is there."
            ) from None
        return default

    def is_set(self, name: str) -> bool:
        return any(clean(self.variables.get(key, "")) for key in (name, name + FILE))

    def refuse_misspelt(self) -> None:
        """Refuse a name that is almost one of ours, unless ours is set as well."""
        for name in sorted(self.variables):
            intended = self._intended(name)
            if intended and clean(self.variables[name]):
                raise BadSetting(name, f"is no setting of this site. Did you mean {intended}?")

    def _text(self, name: str) -> str:
        raw = self.variables.get(name, "")
        path = clean(self.variables.get(name + FILE, ""))
        if not path:
            return plain_text(clean(raw))
        if clean(raw):
            raise Invalid(f"and {name}{FILE} are both set. Keep one of them.")
        return plain_text(clean(read_file(name + FILE, path), quoted=False))

    def _intended(self, name: str) -> str | None:
        """The variable of ours that this misspells, if that one is not set."""
        base = name.removesuffix(FILE)
        if name in self.known or base in self.known or len(base) < 7:
            return None
        if base in OTHER_NAMES:
            return OTHER_NAMES[base] if self.is_set("EMAIL_HOST") else None
        close = difflib.get_close_matches(base, self.known, n=1, cutoff=0.85)
        return close[0] if close and not self.is_set(close[0]) else None

    def _similar(self, name: str) -> str:
        for other in sorted(self.variables):
            if not self.is_set(name) and self._intended(other) == name:
                return f" {other} is set: is that what you meant?"
        return ""


def clean(raw: str, *, quoted: bool = True) -> str:
    """Strip what editors, shells and `docker run --env-file` leave around a value."""
    text = raw.strip(OUTSIDE)
    for mark in "\"'" if quoted else "":
        if len(text) > 1 and text[0] == text[-1] == mark and mark not in text[1:-1]:
            return text[1:-1].strip(OUTSIDE)
    return text


def plain_text(text: str) -> str:
    """The same text. Raises Invalid if it is not UTF-8 or contains control characters."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid("is not UTF-8 text.")
    if any(unicodedata.category(char) == "Cc" and char not in "\r\n\t" for char in text):
        raise Invalid("holds a control character. Write it again by hand.")
    return text


def read_file(name: str, path: str) -> str:
    """The text of a file. Raises BadSetting, with the path unless that may be a secret itself."""
    shown = f" {path}" if _looks_like_a_path(path) else ""
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "no ordinary file"
            raise BadSetting(name, f"must name a file:{shown or ' the path'} is {what}.")
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_LENGTH + 1)
    except PermissionError:
        raise BadSetting(
            name, f"names a file that this process may not read:{shown or ' see its permissions'}."
        ) from None
    except (OSError, ValueError):
        raise BadSetting(
            name, f"must hold the path of a file, and no such file is there{shown}."
        ) from None
    if len(content) > MAX_FILE_LENGTH:
        raise BadSetting(name, f"names a file that is too long for a setting{shown}.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadSetting(name, f"names a file that is not UTF-8 text{shown}.") from None
    if not clean(text):
        raise BadSetting(name, f"names a file that is empty{shown}.")
    return text


def _looks_like_a_path(path: str) -> bool:
    """Whether it is not a secret that was set where its path belongs."""
    has_usual_characters = len(path) < 200 and re.fullmatch(r"[\w./ -]+", path)
    try:
        has_folder = path.startswith("/") or ("/" in path and Path(path).parent.is_dir())
    except (OSError, ValueError):
        return False
    return bool(has_usual_characters and has_folder)
