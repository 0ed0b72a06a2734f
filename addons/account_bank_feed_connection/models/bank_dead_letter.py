import logging

from psycopg2 import InterfaceError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..notice import said
from ..union import union

_logger = logging.getLogger(__name__)

BY_THEMSELVES = ("_job_read", "_job_post", "_job_fetch")
"""Jobs whose records are in the list when they fail; of other jobs the job itself is."""
OURS = ("bank.import", "bank.transaction", "bank.feed")
"""How the names of models begin whose jobs are the bank feed's, whichever addon brings them."""


NOT_OF_A_PERIOD = SQL(
    "NOT EXISTS (SELECT FROM bank_feed_window AS its"
    " WHERE its.id = one.feed_window_id AND its.state = 'dead')"
)
"""Of a file: it is not listed already by the period that was given up because of it."""


class BankDeadLetter(models.Model):
    """Everything that was given up and waits for a person, wherever it is kept.

    A view of the records that have failed: there is no second truth about them.
    """

    _name = "bank.dead.letter"
    _description = "Dead Letter"
    _inherit = ["bank.alert"]
    _auto = False
    _depends = {
        "bank.connection": ["user_id"],
        "bank.feed.window": ["state", "error", "attempts", "payload_id"],
        "bank.import": ["state", "error", "finished_at", "feed_window_id"],
        "bank.import.batch": ["state", "error"],
        "queue.job": ["state", "exc_message", "retry"],
        "res.company": ["bank_feed_user_id"],
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
    record_name = fields.Char("What", compute="_compute_record_name")
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
            "SELECT one.id, 'file' AS kind, 'bank.import' AS model, one.company_id,"
            " one.error AS cause, 1 AS attempts, one.file_id AS payload_id,"
            " COALESCE(one.finished_at, one.write_date) AS failed_at,"
            " COALESCE(company.bank_feed_user_id, one.user_id) AS user_id"
            " FROM bank_import AS one JOIN res_company AS company ON company.id = one.company_id"
            " WHERE one.state IN ('refused', 'failed') AND %s",
            NOT_OF_A_PERIOD,
        )

    def _batches(self):
        return SQL(
            "SELECT one.id, 'posting' AS kind, 'bank.import.batch' AS model, one.company_id,"
            " one.error AS cause, 1 AS attempts, NULL::int AS payload_id,"
            " one.write_date AS failed_at,"
            " COALESCE(company.bank_feed_user_id, one.create_uid) AS user_id"
            " FROM bank_import_batch AS one"
            " JOIN res_company AS company ON company.id = one.company_id"
            " WHERE one.state = 'failed'"
        )

    def _jobs(self):
        return SQL(
            "SELECT one.id, 'job' AS kind, 'queue.job' AS model, one.company_id,"
            " one.exc_message AS cause, one.retry AS attempts, NULL::int AS payload_id,"
            " COALESCE(one.date_started, one.date_created) AS failed_at,"
            " COALESCE(company.bank_feed_user_id, one.user_id) AS user_id"
            " FROM queue_job AS one LEFT JOIN res_company AS company"
            " ON company.id = one.company_id"
            " WHERE one.state = 'failed' AND one.model_name IN %s AND one.method_name NOT IN %s",
            tuple(name for name in self.env if name.startswith(OURS)),
            BY_THEMSELVES,
        )

    @api.depends("model", "res_id")
    def _compute_record_name(self):
        for letter in self:
            letter.record_name = letter._record().display_name

    def _record(self):
        return super()._record().sudo()

    # ------------------------------------------------------------------
    # What a person can do
    # ------------------------------------------------------------------

    def action_requeue(self):
        """Try each again. One that cannot be tried does not keep the others from it."""
        self.env["bank.guarded.state"]._require_role("accountant")
        self.check_access("read")
        faults = [fault for letter in self if (fault := letter._requeue())]
        if not faults:
            return None
        return said(
            self.env._(
                "%(count)s are being tried again. Not so:\n%(faults)s",
                count=len(self) - len(faults),
                faults="\n".join(faults),
            )
        )

    def _requeue(self):
        """Try it again.

        :return: what kept it from that, in words, or None
        """
        record, name = self._record(), self.record_name
        try:
            with self.env.cr.savepoint():
                if self.kind == "connection":
                    record.action_requeue()
                elif self.kind == "job":
                    record.requeue()
                else:
                    record.action_retry()
                self.env.flush_all()
        except (OperationalError, InterfaceError):
            raise  # somebody else was faster, or no database: all of it starts again
        except UserError as error:
            return f"{name}: {error.args[0]}"
        except Exception as error:
            _logger.exception("%s could not be tried again", record)
            text = self.env._("An unexpected error, told in the server's log: %s", error)
            return f"{name}: {text}"
        return None

    def action_requeue_all(self):
        """Try everything again that this person may see."""
        return self.search([], limit=None).action_requeue()

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

    def action_payload(self):
        """The file, or what the bank sent instead of one."""
        self.ensure_one()
        record = self.env[self.model].browse(self.res_id)
        return record.action_payload() if self.kind == "connection" else record.action_download()
