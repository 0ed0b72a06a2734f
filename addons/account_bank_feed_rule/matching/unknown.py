"""Numbers that look like documents of ours, and that are none of the open items."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from .normalise import compact
from .quotations import remittance_tokens
from .references import is_given, scheme
from .types import Candidate, Payment

_LEAST_DIGITS = 4


def unknown_documents(payment: Payment, series: Container[str], best: Candidate) -> Iterator[str]:
    """What the payer quotes beside that which the best candidate explains.

    :param series: the letters that our documents of the payment's direction begin with
    """
    if is_given(payment.reference) and scheme(payment.reference):
        yield payment.reference
    explained = {compact(one.params["number"]) for one in best.evidence if "number" in one.params}
    numbers = [number for item in best.items for number in item.numbers]
    for quoted, is_last in _like_our_numbers(payment.text, series):
        if any(compact(quoted).startswith(number) for number in explained):
            continue
        if not any(_may_be_short_for(quoted, number, is_last) for number in numbers):
            yield quoted


def _may_be_short_for(quoted: str, number: str, is_last: bool) -> bool:
    """Whether only a beginning, cut off with the text, or the last digits were written.

    >>> _may_be_short_for("RE 2244", "INV/2026/02244", False)
    True
    >>> _may_be_short_for("INV/2026/0", "INV/2026/02244", True)
    True
    """
    if is_last and compact(number).startswith(compact(quoted)):
        return True
    digits = re.sub(r"\D", "", quoted).lstrip("0")
    return bool(digits) and re.sub(r"\D", "", number).endswith(digits)


def _like_our_numbers(text: str, series: Container[str]) -> Iterator[tuple[str, bool]]:
    """Letters of a series with digits behind them, and whether the text ends there.

    >>> list(_like_our_numbers("Payment for INV 2026/00041", {"INV"}))
    [('INV 2026/00041', True)]
    """
    tokens = remittance_tokens(text)
    for first, value in enumerate(tokens.values[:-1]):
        if value in series and tokens.linked[first + 1]:
            end = first + 1
            while end < len(tokens) and tokens.linked[end] and tokens.values[end].isdigit():
                end += 1
            if sum(map(len, tokens.values[first + 1 : end])) >= _LEAST_DIGITS:
                yield tokens.text[tokens.starts[first] : tokens.ends[end - 1]], end == len(tokens)
