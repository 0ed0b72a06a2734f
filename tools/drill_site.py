"""Odoo's own pages, served in this process, where its clock is turned; and who looks at them."""

import secrets
import threading

import requests

import odoo.http
from odoo.addons.account_bank_feed_connection.protocol.http import unlogged
from odoo.service.server import ThreadedWSGIServerReloadable

from .common import Missing


class Browser(requests.Session):
    """None of Odoo: what it asks for is in nobody's log."""

    def __init__(self):
        super().__init__()
        self.trust_env = False  # neither other authorities nor proxies

    def send(self, request, **kwargs):
        with unlogged():
            return super().send(request, **kwargs)


class Site:
    """Odoo behind real HTTP.

    :param url: under which people reach it, with the port at which it listens
    """

    def __init__(self, url, database):
        self.url, self.database = url, database
        self.password = secrets.token_urlsafe(16)
        port = int(url.rpartition(":")[2])
        self._server = ThreadedWSGIServerReloadable("127.0.0.1", port, odoo.http.root)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def visit(self, login):
        return Visit(self, login)


class Visit:
    """Somebody who has logged in, and goes from page to page."""

    def __init__(self, site, login):
        self._site = site
        self._http = Browser()
        self._call(
            "/web/session/authenticate", db=site.database, login=login, password=site.password
        )

    def press(self, model, record, button):
        """A button of a form.

        :return: the action that it leads to
        """
        path = f"/web/dataset/call_button/{model}/{button}"
        return self._call(path, model=model, method=button, args=[[record]], kwargs={})

    def come_back(self, address):
        """From the bank's page.

        :return: the answer; it may send the person on
        """
        return self._http.get(address, allow_redirects=False, timeout=60)

    def _call(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._http.post(f"{self._site.url}{path}", json=body, timeout=60).json()
        if "error" in answer:
            error = answer["error"]
            raise Missing(error.get("data", error).get("message"))
        return answer["result"]
