from odoo import api, models
from odoo.addons.account_bank_feed.models.bank_import_progress import AT_WORK

MOST = 20
"""So many are shown at most; the number of all leads to the rest."""


class BankFeedDashboard(models.AbstractModel):
    """What is being processed right now, without a person."""

    _inherit = "bank.feed.dashboard"

    @api.model
    def work(self):
        """Files and tasks at work, the newest first.

        :return: ``all``, how many files; ``imports`` and ``tasks``, each with a text and a share
            in percent of what is done
        """
        self._require_viewer()
        model = self.env["bank.import"]
        domain = [*self._of_companies(), ("state", "in", AT_WORK)]
        imports = model.search(domain, limit=MOST)
        count = len(imports) if len(imports) < MOST else model.search_count(domain)
        return {
            "all": self._way(self.env._("Files at work"), model._name, domain, count),
            "imports": [
                {
                    "id": record.id,
                    "name": record.name,
                    "text": record.progress_text,
                    "share": record.progress_share,
                }
                for record in imports
            ],
            "tasks": self._tasks(),
        }

    def _tasks(self):
        """Bulk actions of people that run in the background."""
        if "bank.feed.task" not in self.env:
            return []
        tasks = self.env["bank.feed.task"].search(
            [*self._of_companies(), ("state", "in", ("waiting", "running"))], limit=MOST
        )
        return [
            {
                "id": task.id,
                "name": task.name,
                "text": self.env._(
                    "%(done)s of %(total)s", done=task.done_count, total=task.total_count
                ),
                "share": task.done_count * 100 // task.total_count if task.total_count else 0,
            }
            for task in tasks
        ]
