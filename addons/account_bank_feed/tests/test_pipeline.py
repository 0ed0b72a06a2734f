from .common import BankFeedCase, statement, transaction


class TestPipeline(BankFeedCase):
    """From a dropped file to journal entries on suspense."""

    def test_every_booked_transaction_reaches_the_ledger(self):
        record = self.receive(
            statement([transaction("2026-01-02", "100.00", "One"), transaction("2026-01-03", "-40.00", "Two")])
        )
        self.assertEqual(record.state, "done", record.error)
        self.assertEqual(record.format, "camt.053")
        self.assertEqual(self.transactions().mapped("state"), ["processed", "processed"])
        suspense = self.journal.suspense_account_id.code
        bank = self.journal.default_account_id.code
        accounts = tuple(sorted((bank, suspense)))
        self.assertEqual(
            self.books(),
            [
                ("2026-01-02", 100.0, "One", accounts, "processed"),
                ("2026-01-03", -40.0, "Two", accounts, "processed"),
            ],
        )
        ledger_statement = record.statement_ids.ledger_statement_id
        self.assertEqual(ledger_statement.balance_end_real, 60)
        self.assertTrue(ledger_statement.is_complete)

    def test_the_same_file_twice_books_once(self):
        part = statement([transaction("2026-01-02", "100.00", "One")])
        self.receive(part)
        before = self.books()
        again = self.receive(part)
        self.assertEqual(self.books(), before)
        self.assertEqual(again.duplicate_count, 1)
        self.assertEqual(again.transaction_ids.duplicate_of_id.state, "processed")
        self.assertEqual(again.state, "done")
