import base64
import io
import json
import zipfile

from odoo.addons.bank_statement_format.testing import csv_demo_bank
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from ..series import user_groups_field
from .common import IBAN, BankFeedAloneCase, make_iban, statement, transaction

LAYOUT = {
    "header": ["Day", "Money", "Words"],
    "dates": ["%Y-%m-%d"],
    "columns": {"booking_date": "Day", "amount": "Money", "remittance": "Words"},
    "currency": "EUR",
    "account": IBAN,
}
CONTENT = b"Day,Money,Words\n2026-01-02,7.50,One\n2026-01-03,-2.00,Two\n"


class ProfileCase(BankFeedAloneCase):
    def make_profile(self, env=None, layout=None, **values):
        values = {"name": "My Bank", "data": LAYOUT | (layout or {}), **values}
        return (env or self.env)["bank.statement.profile"].create(values)

    def drop(self, content=CONTENT, name="a.csv", journal=None):
        record = self.env["bank.import"]._upload(
            name, content, self.company.id, journal and journal.id
        )
        self.run_jobs()
        return record


@tagged("post_install", "-at_install")
class TestProfiles(ProfileCase):
    """Layouts of a company's own, as records, as files, and in use."""

    def test_a_file_is_read_by_the_companys_own_profile(self):
        profile = self.make_profile()
        record = self.drop()
        self.assertEqual(record.state, "done", record.error)
        self.assertEqual(record.transaction_ids.mapped("source_format"), ["csv/my_bank"] * 2)
        self.assertEqual([line[1:3] for line in self.books()], [(7.5, "One"), (-2, "Two")])
        self.assertEqual(profile.import_count, 1)
        self.assertTrue(profile.last_used_at)
        self.assertEqual(
            self.env["bank.import"].search(profile.action_view_imports()["domain"]), record
        )

    def test_not_by_that_of_another_company(self):
        self.make_profile(company_id=self.make_company("Other").id)
        self.assertNotEqual(self.drop().state, "done")

    def test_shared_by_all_companies(self):
        self.make_profile(company_id=False)
        self.assertEqual(self.drop().state, "done")

    def test_not_when_archived(self):
        self.make_profile().active = False
        self.assertNotEqual(self.drop().state, "done")

    def test_its_journal_is_that_of_files_that_name_no_account(self):
        other = self.make_journal(make_iban(5), "BNKO")
        profile = self.make_profile(
            layout={"account": None}, company_id=self.company.id, journal_id=other.id
        )
        record = self.drop()
        self.assertEqual(record.statement_ids.journal_id, other)
        profile.journal_id = False
        content = CONTENT.replace(b"One", b"Another one")
        self.assertEqual(self.drop(content).statement_ids.cause, "no_account")
        record = self.drop(content, journal=self.journal)
        self.assertEqual(record.statement_ids.journal_id, self.journal)

    def test_nonsense_is_refused_in_words(self):
        for layout, word in (
            ({"dates": []}, "dates"),
            ({"columns": {"amount": "Money"}}, "booking date"),
            ({"colour": "red"}, "colour"),
            ({"header": "Day"}, "Money"),
        ):
            with self.subTest(layout=layout), self.assertRaises(ValidationError) as caught:
                self.make_profile(layout=layout)
            self.assertIn(word, str(caught.exception))
        profile = self.make_profile()
        for source in ("{", "[]", '{"dates": 1}', "[" * 100_000):
            with self.subTest(source=source[:9]), self.assertRaises(ValidationError):
                profile.source = source
                self.env.flush_all()
        with self.assertRaises(ValidationError):
            profile.code = "My Bank!"

    def test_one_that_became_nonsense_stops_no_other_file(self):
        profile = self.make_profile()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bank_statement_profile SET data = '{}' WHERE id = %s", [profile.id]
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.account_bank_feed", "WARNING"):
            record = self.receive(content=b"no statement")
        self.assertEqual(record.state, "refused")

    def test_technical_names_are_unique_where_they_meet(self):
        self.assertEqual(self.make_profile().code, "my_bank")
        self.assertEqual(self.make_profile(name="My Bank").code, "my_bank_2")
        with self.assertRaises(ValidationError):
            self.make_profile(code="my_bank", company_id=self.company.id)
        one = self.make_profile(code="one", company_id=self.company.id)
        other = self.make_company("Other")
        self.make_profile(code="one", company_id=other.id)
        with self.assertRaises(ValidationError):
            one.company_id = False

    def test_a_copy_has_a_technical_name_of_its_own(self):
        profile = self.make_profile()
        copy = profile.copy()
        self.assertEqual(copy.code, "my_bank_2")
        self.assertEqual(copy.data, profile.data)

    def test_who_confirmed_it_and_when(self):
        accountant = self.env_of(self.make_user("accountant"))
        profile = self.make_profile(accountant, company_id=self.company.id)
        self.assertEqual(profile.confirmed_by_id, accountant.user)
        self.assertTrue(profile.confirmed_at)
        profile.with_user(self.env.user).source = json.dumps(LAYOUT | {"order": "oldest_first"})
        self.assertEqual(profile.confirmed_by_id, self.env.user)

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_accountants_edit_others_read(self):
        profile = self.make_profile(company_id=self.company.id)
        for role in ("viewer", "operator", "approver", "auditor"):
            env = self.env_of(self.make_user(role))
            own = profile.with_env(env)
            self.assertEqual(own.name, "My Bank")
            for forbidden in (
                lambda own=own: own.write({"name": "Mine"}),
                lambda own=own: own.unlink(),
                lambda env=env: self.make_profile(env, company_id=self.company.id),
                lambda env=env: env["bank.statement.profile.add"].create({}),
            ):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    forbidden()
        for role in ("accountant", "manager"):
            env = self.env_of(self.make_user(role))
            profile.with_env(env).name = role
            self.make_profile(env, company_id=self.company.id).unlink()

    def test_companies_see_their_own_and_shared_ones(self):
        other = self.make_company("Other")
        theirs = self.make_profile(code="theirs", company_id=other.id)
        shared = self.make_profile(code="shared", company_id=False)
        ours = self.make_profile(code="ours", company_id=self.company.id)
        env = self.env_of(self.make_user("manager"), self.company)
        self.assertEqual(env["bank.statement.profile"].search([]), (shared | ours).with_env(env))
        with self.assertRaises(AccessError):
            theirs.with_env(env).action_export()

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def add(self, **values):
        return self.env["bank.statement.profile.add"].create(values).action_confirm()

    def test_what_was_exported_is_imported_alike(self):
        profile = self.make_profile()
        content = profile._export_json()
        self.assertEqual(json.loads(content)["label"], "My Bank")
        profile.unlink()
        action = self.add(file=base64.b64encode(content), file_name="other_name.json")
        again = self.env["bank.statement.profile"].browse(action["res_id"])
        self.assertEqual((again.name, again.code, again.data), ("My Bank", "other_name", LAYOUT))
        self.assertEqual(again.company_id, self.env.company)

    def test_several_in_an_archive(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for code in ("one", "two"):
                archive.writestr(f"{code}.json", self.make_profile(code=code)._export_json())
            archive.writestr("readme.txt", "nothing")
        self.env["bank.statement.profile"].search([]).unlink()
        action = self.add(file=base64.b64encode(stream.getvalue()))
        found = self.env["bank.statement.profile"].search(action["domain"])
        self.assertEqual(sorted(found.mapped("code")), ["one", "two"])

    def test_what_is_no_profile_is_refused(self):
        for content in (
            b"",
            b"\xff\xfe",
            b"hello",
            b"[]",
            b'{"kind": "tune"}',
            b"PK\x05\x06" + b"\0" * 18,
        ):
            with self.subTest(content=content), self.assertRaises(UserError):
                self.add(file=base64.b64encode(content), file_name="a.json")
        self.assertFalse(self.env["bank.statement.profile"].search([]))

    def test_a_shipped_profile_can_be_taken_over(self):
        action = self.add(origin="shipped", shipped="demo_savings")
        profile = self.env["bank.statement.profile"].browse(action["res_id"])
        self.assertEqual(profile.code, "demo_savings")
        self.assertEqual(profile.data["columns"]["debit"], "Paid out")

    def test_a_profile_taken_over_stands_for_the_shipped_one(self):
        part = statement([transaction("2026-01-02", 100, "One")])
        self.add(origin="shipped", shipped="demo_bank")
        record = self.receive(name="a.csv", content=csv_demo_bank([part]))
        self.assertEqual(record.state, "done", record.error)
        self.assertEqual(record.transaction_ids.source_format, "csv/demo_bank")


@tagged("post_install", "-at_install")
class TestProfileRoute(ProfileCase, HttpCase):
    def test_export(self):
        self.env["res.users"].create(
            {
                "name": "Viewer",
                "login": "bank_feed_viewer",
                "password": "bank_feed_viewer",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                user_groups_field(self.env): [
                    (6, 0, self.env.ref("account_bank_feed.group_viewer").ids)
                ],
            }
        )
        one = self.make_profile(company_id=self.company.id)
        two = self.make_profile(company_id=self.company.id)
        theirs = self.make_profile(code="theirs", company_id=self.make_company("Other").id)
        self.env.flush_all()
        self.authenticate("bank_feed_viewer", "bank_feed_viewer")
        response = self.url_open(one.action_export()["url"])
        self.assertEqual(response.json()["header"], LAYOUT["header"])
        self.assertIn("my_bank.json", response.headers["Content-Disposition"])
        response = self.url_open((one + two).action_export()["url"])
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            self.assertEqual(archive.namelist(), ["my_bank.json", "my_bank_2.json"])
        for ids in ("", "0", "x", str(theirs.id), "999999999"):
            response = self.url_open(f"/account_bank_feed/profiles?ids={ids}")
            self.assertEqual(response.status_code, 404, ids)
