"""Sentences that are kept, and that every reader reads in a language of their own.

The text is kept in the company's language: it is what is searched for, and what the audit log
quotes. Beside it stands what it says, as codes with arguments, to be worded again.
"""

SPEAKERS = {}
"""Code -> how an environment says it, given the arguments."""


class Told(str):
    """A text that knows what it says, in a form that JSON can keep: ``data``, a list of parts.

    A part is a text as it is, or ``{"code": ..., "params": {...}}``.
    """

    __slots__ = ("data",)

    def __new__(cls, text, data):
        told = super().__new__(cls, text)
        told.data = data
        return told


def says(code):
    """Makes a function the speaker of a code: ``speaker(env, **params)``."""

    def register(speaker):
        SPEAKERS[code] = speaker
        return speaker

    return register


def tell(company, code, **params):
    """A sentence in the company's language; parameters may have been told, too."""
    data = [{"code": code, "params": {name: _kept(value) for name, value in params.items()}}]
    return Told(said(env_of(company), data), data)


def env_of(company):
    """The environment for what is kept for all people of a company to read."""
    return company.with_context(lang=company.sudo().partner_id.lang).env


def together(*sentences):
    """One text of several; those that are empty are left out."""
    sentences = [sentence for sentence in sentences if sentence]
    return Told(" ".join(sentences), [part for one in sentences for part in data_of(one)])


def said(env, data):
    """What was kept, in the language of the environment."""
    return " ".join(part if isinstance(part, str) else _said_part(env, part) for part in data)


def data_of(text):
    """What a text says, where it knows; else the text."""
    return text.data if isinstance(text, Told) else [text]


def as_values(text):
    """A text on the fields of a record that explains itself."""
    data = getattr(text, "data", False)
    return {"explanation": str(text) if text else text, "explanation_data": data}


def _said_part(env, part):
    params = {
        name: said(env, value["told"]) if isinstance(value, dict) and "told" in value else value
        for name, value in part["params"].items()
    }
    speaker = SPEAKERS.get(part["code"])  # its addon may be gone
    return speaker(env, **params) if speaker else " ".join(map(str, params.values()))


def _kept(value):
    return {"told": value.data} if isinstance(value, Told) else value


@says("item_changed")
def _item_changed(env):
    return env._("The open item changed after it was matched; please review.")


@says("not_bookable")
def _not_bookable(env, error):
    return env._("Could not be booked as decided: %s", error)


@says("matched_by_others")
def _matched_by_others(env):
    return env._("Matched by another module when it was booked, not by a rule of the bank feed.")


@says("undone")
def _undone(env, user, why):
    return env._("Undone by %(user)s. %(why)s", user=user, why=why)
