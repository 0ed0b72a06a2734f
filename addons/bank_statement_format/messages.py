"""What is said about a file, in English with its parameters, so that it can be said otherwise.

A message is a text like any other; where something is filled in, it remembers what. Whoever shows
it translates it, with a function from an English template to that of another language.
"""

from __future__ import annotations

from collections.abc import Callable

Translate = Callable[[str], str]


class Message(str):
    """A text that was filled in: ``template`` with ``params``."""

    __slots__ = ("params", "template")

    def __new__(cls, template: str, params: dict):
        message = super().__new__(cls, template % params)
        message.template = template
        message.params = params
        return message


def _(template: str, **params) -> str:
    """Marks a text for the translators, and fills it in.

    >>> _("at most %(most)s bytes", most=8)
    'at most 8 bytes'
    """
    return Message(template, params) if params else template


def said(text: str, translate: Translate) -> str:
    """A message in another language; what is none stays as it is.

    >>> german = {"at most %(most)s": "höchstens %(most)s", "one page": "eine Seite"}
    >>> said(_("at most %(most)s", most=_("one page")), lambda text: german.get(text, text))
    'höchstens eine Seite'
    """
    if not isinstance(text, Message):
        return translate(text) if text else text
    params = {
        name: said(value, translate) if isinstance(value, str) else value
        for name, value in text.params.items()
    }
    return translate(text.template) % params


WORDS = frozenset(
    {
        _("account"),
        _("amount"),
        _("as-of date"),
        _("available amount"),
        _("balance"),
        _("begin"),
        _("booking date"),
        _("closing"),
        _("closing balance"),
        _("control total"),
        _("counterparty"),
        _("creation date"),
        _("credit"),
        _("credits"),
        _("currency"),
        _("date"),
        _("date of the balance"),
        _("date of the movement"),
        _("debit"),
        _("debits"),
        _("end"),
        _("entry date"),
        _("first date"),
        _("last date"),
        _("name"),
        _("new balance"),
        _("number of days"),
        _("number of distributions"),
        _("number of records"),
        _("old balance"),
        _("opening"),
        _("opening balance"),
        _("operation date"),
        _("original amount"),
        _("remittance"),
        _("sign"),
        _("status"),
        _("the statement"),
        _("value date"),
    }
)
"""What is filled in as it is, being the name of a field."""
