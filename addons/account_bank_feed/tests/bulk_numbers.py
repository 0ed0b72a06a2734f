"""Numbers of the entries: days, months, and journals that number in another way."""

from .bulk_common import BATCH


class NumberCases:
    def spread(self, *dates, count=BATCH):
        """Payments of these days, one after the other."""
        payments = self.undecided(count)
        for number, payment in enumerate(payments):
            payment.date = dates[number % len(dates)]
        return payments

    def name_first_entry(self, name, date="2026-01-02"):
        """Whoever names an entry by hand decides how the journal numbers from then on."""
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.journal.id, "date": date, "amount": 1, "payment_ref": "By hand"}
        )
        line.move_id.name = name
        self.env.cr.flush()

    def test_days_in_any_order(self):
        self.assert_same_books(
            self.spread("2026-01-10", "2026-01-08", "2026-01-31", "2026-01-09", "2026-01-01")
        )

    def test_months_and_years_in_one_batch(self):
        dates = ["2026-03-01", "2026-01-31", "2026-02-28", "2027-01-01", "2026-12-31"]
        self.assert_same_books(self.spread(*dates, count=BATCH + 10))

    def test_entries_that_are_there_already(self):
        self.env["account.bank.statement.line"].create(
            [
                {"journal_id": self.journal.id, "date": date, "amount": 5, "payment_ref": "Old"}
                for date in ("2026-01-05", "2026-01-20", "2026-02-03")
            ]
        )
        self.env.cr.flush()
        self.assert_same_books(self.spread("2026-01-10", "2026-02-10", "2026-03-10"))

    def test_numbers_by_month(self):
        self.name_first_entry("BNKA/2026/01/0007")
        self.assert_same_books(self.spread("2026-01-10", "2026-02-10", "2026-01-11"))

    def test_numbers_without_end(self):
        self.name_first_entry("STMT-0041")
        self.assert_same_books(self.spread("2026-01-10", "2026-02-10", "2027-01-11"))

    def test_numbers_with_a_tail(self):
        self.name_first_entry("B26-0099/x", date="2026-01-09")
        self.assert_same_books(self.spread("2026-01-10", "2026-02-10"))

    def test_numbers_by_a_business_year(self):
        self.company.write({"fiscalyear_last_month": "6", "fiscalyear_last_day": 30})
        self.name_first_entry("BNKA/2025-2026/00012")
        self.assert_same_books(self.spread("2026-01-10", "2026-07-10", "2027-02-10"))

    def test_numbers_by_a_journals_own_pattern(self):
        self.name_first_entry("K2026-01.005")
        self.journal.sequence_override_regex = (
            r"^(?P<prefix1>.*?)(?P<year>(?:\d{4})?)(?P<prefix2>\D*?)(?P<month>(?:\d{2})?)"
            r"(?P<prefix3>\D*?)(?P<seq>\d*)(?P<suffix>\D*?)$"
        )
        self.assert_same_books(self.spread("2026-01-10", "2026-02-10"))

    def test_gaps_in_the_numbers(self):
        """An entry in the middle that was renamed leaves a gap, which is shown."""
        lines = self.env["account.bank.statement.line"].create(
            [
                {"journal_id": self.journal.id, "date": "2026-01-02", "amount": 1, "payment_ref": t}
                for t in "abc"
            ]
        )
        lines[1].move_id.name = "BNKA/2026/00017"
        self.env.cr.flush()
        self.assert_same_books(self.spread("2026-01-10", "2026-01-11"))

    def test_lines_of_a_statement_that_is_there_already(self):
        """A line between those of a statement becomes part of it, or not, as stock decides."""
        lines = self.env["account.bank.statement.line"].create(
            [
                {"journal_id": self.journal.id, "date": date, "amount": 5, "payment_ref": "Old"}
                for date in ("2026-01-05", "2026-01-20")
            ]
        )
        self.env["account.bank.statement"].create(
            {"name": "January", "line_ids": [(6, 0, lines.ids)], "balance_end_real": 10}
        )
        self.env.cr.flush()
        self.assert_same_books(self.spread("2026-01-10", "2026-01-25"))
