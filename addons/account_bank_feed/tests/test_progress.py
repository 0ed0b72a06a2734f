from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import BankFeedAloneCase, make_iban, statement, transaction

START = datetime(2026, 3, 2, 9, 0, 0)
BATCH = 10


def payments(count, text="Payment", month=1):
    return [
        transaction(f"2026-{month:02}-{1 + i % 28:02}", 1 + i, f"{text} {i}") for i in range(count)
    ]


def after(seconds):
    return START + timedelta(seconds=seconds)


@tagged("post_install", "-at_install")
class TestProgress(BankFeedAloneCase):
    """What the screen tells about an import while it runs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("account_bank_feed.batch_size", BATCH)

    def batches_of(self, record):
        return record.sudo().transaction_ids.batch_id.sorted("id")

    def matched(self, count, **options):
        """An import whose transactions are decided and in batches, none of them booked."""
        record = self.receive(statement(payments(count), **options), run=False)
        self.run_jobs(until="_job_post")
        return record

    def book(self, batch, begin, end):
        """Book a batch as a worker would that took from ``begin`` to ``end``, in seconds."""
        batch._job_post()
        batch.finished_at = after(end)
        batch.transaction_ids.booked_at = after(begin)

    def at(self, seconds, record, *names):
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(after(seconds)):
            values = record.read(names, load=None)[0]
        return tuple(values[name] for name in names)

    def assert_stage(self, record, stage, done, total):
        names = ("progress_stage", "progress_done", "progress_total")
        self.assertEqual(self.at(0, record, *names), (stage, done, total))

    # ------------------------------------------------------------------
    # What is being done, and how much of it is done
    # ------------------------------------------------------------------

    def test_stages_from_reading_to_the_end(self):
        record = self.receive(statement(payments(25)), run=False)
        self.assert_stage(record, "reading", 0, 0)
        self.run_jobs(until="_job_admit")
        self.assert_stage(record, "matching", 0, 25)
        self.run_jobs(until="_job_post")
        self.assert_stage(record, "booking", 0, 25)
        first, *others = self.batches_of(record)
        self.book(first, 0, 2)
        self.assert_stage(record, "booking", 10, 25)
        for batch in others:
            self.book(batch, 2, 4)
        self.assert_stage(record, "closing", 25, 25)
        self.assertEqual(record.progress_text, "Closing · 25 of 25")
        self.run_jobs()
        self.assertEqual(record.state, "done")
        self.assert_stage(record, False, 25, 25)
        self.assertEqual((record.progress_share, record.progress_text), (100, False))

    def test_a_batch_that_failed_stops_it(self):
        record = self.matched(12)
        first, second = self.batches_of(record)
        self.book(first, 0, 2)
        second._set_state("failed", "its job died")
        self.assert_stage(record, "stopped", 10, 12)
        self.assertEqual(
            self.at(2, record, "seconds_left", "progress_text"), (0, "Stopped · 10 of 12")
        )

    def test_duplicates_are_settled_and_errors_are_not(self):
        self.receive(statement(payments(5)))
        again = self.receive(statement(payments(30)), run=False)
        self.run_jobs(until="_job_post")
        self.assert_stage(again, "booking", 5, 30)
        locked = again.sudo().transaction_ids.filtered(lambda t: t.state == "pending")[:1]
        locked._set_state("error", "locked", reason="locked")
        self.assert_stage(again, "booking", 5, 30)
        self.run_jobs()
        self.assert_stage(again, False, 29, 30)
        self.assertEqual(again.progress_share, 96)

    def test_what_the_bank_only_announces_does_not_count(self):
        booked = payments(3)
        pending = transaction("2026-01-09", 7, "Perhaps", booked=False)
        record = self.receive(statement([*booked, pending]), run=False)
        self.run_jobs(until="_job_admit")
        self.assert_stage(record, "matching", 0, 3)
        self.run_jobs()
        self.assert_stage(record, False, 3, 3)

    def test_refused_and_quarantined_files_are_not_at_work(self):
        refused = self.receive(content=b"See you in two weeks!")
        waiting = self.receive(statement(payments(4, month=2), opening=500))
        self.assertEqual((refused.state, waiting.state), ("refused", "quarantined"))
        self.assert_stage(refused, False, 0, 0)
        self.assert_stage(waiting, False, 0, 4)

    # ------------------------------------------------------------------
    # How fast
    # ------------------------------------------------------------------

    def test_speed_time_left_and_words(self):
        record = self.matched(40)
        first, second, *_others = self.batches_of(record)
        names = ("lines_per_second", "seconds_left", "progress_share", "progress_text")
        self.assertEqual(self.at(1, record, *names), (0, 0, 0, "0 of 40"))
        self.book(first, 0, 4)
        self.assertEqual(self.at(4, record, *names), (2.5, 12, 25, "10 of 40 · 2.5/s · 12 s left"))
        self.book(second, 4, 10)
        self.assertEqual(self.at(10, record, *names), (2, 10, 50, "20 of 40 · 2.0/s · 10 s left"))

    def test_workers_side_by_side_count_their_time_once(self):
        record = self.matched(60)
        for batch in self.batches_of(record)[:4]:
            self.book(batch, 0, 4)
        self.assertEqual(self.at(4, record, "lines_per_second", "seconds_left"), (10, 2))

    def test_batches_under_way_do_not_slow_it_but_overdue_ones_do(self):
        record = self.matched(30)
        self.book(self.batches_of(record)[0], 0, 5)
        self.assertEqual(self.at(10, record, "lines_per_second"), (2,))
        self.assertEqual(self.at(15, record, "lines_per_second", "seconds_left"), (1, 20))
        # A worker that is gone: the speed of an hour ago says nothing about the time left.
        self.assertEqual(self.at(3600, record, "lines_per_second", "seconds_left"), (0, 0))

    def test_days_between_two_batches_are_no_work(self):
        record = self.matched(20)
        first, second = self.batches_of(record)
        self.book(first, 0, 5)
        days = 3 * 24 * 3600
        self.book(second, days, days + 5)
        self.assertEqual(self.at(days + 60, record, "lines_per_second"), (2,))

    def test_too_fast_to_tell(self):
        record = self.matched(20)
        self.book(self.batches_of(record)[0], 0, 0)
        self.assertEqual(self.at(0, record, "progress_text"), ("10 of 20",))

    def test_long_times_in_words(self):
        record = self.matched(30)
        batches = self.batches_of(record)
        self.book(batches[0], 0, 50)
        self.assertEqual(self.at(50, record, "progress_text"), ("10 of 30 · 0.2/s · 2 min left",))
        self.book(batches[1], 50, 8000)
        text = "20 of 30 · 0.0/s · 1 h 7 min left"
        self.assertEqual(self.at(8000, record, "progress_text"), (text,))

    def test_big_numbers_are_written_in_groups(self):
        record = self.matched(10).sudo()
        record._set_progress(12_000, 100_000, "booking", 215)
        text = "12,000 of 100,000 · 410/s · 4 min left"
        self.assertEqual(record._progress_in_words(409.6), text)

    # ------------------------------------------------------------------
    # Many at once
    # ------------------------------------------------------------------

    def test_several_imports_each_tell_their_own(self):
        iban = make_iban(7)
        self.make_journal(iban, "BNKB")
        slow = self.receive(statement(payments(20)), run=False)
        fast = self.receive(statement(payments(40), iban=iban), run=False)
        self.run_jobs(until="_job_post")
        self.book(self.batches_of(slow)[0], 0, 10)
        for batch in self.batches_of(fast)[:3]:
            self.book(batch, 0, 3)
        self.assertEqual(self.at(10, slow, "progress_text"), ("10 of 20 · 1.0/s · 10 s left",))
        self.assertEqual(self.at(3, fast, "progress_text"), ("30 of 40 · 10/s · 1 s left",))

    def test_imports_in_one_batch_share_its_time(self):
        january = statement(payments(4))
        total = sum(t.amount for t in january.transactions)
        one = self.receive(january, run=False)
        two = self.receive(statement(payments(6, "Later", month=2), total), run=False)
        self.run_jobs(until="_job_post")
        self.assertEqual(len((one | two).transaction_ids.batch_id), 1)
        self.book(self.batches_of(one), 0, 2)
        self.assertEqual(self.at(2, one, "lines_per_second"), (2,))
        self.assertEqual(self.at(2, two, "lines_per_second"), (3,))

    def test_queries_do_not_depend_on_the_number_of_imports(self):
        names = ["progress_text", "progress_share", "lines_per_second"]

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before

        opening, imports = 0, self.env["bank.import"]
        for month in range(1, 7):
            one = statement(payments(12, month=month), opening)
            opening = one.closing.amount
            imports |= self.receive(one, run=False)
        self.run_jobs(until="_job_post")
        self.book(self.batches_of(imports)[0], 0, 2)
        self.assertEqual(set(imports.mapped("progress_stage")), {"booking"})
        queries(imports)  # caches of access rights and the like
        self.assertLessEqual(queries(imports), queries(imports[:1]))

    def test_whoever_may_see_the_import_sees_its_progress(self):
        record = self.matched(20).with_env(self.env_of(self.make_user("viewer")))
        self.assertEqual(record.progress_text, "0 of 20")
