"""Encryption at rest: a copy of the database alone is unreadable.

Words are encrypted with the data key of whom they belong to. Data keys are wrapped by a master key
that is in the environment and never in the database. Master keys come and go by epochs: a new one
wraps the data keys anew, and once an old one is destroyed no backup from its time can be read.

It is AES-256-GCM throughout. What is encrypted is bound to its place, so that it is an error
anywhere else; whatever cannot be read is an error and never text.
"""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_LENGTH = 32  # bytes
NONCE_LENGTH = 12  # bytes, drawn anew each time: a key may be used some four thousand million times
HEADER_LENGTH = 1 + NONCE_LENGTH  # bytes before what is encrypted: the format, and the nonce
FORMAT = b"\x01"  # of what is encrypted: another cipher would get another number

BLOCKS = (256, 1024, 4096, 16384)  # bytes; then in steps of the largest
MAX_LENGTH = 4 * 1024 * 1024  # bytes
JSON = json.JSONDecoder()
SIGNING_IN = "signing in"  # the owner, so to say, of secrets that are nobody's words


class Unreadable(Exception):
    """It was changed, stands in another place, or the key is not the one it was encrypted with."""


class NoMasterKey(Unreadable):
    """The master key of this epoch is not in the environment, or it is another one."""

    def __init__(self, epoch: int) -> None:
        super().__init__(
            f"MASTER_KEYS does not hold the key of epoch {epoch} that the data was encrypted with."
        )
        self.epoch = epoch


class Ciphertext(bytes):
    """What is encrypted, as it is stored. It shows nothing of itself, not even how long it is."""

    def __repr__(self) -> str:
        return "•••"

    __str__ = __repr__


@dataclass(frozen=True)
class DataKey:
    """The key to what one person, or two together, have written; wrapped until it is used."""

    owner: str  # whose it is: it is bound to them
    epoch: int
    wrapped: bytes

    def __repr__(self) -> str:
        return "•••"  # never in a log or an error page

    @classmethod
    def new(cls, owner: str) -> DataKey:
        return cls(owner, *_wrapped(os.urandom(KEY_LENGTH), owner))

    def encrypt(self, value: Any, *place: object, blocks: tuple[int, ...] = BLOCKS) -> Ciphertext:
        """Any JSON value, padded to a block so that its length tells next to nothing.

        `place` is where it will stand: it can be read there and nowhere else. `blocks` are sizes in
        bytes, the smallest first; what is longer is padded to a multiple of the largest. Raises
        ValueError for a value that no block holds; forms refuse such a text long before.
        """
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        padded = _padded(plain, blocks)
        return Ciphertext(_encrypted(self._cipher, padded, self._owned + _all_of(place)))

    def decrypt(self, ciphertext: bytes, *place: object) -> Any:
        """What stands there. Raises Unreadable for anything that was not encrypted for there."""
        plain = _decrypted(self._cipher, ciphertext, self._owned + _all_of(place))
        return JSON.raw_decode(str(plain, "utf-8"))[0]  # without looking at the padding

    def rewrapped(self) -> DataKey:
        """The same key, wrapped by the master key of the current epoch. Raises Unreadable."""
        return DataKey(self.owner, *_wrapped(self._plain, self.owner))

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._plain)

    @property
    def _plain(self) -> bytes:
        return unwrap(self)

    @cached_property
    def _owned(self) -> bytes:
        return _all_of((self.owner,))


def unwrap(key: DataKey) -> bytes:
    """The one use of a master key for reading. Raises Unreadable."""
    try:
        return _decrypted(_master(key.epoch), key.wrapped, _wrapping(key.owner, key.epoch))
    except NoMasterKey:
        raise
    except Unreadable:
        raise NoMasterKey(key.epoch) from None


def master_keys(written: list[str]) -> dict[int, bytes]:
    """Master keys by epoch, the current first, from what is written in the environment.

    Each is `epoch:key`, the key 32 random bytes in base64. Raises ValueError, in words for whoever
    runs the site, and never with a part of what is written: a key may stand where an epoch belongs.
    """
    keys: dict[int, bytes] = {}
    for number, each in enumerate(written, 1):
        epoch, _, encoded = each.strip().partition(":")
        which = f"key {number} of {len(written)}"
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not re.fullmatch(r"[0-9]{1,5}", epoch) or not 0 < int(epoch) < 2**15:
            raise ValueError(f"{which} must begin with its epoch and a colon, as in 1:…")
        if len(key) != KEY_LENGTH or len(set(key)) < KEY_LENGTH // 4:
            raise ValueError(f"{which} is not 32 random bytes in base64")
        if int(epoch) in keys:
            raise ValueError(f"{which} has the epoch of another")
        if key in keys.values():
            raise ValueError(f"{which} is the same as another")
        keys[int(epoch)] = key
    return keys


def current_epoch() -> int:
    """The epoch whose master key wraps what is new: the first that the environment names."""
    return next(iter(settings.MASTER_KEYS))


def encrypt_secret(text: str) -> str:
    """A short secret for signing in, such as that of a second step, as text for a column.

    It is encrypted with the master key itself: whose it is, allauth does not say.
    """
    epoch = current_epoch()
    sealed = _encrypted(_master(epoch), text.encode(), _wrapping(SIGNING_IN, epoch))
    return f"{epoch}:{sealed.hex()}"


def decrypt_secret(secret: str) -> str:
    """Raises Unreadable."""
    epoch, sealed = epoch_of(secret), secret.partition(":")[2]
    try:
        ciphertext = bytes.fromhex(sealed)
    except ValueError:
        raise Unreadable from None
    return str(_decrypted(_master(epoch), ciphertext, _wrapping(SIGNING_IN, epoch)), "utf-8")


def epoch_of(secret: str) -> int:
    """Of a secret that encrypt_secret has made. Raises Unreadable."""
    epoch, _, _ = secret.partition(":")
    try:
        return int(epoch)
    except ValueError:
        raise Unreadable from None


def _wrapped(plain: bytes, owner: str) -> tuple[int, bytes]:
    epoch = current_epoch()
    return epoch, _encrypted(_master(epoch), plain, _wrapping(owner, epoch))


def _wrapping(owner: str, epoch: int) -> bytes:
    return _all_of(("wrapped", owner, epoch))


def _all_of(parts: tuple[object, ...]) -> bytes:
    """A place in such a form that no two look alike: each part with its length before it."""
    return "".join([f"{len(each)}:{each}" for each in map(str, parts)]).encode()


def _master(epoch: int) -> AESGCM:
    try:
        return _cipher_of(settings.MASTER_KEYS[epoch])
    except KeyError:
        raise NoMasterKey(epoch) from None


@cache
def _cipher_of(master: bytes) -> AESGCM:
    return AESGCM(master)


def _encrypted(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE_LENGTH)
    return FORMAT + nonce + cipher.encrypt(nonce, plain, bound)


def _decrypted(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    if sealed[:1] != FORMAT or len(sealed) < HEADER_LENGTH:
        raise Unreadable
    try:
        return cipher.decrypt(sealed[1:HEADER_LENGTH], sealed[HEADER_LENGTH:], bound)
    except InvalidTag:
        raise Unreadable from None


def _padded(plain: bytes, blocks: tuple[int, ...]) -> bytes:
    for block in blocks:
        if len(plain) <= block:
            return plain.ljust(block)  # JSON does not mind the blanks
    if len(plain) > MAX_LENGTH:
        raise ValueError("too long to keep")
    return plain.ljust(-(-len(plain) // blocks[-1]) * blocks[-1])
