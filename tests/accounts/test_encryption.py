"""A ciphertext is decrypted in its place with its key, and is an error everywhere else."""

from __future__ import annotations

import pickle
import random
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from hypothesis import given
from hypothesis import strategies as st

from accounts import encryption, second_steps
from accounts.encryption import BLOCKS, Ciphertext, DataKey, NoMasterKey, Unreadable
from tests.conftest import Person

PLACE = ("a table", "a column", "a row")
SECRET = "JBSWY3DPEHPK3PXP"
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)

once = pytest.mark.once


@pytest.fixture
def key() -> DataKey:
    return DataKey.new("alice")


@once
@given(values, st.booleans())
def test_any_value_is_decrypted_unchanged(value: Any, compress: bool) -> None:
    key = DataKey.new("alice")

    assert key.decrypt(key.encrypt(value, *PLACE, compress=compress), *PLACE) == value


@once
@pytest.mark.parametrize("value", [0, False, "", None, [], {}, 0.0, "0", "False", "None"])
def test_empty_values_are_decrypted_unchanged(key: DataKey, value: Any) -> None:
    read = key.decrypt(key.encrypt(value, *PLACE), *PLACE)

    assert (read, type(read)) == (value, type(value))


@once
@pytest.mark.parametrize("compress", [False, True])
def test_any_flipped_bit_is_an_error(key: DataKey, compress: bool) -> None:
    ciphertext = key.encrypt("a secret", *PLACE, compress=compress)

    for at in range(len(ciphertext) * 8):
        spoiled = bytearray(ciphertext)
        spoiled[at // 8] ^= 1 << at % 8
        with pytest.raises(Unreadable):
            key.decrypt(bytes(spoiled), *PLACE)


@once
@pytest.mark.parametrize(
    "ciphertext", [b"", b"\x01", b"\x01" + bytes(12), b'"a secret"', bytes(300)]
)
def test_what_was_never_encrypted_is_an_error(key: DataKey, ciphertext: bytes) -> None:
    with pytest.raises(Unreadable):
        key.decrypt(ciphertext, *PLACE)


@once
def test_nothing_passes_for_compressed_that_is_not_and_the_other_way_round(key: DataKey) -> None:
    for compress, form in ((False, encryption.COMPRESSED), (True, encryption.FORMAT)):
        ciphertext = key.encrypt("a secret", *PLACE, compress=compress)
        with pytest.raises(Unreadable):
            key.decrypt(form + ciphertext[1:], *PLACE)


@once
def test_a_ciphertext_is_decrypted_in_its_own_place_only(key: DataKey) -> None:
    ciphertext = key.encrypt("a secret", *PLACE)
    elsewhere: list[tuple[object, ...]] = [
        ("another table", *PLACE[1:]),
        (PLACE[0], "another column", PLACE[2]),
        (*PLACE[:2], "another row"),
        (*PLACE, "more"),
        PLACE[:2],
        ("a table|a column", "a row"),
        ("".join(map(str, PLACE)),),  # the same letters in other parts
        (),
    ]

    for place in elsewhere:
        with pytest.raises(Unreadable):
            key.decrypt(ciphertext, *place)


@once
def test_another_persons_key_does_not_decrypt_it(key: DataKey) -> None:
    ciphertext = key.encrypt("a secret", *PLACE)
    renamed = DataKey("bob", key.epoch, key.wrapped)

    for wrong in (DataKey.new("alice"), DataKey.new("bob"), renamed):
        with pytest.raises(Unreadable):
            wrong.decrypt(ciphertext, *PLACE)


@once
def test_a_wrapped_key_is_bound_to_its_owner_and_epoch(key: DataKey) -> None:
    """Write access to the database is not enough to give a person somebody else's key."""
    for taken in (
        DataKey("bob", key.epoch, key.wrapped),
        DataKey(key.owner, 1, key.wrapped),
        DataKey(key.owner, key.epoch, key.wrapped[:-1] + bytes([key.wrapped[-1] ^ 1])),
    ):
        with pytest.raises(NoMasterKey):
            taken.encrypt("a secret", *PLACE)


@once
def test_short_values_have_one_length_and_long_ones_reveal_little(key: DataKey) -> None:
    around = 1 + 12 + 16  # format, nonce, tag

    def weight(value: Any) -> int:
        return len(key.encrypt(value, *PLACE)) - around

    assert {weight(value) for value in ("yes", "no", "", None, 0, "x" * 250)} == {BLOCKS[0]}
    assert {weight("x" * length) for length in range(300, 20_000, 700)} == {*BLOCKS[1:], 2 * 16384}


@once
def test_what_is_compressed_is_padded_afterwards(key: DataKey) -> None:
    def weight(value: Any) -> int:
        return len(key.encrypt(value, *PLACE, compress=True)) - (1 + 12 + 16)

    assert {weight(value) for value in ("yes", None, "x" * 9_000)} == {BLOCKS[0]}
    assert weight(random.Random(1).randbytes(900).hex()) == BLOCKS[1]  # noqa: S311 no secret


@once
@pytest.mark.parametrize("compress", [False, True])
def test_too_long_a_value_is_refused(key: DataKey, compress: bool) -> None:
    with pytest.raises(ValueError, match="too long"):
        key.encrypt("x" * encryption.MAX_LENGTH, *PLACE, compress=compress)


@once
def test_encrypting_the_same_text_twice_gives_different_ciphertexts(key: DataKey) -> None:
    assert len({key.encrypt("a secret", *PLACE) for _ in range(2_000)}) == 2_000


@once
def test_no_representation_shows_a_key_or_content(key: DataKey) -> None:
    ciphertext = key.encrypt("a secret", *PLACE)

    shown = (
        f"{key} {key!r} {ciphertext} {ciphertext!r} {[key, ciphertext]} {pickle.dumps(repr(key))!r}"
    )
    try:
        DataKey("bob", key.epoch, key.wrapped).decrypt(ciphertext, *PLACE)
    except Unreadable as error:
        shown += "".join(traceback.format_exception(error))

    assert "secret" not in shown.replace('"a secret"', "")
    assert key.wrapped.hex() not in shown
    assert repr(key.wrapped)[2:12] not in shown


@once
@pytest.mark.parametrize(
    "change",
    [
        lambda keys: {},
        lambda keys: {3: keys[2]},
        lambda keys: {2: keys[1]},
        lambda keys: {2: bytes(31) + b"1"},
    ],
    ids=["none", "under another epoch", "that of another epoch", "another"],
)
def test_nothing_is_decrypted_without_the_right_master_key(
    key: DataKey, settings: Any, change: Callable[[Any], Any]
) -> None:
    ciphertext = key.encrypt("a secret", *PLACE)
    fresh = DataKey(key.owner, key.epoch, key.wrapped)  # as read from the database
    settings.MASTER_KEYS = change(settings.MASTER_KEYS)

    with pytest.raises(NoMasterKey, match="epoch 2"):
        fresh.decrypt(ciphertext, *PLACE)


@once
def test_a_rewrapped_key_decrypts_older_content(key: DataKey, settings: Any) -> None:
    ciphertext = key.encrypt("a secret", *PLACE)
    second, first = settings.MASTER_KEYS[2], settings.MASTER_KEYS[1]
    settings.MASTER_KEYS = {1: first, 2: second}

    anew = key.rewrapped()

    settings.MASTER_KEYS = {1: first}
    assert anew.epoch == 1
    assert anew.decrypt(ciphertext, *PLACE) == "a secret"


@once
def test_a_ciphertext_is_bytes_and_nothing_else_is_a_ciphertext(key: DataKey) -> None:
    ciphertext = key.encrypt("a secret", *PLACE)

    assert isinstance(ciphertext, Ciphertext)
    assert not isinstance(b"a secret", Ciphertext)


# Second steps


def test_the_secret_of_a_second_step_is_not_in_the_database(alice: Person) -> None:
    TOTP.activate(alice.user, SECRET)
    codes = RecoveryCodes.activate(alice.user).get_unused_codes()

    stored = {str(authenticator.data) for authenticator in Authenticator.objects.all()}

    assert len(stored) == 2
    assert not any(SECRET in text or code in text for text in stored for code in codes)
    read = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap()
    assert read.get_unused_codes() == codes


def test_second_steps_work_after_the_master_key_is_rotated(alice: Person, settings: Any) -> None:
    TOTP.activate(alice.user, SECRET)
    codes = RecoveryCodes.activate(alice.user).get_unused_codes()
    second, first = settings.MASTER_KEYS[2], settings.MASTER_KEYS[1]
    settings.MASTER_KEYS = {1: first, 2: second}

    assert second_steps.rewrap() == 2
    assert second_steps.rewrap() == 0

    settings.MASTER_KEYS = {1: first}
    read = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap()
    assert read.get_unused_codes() == codes


@once
@pytest.mark.parametrize("secret", ["", "JBSWY3DPEHPK3PXP", "2:", "2:zz", "x:00", "2:" + "00" * 40])
def test_a_secret_that_was_changed_is_an_error(secret: str) -> None:
    with pytest.raises(Unreadable):
        encryption.decrypt_secret(secret)
