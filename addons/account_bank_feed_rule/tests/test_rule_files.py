import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..rule_files import FORMAT
from .rule_case import FEE, RuleWritingCase


class TestRuleFiles(RuleWritingCase):
    """Rules out as a file, and in again, here or elsewhere."""

    def full_rule(self, **values):
        """A rule that says all that can be said."""
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        accounts = self.env["account.analytic.account"].create(
            [{"name": name, "code": name[:1], "plan_id": plan.id} for name in ("North", "South")]
        )
        tax = self.company_data["default_tax_purchase"]
        other = self.account("699901")
        self.vendor.ref = "V-1"
        north, south = (str(account.id) for account in accounts)
        lines = [
            {"account_id": self.expense.id, "tax_ids": [(6, 0, tax.ids)], "label": "Rest",
             "analytic_distribution": {north: 60.5, south: 39.5}},
            {"account_id": other.id, "share": "percent", "value": 12.5,
             "partner_id": self.vendor.id},
            {"account_id": other.id, "share": "captured", "pattern": r"FEE (\d+)",
             "deducted": True},
        ]  # fmt: skip
        return self.make_rule(
            FEE,
            ("name", "is_empty", False),
            journal_ids=[(6, 0, self.journal.ids)],
            direction="out",
            amount_min=1,
            amount_max=99.5,
            line_ids=[(0, 0, {"sequence": place, **line}) for place, line in enumerate(lines)],
            **values,
        )

    def match(self, **values):
        strategies = self.env["bank.feed.strategy"].search([], limit=2)
        return self.make_rule(
            name="Careful match",
            kind="match",
            line_ids=False,
            strategy_ids=[(6, 0, strategies.ids)],
            post_score=99,
            tolerance=0.5,
            tolerance_percent=1,
            discount_days=5,
            partial=False,
            charges_account_id=self.expense.id,
            **values,
        )

    def importer(self, data, env=None):
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        env = env or self.env
        return env["bank.feed.rule.import"].create(
            {"file": base64.b64encode(content), "company_id": self.company.id}
        )

    def effects(self, importer):
        importer.action_check()
        return [(line.name, line.effect) for line in importer.line_ids]

    def file_of(self, *rules):
        return {"format": FORMAT, "version": 1, "rules": list(rules)}

    # ------------------------------------------------------------------
    # Round trip
    # ------------------------------------------------------------------

    def test_what_is_exported_comes_in_as_it_was(self):
        rules = self.full_rule() | self.match() | self.match_rule
        data = self.exported(rules)
        wordings = {rule.name: rule._export() for rule in rules}
        rules.unlink()
        importer = self.importer(data)
        self.assertEqual(
            self.effects(importer),
            [("Bank fees", "create"), ("Careful match", "create"), ("Match open items", "create")],
        )
        importer.action_confirm()
        made = self.env["bank.feed.rule"].with_context(active_test=False).search([])
        made = made.filtered(lambda rule: rule.name in wordings)
        self.assertEqual({rule.name: rule._export() for rule in made}, wordings)
        self.assertEqual(self.exported(made), data)

    def test_new_rules_are_appended_last_and_switched_off(self):
        rules = self.full_rule() | self.match()
        data = self.exported(rules)
        rules.unlink()
        last = self.env["bank.feed.rule"]._last_sequence()
        self.importer(data).action_confirm()
        rules = self.env["bank.feed.rule"].with_context(active_test=False).search([])
        self.assertEqual(rules[-2:].mapped("name"), ["Bank fees", "Careful match"])
        self.assertEqual(rules[-2:].mapped("active"), [False, False])
        self.assertEqual(rules[-2:].mapped("sequence"), [last + 10, last + 20])
        self.assertEqual(self.pay(-5, "fee").state, "processed")

    def test_an_existing_rule_gets_a_new_version_and_keeps_its_place(self):
        rule = self.full_rule()
        data = self.exported(rule)
        self.assertEqual(self.effects(self.importer(data)), [("Bank fees", "same")])
        data["rules"][0]["amount_max"] = "20.00"
        data["rules"][0]["lines"].pop()
        importer = self.importer(data)
        self.assertEqual(self.effects(importer), [("Bank fees", "change")])
        self.assertIn("other than now: Amount to, Accounts", importer.line_ids.detail)
        self.assertIn("version 2", importer.line_ids.detail)
        self.assertEqual((rule.version, rule.amount_max), (1, 99.5), "looking changes nothing")
        importer.action_confirm()
        self.assertEqual((rule.version, rule.amount_max, len(rule.line_ids)), (2, 20, 2))
        self.assertEqual((rule.sequence, rule.active), (20, True))
        self.assertEqual(len(self.versions(rule)), 2)

    def test_looking_leaves_no_trace(self):
        data = self.exported(self.full_rule())
        self.env["bank.feed.rule"].search([("name", "=", "Bank fees")]).unlink()
        before = self.env["bank.audit.log"].search_count([])
        self.assertEqual(self.effects(self.importer(data)), [("Bank fees", "create")])
        self.assertFalse(self.env["bank.feed.rule"].search([("name", "=", "Bank fees")]))
        self.assertEqual(self.env["bank.audit.log"].search_count([]), before)

    def test_a_short_file_by_hand_is_enough(self):
        rule = {
            "name": "Rent",
            "kind": "book",
            "conditions": [{"field": "text", "operator": "contains", "value": "rent"}],
            "lines": [{"account": self.expense.code}],
        }
        self.importer(self.file_of(rule)).action_confirm()
        made = self.env["bank.feed.rule"].with_context(active_test=False).search(
            [("name", "=", "Rent")]
        )  # fmt: skip
        self.assertEqual(made.line_ids.account_id, self.expense)
        self.assertEqual((made.company_id, made.post_score), (self.company, 95))

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def test_what_cannot_be_resolved_is_refused_with_its_name(self):
        whole = self.exported(self.full_rule())["rules"][0]
        match = self.exported(self.match())["rules"][0]
        changes = (
            (whole, {"lines": [{"account": "99-99"}]}, "no account “99-99”"),
            (whole, {"lines": [{"account": self.expense.code,
                                "taxes": [{"name": "X", "use": "sale"}]}]}, "no sale tax “X”"),
            (whole, {"lines": [{"account": self.expense.code, "partner": {"name": "Nobody"}}]},
             "no partner “Nobody”"),
            (whole, {"lines": [{"account": self.expense.code, "analytic": [
                {"accounts": [{"name": "West"}], "percent": 100}]}]}, "no analytic account “West”"),
            (whole, {"journals": ["NOPE"]}, "no bank journal “NOPE”"),
            (whole, {"lines": []}, "needs an account"),
            (whole, {"conditions": []}, "needs a condition"),
            (whole, {"conditions": [{"field": "mood", "operator": "contains", "value": "x"}]},
             "“mood” is unknown"),
            (whole, {"kind": "guess"}, "“guess” is unknown"),
            (whole, {"amount_max": "much"}, "much is no number"),
            (whole, {"amount_max": 5}, "amount_max: a text is expected"),
            (whole, {"colour": "red"}, "unknown key colour"),
            (whole, {"all_companies": True, "journals": [], "lines": [
                {"account": self.expense.code}]}, "company"),
            (match, {"strategies": ["telepathy"]}, "no strategy “telepathy”"),
            (match, {"bands": {"post": 10, "suggest": 20}}, "Bands must satisfy"),
            (match, {"terms": {"partial": "yes"}}, "true or false is expected"),
            (match, {"accounts": {"charges": "99-99"}}, "no account “99-99”"),
        )  # fmt: skip
        for rule, change, sentence in changes:
            with self.subTest(change=change):
                importer = self.importer(self.file_of({**rule, **change}))
                [(_name, effect)] = self.effects(importer)
                self.assertEqual((effect, importer.problem_count), ("problem", 1))
                self.assertIn(sentence, importer.line_ids.detail)
                with self.assertRaisesRegex(UserError, "Nothing was imported"):
                    importer.action_confirm()

    def test_one_bad_rule_keeps_out_all(self):
        data = self.exported(self.match())
        self.env["bank.feed.rule"].search([("name", "=", "Careful match")]).unlink()
        data["rules"].append({"name": "Bad", "kind": "book"})
        importer = self.importer(data)
        self.assertEqual(self.effects(importer), [("Careful match", "create"), ("Bad", "problem")])
        with self.assertRaisesRegex(UserError, "Bad: .*needs an account"):
            importer.action_confirm()
        rules = self.env["bank.feed.rule"].with_context(active_test=False)
        self.assertFalse(rules.search([("name", "in", ("Careful match", "Bad"))]))

    def test_two_partners_of_one_name_are_refused(self):
        self.env["res.partner"].create([{"name": "Twin"}, {"name": "Twin"}])
        rule = self.exported(self.full_rule())["rules"][0]
        rule["lines"] = [{"account": self.expense.code, "partner": {"name": "Twin"}}]
        importer = self.importer(self.file_of(rule))
        self.assertEqual(self.effects(importer), [("Bank fees", "problem")])
        self.assertIn("There are 2 of partner “Twin”", importer.line_ids.detail)

    def test_two_rules_of_one_name_are_refused(self):
        rule = self.exported(self.match())["rules"][0]
        importer = self.importer(self.file_of(rule, rule))
        self.assertEqual([effect for _name, effect in self.effects(importer)], ["same", "problem"])
        self.match()
        importer = self.importer(self.file_of(rule))
        self.assertEqual(self.effects(importer), [("Careful match", "problem")])

    def test_what_is_no_file_of_rules_is_refused(self):
        for content, sentence in (
            (b"\xff\xfe", "no JSON"),
            (b"{", "no JSON"),
            (b"[]", "no file of bank feed rules"),
            (b'{"format": "else"}', "no file of bank feed rules"),
            (json.dumps({"format": FORMAT, "version": 2, "rules": [{}]}).encode(), "version 2"),
            (json.dumps(self.file_of()).encode(), "holds no rules"),
            (b" " * (1024 * 1024 + 1), "too large"),
        ):
            with self.subTest(sentence=sentence), self.assertRaisesRegex(UserError, sentence):
                self.importer(content).action_check()
        importer = self.importer(self.file_of("no rule"))
        self.assertEqual([effect for _name, effect in self.effects(importer)], ["problem"])

    # ------------------------------------------------------------------
    # The download
    # ------------------------------------------------------------------

    def test_a_viewer_exports_and_only_a_manager_imports(self):
        rule = self.full_rule()
        for role in ("viewer", "accountant"):
            env = self.env_of(self.make_user(role))
            action = rule.with_env(env).action_export()
            self.assertRegex(action["url"], r"^/web/content/bank\.feed\.rule\.export/\d+/file/")
            export = env["bank.feed.rule.export"].search([], order="id desc", limit=1)
            data = json.loads(base64.b64decode(export.file))
            self.assertEqual(data, self.exported(rule))
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.importer(data, env)
        manager = self.env_of(self.make_user("manager"))
        self.importer(self.exported(rule), manager).action_confirm()

    def test_a_rule_that_is_switched_off_is_exported(self):
        rule = self.full_rule(active=False)
        export = self.env["bank.feed.rule.export"].create({"rule_ids": [(6, 0, rule.ids)]})
        self.assertEqual(len(json.loads(base64.b64decode(export.file))["rules"]), 1)


@tagged("post_install", "-at_install")
class TestRuleDownload(RuleWritingCase, HttpCase):
    """The file as the browser gets it."""

    def test_the_file_comes_with_its_name_to_who_asked_for_it_only(self):
        rule = self.make_rule(FEE)
        asking, other = self.make_user("viewer"), self.make_user("manager")
        for user in (asking, other):
            user.password = user.login
        url = rule.with_env(self.env_of(asking)).action_export()["url"]
        self.authenticate(asking.login, asking.login)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(json.loads(response.content), self.exported(rule))
        self.assertIn("bank_feed_rules.json", response.headers["Content-Disposition"])
        self.authenticate(other.login, other.login)
        self.assertEqual(self.url_open(url).status_code, 404)
