import base64
import collections
import io
from decimal import Decimal

from odoo.addons.account_bank_feed.series import user_groups_field
from odoo.addons.account_bank_feed.tests.common import run_jobs
from odoo.addons.bank_statement_format import read_statements
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..installer import COMPANY_XMLID, DemoCompany
from ..scenario import ACCOUNTS, BY_FEED, OWN_IBANS, PARTNERS, drafts, files
from ..scenario.accounts import END
from ..scenario.documents import BILLS, CREDIT_NOTES, INVOICES
from ..scenario.files import closing

UNSURE = {
    "bills", "collective", "discount", "nameless", "old_number", "partial", "typo", "usd_charges",
}  # fmt: skip
"""What payers do that a person has to look at."""


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo company, and what becomes of all its files when they are dropped together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref(COMPANY_XMLID)
        cls.admin = cls.env.ref("base.user_admin")
        cls.plan = {
            planned.transaction.bank_reference: planned
            for planned in cls.env["bank.feed.demo"]._plan()
        }
        cls.files = files(cls.plan.values())
        cls.imports = cls.drop()

    @classmethod
    def drop(cls):
        """Drop the files as the administrator, and wait for them to be finished."""
        env = cls.env(user=cls.admin)
        handed_out = env["bank.feed.demo"].statement_files()
        imports = env["bank.import"].browse()
        for file in handed_out:
            content = base64.b64decode(file["data"])
            imports += env["bank.import"]._upload(file["name"], content, cls.company.id)
        run_jobs(cls.env)
        return imports.sudo()

    def in_books(self):
        return self.env["bank.transaction"].search(
            [("company_id", "=", self.company.id), ("statement_line_ids", "!=", False)]
        )

    def journal(self, account):
        return self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("code", "=", account.code)]
        )

    def booked_on(self, *accounts):
        """The posted sum of ledger accounts, in their own currency."""
        ids = [account.id for account in accounts]
        domain = [
            ("account_id", "in", ids),
            ("company_id", "=", self.company.id),
            ("parent_state", "=", "posted"),
        ]
        items = self.env["account.move.line"]
        total = items._read_group(domain, [], ["amount_currency:sum"])[0][0] or 0
        return Decimal(f"{total:.2f}")

    # The company

    def test_everybody_has_an_account_of_their_own(self):
        owners = collections.defaultdict(set)
        for planned in self.plan.values():
            party = planned.transaction.counterparty
            if party and party.iban:
                owners[party.iban].add(party.name)
        shared = {iban: names for iban, names in owners.items() if len(names) > 1}
        self.assertFalse({iban for iban in shared if iban not in OWN_IBANS}, shared)
        numbers = [partner.iban for partner in PARTNERS.values()]
        self.assertEqual(len(set(numbers)), len(numbers))

    def test_documents_fall_due_after_their_date(self):
        moves = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("move_type", "!=", "entry")]
        )
        late = moves.filtered(lambda move: (move.invoice_date_due - move.invoice_date).days != 14)
        self.assertFalse(late)

    def test_the_company_is_german_and_keeps_an_audit_trail(self):
        self.assertEqual(self.company.chart_template, "de_skr03")
        trail = {"restrictive_audit_trail", "check_account_audit_trail"}
        (field,) = trail & self.company._fields.keys()
        self.assertTrue(self.company[field])

    def test_the_administrator_works_there_with_every_role(self):
        self.assertEqual(self.admin.company_id, self.company)
        for role in ("manager", "approver", "auditor"):
            self.assertTrue(self.admin.has_group(f"account_bank_feed.group_{role}"), role)

    def test_every_document_is_posted_under_its_number(self):
        written = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("state", "=", "posted")]
        )
        numbers = collections.Counter(
            move.move_type for move in written if move.move_type not in ("entry", False)
        )
        expected = {"out_invoice": INVOICES, "out_refund": CREDIT_NOTES, "in_invoice": BILLS}
        self.assertEqual(dict(numbers), expected)
        self.assertLessEqual({draft.number for draft in drafts()}, set(written.mapped("name")))

    def test_making_it_again_changes_nothing(self):
        companies = self.env["res.company"].search_count([])
        DemoCompany(self.env).make()
        self.assertEqual(self.env["res.company"].search_count([]), companies)

    def test_every_iban_has_its_check_digits(self):
        for number in (*OWN_IBANS, *(partner.iban for partner in PARTNERS.values())):
            digits = "".join(str(int(letter, 36)) for letter in number[4:] + number[:4])
            self.assertEqual(int(digits) % 97, 1, number)
        ibans = {partner.iban for partner in PARTNERS.values()}
        self.assertEqual(len(ibans), len(PARTNERS))

    # The files

    def test_the_files_are_the_same_on_every_call(self):
        again = self.env(user=self.admin)["bank.feed.demo"].statement_files()
        expected = [
            {"name": file.name, "data": base64.b64encode(file.data).decode()} for file in self.files
        ]
        self.assertEqual(again, expected)

    def test_the_demo_bank_has_what_the_files_of_its_accounts_have(self):
        given = self.env(user=self.admin)["bank.feed.demo"].bank_accounts()
        content = io.BytesIO(base64.b64decode(given["data"]))
        _format, statements = read_statements(given["name"], content)
        self.assertEqual([one.account.iban for one in statements], given["ibans"])
        for key, statement in zip(BY_FEED, statements, strict=True):
            booked = [one for one in statement.transactions if one.booked]
            planned = [one for one in self.plan.values() if one.account == key]
            in_quarter = [one for one in planned if one.transaction.booking_date <= END]
            self.assertEqual(len(booked), len(in_quarter), key)
            self.assertEqual(statement.opening.amount, ACCOUNTS[key].opening)
        [announced] = [one for one in statements[0].transactions if not one.booked]
        self.assertLess(announced.amount, 0)

    def test_what_the_demo_bank_books_later_pays_invoices_that_are_open(self):
        given = self.env(user=self.admin)["bank.feed.demo"].bank_accounts()
        planned = [
            one
            for one in self.plan.values()
            if one.account == BY_FEED[0] and one.transaction.booking_date > END
        ]
        self.assertGreater(len(planned), 5)
        for one, payment in zip(planned, given["next"], strict=True):
            [number] = one.settles
            invoice = self.env["account.move"].search(
                [("name", "=", number), ("company_id", "=", self.company.id)]
            )
            self.assertEqual(f"{invoice.amount_residual:.2f}", payment["amount"])

    def test_who_may_not_upload_gets_no_files(self):
        viewer = new_test_user(
            self.env,
            "bank_feed_demo_viewer",
            groups="base.group_user,account_bank_feed.group_viewer",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        for call in ("statement_files", "bank_accounts"):
            with self.assertRaises(AccessError):
                getattr(self.env(user=viewer)["bank.feed.demo"], call)()
        operator = self.env.ref("account_bank_feed.group_operator")
        viewer[user_groups_field(self.env)] += operator
        self.assertTrue(self.env(user=viewer)["bank.feed.demo"].statement_files())

    def test_every_file_ends_as_it_should(self):
        for file, record in zip(self.files, self.imports, strict=True):
            self.assertEqual(record.state, file.state, f"{file.name}: {record.error}")
            self.assertFalse(record.error_count, file.name)
            self.assertFalse(record.pending_count, file.name)

    def test_broken_files_say_what_is_wrong(self):
        by_name = {record.name: record for record in self.imports}
        for file in self.files:
            statements = by_name[file.name].statement_ids
            if file.missing:
                self.assertEqual(statements.cause, "unbalanced")
                self.assertEqual(Decimal(f"{statements.difference:.2f}"), file.missing)
            elif file.state == "quarantined":
                self.assertEqual(statements.cause, "unknown_account")
            elif file.state == "refused":
                self.assertTrue(by_name[file.name].error)
                self.assertFalse(statements)

    def test_what_is_in_several_files_is_booked_once(self):
        january, february, *_others, copy = self.imports[:6]
        self.assertEqual(copy.duplicate_count, copy.transaction_count)
        self.assertEqual(january.transaction_count, copy.transaction_count)
        overlap = february.transaction_ids.filtered(lambda t: str(t.booking_date) < "2026-02-01")
        self.assertTrue(overlap)
        self.assertEqual(set(overlap.mapped("state")), {"duplicate"})
        self.assertEqual(february.duplicate_count, len(overlap))

    # The books

    def test_the_books_hold_what_the_banks_say(self):
        for account in ACCOUNTS.values():
            journal = self.journal(account)
            at_the_bank = closing(account, self.plan.values())
            self.assertEqual(self.booked_on(journal.default_account_id), at_the_bank, account.name)
            last = self.env["account.bank.statement"].search(
                [("journal_id", "=", journal.id)], order="first_line_index desc", limit=1
            )
            self.assertEqual(Decimal(f"{last.balance_end_real:.2f}"), at_the_bank)

    def test_nothing_is_posted_wrongly(self):
        reconciled = self.in_books().filtered(lambda t: t.state == "reconciled")
        self.assertTrue(reconciled)
        for transaction in reconciled:
            planned = self.plan[transaction.bank_reference]
            paid = set(transaction.matched_item_ids.move_id.mapped("name"))
            told = f"{planned.kind}: {transaction.remittance}: {transaction.explanation}"
            self.assertEqual(paid, set(planned.settles), told)
            if not planned.settles:
                self.assertEqual(transaction.rule_id.name, planned.rule, told)

    def test_transfers_between_own_accounts_come_to_nothing(self):
        transit = self.company.transfer_account_id
        items = self.env["account.move.line"].search([("account_id", "=", transit.id)])
        self.assertTrue(items)
        self.assertEqual(self.booked_on(transit), 0)
        self.assertTrue(all(items.mapped("reconciled")))

    def test_nine_in_ten_need_nobody(self):
        transactions = self.in_books()
        done = transactions.filtered(lambda t: t.state == "reconciled")
        self.assertGreater(len(transactions), 450)
        self.assertGreater(len(done) / len(transactions), 0.88)

    def test_what_waits_for_a_person_is_unsure_indeed(self):
        """Whoever names the document, or is known by the account, is never left waiting."""
        waiting = collections.Counter()
        for transaction in self.in_books().filtered(lambda t: t.state != "reconciled"):
            planned = self.plan[transaction.bank_reference]
            if planned.kind in UNSURE or not (planned.settles or planned.rule):
                continue
            waiting[planned.kind, planned.transaction.counterparty.iban] += 1
        repeating = {partner.iban for partner in PARTNERS.values() if partner.fixed}
        known = [key for key in waiting if key[0] != "account_only" or key[1] not in repeating]
        self.assertFalse(known)

    def test_a_second_drop_books_nothing(self):
        before = self.in_books()
        again = self.drop()
        self.assertEqual(self.in_books(), before)
        for file, record in zip(self.files, again, strict=True):
            self.assertEqual(record.state, file.state, file.name)
            if file.state == "done":
                self.assertEqual(record.duplicate_count, record.transaction_count, file.name)
