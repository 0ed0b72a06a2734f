"""The demo bank as a process of its own, and what can be done with it from outside.

Nothing but Python's own library: it is needed within Odoo and where there is none.
"""

import contextlib
import datetime
import html
import json
import re
import ssl
import subprocess
import sys
import tempfile
import types
import urllib.parse
import urllib.request
from decimal import Decimal

from .common import ADDONS, PROJECT, Missing
from .environment import clean_environ

ADDON = ADDONS / "account_bank_feed_demo"


def running(python, backs, *words):
    """The demo bank itself, on any free port.

    :param backs: the addresses where it may send people back to
    :param words: more of its command line
    """
    registered = [word for back in backs for word in ("--redirect-uri", back)]
    return serving(python, ADDON / "bank", "--port", "0", *registered, *words, "--folder")


@contextlib.contextmanager
def serving(python, *words):
    """Start a bank; yield how it describes itself; stop it at the end.

    :param words: of its command line; the folder for its keys comes after them
    """
    with tempfile.TemporaryDirectory(prefix="demo-bank-") as folder:
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


class Bank:
    """A running demo bank: its clock, its faults, the truth, its pages.

    :param dict description: how it describes itself
    """

    def __init__(self, description):
        self.known = description
        self.url = description["url"]
        context = ssl.create_default_context(cafile=description["ca_file"])
        self._http = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),  # none, whatever the environment names
            urllib.request.HTTPSHandler(context=context),
            _NoRedirect,
        )
        self._held = None

    def _admin(self, method, path, data=None, **query):
        if self._held is not None:
            by, self._held = self._held, None
            self.advance(by)
        url = f"{self.url}/admin/{path}?{urllib.parse.urlencode(query)}"
        headers = {"X-Admin-Token": self.known["admin_token"]}
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(url, body, headers, method=method)
        with self._http.open(request, timeout=30) as answer:
            return json.load(answer)

    def advance(self, by):
        if self._held is None:
            self._admin("POST", "clock", {"seconds": by.total_seconds()})
        else:
            self._held += by

    def order(self, fault):
        self._admin("POST", "faults", fault)
        if fault["kind"] == "wrong_certificate":
            # It comes before any path: nothing more is asked here, or the drill would meet it.
            self._held = datetime.timedelta()

    def clear(self):
        self._admin("DELETE", "faults")

    def book(self, payment):
        """Book a payment today.

        :param dict payment: account, amount, text, party and the party's account
        """
        self._admin("POST", "book", payment)

    def log(self):
        return self._admin("GET", "log")

    def slips(self):
        """How often the bank itself was wrong without being told to."""
        return self._admin("GET", "state")["errors"]

    def accounts(self):
        """IBAN and currency of each."""
        return self._admin("GET", "state")["accounts"]

    def truth(self, iban, first, last):
        """What is booked: (day, amount, text)."""
        period = {"account": iban, "from": f"{first}", "to": f"{last}"}
        return [
            (row["booking_date"], Decimal(row["amount"]), row["remittance"] or "")
            for row in self._admin("GET", "truth", **period)
        ]

    def decide(self, address, back, agrees=True):
        """Go to the bank's page, as its customer does, and agree there or refuse.

        :return: the address to which the bank sends the person back
        """
        form = None
        while not address.startswith(back):
            with self._http.open(address, form, timeout=30) as answer:
                page = answer.read().decode()
                if answer.status == 302:
                    address, form = answer.headers["Location"], None
                    continue
            action = re.search(r'<form method="post" action="([^"]+)"', page)
            if not action:
                raise Missing(f"The bank's page answers {answer.status}: {page}")
            ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
            address = urllib.parse.urljoin(address, html.unescape(action[1]))
            said = {"ticket": html.unescape(ticket), "decision": "approve" if agrees else "deny"}
            form = urllib.parse.urlencode(said).encode()
        return address


class _NoRedirect(urllib.request.HTTPErrorProcessor):
    """Redirects are answers as well, and so are errors of the bank's pages."""

    def http_response(self, request, response):
        if response.status >= 400 and "/admin/" in request.full_url:
            return super().http_response(request, response)
        return response

    https_response = http_response
