"""`make screenshots`: pictures of every screen of the demo company, and docs/screens.md.

Each is taken wide and narrow, light and dark. Those that the documentation shows are kept small
enough for a repository; all others are in docs/images/screens/all, which git does not see.
"""

import json
import subprocess

from . import demo, environment, postgres
from .common import PROJECT, Missing, say, step
from .screens import SCREENS, darken
from .server import Odoo

FOLDER = PROJECT / "docs" / "images" / "screens"
PAGE = PROJECT / "docs" / "screens.md"
SIZES = {"wide": (1400, 900), "narrow": (400, 860)}
"""CSS pixels."""

MOST_BYTES = 200_000


def screenshots(series, words):
    """Take them all, write the page, and return the exit code.

    :param words: names of screens, to take these only
    """
    with postgres.cluster() as cluster:
        odoo = Odoo(series, cluster)
        database = odoo.name("screenshots")  # a copy, in which a period is given up
        odoo.copy(demo.filled(odoo), database)
        try:
            with (
                demo.node(odoo, database) as server,
                demo.connected(odoo, demo.Client(server)) as customer,
            ):
                customer.refuse_once()
                missed = take(odoo, server, words)
        finally:
            odoo.drop(database)
    if not words:
        PAGE.write_text(page())
    for what in missed:
        say(f"MISSED: {what}")
    return int(bool(missed))


def variants(screen):
    return [f"{size}-{scheme}" for size in screen.sizes for scheme in ("light", "dark")]


def take(odoo, server, names=()):
    """Take pictures of a running Odoo in a process that has the libraries for it.

    :return: what could not be taken, and why
    """
    darken(demo.Client(server))
    chosen = [one.name for one in SCREENS if not names or one.name in names]
    given = {"url": server.url, "database": server.database, "screens": chosen}
    with step(f"taking {len(chosen)} screens"):
        done = subprocess.run(
            [odoo.python, "-m", "tools.screenshots_child", json.dumps(given)],
            env=environment.clean_environ(),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode:
        raise Missing("The screens could not be taken: the message above says why.")
    return json.loads(done.stdout.splitlines()[-1])


def page():
    """docs/screens.md: the chosen pictures with their captions."""
    lines = [
        "# Screens",
        "",
        "Pictures of the demo company, taken by `make screenshots`, which also takes every other",
        "screen wide and narrow, light and dark, and writes this page.",
    ]
    for screen in SCREENS:
        for variant in screen.variants:
            lines += ["", f"## {_title(screen, variant)}", ""]
            lines.append(f"![{screen.caption}](images/screens/{screen.name}-{variant}.png)")
    return "\n".join(lines) + "\n"


def _title(screen, variant):
    size, scheme = variant.split("-")
    more = [", on a phone" * (size == "narrow"), ", dark" * (scheme == "dark")]
    return screen.name.replace("-", " ").capitalize() + "".join(more)
