"""Values locked for the database, in plain Python: AES-256-GCM, under keys kept elsewhere.

Each value has a data key of its own. The *lock* is that data key, wrapped by one of the operator's
keys: a text that names format and key. The value follows in one or more *sealed* pieces. Both are
bound to their place, (model, record id, field): moved elsewhere they do not open. A change of the
operator's key touches locks only.
"""

import base64
import binascii
import functools
import hmac
import json
import os
import re
import stat

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = "1"
KEY = 32
NONCE = 12
OVERHEAD = NONCE + 16
"""Bytes that a sealed piece is longer than what is in it: nonce and tag."""


class EnvelopeError(Exception):
    """Something that keeps a value from being locked or opened. Never says what is in it."""


class KeysUnusable(EnvelopeError):
    """The key file, or a key in it, cannot be used: the operator has to mend it."""


class KeyUnknown(EnvelopeError):
    """The value was locked under a key that is not at hand: the operator has to bring it back."""

    def __init__(self, key_id):
        super().__init__(f"The key “{key_id}” is missing.")
        self.key_id = key_id


class Damaged(EnvelopeError):
    """What is stored was changed, cut, or moved from another record or field."""

    def __init__(self):
        super().__init__("It is damaged, or it was moved here from another record or field.")


class Secret:
    """A text that shows itself nowhere by accident: only `reveal` takes it out.

    Not a method, and no plain attribute: expressions that users write (templates, server actions)
    reach methods and attributes, but no functions of modules.
    """

    __slots__ = ("__text",)

    def __init__(self, text):
        self.__text = text

    def __repr__(self):
        return "***"

    def __format__(self, spec):
        return "***"

    def __bool__(self):
        return bool(self.__text)

    def __eq__(self, other):
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(reveal(self).encode(), reveal(other).encode())

    __hash__ = None

    def __reduce_ex__(self, protocol):
        raise TypeError("A secret is not stored or sent anywhere.")


def reveal(secret):
    """The text of a `Secret`, for the moment in which it is used."""
    return secret._Secret__text


class Keyring:
    """The operator's keys. The first one locks; the others only open what they locked once.

    :param dict keys: key id -> 32 bytes
    """

    def __init__(self, keys):
        if not keys:
            raise KeysUnusable("There is no key.")
        self.ids = tuple(keys)
        self.current = self.ids[0]
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}

    def box(self, place):
        """A new data key.

        :param place: (model, record id, field)
        :return: its lock, and the `Box` to seal with
        """
        key = AESGCM.generate_key(8 * KEY)
        return self._wrap(key, place), Box(key, place)

    def open_box(self, lock, place):
        """The `Box` behind a lock."""
        return Box(self._unwrap(lock, place), place)

    def rewrap(self, lock, place):
        """The lock of the same data key under the current key."""
        return self._wrap(self._unwrap(lock, place), place)

    def lock(self, value, place):
        """Lock bytes that are one piece.

        :return: the lock and what is locked, both as text
        """
        lock, box = self.box(place)
        return lock, _as_text(box.seal(value, 0, True))

    def open(self, lock, sealed, place):
        return self.open_box(lock, place).open(_from_text(sealed), 0, True)

    def _wrap(self, key, place):
        about = _bound("key", self.current, *place)
        wrapped = _encrypt(self._ciphers[self.current], key, about)
        return ":".join([FORMAT, self.current, _as_text(wrapped)])

    def _unwrap(self, lock, place):
        version, _, rest = lock.partition(":")
        key_id, _, wrapped = rest.partition(":")
        if version != FORMAT or not wrapped:
            raise Damaged
        if key_id not in self._ciphers:
            raise KeyUnknown(key_id)
        about = _bound("key", key_id, *place)
        return _decrypt(self._ciphers[key_id], _from_text(wrapped), about)


class Box:
    """One data key: seals the pieces of a value, and opens them."""

    def __init__(self, key, place):
        self._cipher = AESGCM(key)
        self._place = place

    def seal(self, piece, number, last):
        """Seal the piece of that number.

        :param bool last: whether it is the last one, so that none can be cut off
        """
        return _encrypt(self._cipher, piece, self._about(number, last))

    def open(self, sealed, number, last):
        return _decrypt(self._cipher, sealed, self._about(number, last))

    def _about(self, number, last):
        return _bound("value", *self._place, number, bool(last))


def _bound(*words):
    """What a ciphertext is bound to: its associated data, in one unmistakable writing."""
    return json.dumps(["bank_feed", FORMAT, *words]).encode()


def _encrypt(cipher, data, about):
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, data, about)


def _decrypt(cipher, data, about):
    try:
        # A view: slices of 9 MB would be copies.
        return cipher.decrypt(bytes(data[:NONCE]), memoryview(data)[NONCE:], about)
    except (InvalidTag, ValueError):
        raise Damaged from None


def _as_text(data):
    return base64.b64encode(data).decode()


def _from_text(text):
    """The bytes of a text by `_as_text`; of no other writing of them."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Damaged from None
    if _as_text(data) != text:
        raise Damaged
    return data


# The operator's keys


def new_key():
    """A fresh key, as `parse_keys` reads it."""
    return _as_text(os.urandom(KEY))


def parse_keys(text):
    """Read keys, one a line: its id, a space, 32 bytes in Base64. ``#`` begins a comment.

    :return: a `Keyring`
    """
    keys = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2 or not re.fullmatch(r"[\w.-]{1,40}", words[0], re.ASCII):
            raise KeysUnusable(f"Line {number} of the keys is not an id and a key.")
        key_id, encoded = words
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY:
            raise KeysUnusable(f"The key “{key_id}” is not {KEY} bytes in Base64.")
        if key_id in keys or key in keys.values():
            raise KeysUnusable(f"The key “{key_id}” is there twice.")
        keys[key_id] = key
    return Keyring(keys)


def read_key_file(path):
    """The `Keyring` of a file, read anew when the file has changed."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise KeysUnusable(_unreadable(path, error)) from None
    return _read_key_file(path, (found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode))


@functools.lru_cache(maxsize=2)
def _read_key_file(path, _as_of):
    try:
        with open(path, encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise KeysUnusable(_unreadable(path, error)) from None
    # The group may read it: a file of root's that the service's group can read is common.
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise KeysUnusable(f"The key file {path} is open to others: run `chmod o=,g-w {path}`.")
    return parse_keys(text)


def _unreadable(path, error):
    reason = error.strerror if isinstance(error, OSError) else "it is not text"
    return f"The key file {path} cannot be read: {reason}."
