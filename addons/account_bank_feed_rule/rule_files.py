"""The format of files with rules: which keys there are, and that nothing else is.

``{"format": "bank-feed-rules", "version": 1, "rules": [...]}``, in JSON. Amounts and percentages
are texts, so that they stay exact. What a key leaves out has the value of a new rule.
"""

# Sentences are marked here and translated by the wizard.
# pylint: disable=prefer-env-translation

import json
from decimal import Decimal, InvalidOperation

FORMAT = "bank-feed-rules"
FORMAT_VERSION = 1

TERM_FIELDS = {
    "tolerance": str,
    "tolerance_percent": str,
    "discount_days": int,
    "most_charges": str,
    "partial": bool,
    "overpaid": bool,
}
"""Field to what its value is in the file; texts are exact numbers."""

_ANALYTIC = {"accounts": [{"code": str, "name": str, "plan": str}], "percent": float}
_LINE = {
    "account": str,
    "share": str,
    "value": str,
    "pattern": str,
    "deducted": bool,
    "taxes": [{"name": str, "use": str}],
    "analytic": [_ANALYTIC],
    "label": str,
    "partner": {"name": str, "ref": str, "vat": str},
}
RULE = {
    "name": str,
    "kind": str,
    "all_companies": bool,
    "journals": [str],
    "direction": str,
    "amount_min": str,
    "amount_max": str,
    "conditions": [{"field": str, "operator": str, "value": str}],
    "strategies": [str],
    "bands": {"post": int, "suggest": int, "margin": int},
    "terms": TERM_FIELDS,
    "accounts": {"difference": str, "charges": str, "fee": str},
    "lines": [_LINE],
}
"""The shape of a rule. Null stands for nothing given, everywhere."""


def _(sentence):
    """Marks a sentence for the translators."""
    return sentence


class RuleFileError(ValueError):
    """What is wrong with a file of rules: ``problem`` with ``params``, to be translated.

    >>> str(RuleFileError("%(place)s is unknown", place="mood"))
    'mood is unknown'
    """

    def __init__(self, problem, **params):
        super().__init__(problem % params)
        self.problem = problem
        self.params = params


def read_rules(content):
    """The rules in a file, as dictionaries of the shape :data:`RULE`.

    :param bytes content: JSON in UTF-8
    :raises RuleFileError: when it is no such file, with the place

    >>> read_rules(b'{"format": "bank-feed-rules", "version": 1, "rules": [{"name": "A"}]}')
    [{'name': 'A'}]
    >>> try: read_rules(b'{"format": "bank-feed-rules", "version": 9, "rules": []}')
    ... except RuleFileError as error: print(error)
    The file has the format version 9, known is 1
    """
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RuleFileError(_("This is no JSON in UTF-8: %(why)s"), why=error) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise RuleFileError(_("This is no file of bank feed rules"))
    if data.get("version") != FORMAT_VERSION:
        raise RuleFileError(
            _("The file has the format version %(found)s, known is %(known)s"),
            found=data.get("version"),
            known=FORMAT_VERSION,
        )
    rules = data.get("rules")
    if not isinstance(rules, list) or not rules:
        raise RuleFileError(_("The file holds no rules"))
    return rules


def check_shape(value, shape, place="rule"):
    """Yield a :class:`RuleFileError` for each part of ``value`` that has not its shape.

    >>> [str(one) for one in check_shape({"name": 5, "mood": "x"}, {"name": str})]
    ['rule: unknown key mood', 'rule.name: a text is expected']
    """
    if value is None:
        return
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield RuleFileError(_("%(place)s: an object is expected"), place=place)
            return
        for key in sorted(value.keys() - shape.keys()):
            yield RuleFileError(_("%(place)s: unknown key %(key)s"), place=place, key=key)
        for key in value.keys() & shape.keys():
            yield from check_shape(value[key], shape[key], f"{place}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield RuleFileError(_("%(place)s: a list is expected"), place=place)
            return
        for number, one in enumerate(value, start=1):
            yield from check_shape(one, shape[0], f"{place}[{number}]")
    elif not _is_a(value, shape):
        yield RuleFileError(_EXPECTED[shape], place=place)


_EXPECTED = {
    str: _("%(place)s: a text is expected"),
    int: _("%(place)s: a whole number is expected"),
    bool: _("%(place)s: true or false is expected"),
    float: _("%(place)s: a number is expected"),
}


def _is_a(value, kind):
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def as_number(text):
    """The float that a text stands for; 0 for none.

    >>> as_number("4.90"), as_number(None)
    (4.9, 0.0)
    """
    try:
        number = Decimal(text or "0")
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise RuleFileError(_("%(text)s is no number like 4.90"), text=text)
    return float(number)


def changed_keys(before, after):
    """The keys of two dictionaries whose values differ.

    >>> changed_keys({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}})
    ['b']
    """
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
