"""One payment that two sources date otherwise is booked once; where in doubt, a person decides."""

from dataclasses import replace

from odoo.addons.bank_statement_format.testing import camt053, csv_demo_bank
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
        part = self.unproven(*rows)
        return self.receive(name="second.csv", content=csv_demo_bank([part])).transaction_ids

    def unproven(self, *rows, **period):
        return replace(statement(rows, **period), opening=None, closing=None)

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

    def test_a_person_is_asked_once(self):
        """A feed tells the same days again and again, until the person has answered and after."""
        known = self.first(told("2026-01-05"))
        row = self.second(told("2026-01-06"))
        for n in (1, 2):
            rows = self.second(told("2026-01-06"), told("2026-01-07", n, f"New {n}", None))
            self.assertEqual(sorted(rows.mapped("state")), ["duplicate", "processed"])
        again = known.search([("duplicate_of_id", "=", known.id)])
        self.assertEqual(again.mapped("state").count("quarantined"), 1)
        row.action_not_duplicate()
        self.run_jobs()
        self.assertEqual((again - row).duplicate_of_id, row)
        self.assertEqual(self.amounts(), [1.0, 2.0, 50.0, 50.0])
        self.second(told("2026-01-06"), told("2026-01-07", 3, "New 3", None))
        self.assertEqual(self.amounts(), [1.0, 2.0, 3.0, 50.0, 50.0])

    def test_words_alone_are_reason_to_ask(self):
        known = self.first(told("2026-01-05", reference=None))
        part = self.unproven(told("2026-01-06", reference=None), start="2026-01-04")
        row = self.receive(name="quiet.xml", content=camt053([part])).transaction_ids
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

    def proven(self, *rows, opening=0):
        """A statement whose balances fit; the one of its rows that is of 50."""
        record = self.receive(statement(rows, opening))
        part = record.statement_ids
        self.assertTrue(part.proven, part.explanation)
        return record.transaction_ids.filtered(lambda t: t.amount == 50)

    def test_balances_prove_that_it_is_known(self):
        """The other source dates it a day earlier, before the statement's first day."""
        self.proven(told("2026-01-02", 7, "Seven", None))
        known = self.first(told("2026-01-05"))
        row = self.proven(told("2026-01-06"), told("2026-01-06", 1, "One", None), opening=7)
        self.assertEqual((row.state, row.duplicate_of_id), ("duplicate", known))
        self.assertEqual(self.amounts(), [1.0, 7.0, 50.0])

    def test_balances_prove_that_it_is_another_payment(self):
        """The bank's reference is that of a contract."""
        self.first(told("2026-01-05"))
        row = self.proven(told("2026-01-06"), told("2026-01-06", 1, "One", None), opening=50)
        self.assertEqual((row.state, row.duplicate_of_id.id), ("processed", False))
        self.assertEqual(self.amounts(), [1.0, 50.0, 50.0])

    def test_balances_cannot_tell_of_later_days(self):
        """Neither they nor our balance of the statement's last day hold what we know of later."""
        seven = told("2026-01-05", 7, "Seven", None)
        known = self.first(seven, told("2026-01-07")).filtered(lambda t: t.amount == 50)
        row = self.proven(seven, told("2026-01-06"))
        self.assertEqual((row.state, row.duplicate_of_id), ("quarantined", known))
        self.assertEqual(self.amounts(), [7.0, 50.0])
        row.action_confirm_duplicate()
        self.run_jobs()
        after = self.receive(statement([told("2026-01-08", 3, "Three", None)], 57))
        self.assertEqual(after.state, "done", after.statement_ids.explanation)

    def test_another_payment_of_a_later_day(self):
        seven = told("2026-01-05", 7, "Seven", None)
        self.first(seven, told("2026-01-07"), told("2026-01-08"))
        row = self.proven(seven, told("2026-01-06"))
        self.assertEqual(row.state, "quarantined")
        row.action_not_duplicate()
        self.run_jobs()
        self.assertEqual(self.amounts(), [7.0, 50.0, 50.0, 50.0])
        self.proven(told("2026-01-07"), told("2026-01-08"), opening=57)
        self.assertEqual(self.amounts(), [7.0, 50.0, 50.0, 50.0])

    def test_over_a_gap_what_is_another_payment_makes_the_gap_smaller(self):
        self.proven(told("2026-01-02", 7, "Seven", None))
        self.first(told("2026-01-05", text="Donation", reference=None))
        record = self.receive(
            statement([told("2026-01-05"), told("2026-01-06", 1, "One", None)], 1000)
        )
        self.assertEqual(record.state, "quarantined")
        part = record.statement_ids
        self.company.bank_feed_four_eyes = True
        approver = self.make_user("approver")
        part.with_env(self.env_of(approver)).action_release("The bank lost it")
        self.run_jobs()
        row = part.transaction_ids.filtered(lambda t: t.amount == 50)
        self.assertEqual((row.state, part.accepted_difference), ("quarantined", 993))
        row.action_not_duplicate()
        self.run_jobs()
        self.assertEqual(part.accepted_difference, 943)
        balance = self.journal._bank_feed_balance(part.end_date)
        self.assertEqual(balance, 1051)

    def test_a_third_source(self):
        """It has no reference, and tells it on the day of the second one."""
        known = self.first(told("2026-01-05"))
        self.second(told("2026-01-02", 2, "Before", None), told("2026-01-06"))
        part = self.unproven(told("2026-01-06", reference=None))
        row = self.receive(name="third.xml", content=camt053([part])).transaction_ids
        self.assertEqual((row.state, row.duplicate_of_id), ("duplicate", known))
        self.assertEqual(self.amounts(), [2.0, 50.0])

    def test_another_payment_that_a_source_tells_on_the_day_of_a_known_one(self):
        """The source has told the known one before, on a day that is not looked at now."""
        self.first(told("2026-01-05"))
        self.second(told("2026-01-02", 2, "Before", None), told("2026-01-06"))
        (row,) = self.second(told("2026-01-05", text="Donation", reference=None))
        self.assertEqual(row.state, "processed")
        self.assertEqual(self.amounts(), [2.0, 50.0, 50.0])
