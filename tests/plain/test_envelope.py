"""Values locked for the database: what opens, and what must not."""

import base64
import copy
import json
import os
import pickle
import re
import time

import pytest
from account_bank_feed.envelope import (
    Damaged,
    EnvelopeError,
    Keyring,
    KeysUnusable,
    KeyUnknown,
    Secret,
    new_key,
    parse_keys,
    read_key_file,
    reveal,
)

PLACE = ("bank.connection", 7, "client_secret")
VALUE = "Schlüssel".encode()
OLD, NEW = bytes(range(32)), bytes(range(1, 33))
# Made with nothing but AES-256-GCM, from what the module says of its format.
LOCK = "1:2026-11:ZGVmZ2hpamtsbW5vaDr8RV3McLkWS3XD9khE0nLzNDm/WcVFn+iWc8eem3dMELXJrrqt5rnTYL1Ozcga"
SEALED = "yMnKy8zNzs/Q0dLT9irGjnDq0bE785+H4VGhTOtdNuN9a1ZTST4="


@pytest.fixture
def keys():
    return Keyring({"2026-11": OLD})


def test_a_known_answer(keys):
    assert keys.open(LOCK, SEALED, PLACE) == VALUE


def test_what_was_locked_opens_and_never_looks_the_same(keys):
    both = [keys.lock(VALUE, PLACE) for _ in range(2)]
    assert [keys.open(*one, PLACE) for one in both] == [VALUE, VALUE]
    assert both[0][0] != both[1][0] and both[0][1] != both[1][1]


@pytest.mark.parametrize("value", [b"", b"\0", os.urandom(100_000)])
def test_any_bytes(keys, value):
    assert keys.open(*keys.lock(value, PLACE), PLACE) == value


def test_a_wrong_key_does_not_open():
    with pytest.raises(Damaged):
        Keyring({"2026-11": NEW}).open(LOCK, SEALED, PLACE)


def test_a_missing_key_is_named():
    with pytest.raises(KeyUnknown, match="2026-11") as caught:
        Keyring({"2027-01": NEW}).open(LOCK, SEALED, PLACE)
    assert caught.value.key_id == "2026-11"


@pytest.mark.parametrize(
    "place",
    [
        ("bank.connection", 8, "client_secret"),
        ("bank.connection", 7, "refresh_token"),
        ("res.partner", 7, "client_secret"),
        ("bank.connection", "7", "client_secret"),
    ],
)
def test_it_does_not_open_elsewhere(keys, place):
    with pytest.raises(Damaged):
        keys.open(LOCK, SEALED, place)
    with pytest.raises(Damaged):
        keys.rewrap(LOCK, place)


def test_neither_half_opens_with_another_one(keys):
    lock, sealed = keys.lock(b"another", PLACE)
    for one in ((lock, SEALED), (LOCK, sealed)):
        with pytest.raises(Damaged):
            keys.open(*one, PLACE)


@pytest.mark.parametrize("bit", [1, 2, 4, 8, 16, 32, 64])
def test_a_flipped_bit_at_any_position_is_noticed(keys, bit):
    for half, text in enumerate((LOCK, SEALED)):
        for position in range(len(text)):
            wrong = text[:position] + chr(ord(text[position]) ^ bit) + text[position + 1 :]
            with pytest.raises(EnvelopeError):
                keys.open(*((wrong, SEALED) if half == 0 else (LOCK, wrong)), PLACE)


def test_a_flipped_byte_of_the_ciphertexts_is_noticed(keys):
    head, _, wrapped = LOCK.rpartition(":")
    for text, put in (
        (wrapped, lambda text: (f"{head}:{text}", SEALED)),
        (SEALED, lambda text: (LOCK, text)),
    ):
        data = base64.b64decode(text)
        for position in range(len(data)):
            wrong = bytearray(data)
            wrong[position] ^= 0xFF
            with pytest.raises(Damaged):
                keys.open(*put(base64.b64encode(wrong).decode()), PLACE)


def test_whatever_is_cut_is_noticed(keys):
    for length in range(len(LOCK)):
        with pytest.raises(EnvelopeError):
            keys.open(LOCK[:length], SEALED, PLACE)
    for length in range(len(SEALED)):
        with pytest.raises(Damaged):
            keys.open(LOCK, SEALED[:length], PLACE)


def test_an_unknown_format_is_refused(keys):
    with pytest.raises(Damaged):
        keys.open("2" + LOCK[1:], SEALED, PLACE)


def test_pieces_cannot_be_swapped_dropped_or_added(keys):
    lock, box = keys.box(PLACE)
    pieces = [box.seal(b"%d" % number, number, number == 2) for number in range(3)]
    box = keys.open_box(lock, PLACE)
    assert [box.open(piece, n, n == 2) for n, piece in enumerate(pieces)] == [b"0", b"1", b"2"]
    for number, piece, last in (
        (0, pieces[1], False),  # swapped
        (1, pieces[2], True),  # one dropped
        (1, pieces[1], True),  # the last one dropped
        (2, pieces[2], False),  # another one to come
    ):
        with pytest.raises(Damaged):
            box.open(piece, number, last)


def test_a_new_key_locks_and_the_old_one_still_opens(keys):
    both = Keyring({"2027-01": NEW, "2026-11": OLD})
    assert both.open(LOCK, SEALED, PLACE) == VALUE
    lock = both.rewrap(LOCK, PLACE)
    assert lock.startswith("1:2027-01:")
    assert Keyring({"2027-01": NEW}).open(lock, SEALED, PLACE) == VALUE
    with pytest.raises(KeyUnknown):
        keys.open(lock, SEALED, PLACE)


def test_ten_thousand_locks_are_changed_in_seconds(keys):
    both = Keyring({"2027-01": NEW, "2026-11": OLD})
    started = time.process_time()
    for _ in range(10_000):
        both.rewrap(LOCK, PLACE)
    assert time.process_time() - started < 5


def test_no_error_tells_a_value_or_a_key(keys):
    lock, sealed = keys.lock(b"TopSecret", PLACE)
    for call in (
        lambda: keys.open(lock, sealed[:-4] + "AAA=", PLACE),
        lambda: keys.open(lock, sealed, (*PLACE[:2], "other")),
        lambda: parse_keys("one " + base64.b64encode(b"TopSecret").decode()),
    ):
        with pytest.raises(EnvelopeError) as caught:
            call()
        assert not re.search("TopSecret|VG9wU2Vjcm", f"{caught.value!r} {caught.value}")
        assert caught.value.__cause__ is None


# Keys


def test_keys_are_lines_and_the_first_one_locks():
    keys = parse_keys(f"# ours\n\n2027-01 {new_key()}  # since January\n2026-11 {new_key()}\n")
    assert (keys.current, keys.ids) == ("2027-01", ("2027-01", "2026-11"))


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33, 64])
def test_keys_of_another_length_are_refused(length):
    encoded = base64.b64encode(b"k" * length).decode() or "="
    with pytest.raises(KeysUnusable, match="“one” is not 32 bytes"):
        parse_keys(f"one {encoded}")


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "one", "a:b {0}", "one {0} more", "one {0}\none {1}", "a {0}\nb {0}"],
)
def test_other_lines_are_refused(text):
    with pytest.raises(KeysUnusable):
        parse_keys(text.format(new_key(), new_key()))


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "keys"
    path.write_text(f"one {new_key()}\n")
    path.chmod(0o600)
    return path


def test_a_key_file_is_read_again_when_it_changes(key_file):
    assert read_key_file(key_file).ids == ("one",)
    assert read_key_file(key_file) is read_key_file(key_file)
    key_file.write_text(f"two {new_key()}\n{key_file.read_text()}")
    assert read_key_file(key_file).ids == ("two", "one")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660, 0o602, 0o666])
def test_a_key_file_that_is_open_to_others_is_refused(key_file, mode):
    assert read_key_file(key_file)
    key_file.chmod(mode)
    with pytest.raises(KeysUnusable, match="chmod o=,g-w"):
        read_key_file(key_file)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_its_owner_and_its_group_may_read_a_key_file(key_file, mode):
    key_file.chmod(mode)
    assert read_key_file(key_file).current == "one"


def test_a_key_file_that_is_not_there_or_no_text_is_refused(tmp_path, key_file):
    key_file.write_bytes(b"\xff\xfe")
    for path in (tmp_path / "nowhere", tmp_path, key_file):
        with pytest.raises(KeysUnusable, match="cannot be read"):
            read_key_file(path)


# Secret


def test_a_secret_shows_itself_nowhere():
    secret = Secret("TopSecret")
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>20}", f"{secret!r}"]
    assert set(shown) == {"***"}
    assert not any("TopSecret" in repr(getattr(secret, name, "")) for name in plain_names(secret))
    for send in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            send(secret)
    with pytest.raises(TypeError):
        hash(secret)
    assert reveal(secret) == "TopSecret"


def plain_names(value):
    """What an expression of a user can reach: Odoo refuses names with two underscores."""
    return [name for name in dir(value) if "__" not in name]


def test_secrets_can_be_compared():
    assert Secret("ä") == Secret("ä") != Secret("b")
    assert Secret("a") != "a"
    assert Secret("a") and not Secret("")
