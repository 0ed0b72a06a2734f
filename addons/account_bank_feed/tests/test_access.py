import psycopg2

from odoo.addons.bank_statement_format.testing import camt053
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BankFeedAloneCase, make_iban, statement, transaction

OWN_MODELS = (
    "bank.import",
    "bank.import.statement",
    "bank.import.batch",
    "bank.transaction",
    "bank.audit.log",
)
ROLES = ("viewer", "operator", "accountant", "approver", "manager", "auditor")


@tagged("post_install", "-at_install")
class TestAccess(BankFeedAloneCase):
    """Companies see nothing of each other, and each role may do its part and nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.make_company("Beispiel AG")
        cls.other_iban = make_iban(2)
        cls.other_journal = cls.make_journal(cls.other_iban, "BNKB", company=cls.other_company)
        cls.both = cls.company | cls.other_company
        cls.ours = cls.env_of_everything(cls.company)
        cls.theirs = cls.env_of_everything(cls.other_company)
        cls.all = cls.env_of_everything(cls.both)

    @classmethod
    def env_of_everything(cls, companies):
        """Of a user who may do all there is to do, in some companies."""
        roles = ("manager", "approver", "auditor")
        user = cls.make_user(*roles, companies=companies, groups=["base.group_allow_export"])
        return cls.env_of(user)

    def one_file(self, env=None, name="both.xml"):
        """A file with an account of each company.

        :return: the imports of our company and of the other one
        """
        self.receive(
            statement([transaction("2026-01-02", 5, "Ours")]),
            statement([transaction("2026-01-02", 7, "Theirs")], iban=self.other_iban),
            name=name,
            env=env or self.all,
        )
        imports = self.env["bank.import"].sudo().search([("name", "=", name)])
        return (
            imports.filtered(lambda i: i.company_id == self.company),
            imports.filtered(lambda i: i.company_id == self.other_company),
        )

    def test_one_file_for_two_companies_becomes_an_import_of_each(self):
        ours, theirs = self.one_file()
        self.assertEqual((len(ours), len(theirs)), (1, 1))
        self.assertEqual(ours.file_id, theirs.file_id)
        self.assertEqual((ours.state, theirs.state), ("done", "done"))
        self.assertEqual(ours.transaction_ids.mapped("remittance"), ["Ours"])
        self.assertEqual(theirs.transaction_ids.mapped("remittance"), ["Theirs"])
        for record, company in ((ours, self.company), (theirs, self.other_company)):
            self.assertEqual(record.transaction_ids.move_id.company_id, company)
            self.assertEqual(record.statement_ids.company_id, company)
            self.assertEqual(record.transaction_ids.batch_id.company_id, company)
            self.assertEqual(record.statement_ids.ledger_statement_id.company_id, company)
            logs = (
                self.env["bank.audit.log"]
                .sudo()
                .search([("model", "=", "bank.import"), ("res_id", "=", record.id)])
            )
            self.assertEqual(logs.company_id, company)

    def test_the_same_file_for_two_companies_twice(self):
        self.one_file()
        ours, theirs = self.one_file(name="again.xml")
        self.assertEqual((ours.duplicate_count, theirs.duplicate_count), (1, 1))
        self.assertEqual((ours.transaction_count, theirs.transaction_count), (1, 1))

    def test_a_file_of_the_other_company_alone_goes_there(self):
        record = self.all["bank.import"]._upload(
            "theirs.xml",
            self.content(statement([transaction("2026-01-02", 7, "Theirs")], iban=self.other_iban)),
            self.company.id,
            self.journal.id,
        )
        self.run_jobs()
        self.assertEqual((record.company_id, record.state), (self.other_company, "done"))
        self.assertEqual(record.transaction_ids.journal_id, self.other_journal)
        self.assertFalse(record.journal_id)

    def content(self, *statements):
        return camt053(statements)

    def test_no_route_leads_to_another_company(self):
        _ours, foreign = self.one_file()
        self.assertTrue(foreign.transaction_ids)
        for name in OWN_MODELS:
            domain = [("company_id", "=", self.other_company.id)]
            hidden = self.env[name].sudo().search(domain)
            self.assertTrue(hidden, name)
            for env in (self.ours, self.env_of(self.all.user, self.company)):
                model = env[name]
                with self.subTest(model=name, user=env.user.login):
                    self.assertEqual(model.search([]).company_id, self.company)
                    self.assertFalse(model.search(domain))
                    self.assertEqual(model.search_count(domain), 0)
                    self.assertEqual(model.search_read(domain, ["id"]), [])
                    self.assertEqual(model.web_search_read(domain, {"id": {}})["records"], [])
                    groups = model._read_group([], ["company_id"], ["__count"])
                    self.assertEqual([company for company, _count in groups], [self.company])
                    names = dict(model.name_search("", limit=None))
                    self.assertFalse(set(hidden.ids) & set(names))
                    found = model.browse(hidden.ids)
                    for method, argument in (
                        ("read", ["company_id"]),
                        ("web_read", {"id": {}, "company_id": {}}),
                        ("export_data", ["id", "company_id/name"]),
                        ("mapped", "company_id.name"),
                    ):
                        found.invalidate_recordset()
                        with self.assertRaises(AccessError):
                            getattr(found, method)(argument)

    def test_the_other_company_sees_its_own(self):
        ours, foreign = self.one_file()
        self.assertEqual(self.theirs["bank.import"].search([]), foreign)
        self.assertEqual(self.ours["bank.import"].search([]), ours)
        self.assertEqual(self.all["bank.import"].search([]), ours | foreign)
        self.assertEqual(
            self.theirs["bank.transaction"].search([]).mapped("remittance"), ["Theirs"]
        )

    def test_a_file_is_for_who_sees_every_account_in_it(self):
        ours, _theirs = self.one_file()
        file = ours.file_id
        for env in (self.ours, self.theirs, self.env_of(self.all.user, self.company)):
            with self.subTest(user=env.user.login):
                self.assertFalse(env["bank.file"].search([("id", "=", file.id)]))
                self.assertEqual(len(env["bank.import"].search([])), 1)
                with self.assertRaises(AccessError):
                    file.with_env(env).check_access("read")
                with self.assertRaises(AccessError):
                    file.with_env(env).read(["name"])
        self.assertEqual(file.with_env(self.all).read(["name"])[0]["name"], "both.xml")
        mine = self.receive(statement([transaction("2026-01-03", 5, "Next")], 5), env=self.ours)
        self.assertTrue(mine.file_id.read(["name"]))

    def test_nobody_reads_the_bytes_of_a_file_by_a_remote_call(self):
        file = self.one_file()[0].file_id.with_env(self.all)
        for method, argument in (("read", ["data"]), ("export_data", ["data"])):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(file, method)(argument)
        self.assertNotIn("data", file.read()[0])

    def test_messages_stay_within_the_company(self):
        ours, theirs = self.one_file()
        self.assertTrue(ours.message_ids and theirs.message_ids)
        domain = [("model", "=", "bank.import")]
        seen = self.ours["mail.message"].search(domain)
        self.assertTrue(seen)
        self.assertFalse(set(seen.mapped("res_id")) - set(ours.ids))
        with self.assertRaises(AccessError):
            theirs.message_ids.with_env(self.ours).read(["body"])

    def test_jobs_are_for_the_administrator_of_jobs(self):
        self.one_file()
        with self.assertRaises(AccessError):
            self.ours["queue.job"].search([])

    def test_statement_lines_lead_nowhere_else(self):
        _ours, theirs = self.one_file()
        line = theirs.transaction_ids.statement_line_id.with_env(self.ours)
        with self.assertRaises(AccessError):
            line.read(["bank_transaction_id"])

    def test_nobody_acts_on_another_company(self):
        _ours, theirs = self.one_file()
        foreign = theirs.with_env(self.ours)
        for call in (
            foreign.action_remove,
            foreign.action_undo,
            theirs.statement_ids.with_env(self.ours).action_remove,
            theirs.transaction_ids.with_env(self.ours).action_undo,
            theirs.transaction_ids.with_env(self.ours).action_retry,
            theirs.statement_ids.with_env(self.ours).action_check_again,
            theirs.transaction_ids.batch_id.with_env(self.ours).action_retry,
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(theirs.state, "done")

    def test_an_account_of_a_company_that_is_not_the_uploaders_is_unknown(self):
        ours, theirs = self.one_file(env=self.ours)
        self.assertFalse(theirs)
        self.assertEqual(ours.state, "quarantined")
        known, unknown = ours.statement_ids.sorted("position")
        self.assertEqual((known.state, unknown.cause), ("closed", "unknown_account"))
        self.assertFalse(unknown.journal_id)
        self.assertEqual(unknown.journal_count, 0)
        self.assertFalse(self.theirs["bank.import"].search([]))
        said = " ".join(ours.message_ids.mapped("body")) + unknown.explanation
        self.assertNotIn(self.other_company.name, said)
        self.assertNotIn(self.other_journal.name, said)
        unknown.with_env(self.ours).action_check_again()
        self.run_jobs()
        self.assertEqual(unknown.state, "quarantined")
        self.assertEqual(self.books(self.other_journal), [])

    def test_nobody_uploads_into_another_company(self):
        content = self.content(statement([transaction("2026-01-02", 7)], iban=self.other_iban))
        upload = self.ours["bank.import"]._upload
        with self.assertRaises(UserError):
            upload("a.xml", content, company_id=self.other_company.id)
        with self.assertRaises(UserError):
            upload("a.xml", content, journal_id=self.other_journal.id)
        with self.assertRaises(UserError):
            upload("a.xml", content, self.company.id, self.other_journal.id)
        self.assertFalse(self.env["bank.import"].sudo().search([("name", "=", "a.xml")]))

    def test_a_connection_reaches_its_own_company_only(self):
        content = self.content(statement([transaction("2026-01-02", 7)], iban=self.other_iban))
        record = self.all["bank.import"]._receive(
            "fetched", content, company=self.company, source="connection"
        )
        self.run_jobs()
        self.assertEqual(record.statement_ids.cause, "unknown_account")
        self.assertEqual(record.company_id, self.company)

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    def receive_two(self):
        """One file in the books, and one in quarantine, both uploaded by somebody else."""
        self.company.bank_feed_four_eyes = True
        self.record = self.receive(statement([transaction("2026-01-02", 5, "One")]))
        self.row = self.record.transaction_ids
        self.waiting = self.receive(statement([transaction("2026-01-09", 5, "Late")], 9))
        self.assertEqual(self.waiting.state, "quarantined")

    def env_with(self, *roles):
        return self.env_of(self.make_user(*roles))

    def test_who_may_call_what(self):
        self.receive_two()
        content = b"no statement"
        calls = {
            "operator": [
                lambda env: env["bank.import"]._upload("a.xml", content),
                lambda env: self.record.with_env(env).action_retry(),
                lambda env: self.waiting.statement_ids.with_env(env).action_check_again(),
                lambda env: self.record.with_env(env).action_discard(),
                lambda env: self.record.with_env(env).action_set_aside("Wrong"),
                lambda env: self.waiting.statement_ids.with_env(env).action_choose_journal(
                    self.journal.id
                ),
                lambda env: self.journal.with_env(env).action_bank_feed_upload(),
            ],
            "accountant": [
                lambda env: self.row.with_env(env).action_undo(),
                lambda env: self.row.with_env(env).action_retry(),
                lambda env: self.row.with_env(env).action_confirm_duplicate(),
                lambda env: self.row.with_env(env).action_not_duplicate(),
                lambda env: self.row.batch_id.with_env(env).action_retry(),
                lambda env: self.row.batch_id.with_env(env).action_undo(),
                lambda env: self.record.with_env(env).action_undo(),
                lambda env: self.waiting.statement_ids.with_env(env).action_confirm_opening(),
            ],
            "approver": [
                lambda env: self.waiting.statement_ids.with_env(env).action_release("Known"),
            ],
            "manager": [
                lambda env: self.record.with_env(env).action_remove("Wrong"),
                lambda env: self.record.statement_ids.with_env(env).action_remove("Wrong"),
            ],
        }
        includes = {
            "viewer": (),
            "operator": ("operator",),
            "accountant": ("operator", "accountant"),
            "approver": ("approver",),
            "manager": ("operator", "accountant", "manager"),
            "auditor": (),
        }
        self.assertEqual(set(includes), set(ROLES))
        for role, granted in includes.items():
            env = self.env_with(role)
            for needed, functions in calls.items():
                for number, call in enumerate(functions):
                    with self.subTest(role=role, needed=needed, call=number), self.forgotten():
                        if needed in granted:
                            call(env)
                        else:
                            with self.assertRaises(AccessError):
                                call(env)

    def test_every_role_reads_and_none_writes(self):
        self.receive_two()
        records = [
            self.record,
            self.record.statement_ids,
            self.row,
            self.row.batch_id,
            self.record.file_id,
        ]
        for role in ROLES:
            env = self.env_with(role)
            for record in records:
                mine = record.with_env(env)
                with self.subTest(role=role, model=record._name):
                    self.assertTrue(mine.read(["display_name"]))
                    with self.assertRaises(AccessError):
                        mine.write(
                            {"company_id": self.company.id}
                            if "company_id" in mine
                            else {"name": "x"}
                        )
                    with self.assertRaises(AccessError):
                        mine.unlink()
                    with self.assertRaises(AccessError):
                        mine.copy()

    def test_the_audit_log_is_for_auditors(self):
        self.receive_two()
        for role in ROLES:
            env = self.env_with(role)
            with self.subTest(role=role):
                if role == "auditor":
                    self.assertTrue(env["bank.audit.log"].search([]))
                else:
                    with self.assertRaises(AccessError):
                        env["bank.audit.log"].search([])

    def test_an_auditor_changes_nothing(self):
        self.receive_two()
        env = self.env_with("auditor")
        move = self.row.move_id.with_env(env)
        self.assertTrue(move.name)
        line = self.row.statement_line_id.with_env(env)
        for record, values in (
            (move, {"ref": "x"}),
            (line, {"payment_ref": "x"}),
            (self.journal.with_env(env), {"name": "x"}),
            (self.company.with_env(env), {"bank_feed_four_eyes": False}),
        ):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.write(values)
        for name in env.registry:
            model = env[name]
            if name.startswith("bank.") and not model._abstract and not model._transient:
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(model.has_access(operation), (name, operation))

    def test_an_accountant_of_odoo_alone_sees_no_bank_feed(self):
        self.receive_two()
        env = self.env_of(self.make_user(groups=("account.group_account_manager",)))
        for name in ("bank.import", "bank.transaction", "bank.file", "bank.audit.log"):
            with self.subTest(model=name), self.assertRaises(AccessError):
                env[name].search([])
        self.open_line(env)

    def open_line(self, env):
        """Whoever keeps the ledger may undo there, without a role of the bank feed."""
        invoice = self.make_invoice(9, date="2026-01-02")
        with self.matching({"RE-9": self.open_items(invoice)}):
            self.receive(statement([transaction("2026-01-03", 9, "RE-9")], 5))
        row = self.transactions(remittance="RE-9")
        self.assertEqual(row.state, "reconciled")
        self.open_items(invoice).with_env(env).remove_move_reconcile()
        self.assertEqual(row.state, "processed")
        self.assertEqual(self.trail("unreconcile", row).user_id, env.user)

    def test_a_record_of_no_company_is_in_the_log_of_whoever_does_it(self):
        other = self.make_company("Elsewhere")
        records = (self.env["res.country"].search([], limit=1), other)
        for record, company in zip(records, (self.env.company, other), strict=True):
            self.env["bank.audit.log"]._record("test", [(record, "", "", "why")])
            row = self.env["bank.audit.log"].sudo().search([], limit=1)
            self.assertEqual((row.res_id, row.company_id), (record.id, company))

    def test_nobody_writes_the_audit_log(self):
        self.receive_two()
        row = self.env["bank.audit.log"].search([], limit=1)
        self.assertTrue(row)
        for env in (self.env, self.env(su=True), self.env(user=self.env.ref("base.user_root"))):
            with self.assertRaises(AccessError):
                row.with_env(env).write({"reason": "x"})
            with self.assertRaises(AccessError):
                row.with_env(env).unlink()
        with self.assertRaises(AccessError):
            self.env["bank.audit.log"].create(
                {
                    "date": "2026-01-01",
                    "user_id": self.env.uid,
                    "company_id": self.company.id,
                    "event": "book",
                    "model": "bank.transaction",
                }
            )

    def test_not_even_sql_changes_the_audit_log(self):
        for query in (
            "UPDATE bank_audit_log SET reason = 'x'",
            "DELETE FROM bank_audit_log",
            "TRUNCATE bank_audit_log",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, "append-only"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_who_uploads_by_role_is_who_the_log_names(self):
        env = self.env_with("operator")
        record = self.receive(content=b"no statement", env=env)
        self.assertEqual(record.sudo().user_id, env.user)
        self.assertEqual(self.trail("upload", record).user_id, env.user)
        self.assertEqual(self.trail("refused", record).user_id, env.user)
