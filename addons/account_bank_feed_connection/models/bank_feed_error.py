from odoo import api, fields, models
from odoo.tools import SQL

from ..union import union
from .bank_dead_letter import NOT_OF_A_PERIOD


class BankFeedError(models.Model):
    """Whatever stands between a bank and the ledger at this moment, in one list.

    A view of the records themselves; each leads to where it is settled.
    """

    _name = "bank.feed.error"
    _description = "What Stands in the Way"
    _inherit = ["bank.alert"]
    _auto = False
    _depends = {
        "bank.connection": ["state", "error"],
        "bank.feed": ["journal_id"],
        "bank.feed.window": ["state", "error", "attempts"],
        "bank.import": ["state", "error", "name", "feed_window_id"],
        "bank.import.statement": ["state", "cause"],
        "bank.transaction": ["state", "reason"],
    }
    _order = "since desc, id desc"
    _rec_name = "cause"

    kind = fields.Selection(
        [
            ("connection", "Connection"),
            ("file", "Unreadable or unclear file"),
            ("quarantine", "Quarantine"),
            ("booking", "Not booked"),
            ("unmatched", "Unmatched"),
        ],
        readonly=True,
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    record_name = fields.Char("What", compute="_compute_record_name")
    cause = fields.Char(readonly=True)
    cause_text = fields.Char("Cause", compute="_compute_cause_text")
    since = fields.Datetime(readonly=True)

    @api.depends("model", "res_id")
    def _compute_record_name(self):
        for model, errors in self.grouped("model").items():
            records = self.env[model].sudo().browse(errors.mapped("res_id"))
            names = dict(zip(records.ids, records.mapped("display_name"), strict=True))
            for error in errors:
                error.record_name = names[error.res_id]

    @api.depends("kind", "cause")
    def _compute_cause_text(self):
        """In words, what statements keep as a name."""
        causes = dict(
            self.env["bank.import.statement"]._fields["cause"]._description_selection(self.env)
        )
        for error in self:
            by_name = error.kind == "quarantine" and causes.get(error.cause)
            error.cause_text = by_name or error.cause

    @property
    def _table_query(self):
        return union(
            "kind, model, company_id, journal_id, cause, since",
            self._connections(),
            self._windows(),
            self._files(),
            self._statements(),
            self._transactions(),
        )

    def _connections(self):
        return SQL(
            "SELECT id, 'connection' AS kind, 'bank.connection' AS model, company_id,"
            " NULL::int AS journal_id, error AS cause, write_date AS since FROM bank_connection"
            " WHERE state IN ('expired', 'refused')"
        )

    def _windows(self):
        return SQL(
            "SELECT one.id, 'connection' AS kind, 'bank.feed.window' AS model, one.company_id,"
            " feed.journal_id, one.error AS cause, one.create_date AS since"
            " FROM bank_feed_window AS one JOIN bank_feed AS feed ON feed.id = one.feed_id"
            " WHERE one.state = 'dead' OR one.state = 'waiting' AND one.attempts > 0"
        )

    def _files(self):
        return SQL(
            "SELECT one.id, 'file' AS kind, 'bank.import' AS model, one.company_id,"
            " one.journal_id, COALESCE(one.error, one.name) AS cause, one.received_at AS since"
            " FROM bank_import AS one"
            " WHERE one.state = 'unconfirmed' OR one.state IN ('refused', 'failed') AND %s",
            NOT_OF_A_PERIOD,
        )

    def _statements(self):
        return SQL(
            "SELECT id, 'quarantine' AS kind, 'bank.import.statement' AS model, company_id,"
            " journal_id, cause, create_date AS since FROM bank_import_statement"
            " WHERE state = 'quarantined'"
        )

    def _transactions(self):
        return SQL(
            "SELECT id, CASE state WHEN 'error' THEN 'booking' ELSE 'unmatched' END AS kind,"
            " 'bank.transaction' AS model, company_id, journal_id,"
            " COALESCE(reason, identity_text) AS cause, create_date AS since"
            " FROM bank_transaction WHERE state IN ('error', 'processed')"
        )
