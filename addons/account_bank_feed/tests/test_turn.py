from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name

KEY = "test.turn"


class TestTurn(BaseCase):
    """Jobs of their own connections: what one of them has, the other does not wait for."""

    def tearDown(self):
        with self.job() as turn:
            turn.env.cr.execute("DELETE FROM bank_feed_turn WHERE key = %s", [KEY])
        super().tearDown()

    @classmethod
    @contextmanager
    def job(cls):
        with Registry(get_db_name()).cursor() as cr:
            cr.execute("SET LOCAL statement_timeout = '5s'")
            yield api.Environment(cr, SUPERUSER_ID, {})["bank.feed.turn"]

    def test_a_turn_that_another_job_has_is_not_waited_for(self):
        for had in ("never", "before"):
            with self.subTest(had=had):
                with self.job() as first:
                    first._take_or_come_back(KEY)
                    with self.assertRaises(RetryableJobError) as refused, self.job() as second:
                        second._take_or_come_back(KEY)
                self.assertTrue(refused.exception.ignore_retry)
                self.assertTrue(refused.exception.seconds)

    def test_of_several_jobs_that_lose_it_one_comes_back(self):
        with self.job() as first:
            first._take_or_come_back(KEY)
            for state, leaves in (("started", False), ("done", False), ("pending", True)):
                with self.subTest(other=state), self.job() as turn:
                    mine, other, _different = (
                        turn.with_delay()._take(key) for key in (KEY, KEY, "another")
                    )
                    turn.env.cr.execute(
                        "UPDATE queue_job SET state = %s WHERE uuid = %s", [state, other.uuid]
                    )
                    turn = turn.with_context(job_uuid=mine.uuid)
                    if leaves:
                        self.assertFalse(turn._take_or_come_back(KEY))
                    else:
                        with self.assertRaises(RetryableJobError):
                            turn._take_or_come_back(KEY)
                    turn.env.cr.rollback()

    def test_who_looked_before_another_job_was_through_comes_back(self):
        with self.assertRaises(RetryableJobError), self.job() as second:
            second.search_count([])
            with self.job() as first:
                first._take_or_come_back(KEY)
            second._take_or_come_back(KEY)

    def test_a_turn_is_free_after_that(self):
        for _time in range(2):
            with self.job() as turn:
                turn._take_or_come_back(KEY)
