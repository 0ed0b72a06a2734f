import json

from odoo.addons.bank_statement_format.testing import camt053
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..series import user_groups_field
from .common import IBAN, BankFeedCase, run_jobs, statement, transaction

ROUTE = "/account_bank_feed/upload"
OTHER_IBAN = "DE02120300000000202051"


@tagged("post_install", "-at_install")
class TestUploadRoute(BankFeedCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.setup_other_company(name="Other company")["company"]
        cls.make_user("viewer", cls.company)
        cls.make_user("operator", cls.company)
        cls.make_user("operator", cls.company + cls.other_company, login="both")

    @classmethod
    def make_user(cls, role, companies, login=None):
        login = login or role
        return cls.env["res.users"].create(
            {
                "name": login,
                "login": f"bank_feed_{login}",
                "password": f"bank_feed_{login}",
                "company_id": companies[0].id,
                "company_ids": [(6, 0, companies.ids)],
                user_groups_field(cls.env): [
                    (6, 0, cls.env.ref(f"account_bank_feed.group_{role}").ids)
                ],
            }
        )

    def log_in(self, login):
        # What a test's user may not do must not depend on what was written before.
        self.env.flush_all()
        self.authenticate(f"bank_feed_{login}", f"bank_feed_{login}")

    def post(self, *files, token=None, **values):
        return self.url_open(
            ROUTE,
            data={"csrf_token": token or self.csrf_token(), **values},
            files=[("ufile", file) for file in files],
        )

    def csrf_token(self):
        return Request.csrf_token(self)

    def imports(self):
        return self.env["bank.import"].search([], order="id")

    def test_files_arrive_together(self):
        self.log_in("operator")
        one = camt053([statement([transaction("2026-01-05", 10, "One")])])
        two = camt053([statement([transaction("2026-01-06", 20, "Two")], opening=10)])
        response = self.post(("one.xml", one), ("folder/two.xml", two))
        self.assertEqual(response.status_code, 200, response.text)
        answer = response.json()
        self.assertEqual([item["name"] for item in answer], ["one.xml", "two.xml"])
        records = self.env["bank.import"].browse([item["import_id"] for item in answer])
        self.assertEqual(records.file_id.mapped("size"), [len(one), len(two)])
        self.assertEqual(records.company_id, self.company)
        run_jobs(self.env)
        self.assertEqual(records.mapped("state"), ["done", "done"])

    def test_all_or_none(self):
        """A journal of another company refuses the request; nothing of it is kept."""
        self.log_in("operator")
        journal = self.make_journal(OTHER_IBAN, "OTHR", company=self.other_company, start=None)
        response = self.post(("one.xml", b"<a/>"), ("two.xml", b"<a/>"), journal_id=journal.id)
        self.assertEqual(response.status_code, 403, response.text)
        self.assertIn("error", response.json())
        self.assertFalse(self.imports())

    def test_refusals(self):
        self.log_in("operator")
        for values in (
            {"company_id": "1 OR 1=1"},
            {"company_id": "-1"},
            {"journal_id": "[1]"},
            {"journal_id": "99999999999999"},
            {"company_id": str(self.other_company.id)},
        ):
            response = self.post(("one.xml", b"<a/>"), **values)
            self.assertEqual(response.status_code, 400, values)
            self.assertNotIn("Traceback", response.json()["error"])
        self.assertEqual(self.post().status_code, 400)
        self.assertFalse(self.imports())

    def test_viewer_may_not_upload(self):
        self.log_in("viewer")
        response = self.post(("one.xml", b"<a/>"))
        self.assertEqual(response.status_code, 403)
        self.assertIn("Operator", response.json()["error"])

    def test_needs_login_and_token(self):
        self.log_in("operator")
        self.assertEqual(self.post(("one.xml", b"<a/>"), token="guessed").status_code, 400)
        self.authenticate(None, None)
        self.post(("one.xml", b"<a/>"))
        self.assertFalse(self.imports())

    def test_no_upload_by_rpc(self):
        self.log_in("operator")
        params = {"model": "bank.import", "method": "_upload", "args": [{}, 1], "kwargs": {}}
        response = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        self.assertIn("error", response.json())
        self.assertFalse(self.imports())

    # ------------------------------------------------------------------
    # Download
    # ------------------------------------------------------------------

    def test_download(self):
        content = camt053([statement([transaction("2026-01-05", 10, "One")])])
        record = self.receive(content=content, name='Jänner "1".xml')
        self.log_in("viewer")
        response = self.url_open(f"/account_bank_feed/file/{record.id}")
        self.assertEqual(response.content, content)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        log = self.env["bank.audit.log"].search([("event", "=", "download")])
        self.assertEqual(log.user_id.login, "bank_feed_viewer")
        self.assertEqual((log.model, log.res_id), ("bank.import", record.id))

    def test_download_only_with_all_companies(self):
        """A file that holds an account of a company one may not see does not open."""
        self.make_journal(OTHER_IBAN, "OTHR", company=self.other_company)
        content = camt053(
            [
                statement([transaction("2026-01-05", 10, "Ours")], iban=IBAN),
                statement([transaction("2026-01-05", 99, "Theirs")], iban=OTHER_IBAN),
            ]
        )
        self.log_in("both")
        response = self.post(("two_companies.xml", content), company_id=self.company.id)
        record = self.env["bank.import"].browse(response.json()[0]["import_id"])
        run_jobs(self.env)
        self.assertEqual(record.file_id.import_ids.company_id, self.company + self.other_company)
        self.assertEqual(self.url_open(f"/account_bank_feed/file/{record.id}").content, content)
        self.log_in("viewer")
        self.assertEqual(self.url_open(f"/account_bank_feed/file/{record.id}").status_code, 404)

    def test_download_of_nothing(self):
        self.log_in("viewer")
        self.assertEqual(self.url_open("/account_bank_feed/file/999999999").status_code, 404)
