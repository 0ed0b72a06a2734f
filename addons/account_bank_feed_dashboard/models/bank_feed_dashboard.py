from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

PERIODS = ("7", "30", "90", "month", "last_month", "year")
"""What the period filter offers: so many days up to today, or a part of the calendar."""


class BankFeedDashboard(models.AbstractModel):
    """The figures of the dashboard, each with the list that it counts.

    The screen asks in several calls, which the server answers side by side: ``cards``, ``work``,
    ``waiting`` and ``period``, each in a file of its own. All of them are about the companies
    that are chosen on the screen, and see what the user may see. Nothing is asked per
    transaction. Here is what they share.
    """

    _name = "bank.feed.dashboard"
    _description = "Bank Feed Dashboard"

    def _require_viewer(self):
        """:raises AccessError: for a user without a role in the bank feed"""
        self.env["bank.guarded.state"]._require_role("viewer")

    @api.model
    def _of_companies(self):
        return [("company_id", "in", self.env.companies.ids)]

    def _way(self, label, model, domain, value, text=None):
        """A figure and the way to what is behind it.

        :param label: what is counted, also the title of the list
        :param value: how many records the list has, or an amount that they add up to
        :param text: how the figure is written, where it is no plain number
        """
        way = {"label": label, "model": model, "domain": domain, "value": value}
        return way if text is None else {**way, "text": text}

    def _plan_without_jit(self):
        """To compile such a query takes PostgreSQL longer than it saves: up to 0.3 s."""
        self.env.cr.execute("SET LOCAL jit = off")

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    def _days_of(self, period):
        """The first and the last day of a period, which never goes beyond today.

        :param period: one of PERIODS
        :raises UserError: when there is no such period
        """
        today = fields.Date.context_today(self)
        first_of_month = today.replace(day=1)
        if period not in PERIODS:
            raise UserError(self.env._("There is no such period: %s.", period))
        if period == "month":
            return first_of_month, today
        if period == "last_month":
            last = first_of_month - timedelta(days=1)
            return last.replace(day=1), last
        if period == "year":
            return today.replace(month=1, day=1), today
        return today - timedelta(days=int(period) - 1), today

    def _ages(self):
        """How long something may have waited: name, label, first day, day after the last one."""
        today = fields.Date.context_today(self)
        week, month = today - timedelta(days=6), today - timedelta(days=29)
        return [
            ("today", self.env._("Today"), today, None),
            ("week", self.env._("Up to 7 days"), week, today),
            ("month", self.env._("Up to 30 days"), month, week),
            ("older", self.env._("Older"), None, month),
        ]

    def _between(self, model, name, first, end):
        """The domain of a date, or a time where the user is, from ``first`` to before ``end``."""
        is_time = self.env[model]._fields[name].type == "datetime"
        domain = []
        if first:
            domain.append((name, ">=", self._midnight(first) if is_time else str(first)))
        if end:
            domain.append((name, "<", self._midnight(end) if is_time else str(end)))
        return domain

    def _midnight(self, day):
        """When a day begins where the user is, as the database has times."""
        zone = pytz.timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")
        start = zone.localize(datetime.combine(day, time.min))
        return fields.Datetime.to_string(start.astimezone(pytz.utc))
