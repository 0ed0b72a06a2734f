from odoo.addons.account_bank_feed.tests.common import IBAN, make_iban, transaction
from odoo.tests import tagged

from .scenario_case import ScenarioCase


@tagged("post_install", "-at_install")
class TestScenarioTransfers(ScenarioCase):
    """Between two banks of the company: both sides meet on the transfer account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_journal(make_iban(8), "BNKB")
        cls.transit = cls.company.transfer_account_id

    def sides(self):
        out = transaction("2026-01-10", -500, "Umbuchung", iban=make_iban(8))
        into = transaction("2026-01-12", 500, "Umbuchung", iban=IBAN)
        return self.continued([out]), self.statement_of(self.other, into)

    def assert_met(self, out, into):
        self.assertEqual((out | into).mapped("state"), ["reconciled"] * 2, out.explanation)
        self.assert_entry(out, (self.transit, self.partner_of(out), 500, 0), says="of our own")
        self.assert_entry(into, (self.transit, self.partner_of(into), -500, 0), says="of our own")
        self.assertEqual(out.company_id.partner_id, out.partner_id | into.partner_id)

    def partner_of(self, row):
        return row.statement_line_ids.partner_id

    def test_both_sides_in_one_file(self):
        self.before = self.picture()
        out, into = self.receive(*self.sides()).transaction_ids.sorted("amount")
        self.assert_met(out, into)
        self.assert_undone(out | into)

    def test_one_after_the_other_in_either_order(self):
        for order in (1, -1):
            with self.subTest(order=order), self.forgotten():
                self.before = self.picture()
                first, second = (
                    self.receive(side).transaction_ids for side in self.sides()[::order]
                )
                rows = (first | second).sorted("amount")
                self.assert_met(*rows)
                self.assert_undone(rows)

    def test_the_first_side_waits_on_the_transfer_account(self):
        self.before = self.picture()
        out = self.receive(self.sides()[0]).transaction_ids
        self.assertEqual(out.state, "reconciled")
        partner = self.partner_of(out)
        self.assert_entry(out, (self.transit, partner, 500, 500), says="is awaited")
        self.assert_undone(out)

    def test_one_side_undone_leaves_the_other_on_its_way(self):
        out, into = self.receive(*self.sides()).transaction_ids.sorted("amount")
        out.action_undo("wrong")
        self.assertEqual((out.state, into.state), ("processed", "reconciled"))
        self.assert_entry(into, (self.transit, self.partner_of(into), -500, -500))

    def test_two_of_our_banks_wait_for_it(self):
        """A person says which; the other one stays on its way."""
        third = self.make_journal(make_iban(9), "BNKC")
        outs = [transaction("2026-01-10", -500, "Umbuchung", iban=IBAN) for _each in range(2)]
        self.receive(self.statement_of(self.other, outs[0]))
        self.receive(self.statement_of(third, outs[1]))
        self.make_rule(("text", "contains", "Umbuchung"), kind="transfer", sequence=5, line_ids=[])
        into = self.pay(500, "Umbuchung", "2026-01-12")
        sides = self.transactions(amount=-500)
        self.assertEqual(into.state, "processed", into.explanation)
        self.assertEqual(into.suggestion_ids.item_ids.move_id, sides.move_id)
        self.accepted(into)
        self.assert_entry(into, (self.transit, self.company.partner_id, -500, 0))
        first = into.suggestion_ids[0].item_ids.move_id
        self.assertEqual(sorted(self.still_open(sides)), [0, 500])
        self.assertEqual(self.still_open(sides.filtered(lambda t: t.move_id == first)), [0])
        self.assert_undone(into)

    def still_open(self, rows):
        items = rows.move_id.line_ids.filtered(lambda item: item.account_id == self.transit)
        return items.mapped("amount_residual")
