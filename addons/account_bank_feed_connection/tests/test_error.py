"""One list of what stands in the way, each kind of it."""

from odoo.addons.account_bank_feed.tests.common import statement, transaction
from odoo.tests import tagged

from ..protocol import NotAuthorised, RetryLater
from .common import ConnectionCase


@tagged("post_install", "-at_install")
class TestError(ConnectionCase):
    def errors(self):
        self.env.flush_all()
        return self.env["bank.feed.error"].search([("company_id", "=", self.company.id)])

    def test_nothing(self):
        self.connect()
        self.run_jobs()
        self.assertFalse(self.errors())

    def test_each_kind(self):
        self.bank.errors = [RetryLater("bank.example answers 503")]
        self.connect().sudo().window_ids._job_fetch()
        self.env["queue.job"].sudo().search([]).unlink()
        self.receive(content=b"no statement", name="letter.txt")
        self.receive(statement([transaction("2026-01-05", 10, "from a stranger")], 0))
        self.receive(statement([transaction("2026-01-25", 10, "b")], 50))
        kinds = self.errors().grouped("kind")
        self.assertEqual(set(kinds), {"connection", "file", "quarantine", "unmatched"})
        self.assertEqual(kinds["connection"].cause, "bank.example answers 503")
        self.assertEqual(kinds["quarantine"].cause_text, "A statement before it is missing")
        names = {error.kind: error.record_name for error in self.errors()}
        self.assertIn("Current account", names["connection"])
        self.assertIn("letter.txt", names["file"])
        for error in self.errors():
            action = error.action_open()
            self.assertTrue(self.env[action["res_model"]].browse(action["res_id"]).exists())

    def test_a_bank_that_refuses_us(self):
        self.bank.errors = [NotAuthorised("bank.example answers 401")]
        self.connect()
        self.run_jobs()
        models = self.errors().mapped("model")
        self.assertEqual(sorted(models), ["bank.connection", "bank.feed.window"])

    def test_other_companies_see_nothing_of_it(self):
        self.receive(content=b"no statement", name="letter.txt")
        stranger = self.make_user("viewer", companies=self.make_company("Elsewhere"))
        self.env.flush_all()
        self.assertFalse(self.env["bank.feed.error"].with_env(self.env_of(stranger)).search([]))
