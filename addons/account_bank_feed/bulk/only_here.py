"""Context keys that change what Odoo does, for code and for nobody else.

Contexts come from browsers too, as JSON; so a key counts only with an object of the class below.
"""

CHECKED = "bank_feed_checked"
"""What is written is like a specimen, which has passed Odoo's constraints."""

TAKES_NO_NUMBER = "bank_feed_specimen"
"""An entry that is taken back must not hold up others for its number."""


class _Holder:
    """Stands for one call that was given a key; what it makes meanwhile is kept with it."""

    __slots__ = ("made",)

    def __init__(self):
        self.made = {}


def with_key(records, key):
    return records.with_context(**{key: _Holder()})


def has_key(records, key):
    return isinstance(records.env.context.get(key), _Holder)


def made_once(records, key, values, make):
    """What ``make`` makes of these values, made once for all rows of a call."""
    made = records.env.context[key].made
    name = (records._name, *sorted(values.items()))
    if name not in made:
        made[name] = make(values)
    return made[name]
