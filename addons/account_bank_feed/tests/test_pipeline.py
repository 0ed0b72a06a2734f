import dataclasses
import itertools
import random
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.addons.bank_statement_format import Account, Balance, Format
from odoo.addons.bank_statement_format import Statement as BankStatement
from odoo.addons.bank_statement_format.registry import formats
from odoo.addons.bank_statement_format.testing import camt053, csv_demo_bank
from odoo.tests import tagged

from ..models import account_bank_statement
from .common import (
    IBAN,
    BankFeedAloneCase,
    cut,
    day,
    make_iban,
    run_jobs,
    statement,
    transaction,
)


def three_weeks():
    """Downloads of three weeks that overlap by days.

    The first one was made before the bank booked the second of two equal payments.
    """
    second_equal = transaction("2026-01-08", 50, "Equal")
    everything = [
        transaction("2026-01-02", 100, "One"),
        transaction("2026-01-05", -20, "Rent"),
        transaction("2026-01-06", "30.01", "Overlap"),
        transaction("2026-01-08", 50, "Equal"),
        second_equal,
        transaction("2026-01-09", -7, "Fee"),
        transaction("2026-01-13", 15, "Overlap"),
        transaction("2026-01-14", 60, "Two"),
        transaction("2026-01-16", "-5.55", "Fee"),
        transaction("2026-01-20", 25, "Three"),
    ]
    return everything, (
        cut(everything, "2026-01-01", "2026-01-08", also_later=[second_equal]),
        cut(everything, "2026-01-06", "2026-01-14"),
        cut(everything, "2026-01-13", "2026-01-21"),
    )


@tagged("post_install", "-at_install")
class TestPipeline(BankFeedAloneCase):
    """From a dropped file to journal entries on suspense."""

    def assert_in_books(self, expected, journal=None):
        """Bank and books agree: every transaction once, on bank and suspense, to the cent."""
        journal = journal or self.journal
        accounts = (journal.default_account_id, journal.suspense_account_id)
        codes = tuple(sorted(account.code for account in accounts))
        self.assertEqual(
            self.books(journal),
            sorted(
                (str(t.booking_date), float(t.amount), t.remittance, codes, "processed")
                for t in expected
            ),
        )
        total = sum(t.amount for t in expected)
        self.assertEqual(Decimal(f"{self.ledger_balance(accounts[0], journal):.2f}"), total)
        self.assertEqual(Decimal(f"{self.ledger_balance(accounts[1], journal):.2f}"), -total)
        self.assertEqual(Decimal(f"{journal._bank_feed_balance(day('2027-01-01')):.2f}"), total)

    def assert_all_admitted(self):
        statements = self.env["bank.import.statement"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            set(statements.mapped("state")), {"closed"}, statements.mapped("explanation")
        )
        self.assertEqual(set(statements.import_id.mapped("state")), {"done"})
        self.assertFalse(self.transactions(state="quarantined"))
        with_lines = statements.filtered("ledger_statement_id")
        self.assertTrue(all(with_lines.mapped("proven")))

    # ------------------------------------------------------------------
    # Happy path
    # ------------------------------------------------------------------

    def test_a_statement_of_many_lines_is_written_as_odoo_does(self):
        payments = [transaction(f"2026-01-{n:02}", n, f"Payment {n}") for n in range(2, 9)]
        self.receive(statement(payments), run=False)
        # Closing comes last, as if the other jobs had been done by another worker.
        run_jobs(
            self.env,
            until="_job_close",
            pick=lambda jobs: jobs.sorted(lambda job: job.method_name == "_job_close")[0],
        )
        part = self.transactions().import_statement_id.sudo()
        self.assertEqual(part.state, "admitted")
        stock = self.rows_of(part._close)
        with patch.object(account_bank_statement, "LINES", 2):
            ours = self.rows_of(part._close)
        self.assertIn("account_bank_statement", ours)
        self.assertEqual(len(ours["account_bank_statement_line"]), 7)
        self.assert_same_rows(stock, ours)

    def test_every_booked_transaction_reaches_the_ledger(self):
        self.assertTrue(self.audit_trail_is_on())
        parts = [
            transaction("2026-01-02", "100.00", "One"),
            transaction("2026-01-03", "-40.00", "Two"),
        ]
        record = self.receive(statement(parts))
        self.assertEqual(record.state, "done", record.error)
        self.assertEqual(record.format, "camt.053")
        self.assertEqual(self.transactions().mapped("state"), ["processed", "processed"])
        self.assert_in_books(parts)
        ledger_statement = record.statement_ids.ledger_statement_id
        self.assertEqual(ledger_statement.balance_end_real, 60)
        self.assertTrue(ledger_statement.is_complete)

    def test_the_ledger_keeps_the_order_and_the_balances_of_the_bank(self):
        everything, weeks = three_weeks()
        for week in weeks:
            self.receive(week)
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)], order="internal_index"
        )
        self.assertEqual(lines.mapped("payment_ref"), [t.remittance for t in everything])
        balances = list(itertools.accumulate(float(t.amount) for t in everything))
        for line, balance in zip(lines, balances, strict=True):
            self.assertAlmostEqual(line.running_balance, balance)
        statements = lines.statement_id.sorted("first_line_index")
        self.assertEqual(len(statements), 3)
        self.assertTrue(all(statements.mapped("is_complete")))
        self.assertTrue(all(statements.mapped("is_valid")))

    def test_the_same_file_twice_books_once(self):
        part = statement([transaction("2026-01-02", "100.00", "One")])
        self.receive(part)
        before = self.books()
        again = self.receive(part)
        self.assertEqual(self.books(), before)
        self.assertEqual(again.duplicate_count, 1)
        self.assertEqual(again.transaction_ids.duplicate_of_id.state, "processed")
        self.assertEqual(again.state, "done")

    def test_a_transaction_carries_all_that_the_bank_said(self):
        said = transaction(
            "2026-01-02",
            "-12.34",
            "Invoice RE-2026/1",
            name="Muster GmbH",
            iban=make_iban(77),
            reference="RF18539007547034",
            end_to_end_id="E2E-1",
            mandate_id="M-1",
            creditor_id="DE98ZZZ09999999999",
            bank_reference="B-1",
            code="PMNT-RDDT-ESDD",
        )
        self.receive(statement([said]))
        row = self.transactions()
        self.assertEqual(row.amount, -12.34)
        self.assertEqual(row.counterparty_name, "Muster GmbH")
        self.assertEqual(row.counterparty_iban, make_iban(77))
        for name in ("remittance", "reference", "end_to_end_id", "mandate_id", "creditor_id"):
            self.assertEqual(row[name], getattr(said, name), name)
        self.assertEqual((row.bank_reference, row.code), ("B-1", "PMNT-RDDT-ESDD"))
        self.assertIn("RF18539007547034", row.raw)
        line = row.statement_line_id
        self.assertEqual(line.partner_name, "Muster GmbH")
        self.assertEqual(line.account_number, make_iban(77))
        self.assertTrue(row.booked_at)
        self.assertEqual(row.move_id, line.move_id)

    # ------------------------------------------------------------------
    # Any order
    # ------------------------------------------------------------------

    def test_weeks_dropped_together_in_any_order_give_the_same_books(self):
        everything, weeks = three_weeks()
        for seed, order in enumerate(itertools.permutations(weeks)):
            with self.subTest(order=[str(w.start_date) for w in order]), self.forgotten():
                for week in order:
                    self.receive(week, run=False)
                run_jobs(self.env, pick=random.Random(seed).choice)
                self.assert_in_books(everything)
                self.assert_all_admitted()

    def test_weeks_dropped_one_after_the_other_in_any_order_give_the_same_books(self):
        everything, weeks = three_weeks()
        for order in itertools.permutations(weeks):
            with self.subTest(order=[str(w.start_date) for w in order]), self.forgotten():
                for week in order:
                    self.receive(week)
                self.assert_in_books(everything)
                self.assert_all_admitted()

    def test_all_statements_in_one_file_and_again_each_alone(self):
        everything, weeks = three_weeks()
        self.receive(*reversed(weeks))
        self.assert_in_books(everything)
        for week in weeks:
            self.receive(week)
        self.assert_in_books(everything)
        self.assert_all_admitted()

    def test_batches_and_their_order_do_not_change_the_books(self):
        parts = [
            transaction(f"2026-01-{number % 28 + 1:02}", number + 1, f"Payment {number}")
            for number in range(101)
        ]
        content = camt053([statement(sorted(parts, key=lambda t: t.booking_date))])
        parameters = self.env["ir.config_parameter"].sudo()
        seen = []
        for size, batches in ((1000, 1), (100, 2)):
            parameters.set_param("account_bank_feed.batch_size", str(size))
            with self.forgotten():
                self.receive(content=content, run=False)
                run_jobs(self.env, pick=random.Random(size).choice)
                self.assertEqual(len(self.transactions().batch_id), batches)
                self.assertEqual(set(self.transactions().batch_id.mapped("state")), {"done"})
                self.assert_in_books(parts)
                lines = self.env["account.bank.statement.line"].search(
                    [("journal_id", "=", self.journal.id)], order="internal_index"
                )
                seen.append(lines.mapped("payment_ref"))
        self.assertEqual(seen[0], seen[1])

    def test_matching_sees_every_file_that_was_dropped_together(self):
        self.make_journal(make_iban(2), "BNK2")
        calls = []
        with patch.object(
            self.registry["bank.transaction"],
            "_decide",
            lambda records: calls.append(set(records.mapped("remittance"))) or {},
        ):
            self.receive(statement([transaction("2026-01-02", 1, "A")]), run=False)
            other = statement([transaction("2026-01-02", 2, "B")], iban=make_iban(2))
            self.receive(other, run=False)
            # Matching is always tried first.
            run_jobs(
                self.env, pick=lambda jobs: jobs.sorted(lambda j: j.method_name != "_job_match")[0]
            )
            self.assertEqual(calls, [{"A", "B"}])

    # ------------------------------------------------------------------
    # Files as banks write them
    # ------------------------------------------------------------------

    def test_a_file_cut_anywhere_is_refused_whole(self):
        _everything, weeks = three_weeks()
        content = camt053(weeks)
        for tenth in range(1, 10):
            with self.subTest(tenth=tenth), self.forgotten():
                record = self.receive(content=content[: len(content) * tenth // 10])
                self.assertEqual(record.state, "refused")
                self.assertTrue(record.error)
                self.assertFalse(record.statement_ids)
                self.assertFalse(self.transactions())
                self.assertEqual(self.books(), [])

    def test_a_cut_csv_is_refused_whole(self):
        _everything, weeks = three_weeks()
        content = csv_demo_bank([weeks[1]])
        for tenth in range(1, 10):
            with self.subTest(tenth=tenth), self.forgotten():
                record = self.receive(name="a.csv", content=content[: len(content) * tenth // 10])
                self.assertEqual(record.state, "refused")
                self.assertTrue(record.error)
                self.assertFalse(self.transactions())

    def test_accounts_in_one_file_go_to_their_own_journals(self):
        other = self.make_journal(make_iban(2), "BNK2")
        ours = [transaction("2026-01-02", 1, "Ours")]
        theirs = [transaction("2026-01-02", 1, "Theirs")]
        record = self.receive(statement(ours), statement(theirs, iban=make_iban(2)))
        self.assert_in_books(ours)
        self.assert_in_books(theirs, other)
        self.assertEqual(record.statement_ids.journal_id, self.journal | other)

    def test_one_account_in_two_currencies_goes_to_two_journals(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollars = self.make_journal(make_iban(3), "BNKD", currency=dollar)
        dollars.bank_feed_account_number = IBAN
        self.receive(
            statement([transaction("2026-01-02", 1, "Euro")]),
            statement([transaction("2026-01-02", 7, "Dollar", currency="USD")], currency="USD"),
        )
        self.assert_in_books([transaction("2026-01-02", 1, "Euro")])
        line = self.transactions(journal_id=dollars.id).statement_line_id
        self.assertEqual((line.amount, line.currency_id, line.payment_ref), (7, dollar, "Dollar"))
        liquidity = line.line_ids.filtered(lambda i: i.account_id == dollars.default_account_id)
        self.assertEqual(liquidity.amount_currency, 7)

    def test_the_entry_amount_is_booked_not_its_details(self):
        foreign = transaction(
            "2026-01-02", "90.50", "Foreign", original_amount=Decimal(100), original_currency="USD"
        )
        net = transaction(
            "2026-01-03",
            "-102.00",
            "With charges",
            original_amount=Decimal(-100),
            original_currency="EUR",
            charges=Decimal(2),
        )
        self.receive(statement([foreign, net]))
        self.assert_in_books([foreign, net])
        row = self.transactions(remittance="Foreign")
        self.assertEqual((row.original_amount, row.original_currency), (100, "USD"))
        self.assertEqual(self.transactions(remittance="With charges").charges, 2)

    def test_a_value_date_alone_is_the_booking_date(self):
        content = camt053([statement([transaction("2026-01-02", 5, "Value date only")])])
        self.receive(content=content.replace(b"<BookgDt><Dt>2026-01-02</Dt></BookgDt>", b""))
        self.assert_in_books([transaction("2026-01-02", 5, "Value date only")])

    def test_no_text_leaks_into_the_next_line(self):
        parts = [
            transaction("2026-01-02", 5, "Invoice 1", name="Muster GmbH", iban=make_iban(9)),
            transaction("2026-01-02", 6),
        ]
        self.receive(statement(parts))
        silent = self.transactions(amount=6)
        self.assertFalse(silent.remittance or silent.counterparty_name or silent.counterparty_iban)
        self.assertEqual(silent.statement_line_id.payment_ref, "/")
        self.assertFalse(silent.statement_line_id.partner_name)

    def test_a_repeated_bank_reference_is_no_identity(self):
        parts = [
            transaction("2026-01-02", 5, "First", bank_reference="NONREF"),
            transaction("2026-01-02", 5, "Second", bank_reference="NONREF"),
            transaction("2026-01-03", 5, "First", bank_reference="NONREF"),
        ]
        self.receive(statement(parts))
        self.receive(
            statement([transaction("2026-01-04", 5, "First", bank_reference="NONREF")], 15)
        )
        self.assert_in_books([*parts, transaction("2026-01-04", 5, "First")])

    def test_a_csv_with_the_newest_row_first_is_read_forwards(self):
        everything, _weeks = three_weeks()
        record = self.receive(name="a.csv", content=csv_demo_bank([statement(everything)]))
        self.assert_in_books(everything)
        part = record.statement_ids
        self.assertEqual((part.opening_balance, part.closing_balance), (0, 297.46))
        self.assertTrue(part.proven)
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)], order="internal_index"
        )
        self.assertEqual(lines.mapped("payment_ref"), [t.remittance for t in everything])

    def test_a_file_that_names_no_currency_is_in_that_of_the_journal(self):
        lonely = BankStatement(
            account=Account(iban=IBAN),
            currency=None,
            opening=Balance(Decimal(0), day("2026-01-02")),
            closing=Balance(Decimal("0.55"), day("2026-01-02")),
            start_date=day("2026-01-02"),
            end_date=day("2026-01-02"),
        )
        with self.format_of_lines(lonely):
            self.receive(name="a.txt", content=b"LINES\n2026-01-02 0.55 Cents\n")
        self.assert_in_books([transaction("2026-01-02", "0.55", "Cents")])
        self.assertEqual(self.transactions().currency_id.name, "EUR")

    def format_of_lines(self, last_event):
        """A format for a while: a line per transaction (day, amount, text)."""

        class Lines(Format):
            label = "Lines"

            def sniff(self, name, head):
                return head.startswith(b"LINES")

            def parse(self, stream):
                total = Decimal(0)
                for line in stream.read().decode().splitlines()[1:]:
                    date, amount, text = line.split(" ", 2)
                    total += Decimal(amount)
                    yield transaction(date, amount, text)
                yield dataclasses.replace(last_event, total=total)

        fmt = Lines()
        fmt.name = "lines"
        return patch.dict(formats(), {"lines": fmt})

    # ------------------------------------------------------------------
    # What the bank calls pending
    # ------------------------------------------------------------------

    def test_what_the_bank_calls_pending_is_booked_when_the_bank_books_it(self):
        announced = transaction("2026-01-03", -9, "Card", booked=False)
        first = self.receive(statement([transaction("2026-01-02", 100, "One"), announced]))
        self.assert_in_books([transaction("2026-01-02", 100, "One")])
        waiting = self.transactions(booked=False)
        self.assertEqual((waiting.state, first.state), ("pending", "done"))
        booked = transaction("2026-01-03", -9, "Card")
        second = statement([booked], 100)
        self.receive(second)
        self.assert_in_books([transaction("2026-01-02", 100, "One"), booked])
        self.assertEqual(waiting.state, "ignored")
        self.receive(second)
        self.assert_in_books([transaction("2026-01-02", 100, "One"), booked])

    def test_one_announcement_in_two_downloads_stays_visible_once(self):
        announced = transaction("2026-01-03", -9, "Card", booked=False)
        one = transaction("2026-01-03", 100, "One")
        two = transaction("2026-01-03", 50, "Two")
        self.receive(statement([one, announced]))
        self.receive(statement([one, two, announced]))
        self.assert_in_books([one, two])
        self.assertEqual(
            sorted(self.transactions(booked=False).mapped("state")), ["duplicate", "pending"]
        )

    # ------------------------------------------------------------------
    # What an import shows
    # ------------------------------------------------------------------

    def test_an_import_counts_and_tells_what_became_of_it(self):
        old = transaction("2026-01-02", 100, "Old")
        self.receive(statement([old]))
        record = self.receive(
            statement(
                [
                    old,
                    transaction("2026-01-03", 1, "New"),
                    transaction("2026-01-03", 2, "Newer"),
                    transaction("2026-01-04", 3, "Announced", booked=False),
                ]
            ),
            run=False,
        )
        self.assertEqual(record.state, "received")
        run_jobs(self.env, until="_job_post")
        self.assertEqual((record.state, record.pending_count), ("processing", 3))
        run_jobs(self.env)
        self.assertEqual(record.state, "done")
        self.assertEqual(record.transaction_count, 4)
        self.assertEqual(record.duplicate_count, 1)
        self.assertEqual(record.processed_count, 2)
        self.assertEqual(record.review_count, 2)
        self.assertEqual(record.pending_count, 1)
        self.assertEqual((record.reconciled_count, record.error_count), (0, 0))
        self.assertTrue(record.finished_at)
        said = [body for body in record.message_ids.mapped("body") if "Done" in body]
        self.assertEqual(len(said), 1)
        self.assertIn("4 transactions", said[0])
        self.assertIn("1 duplicates", said[0])

    def test_a_refused_file_says_why_and_can_be_read_when_its_format_is_known(self):
        record = self.receive(name="a.txt", content=b"LINES\n2026-01-02 7.50 Known at last\n")
        self.assertEqual(record.state, "refused")
        self.assertIn("No format recognises the file", record.error)
        self.assertTrue(record.message_ids.filtered(lambda m: "refused" in m.body))
        part = statement([transaction("2026-01-02", "7.50")])
        with self.format_of_lines(part):
            record.action_retry()
            self.assertEqual((record.state, record.error), ("received", False))
            run_jobs(self.env)
        self.assertEqual(record.state, "done")
        self.assert_in_books([transaction("2026-01-02", "7.50", "Known at last")])

    def test_a_broken_file_is_refused_with_the_place(self):
        content = camt053([statement([transaction("2026-01-02", 5, "One")])])
        record = self.receive(
            content=content.replace(b"<Dt>2026-01-02</Dt></BookgDt>", b"<Dt>soon</Dt></BookgDt>")
        )
        self.assertEqual(record.state, "refused")
        self.assertTrue(record.error_line)
        self.assertIn("Ntry[1]", record.error_element)
        self.assertEqual(record.error_found, "soon")

    def test_an_empty_file_is_refused(self):
        self.assertEqual(self.receive(content=b"").state, "refused")

    # ------------------------------------------------------------------
    # Jobs that die
    # ------------------------------------------------------------------

    def job_of(self, record):
        return self.env["queue.job"].sudo().search([("uuid", "=", record.job_uuid)])

    def sweep(self):
        user = self.env.ref("account_bank_feed.cron_sweep").user_id
        self.env["bank.import"].with_user(user)._cron_sweep()

    def test_a_batch_whose_job_failed_is_found_and_booked_on_retry(self):
        part = [transaction("2026-01-02", 5, "One")]
        record = self.receive(statement(part), run=False)
        run_jobs(self.env, until="_job_post")
        batch = record.transaction_ids.batch_id
        self.sweep()
        self.assertEqual(batch.state, "waiting", "a job that still waits is no dead one")
        self.job_of(batch).write({"state": "failed", "exc_message": "Out of memory"})
        self.sweep()
        run_jobs(self.env)
        self.assertEqual((batch.state, batch.error), ("failed", "Out of memory"))
        self.assertEqual(record.state, "processing")
        self.assertEqual(self.books(), [])
        batch.action_retry()
        run_jobs(self.env)
        self.assertEqual((batch.state, record.state), ("done", "done"))
        self.assert_in_books(part)

    def test_a_batch_whose_job_was_lost_is_found(self):
        record = self.receive(statement([transaction("2026-01-02", 5, "One")]), run=False)
        run_jobs(self.env, until="_job_post")
        batch = record.transaction_ids.batch_id
        self.job_of(batch).unlink()
        self.sweep()
        self.assertEqual(batch.state, "failed")
        batch.action_retry()
        run_jobs(self.env)
        self.assertEqual(record.transaction_ids.state, "processed")

    def test_a_batch_that_runs_twice_books_once(self):
        part = [transaction("2026-01-02", 5, "One")]
        record = self.receive(statement(part))
        batch = record.transaction_ids.batch_id
        batch.sudo()._job_post()
        run_jobs(self.env)
        self.assert_in_books(part)

    def test_a_file_whose_read_job_was_lost_is_found_and_read_on_retry(self):
        part = [transaction("2026-01-02", 5, "One")]
        record = self.receive(statement(part), run=False)
        self.job_of(record).unlink()
        self.sweep()
        self.assertEqual(record.state, "failed")
        self.assertTrue(record.error)
        record.action_retry()
        run_jobs(self.env)
        self.assertEqual(record.state, "done")
        self.assert_in_books(part)

    def lose(self, method):
        """The job that calls ``method`` is lost, and all that was to follow it."""
        run_jobs(self.env, lambda jobs: jobs.sorted(lambda j: j.method_name == method)[0], method)
        self.env["queue.job"].sudo().search([("state", "=", "pending")]).unlink()

    def test_the_sweeper_starts_lost_admission_matching_and_closing_again(self):
        part = [transaction("2026-01-02", 5, "One")]
        for method in ("_job_admit", "_job_match", "_job_close"):
            with self.subTest(method=method), self.forgotten():
                record = self.receive(statement(part), run=False)
                self.lose(method)
                self.assertEqual(record.state, "processing")
                self.sweep()
                run_jobs(self.env)
                self.assertEqual((record.state, record.statement_ids.state), ("done", "closed"))
                self.assert_in_books(part)

    def test_an_unread_file_holds_up_matching_for_a_while_only(self):
        part = [transaction("2026-01-02", 5, "One")]
        stuck = self.receive(statement(part), run=False)
        self.job_of(stuck).write({"state": "started"})
        other = self.receive(statement(part))
        self.assertEqual(other.transaction_ids.state, "pending")
        stuck.sudo().received_at = "2026-01-01 00:00:00"
        self.sweep()
        run_jobs(self.env)
        self.assertEqual(other.transaction_ids.state, "processed")

    def test_a_file_whose_reading_failed_holds_nothing_up(self):
        part = [transaction("2026-01-02", 5, "One")]
        failed = self.receive(statement(part), run=False)
        self.job_of(failed).write({"state": "failed"})
        other = self.receive(statement(part))
        self.assertEqual(failed.state, "received")
        self.assertEqual(other.transaction_ids.state, "processed")

    def test_files_dropped_together_are_admitted_when_all_are_read(self):
        _everything, (first, second, third) = three_weeks()
        for part in (first, second, third):
            self.receive(part, run=False)
        statements = self.env.registry["bank.import.statement"]
        with patch.object(statements, "_quarantine", autospec=True) as quarantined:
            run_jobs(self.env, lambda jobs: jobs[-1])
        quarantined.assert_not_called()
        self.assert_all_admitted()

    def test_admission_does_not_wait_for_what_comes_later(self):
        _everything, (first, second, _third) = three_weeks()
        read, later = (self.receive(part, run=False) for part in (first, second))
        self.job_of(later).write({"state": "started"})
        for seconds, state in ((-59, "read"), (59, "read"), (61, "admitted")):
            with self.subTest(seconds=seconds):
                later.sudo().received_at = read.received_at + timedelta(seconds=seconds)
                run_jobs(self.env)
                self.assertEqual(read.statement_ids.state, state)

    def test_a_file_for_another_company_holds_matching_up_until_it_is_read(self):
        iban = make_iban(8)
        self.make_journal(iban, "BNKO", company=self.make_company("Other"))
        part = [transaction("2026-01-02", 5, "One")]
        ours = self.receive(statement(part), run=False)
        theirs = self.receive(statement(part, iban=iban), run=False)
        theirs.sudo().received_at = ours.received_at + timedelta(seconds=61)
        run_jobs(self.env, lambda jobs: (jobs - self.job_of(theirs) or jobs)[0])
        self.assertNotEqual(theirs.company_id, ours.company_id)
        for record in (ours, theirs):
            self.assertEqual(record.transaction_ids.state, "processed")

    def test_a_batch_that_takes_anothers_number_is_booked_again(self):
        model = self.env.registry["bank.transaction"]
        original, refusals = model._post, [UniqueViolation("another batch's number")]

        def post(transactions):
            original(transactions)
            if refusals:
                raise refusals.pop()

        part = [transaction("2026-01-02", 5, "One"), transaction("2026-01-02", 6, "Two")]
        with patch.object(model, "_post", post):
            record = self.receive(statement(part))
            self.assertFalse(record.transaction_ids.statement_line_ids)
            self.assertEqual(set(record.transaction_ids.mapped("state")), {"pending"})
            run_jobs(self.env)
        self.assert_in_books(part)
