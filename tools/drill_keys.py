"""The key that locks everything is changed, with many secrets under it: everything still opens."""

import os
import subprocess
import time
from pathlib import Path

MANY = 10_000


def change(drill, command, recorder):
    """Lock many secrets, change the key with the operators' commands, and go on.

    :param command: the program, and the configuration that it is to read
    :return: of the command the seconds and what it said; how many secrets do not open; whether
        both banks were fetched on the next day
    """
    secrets = {f"drill_{number}": f"kept-in-the-drill-{number:06}" for number in range(MANY)}
    _store(drill.world, secrets)
    recorder.add(secrets["drill_0"])
    path = Path(os.environ["BANK_FEED_KEY_FILE"])
    _call(command, "new", "--id", "second", "--file", str(path))
    database = drill.world.site.database
    started = time.monotonic()
    _call(command, "rotate", "-d", database)
    seconds = time.monotonic() - started
    said = _call(command, "status", "-d", database)
    path.write_text(path.read_text().splitlines(keepends=True)[0])  # the first key is gone
    return {
        "seconds": seconds,
        "said": said.splitlines(),
        "broken": _broken(drill.world, secrets),
        "why": [complaint for bank in drill.world.feeds for complaint in drill.ordinary_day(bank)],
    }


def _store(world, secrets):
    from odoo.addons.account_bank_feed import vault

    with world.environment() as env:
        connection = env["bank.connection"].search([], limit=1)
        for name, value in secrets.items():
            vault.store(connection, name, value)


def _broken(world, secrets):
    from odoo.addons.account_bank_feed import vault

    with world.environment() as env:
        connection = env["bank.connection"].search([], limit=1)
        return sum(
            vault.reveal(vault.fetch(connection, name)) != value for name, value in secrets.items()
        )


def _call(command, *words):
    *program, conf = command
    done = subprocess.run(
        [*program, "bank_feed_keys", *words],
        env={**os.environ, "ODOO_RC": conf},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stdout}{done.stderr}")
    return done.stdout
