"""The demo bank as a process of its own, and what a drill does with it."""

import contextlib
import json
import subprocess
import tempfile

from .common import ADDONS, Missing
from .environment import clean_environ

PROGRAM = ADDONS / "account_bank_feed_demo" / "bank"


@contextlib.contextmanager
def running(python, back):
    """Start the bank; yield how it describes itself; stop it at the end.

    :param back: the address where it sends people back to
    """
    words = (python, PROGRAM, "--port", "0", "--auto-approve", "--redirect-uri", back)
    with tempfile.TemporaryDirectory(prefix="drill-bank-") as folder:
        process = subprocess.Popen(
            [str(word) for word in (*words, "--folder", folder)],
            env=clean_environ(),
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
