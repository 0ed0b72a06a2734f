import dataclasses
from decimal import Decimal

from odoo.addons.bank_statement_format import Counterparty, Detail
from odoo.addons.bank_statement_format.testing import camt052, camt053, camt054
from odoo.tests import tagged

from .common import BankFeedAloneCase, statement, transaction

WRITERS = {"statement": camt053, "report": camt052, "notification": camt054}
PAYMENTS = (
    Detail(
        amount=Decimal("30.00"),
        currency="EUR",
        counterparty=Counterparty(name="First GmbH"),
        remittance="INV 1",
        end_to_end_id="E1",
    ),
    Detail(
        amount=Decimal("70.00"),
        currency="EUR",
        counterparty=Counterparty(name="Second GmbH"),
        remittance="INV 2",
        reference="RF18539007547034",
    ),
)
BATCH = transaction("2026-01-05", 100, "INV 1 INV 2", bank_reference="B1", details=PAYMENTS)
BARE = BATCH._replace(remittance="Collective credit", details=())
OTHER = transaction("2026-01-05", 5, "Something else")


@tagged("post_install", "-at_install")
class TestAnnouncements(BankFeedAloneCase):
    """Reports and notifications are never booked; what they tell gets to what is."""

    def receive_kind(self, kind, *transactions, **values):
        values = {"opening": None, "closing": None, **values} if kind != "statement" else values
        part = dataclasses.replace(statement(list(transactions)), kind=kind, **values)
        return self.receive(content=WRITERS[kind]([part]))

    def details_of(self, record):
        return [
            (d.amount, d.counterparty_name, d.remittance, d.reference or "", d.end_to_end_id or "")
            for d in record.detail_ids
        ]

    def assert_has_payments(self, record):
        self.assertEqual(
            self.details_of(record),
            [
                (30.0, "First GmbH", "INV 1", "", "E1"),
                (70.0, "Second GmbH", "INV 2", "RF18539007547034", ""),
            ],
        )

    def test_a_batch_is_one_line_with_its_payments(self):
        record = self.receive(statement([BATCH])).transaction_ids
        self.assert_has_payments(record)
        self.assertEqual(record.amount, 100)
        self.assertEqual([row[1] for row in self.books()], [100])

    def test_a_notification_before_the_statement(self):
        notified = self.receive_kind("notification", BATCH)
        self.assertEqual((notified.state, notified.transaction_ids.state), ("done", "pending"))
        self.assertFalse(self.books())
        record = self.receive(statement([OTHER, BARE])).transaction_ids
        entry = record.filtered(lambda t: t.amount == 100)
        self.assert_has_payments(entry)
        self.assertEqual(notified.transaction_ids.state, "duplicate")
        self.assertEqual(notified.transaction_ids.duplicate_of_id, entry)
        self.assertEqual([row[1] for row in self.books()], [5, 100])

    def test_a_notification_after_the_statement(self):
        record = self.receive(statement([OTHER, BARE])).transaction_ids
        notified = self.receive_kind("notification", BATCH)
        self.assert_has_payments(record.filtered(lambda t: t.amount == 100))
        self.assertEqual(notified.transaction_ids.state, "duplicate")
        self.assertEqual(len(self.books()), 2)

    def test_the_banks_reference_decides_between_equal_entries(self):
        one = BARE._replace(bank_reference="A1")
        record = self.receive(statement([one, BARE])).transaction_ids
        self.receive_kind("notification", BATCH)
        first, second = record.sorted("position")
        self.assertFalse(first.detail_ids)
        self.assert_has_payments(second)

    def test_without_a_reference_equal_entries_get_nothing(self):
        mute = BARE._replace(bank_reference=None, remittance="")
        record = self.receive(statement([mute, mute])).transaction_ids
        unnamed = BATCH._replace(bank_reference=None)
        notified = self.receive_kind("notification", unnamed)
        self.assertFalse(record.detail_ids)
        self.assertEqual(notified.transaction_ids.state, "pending")

    def test_a_report_is_not_booked_and_gives_way_to_its_statement(self):
        report = self.receive_kind("report", OTHER, BARE)
        self.assertEqual(report.transaction_ids.mapped("state"), ["pending", "pending"])
        self.assertFalse(report.transaction_ids.filtered("booked"))
        self.assertFalse(self.books())
        self.receive(statement([OTHER]))
        self.assertEqual(len(self.books()), 1)
        states = {t.amount: t.state for t in report.transaction_ids}
        self.assertEqual(states, {5: "duplicate", 100: "ignored"})

    def test_a_report_twice_announces_once(self):
        self.receive_kind("report", OTHER)
        again = self.receive_kind("report", OTHER, BARE)
        states = {t.amount: t.state for t in again.transaction_ids}
        self.assertEqual(states, {5: "duplicate", 100: "pending"})

    def test_a_bank_without_statements(self):
        self.journal.bank_feed_book_reports = True
        self.receive_kind("report", OTHER)
        self.assertEqual([row[1] for row in self.books()], [5])
        again = self.receive_kind("report", OTHER, BARE)
        self.assertEqual([row[1] for row in self.books()], [5, 100])
        self.assertEqual(sorted(again.transaction_ids.mapped("state")), ["duplicate", "processed"])

    def test_a_report_does_not_start_the_feed(self):
        self.journal.bank_feed_start_confirmed = False
        opening = statement([OTHER]).opening
        self.receive_kind("report", OTHER, opening=opening, closing=None)
        self.assertFalse(self.journal.bank_feed_start_confirmed)
