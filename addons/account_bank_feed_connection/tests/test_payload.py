"""What a bank sent in vain can be looked at by those who see the period."""

from odoo.tests import HttpCase, tagged

from ..protocol import Permanent
from .common import ConnectionCase

ANSWER = b"<html>404: no such account</html>"


@tagged("post_install", "-at_install")
class TestPayload(ConnectionCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.bank.errors = [Permanent("bank.example answers 404", ANSWER)]
        self.window = self.connect().window_ids
        self.run_jobs()
        self.env.flush_all()

    def get(self, user):
        user.password = "a Password for tests 1"
        self.env.flush_all()
        self.authenticate(user.login, "a Password for tests 1")
        return self.url_open(f"/account_bank_feed/window/{self.window.id}")

    def test_who_sees_the_period_opens_it(self):
        user = self.make_user("viewer")
        response = self.get(user)
        self.assertEqual((response.status_code, response.content), (200, ANSWER))
        self.assertIn("attachment", response.headers["Content-Disposition"])
        log = self.env["bank.audit.log"].search([("event", "=", "download")], limit=1)
        self.assertEqual((log.model, log.res_id), ("bank.feed.window", self.window.id))
        self.assertEqual(log.user_id, user)

    def test_nobody_else_does(self):
        stranger = self.make_user("viewer", companies=self.make_company("Elsewhere"))
        self.assertEqual(self.get(stranger).status_code, 404)

    def test_lists_lead_to_it(self):
        letter = self.env["bank.dead.letter"].search([("kind", "=", "connection")])
        for action in (self.window.action_payload(), letter.action_payload()):
            self.assertEqual(action["url"], f"/account_bank_feed/window/{self.window.id}")
