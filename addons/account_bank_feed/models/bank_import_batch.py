import random

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError

from ..bulk.statements import of_many_rows
from ..jobs import repeatable
from .bank_import import chunks, dead_job

BATCH_SIZE = 1_000


class BankImportBatch(models.Model):
    """Transactions of one journal that are booked in one job and one database transaction."""

    _name = "bank.import.batch"
    _description = "Bank Import Batch"
    _inherit = ["bank.guarded.state"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one(
        "account.journal", required=True, readonly=True, check_company=True
    )
    transaction_ids = fields.One2many("bank.transaction", "batch_id", readonly=True)
    transaction_count = fields.Integer("Transactions", readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    job_uuid = fields.Char("Job", readonly=True)
    error = fields.Char(readonly=True)
    finished_at = fields.Datetime(readonly=True)

    _state_transitions = {
        "waiting": {"done", "failed"},
        "failed": {"waiting"},
        "done": set(),
    }

    @api.depends("journal_id")
    def _compute_name(self):
        for record in self:
            record.name = f"{record.journal_id.code}/{record.id}"

    @api.model
    def _cut(self, transactions):
        """Cut decided transactions into batches, which are yet to be written on them.

        :return: batch -> its transactions
        """
        size = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("account_bank_feed.batch_size", BATCH_SIZE)
        )
        ordered = transactions.sorted(
            lambda t: (t.journal_id.id, t.booking_date, t.ledger_order, t.id)
        )
        parts = list(chunks(ordered, size, lambda t: t.journal_id))
        batches = self.create(
            [
                {
                    "journal_id": part[0].journal_id.id,
                    "company_id": part[0].company_id.id,
                    "transaction_count": len(part),
                }
                for part in parts
            ]
        )
        return dict(zip(batches, parts, strict=True))

    def _enqueue(self):
        for batch in self:
            job = batch.with_delay(description=f"Book batch {batch.name}")._job_post()
            batch.job_uuid = job.uuid

    @repeatable
    def _job_post(self):
        """Book the batch. Safe to run again: what is booked already is left alone."""
        self.ensure_one()
        if self.state != "waiting":
            return
        transactions = self.transaction_ids
        try:
            with of_many_rows():
                transactions.filtered(lambda t: t.state == "pending")._post()
                self._set_state("done", "booked", finished_at=fields.Datetime.now())
                self.env.flush_all()
        except UniqueViolation as error:
            # Two batches took the same journal number at once; the queue retries only
            # what it is told to.
            raise RetryableJobError(
                "Another batch took the same number",
                seconds=random.randint(1, 5),
                ignore_retry=True,
            ) from error
        transactions.import_statement_id._enqueue_close()

    def action_retry(self):
        """Book a failed batch again."""
        batches = self._authorise("accountant").filtered(lambda b: b.state == "failed")
        batches._set_state("waiting", "retried by a user", event="retry", error=False)
        batches._enqueue()

    def action_undo(self, reason=None):
        """Put every transaction of the batch back on suspense."""
        return self.transaction_ids.action_undo(reason)

    @api.model
    def _sweep_dead(self):
        """Batches whose job gave up, or was found dead, wait for a person."""
        for batch in self.search([("state", "=", "waiting")]):
            why = dead_job(self.env, batch.job_uuid)
            if why:
                batch._set_state("failed", why, error=why)
