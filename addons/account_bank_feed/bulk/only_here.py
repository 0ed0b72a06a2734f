"""Context keys that change what Odoo does, for code and for nobody else.

Contexts come from browsers too, as JSON; so a key counts only with the object below.
"""

_OBJECT = object()

CHECKED = "bank_feed_checked"
"""What is written is like a specimen, which has passed Odoo's constraints."""

TAKES_NO_NUMBER = "bank_feed_specimen"
"""An entry that is taken back must not hold up others for its number."""


def with_key(records, key):
    return records.with_context(**{key: _OBJECT})


def has_key(records, key):
    return records.env.context.get(key) is _OBJECT


def new_once(records, values, make):
    """A record in memory with these values, made once and kept until the cursor is closed.

    To learn the currency of an amount, Odoo makes a record in memory for each amount of each row.
    """
    made = records.env.cr.cache.setdefault("bank_feed.new", {})
    key = (records._name, *sorted(values.items()))
    if key not in made or made[key].env.transaction is not records.env.transaction:
        made[key] = make(values)
    return made[key]
