import logging

from psycopg2 import IntegrityError, InterfaceError, OperationalError
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.addons.account_bank_feed.jobs import repeatable
from odoo.addons.account_bank_feed.models.bank_import import dead_job
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import RedirectWarning, UserError

_logger = logging.getLogger(__name__)

JOB_SIZE = 50
"""Records that one job and one database transaction work on."""

AT_ONCE = 50
"""Records that are worked on while the user waits; more of them become a task."""

METHODS = {
    "bank.transaction": {
        "_review_accept_alike",
        "action_confirm_duplicate",
        "action_not_duplicate",
        "action_retry",
        "action_undo",
        "review_assign",
    }
}
"""What a task may call, by model: never a method that somebody outside can choose."""

AT_WORK = ("waiting", "running")


class BankFeedTask(models.Model):
    """A bulk action in the background: its records, how far it is, and what failed.

    Each job takes the next records, commits with all that it did, and hands on to the next
    job. So the state of the task tells truly what is done, whenever it is stopped.
    """

    _name = "bank.feed.task"
    _description = "Bank Feed Background Task"
    _inherit = ["bank.guarded.state"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        readonly=True,
        help="The companies of its records. Who may not see them all does not see the task.",
    )
    user_id = fields.Many2one("res.users", "Asked by", required=True, readonly=True)
    model = fields.Char(required=True, readonly=True)
    method = fields.Char(required=True, readonly=True)
    arguments = fields.Json(readonly=True)
    res_ids = fields.Json("Records", readonly=True)
    total_count = fields.Integer("Total", readonly=True)
    done_count = fields.Integer("Done", readonly=True)
    failed_count = fields.Integer("Failed", readonly=True)
    failures = fields.Json(readonly=True, help="A list of id, name and reason.")
    progress = fields.Integer("Progress (%)", compute="_compute_progress")
    result = fields.Char(compute="_compute_result")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    error = fields.Char(readonly=True, help="Why it stopped before its end.")
    job_uuid = fields.Char("Job", readonly=True)
    started_at = fields.Datetime("Started", readonly=True)
    finished_at = fields.Datetime("Finished", readonly=True)

    _state_transitions = {
        "waiting": {"running", "done", "failed", "cancelled"},
        "running": {"done", "failed", "cancelled"},
        "failed": {"waiting"},
        "cancelled": set(),
        "done": set(),
    }

    @api.depends("total_count", "done_count", "failed_count")
    def _compute_progress(self):
        for task in self:
            task.progress = task._position() * 100 // task.total_count if task.total_count else 0

    @api.depends("total_count", "done_count", "failed_count")
    def _compute_result(self):
        for task in self:
            numbers = {"done": task.done_count, "total": task.total_count}
            if task.failed_count:
                task.result = self.env._(
                    "%(done)s of %(total)s done, %(failed)s failed",
                    failed=task.failed_count,
                    **numbers,
                )
            else:
                task.result = self.env._("%(done)s of %(total)s done", **numbers)

    def _position(self):
        """How many of its records have had their turn."""
        return self.done_count + self.failed_count

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    @api.model
    def _start(self, name, records, method, kwargs=None):
        """Work on records in the background, as the present user and with no other rights.

        :param str name: what is done, in the user's words
        :param records: of one model, all of whose companies the user may see
        :param str method: one of :data:`METHODS`; called as ``records.method(**kwargs)`` on some
            of them at a time, and raises UserError where it cannot be done
        :param dict kwargs: what JSON can hold
        :return: the task
        :raises ValueError: for a method that no task may call
        """
        self._check_method(records._name, method)
        records.check_access("read")
        companies = records.sudo().company_id
        company = self.env.company if self.env.company in companies else companies[:1]
        task = self.sudo().create(
            {
                "name": name,
                "company_id": (company or self.env.company).id,
                "company_ids": [(6, 0, (companies or self.env.company).ids)],
                "user_id": self.env.uid,
                "model": records._name,
                "method": method,
                "arguments": kwargs or {},
                "res_ids": records.ids,
                "total_count": len(records),
                "failures": [],
            }
        )
        self.env["bank.audit.log"]._record("task", [(task, None, {"records": len(records)}, name)])
        task._enqueue()
        return task.with_env(self.env)

    @api.model
    def _check_method(self, model, method):
        if method not in METHODS.get(model, ()):
            raise ValueError(f"No task may call {method} of {model}")

    def _enqueue(self):
        job = self.with_delay(description=self.name)._job_run(self._position())
        self.job_uuid = job.uuid

    # ------------------------------------------------------------------
    # Run
    # ------------------------------------------------------------------

    @repeatable
    def _job_run(self, position):
        """Work on the next records, then let the next job go on. Safe to run again.

        :param int position: how many had their turn before; a job that comes again finds more
        """
        self.ensure_one()
        if self.state not in AT_WORK or self._position() != position:
            return
        self._check_method(self.model, self.method)
        started = self.started_at or fields.Datetime.now()
        records = self._as_user().browse(self.res_ids[position : position + JOB_SIZE])
        failures = []
        self._work(records, failures)
        counts = {
            "started_at": started,
            "done_count": self.done_count + len(records) - len(failures),
            "failed_count": self.failed_count + len(failures),
            "failures": (self.failures or []) + failures,
        }
        if position + len(records) < self.total_count:
            self._go_on(counts)
        else:
            self._finish(counts)

    def _as_user(self):
        """The model, with the rights and the language of whoever asked for it."""
        user = self.user_id
        context = {"allowed_company_ids": self._companies_of(user).ids, "lang": user.lang}
        return self.env[self.model].with_user(user).with_context(**context)

    def _companies_of(self, user):
        """The companies of the task that the user may still see, the first one in front."""
        allowed = (self.company_id | self.company_ids) & user.company_ids
        return allowed or user.company_id

    def _work(self, records, failures):
        """Do it for all at once; where that fails, for halves, until what fails is alone."""
        if not records:
            return
        try:
            with self.env.cr.savepoint():
                getattr(records, self.method)(**(self.arguments or {}))
                self.env.flush_all()
        except (OperationalError, InterfaceError, RetryableJobError):
            raise  # somebody else was faster, or no database: the whole job starts again
        except UniqueViolation as error:
            raise RetryableJobError(
                "Another job took the same number", seconds=2, ignore_retry=True
            ) from error
        except Exception as error:
            if len(records) > 1:
                middle = len(records) // 2
                self._work(records[:middle], failures)
                self._work(records[middle:], failures)
            else:
                failures.append(self._failure(records, error))

    def _failure(self, record, error):
        return {"id": record.id, "name": self._name_of(record), "reason": self._reason(error)}

    def _name_of(self, record):
        try:
            return record.display_name
        except UserError:  # no longer there, or no longer theirs to see
            return f"#{record.id}"

    def _reason(self, error):
        """What went wrong in words; what nobody foresaw is in the server's log."""
        if isinstance(error, UserError | RedirectWarning):
            return str(error.args[0])
        if not isinstance(error, IntegrityError):
            _logger.error("Task %s", self.id, exc_info=error)
        return self.env._("An unexpected error, told in the server's log: %s", error)

    def _go_on(self, counts):
        if self.state == "waiting":
            self._set_state("running", "its first records are done", **counts)
        else:
            self.write(counts)
        self._enqueue()
        self._tell()

    def _finish(self, counts):
        nothing_done = not counts["done_count"] and counts["failed_count"]
        self._set_state(
            "failed" if nothing_done else "done",
            "all records had their turn",
            finished_at=fields.Datetime.now(),
            **counts,
        )
        self._tell()

    def _tell(self):
        """Let the screens of whoever asked for it know how far it is."""
        self.user_id.partner_id._bus_send(
            "bank_feed/task",
            {
                "id": self.id,
                "name": self.name,
                "state": self.state,
                "total": self.total_count,
                "done": self.done_count,
                "failed": self.failed_count,
                "error": self.error or "",
            },
        )

    # ------------------------------------------------------------------
    # What people can do
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Stop before the next records; what is done stays done."""
        for task in self._authorise("accountant").filtered(lambda t: t.state in AT_WORK):
            task._set_state("cancelled", "cancelled by a user", finished_at=fields.Datetime.now())
            task._tell()

    def action_go_on(self):
        """Go on where a task stopped before its end; whoever goes on answers for it."""
        for task in self._authorise("accountant").filtered(lambda t: t._can_go_on()):
            task._set_state("waiting", "goes on", event="retry", error=False, finished_at=False)
            task.user_id = self.env.user
            task._enqueue()

    def _can_go_on(self):
        return self.state == "failed" and self._position() < self.total_count

    def action_retry_failures(self):
        """Try once more what failed, as a task of its own."""
        self.ensure_one()
        self._authorise("accountant")
        records = self.env[self.model].browse(self._failed_ids()).exists()
        task = self._start(self.name, records, self.method, self.arguments)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": task.id,
            "views": [(False, "form")],
        }

    def action_view_failures(self):
        """The records that failed, as a list."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failed: %s", self.name),
            "res_model": self.model,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", self._failed_ids())],
        }

    def _failed_ids(self):
        return [failure["id"] for failure in self.failures or []]

    # ------------------------------------------------------------------
    # Clock
    # ------------------------------------------------------------------

    @api.model
    def _sweep_dead(self):
        """Tasks whose job gave up, or was lost, stop and say so."""
        for task in self.search([("state", "in", AT_WORK)]):
            if why := dead_job(self.env, task.job_uuid):
                task._set_state("failed", why, error=why, finished_at=fields.Datetime.now())
                task._tell()


class BankImport(models.Model):
    _inherit = "bank.import"

    @api.model
    def _cron_sweep(self):
        result = super()._cron_sweep()
        self.env["bank.feed.task"]._sweep_dead()
        return result
