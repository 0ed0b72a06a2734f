from odoo import api, fields, models

from .bank_feed import RUNNING

VIEWERS = "account_bank_feed.group_viewer"


class AccountJournal(models.Model):
    _inherit = "account.journal"

    bank_feed_ids = fields.One2many("bank.feed", "journal_id", readonly=True, groups=VIEWERS)
    bank_feed_feed_id = fields.Many2one(
        "bank.feed", "Bank feed", compute="_compute_bank_feed", groups=VIEWERS
    )
    bank_feed_booked_balance = fields.Monetary(
        "Balance booked",
        compute="_compute_bank_feed",
        currency_field="bank_feed_currency_id",
        groups=VIEWERS,
    )
    bank_feed_available_balance = fields.Monetary(
        "Balance available",
        compute="_compute_bank_feed",
        currency_field="bank_feed_currency_id",
        groups=VIEWERS,
    )
    bank_feed_balance_at = fields.Datetime(
        "Balance as of", compute="_compute_bank_feed", groups=VIEWERS
    )

    @api.depends("bank_feed_ids.state", "bank_feed_ids.balance_at")
    def _compute_bank_feed(self):
        for journal in self:
            feed = journal.bank_feed_ids.filtered(lambda f: f.state in RUNNING)[:1]
            journal.bank_feed_feed_id = feed
            journal.bank_feed_booked_balance = feed.booked_balance
            journal.bank_feed_available_balance = feed.available_balance
            journal.bank_feed_balance_at = feed.balance_at

    def _bank_feed_status(self):
        running = [("journal_id", "in", self.ids), ("state", "in", RUNNING)]
        feeds = self.env["bank.feed"].search(running, order="state, id")
        troubles = feeds._troubles()
        status = super()._bank_feed_status()
        for journal, own in feeds.grouped("journal_id").items():
            feed = own[0]
            status[journal.id] = {
                "record": feed,
                "text": feed._plan_in_words(),
                "trouble": next(filter(None, map(troubles.get, own.ids)), ""),
                "balance": feed.booked_balance,
                "balance_at": not feed._is_in_another_currency() and feed.balance_at,
            }
        return status

    def action_bank_feed_fetch(self):
        return self.bank_feed_feed_id.action_fetch_now()

    def action_bank_feed_balances(self):
        return self.bank_feed_feed_id.action_get_balances()

    def action_bank_feed_fetch_period(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_bank_feed_connection.action_bank_feed_period"
        )
        return {**action, "context": {"active_ids": self.bank_feed_feed_id.ids}}
