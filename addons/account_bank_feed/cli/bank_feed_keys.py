import argparse
import datetime
import functools
import os
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

# 19.0 loads this file by itself, without the addon: whatever is of the addon is imported later, by
# its full name.
# pylint: disable=odoo-addons-relative-import
from odoo.cli import Command

BATCH = 1_000


class bank_feed_keys(Command):  # 19.0 wants the command's name
    """Make the keys of the bank feed's secrets and files, change them, see which are in use"""

    name = "bank_feed_keys"

    def run(self, args):
        parser = argparse.ArgumentParser(prog=f"odoo {self.name}", description=self.__doc__)
        actions = parser.add_subparsers(dest="action", required=True)
        new = actions.add_parser("new", help="make a key, and print it or put it into a key file")
        new.add_argument("--id", help="name of the key; today's date by default")
        new.add_argument("--file", type=Path, help="put it first in this file: it locks from now")
        for name, text in (
            ("status", "say which keys are in use"),
            ("rotate", "lock everything under the first key, what is not encrypted yet too"),
        ):
            action = actions.add_parser(name, help=text)
            action.add_argument("-c", "--config", help="Odoo's configuration file")
            action.add_argument("-d", "--database", help="unless the configuration names one")
        options = parser.parse_args(args)
        from odoo.addons.account_bank_feed.envelope import EnvelopeError
        from odoo.exceptions import UserError

        try:
            getattr(self, f"_{options.action}")(options)
        except (EnvelopeError, UserError, OSError) as error:
            sys.exit(str(error))

    def _new(self, options):
        from odoo.addons.account_bank_feed.envelope import new_key, parse_keys

        key_id = options.id or datetime.date.today().isoformat()
        line = f"{key_id} {new_key()}\n"
        if not options.file:
            parse_keys(line)
            _say(line.strip())
            return
        known = options.file.read_text() if options.file.exists() else ""
        parse_keys(line + known)
        _replace(options.file, line + known)
        _say(f"The key “{key_id}” is the first one in {options.file} now. Keep a copy elsewhere.")

    def _status(self, options):
        with _environment(options) as env:
            if not _report(env):
                sys.exit(1)

    def _rotate(self, options):
        from odoo.addons.account_bank_feed.keys import required_keyring

        with _environment(options) as env:
            keys, troubles = required_keyring(), 0
            for name in ("bank.secret", "bank.file"):
                troubles += _rotate_table(env, name, keys)
            _encrypt_files(env)
            if not _report(env) or troubles:
                sys.exit(1)


def _rotate_table(env, name, keys):
    """Bring the locks of a model under the current key, batch by batch.

    :return: how many could not be brought there
    """
    from odoo.service.model import retrying

    after, total, troubles = 0, 0, defaultdict(list)
    while after is not None:
        step = functools.partial(env[name]._rewrap, keys, after, BATCH)
        after, done, failed = retrying(step, env)  # commits
        total += done
        for row_id, error in failed.items():
            troubles[str(error)].append(row_id)
    _say(f"{name}: {total} locked anew under “{keys.current}”.")
    for problem, ids in troubles.items():
        shown = ", ".join(map(str, ids[:5])) + (", ..." if len(ids) > 5 else "")
        _say(f"{name}: {len(ids)} stay as they are (ids {shown}): {problem}")
    return sum(map(len, troubles.values()))


def _encrypt_files(env):
    """Encrypt what was kept before there were keys, file by file."""
    from odoo.service.model import retrying

    after, total = 0, 0
    while record := retrying(functools.partial(env["bank.file"]._lock_plain, after), env):
        after = record.id
        total += 1
    _say(f"bank.file: {total} encrypted that were not.")


def _report(env):
    """Print which keys are in use.

    :return: whether everything opens with the keys at hand
    """
    from odoo.addons.account_bank_feed.keys import keyring

    keys = keyring()
    at_hand = keys.ids if keys else ()
    secrets, files = (Counter(env[name]._keys_in_use()) for name in ("bank.secret", "bank.file"))
    used = secrets + files
    for key_id in (*at_hand, *sorted(used.keys() - set(at_hand))):
        if key_id not in at_hand:
            note = "MISSING: what it locked does not open"
        elif key_id == keys.current:
            note = "in use for what is new"
        else:
            note = "still needed: rotate" if used[key_id] else "can be taken away"
        _say(f"{key_id}: {secrets[key_id]} secrets, {files[key_id]} files; {note}")
    if plain := env["bank.file"]._count_plain():
        _say(f"not encrypted: {plain} files")
    return not used.keys() - set(at_hand)


class _environment:
    """The environment of the database that the options name."""

    def __init__(self, options):
        from odoo.tools import config

        words = ["--no-http", "--log-level=warn"]
        words += ["-c", options.config] if options.config else []
        words += ["-d", options.database] if options.database else []
        config.parse_config(words, setup_logging=True)
        names = config["db_name"]
        names = names.split(",") if isinstance(names, str) else names or []  # 18.0, 19.0
        if len(names) != 1:
            sys.exit("Name one database with -d.")
        self.database = names[0]

    def __enter__(self):
        from odoo import SUPERUSER_ID, api
        from odoo.modules.registry import Registry

        registry = Registry(self.database)
        if "bank.secret" not in registry:
            sys.exit(f"The bank feed is not installed in {self.database}.")
        self.cr = registry.cursor()
        return api.Environment(self.cr, SUPERUSER_ID, {})

    def __exit__(self, kind, *_error):
        self.cr.close()


def _replace(path, text):
    """Write a file whole or not at all, for its owner alone."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        if path.exists():
            found = path.stat()
            os.fchmod(file.fileno(), found.st_mode & 0o640)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), found.st_uid, found.st_gid)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def _say(text):
    print(text, flush=True)  # pylint: disable=print-used
