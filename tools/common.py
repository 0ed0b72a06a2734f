"""What every module of the toolchain shares: folders, messages, and running commands."""

import ast
import contextlib
import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ADDONS = PROJECT / "addons"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "odoo-bank-feed"
SERIES = ("18.0", "19.0")


class Missing(Exception):
    """Something is not there; the text is one sentence that says what, and how to mend it."""


def say(message):
    print(message, flush=True)


class Ended(KeyboardInterrupt):
    """A signal asks this program to end; it carries the signal's number."""


@contextlib.contextmanager
def step(message):
    """Say what is being done, so that nobody waits in front of a silent terminal."""
    say(f"- {message} ...")
    started = time.monotonic()
    yield
    say(f"  {message}: done in {time.monotonic() - started:.0f} s")


def run(command, complaint, **options):
    """Run a quiet command; when it fails, raise `Missing` with the complaint and its last words."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{complaint} ({error})") from None
    if done.returncode:
        words = [line for line in done.stdout.splitlines() if line.strip()]
        raise Missing(f"{complaint} ({words[-1].strip() if words else 'no output'})")
    return done.stdout


def attend(command, **options):
    """Run a command in the foreground and return its exit code; let it end well when we must."""
    process = subprocess.Popen([str(word) for word in command], **options)
    try:
        return process.wait()
    except Ended as ended:
        if ended.args[0] != signal.SIGINT:  # Ctrl-C has reached it already
            process.send_signal(signal.SIGINT)
        process.wait(60)
        raise


@contextlib.contextmanager
def locked(path, shared=False, wait=True):
    """Hold a file lock, so that two `make` at once do not build the same thing twice.

    :raises BlockingIOError: when somebody else holds it, and it is not to be waited for
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as lock:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(lock, kind if wait else kind | fcntl.LOCK_NB)
        yield lock


def install(package):
    """Install a Debian package, as root."""
    with step(f"installing Debian's {package}"):
        complaint = f"{package} could not be installed: run `apt-get install {package}`."
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "-qq", "update"], complaint, env=quiet)
        run(["apt-get", "-qq", "install", "--no-install-recommends", package], complaint, env=quiet)


def our_addons():
    """The installable addons of this project, by name."""
    return sorted(
        manifest.parent.name
        for manifest in ADDONS.glob("*/__manifest__.py")
        if ast.literal_eval(manifest.read_text()).get("installable", True)
    )
