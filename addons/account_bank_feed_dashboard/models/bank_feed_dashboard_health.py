from datetime import timedelta
from statistics import median

from odoo import fields, models

RHYTHM_DAYS = 400
"""So far back is looked for how often statements come."""

FEWEST = 4
"""Statements on fewer days than that have no rhythm yet …"""

SLOWEST = 31
"""… and are expected once a month."""

GRACE = 3
"""So many days may pass for a weekend with a holiday."""


class BankFeedDashboard(models.AbstractModel):
    """Whether an account goes on by itself, and the way to the first reconciled file."""

    _inherit = "bank.feed.dashboard"

    def _rhythms(self, journals):
        """journal id -> how many days there are between statements, as a rule."""
        since = fields.Date.context_today(self) - timedelta(days=RHYTHM_DAYS)
        groups = self.env["bank.import.statement"]._read_group(
            [("journal_id", "in", journals.ids), ("end_date", ">=", since), *self._admitted()],
            ["journal_id"],
            ["end_date:array_agg"],
        )
        return {journal.id: _rhythm(days) for journal, days in groups}

    def _health(self, journal, facts):
        """What keeps the account from going on, worst first; in order if there is nothing.

        :return: ``level`` (good, late or stuck), its label, and the reasons with their ways
        """
        stuck = [
            self._count(journal, topic, facts)
            for topic in ("quarantine", "errors", "batches")
            if getattr(facts, topic).get(journal.id)
        ]
        late = self._lateness(journal, facts)
        trouble = facts.status.get(journal.id, {}).get("trouble")
        if stuck or trouble:
            level, label = "stuck", self.env._("Needs a person")
        elif late:
            level, label = "late", self.env._("Late")
        else:
            level, label = "good", self.env._("In order")
        words = list(filter(None, [trouble, late]))
        return {"level": level, "label": label, "reasons": stuck, "words": words}

    def _lateness(self, journal, facts):
        """In words, when the last statement is older than the account's rhythm explains."""
        statement = facts.last.get(journal.id)
        if not statement:
            return ""
        rhythm = facts.rhythm.get(journal.id)
        days = (fields.Date.context_today(self) - statement.end_date).days
        if days <= (rhythm or SLOWEST) * 1.5 + GRACE:
            return ""
        if not rhythm:
            return self.env._("No statement for %s days.", days)
        if rhythm == 1:
            return self.env._("No statement for %s days; usually one a day.", days)
        return self.env._(
            "No statement for %(days)s days; usually one every %(rhythm)s days.",
            days=days,
            rhythm=rhythm,
        )

    # ------------------------------------------------------------------
    # First run
    # ------------------------------------------------------------------

    def _first_steps(self, journals):
        """Which of the first steps are done; False once all of them are.

        A statement in quarantine is a step of its own: nothing comes to review before.
        """
        reconciled = self._any("bank.transaction", [("state", "=", "reconciled")])
        if reconciled:
            return False
        return [
            {"step": "journal", "done": bool(journals) or self._has_account()},
            {"step": "file", "done": self._any("bank.transaction", [])},
            *self._step_out_of_quarantine(),
            {"step": "review", "done": False},
        ]

    def _step_out_of_quarantine(self):
        waiting = self.env["bank.import.statement"].search(
            [*self._of_companies(), ("state", "=", "quarantined")], order="start_date, id", limit=1
        )
        if not waiting or self._any("bank.transaction", [("state", "=", "processed")]):
            return []
        return [
            {
                "step": "quarantine",
                "done": False,
                "text": waiting.explanation,
                "res_id": waiting.id,
            }
        ]

    def _has_account(self):
        return self._any(
            "account.journal",
            [
                ("type", "=", "bank"),
                "|",
                ("bank_account_id", "!=", False),
                ("bank_feed_account_number", "!=", False),
            ],
        )

    def _any(self, model, domain):
        return bool(self.env[model].search_count([*self._of_companies(), *domain], limit=1))


def _rhythm(days):
    """The usual number of days from one statement to the next, or None while it is not known.

    >>> from datetime import date
    >>> _rhythm([date(2026, 1, day) for day in (5, 6, 7, 8, 9, 12)])
    1
    >>> _rhythm([date(2026, 1, 5), date(2026, 1, 12)])
    """
    days = sorted(set(days))
    if len(days) < FEWEST:
        return None
    return round(median((b - a).days for a, b in zip(days, days[1:], strict=False)))
