from odoo import api, models

NEWS = "bank_feed/changed"
"""The type of the notification on Odoo's bus: something happened in the bank feed."""

KEY = "account_bank_feed_dashboard.news"


class BankAuditLog(models.Model):
    """All that happens passes the audit log: whoever looks at a screen is told of it."""

    _inherit = "bank.audit.log"

    @api.model
    def _record(self, event, entries):
        entries = list(entries)
        result = super()._record(event, entries)
        self._spread({self._company_of(entry[0]).id for entry in entries})
        return result

    def _spread(self, company_ids):
        """Collect in which companies something happened; it is told before the commit.

        So a thousand rows are one message (two, where the batch flushes in between), and what is
        rolled back is none.
        """
        if not company_ids:
            return
        hooks = self.env.cr.precommit
        if KEY not in hooks.data:
            hooks.data[KEY] = set()
            hooks.add(self._tell)
        hooks.data[KEY] |= company_ids

    def _tell(self):
        """Tell who may see the bank feed: ids of companies only, the rest they have to ask."""
        company_ids = self.env.cr.precommit.data.pop(KEY)
        viewers = self.env.ref("account_bank_feed.group_viewer").sudo()
        self.env["bus.bus"]._sendone(viewers, NEWS, {"company_ids": sorted(company_ids)})
