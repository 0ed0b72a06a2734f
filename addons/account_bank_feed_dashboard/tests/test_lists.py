from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo.addons.account_bank_feed.tests.common import day, make_iban, statement, transaction
from odoo.addons.account_bank_feed_rule.tests.common import RuleCase
from odoo.addons.bank_statement_format import Balance
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

MODELS = (
    "bank.transaction",
    "bank.import",
    "bank.import.statement",
    "bank.feed.task",
    "bank.feed.rule",
)
TODAY = date(2026, 3, 18)
"""A Wednesday."""


@tagged("post_install", "-at_install")
class TestLists(RuleCase):
    """Lists for finance: filters, groups, phones and exports."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.env_of(cls.make_user("accountant"))
        cls.make_rule(("text", "contains", "Fee"))

    def arch(self, model, kind="search"):
        views = self.accountant[model].get_views([(False, kind)])["views"]
        return etree.fromstring(views[kind]["arch"])

    def evaluate(self, text):
        """A domain or context of a view, as the web client reads it."""
        return safe_eval(
            text,
            {
                "uid": self.accountant.uid,
                "context_today": lambda: TODAY,
                "relativedelta": relativedelta,
                "allowed_company_ids": self.company.ids,
            },
        )

    def chosen(self, *names):
        """The texts of the transactions that filters show together."""
        filters = {node.get("name"): node for node in self.arch("bank.transaction").iter("filter")}
        domain = [("company_id", "=", self.company.id)]
        for name in names:
            domain += self.evaluate(filters[name].get("domain"))
        found = self.accountant["bank.transaction"].search(domain, order="booking_date, id")
        return found.mapped("remittance")

    def test_every_filter_and_every_group_works(self):
        self.receive(statement([transaction("2026-01-05", 5, "Fee")]))
        for model in MODELS:
            for node in self.arch(model).iter("filter"):
                with self.subTest(model=model, filter=node.get("name")):
                    records = self.accountant[model]
                    if node.get("domain"):
                        records.search(self.evaluate(node.get("domain")))
                    if node.get("date"):
                        self.assertIn(node.get("date"), records._fields)
                    if group := self.evaluate(node.get("context") or "{}").get("group_by"):
                        records._read_group([], [_granular(records, group)], ["__count"])

    def test_periods(self):
        days = ("2026-02-01", "2026-02-28", "2026-03-01", "2026-03-15", "2026-03-16", "2026-03-18")
        self.receive(statement([transaction(each, 1, each) for each in days]))
        self.assertEqual(self.chosen("today"), ["2026-03-18"])
        self.assertEqual(self.chosen("this_week"), ["2026-03-16", "2026-03-18"])
        self.assertEqual(self.chosen("last_month"), ["2026-02-01", "2026-02-28"])
        self.assertEqual(self.chosen("this_month"), list(days[2:]))
        self.assertEqual(self.chosen("older_30"), ["2026-02-01"])

    def test_amounts_count_without_their_sign(self):
        amounts = ("99.99", "-100", "999.99", "-1000", "10000", "-12345")
        self.receive(statement([transaction("2026-01-05", each, each) for each in amounts]))
        self.assertEqual(self.chosen("amount_100"), ["99.99"])
        self.assertEqual(self.chosen("amount_1000"), ["-100", "999.99"])
        self.assertEqual(self.chosen("amount_10000"), ["-1000"])
        self.assertEqual(self.chosen("amount_more"), ["10000", "-12345"])

    def test_who_looks_after_it(self):
        one, other = self.receive(
            statement([transaction("2026-01-05", 1, "Mine"), transaction("2026-01-06", 2, "Free")])
        ).transaction_ids.sorted("position")
        one.review_assign(self.accountant.uid)
        self.assertTrue(other)
        self.assertEqual(self.chosen("mine"), ["Mine"])
        self.assertEqual(self.chosen("unassigned"), ["Free"])

    def test_what_no_person_had_to_touch(self):
        self.receive(
            statement([transaction("2026-01-05", 5, "Fee"), transaction("2026-01-06", 6, "What?")])
        )
        self.assertEqual(self.chosen("untouched"), ["Fee"])
        self.assertEqual(self.chosen("by_hand"), [])

    def test_searching_an_amount_finds_both_directions(self):
        self.receive(
            statement([transaction("2026-01-05", 5, "In"), transaction("2026-01-06", -5, "Out")])
        )
        (field,) = self.arch("bank.transaction").xpath("//field[@name='amount']")
        domain = safe_eval(field.get("filter_domain"), {"self": 5.0})
        found = self.accountant["bank.transaction"].search(
            [("company_id", "=", self.company.id), *domain]
        )
        self.assertEqual(set(found.mapped("remittance")), {"In", "Out"})

    def test_every_list_has_cards_for_the_phone(self):
        for name in (
            "account_bank_feed.action_bank_transaction",
            "account_bank_feed.action_bank_transaction_review",
            "account_bank_feed.action_bank_import",
            "account_bank_feed.action_quarantine",
            "account_bank_feed_rule.action_bank_feed_rule",
            "account_bank_feed_dashboard.action_bank_feed_task",
        ):
            action = self.env["ir.actions.act_window"]._for_xml_id(name)
            with self.subTest(action=name):
                self.assertIn("kanban", action["view_mode"])
                self.assertTrue(self.arch(action["res_model"], "kanban").xpath("//t[@t-name]"))

    def test_buttons_over_the_list_lead_to_methods(self):
        for model in MODELS:
            for kind in ("list", "form"):
                for button in self.arch(model, kind).iter("button"):
                    if button.get("type") == "object" and not _is_inside_field(button):
                        with self.subTest(model=model, button=button.get("name")):
                            self.assertTrue(hasattr(self.env[model], button.get("name")))

    def test_all_columns_can_be_exported(self):
        records = self.receive(statement([transaction("2026-01-05", 5, "Fee")])).transaction_ids
        arch = self.arch("bank.transaction", "list")
        names = [node.get("name") for node in arch.xpath("/list/field")]
        self.assertNotEqual(arch.get("export_xlsx"), "0")
        records = records.with_env(self.env)
        (row,) = records.export_data(names)["datas"]
        self.assertEqual(dict(zip(names, row, strict=True))["remittance"], "Fee")

    def test_a_filter_can_be_kept_as_a_favourite(self):
        values = {
            "name": "Mine, older",
            "model_id": "bank.transaction",
            "user_id": self.accountant.uid,
            "domain": "[('assigned_user_id', '=', uid)]",
        }
        name = "user_ids" if "user_ids" in self.env["ir.filters"]._fields else "user_id"
        if name == "user_ids":
            values["user_ids"] = [values.pop("user_id")]
        kept = self.accountant["ir.filters"].create(values)
        names = [f["name"] for f in self.accountant["ir.filters"].get_filters("bank.transaction")]
        self.assertIn(kept.name, names)

    # ------------------------------------------------------------------
    # Quarantine: the likely cause, and the ways out
    # ------------------------------------------------------------------

    def quarantined(self, *lines, **values):
        imported = self.receive(statement(lines, **values))
        self.assertEqual(imported.statement_ids.state, "quarantined")
        return imported.statement_ids.with_env(self.accountant)

    def test_an_entry_that_the_file_holds_twice(self):
        twice = [transaction("2026-01-05", -25, "Fuel")] * 2
        waiting = self.quarantined(*twice, transaction("2026-01-06", 9, "x"), **_closing(-16))
        self.assertEqual((waiting.cause, waiting.difference), ("unbalanced", 25))
        self.assertIn("more than once", waiting.likely_cause)
        self.assertEqual(waiting.double_count, 2)
        action = waiting.action_view_doubles()
        found = self.accountant[action["res_model"]].search(action["domain"])
        self.assertEqual(found.mapped("remittance"), ["Fuel", "Fuel"])

    def test_a_page_that_the_file_lacks(self):
        waiting = self.quarantined(transaction("2026-01-06", 9, "x"), **_closing(100))
        self.assertIn("91.00", waiting.likely_cause)
        self.assertEqual(waiting.double_count, 0)

    def test_a_line_typed_twice_in_the_books(self):
        line = {"journal_id": self.journal.id, "date": "2026-01-10", "amount": 40}
        lines = self.env["account.bank.statement.line"].create(
            [{**line, "payment_ref": "Rent"}, {**line, "payment_ref": "Rent, again"}]
        )
        waiting = self.quarantined(
            transaction("2026-01-10", 40, "Rent"),
            transaction("2026-01-15", 1, "New"),
            start="2026-01-02",
            end="2026-01-31",
        )
        self.assertEqual((waiting.cause, waiting.difference), ("surplus", -40))
        self.assertIn("more often", waiting.likely_cause)
        action = waiting.action_view_doubles()
        found = self.accountant[action["res_model"]].search(action["domain"])
        self.assertEqual(found.ids, found.browse(lines.ids).sorted().ids)

    def test_a_statement_that_is_missing_is_told_by_its_number(self):
        self.receive(statement([transaction("2026-01-05", 5, "a")], number="12"))
        waiting = self.quarantined(transaction("2026-01-20", 1, "b"), opening=50, number="15")
        self.assertEqual(waiting.cause, "gap")
        self.assertIn("13–14", waiting.likely_cause)
        self.assertEqual(waiting.action_upload_missing()["params"]["journal_id"], self.journal.id)

    def test_without_numbers_the_days_tell_where_it_is_missing(self):
        self.receive(statement([transaction("2026-01-05", 5, "a")]))
        waiting = self.quarantined(transaction("2026-01-20", 1, "b"), opening=50)
        self.assertIn("2026-01-05", waiting.likely_cause)

    def test_causes_without_a_difference_guess_nothing(self):
        waiting = self.quarantined(transaction("2026-01-20", 1, "b"), iban=make_iban(66))
        self.assertEqual(waiting.cause, "unknown_account")
        self.assertFalse(waiting.likely_cause)
        self.assertEqual(waiting.double_count, 0)

    def test_each_cause_has_a_way_out_on_the_form(self):
        form = self.arch("bank.import.statement", "form")
        for cause, _label in self.env["bank.import.statement"]._fields["cause"].selection:
            ways = [
                button.get("name")
                for button in form.xpath("//header/button")
                if not _is_hidden(button.get("invisible") or "False", cause)
            ]
            with self.subTest(cause=cause):
                self.assertTrue(ways)


def _is_hidden(expression, cause):
    values = {"state": "quarantined", "cause": cause, "second_person": False}
    return safe_eval(expression, values)


def _closing(balance):
    """A closing balance that the transactions do not make."""
    return {"closing": Balance(Decimal(balance), day("2026-01-06"))}


def _granular(records, group):
    name = group.partition(":")[0]
    is_date = records._fields[name].type in ("date", "datetime")
    return f"{name}:month" if is_date and ":" not in group else group


def _is_inside_field(node):
    return any(parent.tag == "field" for parent in node.iterancestors())
