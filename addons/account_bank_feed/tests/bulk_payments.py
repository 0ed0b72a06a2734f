"""Payments of documents, in whole and in part, and what is not decided: booked in both ways."""

from .bulk_common import BATCH, Payment


class PaymentCases:
    def test_payments_of_invoices(self):
        books = self.assert_same_books(self.paid(self.invoices))
        for table in ("account_partial_reconcile", "account_full_reconcile"):
            self.assertEqual(len(books[table]), len(self.invoices))
        # Each invoice says that it was paid.
        told = [name for name in books["mail_tracking_value"] if "account.move" in name]
        self.assertGreaterEqual(len(told), len(self.invoices))
