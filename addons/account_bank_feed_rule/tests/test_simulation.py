import re
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.addons.account_bank_feed.tests.common import make_iban, statement, transaction
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import Cursor
from odoo.tests import Form, tagged

from ..matching.simulation import KINDS
from .common import CUSTOMER_IBAN, RuleCase

BUSINESS = (
    "bank_transaction", "bank_transaction_suggestion", "bank_transaction_counterpart",
    "bank_transaction_matched_item_rel", "bank_audit_log", "bank_feed_rule",
    "bank_feed_rule_condition", "bank_feed_rule_line", "bank_feed_turn", "account_move",
    "account_move_line", "account_partial_reconcile", "account_bank_statement_line", "queue_job",
)  # fmt: skip
CHANGES = re.compile(
    r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|LOCK)\s+\W?(\w+)|FOR (?:UPDATE|SHARE|NO KEY)", re.I
)
FEE = ("text", "contains", "fee")


@tagged("post_install", "-at_install")
class TestSimulation(RuleCase):
    """Rules tried on past transactions, each kind of result on real journal items."""

    def rule(self, *conditions, **values):
        """A rule that books to an expense account, unless the values say otherwise."""
        values = {"name": "Fees", "kind": "book", "sequence": 1, **values}
        if values["kind"] == "book":
            values.setdefault("line_ids", [Command.create({"account_id": self.expense.id})])
        names = ("field", "operator", "value")
        return self.env["bank.feed.rule"].create(
            {
                "company_id": self.company.id,
                "condition_ids": [
                    Command.create(dict(zip(names, one, strict=True))) for one in conditions
                ],
                **values,
            }
        )

    def simulate(self, *rules, **values):
        """The wizard after it has tried these rules; the active ones where none is given."""
        values = {"date_from": "2026-01-01", "date_to": "2026-12-31", **values}
        wizard = self.env["bank.feed.simulation"].create(
            {
                "company_id": self.company.id,
                "rule_ids": [Command.set([rule.id for rule in rules])],
                **values,
            }
        )
        wizard.action_simulate()
        return wizard

    def kinds(self, wizard):
        """The transactions of each kind."""
        found = {line.transaction_id: line.kind for line in wizard.line_ids}
        self.assertEqual(sum(wizard.count_ids.mapped("count")), wizard.total)
        self.assertEqual(len(found), wizard.total)
        return found

    def by_hand(self, paid, invoice):
        """A person matches what waits on suspense."""
        self.assertEqual(paid.state, "processed", paid.explanation)
        paid.sudo()._match_with(self.open_items(invoice), "by hand")
        self.assertEqual(paid.state, "reconciled")

    def only_line(self, wizard):
        self.assertEqual(len(wizard.line_ids), 1, wizard.line_ids.mapped("kind"))
        return wizard.line_ids

    # ------------------------------------------------------------------
    # Each kind
    # ------------------------------------------------------------------

    def test_what_the_rules_posted_they_would_post_again(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        paid = self.pay(119, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        line = self.only_line(self.simulate())
        self.assertEqual((line.kind, line.done_by), ("agrees", "rule"))
        self.assertEqual(line.done_rule_id, self.match_rule)
        self.assertEqual(line.rule_id, self.match_rule)
        self.assertIn("RE/2026/00042", line.done)
        self.assertEqual(line.done, line.would)
        self.assertEqual(line.score, paid.score)
        self.assertEqual(line.explanation, paid.explanation)
        self.assertEqual(invoice.payment_state, "paid")

    def test_what_a_person_settled_is_settled_otherwise(self):
        right = self.make_invoice(119, name="RE/2026/00042")
        other = self.make_invoice(119, name="RE/2026/00043")
        self.match_rule.active = False
        paid = self.pay(119, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.by_hand(paid, other)
        line = self.only_line(self.simulate(self.match_rule))
        self.assertEqual((line.kind, line.done_by), ("differs", "person"))
        self.assertIn(other.name, line.done)
        self.assertIn(right.name, line.would)
        self.assertEqual((right.payment_state, other.payment_state), ("not_paid", "paid"))

    def test_what_waits_on_suspense_would_be_posted(self):
        fee = self.pay("-4.90", "Account fee")
        self.assertEqual(fee.state, "processed")
        line = self.only_line(self.simulate(self.rule(FEE)))
        self.assertEqual((line.kind, line.transaction_id), ("new", fee))
        self.assertFalse(line.done or line.done_by)
        self.assertIn(self.expense.code, line.would)
        self.assertEqual(fee.state, "processed")

    def test_what_people_settled_and_the_rules_would_only_suggest(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        self.make_invoice(119, name="RE/2026/00043")
        paid = self.pay(119, "Thanks", iban=CUSTOMER_IBAN)
        self.by_hand(paid, invoice)
        wizard = self.simulate()
        line = self.only_line(wizard)
        self.assertEqual(line.kind, "misses")
        self.assertIn(line.found, ("top", "among"))
        misses = wizard.count_ids.filtered(lambda count: count.kind == "misses")
        self.assertEqual((misses.count, misses.share), (1, 1.0))
        self.assertEqual(misses.on_top, int(line.found == "top"))

    def test_what_an_earlier_rule_posted_and_now_nobody_would(self):
        rule = self.rule(FEE)
        fee = self.pay("-4.90", "Account fee")
        self.assertEqual(fee.state, "reconciled", fee.explanation)
        rule.active = False
        line = self.only_line(self.simulate())
        self.assertEqual((line.kind, line.done_by, line.done_rule_id), ("loses", "rule", rule))

    def test_an_item_that_two_payments_claim(self):
        self.make_invoice(119, name="RE/2026/00042")
        paid = self.pay(119, "RE/2026/00042", iban=CUSTOMER_IBAN)
        double = self.pay(119, "RE/2026/00042", "2026-01-11", iban=CUSTOMER_IBAN)
        self.assertEqual(self.kinds(self.simulate()), {paid: "agrees", double: "conflicts"})

    def test_what_waits_and_would_still(self):
        paid = self.pay(7, "Who knows")
        self.assertEqual(self.kinds(self.simulate()), {paid: "waits"})

    def test_what_was_booked_to_an_account_is_told_by_account_and_amount(self):
        rule = self.rule(FEE)
        self.pay("-4.90", "Account fee")
        self.assertEqual(self.only_line(self.simulate()).kind, "agrees")
        rule.line_ids.account_id = self.company_data["default_account_revenue"]
        self.assertEqual(self.only_line(self.simulate()).kind, "differs")

    def test_taxes_are_a_part_of_what_was_booked(self):
        tax = self.env["account.tax"].create(
            {
                "name": "19 %",
                "amount": 19,
                "type_tax_use": "purchase",
                "price_include_override": "tax_included",
            }
        )
        line = {"account_id": self.expense.id, "tax_ids": [Command.set(tax.ids)]}
        self.rule(FEE, line_ids=[Command.create(line)])
        paid = self.pay("-11.90", "Account fee")
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        self.assertEqual(self.only_line(self.simulate()).kind, "agrees")

    def test_what_was_matched_outside_of_the_bank_feed(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        paid = self.pay(119, "Thanks")
        suspense = paid._suspense_item()
        suspense.with_context(skip_readonly_check=True).account_id = self.open_items(
            invoice
        ).account_id
        (suspense | self.open_items(invoice)).reconcile()
        self.assertEqual(paid.state, "reconciled")
        line = self.only_line(self.simulate())
        self.assertEqual((line.kind, line.done_by), ("misses", "other"))
        self.assertIn(invoice.name, line.done)

    # ------------------------------------------------------------------
    # The books as they were
    # ------------------------------------------------------------------

    def test_part_payments_are_seen_with_what_was_open_then(self):
        self.make_invoice(119, name="RE/2026/00042")
        first = self.pay(100, "RE/2026/00042", iban=CUSTOMER_IBAN)
        second = self.pay(19, "RE/2026/00042", "2026-02-10", iban=CUSTOMER_IBAN)
        self.assertEqual((first.state, second.state), ("reconciled", "reconciled"))
        self.assertEqual(self.kinds(self.simulate()), {first: "agrees", second: "agrees"})

    def test_what_was_settled_by_others_than_the_simulated_stays_settled(self):
        self.make_invoice(119, name="RE/2026/00042")
        self.pay(119, "RE/2026/00042", iban=CUSTOMER_IBAN)
        double = self.pay(119, "RE/2026/00042", "2026-03-10", iban=CUSTOMER_IBAN)
        wizard = self.simulate(date_from="2026-02-01")
        self.assertEqual(self.kinds(wizard), {double: "waits"})

    def test_a_discount_is_granted_on_a_document_that_was_paid_since(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 14 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 14,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )
        invoice = self.make_invoice(100, name="RE/2026/00042")
        invoice.button_draft()
        invoice.invoice_payment_term_id = term
        invoice.action_post()
        paid = self.pay(98, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assertEqual(
            (paid.state, invoice.payment_state), ("reconciled", "paid"), paid.explanation
        )
        line = self.only_line(self.simulate())
        self.assertEqual((line.kind, line.would), ("agrees", line.done))

    def test_both_sides_of_a_transfer(self):
        other = self.make_journal(make_iban(31), "BN31")
        self.rule(("text", "contains", "pool"), kind="transfer")
        out = self.pay(-500, "pool")
        come = self.receive(
            statement([transaction("2026-01-12", 500, "pool")], iban=other.bank_acc_number)
        ).transaction_ids
        self.assertEqual((out.state, come.state), ("reconciled", "reconciled"), come.explanation)
        self.assertEqual(self.kinds(self.simulate()), {out: "agrees", come: "agrees"})

    def test_an_invoice_in_dollars_is_open_in_dollars(self):
        self.in_dollars(100, "RE/2026/00042")
        dollar = self.env.ref("base.USD")
        journal = self.make_journal(make_iban(51), "BNKD", currency=dollar)
        self.set_rate(dollar, "2026-01-08", 1.6)
        said = transaction(
            "2026-01-10", "100.00", "RE/2026/00042", iban=CUSTOMER_IBAN, currency="USD"
        )
        paid = self.receive(
            statement([said], iban=journal.bank_acc_number, currency="USD")
        ).transaction_ids
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        self.assertEqual(self.kinds(self.simulate()), {paid: "agrees"})

    # ------------------------------------------------------------------
    # Which rules, which transactions
    # ------------------------------------------------------------------

    def test_an_inactive_rule_is_tried_as_if_it_were_active(self):
        self.pay("-4.90", "Account fee")
        rule = self.rule(FEE, active=False)
        self.assertEqual(self.only_line(self.simulate()).kind, "waits")
        line = self.only_line(self.simulate(rule))
        self.assertEqual((line.kind, line.rule_id), ("new", rule))
        self.assertFalse(rule.active)

    def test_a_rule_is_tried_in_its_place_among_the_others(self):
        self.rule(FEE, name="First", sequence=5)
        paid = self.pay("-4.90", "Account fee")
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        revenue = [Command.create({"account_id": self.company_data["default_account_revenue"].id})]
        rule = self.rule(FEE, name="Tried", sequence=6, active=False, line_ids=revenue)
        self.assertEqual(self.only_line(self.simulate(rule)).kind, "agrees")
        rule.sequence = 4
        line = self.only_line(self.simulate(rule))
        self.assertEqual((line.kind, line.rule_id), ("differs", rule))
        rule.sequence = 6
        self.assertEqual(self.only_line(self.simulate(rule, alone=True)).kind, "differs")

    def test_only_transactions_that_the_rule_is_for_are_tried(self):
        fee = self.pay("-4.90", "Account fee")
        self.pay("4.90", "Refund of a fee")
        self.pay("-5.90", "Something else")
        rule = self.rule(FEE, direction="out", active=False)
        self.assertEqual(self.kinds(self.simulate(rule)), {fee: "new"})
        other = self.make_journal(make_iban(31), "BN31")
        rule.journal_ids = other
        self.assertEqual(self.simulate(rule).total, 0)

    def test_period_journals_and_the_most_transactions(self):
        for number in range(1, 4):
            self.pay(-number, "Account fee", f"2026-01-1{number}")
        other = self.make_journal(make_iban(31), "BN31")
        rule = self.rule(FEE, active=False)
        amounts = {}
        for name, values in {
            "from": {"date_from": "2026-01-12"},
            "to": {"date_to": "2026-01-11"},
            "elsewhere": {"journal_ids": [Command.set(other.ids)]},
            "most": {"limit": 2},
            "just": {"limit": 3},
        }.items():
            wizard = self.simulate(rule, **values)
            amounts[name] = (sorted(wizard.line_ids.mapped("amount")), wizard.cut_off)
        self.assertEqual(
            amounts,
            {
                "from": ([-3, -2], False),
                "to": ([-1], False),
                "elsewhere": ([], False),
                "most": ([-3, -2], True),
                "just": ([-3, -2, -1], False),
            },
        )

    def test_values_that_are_not_saved(self):
        rule = self.rule(FEE)
        paid = self.pay("-4.90", "Account fee")
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        account = self.company_data["default_account_revenue"]
        edited = {"line_ids": [Command.clear(), Command.create({"account_id": account.id})]}
        line = self.only_line(self.simulate(rule, edited={str(rule.id): edited}))
        self.assertEqual((line.kind, line.rule_id), ("differs", rule))
        self.assertIn(account.code, line.would)
        self.assertEqual(rule.line_ids.account_id, self.expense)
        self.assertEqual(rule.version, 1)

    def test_a_rule_that_is_not_saved_at_all(self):
        self.pay("-4.90", "Account fee")
        values = {
            "name": "New",
            "kind": "book",
            "sequence": 1,
            "condition_ids": [
                Command.create({"field": "text", "operator": "contains", "value": "fee"})
            ],
            "line_ids": [Command.create({"account_id": self.expense.id})],
        }
        line = self.only_line(self.simulate(edited={"new": values}))
        self.assertEqual((line.kind, line.rule_id.id), ("new", False))
        with self.assertRaises(UserError):
            self.simulate(edited={"new": {**values, "condition_ids": []}})

    def test_it_opens_from_a_rule(self):
        rule = self.rule(FEE, active=False)
        context = {"active_model": "bank.feed.rule", "active_ids": rule.ids}
        with Form(self.env["bank.feed.simulation"].with_context(**context)) as form:
            self.assertEqual(form.rule_ids.ids, rule.ids)
        wizard = form.save()
        self.assertEqual(wizard.company_id, self.company)
        action = wizard.action_simulate()
        self.assertEqual((action["res_id"], wizard.done), (wizard.id, True))
        self.assertEqual(wizard.count_ids.mapped("kind"), list(KINDS))

    def test_rules_that_are_off_are_not_tried_from_a_list_that_shows_them(self):
        self.rule(FEE, active=False)
        self.pay("-4.90", "Account fee")
        for shown in (True, False):
            simulations = self.env["bank.feed.simulation"].with_context(active_test=shown)
            wizard = simulations.create({"date_from": "2026-01-01", "date_to": "2026-12-31"})
            wizard.action_simulate()
            self.assertEqual(self.only_line(wizard).kind, "waits")

    def test_the_period_is_that_of_the_latest_transactions(self):
        simulations = self.env["bank.feed.simulation"]
        with freeze_time("2026-11-22"):
            self.assertEqual(str(simulations.new().date_from), "2026-08-22")
            self.pay("-4.90", "Account fee", "2026-04-10")
            period = simulations.new()  # whose defaults are set when they are read
            days = (str(period.date_from), str(period.date_to))
        self.assertEqual(days, ("2026-01-10", "2026-11-22"))

    def test_from_the_result_to_the_transaction(self):
        fee = self.pay("-4.90", "Account fee")
        wizard = self.simulate(self.rule(FEE))
        count = wizard.count_ids.filtered("count")
        lines = self.env["bank.feed.simulation.line"].search(count.action_view_lines()["domain"])
        self.assertEqual(lines, wizard.line_ids)
        self.assertEqual(lines.action_view_transaction()["res_id"], fee.id)

    # ------------------------------------------------------------------
    # Nothing else
    # ------------------------------------------------------------------

    def digest(self):
        """All that business tables hold."""
        self.env.flush_all()
        found = {}
        for table in BUSINESS:
            self.env.cr.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
            )
            found[table] = self.env.cr.fetchone()
        return found

    def test_nothing_is_written_and_nothing_is_locked(self):
        self.make_invoice(119, name="RE/2026/00042")
        self.make_invoice(50, name="RE/2026/00043")
        self.pay(119, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.pay(119, "RE/2026/00042", "2026-01-11", iban=CUSTOMER_IBAN)
        self.pay("-4.90", "Account fee", "2026-01-12")
        self.pay(50, "Thanks", "2026-01-13")
        rule = self.rule(FEE, active=False)
        changed, run = set(), Cursor.execute

        def execute(cursor, query, *args, **kwargs):
            text = cursor.mogrify(query, *args[:1]).decode() if args else str(query)
            if found := CHANGES.search(text):
                changed.add(found[1] or text)
            return run(cursor, query, *args, **kwargs)

        before = self.digest()
        with patch.object(Cursor, "execute", execute):
            wizards = [self.simulate(), self.simulate(rule), self.simulate(rule, alone=True)]
            self.env.flush_all()
        self.assertEqual(self.digest(), before)
        self.assertTrue(all(wizard.total for wizard in wizards))
        self.assertTrue(changed)
        self.assertFalse(
            {table for table in changed if not table.startswith("bank_feed_simulation")}
        )

    def test_the_number_of_queries_does_not_grow_with_the_transactions(self):
        def count(number):
            said = [transaction("2026-01-10", -n, "Account fee") for n in range(1, number)]
            self.receive(self.continued(said))
            rule = self.rule(FEE, active=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard = self.env["bank.feed.simulation"].create(
                {
                    "rule_ids": [Command.set(rule.ids)],
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                }
            )
            result, _rules = wizard._run()
            return result.total, self.env.cr.sql_log_count - before

        few, queries = count(10)
        many, more = count(60)
        self.assertEqual((few, many), (9, 68))
        self.assertLessEqual(more, queries + 2)

    def test_accountants_may_and_viewers_may_not(self):
        self.pay("-4.90", "Account fee")
        rule = self.rule(FEE, active=False)
        values = {
            "rule_ids": [Command.set(rule.ids)],
            "date_from": "2026-01-01",
            "date_to": "2026-12-31",
        }
        accountant = self.env_of(self.make_user("accountant"))
        wizard = accountant["bank.feed.simulation"].create(values)
        wizard.action_simulate()
        self.assertEqual(wizard.line_ids.mapped("kind"), ["new"])
        self.assertTrue(wizard.line_ids.would)
        viewer = self.env_of(self.make_user("viewer"))
        with self.assertRaises(AccessError):
            viewer["bank.feed.simulation"].create(values)

    def test_nothing_of_another_company_is_seen(self):
        self.pay("-4.90", "Account fee")
        self.rule(FEE)
        other = self.make_company("Other")
        accountant = self.env_of(self.make_user("accountant", companies=other))
        wizard = accountant["bank.feed.simulation"].create(
            {
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
            }
        )
        wizard.action_simulate()
        self.assertFalse(wizard.line_ids)
