from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..union import union

BY_THEMSELVES = ("_job_read", "_job_post", "_job_fetch")
"""Jobs whose records are in the list when they fail; of other jobs the job itself is."""


class BankDeadLetter(models.Model):
    """Everything that was given up and waits for a person, wherever it is kept.

    A view of the records that have failed: there is no second truth about them.
    """

    _name = "bank.dead.letter"
    _description = "Dead Letter"
    _auto = False
    _depends = {
        "bank.connection": ["user_id"],
        "bank.feed.window": ["state", "error", "attempts", "payload_id"],
        "bank.import": ["state", "error", "finished_at"],
        "bank.import.batch": ["state", "error"],
        "queue.job": ["state", "exc_message", "retry"],
    }
    _order = "failed_at desc, id desc"
    _rec_name = "record_name"

    kind = fields.Selection(
        [
            ("connection", "Fetching from a bank"),
            ("file", "Reading a file"),
            ("posting", "Booking a batch"),
            ("job", "Work in the background"),
        ],
        readonly=True,
    )
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    record_name = fields.Char("What", compute="_compute_record_name")
    company_id = fields.Many2one("res.company", readonly=True)
    cause = fields.Char(readonly=True)
    attempts = fields.Integer(readonly=True)
    payload_id = fields.Many2one("bank.file", "What came", readonly=True)
    failed_at = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", "Who is told", readonly=True)

    @property
    def _table_query(self):
        return union(
            "kind, model, company_id, cause, attempts, payload_id, failed_at, user_id",
            self._windows(),
            self._files(),
            self._batches(),
            self._jobs(),
        )

    def _windows(self):
        return SQL(
            "SELECT one.id, 'connection' AS kind, 'bank.feed.window' AS model, one.company_id,"
            " one.error AS cause, one.attempts, one.payload_id, one.write_date AS failed_at,"
            " connection.user_id FROM bank_feed_window AS one"
            " JOIN bank_connection AS connection ON connection.id = one.connection_id"
            " WHERE one.state = 'dead'"
        )

    def _files(self):
        return SQL(
            "SELECT id, 'file' AS kind, 'bank.import' AS model, company_id, error AS cause,"
            " 1 AS attempts, file_id AS payload_id, COALESCE(finished_at, write_date) AS failed_at,"
            " user_id FROM bank_import WHERE state IN ('refused', 'failed')"
        )

    def _batches(self):
        return SQL(
            "SELECT id, 'posting' AS kind, 'bank.import.batch' AS model, company_id,"
            " error AS cause, 1 AS attempts, NULL::int AS payload_id, write_date AS failed_at,"
            " create_uid AS user_id FROM bank_import_batch WHERE state = 'failed'"
        )

    def _jobs(self):
        return SQL(
            "SELECT id, 'job' AS kind, 'queue.job' AS model, company_id, exc_message AS cause,"
            " retry AS attempts, NULL::int AS payload_id,"
            " COALESCE(date_started, date_created) AS failed_at, user_id"
            " FROM queue_job WHERE state = 'failed' AND model_name IN %s AND method_name NOT IN %s",
            tuple(
                name for name in self.env if name.startswith(("bank.import", "bank.transaction"))
            ),
            BY_THEMSELVES,
        )

    @api.depends("model", "res_id")
    def _compute_record_name(self):
        for letter in self:
            letter.record_name = letter._record().display_name

    def _record(self):
        self.ensure_one()
        return self.env[self.model].sudo().browse(self.res_id)

    # ------------------------------------------------------------------
    # What a person can do
    # ------------------------------------------------------------------

    def action_requeue(self):
        """Try each again."""
        self.env["bank.guarded.state"]._require_role("accountant")
        self.check_access("read")
        for letter in self:
            record = letter._record()
            if letter.kind == "connection":
                record.action_requeue()
            elif letter.kind == "job":
                record.requeue()
            else:
                record.action_retry()

    def action_requeue_all(self):
        """Try everything again that this person may see."""
        self.search([], limit=None).action_requeue()

    def _ignore(self, reason):
        """Leave them out for good, for a reason that is kept.

        :raises UserError: for what must not be left out
        """
        self.env["bank.guarded.state"]._require_role("accountant")
        self.check_access("read")
        for letter in self:
            record = letter._record()
            if letter.kind == "connection":
                record._ignore(reason)
            elif letter.kind == "file":
                record.action_set_aside(reason)
            elif letter.kind == "job":
                record.button_cancelled()
                record.message_post(body=reason)
            else:
                raise UserError(
                    self.env._(
                        "%s cannot be ignored: its transactions would be missing in the books.",
                        letter.record_name,
                    )
                )

    def action_open(self):
        """The record itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
