"""Conditions that a person writes about a payment, for fees and other payments without document.

Case, accents and the number of blanks do not count. A regular expression is applied as it is
written to the text as it came: case counts, unless the pattern starts with ``(?i)``. Amounts
are compared without their sign; the direction is a field of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from re import _parser as regex_parser

from .errors import RuleError
from .normalise import compact, words
from .sentences import _
from .types import Evidence, Payment

LONGEST_SEARCHED = 500
"""Characters of a text that a regular expression sees."""
_MOST_CHOICES = 1_000_000
_LONGEST_PATTERN = 200

DIRECTIONS = ("in", "out")
TEXT_FIELDS = {
    "text": "text",
    "name": "name",
    "iban": "IBAN",
    "code": "code",
    "reference": "reference",
    "end_to_end_id": "end-to-end id",
    "mandate_id": "mandate",
    "return_reason": "return reason",
    "original_currency": "original currency",
}
"""The texts of a payment, and what to call them in a sentence."""
_COMPACT_FIELDS = frozenset({"iban", "reference", "end_to_end_id", "mandate_id"})

_TEXT_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda found, wanted: wanted in found,
    "not_contains": lambda found, wanted: wanted not in found,
    "equals": lambda found, wanted: found == wanted,
    "starts_with": lambda found, wanted: found.startswith(wanted),
}
_AMOUNT_OPERATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "equals": lambda found, wanted: found == wanted,
    "less_than": lambda found, wanted: found < wanted,
    "at_most": lambda found, wanted: found <= wanted,
    "at_least": lambda found, wanted: found >= wanted,
    "more_than": lambda found, wanted: found > wanted,
}
_PRESENCE = {"is_set": True, "is_empty": False}
VALUELESS = tuple(_PRESENCE)
"""Operators that compare with nothing."""
_SAID = {
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "regex": "matches",
    "less_than": "is less than",
    "at_most": "is at most",
    "at_least": "is at least",
    "more_than": "is more than",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold for a payment.

    :param field: one of :data:`TEXT_FIELDS`, amount or direction
    :param operator: for texts contains, not_contains, equals, starts_with, regex, is_set,
        is_empty; for the amount equals, less_than, at_most, at_least, more_than; for the
        direction equals
    :param value: what it is compared with; ``in`` or ``out`` for the direction, and empty
        for is_set and is_empty
    :raises ValueError: when it makes no sense, with what to do about it
    """

    field: str
    operator: str
    value: str = ""

    def __post_init__(self):
        if self.operator not in _operators(self.field):
            raise RuleError(
                _("%(field)s cannot be compared with %(operator)s, choose one of: %(operators)s"),
                field=self.field,
                operator=repr(self.operator),
                operators=", ".join(_operators(self.field)),
            )
        if self.operator in _PRESENCE:
            if self.value:
                raise RuleError(
                    _("The condition on %(field)s compares with nothing"), field=self.field
                )
        elif self.field == "amount":
            _decimal(self.value)
        elif self.field == "direction":
            if self.value not in DIRECTIONS:
                raise RuleError(
                    _("The direction is one of %(known)s, not %(value)s"),
                    known=", ".join(DIRECTIONS),
                    value=repr(self.value),
                )
        elif self.operator == "regex" and self.value:
            compiled(self.value)
        elif not _comparable(self.field, self.value):
            raise RuleError(
                _("The condition on %(field)s needs a value with letters or digits"),
                field=self.field,
            )

    def holds(self, payment: Payment) -> bool:
        """Whether the payment fulfils it.

        A field that the payment lacks is empty: it contains, equals and matches nothing.
        """
        if self.field == "amount":
            return _AMOUNT_OPERATORS[self.operator](abs(payment.amount), _decimal(self.value))
        if self.field == "direction":
            return direction(payment) == self.value
        return self._holds_for(getattr(payment, self.field) or "")

    def _holds_for(self, found: str) -> bool:
        if self.operator in _PRESENCE:
            return bool(found.strip()) is _PRESENCE[self.operator]
        if self.operator == "regex":
            return bool(found) and bool(compiled(self.value).search(found[:LONGEST_SEARCHED]))
        wanted = _comparable(self.field, self.value)
        return _TEXT_OPERATORS[self.operator](_comparable(self.field, found), wanted)

    def evidence(self) -> Evidence:
        """What to say once it holds."""
        operator, value = _SAID.get(self.operator, self.operator), str(self.value)
        if self.operator in _PRESENCE:
            operator, value = "is", "set" if _PRESENCE[self.operator] else "empty"
        params = {
            "field": TEXT_FIELDS.get(self.field, self.field),
            "operator": operator,
            "value": value,
        }
        return Evidence("condition", 0, params)


def matches(conditions: Iterable[Condition], payment: Payment) -> list[Evidence] | None:
    """The evidence when all conditions hold, None when one does not.

    >>> import datetime
    >>> fee = Payment(1, datetime.date(2026, 1, 2), Decimal("-4.90"), "EUR", "Kontoführung  01/26")
    >>> wanted = Condition("text", "contains", "kontofuhrung"), Condition("name", "is_empty")
    >>> [one.sentence for one in matches(wanted, fee)]
    ['text contains kontofuhrung', 'name is empty']
    >>> matches([Condition("direction", "equals", "in")], fee) is None
    True
    """
    evidence = []
    for condition in conditions:
        if not condition.holds(payment):
            return None
        evidence.append(condition.evidence())
    return evidence


def direction(payment: Payment) -> str:
    """``in`` for money received, ``out`` for money spent, empty when none moves."""
    return "in" if payment.amount > 0 else "out" if payment.amount < 0 else ""


def _operators(field: str) -> tuple[str, ...]:
    if field in TEXT_FIELDS:
        return (*_TEXT_OPERATORS, "regex", *_PRESENCE)
    if field == "amount":
        return tuple(_AMOUNT_OPERATORS)
    if field == "direction":
        return ("equals",)
    raise ValueError(f"Unknown field {field!r}")


@lru_cache(maxsize=4096)
def _comparable(field: str, value: str) -> str:
    return compact(value) if field in _COMPACT_FIELDS else words(value)


@lru_cache(maxsize=1024)
def _decimal(value: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite():
        raise RuleError(
            _("The amount must be a number like 4.90, not %(value)s"), value=repr(value)
        )
    return amount


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern:
    """The pattern, compiled once and as it is written: case counts unless it says ``(?i)``.

    A search tries the choices of all repeats with each other, so a pattern that leaves too
    many open is refused: two plain ``*`` or ``+`` are fine, nested ones are not.

    :raises ValueError: when it is no regular expression, or one that could search for ever

    >>> [bool(compiled(p).search("Bank FEE 12")) for p in (r"fee \\d+", r"(?i)fee \\d+")]
    [False, True]
    >>> try: compiled("(a+)+$")
    ... except ValueError as error: print(error)
    The pattern (a+)+$ repeats something that itself may vary
    """
    if len(pattern) > _LONGEST_PATTERN:
        raise RuleError(_("The pattern is longer than %(most)s characters"), most=_LONGEST_PATTERN)
    try:
        found = re.compile(pattern)
        parsed = regex_parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise RuleError(
            _("%(pattern)s is no regular expression: %(error)s"), pattern=pattern, error=error
        ) from error
    if _choices(parsed, pattern) > _MOST_CHOICES:
        raise RuleError(
            _(
                "The pattern %(pattern)s could search for ever: write {1,3} instead of + or * "
                "wherever you can"
            ),
            pattern=pattern,
        )
    return found


def _choices(parsed, pattern: str, repeated: bool = False) -> int:
    """In how many ways a pattern may match at one place of the longest text, at most."""
    choices = 1
    for operation, argument in parsed:
        name = str(operation)
        here = 1
        if name.endswith("_REPEAT"):
            least, most = argument[0], min(argument[1], LONGEST_SEARCHED)
            here = max(1, most - least + 1)
        elif name == "BRANCH":
            here = len(argument[1])
        if repeated and (here > 1 or name == "GROUPREF"):
            raise RuleError(
                _("The pattern %(pattern)s repeats something that itself may vary"), pattern=pattern
            )
        repeats = repeated or (name.endswith("_REPEAT") and argument[1] > 1)
        for part in _parts(argument):
            here *= _choices(part, pattern, repeats)
        choices *= here
    return choices


def _parts(argument) -> list:
    """The patterns within one parsed operation."""
    if isinstance(argument, regex_parser.SubPattern):
        return [argument]
    if isinstance(argument, (tuple, list)):
        return [part for one in argument for part in _parts(one)]
    return []
