"""`make translations`: templates for the translators, and every translation brought up to them.

Odoo's own exporter writes the templates, from a database of 18.0 where all addons were installed
from scratch; a template whose terms are the same stays as it is. translations_child.py does the
rest, with polib, which Odoo needs anyway.
"""

import os
import tempfile
from pathlib import Path

from . import environment
from .common import ADDONS, PROJECT, attend, our_addons, step
from .server import Odoo

SERIES = "18.0"
"""Whose terms count. What 19.0 asks for beyond them is Odoo's own."""


def update(cluster):
    """Write the templates and merge them into each translation; return the exit code."""
    odoo = Odoo(SERIES, cluster)
    odoo.drop_abandoned("translations")
    database = f"{odoo.name('translations')}_{os.getpid()}"
    try:
        with step(f"installing {len(our_addons())} addons"):
            odoo.copy(odoo.template(), database)
            odoo.install(database, our_addons())
        with tempfile.TemporaryDirectory() as folder:
            exported = [_export(odoo, database, addon, Path(folder)) for addon in our_addons()]
            return _merge(odoo, exported)
    finally:
        odoo.drop(database)


def _export(odoo, database, addon, folder):
    path = folder / f"{addon}.pot"
    with step(f"exporting the terms of {addon}"):
        odoo.call(
            *("-d", database, f"--modules={addon}", f"--i18n-export={path}"),
            *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
            complaint=f"The terms of {addon} could not be exported",
        )
    return path


def _merge(odoo, exported):
    command = [odoo.python, "-m", "tools.translations_child", ADDONS, *exported]
    return attend(command, env=environment.clean_environ(PYTHONPATH=str(PROJECT)), cwd=PROJECT)
