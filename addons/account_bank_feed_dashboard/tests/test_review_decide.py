from unittest.mock import patch

from odoo.addons.account_bank_feed_rule.tests.common import RuleCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged


def parts(*values):
    return {"parts": list(values)}


@tagged("post_install", "-at_install")
class TestReviewDecide(RuleCase):
    """What a person decides on the review screen, seen before and found in the books after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.make_user("accountant")
        cls.fees = cls.expense
        cls.receivable = cls.company_data["default_account_receivable"]

    def waiting(self, amount, text="Thank you", **values):
        paid = self.pay(amount, text, **values)
        self.assertEqual(paid.state, "processed", paid.explanation)
        return paid.with_env(self.env_of(self.accountant))

    def item(self, invoice, amount, **values):
        return {"item_id": self.open_items(invoice).id, "amount": amount, **values}

    def account(self, amount, **values):
        return {"account_id": self.fees.id, "amount": amount, **values}

    def assert_as_previewed(self, paid, proposal):
        """What the preview shows is what is in the books afterwards, and nothing before."""
        before = (
            self.trial_balance(),
            self.entry(paid),
            len(self.env["bank.audit.log"].search([])),
        )
        preview = paid.review_preview(proposal)
        self.assertFalse(preview["error"])
        self.env.invalidate_all()
        now = (self.trial_balance(), self.entry(paid), len(self.env["bank.audit.log"].search([])))
        self.assertEqual(now, before)
        self.assertEqual(paid.review_accept(proposal)["state"], paid.state)
        shown = sorted(
            (row["account"], row["partner"], row["debit_text"], row["credit_text"])
            for row in preview["entry"]
        )
        written = sorted(
            (
                item.account_id.display_name,
                item.partner_id.display_name or "",
                item.company_currency_id.format(item.debit) if item.debit else "",
                item.company_currency_id.format(item.credit) if item.credit else "",
            )
            for item in paid.sudo().statement_line_id.move_id.line_ids
        )
        self.assertEqual(shown, written)
        return preview

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def test_a_whole_invoice_is_matched_as_the_engine_would(self):
        invoice = self.make_invoice(90, name="RE/2026/00001")
        paid = self.waiting(90)
        preview = self.assert_as_previewed(paid, parts(self.item(invoice, 90)))
        self.assertEqual(preview["effects"][0]["document"], "RE/2026/00001")
        self.assertEqual(preview["effects"][0]["text"], "settled in full")
        self.assertEqual(paid.state, "reconciled")
        self.assertEqual(paid.matched_item_ids, self.open_items(invoice))
        self.assertFalse(paid.counterpart_ids)
        self.assertEqual(self.residuals(invoice), [("RE/2026/00001", 0, "paid")])
        self.assertIn(self.accountant.name, paid.explanation)

    def test_a_payment_is_split_over_invoices_of_two_partners(self):
        one = self.make_invoice(60, name="RE/2026/00001")
        two = self.make_invoice(40, name="RE/2026/00002", partner=self.vendor)
        paid = self.waiting(100)
        self.assert_as_previewed(paid, parts(self.item(one, 60), self.item(two, 40)))
        self.assertEqual([r[1:] for r in self.residuals(one, two)], [(0, "paid"), (0, "paid")])

    def test_a_part_leaves_the_rest_of_the_invoice_open(self):
        invoice = self.make_invoice(100, name="RE/2026/00001")
        paid = self.waiting(30)
        preview = self.assert_as_previewed(paid, parts(self.item(invoice, 30)))
        self.assertIn("70", preview["effects"][0]["text"])
        self.assertEqual(self.residuals(invoice), [("RE/2026/00001", 70, "partial")])

    def test_the_rest_is_written_off(self):
        invoice = self.make_invoice(100, name="RE/2026/00001")
        paid = self.waiting(97)
        proposal = parts(self.item(invoice, 100), self.account(-3, label="Charges"))
        self.assert_as_previewed(paid, proposal)
        self.assertEqual(self.residuals(invoice), [("RE/2026/00001", 0, "paid")])
        self.assertIn("Charges", paid.statement_line_ids.line_ids.mapped("name"))

    def test_an_account_gets_amount_and_tax(self):
        tax = self.company_data["default_tax_purchase"]
        paid = self.waiting(-119, "Office supplies")
        proposal = parts(self.account(-119, tax_ids=tax.ids, partner_id=self.vendor.id))
        self.assert_as_previewed(paid, proposal)
        net = paid.statement_line_ids.line_ids.filtered(lambda i: i.account_id == self.fees)
        self.assertEqual(net.balance, round(119 / (1 + tax.amount / 100), 2))
        self.assertEqual(net.tax_ids, tax)

    def test_what_was_paid_too_much_stays_open_for_the_partner(self):
        invoice = self.make_invoice(100, name="RE/2026/00001")
        paid = self.waiting(120)
        rest = {"partner_id": self.partner_a.id, "amount": 20, "open": True}
        self.assert_as_previewed(paid, parts(self.item(invoice, 100), rest))
        self.assertEqual(paid.state, "reconciled")
        still_open = paid.statement_line_ids.line_ids.filtered("amount_residual") - (
            paid.statement_line_ids.line_ids.filtered(
                lambda item: item.account_id == self.journal.default_account_id
            )
        )
        self.assertEqual(still_open.mapped("amount_residual"), [-20])
        self.assertEqual(still_open.partner_id, self.partner_a)

    def test_an_invoice_in_dollars_is_settled_by_euros(self):
        invoice, _dollar = self.in_dollars(125, "RE/2026/00001")
        paid = self.waiting(98)
        preview = self.assert_as_previewed(paid, parts(self.item(invoice, 98)))
        self.assertTrue(preview["effects"])
        self.assertEqual(invoice.amount_residual, 0)

    def test_a_suggestion_is_accepted(self):
        invoice = self.make_invoice(55, name="RE/2026/00001")
        paid = self.waiting(54, "RE/2026/00001 minus one")
        suggestion = paid.suggestion_ids[:1]
        self.assertTrue(suggestion)
        paid.review_accept({"suggestion_id": suggestion.id})
        self.assertEqual(paid.state, "reconciled")
        self.assertLess(invoice.amount_residual, 55)

    def test_undo_makes_it_as_before_and_offers_it_again(self):
        invoice = self.make_invoice(100, name="RE/2026/00001")
        paid = self.waiting(97)
        before = self.trial_balance()
        paid.review_accept(parts(self.item(invoice, 100), self.account(-3)))
        self.assertNotEqual(self.trial_balance(), before)
        paid.action_undo("wrong invoice")
        self.assertEqual((paid.state, self.trial_balance()), ("processed", before))
        self.assertEqual(self.residuals(invoice), [("RE/2026/00001", 100, "not_paid")])
        again = paid.suggestion_ids.filtered(lambda one: one.item_id.move_id == invoice)
        paid.review_accept({"suggestion_id": again.id})
        self.assertEqual(self.residuals(invoice), [("RE/2026/00001", 0, "paid")])

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def assert_refused(self, paid, proposal, words):
        before = self.trial_balance(), self.entry(paid)
        self.assertRegex(paid.review_preview(proposal)["error"], words)
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            paid.review_accept(proposal)
        self.assertEqual((self.trial_balance(), self.entry(paid)), before)

    def test_parts_must_add_up(self):
        invoice = self.make_invoice(90)
        paid = self.waiting(100)
        self.assert_refused(paid, parts(self.item(invoice, 90)), "parts come to")
        self.assert_refused(paid, parts(), "Say what")
        self.assert_refused(paid, parts(self.account(0), self.account(100)), "needs an amount")

    def test_more_than_is_open_is_refused(self):
        invoice = self.make_invoice(90)
        self.assert_refused(self.waiting(100), parts(self.item(invoice, 100)), "no more than")

    def test_money_in_the_wrong_direction_is_refused(self):
        invoice = self.make_invoice(90)
        self.assert_refused(self.waiting(-90), parts(self.item(invoice, -90)), "other way")

    def test_a_settled_item_is_refused(self):
        invoice = self.make_invoice(90, name="RE/2026/00001")
        paid = self.waiting(90)
        self.pay(90, "RE/2026/00001", name=self.partner_a.name)
        self.assertEqual(invoice.payment_state, "paid")
        self.assert_refused(paid, parts(self.item(invoice, 90)), "settled already")

    def test_the_banks_own_account_and_suspense_are_refused(self):
        paid = self.waiting(100)
        for account in (self.journal.default_account_id, self.journal.suspense_account_id):
            proposal = parts({"account_id": account.id, "amount": 100})
            self.assert_refused(paid, proposal, "Choose an account")

    def test_what_belongs_to_another_company_is_refused(self):
        other = self.make_company("Other")
        account = self.env["account.account"].create(
            {
                "name": "Theirs",
                "code": "4711",
                "account_type": "expense",
                "company_ids": [(6, 0, other.ids)],
            }
        )
        paid = self.waiting(100)
        proposal = parts({"account_id": account.id, "amount": 100})
        self.assert_refused(paid, proposal, "Choose an account")

    def test_what_was_decided_meanwhile_is_refused(self):
        paid = self.waiting(100)
        paid.review_accept(parts(self.account(100)))
        self.assert_refused(paid, parts(self.account(100)), "settled already")

    def test_a_suggestion_of_another_transaction_is_refused(self):
        self.make_invoice(55, name="RE/2026/00001")
        other = self.waiting(54, "RE/2026/00001 minus one")
        proposal = {"suggestion_id": other.suggestion_ids[0].id}
        self.assert_refused(self.waiting(54), proposal, "gone")

    def test_a_locked_period_is_refused(self):
        paid = self.waiting(100)
        reject = [(paid.booking_date, "fiscalyear_lock_date")]
        locked = patch.object(
            type(self.company), "_get_violated_lock_dates", lambda *args: list(reject)
        )
        locked.start()
        self.addCleanup(locked.stop)
        self.assert_refused(paid, parts(self.account(100)), "locked")

    def test_who_may_only_look_decides_nothing(self):
        paid = self.waiting(100)
        for role in ("viewer", "operator", "auditor", "approver"):
            theirs = paid.with_env(self.env_of(self.make_user(role)))
            for name, arguments in {
                "review_accept": [parts(self.account(100))],
                "review_preview": [parts(self.account(100))],
                "review_accept_many": [parts(self.account(100))],
                "review_assign": [self.accountant.id],
                "review_rule": [],
                "review_rule_tried": [],
            }.items():
                with self.assertRaises(AccessError, msg=f"{role} {name}"):
                    getattr(theirs, name)(*arguments)
        self.assertEqual(paid.state, "processed")

    def test_after_a_preview_nothing_is_sent(self):
        paid = self.waiting(100)
        sent = []
        invoice = self.make_invoice(100)
        match = type(paid)._match_with

        def match_and_say(transaction, *args):
            transaction.env.cr.postcommit.add(lambda: sent.append(transaction))
            return match(transaction, *args)

        with patch.object(type(paid), "_match_with", match_and_say):
            self.assertFalse(paid.review_preview(parts(self.item(invoice, 100)))["error"])
        self.env.cr.postcommit.run()
        self.assertFalse(sent)

    # ------------------------------------------------------------------
    # Many
    # ------------------------------------------------------------------

    def test_the_same_for_many_goes_by_shares(self):
        many = (
            self.waiting(-10.01, "Fee 1") + self.waiting(-20, "Fee 2") + self.waiting(-3, "Fee 3")
        )
        shares = [
            {"account_id": self.fees.id, "share": 50},
            {"account_id": self.company_data["default_account_revenue"].id, "share": 50},
        ]
        result = many.review_accept_many({"parts": shares})
        self.assertEqual((result["done"], result["failed"]), (3, []))
        self.assertEqual(set(many.mapped("state")), {"reconciled"})
        self.assertEqual(many[0].counterpart_ids.mapped("amount"), [-5.01, -5.0])

    def test_of_many_one_that_fails_holds_up_no_other(self):
        first, second = self.waiting(-10, "Fee 1"), self.waiting(-20, "Fee 2")
        second.review_accept(parts(self.account(-20)))
        result = (first + second).review_accept_many(parts({"account_id": self.fees.id}))
        self.assertEqual(result["done"], 1)
        self.assertEqual([one["id"] for one in result["failed"]], second.ids)
        self.assertEqual(first.state, "reconciled")

    def test_the_best_suggestion_of_each(self):
        self.make_invoice(55, name="RE/2026/00001")
        with_one = self.waiting(54, "RE/2026/00001 minus one")
        without = self.waiting(777.77)
        result = (with_one + without).review_accept_many({"best": True})
        self.assertEqual((result["done"], len(result["failed"])), (1, 1))
        self.assertEqual((with_one.state, without.state), ("reconciled", "processed"))

    def test_of_many_an_unlikely_candidate_is_not_booked_unseen(self):
        self.make_invoice(55, name="RE/2026/00001")
        paid = self.waiting(54, "RE/2026/00001 minus one")
        paid.sudo().suggestion_ids.score = 27
        result = paid.review_accept_many({"best": True})
        self.assertEqual((result["done"], paid.state), (0, "processed"))
        self.assertIn("likely enough", result["failed"][0]["reason"])

    # ------------------------------------------------------------------
    # A rule for all that are still to come
    # ------------------------------------------------------------------

    def rule_from(self, paid, proposal):
        action = paid.with_env(self.env).review_rule(proposal)
        context = action["context"]
        rules = self.env["bank.feed.rule"].with_context(**context)
        return rules.create(rules.default_get(list(rules._fields)))

    def test_a_rule_made_from_a_transaction_decides_the_next_one(self):
        iban = "DE02100500000054540402"
        paid = self.waiting(-12, "Abo 01/2026 Zeitung", name="Verlag", iban=iban)
        rule = self.rule_from(paid, parts(self.account(-12)))
        self.assertFalse(rule.active, "somebody has to try it first")
        rule.active = True
        following = self.pay(-12, "Abo 02/2026 Zeitung", name="Verlag GmbH", iban=iban)
        self.assertEqual((following.state, following.rule_id), ("reconciled", rule))
        other_way = self.pay(12, "Erstattung", name="Verlag GmbH", iban=iban)
        self.assertEqual(other_way.state, "processed")

    def test_a_rule_is_tried_before_it_is_made(self):
        iban = "DE02100500000054540402"
        for number in (1, 2):
            before = self.waiting(-12, f"Abo {number}", iban=iban)
            before.review_accept(parts(self.account(-12)))
        paid = self.waiting(-12, "Abo 3", iban=iban)
        rules = self.env["bank.feed.rule"].search_count([])
        tried = paid.with_env(self.env).review_rule_tried(parts(self.account(-12)))
        self.assertEqual(
            {one["kind"]: one["count"] for one in tried["counts"]}, {"agrees": 2, "new": 1}
        )
        self.assertEqual(tried["total"], 3)
        self.assertEqual(len(tried["examples"]), 3)
        self.assertEqual(tried["names"], [""])
        self.assertIn(self.fees.code, tried["summary"])
        self.assertEqual(self.env["bank.feed.rule"].search_count([]), rules)
        self.assertEqual(paid.state, "processed")

    def test_an_account_of_several_counterparties_does_not_make_a_rule_alone(self):
        iban = "DE02100500000054540402"
        self.waiting(-50, "Steuer", name="Finanzamt", iban=iban)
        paid = self.waiting(-12, "Abo 3", name="Verlag", iban=iban)
        rule = self.rule_from(paid, parts(self.account(-12)))
        self.assertEqual(
            rule.condition_ids.mapped(lambda c: (c.field, c.value)),
            [("iban", iban), ("name", "Verlag")],
        )
        tried = paid.with_env(self.env).review_rule_tried(parts(self.account(-12)))
        self.assertEqual((tried["total"], tried["names"]), (1, ["Verlag"]))

    def test_a_rule_without_an_account_asks_for_one(self):
        paid = self.waiting(-12, "Abo").with_env(self.env)
        self.assertEqual(paid.review_rule_tried(), {"lacks_account": True})
        self.assertEqual(paid.review_rule_tried(parts(self.account(-12)))["total"], 1)

    def test_without_a_counterparty_the_wording_makes_the_rule(self):
        paid = self.waiting(-7, "03/2026 Entgelt laut Preisverzeichnis 4711")
        rule = self.rule_from(paid, parts(self.account(-7)))
        self.assertEqual(
            rule.condition_ids.mapped(lambda c: (c.field, c.operator, c.value)),
            [("text", "contains", "Entgelt laut Preisverzeichnis")],
        )

    def test_a_rule_splits_as_the_person_did(self):
        paid = self.waiting(-10, "Miete", name="Vermieter")
        revenue = self.company_data["default_account_revenue"]
        proposal = parts(self.account(-7.5), {"account_id": revenue.id, "amount": -2.5})
        rule = self.rule_from(paid, proposal)
        self.assertEqual(
            rule.line_ids.mapped(lambda line: (line.share, line.value)),
            [("percent", 75), ("percent", 25)],
        )
