"""The demo bank as a process, and the demo company as its customer: for pictures."""

import base64
import contextlib
import json
import os
import ssl
import subprocess
import time
import urllib.request
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from . import environment
from .common import ADDONS, CACHE, Missing
from .demo import PATIENCE, Client
from .server import free_port


@contextlib.contextmanager
def keys():
    """Let Odoo processes that are started within keep secrets, under a key that nobody keeps."""
    key = base64.b64encode(os.urandom(32)).decode()
    with patch.dict(os.environ, {"BANK_FEED_KEYS": f"demo {key}"}):
        yield


@contextlib.contextmanager
def connected(odoo, node):
    """An account of the bank is fetched into a journal, and a period of it was given up."""
    program = ADDONS / "account_bank_feed_demo" / "bank"
    command = [odoo.python, program, "--port", str(free_port()), "--folder", CACHE / "demo-bank"]
    process = subprocess.Popen(
        command, env=environment.clean_environ(), stdout=subprocess.PIPE, text=True
    )
    try:
        said = process.stdout.readline()
        if not said:
            raise Missing("The demo bank did not start.")
        _become_customer(Client(node), json.loads(said))
        yield
    finally:
        process.terminate()
        process.wait(30)


def _become_customer(client, bank):
    number, token = next(iter(bank["tokens"].items()))
    connection = client.call(
        "bank.connection",
        "create",
        {
            "name": "Demo bank",
            "connector": "bank.connector.demo",
            "url": bank["url"],
            "client_id": number,
            "client_secret": token,
            "authorities": Path(bank["ca_file"]).read_text(),
        },
    )
    client.call("bank.connection", "action_connect", [connection])
    feeds = client.call("bank.feed", "search", [["connection_id", "=", connection]])
    client.call("bank.feed", "write", feeds, {"history_start": str(date.today() - timedelta(3))})
    client.call("bank.feed", "action_make_journal", feeds)
    client.call("bank.feed", "action_start", feeds)
    _until(client, feeds, "fetched")
    _refuse_once(bank)
    client.call("bank.feed", "action_fetch_now", feeds)
    _until(client, feeds, "dead")
    checks = [["ir_actions_server_id.model_id.model", "=", "bank.feed.problem"]]
    client.call("ir.cron", "method_direct_trigger", client.call("ir.cron", "search", checks))


def _until(client, feeds, state):
    """Wait for a period in a state."""
    deadline = time.monotonic() + PATIENCE
    domain = [["feed_id", "in", feeds], ["state", "=", state]]
    while not client.call("bank.feed.window", "search_count", domain):
        if time.monotonic() > deadline:
            raise Missing(f"No period of the demo bank is {state}: see {client.node.log}.")
        time.sleep(0.5)


def _refuse_once(bank):
    """Have the bank answer the next request for a file in a way that is no use trying again."""
    fault = {"kind": "status", "status": 400, "path": "/files/*"}
    request = urllib.request.Request(
        f"{bank['url']}/admin/faults",
        json.dumps(fault).encode(),
        {"X-Admin-Token": bank["admin_token"]},
    )
    context = ssl.create_default_context(cafile=bank["ca_file"])
    with urllib.request.urlopen(request, timeout=30, context=context) as answer:
        answer.read()
