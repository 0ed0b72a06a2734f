import json

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..bulk.rows import Rows, insert


class BankAuditLog(models.Model):
    """Who did what to which record, and why. Rows are only ever added."""

    _name = "bank.audit.log"
    _description = "Bank Feed Audit Log"
    _rec_name = "record_name"
    _order = "id desc"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    event = fields.Char(required=True, readonly=True, help="What was done, such as upload or undo.")
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True, index=True)
    record_name = fields.Char("Record name", readonly=True)
    before = fields.Char(readonly=True)
    after = fields.Char(readonly=True)
    reason = fields.Char(readonly=True, help="Why it was done, in words.")

    def init(self):
        # Through Odoo nobody gets past write() and _unlink_never() below. This stops plain SQL
        # as well, short of an owner of the database who first removes the trigger.
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION bank_audit_log_append_only() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION 'The bank feed audit log is append-only';
            END $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS bank_audit_log_append_only ON bank_audit_log;
            CREATE TRIGGER bank_audit_log_append_only
                BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_audit_log
                FOR EACH STATEMENT EXECUTE FUNCTION bank_audit_log_append_only();
            """
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("The audit log is written by the system only."))
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("The audit log cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The audit log cannot be deleted."))

    @api.model
    def _record(self, event, entries):
        """Add one row per entry.

        :param entries: iterable of ``(record, before, after, reason)``; ``before`` and
            ``after`` are texts or dictionaries of what changed
        """
        same = {"date": fields.Datetime.now(), "user_id": self.env.uid, "event": event}
        own = [
            {
                "company_id": self._company_of(record).id,
                "model": record._name,
                "res_id": record.id,
                "record_name": record.display_name,
                "before": _as_text(before),
                "after": _as_text(after),
                "reason": reason or "",
            }
            for record, before, after, reason in entries
        ]
        insert(Rows(self.sudo(), same, own))

    @api.model
    def _company_of(self, record):
        """Whose log it is: the record's company, else that in which somebody does it."""
        if record._name == "res.company":
            return record
        return "company_id" in record._fields and record.company_id or self.env.company


def _as_text(value):
    if isinstance(value, dict):
        return json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    return value or ""
