"""A virtual environment per series, rebuilt when the requirements change."""

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

from . import odoo_source
from .common import CACHE, PROJECT, Missing, locked, run, step

PINS = PROJECT / "tools" / "odoo-requirements.txt"
FILES = (PINS, PROJECT / "requirements.txt", PROJECT / "requirements-dev.txt")
# These exist as sources only, but are plain Python. Everything else must be a wheel: a machine
# without a compiler is the normal case.
SOURCES_ONLY = "docopt,ofxparse,vobject"
STARTER = """\
import os

os.environ["TZ"] = "UTC"  # as odoo-bin does

import odoo.cli

odoo.cli.main()
"""


def _python():
    """This Python when it is new enough, else the first one that is.

    The one below it when this is a virtual environment itself, as in the system tests.
    """
    if sys.version_info >= (3, 11):
        return f"{sys.base_prefix}/bin/python3.{sys.version_info.minor}"
    for minor in (11, 12, 13):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise Missing("Python 3.11 or newer is needed: install python3.11 (or newer) and try again.")


def requirements(series, files=FILES):
    """The requirements of a series as one text; our requirements.txt speaks of 18.0."""
    text = "\n".join(path.read_text() for path in files)
    if series != "18.0":
        text = text.replace("odoo-addon-queue-job==18.0", f"odoo-addon-queue-job=={series}")
        text += "\nopenupgradelib\n"
    return text


def ensure(series):
    """Return the folder of the environment for this series, built or updated when needed."""
    home = odoo_source.find(series)
    venv = CACHE / f"venv-{series}"
    if Path(sys.prefix) == venv:
        return venv  # nobody rebuilds what he runs in
    python = _python()
    wanted = requirements(series)
    key = f"{python} {sys.version}\n{hashlib.sha256(wanted.encode()).hexdigest()}"
    stamp = venv / "key"
    with locked(CACHE / f"venv-{series}.lock"):
        built = stamp.read_text() if stamp.exists() else ""
        if built != key:
            with step(f"installing the Python environment for Odoo {series}"):
                # Another Python needs a new environment, other requirements just an update.
                if built.rpartition("\n")[0] != key.rpartition("\n")[0]:
                    _create(venv, series, python)
                _install(venv, wanted)
            stamp.write_text(key)
        _point_at(venv, home)
    return venv


def _create(venv, series, python):
    shutil.rmtree(venv, ignore_errors=True)
    run(
        [python, "-m", "venv", venv],
        "A virtual environment cannot be made: install Debian's python3-venv and try again.",
    )
    # Odoo runs from its source; this tells pip that it is there, for those who depend on it.
    info = site_packages(venv) / f"odoo-{series}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: odoo\nVersion: {series}\n")
    (info / "RECORD").touch()
    (venv / "bin" / "odoo").write_text(STARTER)


def _install(venv, wanted):
    listing = venv / "requirements.txt"
    listing.write_text(wanted)
    options = f"--quiet --no-input --only-binary :all: --no-binary {SOURCES_ONLY} -r"
    run(
        [venv / "bin" / "python", "-m", "pip", "install", *options.split(), listing],
        "The Python packages could not be installed: check that pip reaches its package index.",
    )


def _point_at(venv, home):
    """Make `import odoo` find the source, in every process of this environment."""
    pointer = site_packages(venv) / "odoo-source.pth"
    text = f"{(home / 'odoo').resolve().parent}\n"
    if not pointer.exists() or pointer.read_text() != text:
        pointer.write_text(text)


def site_packages(venv):
    return next((venv / "lib").glob("python3.*")) / "site-packages"


def addons_path(series, venv):
    """Our addons, those from packages (queue_job) and Odoo's own."""
    home = odoo_source.find(series)
    folders = [PROJECT / "addons", site_packages(venv) / "odoo" / "addons", home / "addons"]
    return ",".join(str(folder) for folder in folders if folder.is_dir())


def clean_environ(**more):
    """This process's environment without what would lead Odoo or PostgreSQL elsewhere."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "ODOO", "OPENERP", "PYTHON"))
    }
    return {**ours, "PYTHONUNBUFFERED": "1", **more}


def python_version(venv):
    return re.search(r"^version = (\S+)", (venv / "pyvenv.cfg").read_text(), re.MULTILINE)[1]
