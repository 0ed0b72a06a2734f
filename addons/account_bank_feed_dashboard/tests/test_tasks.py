from unittest.mock import patch

from odoo.addons.account_bank_feed.tests.common import statement, transaction
from odoo.addons.account_bank_feed_rule.tests.common import RuleCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import bank_feed_task
from ..wizard import bank_feed_reason


@tagged("post_install", "-at_install")
class TestTasks(RuleCase):
    """Bulk actions in the background: everything gets its turn, nothing holds up the rest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.make_user("accountant")

    def setUp(self):
        super().setUp()
        small = patch.multiple(bank_feed_task, JOB_SIZE=2)
        small.start()
        self.addCleanup(small.stop)

    def waiting(self, count):
        """Transactions that wait on suspense."""
        lines = [transaction("2026-01-05", 10 + n, f"Payment {n}") for n in range(count)]
        return self.receive(statement(lines)).transaction_ids.sorted("position")

    def start(self, records, method="review_assign", kwargs=None, user=None):
        env = self.env_of(user or self.accountant)
        kwargs = {"user_id": self.accountant.id} if kwargs is None else kwargs
        return env["bank.feed.task"]._start("Assign", records.with_env(env), method, kwargs)

    def test_it_runs_in_jobs_of_some_records_each(self):
        records = self.waiting(5)
        task = self.start(records)
        self.assertEqual((task.state, task.total_count, task.done_count), ("waiting", 5, 0))
        self.assertFalse(records.assigned_user_id)
        self.assertEqual(self.run_jobs(), 3)
        self.assertEqual(records.assigned_user_id, self.accountant)
        self.assertEqual((task.state, task.done_count, task.failed_count), ("done", 5, 0))
        self.assertEqual(task.result, "5 of 5 done")
        self.assertTrue(task.started_at and task.finished_at)

    def test_progress_shows_while_it_runs(self):
        task = self.start(self.waiting(5))
        jobs = self.env["queue.job"].sudo().search([("state", "=", "pending")])
        self.assertEqual(len(jobs), 1)
        task.sudo()._job_run(0)
        self.assertEqual((task.state, task.done_count, task.progress), ("running", 2, 40))

    def test_a_record_that_fails_is_put_apart_and_the_others_are_done(self):
        records = self.waiting(5)
        bad = records[2]
        assign = self.registry["bank.transaction"].review_assign

        def refuse_one(transactions, user_id):
            if bad in transactions:
                raise UserError(self.env._("Not this one"))
            return assign(transactions, user_id)

        with patch.object(self.registry["bank.transaction"], "review_assign", refuse_one):
            task = self.start(records)
            self.run_jobs()
        self.assertEqual((task.state, task.done_count, task.failed_count), ("done", 4, 1))
        self.assertEqual(task.result, "4 of 5 done, 1 failed")
        self.assertEqual(
            task.failures,
            [{"id": bad.id, "name": bad.display_name, "reason": "Not this one"}],
        )
        self.assertEqual(records.filtered("assigned_user_id"), records - bad)

    def test_what_a_failing_record_wrote_before_is_taken_back(self):
        records = self.waiting(2)

        def write_then_refuse(transactions, user_id):
            transactions.sudo().write({"assigned_user_id": user_id})
            if records[1] in transactions:
                raise UserError(self.env._("Too late"))

        with patch.object(self.registry["bank.transaction"], "review_assign", write_then_refuse):
            self.start(records)
            self.run_jobs()
        self.assertEqual(records.mapped("assigned_user_id.id"), [self.accountant.id])
        self.assertFalse(records[1].assigned_user_id)

    def test_what_nobody_foresaw_fails_one_record_only(self):
        records = self.waiting(3)

        def stumble(transactions, user_id):
            if records[0] in transactions:
                raise KeyError("currency")
            transactions.sudo().assigned_user_id = user_id

        with (
            patch.object(self.registry["bank.transaction"], "review_assign", stumble),
            self.assertLogs("odoo.addons.account_bank_feed_dashboard", "ERROR"),
        ):
            task = self.start(records)
            self.run_jobs()
        self.assertEqual((task.done_count, task.failed_count), (2, 1))
        self.assertIn("currency", task.failures[0]["reason"])

    def test_a_task_in_which_nothing_could_be_done_has_failed(self):
        records = self.waiting(3)
        viewer = self.make_user("viewer")
        task = self.start(records, user=viewer).sudo()
        self.run_jobs()
        self.assertEqual((task.state, task.done_count, task.failed_count), ("failed", 0, 3))
        self.assertFalse(task._can_go_on())

    def test_rights_are_those_of_the_user_when_the_job_runs(self):
        records = self.waiting(2)
        task = self.start(records)
        self._take_rights()
        self.run_jobs()
        self.assertEqual(task.sudo().failed_count, 2)
        self.assertFalse(records.assigned_user_id)

    def _take_rights(self):
        group = self.env.ref("account_bank_feed.group_accountant")
        name = "user_ids" if "user_ids" in group._fields else "users"
        group.sudo().write({name: [(3, self.accountant.id)]})

    def test_no_method_but_the_listed_ones_can_be_called(self):
        records = self.waiting(1)
        for method in ("unlink", "write", "_set_state", "sudo"):
            with self.assertRaises(ValueError):
                self.start(records, method, {})
        task = self.start(records).sudo()
        task.method = "unlink"
        with self.assertRaises(ValueError):
            task._job_run(0)
        self.assertTrue(records.exists())

    def test_a_job_that_comes_twice_does_its_part_once(self):
        task = self.start(self.waiting(5)).sudo()
        task._job_run(0)
        task._job_run(0)
        self.assertEqual(task.done_count, 2)
        self.run_jobs()
        self.assertEqual((task.state, task.done_count), ("done", 5))

    def test_cancel_leaves_the_rest_as_it_is(self):
        records = self.waiting(5)
        task = self.start(records)
        task.sudo()._job_run(0)
        task.action_cancel()
        self.run_jobs()
        self.assertEqual((task.state, task.done_count), ("cancelled", 2))
        self.assertEqual(len(records.filtered("assigned_user_id")), 2)

    def test_a_task_whose_job_was_lost_stops_and_can_go_on(self):
        records = self.waiting(5)
        task = self.start(records)
        task.sudo()._job_run(0)
        self.env["queue.job"].sudo().search([("uuid", "=", task.job_uuid)]).unlink()
        self.env["bank.import"].sudo()._cron_sweep()
        self.assertEqual((task.state, bool(task.error)), ("failed", True))
        task.action_go_on()
        self.run_jobs()
        self.assertEqual((task.state, task.done_count, task.error), ("done", 5, False))
        self.assertEqual(records.assigned_user_id, self.accountant)

    def test_what_failed_is_listed_and_tried_again(self):
        records = self.waiting(3)
        model = self.registry["bank.transaction"]
        with patch.object(model, "review_assign", side_effect=UserError("Closed on Sundays")):
            task = self.start(records)
            self.run_jobs()
        action = task.action_view_failures()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, records.search([("id", "in", records.ids)]))
        again = self.env["bank.feed.task"].browse(task.action_retry_failures()["res_id"])
        self.run_jobs()
        self.assertEqual((again.state, again.done_count), ("done", 3))

    def test_the_user_is_told_how_far_it_is_and_the_end(self):
        task = self.start(self.waiting(3))
        told = []

        def listen(partner, kind, message, **_options):
            told.append((partner, kind, message))

        with patch.object(self.registry["res.partner"], "_bus_send", listen):
            self.run_jobs()
        partner = self.accountant.partner_id
        mine = [
            message for who, kind, message in told if (who, kind) == (partner, "bank_feed/task")
        ]
        self.assertEqual(
            [(m["id"], m["state"], m["done"], m["failed"], m["total"]) for m in mine],
            [(task.id, "running", 2, 0, 3), (task.id, "done", 3, 0, 3)],
        )

    def test_the_state_changes_in_no_other_way(self):
        task = self.start(self.waiting(1)).sudo()
        with self.assertRaises(AccessError):
            task.write({"state": "done"})
        with self.assertRaises(AccessError):
            task.with_user(self.accountant).write({"name": "Other"})

    def test_viewers_see_it_and_cannot_stop_it(self):
        task = self.start(self.waiting(1))
        viewer = self.env_of(self.make_user("viewer"))
        seen = viewer["bank.feed.task"].search([("id", "=", task.id)])
        self.assertEqual(seen.result, "0 of 1 done")
        for method in ("action_cancel", "action_go_on", "action_retry_failures"):
            with self.assertRaises(AccessError):
                getattr(seen, method)()
        outsider = self.env_of(self.make_user())
        with self.assertRaises(AccessError):
            outsider["bank.feed.task"].search([])

    def test_a_task_over_two_companies_is_hidden_from_who_sees_one(self):
        other = self.make_company("Beispiel AG")
        task = self.start(self.waiting(1)).sudo()
        self.assertTrue(self.env_of(self.accountant)["bank.feed.task"].search([]))
        task.company_ids |= other
        self.assertFalse(self.env_of(self.accountant)["bank.feed.task"].search([]))

    # ------------------------------------------------------------------
    # From the lists
    # ------------------------------------------------------------------

    def test_few_are_done_at_once_and_many_in_the_background(self):
        records = self.waiting(3).with_env(self.env_of(self.accountant))
        tasks = self.env["bank.feed.task"]
        self.assertEqual(records.action_assign_to_me()["params"]["type"], "success")
        self.assertEqual(records.assigned_user_id, self.accountant)
        self.assertFalse(tasks.search([]))
        with patch(f"{bank_feed_task.__package__}.bank_transaction_bulk_actions.AT_ONCE", 2):
            records._assign_many(self.env["res.users"])
        self.assertEqual(len(tasks.search([("company_id", "=", self.company.id)])), 1)
        self.assertTrue(records.assigned_user_id)
        self.run_jobs()
        self.assertFalse(records.assigned_user_id)

    def test_undo_of_many_takes_their_matches_apart_with_the_reason(self):
        self.make_rule(("text", "contains", "Payment"))
        records = self.waiting(3)
        self.assertEqual(set(records.mapped("state")), {"reconciled"})
        env = self.env_of(self.accountant)
        wizard = env["bank.feed.reason"].with_context(
            active_model="bank.transaction", active_ids=records.ids
        ).create({"action": "undo", "reason": "Wrong month"})  # fmt: skip
        with patch.object(bank_feed_reason, "AT_ONCE", 2):
            wizard.action_confirm()
        self.assertEqual(set(records.mapped("state")), {"reconciled"})
        self.run_jobs()
        self.assertEqual(set(records.mapped("state")), {"processed"})
        self.assertEqual(set(self.trail("undo", *records).mapped("reason")), {"Wrong month"})

    def test_only_those_it_is_for_are_counted(self):
        records = self.waiting(3).with_env(self.env_of(self.accountant))
        for method in ("action_retry_many", "action_confirm_duplicates", "action_not_duplicates"):
            self.assertEqual(getattr(records, method)()["params"]["type"], "warning")
