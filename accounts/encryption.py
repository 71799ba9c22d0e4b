"""Encryption at rest: a copy of the database alone is unreadable.

Content is encrypted with the data key of its owner. Data keys are wrapped by a master key that is
in the environment and never in the database. Master keys are rotated by epochs: a new one wraps the
data keys again, and once an old one is destroyed no backup from its time can be read.

The cipher is AES-256-GCM throughout. Ciphertext is bound to its place, so decrypting it anywhere
else fails. Whatever cannot be decrypted raises an error and never becomes text.

Fernet, and the encrypted fields for Django that use it, were considered: they neither bind
ciphertext to its place nor hide the length of content.
"""

from __future__ import annotations

import base64
import json
import os
import re
import zlib
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_LENGTH = 32  # bytes
NONCE_LENGTH = 12  # bytes, random: one key is safe for about four thousand million uses
HEADER_LENGTH = 1 + NONCE_LENGTH  # bytes before the ciphertext: the format and the nonce
FORMAT = b"\x01"  # another cipher would get another number
COMPRESSED = b"\x02"  # the same cipher; the content was compressed, then padded

BLOCKS = (256, 1024, 4096, 16384)  # bytes; then in steps of the largest
MAX_LENGTH = 4 * 1024 * 1024  # bytes
JSON = json.JSONDecoder()
SIGNING_IN = "signing in"  # the owner of secrets of second steps, in place of a person


class Unreadable(Exception):
    """The ciphertext was changed or moved, or it was encrypted with another key."""


class NoMasterKey(Unreadable):
    """The environment does not hold the master key of this epoch, or holds another one for it."""

    def __init__(self, epoch: int) -> None:
        super().__init__(
            f"MASTER_KEYS does not hold the key of epoch {epoch} that the data was encrypted with."
        )
        self.epoch = epoch


class Ciphertext(bytes):
    """Encrypted bytes as they are stored. Their representation shows not even their length."""

    def __repr__(self) -> str:
        return "•••"

    __str__ = __repr__


@dataclass(frozen=True)
class DataKey:
    """The key to the content of one person or one couple; wrapped until it is used."""

    owner: str  # the key is bound to them
    epoch: int
    wrapped: bytes

    def __repr__(self) -> str:
        return "•••"  # never in a log or an error page

    @classmethod
    def new(cls, owner: str) -> DataKey:
        return cls(owner, *_wrapped(os.urandom(KEY_LENGTH), owner))

    def encrypt(
        self,
        value: Any,
        *place: object,
        blocks: tuple[int, ...] = BLOCKS,
        compress: bool = False,
    ) -> Ciphertext:
        """Encrypt any JSON value, padded to a block so that its length reveals next to nothing.

        It can be decrypted with the same `place` only. `blocks` are sizes in bytes, the smallest
        first; longer values are padded to a multiple of the largest. Compress only what one
        person writes: a length that depends on the words of two could tell one of the other's.
        Raises ValueError for a value above MAX_LENGTH; forms refuse such a text long before.
        """
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if len(plain) > MAX_LENGTH:
            raise ValueError("too long to keep")
        form = COMPRESSED if compress else FORMAT
        padded = _padded(zlib.compress(plain) if compress else plain, blocks)
        return Ciphertext(_encrypted(self._cipher, padded, self._owned + _all_of(place), form))

    def decrypt(self, ciphertext: bytes, *place: object) -> Any:
        """The value that was encrypted for this place. Raises Unreadable for anything else."""
        form = COMPRESSED if ciphertext[:1] == COMPRESSED else FORMAT
        padded = _decrypted(self._cipher, ciphertext, self._owned + _all_of(place), form)
        plain = zlib.decompressobj().decompress(padded) if form == COMPRESSED else padded
        return JSON.raw_decode(str(plain, "utf-8"))[0]  # both ignore the padding

    def rewrapped(self) -> DataKey:
        """The same key, wrapped by the current master key. Raises Unreadable."""
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
    """The plain bytes of a data key. Raises Unreadable."""
    try:
        return _decrypted(_master(key.epoch), key.wrapped, _wrapping(key.owner, key.epoch))
    except NoMasterKey:
        raise
    except Unreadable:
        raise NoMasterKey(key.epoch) from None


def master_keys(items: list[str]) -> dict[int, bytes]:
    """Parse items of the form `epoch:key`, the current one first; keys are 32 bytes in base64.

    Raises ValueError with a message for whoever runs the site. It contains no part of an item,
    because a key may have been put where the epoch belongs.
    """
    keys: dict[int, bytes] = {}
    for number, item in enumerate(items, 1):
        epoch, _, encoded = item.strip().partition(":")
        which = f"key {number} of {len(items)}"
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
    """The epoch whose master key is used for encrypting: the first in the environment."""
    return next(iter(settings.MASTER_KEYS))


def encrypt_secret(text: str) -> str:
    """Encrypt a short secret, such as that of a second step, to text for a column.

    It is encrypted with the master key itself, because allauth does not pass the owner.
    """
    epoch = current_epoch()
    ciphertext = _encrypted(_master(epoch), text.encode(), _wrapping(SIGNING_IN, epoch))
    return f"{epoch}:{ciphertext.hex()}"


def decrypt_secret(secret: str) -> str:
    """Raises Unreadable."""
    epoch, encoded = epoch_of(secret), secret.partition(":")[2]
    try:
        ciphertext = bytes.fromhex(encoded)
    except ValueError:
        raise Unreadable from None
    return str(_decrypted(_master(epoch), ciphertext, _wrapping(SIGNING_IN, epoch)), "utf-8")


def epoch_of(secret: str) -> int:
    """The epoch of a secret from `encrypt_secret`. Raises Unreadable."""
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
    """Encode a place unambiguously: every part is preceded by its length."""
    return "".join([f"{len(part)}:{part}" for part in map(str, parts)]).encode()


def _master(epoch: int) -> AESGCM:
    try:
        return _cipher_of(settings.MASTER_KEYS[epoch])
    except KeyError:
        raise NoMasterKey(epoch) from None


@cache
def _cipher_of(master: bytes) -> AESGCM:
    return AESGCM(master)


def _encrypted(cipher: AESGCM, plain: bytes, place: bytes, form: bytes = FORMAT) -> bytes:
    nonce = os.urandom(NONCE_LENGTH)
    return form + nonce + cipher.encrypt(nonce, plain, _place_in(place, form))


def _decrypted(cipher: AESGCM, ciphertext: bytes, place: bytes, form: bytes = FORMAT) -> bytes:
    if ciphertext[:1] != form or len(ciphertext) < HEADER_LENGTH:
        raise Unreadable
    try:
        nonce = ciphertext[1:HEADER_LENGTH]
        return cipher.decrypt(nonce, ciphertext[HEADER_LENGTH:], _place_in(place, form))
    except InvalidTag:
        raise Unreadable from None


def _place_in(place: bytes, form: bytes) -> bytes:
    """A place begins with a digit, so no place of one form is also one of another."""
    return place if form == FORMAT else form + place


def _padded(plain: bytes, blocks: tuple[int, ...]) -> bytes:
    for block in blocks:
        if len(plain) <= block:
            return plain.ljust(block)
    return plain.ljust(-(-len(plain) // blocks[-1]) * blocks[-1])
