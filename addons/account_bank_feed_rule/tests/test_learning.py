from psycopg2 import IntegrityError

from odoo import Command
from odoo.addons.account_bank_feed.tests.common import make_iban, run_jobs, transaction
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CUSTOMER_IBAN, RuleCase

MADE = ("res.partner.bank", "bank.feed.alias", "bank.feed.rule", "account.move", "res.partner")


@tagged("post_install", "-at_install")
class TestLearning(RuleCase):
    """What people do by hand is proposed, and nothing comes of it by itself."""

    def setUp(self):
        super().setUp()
        self.fees = self.expense.copy({"name": "Bank fees"})
        self.to_fees = {"line_ids": [(0, 0, {"account_id": self.fees.id})]}

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def waiting(self, *said):
        """Transactions that are booked on suspense and wait for a person."""
        record = self.receive(self.continued(list(said)))
        return record.transaction_ids.sorted("position")

    def book_in_odoo(self, transactions, account, **values):
        """As Odoo's own screens do it: another account instead of suspense, nothing of ours."""
        for line in transactions.statement_line_ids:
            _bank, suspense, _others = line._seek_for_lines()
            line.move_id.with_context(skip_readonly_check=True, force_delete=True).write(
                {
                    "line_ids": [
                        Command.delete(suspense.id),
                        Command.create(
                            {
                                "name": line.payment_ref,
                                "account_id": account.id,
                                "balance": suspense.balance,
                                **values,
                            }
                        ),
                    ]
                }
            )
        self.env.flush_all()
        self.assertEqual(set(transactions.mapped("state")), {"reconciled"})

    def fees_by_hand(self, count=3, account=None, start=10, text="Kontoführung 0%s/26", **values):
        paid = self.waiting(
            *(
                transaction(f"2026-01-{start + n:02}", "-4.90", text % n if "%" in text else text)
                for n in range(count)
            )
        )
        self.book_in_odoo(paid, account or self.fees, **values)
        return paid

    def paid_by_hand(self, count, partner=None, start=10, **said):
        """Payments of invoices that a person has matched, and the invoices."""
        partner = partner or self.partner_a
        paid = self.waiting(
            *(
                transaction(f"2026-01-{start + n:02}", 100 + n, "Danke", **said)
                for n in range(count)
            )
        )
        for number, one in enumerate(paid):
            invoice = self.make_invoice(100 + number, partner=partner)
            one.sudo()._match_with(self.open_items(invoice), "by hand")
        return paid

    def learn(self):
        self.env["bank.feed.proposal"]._learn(self.company)
        return self.proposals()

    def proposals(self, state="proposed"):
        return self.env["bank.feed.proposal"].search(
            [("company_id", "=", self.company.id), ("state", "=", state)]
        )

    def counted(self):
        """How many records there are of what a proposal could make or change."""
        return {
            name: self.env[name].with_context(active_test=False).search_count([]) for name in MADE
        }

    # ------------------------------------------------------------------
    # What is found
    # ------------------------------------------------------------------

    def test_what_was_booked_in_odoo_by_hand_is_proposed_as_a_rule(self):
        paid = self.fees_by_hand()
        before = self.counted()
        found = self.learn()
        self.assertEqual(len(found), 1)
        self.assertEqual(
            (found.kind, found.account_id, found.direction, found.condition_value),
            ("rule", self.fees, "out", "Kontoführung"),
        )
        self.assertEqual((found.support, found.counter_count, found.days), (3, 0, 3))
        self.assertEqual(found.example_ids, paid)
        self.assertFalse(found.counter_example_ids)
        self.assertIn("3 payments on 3 days", found.explanation)
        self.assertIn("Kontoführung", found.condition)
        self.assertEqual(self.counted(), before, "looking for proposals makes nothing")
        self.assertTrue(self.trail("propose", found))

    def test_learning_again_changes_nothing(self):
        self.fees_by_hand()
        found = self.learn()
        self.assertEqual(self.learn(), found)
        self.fees_by_hand(2, start=20)
        self.assertEqual(self.learn(), found)
        self.assertEqual(found.support, 5)

    def test_what_a_rule_booked_is_no_example(self):
        self.make_rule(("text", "contains", "Kontoführung"), **self.to_fees)
        for number in range(4):
            paid = self.pay("-4.90", "Kontoführung", date=f"2026-01-{10 + number}")
            self.assertEqual(paid.state, "reconciled")
        self.env["bank.feed.rule"].search([("kind", "=", "book")]).unlink()
        self.assertFalse(self.learn())

    def test_what_an_existing_rule_covers_is_not_proposed_and_the_proposal_goes(self):
        self.fees_by_hand()
        found = self.learn()
        rule = self.make_rule(("text", "contains", "Kontoführung"), **self.to_fees)
        rule.active = False
        self.assertFalse(self.learn())
        self.assertEqual(found.state, "withdrawn")
        rule.unlink()
        self.assertEqual(self.learn(), found)

    def test_an_account_by_hand_is_proposed_as_the_partners(self):
        iban = make_iban(4711)
        paid = self.paid_by_hand(2, iban=iban)
        found = self.learn()
        self.assertEqual(
            (found.kind, found.partner_id, found.condition_value), ("iban", self.partner_a, iban)
        )
        self.assertEqual((found.example_ids, found.people), (paid, 1))

    def test_a_registered_account_is_not_proposed(self):
        self.paid_by_hand(3, iban=CUSTOMER_IBAN)
        self.assertFalse(self.learn())

    def test_a_providers_account_of_many_customers_is_no_alias(self):
        iban = make_iban(4712)
        customers = self.env["res.partner"].create([{"name": f"Kunde {n}"} for n in range(4)])
        for number, customer in enumerate(customers):
            self.paid_by_hand(2, customer, 10 + 2 * number, iban=iban, name="Zahldienst Ypsilon")
        self.assertFalse(self.learn())

    def test_a_name_by_hand_is_proposed_as_the_partners(self):
        self.paid_by_hand(3, name="Blumenhaus Zybart")
        found = self.learn()
        self.assertEqual(
            (found.kind, found.partner_id, found.condition_value),
            ("name", self.partner_a, "Blumenhaus Zybart"),
        )

    def test_counter_examples_are_shown(self):
        self.fees_by_hand(20, text="Porto")
        other = self.fees_by_hand(1, self.expense, start=30, text="Porto")
        found = self.learn()
        self.assertEqual((found.support, found.counter_count), (20, 1))
        self.assertEqual(found.counter_example_ids, other)
        self.assertIn("1 were treated otherwise", found.explanation)

    def test_not_more_than_twenty_examples_are_kept_the_newest(self):
        paid = self.fees_by_hand(21, start=1, text="Porto")
        found = self.learn()
        self.assertEqual(found.support, 21)
        self.assertEqual(found.example_ids, paid - paid.sorted("booking_date")[0])

    def test_what_was_undone_is_no_example(self):
        paid = self.fees_by_hand()
        paid[0].action_undo("wrong")
        self.assertFalse(self.learn())

    def test_accepted_suggestions_are_done_by_hand(self):
        iban = make_iban(4713)
        for number in range(2):
            self.make_invoice(119, name=f"RE/2026/0004{number}")
            said = transaction(f"2026-01-{10 + number}", 100, f"RE/2026/0004{number}", iban=iban)
            self.waiting(said).suggestion_ids[:1].action_accept()
        self.assertEqual(self.learn().mapped("kind"), ["iban"])

    # ------------------------------------------------------------------
    # Accepting
    # ------------------------------------------------------------------

    def accepted(self, proposal):
        """What came of it, after checking that it is the one thing that did."""
        before, books = self.counted(), self.trial_balance()
        proposal.with_env(self.env_of(self.make_user("accountant"))).action_accept()
        after = self.counted()
        result = proposal.result
        before[result._name] += 1
        before["res.partner"] += 1  # the user's own
        self.assertEqual(after, before)
        self.assertEqual(self.trial_balance(), books)
        self.assertEqual(proposal.state, "accepted")
        self.assertTrue(self.trail("accept", proposal))
        return result

    def test_an_accepted_rule_is_switched_off_and_prefilled(self):
        tax = self.company_data["default_tax_purchase"]
        self.fees_by_hand(tax_ids=[(6, 0, tax.ids)])
        rule = self.accepted(self.learn())
        self.assertFalse(rule.active)
        self.assertEqual(
            (rule.kind, rule.direction, rule.company_id), ("book", "out", self.company)
        )
        self.assertEqual((rule.line_ids.account_id, rule.line_ids.share), (self.fees, "rest"))
        self.assertEqual(rule.line_ids.tax_ids, tax)
        self.assertEqual(rule.condition_ids._spec().value, "Kontoführung")
        self.assertEqual(self.pay("-4.90", "Kontoführung", date="2026-01-20").state, "processed")
        self.assertFalse(self.learn(), "accepted once, it is not proposed again")
        rule.active = True
        self.assertEqual(self.pay("-4.90", "Kontoführung", date="2026-01-30").state, "reconciled")

    def test_taxes_that_only_some_had_are_not_prefilled(self):
        tax = self.company_data["default_tax_purchase"]
        self.fees_by_hand(2, tax_ids=[(6, 0, tax.ids)])
        self.fees_by_hand(2, start=20)
        found = self.learn()
        self.assertEqual((found.support, found.tax_ids.ids), (4, []))

    def test_an_accepted_account_is_the_partners(self):
        iban = make_iban(4714)
        self.paid_by_hand(2, iban=iban)
        account = self.accepted(self.learn())
        self.assertEqual((account.partner_id, account.sanitized_acc_number), (self.partner_a, iban))
        self.assertFalse(account.allow_out_payment, "to send money there is another question")
        self.assertFalse(self.learn())

    def test_an_accepted_name_is_known_from_now_on(self):
        self.paid_by_hand(3, name="Blumenhaus Zybart")
        alias = self.accepted(self.learn())
        self.assertEqual((alias.partner_id, alias.name), (self.partner_a, "Blumenhaus Zybart"))
        self.assertFalse(self.learn())
        names = self.env["bank.feed.alias"]._names_by_partner(self.partner_a)
        self.assertEqual(names, {self.partner_a.id: ["Blumenhaus Zybart"]})

    def test_what_somebody_made_meanwhile_is_not_made_twice(self):
        self.paid_by_hand(3, name="Blumenhaus Zybart")
        found = self.learn()
        values = {"name": "BLUMENHAUS ZYBART", "partner_id": self.partner_a.id}
        alias = self.env["bank.feed.alias"].create(values)
        found.action_accept()
        self.assertEqual(found.result, alias)

    def test_only_accountants_answer(self):
        self.fees_by_hand()
        found = self.learn()
        for role in ("viewer", "operator", "approver", "auditor"):
            mine = found.with_env(self.env_of(self.make_user(role)))
            for answer in (mine.action_accept, mine.action_reject, mine.action_learn):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    answer()
        self.assertEqual(found.state, "proposed")
        with self.assertRaises(AccessError):
            found.with_env(self.env_of(self.make_user("manager"))).write({"state": "accepted"})

    def test_proposals_of_another_company_are_not_seen(self):
        self.fees_by_hand()
        found = self.learn()
        other = self.make_company("Another")
        stranger = self.env_of(self.make_user("accountant", companies=other))
        self.assertFalse(stranger["bank.feed.proposal"].search([("id", "in", found.ids)]))
        with self.assertRaises(AccessError):
            found.with_env(stranger).action_accept()

    # ------------------------------------------------------------------
    # Rejecting
    # ------------------------------------------------------------------

    def test_what_was_rejected_stays_away_until_twice_as_many_speak_for_it(self):
        self.fees_by_hand()
        found = self.learn()
        dialog = self.env["bank.feed.proposal.rejection"].with_context(
            active_model=found._name, active_ids=found.ids
        )
        with self.assertRaises(UserError):
            dialog.create({"reason": " "}).action_confirm()
        dialog.create({"reason": "each is another cost"}).action_confirm()
        self.assertEqual((found.state, found.reason), ("rejected", "each is another cost"))
        self.assertEqual(self.trail("reject", found).reason, "each is another cost")
        self.fees_by_hand(2, start=20)
        self.assertFalse(self.learn())
        self.fees_by_hand(1, start=25)
        self.assertEqual(self.learn(), found)
        self.assertEqual((found.support, found.reason), (6, False))

    def test_an_answer_is_given_once(self):
        self.fees_by_hand()
        found = self.learn()
        found.action_reject("no")
        for answer in (found.action_accept, found.action_reject):
            with self.assertRaisesRegex(UserError, "not waiting for an answer"):
                answer()
        with self.assertRaises(UserError):
            found.unlink()

    # ------------------------------------------------------------------
    # Jobs and names
    # ------------------------------------------------------------------

    def test_the_clock_and_the_button_make_a_job(self):
        self.fees_by_hand()
        for look in (
            self.env["bank.feed.proposal"]._cron_learn,
            self.env_of(self.make_user("accountant"), self.company)[
                "bank.feed.proposal"
            ].action_learn,
        ):
            self.assertFalse(self.proposals())
            look()
            self.assertTrue(run_jobs(self.env))
            self.proposals().sudo().unlink()

    def test_a_partners_other_names_are_each_there_once(self):
        aliases = self.env["bank.feed.alias"]
        alias = aliases.create({"name": "Blüten  Zybart", "partner_id": self.partner_a.id})
        again = {"name": "BLUTEN ZYBART", "partner_id": self.partner_a.id}
        alias.active = False
        with self.assertRaisesRegex(ValidationError, "already"):
            aliases.create(again)
        aliases.create({**again, "partner_id": self.vendor.id})
        with self.assertRaises(ValidationError):
            aliases.create({**again, "name": " - "})
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "INSERT INTO bank_feed_alias (name, folded, partner_id) VALUES ('x', %s, %s)",
                [alias.folded, self.partner_a.id],
            )
