"""Where the operator's keys come from: the environment or a file, never the database."""

import contextlib
import os

from odoo.exceptions import UserError

from .envelope import EnvelopeError, KeysUnusable, KeyUnknown, parse_keys, read_key_file
from .series import config_section

SECTION, OPTION = "bank_feed", "key_file"
VARIABLE_FILE = "BANK_FEED_KEY_FILE"
VARIABLE_KEYS = "BANK_FEED_KEYS"


class KeysMissing(EnvelopeError):
    """No keys are configured."""


class KeysNeeded(UserError):
    """The operator has to set up keys, mend them, or bring one back."""


class SecretLost(UserError):
    """What is stored does not open any more: it has to be entered again."""


def key_file():
    """The path of the key file, or None."""
    return os.environ.get(VARIABLE_FILE) or config_section(SECTION).get(OPTION)


def keyring():
    """The keys that are configured, or None where there are none.

    :raises KeysUnusable: when they cannot be used; then nothing may be stored in plain either
    """
    if keys := os.environ.get(VARIABLE_KEYS):
        return parse_keys(keys)
    path = key_file()
    return read_key_file(path) if path else None


def required_keyring():
    """The keys that are configured.

    :raises KeysMissing: where there are none
    """
    keys = keyring()
    if not keys:
        raise KeysMissing
    return keys


@contextlib.contextmanager
def in_words(env, what):
    """Say in the user's language what keeps ``what`` from being locked or opened.

    :param str what: the field's label, or the file's name; never its content
    """
    try:
        yield
    except KeysMissing:
        text = env._(
            "“%s” can neither be locked nor opened: this server has no keys. Its operator names "
            "the key file in odoo.conf, as `key_file` in the section `[bank_feed]`; "
            "`odoo bank_feed_keys new` makes one.",
            what,
        )
        raise KeysNeeded(text) from None
    except KeyUnknown as error:
        text = env._(
            "“%(what)s” was locked under the key “%(key)s”, which is not among the keys of this "
            "server. Ask its operator to put that key back.",
            what=what,
            key=error.key_id,
        )
        raise KeysNeeded(text) from None
    except KeysUnusable as error:
        text = env._(
            "The keys of this server cannot be used, so “%(what)s” is neither stored nor opened. "
            "Its operator has to mend this: %(problem)s",
            what=what,
            problem=str(error),
        )
        raise KeysNeeded(text) from None
    except EnvelopeError:
        text = env._(
            "“%s” does not open: what is stored was damaged, or moved here from another record. "
            "Enter it again, or restore it from a backup.",
            what,
        )
        raise SecretLost(text) from None
