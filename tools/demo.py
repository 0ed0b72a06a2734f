"""`make demo` and `make serve`: a demo company whose banks' data go through the real pipeline."""

import base64
import contextlib
import hashlib
import http.cookiejar
import json
import os
import re
import socket
import time
import urllib.request
import uuid
from textwrap import shorten
from unittest.mock import patch

from . import demo_feed
from .common import ADDONS, CACHE, Missing, locked, our_addons, say, step

LOGIN = PASSWORD = "admin"
FINISHED = {"done", "refused", "quarantined", "failed"}
WIDEST = 80  # characters of a reason
PATIENCE = 300  # seconds without any progress
COLUMNS = {
    "file": "name",
    "format": "format",
    "transactions": "transaction_count",
    "reconciled": "reconciled_count",
    "to review": "review_count",
    "duplicates": "duplicate_count",
    "seconds": "duration",
    "refused": "refused",
}


def prepare(odoo):
    """Return the demo database: created when missing, updated when the addons have changed."""
    say(odoo.description)
    database, wanted = odoo.name("demo"), _content_hash()
    # The comment is written last: a database without one was never finished.
    found = odoo.cluster.sql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{database}'"
    )
    if found == [[wanted]]:
        return database
    addons = our_addons()
    if found and found != [[""]]:
        with step(f"updating the demo database: the addons have changed since {found[0][0][:8]}"):
            odoo.install(database, addons, update=addons)
    else:
        template = odoo.template()
        with step(f"creating the demo database with {len(addons)} addons"):
            odoo.copy(template, database)
            odoo.install(database, addons)
    odoo.cluster.sql(f"COMMENT ON DATABASE {database} IS '{wanted}'")
    return database


def _content_hash():
    digest = hashlib.sha256()
    for path in sorted(ADDONS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ADDONS)).encode() + path.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def node(odoo, database, port=None):
    """An Odoo with as many jobs at once as there are processors, and workers left for people.

    It keeps secrets, under a key of this machine.
    """
    jobs = max(2, min(4, os.cpu_count() or 2))
    with (
        patch.dict(os.environ, {"BANK_FEED_KEY_FILE": str(_key_file())}),
        odoo.running(database, workers=jobs + 2, channels=f"root:{jobs}", port=port) as server,
    ):
        yield server


def _key_file():
    """The demo's key: of no database that matters, and there until `make clean`."""
    path = CACHE / "conf" / "demo-keys"
    with locked(CACHE / "demo-keys.lock"):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(f"demo {base64.b64encode(os.urandom(32)).decode()}\n")
    return path


def demo(odoo):
    show(odoo, prepare(odoo))
    say(
        f"To see it in the browser: `make serve SERIES={odoo.series}`, then open "
        f"http://127.0.0.1:8069 and log in as {LOGIN} with the password {PASSWORD}."
    )


def show(odoo, database):
    """Fetch and upload whatever the demo company's banks have, and say what became of it."""
    say("- starting Odoo with its workers ...")
    with node(odoo, database) as server:
        client = Client(server)
        before = client.call("account.bank.statement.line", "search_count", [])
        with contextlib.ExitStack() as stack:
            with step("fetching two accounts from the demo bank"):
                customer = stack.enter_context(connected(odoo, client))
            files = client.call("bank.feed.demo", "statement_files")
            say(f"- uploading {len(files)} statement files")
            imports = _watch(client, [one["import_id"] for one in client.upload(files)])
            after = client.call("account.bank.statement.line", "search_count", [])
            say("\nFetched from the demo bank:\n")
            say(f"{table(customer.accounts())}\n")
            examples = customer.examples()
            say(table(examples) if examples[1:] else "All of it came in files before.")
            say("\nUploaded:\n")
            say(table(_rows(imports)))
            say(f"\n{customer.both_ways([one['id'] for one in imports])}")
    say(f"Lines in the bank journals: {before} before, {after} now.")


@contextlib.contextmanager
def connected(odoo, client):
    """The demo bank answers, and all that it has is in the books; yields its customer."""
    with demo_feed.connected(odoo, client) as customer:
        say("  connected: one by signing in on the bank's page (OAuth), one by a certificate")
        for one in _watch(client, customer.fetch()):
            if one["state"] != "done":
                raise Missing(f"{one['name']} is not in the books: {one['error'] or one['state']}.")
        yield customer


def filled(odoo):
    """The demo database, where the files have been imported, now or earlier."""
    database = prepare(odoo)
    if odoo.cluster.sql("SELECT 1 FROM bank_import LIMIT 1", database):
        return database
    with node(odoo, database) as server, step("importing the demo company's files"):
        receive(server)
    return database


def receive(server):
    """Import all files of the demo company, and wait until that is done."""
    client = Client(server)
    files = client.call("bank.feed.demo", "statement_files")
    return _watch(client, [one["import_id"] for one in client.upload(files)])


def _watch(client, ids):
    """Wait until every import is finished, and say whenever something has moved."""
    fields = [name for name in COLUMNS.values() if name != "refused"]
    fields += ["processed_count", "state", "error", "progress_text"]
    last, moved, started = None, time.monotonic(), time.monotonic()
    while True:
        imports = client.call("bank.import", "search_read", [["id", "in", ids]], fields)
        finished = sum(one["state"] in FINISHED for one in imports)
        booked = sum(one["processed_count"] + one["reconciled_count"] for one in imports)
        now = [f"  {finished} of {len(ids)} files finished, {booked} transactions in the books"]
        now += _at_work(imports)
        if now != last:
            seconds = time.monotonic() - started
            say("\n".join([f"{now[0]}, {booked / max(seconds, 1):.0f}/s", *now[1:]]))
            last, moved = now, time.monotonic()
        if finished == len(ids):
            _explain_quarantine(client, imports)
            return sorted(imports, key=lambda one: ids.index(one["id"]))
        if time.monotonic() - moved > PATIENCE:
            raise Missing(f"Nothing moved for {PATIENCE} s: see {client.node.log} for the cause.")
        time.sleep(1)


def _at_work(imports):
    """How far each import is that something is done with, in the words of the screen."""
    for one in imports:
        if one["progress_text"] and one["transaction_count"]:
            yield f"    {one['name']}: {one['progress_text']}"


def _explain_quarantine(client, imports):
    """Say why a file waits: the reason stands on its statements."""
    waiting = {one["id"]: one for one in imports if one["state"] == "quarantined"}
    domain = [["import_id", "in", list(waiting)], ["state", "=", "quarantined"]]
    fields = ["import_id", "explanation"]
    for one in client.call("bank.import.statement", "search_read", domain, fields):
        waiting[one["import_id"][0]]["error"] = one["explanation"]


def _rows(imports):
    rows = [list(COLUMNS)]
    for one in imports:
        refused = one["error"] or one["state"] if one["state"] != "done" else ""
        values = {
            **one,
            "refused": shorten((refused or "").split("\n")[0], WIDEST, placeholder=" …"),
            "duration": f"{one['duration']:.1f}",
        }
        rows.append([str(values[name] or "-") for name in COLUMNS.values()])
    return rows


def table(rows):
    """Rows of texts, the first of which is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def serve(odoo, port):
    if port and not (port.isdigit() and _free(int(port))):
        raise Missing(f"Port {port} is taken or none: choose another with `make serve PORT=...`.")
    if not port and _free(8069):
        port = 8069  # else any free one
    database = prepare(odoo)
    say("- starting Odoo with its workers ...")
    with node(odoo, database, port) as server, contextlib.ExitStack() as stack:
        arrives = _connect_if_possible(odoo, server, stack)
        say(f"\nOdoo {odoo.series} answers at {server.url}, login {LOGIN}, password {PASSWORD}.")
        say(arrives)
        say(f"Its log: {server.log}. Stop it with Ctrl-C.")
        server.process.wait()
    raise Missing(f"Odoo has ended by itself: see {server.log} for the cause.")


def _connect_if_possible(odoo, server, stack):
    """Have the demo bank answer for as long as the stack lasts; say what can be seen of it.

    Whoever has changed the password, or the connections, gets the rest all the same.
    """
    try:
        with step("fetching two accounts from the demo bank"):
            customer = stack.enter_context(connected(odoo, Client(server)))
            paid = customer.pay()
    except Missing as error:
        return f"The demo bank does not answer there: {error}"
    news = f", and {paid} customers have just paid there" if paid else ""
    return (
        f"The demo bank answers, too{news}: Bank Feed > Connections > Feeds > "
        "Demo Bank Zweitkonto > Fetch now."
    )


def _free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Client:
    """A browser's conversation with Odoo: log in, call models, upload files."""

    def __init__(self, server):
        self.node = server
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        login = {"db": server.database, "login": LOGIN, "password": PASSWORD}
        self._rpc("/web/session/authenticate", login)

    def call(self, model, method, *arguments, **named):
        parameters = {"model": model, "method": method, "args": arguments, "kwargs": named}
        return self._rpc(f"/web/dataset/call_kw/{model}/{method}", parameters)

    def open(self, address):
        """Go to a page, and to wherever it leads."""
        return self._open(address.removeprefix(self.node.url))

    def upload(self, files):
        """Post the files as the drop zone does."""
        page = self._open("/odoo").decode()
        token = re.search(r'csrf_token: "(\w+)"', page)[1]
        boundary = uuid.uuid4().hex
        parts = [_part(boundary, 'name="csrf_token"', token.encode())]
        for one in files:
            name = f'name="ufile"; filename="{one["name"]}"'
            parts.append(_part(boundary, name, base64.b64decode(one["data"])))
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return json.loads(self._open("/account_bank_feed/upload", body, headers))

    def _rpc(self, path, parameters):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters}).encode()
        answer = json.loads(self._open(path, body, {"Content-Type": "application/json"}))
        if "error" in answer:
            message = answer["error"]["data"]["message"]
            raise Missing(f"Odoo refused {path}: {message}; see {self.node.log}.")
        return answer.get("result")  # none for a method that returns nothing

    def _open(self, path, body=None, headers=None):
        request = urllib.request.Request(self.node.url + path, body, headers or {})
        try:
            with self.opener.open(request, timeout=120) as answer:
                return answer.read()
        except OSError as error:
            raise Missing(f"Odoo did not answer {path}: {error}; see {self.node.log}.") from None


def _part(boundary, name, data):
    head = f"--{boundary}\r\nContent-Disposition: form-data; {name}\r\n\r\n"
    return head.encode() + data + b"\r\n"
