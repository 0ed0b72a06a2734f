import json
from decimal import Decimal

from odoo.addons.account_bank_feed.tests.common import make_iban, statement, transaction
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CUSTOMER_IBAN
from .rule_case import FEE, RuleWritingCase


@tagged("post_install", "-at_install")
class TestRules(RuleWritingCase):
    """What finance may say in a rule, who may say it, and the trail of it."""

    @property
    def shipped(self):
        """The rules that are there from the start."""
        transfers = self.env.ref("account_bank_feed_rule.rule_internal_transfers")
        return transfers | self.match_rule

    # ------------------------------------------------------------------
    # When a rule applies
    # ------------------------------------------------------------------

    def test_a_booking_before_the_match_takes_the_payment_and_after_it_does_not(self):
        for sequence, payment_state in ((1, "not_paid"), (200, "paid")):
            with self.subTest(sequence=sequence), self.forgotten():
                invoice = self.make_invoice(100, name="RE/2026/00001")
                rule = self.make_rule(("text", "contains", "skonto"), sequence=sequence)
                paid = self.pay(100, "RE/2026/00001 ohne Skonto")
                self.assertEqual(paid.state, "reconciled")
                self.assertEqual(paid.rule_id, rule if sequence == 1 else self.match_rule)
                self.assertEqual(paid.rule_version, paid.rule_id.version)
                self.assertEqual(invoice.payment_state, payment_state)

    def test_of_two_bookings_the_first_in_order_decides(self):
        first = self.make_rule(FEE, name="First", sequence=5)
        second = self.make_rule(FEE, name="Second", sequence=6)
        self.assertEqual(self.pay(-1, "fee").rule_id, first)
        second.sequence = 4
        self.assertEqual(self.pay(-2, "fee").rule_id, second)

    def test_a_rule_applies_in_its_journals_only(self):
        other = self.make_journal(make_iban(31), "BN31")
        rule = self.make_rule(FEE, journal_ids=[(6, 0, other.ids)])
        here = self.pay(-1, "fee")
        there = self.receive(
            statement([transaction("2026-01-10", -1, "fee")], iban=other.bank_acc_number)
        ).transaction_ids
        self.assertEqual((here.state, there.state), ("processed", "reconciled"))
        self.assertEqual(there.rule_id, rule)

    def test_a_rule_whose_journals_were_all_archived_applies_nowhere(self):
        other = self.make_journal(make_iban(31), "BN31")
        self.make_rule(FEE, journal_ids=[(6, 0, other.ids)])
        other.active = False
        self.env.invalidate_all()
        self.assertEqual(self.pay(-1, "fee").state, "processed")

    def test_a_rule_whose_strategies_are_all_gone_finds_nothing(self):
        strategy = self.env["bank.feed.strategy"].sudo().search([("name", "=", "document_number")])
        self.match_rule.strategy_ids = strategy
        self.make_invoice(100, name="RE/2026/00001")
        strategy.active = False
        self.env.invalidate_all()
        self.assertEqual(self.pay(100, "RE/2026/00001").state, "processed")

    def test_a_rule_uses_the_strategies_that_it_names(self):
        strategies = self.env["bank.feed.strategy"].search([])
        self.match_rule.strategy_ids = strategies.filtered(lambda s: s.name == "counterparty_iban")
        self.make_invoice(100, name="RE/2026/00001")
        self.assertIn("names no open item", self.pay(100, "RE/2026/00001").explanation)
        self.match_rule.strategy_ids = strategies
        self.assertEqual(self.pay(100, "RE/2026/00001", "2026-01-11").state, "reconciled")

    def test_a_rule_applies_in_its_direction_only(self):
        rule = self.make_rule(FEE, direction="out")
        self.assertEqual(self.pay(1, "fee").state, "processed")
        self.assertEqual(self.pay(-1, "fee").rule_id, rule)
        rule.direction = "in"
        self.assertEqual(self.pay(2, "fee").rule_id, rule)
        self.assertEqual(self.pay(-2, "fee").state, "processed")

    def test_a_rule_applies_between_its_amounts_which_are_included(self):
        rule = self.make_rule(FEE, amount_min=1.5, amount_max=20)
        for amount, state in (
            ("-1.49", "processed"),
            ("-1.50", "reconciled"),
            ("20.00", "reconciled"),
            ("20.01", "processed"),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(self.pay(amount, "fee").state, state)
        self.assertEqual(rule.transaction_count, 2)

    def test_all_conditions_of_a_rule_must_hold(self):
        self.make_rule(FEE, ("name", "equals", "Example Bank"))
        self.assertEqual(self.pay(-1, "fee").state, "processed")
        self.assertEqual(self.pay(-2, "fee", name="Example Bank").state, "reconciled")

    def test_every_field_and_operator_of_a_condition(self):
        paid = self.pay(
            "-4.90",
            "Kontoführung  01/2026",
            name="Example Bank",
            iban=CUSTOMER_IBAN,
            code="PMNT-CCRD-OTHR",
            reference="RF18 5390 0754 7034",
            end_to_end_id="E2E-77",
            mandate_id="MND-1",
            return_reason="AC04",
            original_currency="USD",
            original_amount=Decimal("-5.30"),
        )
        payment = paid._payment()
        texts = {
            "text": ("Kontoführung  01/2026", "ontoführung 0", "KONTOFUHRUNG", r"01/\d{4}$"),
            "end_to_end_id": ("e2e 77", "2e7", "E2E", r"^E2E-\d+$"),
            "mandate_id": ("mnd1", "ND", "MND", "^MND-1$"),
            "return_reason": ("ac04", "C0", "AC", "^AC0[14]$"),
            "original_currency": ("usd", "S", "US", "^USD$"),
            "name": ("example  bank", "ample", "Example", "^Example Bank$"),
            "iban": ("de02 1203 0000 0000 2020 51", "1203", "DE02", r"^DE\d{20}$"),
            "code": ("pmnt-ccrd-othr", "CCRD", "PMNT", "(CCRD|ICDT)"),
            "reference": ("RF18539007547034", "5390", "rf18", r"^RF18"),
        }
        positive = ("equals", "contains", "starts_with", "regex")
        holding = [
            (field, operator, value)
            for field, values in texts.items()
            for operator, value in zip(positive, values, strict=True)
        ]
        holding += [("amount", "equals", "4.9"), ("amount", "at_least", "4.90")]
        holding += [("amount", "at_most", "5"), ("amount", "more_than", "4.89")]
        holding += [("amount", "less_than", "4.91"), ("direction", "equals", "out")]
        holding += [(field, "is_set", False) for field in texts]
        holding += [(field, "not_contains", "other") for field in texts]
        failing = [(field, operator, "other") for field in texts for operator in positive]
        failing += [("amount", "equals", "-4.90"), ("amount", "at_least", "4.91")]
        failing += [("amount", "at_most", "4.89"), ("text", "starts_with", "01")]
        failing += [("text", "equals", "01"), ("direction", "equals", "in")]
        failing += [("amount", "more_than", "4.9"), ("amount", "less_than", "4.90")]
        failing += [(field, "is_empty", False) for field in texts]
        failing += [("text", "not_contains", "KONTOFUHRUNG")]
        rule = self.make_rule(FEE)
        for expected, conditions in ((True, holding), (False, failing)):
            for field, operator, value in conditions:
                with self.subTest(field=field, operator=operator, value=value):
                    rule.condition_ids.write({"field": field, "operator": operator, "value": value})
                    self.assertEqual(rule._spec().applies(payment) is not None, expected)
        model = self.env["bank.feed.rule.condition"]
        fields, operators, _values = map(set, zip(*holding, strict=True))
        self.assertEqual(fields, set(dict(model._fields["field"].selection)))
        self.assertEqual(operators | {"is_empty"}, set(dict(model._fields["operator"].selection)))

    def test_a_regular_expression_is_used_as_it_is_written(self):
        self.make_rule(("text", "regex", r"^Kto\.\s\d+ (?:Gebühr|Zins)$"))
        self.assertEqual(self.pay(-1, "Kto. 12 Gebühr").state, "reconciled")
        others = ("Kto. 12 Gebuhr", "Kto  12 Gebühr", "Kto. 12 Gebühren", "KTO. 12 Gebühr")
        for amount, text in zip((-2, -3, -4, -5), others, strict=True):
            with self.subTest(text=text):
                self.assertEqual(self.pay(amount, text).state, "processed")

    def test_an_inactive_rule_is_not_used(self):
        rule = self.make_rule(FEE, active=False)
        self.assertEqual(self.pay(-1, "fee").state, "processed")
        rule.active = True
        self.assertEqual(self.pay(-2, "fee").state, "reconciled")

    def test_without_any_rule_everything_waits_for_a_person(self):
        self.env["bank.feed.rule"].search([]).active = False
        self.make_invoice(100, name="RE/2026/00001")
        paid = self.pay(100, "RE/2026/00001")
        self.assertEqual((paid.state, paid.rule_id.id), ("processed", False))
        self.assertIn("no rule applies", paid.explanation)

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def test_a_rule_of_another_company_is_neither_seen_nor_used(self):
        other = self.setup_other_company()
        rule = self.make_rule(
            FEE,
            company_id=other["company"].id,
            line_ids=[(0, 0, {"account_id": other["default_account_expense"].id})],
            sequence=1,
        )
        self.assertEqual(self.pay(-1, "fee").state, "processed")
        ours = self.env_of(self.make_user("manager"))
        self.assertEqual(ours["bank.feed.rule"].search([]), self.shipped)
        for record in (rule, rule.condition_ids, rule.line_ids, self.versions(rule)):
            self.assertNotIn(record, ours[record._name].search([]))
            with self.assertRaises(AccessError):
                record.with_env(ours).read(["display_name"])
            with self.assertRaises(AccessError):
                record.with_env(ours).unlink()

    def test_the_account_of_another_company_is_refused(self):
        other = self.setup_other_company()
        theirs = other["default_account_expense"]
        with self.assertRaises(UserError):
            self.make_rule(FEE, line_ids=[(0, 0, {"account_id": theirs.id})])
        rule = self.make_rule(FEE)
        for values in ({"difference_account_id": theirs.id}, {"fee_account_id": theirs.id}):
            with self.assertRaises(UserError):
                rule.write(values)
        with self.assertRaises(UserError):
            rule.line_ids.account_id = theirs
        with self.assertRaises(UserError):
            rule.company_id = other["company"]

    def test_a_journal_of_another_company_is_refused(self):
        other = self.setup_other_company()
        with self.assertRaises(UserError):
            self.make_rule(FEE, journal_ids=[(6, 0, other["default_journal_bank"].ids)])

    def test_a_booking_in_all_companies_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "belongs to one company"):
            self.make_rule(FEE, company_id=False)

    # ------------------------------------------------------------------
    # Rules that make no sense
    # ------------------------------------------------------------------

    def test_a_senseless_rule_is_refused_with_a_sentence(self):
        for values, sentence in (
            ({"condition_ids": False}, "needs a condition"),
            ({"line_ids": False}, "needs an account"),
            ({"kind": "leave", "condition_ids": False}, "needs a condition"),
            ({"kind": "match", "suggest_score": 96}, "Bands must satisfy"),
            ({"kind": "match", "tolerance": -1}, "cannot be below zero"),
            ({"kind": "match", "most_charges": -1}, "cannot be below zero"),
            ({"kind": "match", "margin": 0}, "equal candidates are never posted"),
        ):
            with (
                self.subTest(values=values),
                self.forgotten(),
                self.assertRaisesRegex(ValidationError, sentence),
            ):
                self.make_rule(FEE, **values)

    def test_a_senseless_condition_is_refused_with_a_sentence(self):
        rule = self.make_rule(FEE)
        for condition, sentence in (
            (("text", "regex", "("), "is no regular expression"),
            (("text", "regex", "(a+)+"), "repeats something"),
            (("text", "contains", "  "), "needs a value"),
            (("text", "is_set", "x"), "compares with nothing"),
            (("direction", "equals", "up"), "direction is one of"),
            (("text", "at_least", "4"), "cannot be compared"),
            (("amount", "contains", "4"), "cannot be compared"),
            (("amount", "equals", "4,90"), "must be a number like 4.90"),
        ):
            field, operator, value = condition
            values = {"field": field, "operator": operator, "value": value}
            with self.subTest(condition=condition):
                with self.forgotten(), self.assertRaisesRegex(ValidationError, sentence):
                    self.make_rule(condition)
                with self.forgotten(), self.assertRaisesRegex(ValidationError, sentence):
                    rule.condition_ids.write(values)
        self.assertEqual(rule.condition_ids.value, "fee")

    def test_the_last_condition_of_a_booking_cannot_be_taken_away(self):
        rule = self.make_rule(FEE)
        for remove in (
            lambda: rule.condition_ids.unlink(),
            lambda: rule.write({"condition_ids": [(5,)]}),
            lambda: rule.condition_ids.write({"rule_id": self.match_rule.id}),
        ):
            with self.forgotten(), self.assertRaisesRegex(ValidationError, "needs a condition"):
                remove()

    # ------------------------------------------------------------------
    # Versions and trail
    # ------------------------------------------------------------------

    def assert_one_version_more(self, rule, change, before=None, after=None):
        version, rows = rule.version, self.trail("edit", rule)
        change()
        self.assertEqual(rule.version, version + 1)
        new = self.trail("edit", rule) - rows
        self.assertEqual(len(new), 1)
        self.assertEqual(new.reason, f"version {rule.version}")
        self.assertEqual(new.user_id, self.env.user)
        if before is not None:
            self.assertEqual(json.loads(new.before)["conditions"], before)
            self.assertEqual(json.loads(new.after)["conditions"], after)

    def test_a_new_rule_is_version_one_with_its_wording_in_the_trail(self):
        rule = self.make_rule(FEE, ("amount", "at_most", "20"))
        self.assertEqual(rule.version, 1)
        row = self.trail("edit", rule)
        self.assertEqual(len(row), 1)
        self.assertEqual((row.before, row.reason), ("", "created"))
        wording = json.loads(row.after)
        self.assertEqual(wording["conditions"], ["text contains fee", "amount at_most 20"])
        self.assertEqual(wording["lines"], [{"account_id": self.expense.id, "share": "rest"}])

    def test_every_way_to_change_a_condition_is_a_new_version(self):
        rule = self.make_rule(FEE)
        condition = rule.condition_ids
        one, two, three = "text contains fee", "text contains charge", "amount at_most 20"
        new = {"field": "amount", "operator": "at_most", "value": "20"}
        conditions = self.env["bank.feed.rule.condition"]
        self.assert_one_version_more(
            rule, lambda: condition.write({"value": "charge"}), [one], [two]
        )
        self.assert_one_version_more(
            rule, lambda: conditions.create({**new, "rule_id": rule.id}), [two], [two, three]
        )
        self.assert_one_version_more(
            rule, lambda: rule.condition_ids[1].unlink(), [two, three], [two]
        )
        both = [(1, condition.id, {"value": "fee"}), (0, 0, new)]
        self.assert_one_version_more(
            rule, lambda: rule.write({"condition_ids": both}), [two], [one, three]
        )
        self.assert_one_version_more(
            rule,
            lambda: conditions.with_context(default_rule_id=rule.id).create(new),
            [one, three],
            [one, three, three],
        )

    def test_a_condition_that_moves_changes_both_rules(self):
        source = self.make_rule(FEE, ("amount", "at_most", "20"))
        target = self.make_rule(("text", "contains", "charge"))
        version = target.version
        moved = source.condition_ids[1]
        self.assert_one_version_more(source, lambda: moved.write({"rule_id": target.id}))
        self.assertEqual(target.version, version + 1)

    def test_the_trail_of_a_condition_cannot_be_switched_off(self):
        rule = self.make_rule(FEE)
        caller = rule.with_context(bank_feed_edited=True)
        self.assert_one_version_more(rule, lambda: caller.condition_ids.write({"value": "charge"}))

    def test_editing_on_the_form_is_one_version(self):
        rule = self.make_rule(FEE)

        def edit():
            with Form(rule) as form:
                form.amount_max = 20
                with form.condition_ids.edit(0) as line:
                    line.value = "charge"
                with form.condition_ids.new() as line:
                    line.value = "bank"

        self.assert_one_version_more(
            rule, edit, ["text contains fee"], ["text contains charge", "text contains bank"]
        )

    def test_a_decision_keeps_the_version_that_made_it(self):
        rule = self.make_rule(FEE)
        first = self.pay(-1, "fee")
        rule.amount_max = 20
        second = self.pay(-2, "fee")
        self.assertEqual((first.rule_version, second.rule_version), (1, 2))

    def test_a_deleted_rule_leaves_its_trail_and_its_decisions(self):
        rule = self.make_rule(FEE)
        fee = self.pay(-1, "fee")
        rule_id = rule.id
        rule.unlink()
        rows = self.env["bank.audit.log"].search(
            [("model", "=", "bank.feed.rule"), ("res_id", "=", rule_id)], order="id"
        )
        self.assertEqual(rows.mapped("reason"), ["created", "deleted"])
        self.assertEqual(json.loads(rows[1].before)["conditions"], ["text contains fee"])
        self.assertEqual((rows[1].after, rows[1].record_name), ("", "Bank fees"))
        self.assertEqual((fee.state, fee.rule_version), ("reconciled", 1))
        self.assertIn("Bank fees", fee.explanation)

    def test_a_copied_rule_starts_its_own_count(self):
        rule = self.make_rule(FEE)
        rule.amount_max = 20
        copied = rule.copy()
        self.assertEqual((rule.version, copied.version), (2, 1))
        self.assertEqual(copied.condition_ids.value, "fee")
        self.assertEqual(self.trail("edit", copied).mapped("reason"), ["created"])

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    def test_a_manager_keeps_the_rules_and_nobody_else_does(self):
        rule = self.make_rule(FEE)
        values = {"name": "Mine", "company_id": self.company.id}
        condition = {"rule_id": rule.id, "value": "charge"}
        for role in ("viewer", "operator", "accountant", "approver", "auditor"):
            env = self.env_of(self.make_user(role))
            theirs = rule.with_env(env)
            self.assertEqual(theirs.condition_ids.value, "fee")
            for attempt in (
                lambda env=env: env["bank.feed.rule"].create(values),
                lambda theirs=theirs: theirs.write({"name": "Mine"}),
                lambda theirs=theirs: theirs.unlink(),
                lambda env=env: env["bank.feed.rule.condition"].create(condition),
                lambda theirs=theirs: theirs.condition_ids.write({"value": "charge"}),
                lambda theirs=theirs: theirs.condition_ids.unlink(),
            ):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    attempt()
        self.assertEqual(rule.version, 1)
        manager = self.make_user("manager")
        env = self.env_of(manager)
        made = env["bank.feed.rule"].create(values)
        made.margin = 20
        self.assertEqual(self.versions(made).mapped("user_id"), manager)
        theirs = rule.with_env(env)
        theirs.condition_ids.write({"value": "charge"})
        self.assertEqual(rule.version, 2)
        self.assertEqual(self.trail("edit", rule)[0].user_id, manager)
        made.unlink()
