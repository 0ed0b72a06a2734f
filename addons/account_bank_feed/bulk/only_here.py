"""A context key that changes what Odoo does, for code and for nobody else.

Contexts come from browsers too, as JSON; so the key counts only with the object below.
"""

_OBJECT = object()

TAKES_NO_NUMBER = "bank_feed_specimen"
"""An entry that is taken back must not hold up others for its number."""


def with_key(records, key):
    return records.with_context(**{key: _OBJECT})


def has_key(records, key):
    return records.env.context.get(key) is _OBJECT
