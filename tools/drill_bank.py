"""The demo bank as a process of its own."""

import contextlib
import json
import subprocess
import sys
import tempfile
import types

from .common import ADDONS, PROJECT, Missing
from .environment import clean_environ

ADDON = ADDONS / "account_bank_feed_demo"


def running(python, back):
    """The demo bank itself.

    :param back: the address where it sends people back to
    """
    return serving(python, ADDON / "bank", "--port", "0", "--redirect-uri", back, "--folder")


@contextlib.contextmanager
def serving(python, *words):
    """Start a bank; yield how it describes itself; stop it at the end.

    :param words: of its command line; the folder for its keys comes after them
    """
    with tempfile.TemporaryDirectory(prefix="drill-bank-") as folder:
        process = subprocess.Popen(
            [str(word) for word in (python, *words, folder)],
            env=clean_environ(),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            line = process.stdout.readline()
            if not line:
                raise Missing("The demo bank did not start: the message above says why.")
            yield json.loads(line)
        finally:
            process.terminate()
            process.wait(15)


def package():
    """The bank's package, without the models of the addon around it."""
    sys.path.insert(0, str(ADDONS))
    addon = types.ModuleType(ADDON.name)
    addon.__path__ = [str(ADDON)]
    sys.modules.setdefault(ADDON.name, addon)
    from account_bank_feed_demo import bank

    return bank
