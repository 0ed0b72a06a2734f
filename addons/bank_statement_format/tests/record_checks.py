"""What the tests of the record formats (BAI2, CODA, CFONB, Norma 43) have in common."""

import contextlib
import dataclasses
import datetime
from decimal import Decimal

from hypothesis import strategies as st

from bank_statement_format import (
    Account,
    Balance,
    InvalidStatement,
    Statement,
    StatementError,
)

from .helpers import parse_as, read

DATES = st.dates(datetime.date(1970, 1, 1), datetime.date(2068, 12, 31))
AMOUNTS = st.decimals(-(10**9), 10**9, places=2).filter(bool)
POSITIVE = st.decimals(Decimal("0.01"), 10**6, places=2)
JUNK = [b"", b"\0", b"\xff", b"\n", b"/", b",", b" ", b"{", b"-", b"88", b"9" * 40, b"\x1a"]


def text(max_size: int, *, exclude: str = ""):
    """Texts without blanks at their ends, and without several in a row."""
    characters = st.characters(
        exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zs", "Zl", "Zp"),
        include_characters=" ",
        exclude_characters=exclude,
    )
    return st.text(characters, min_size=1, max_size=max_size).map(
        lambda value: " ".join(value.split()) or "x"
    )


def word(min_size: int, max_size: int):
    """Numbers with a letter before them."""
    digits = st.text("0123456789", min_size=min_size, max_size=max_size)
    return digits.map(lambda value: f"R{value}"[:max_size])


def maybe(strategy):
    return st.none() | strategy


def statement(account: Account, currency: str, opening: Decimal, items, *dates) -> Statement:
    """A statement that adds up."""
    total = sum((item.amount for item in items), Decimal(0))
    start, end = dates
    return Statement(
        account=account,
        currency=currency,
        opening=Balance(opening, start),
        closing=Balance(opening + total, end),
        count=len(items),
        total=total,
        start_date=start,
        end_date=end,
        transactions=tuple(items),
    )


def without_raw(statements: list[Statement]) -> list[Statement]:
    return [
        dataclasses.replace(
            item,
            transactions=tuple(t._replace(raw="") for t in item.transactions),
        )
        for item in statements
    ]


def refusal(name: str, data: bytes) -> InvalidStatement:
    """Why a file of this format is refused."""
    try:
        parse_as(name, data)
    except InvalidStatement as error:
        return error
    raise AssertionError("the file was read")


def line_cuts(data: bytes) -> list[bytes]:
    """The file without its last lines, as far as one is left; and cut within each line."""
    lines = data.splitlines(keepends=True)
    whole = [b"".join(lines[:count]) for count in range(1, len(lines))]
    halves = [
        b"".join(lines[:count]) + line[: len(line.rstrip()) // 2]
        for count, line in enumerate(lines)
    ]
    return whole + halves


def balanced_or_refused(name: str, data: bytes) -> bool:
    """Whether a file is read as complete."""
    with contextlib.suppress(StatementError):
        statements = [event for event in parse_as(name, data) if isinstance(event, Statement)]
        return all(item.balanced for item in statements)
    return False


def damage(original: bytes, data) -> bytes:
    """The file with a few bytes replaced."""
    damaged = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 20)))
        damaged[start:end] = data.draw(st.sampled_from(JUNK) | st.binary(max_size=5))
    return bytes(damaged)


def read_or_refuse(name: str, data: bytes) -> None:
    """No other exception than a refusal with a reason, whether recognised or not."""
    for attempt in (lambda: read(data), lambda: parse_as(name, data)):
        try:
            attempt()
        except StatementError as error:
            assert str(error)
