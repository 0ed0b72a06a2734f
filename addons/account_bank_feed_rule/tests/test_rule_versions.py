from odoo.exceptions import AccessError
from odoo.tests import Form

from .rule_case import FEE, RuleWritingCase


class TestRuleVersions(RuleWritingCase):
    """What a rule said when, kept for good; and what it says, in words."""

    def test_every_change_of_wording_is_kept_with_who_and_when(self):
        rule = self.make_rule(FEE)
        manager = self.make_user("manager")
        rule.with_env(self.env_of(manager)).amount_max = 20
        first, second = self.versions(rule)
        self.assertEqual((first.version, second.version), (1, 2))
        self.assertEqual((first.user_id, second.user_id), (self.env.user, manager))
        self.assertEqual((first.wording["amount_max"], second.wording["amount_max"]), (0, 20))
        self.assertNotIn("up to", first.text)
        self.assertIn("up to 20.00", second.text)
        self.assertTrue(first.date)

    def test_every_way_to_change_a_line_is_a_new_version(self):
        rule = self.make_rule(FEE)
        lines = self.env["bank.feed.rule.line"]
        other = self.account("699901")
        part = {"account_id": other.id, "share": "percent", "value": 30}
        changes = (
            lambda: rule.line_ids.write({"label": "Fee"}),
            lambda: lines.create({**part, "rule_id": rule.id}),
            lambda: rule.line_ids[1].write({"value": 40}),
            lambda: rule.line_ids[1].unlink(),
            lambda: rule.write({"line_ids": [(0, 0, part)]}),
            lambda: rule.write({"tolerance": 1}),
            lambda: rule.write({"partial": False}),
        )
        for number, change in enumerate(changes, start=2):
            with self.subTest(number=number):
                change()
                self.assertEqual(rule.version, number)
                self.assertEqual(len(self.versions(rule)), number)
                self.assertEqual(self.trail("edit", rule)[0].reason, f"version {number}")
        kept = self.versions(rule)[2].wording["lines"]
        self.assertEqual(kept[1], {"account_id": other.id, "share": "percent", "value": 30})

    def test_an_edit_of_lines_on_the_form_is_one_version(self):
        rule = self.make_rule(FEE)
        other = self.account("699901")
        with Form(rule) as form:
            form.amount_min = 1
            with form.line_ids.new() as line:
                line.account_id = other
                line.share = "percent"
                line.value = 25
        self.assertEqual(rule.version, 2)
        self.assertEqual(rule.line_ids.mapped("share"), ["rest", "percent"])

    def test_saying_the_same_again_is_no_new_version(self):
        rule = self.make_rule(FEE)
        rule.write({"name": rule.name, "amount_max": 0, "sequence": rule.sequence})
        rule.condition_ids.write({"value": "fee"})
        rule.line_ids.write({"account_id": self.expense.id})
        self.assertEqual((rule.version, len(self.versions(rule))), (1, 1))
        self.assertEqual(self.trail("edit", rule).mapped("reason"), ["created"])

    def test_a_version_tells_what_changed(self):
        rule = self.make_rule(FEE, direction="out")
        rule.write({"name": "Fees", "direction": False})
        first, second = self.versions(rule)
        self.assertRegex(first.changes, "^New: Money out, when Remittance .* book to .*$")
        now = second.changes.split("\n")
        self.assertEqual([now[0], now[2]], ["Before: Bank fees", "Now: Fees"])
        self.assertRegex(now[1], "^Before: Money out, when")
        self.assertRegex(now[3], "^Now: Money in or out, when")
        self.assertEqual(len(now), 4)
        rule.unlink()
        self.env.invalidate_all()
        self.assertRegex(second.changes, "^New: Money in or out")

    def test_a_manager_of_one_company_makes_a_rule_that_books(self):
        env = self.env_of(self.make_user("manager", groups=["account.group_account_readonly"]))
        self.assertFalse(env.user.has_group("base.group_multi_company"))
        with Form(env["bank.feed.rule"]) as form:
            form.name = "Rent"
            form.kind = "book"
            with form.condition_ids.new() as condition:
                condition.value = "rent"
            with form.line_ids.new() as line:
                line.account_id = self.expense.with_env(env)
        rule = form.save()
        self.assertEqual((rule.company_id, rule.line_ids.company_id), (self.company, self.company))

    def test_moving_a_rule_is_in_the_trail_and_no_new_version(self):
        rule = self.make_rule(FEE)
        rule.sequence = 7
        self.assertEqual(rule.version, 1)
        self.assertEqual(len(self.versions(rule)), 1)
        row = self.trail("edit", rule)[0]
        self.assertEqual((row.reason, row.before, row.after),
                         ("moved", '{"sequence": 20}', '{"sequence": 7}'))  # fmt: skip
        rule.sequence = 7
        self.assertEqual(self.trail("edit", rule)[0], row)

    def test_nobody_changes_or_deletes_a_version(self):
        rule = self.make_rule(FEE)
        version = self.versions(rule)
        for env in (self.env, self.env_of(self.make_user("manager")), self.env(su=True)):
            theirs = version.with_env(env)
            with self.assertRaises(AccessError):
                theirs.write({"text": "Nothing"})
            with self.assertRaises(AccessError):
                theirs.unlink()
        with self.assertRaises(AccessError):
            version.with_env(self.env(su=False)).create(
                {"name": "x", "version": 9, "date": version.date, "user_id": 1, "wording": {}}
            )

    def test_versions_outlive_their_rule(self):
        rule = self.make_rule(FEE)
        version = self.versions(rule)
        rule.unlink()
        self.env.invalidate_all()
        self.assertFalse(version.rule_id)
        self.assertEqual(version.display_name, "Bank fees, version 1")

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def test_a_rule_in_words(self):
        fees = self.account("699901")
        rule = self.make_rule(
            FEE,
            ("name", "is_empty", False),
            direction="out",
            amount_min=1,
            amount_max=20,
            journal_ids=[(6, 0, self.journal.ids)],
            line_ids=[
                (0, 0, {"account_id": self.expense.id}),
                (0, 0, {"account_id": fees.id, "share": "percent", "value": 30}),
                (0, 0, {"account_id": fees.id, "share": "fixed", "value": 2.5, "deducted": True}),
            ],
        )
        expense = self.expense.display_name
        self.assertEqual(
            rule.summary,
            "Money out, on Bank BNKA, from 1.00, up to 20.00, when Remittance information contains "
            f"“fee” and Counterparty is empty: book to {expense} (the rest), "
            "699901 Account 699901 (30.00 %), 699901 Account 699901 (2.50, taken off)",
        )
        rule.line_ids[1:].unlink()
        self.assertTrue(rule.summary.endswith(f"book to {expense} (100 %)"))

    def test_the_other_kinds_in_words(self):
        self.assertEqual(
            self.match_rule.summary, "Money in or out: match open items, post from 95 points"
        )
        for kind, words in (
            ("transfer", "book as a transfer between our own banks"),
            ("leave", "leave it to a person"),
        ):
            rule = self.make_rule(FEE, kind=kind, line_ids=False)
            self.assertTrue(rule.summary.endswith(words), rule.summary)

    def test_a_version_tells_the_terms_and_the_taxes(self):
        self.match_rule.write({"tolerance": 0.5, "company_id": self.company.id})
        self.assertIn("Tolerance: 0.50", self.versions(self.match_rule)[-1].text)
        tax = self.company_data["default_tax_purchase"]
        line = {"account_id": self.expense.id, "tax_ids": [(6, 0, tax.ids)], "label": "Office"}
        rule = self.make_rule(FEE, line_ids=[(0, 0, line)])
        self.assertIn(f"Taxes: {tax.display_name}", self.versions(rule).text)
        self.assertIn("Label: Office", self.versions(rule).text)
