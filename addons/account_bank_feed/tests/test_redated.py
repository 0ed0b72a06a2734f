"""One payment that two sources date otherwise is booked once; where in doubt, a person decides."""

from dataclasses import replace

from odoo.addons.bank_statement_format.testing import csv_demo_bank
from odoo.tests import tagged

from .common import IBAN, BankFeedAloneCase, statement, transaction

REFERENCE = "2026010512345678"
TEXT = "Invoice 4711 Muster GmbH"


def told(date, amount=50, text=TEXT, reference=REFERENCE):
    return transaction(date, amount, text, bank_reference=reference)


def csv_of(*rows):
    """A CSV without balances, as from another door to the bank."""
    lines = ["date,amount,currency,account,remittance,bank_reference"]
    lines += [
        f"{t.booking_date},{t.amount},EUR,{IBAN},{t.remittance},{t.bank_reference or ''}"
        for t in rows
    ]
    return ("\n".join(lines) + "\n").encode()


@tagged("post_install", "-at_install")
class TestRedated(BankFeedAloneCase):
    def first(self, *rows):
        return self.receive(name="first.csv", content=csv_of(*rows)).transaction_ids

    def second(self, *rows):
        """From another source, without balances."""
        part = replace(statement(rows), opening=None, closing=None)
        return self.receive(name="second.csv", content=csv_demo_bank([part])).transaction_ids

    def amounts(self):
        return sorted(row[1] for row in self.books())

    def test_the_bank_s_reference_on_a_day_that_the_statement_covers(self):
        known = self.first(told("2026-01-05"))
        row = self.second(
            told("2026-01-02", 1, "Before", None),
            told("2026-01-06", text="MUSTER GMBH INVOICE"),
        ).filtered(lambda t: t.amount == 50)
        self.assertEqual((row.state, row.duplicate_of_id), ("duplicate", known))
        self.assertEqual(self.amounts(), [1.0, 50.0])

    def test_both_orders_and_again(self):
        self.second(told("2026-01-06"))
        rows = told("2026-01-05"), told("2026-01-07", 1, "After", None)
        self.first(*rows)
        self.assertEqual(self.amounts(), [1.0, 50.0])
        for _again in range(2):
            rows = *rows, told("2026-01-08", 2, "Later", None)
            self.first(*rows)
            self.second(told("2026-01-06"), told("2026-01-09", 3, "Last", None))
            self.assertEqual(len([one for one in self.amounts() if one == 50]), 1)

    def test_on_a_day_that_the_statement_does_not_cover_a_person_is_asked(self):
        known = self.first(told("2026-01-05"))
        row = self.second(told("2026-01-06"))
        self.assertEqual((row.state, row.duplicate_of_id), ("quarantined", known))
        self.assertIn("another day", row.reason)
        self.assertEqual(self.amounts(), [50.0])
        row.action_confirm_duplicate()
        self.run_jobs()
        again = self.second(told("2026-01-06"), told("2026-01-07", 1, "New", None))
        self.assertEqual(sorted(again.mapped("state")), ["duplicate", "processed"])
        self.assertEqual(self.amounts(), [1.0, 50.0])

    def test_a_person_says_that_it_is_another_payment(self):
        self.first(told("2026-01-05"))
        row = self.second(told("2026-01-06"))
        row.action_not_duplicate()
        self.run_jobs()
        self.assertEqual(self.amounts(), [50.0, 50.0])
        self.second(told("2026-01-06"), told("2026-01-07", 1, "New", None))
        self.first(told("2026-01-05"), told("2026-01-07", 1, "New", None))
        self.assertEqual(self.amounts(), [1.0, 50.0, 50.0])

    def test_words_alone_are_reason_to_ask(self):
        known = self.first(told("2026-01-05", reference=None))
        rows = self.second(
            told("2026-01-02", 1, "Before", None),
            told("2026-01-06", reference=None),
        )
        row = rows.filtered(lambda t: t.amount == 50)
        self.assertEqual((row.state, row.duplicate_of_id), ("quarantined", known))

    def test_a_second_payment_is_booked(self):
        """Both sources have both, or there is nothing but the amount that is alike."""
        self.first(told("2026-01-05"), told("2026-01-06"))
        self.second(told("2026-01-05"), told("2026-01-06"))
        self.assertEqual(self.amounts(), [50.0, 50.0])
        self.second(
            told("2026-01-07", text="Donation 99", reference="8888888888"),
            told("2026-01-08", text="Rent"),
        )
        self.assertEqual(self.amounts(), [50.0] * 4)

    def test_another_day_of_the_same_source_is_another_payment(self):
        self.first(told("2026-01-05"))
        self.first(told("2026-01-06"))
        self.assertEqual(self.amounts(), [50.0, 50.0])

    def test_what_was_ignored_keeps_nothing_out_of_the_books(self):
        self.journal._bank_feed_confirm_start(self.journal.bank_feed_start_date.replace(day=6), 0)
        self.first(told("2026-01-05"))
        self.second(told("2026-01-06"))
        self.assertEqual(self.amounts(), [50.0])

    def test_balances_prove_it(self):
        """The other source dates it a day later, after the statement's last day."""
        known = self.first(told("2026-01-05", 7, "Seven", None), told("2026-01-07"))
        record = self.receive(statement([told("2026-01-05", 7, "Seven", None), told("2026-01-06")]))
        part = record.statement_ids
        self.assertEqual((record.state, part.proven), ("done", True), part.explanation)
        row = record.transaction_ids.filtered(lambda t: t.amount == 50)
        self.assertEqual(row.duplicate_of_id, known.filtered(lambda t: t.amount == 50))
        self.assertEqual(self.amounts(), [7.0, 50.0])
        after = self.receive(statement([told("2026-01-08", 3, "Three", None)], 57))
        self.assertEqual(after.state, "done", after.statement_ids.explanation)
