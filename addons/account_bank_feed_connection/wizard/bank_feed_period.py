from odoo import api, fields, models
from odoo.exceptions import UserError

from ..notice import said
from ..protocol import Period


class BankFeedPeriod(models.TransientModel):
    """Which days a person wants fetched now."""

    _name = "bank.feed.period"
    _description = "Fetch a Period"

    feed_ids = fields.Many2many(
        "bank.feed", default=lambda self: self.env.context.get("active_ids"), required=True
    )
    start_date = fields.Date("From", required=True)
    end_date = fields.Date("To", required=True, default=fields.Date.context_today)

    @api.model
    def default_get(self, names):
        """Offers the days that the schedule would fetch next."""
        values = super().default_get(names)
        feeds = self.env["bank.feed"].browse(self.env.context.get("active_ids"))
        if feeds and "start_date" in names:
            values["start_date"] = min(feed._next_period().start for feed in feeds)
        return values

    def action_fetch(self):
        if self.start_date > self.end_date:
            raise UserError(self.env._("The period ends before it starts."))
        for feed in self.feed_ids._authorise("operator"):
            feed._require_started()
            feed._fetch(Period(self.start_date, self.end_date), "request")
        return said(self.env._("The bank is being asked. What is new appears by itself."))
