"""Numbers that look like documents of ours, and that are none of what is to be settled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from .index import ItemIndex
from .normalise import Tokens, compact, token_values
from .quotations import means_invoice, remittance_tokens, shape
from .references import is_given, scheme
from .types import Candidate, Payment

_LEAST_DIGITS = 4
_LEAST_INTRODUCED = 2
_LABEL = re.compile(r"(?:[A-Z]+[\s.:]+)+(?=\d)")
_DAY = re.compile(r"(?:[A-Z]+\.? ?)?\d?\d\. ?\d?\d\.?")
_PERIOD = re.compile(r"(?:(?:0?[1-9]|1[0-2])\D)?(?:19|20)\d\d|(?:19|20)\d\d\D(?:0?[1-9]|1[0-2])")


def unknown_documents(payment: Payment, index: ItemIndex, best: Candidate) -> Iterator[str]:
    """What the payer quotes beside that which the best candidate explains.

    That is a number behind a word for "invoice", one that begins with the letters of our
    documents, or one that looks like their numbers.
    """
    if is_given(payment.reference) and scheme(payment.reference):
        yield payment.reference
    explained = {compact(one.params["number"]) for one in best.evidence if "number" in one.params}
    numbers = [number for item in best.items for number in item.numbers]
    tokens = remittance_tokens(payment.text)
    yield from _with_more_digits(tokens, numbers)
    for first, end in _like_documents(tokens, payment, index):
        quoted = tokens.text[tokens.starts[first] : tokens.ends[end - 1]]
        if any(compact(quoted).startswith(number) for number in explained):
            continue
        if not any(_may_be_short_for(quoted, number, end == len(tokens)) for number in numbers):
            yield quoted


def _with_more_digits(tokens: Tokens, numbers: Iterable[str]) -> Iterator[str]:
    """What ends like one of the numbers and has more digits in front: another, and none of ours.

    >>> list(_with_more_digits(Tokens.of("136000/26"), ["36000/26"]))
    ['136000/26']
    >>> list(_with_more_digits(Tokens.of("2026/103732"), ["2026/3732"]))
    ['2026/103732']
    """
    for values in dict.fromkeys(map(token_values, numbers)):
        if not "".join(values).isdigit() or sum(map(len, values)) < _LEAST_DIGITS:
            continue
        for first in range(len(tokens) - len(values) + 1):
            end = first + len(values)
            joined = all(map(tokens.is_attached, range(first + 1, end)))
            if joined and _ends_like(values, tokens.values[first:end]):
                yield tokens.text[tokens.starts[first] : tokens.ends[end - 1]]


def _ends_like(values: Sequence[str], written: Sequence[str]) -> bool:
    """Whether one run has more digits in front; a single run one only: no year, no series."""
    longer = [place for place, own in enumerate(values) if own != written[place]]
    if len(longer) != 1:
        return False
    place = longer[0]
    own, run = values[place], written[place]
    more = run.removesuffix(own)
    other = run.isdigit() and more != run and more[0] != "0"
    return other and (len(values) > 1 or len(more) == 1)


def _may_be_short_for(quoted: str, number: str, is_last: bool) -> bool:
    """Whether only a beginning, cut off with the text, or the last digits were written.

    >>> _may_be_short_for("RE 2244", "INV/2026/02244", False)
    True
    >>> _may_be_short_for("INV/2026/0", "INV/2026/02244", True)
    True
    >>> _may_be_short_for("NR. 2026/0", "INV/2026/02244", True)
    True
    """
    if is_last and compact(number).startswith(compact(quoted)):
        return True
    written = _LABEL.sub("", quoted, count=1)
    if is_last and not any(map(str.isalpha, written)):
        begun = re.sub(r"\D", "", written)
        if begun and re.sub(r"\D", "", number).startswith(begun):
            return True
    digits = re.sub(r"\D", "", quoted).lstrip("0")
    return bool(digits) and re.sub(r"\D", "", number).endswith(digits)


def _like_documents(tokens: Tokens, payment: Payment, index: ItemIndex) -> Iterator[tuple]:
    """Where something stands that looks like the number of a document: first token, end."""
    series, shapes = index.series_of(payment), index.shapes_of(payment)
    first = 0
    while first < len(tokens):
        end = _end_of_number(tokens, first)
        if end and _is_like(tokens, first, end, series, shapes):
            yield first, end
            first = end
        else:
            first += 1


def _end_of_number(tokens: Tokens, first: int) -> int:
    """Where the number ends that begins there; 0 where none does."""
    end = first + 1
    while end < len(tokens) and tokens.linked[end] and tokens.values[end].isdigit():
        end += 1
    while end < len(tokens) and tokens.is_attached(end):
        end += 1
    return end if any(map(str.isdigit, tokens.values[first:end])) else 0


def _is_glued(word: str, series) -> bool:
    """Whether it is a word for "invoice" with the letters of a series at its end: "INVF"."""
    return any(
        word.endswith(letters) and means_invoice(word.removesuffix(letters))
        for letters in series
        if letters
    )


def _is_like(tokens: Tokens, first: int, end: int, series, shapes) -> bool:
    values = tokens.values[first:end]
    digits = sum(len(value) for value in values if value.isdigit())
    if values[0] in series or means_invoice(values[0]) or _is_glued(values[0], series):
        return digits >= (_LEAST_DIGITS if values[0] in series else _LEAST_INTRODUCED)
    text = tokens.text[tokens.starts[first] : tokens.ends[end - 1]]
    if _PERIOD.fullmatch(text) or _DAY.fullmatch(text):
        return False
    introduced = first and tokens.linked[first] and means_invoice(tokens.values[first - 1])
    return bool(introduced) and digits >= _LEAST_INTRODUCED or shape(values) in shapes
