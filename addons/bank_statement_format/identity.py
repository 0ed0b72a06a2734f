"""When are two transactions, or two accounts, the same?

The bank's own id is evidence, not identity: banks repeat OFX FITIDs and print
``NONREF``. Within one source the identity is account, booking date, amount,
normalised text and the n-th occurrence of those on that day.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher

from .types import Account, Transaction

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_NOT_ALNUM = re.compile(r"[^0-9A-Za-z]+")


def identity_text(transaction: Transaction) -> str:
    """The transaction's texts, reduced to what survives another download of the same source."""
    party = transaction.counterparty
    parts = (
        transaction.remittance,
        transaction.reference,
        transaction.end_to_end_id,
        party.name,
        party.iban,
    )
    return normalise(" ".join(part for part in parts if part))


def normalise(text: str) -> str:
    """Lower case ASCII words, one blank between them.

    >>> normalise("Rückzahlung  RE-2024/001")
    'ruckzahlung re 2024 001'
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_WORD.sub(" ", ascii_text.lower()).strip()


def text_similarity(left: str, right: str) -> float:
    """0.0 (nothing in common) to 1.0 (equal), for two normalised texts.

    Sources word the same payment differently (camt, CSV, API), mostly by leaving
    things out: so what is common is measured against the shorter text.
    """
    if not left or not right:
        return 1.0 if left == right else 0.0
    left_words, right_words = set(left.split()), set(right.split())
    shorter = min(len(left_words), len(right_words))
    shared = len(left_words & right_words) / shorter
    return max(shared, SequenceMatcher(None, left, right, autojunk=False).ratio())


class IdentityCounter:
    """Gives each transaction of one account its identity, counting equal ones per day.

    One counter must see whole days, in file order.
    """

    def __init__(self, account_key: str):
        self._account_key = account_key
        self._seen: Counter[tuple] = Counter()

    def identity(self, transaction: Transaction) -> str:
        """A hexadecimal SHA-256 digest."""
        key = (transaction.booking_date, transaction.amount.normalize(), identity_text(transaction))
        self._seen[key] += 1
        return identity_digest(self._account_key, *key, occurrence=self._seen[key])


def identity_digest(account_key, booking_date, amount, text, *, occurrence: int) -> str:
    """The digest of one transaction's identity; ``occurrence`` counts from 1."""
    source = "|".join(
        (account_key, booking_date.isoformat(), f"{amount.normalize():f}", text, str(occurrence))
    )
    return hashlib.sha256(source.encode()).hexdigest()


def account_key(number: str | None) -> str:
    """An account number as it is compared: alphanumeric, upper case, no leading zeros.

    >>> account_key("de89 3704 0044 0532 0130 00")
    'DE89370400440532013000'
    """
    return _NOT_ALNUM.sub("", number or "").upper().lstrip("0")


def same_account(account: Account, number: str | None) -> bool:
    """Whether a statement's account is the one known as ``number``.

    Beside the IBAN itself, the national part of a German IBAN counts, since
    older formats print bank code and account number apart (``10020030/1234567``).
    """
    ours = account_key(number)
    if not ours:
        return False
    theirs = {account_key(account.iban), account_key(account.number)} - {""}
    if ours in theirs:
        return True
    return any(_national_number(ours) == _national_number(key) for key in theirs)


def _national_number(key: str) -> tuple[str, str] | str:
    """Bank code and account number of a German account, else the key itself."""
    if re.fullmatch(r"DE\d{20}", key):
        return key[4:12], key[12:].lstrip("0")
    if re.fullmatch(r"[1-9]\d{8,17}", key):
        return key[:8], key[8:].lstrip("0")
    return key
