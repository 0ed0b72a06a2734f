from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..usual_rules import ACCOUNTS, CHARTS, USUAL_RULES
from .rule_case import FEE, RuleWritingCase


@tagged("post_install", "-at_install")
class TestRuleAccounts(RuleWritingCase):
    """Which account gets how much, and where a difference goes."""

    def line(self, account=None, **values):
        return (0, 0, {"account_id": (account or self.expense).id, **values})

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def test_the_lines_of_a_rule_as_the_core_knows_them(self):
        other = self.account("699901")
        tax = self.company_data["default_tax_purchase"]
        rule = self.make_rule(
            FEE,
            line_ids=[
                self.line(sequence=2, label="Rest", partner_id=self.partner_a.id),
                self.line(other, sequence=1, share="percent", value=33.3333,
                          tax_ids=[(6, 0, tax.ids)], analytic_distribution={"7": 100}),
                self.line(other, sequence=3, share="captured", pattern=r"FEE (\d+)", deducted=True),
                self.line(other, sequence=4, share="fixed", value=2.5),
            ],
        )  # fmt: skip
        percent, rest, captured, fixed = rule._spec().bookings
        self.assertEqual((percent.share, percent.value), ("percent", Decimal("33.3333")))
        self.assertEqual((percent.tax_ids, percent.analytic), ((tax.id,), (("7", 100),)))
        self.assertEqual((rest.account_id, rest.value), (self.expense.id, None))
        self.assertEqual((rest.label, rest.partner_id), ("Rest", self.partner_a.id))
        self.assertEqual((captured.pattern, captured.deducted), (r"FEE (\d+)", True))
        self.assertEqual(str(fixed.value), "2.50")

    def test_a_split_is_booked_to_its_accounts(self):
        other = self.account("699901")
        parts = [self.line(), self.line(other, share="percent", value=30)]
        rule = self.make_rule(FEE, line_ids=parts)
        paid = self.pay("-10.01", "fee")
        self.assertEqual((paid.state, paid.rule_id), ("reconciled", rule))
        balances = {code: balance for code, _partner, balance, _open in self.entry(paid)}
        self.assertEqual(balances.pop(self.journal.default_account_id.code), -10.01)
        self.assertEqual(balances, {self.expense.code: 7.01, "699901": 3.0})

    def test_taxes_are_contained_in_the_amount(self):
        tax = self.company_data["default_tax_purchase"]
        self.make_rule(FEE, line_ids=[self.line(tax_ids=[(6, 0, tax.ids)])])
        paid = self.pay("-119.00", "fee")
        self.assertEqual(paid.state, "reconciled")
        lines = paid.move_id.line_ids
        [base] = lines.filtered(lambda line: line.account_id == self.expense)
        self.assertEqual((base.tax_ids, base.balance), (tax, 100.0))
        self.assertEqual(lines.filtered("tax_line_id").balance, 19.0)

    def test_a_captured_fee_is_booked_beside_the_gross_amount(self):
        fees = self.account("699901")
        parts = [
            self.line(),
            self.line(fees, share="captured", pattern=r"FEE (\S+)", deducted=True),
        ]
        self.make_rule(("text", "contains", "payout"), line_ids=parts)
        paid = self.pay("97.50", "Payout FEE 2.50")
        balances = {code: balance for code, _partner, balance, _open in self.entry(paid)}
        self.assertEqual((balances[self.expense.code], balances["699901"]), (-100.0, 2.5))
        left = self.pay("97.50", "Payout", date="2026-01-11")
        self.assertEqual(left.state, "processed")
        self.assertIn("holds nothing like", left.explanation)

    def test_a_senseless_line_is_refused_with_a_sentence(self):
        rest = self.line()
        for lines, sentence in (
            ([self.line(share="percent", value=0), rest], "needs a value above zero"),
            ([self.line(share="fixed", value=-1), rest], "needs a value above zero"),
            ([self.line(share="captured", pattern=r"\d+"), rest], "just one group"),
            ([self.line(share="captured", pattern="("), rest], "no regular expression"),
            ([self.line(deducted=True)], "can be deducted"),
            ([rest, rest], "Only one part can be the rest"),
            ([self.line(share="percent", value=99)], "percentages that make 100"),
        ):
            with (
                self.subTest(sentence=sentence),
                self.forgotten(),
                self.assertRaisesRegex(ValidationError, sentence),
            ):
                self.make_rule(FEE, line_ids=lines)

    def test_a_tax_or_partner_of_another_company_is_refused(self):
        other = self.setup_other_company()
        theirs = other["default_tax_purchase"]
        with self.assertRaises(UserError):
            self.make_rule(FEE, line_ids=[self.line(tax_ids=[(6, 0, theirs.ids)])])

    # ------------------------------------------------------------------
    # Where a difference goes
    # ------------------------------------------------------------------

    def test_a_rule_s_own_account_comes_before_the_company_s(self):
        mine, ours = self.account("699901"), self.account("699902")
        rule = self.make_rule(FEE, kind="match", line_ids=False)
        for kind in ("difference", "charges", "fee"):
            with self.subTest(kind=kind):
                self.company[f"bank_feed_{kind}_account_id"] = ours
                self.assertEqual(rule._adjustment_account(kind, -1), ours)
                rule[f"{kind}_account_id"] = mine
                self.assertEqual(rule._adjustment_account(kind, -1), mine)

    def test_a_rule_of_all_companies_takes_the_account_of_the_company(self):
        ours = self.account("699902")
        self.company.bank_feed_charges_account_id = ours
        found = self.match_rule._adjustment_account("charges", -1, self.company)
        self.assertEqual(found, ours)

    def test_small_differences_fall_back_to_odoo_s_cash_differences(self):
        loss, gain = self.account("699901"), self.account("499901", "income")
        self.company.default_cash_difference_expense_account_id = loss
        self.company.default_cash_difference_income_account_id = gain
        self.assertEqual(self.company._bank_feed_account("difference", -1), loss)
        self.assertEqual(self.company._bank_feed_account("difference", 1), gain)

    def test_discounts_are_booked_where_odoo_books_them(self):
        company = self.company
        loss = company.account_journal_early_pay_discount_loss_account_id
        gain = company.account_journal_early_pay_discount_gain_account_id
        self.assertTrue(loss and gain)
        self.assertEqual(company._bank_feed_account("discount", -1), loss)
        self.assertEqual(company._bank_feed_account("discount", 1), gain)

    def test_fees_fall_back_to_charges_and_those_to_the_chart_s_account(self):
        usual = self.company._bank_feed_usual_account("fees")
        self.assertIn(usual.code, ACCOUNTS["fees"])
        self.assertEqual(self.company._bank_feed_account("charges"), usual)
        self.assertEqual(self.company._bank_feed_account("fee"), usual)
        self.company.bank_feed_charges_account_id = ours = self.account("699902")
        self.assertEqual(self.company._bank_feed_account("fee"), ours)

    def test_settings_are_the_company_s(self):
        till = self.account("136901", "asset_current", reconcile=True)
        settings = self.env["res.config.settings"].create(
            {
                "bank_feed_charges_account_id": self.expense.id,
                "bank_feed_clearing_account_ids": [(6, 0, till.ids)],
            }
        )
        settings.execute()
        self.assertEqual(self.company.bank_feed_charges_account_id, self.expense)
        self.assertEqual(self.company.bank_feed_clearing_account_ids, till)

    # ------------------------------------------------------------------
    # The usual rules
    # ------------------------------------------------------------------

    TEXTS = {
        "fees": ("-4.90", "Rechnungsabschluss 30.06.2026 Buchungsposten", None),
        "interest_paid": ("-12.00", "Sollzinsen Q1", None),
        "interest_received": ("3.00", "Habenzinsen", None),
        "vat": ("-500.00", "UStVA 05/2026", "Finanzamt Musterstadt"),
        "wage_tax": ("-300.00", "Lohnsteuer 05/2026", "Finanzamt Musterstadt"),
        "salaries": ("-2000.00", "Lohn/Gehalt 05/2026", None),
        "rent": ("-900.00", "Miete Mai", None),
    }

    def test_the_usual_rules_are_proposals_at_the_end_and_book_nothing(self):
        made, missing = self.env["bank.feed.rule"]._install_usual_rules(self.company)
        self.assertEqual((len(made), missing), (len(USUAL_RULES), []))
        self.assertEqual(set(made.mapped("active")), {False})
        self.assertGreater(min(made.mapped("sequence")), self.match_rule.sequence)
        self.assertEqual(self.pay(*self.TEXTS["fees"][:2]).state, "processed")
        again, missing = self.env["bank.feed.rule"]._install_usual_rules(self.company)
        self.assertEqual((len(again), missing), (0, []))
        with self.assertRaisesRegex(UserError, "there already"):
            made.action_add_usual_rules()

    def test_each_usual_rule_knows_its_payments_and_no_other(self):
        made, _missing = self.env["bank.feed.rule"]._install_usual_rules(self.company)
        of_account = dict(zip((usual.account for usual in USUAL_RULES), made, strict=True))
        column = CHARTS.index(self.company.chart_template)
        for account, (amount, text, name) in self.TEXTS.items():
            payment = self.pay(amount, text, name=name)._payment()
            applying = made.filtered(lambda rule, paid=payment: rule._spec().applies(paid))
            with self.subTest(account=account):
                self.assertEqual(applying, of_account[account])
                self.assertEqual(applying.line_ids.account_id.code, ACCOUNTS[account][column])

    def test_a_chart_that_is_not_known_gets_no_usual_rules(self):
        company = self.make_company("Elsewhere")
        made, missing = self.env["bank.feed.rule"]._install_usual_rules(company)
        self.assertEqual((len(made), len(missing)), (0, len(USUAL_RULES)))
