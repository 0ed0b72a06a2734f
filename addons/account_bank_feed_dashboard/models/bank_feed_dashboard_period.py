from collections import Counter, defaultdict
from datetime import timedelta
from types import SimpleNamespace

from odoo import api, models
from odoo.tools.misc import format_date

SETTLED = ("reconciled", "duplicate", "ignored")
"""States of transactions that nobody has to look at any more."""

OF_THE_BOOKS = ("pending", "processed", "reconciled", "error")
"""States of transactions that are in the books or should be, if the bank has booked them."""

MOST_DAYS = 31
"""A longer period is shown by week."""


class BankFeedDashboard(models.AbstractModel):
    """What the bank booked in a period: what is settled, how much by itself, and the money."""

    _inherit = "bank.feed.dashboard"

    @api.model
    def period(self, period):
        """The figures of one period, all of them by booking date.

        :param period: one of PERIODS
        :return: ``settled``, one figure for each state; ``untouched``, what rules posted by
            themselves; ``money``, in and out in the company's currency, others in words
        :raises UserError: when there is no such period
        """
        self._require_viewer()
        first, last = self._days_of(period)
        rows = self._rows_by_day(first, last)
        domain = [
            *self._of_companies(),
            ("booking_date", ">=", str(first)),
            ("booking_date", "<=", str(last)),
        ]
        return {
            "first": format_date(self.env, first),
            "last": format_date(self.env, last),
            "by_week": _is_by_week(first, last),
            "settled": self._settled(rows, domain),
            "untouched": self._untouched(rows, domain, first, last),
            "money": self._money_by_day(rows, domain, first, last),
        }

    def _rows_by_day(self, first, last):
        """All that the figures need: a row for each day and kind of transaction.

        What comes in and what goes out are asked for apart, because of each the sum is wanted.
        """
        days = [("booking_date", ">=", str(first)), ("booking_date", "<=", str(last))]
        return [
            _row(*group)
            for way in (">", "<=")
            for group in self.env["bank.transaction"]._read_group(
                [*self._of_companies(), *days, ("amount", way, 0)],
                ["booking_date:day", "state", "booked", "posted_by_rule", "currency_id"],
                ["__count", "amount:sum"],
            )
        ]

    def _settled(self, rows, domain):
        counts = Counter()
        for row in rows:
            counts[row.state] += row.count
        return self._state_ways(SETTLED, counts, domain)

    # ------------------------------------------------------------------
    # Untouched by hand
    # ------------------------------------------------------------------

    def _untouched(self, rows, domain, first, last):
        """What rules posted and still stands, of all that the bank booked; over time."""
        all_of, by_rule = defaultdict(int), defaultdict(int)
        for row in filter(_is_of_the_books, rows):
            start = _start(row.day, first, last)
            all_of[start] += row.count
            if row.state == "reconciled" and row.by_rule:
                by_rule[start] += row.count
        total, untouched = sum(all_of.values()), sum(by_rule.values())
        return {
            "total": self._booked_way(domain, total),
            "untouched": self._untouched_way(domain, untouched),
            "share": _percent(untouched, total),
            "points": [
                {
                    "label": format_date(self.env, start),
                    "total": self._booked_way(between, all_of[start]),
                    "untouched": self._untouched_way(between, by_rule[start]),
                    "share": _percent(by_rule[start], all_of[start]),
                }
                for start, between in self._spans(first, last)
            ],
        }

    def _booked_way(self, domain, count):
        domain = [*domain, ("booked", "=", True), ("state", "in", OF_THE_BOOKS)]
        return self._way(self.env._("Booked by the bank"), "bank.transaction", domain, count)

    def _untouched_way(self, domain, count):
        own = [("booked", "=", True), ("state", "=", "reconciled"), ("posted_by_rule", "=", True)]
        label = self.env._("Untouched by hand")
        return self._way(label, "bank.transaction", [*domain, *own], count)

    def _spans(self, first, last):
        """The days or weeks of a period: the first day of each, and its domain."""
        starts = sorted({_start(day, first, last) for day in _days(first, last)})
        for start, following in zip(starts, [*starts[1:], last + timedelta(days=1)], strict=True):
            dates = self._between("bank.transaction", "booking_date", start, following)
            yield start, [*self._of_companies(), *dates]

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    def _money_by_day(self, rows, domain, first, last):
        """What came in and went out in the company's currency; other currencies as totals."""
        own = self.env.company.currency_id
        coming, going = defaultdict(float), defaultdict(float)
        others = defaultdict(lambda: [0.0, 0.0])
        for row in filter(_is_of_the_books, rows):
            if row.currency_id == own.id:
                start = _start(row.day, first, last)
                coming[start] += row.coming
                going[start] += row.going
            else:
                others[row.currency_id][0] += row.coming
                others[row.currency_id][1] += row.going
        return {
            "currency_id": own.id,
            **self._ways_of_money(domain, own, sum(coming.values()), sum(going.values())),
            "points": [
                {
                    "label": format_date(self.env, start),
                    **self._ways_of_money(between, own, coming[start], going[start]),
                }
                for start, between in self._spans(first, last)
            ],
            "others": [
                self._ways_of_money(domain, self.env["res.currency"].browse(currency_id), *sums)
                for currency_id, sums in sorted(others.items())
            ],
        }

    def _ways_of_money(self, domain, currency, coming, going):
        ways = {"currency": currency.name}
        for name, label, amount, sign in (
            ("in", self.env._("Money in"), coming, ">"),
            ("out", self.env._("Money out"), going, "<"),
        ):
            listed = [
                *domain,
                ("booked", "=", True),
                ("state", "in", OF_THE_BOOKS),
                ("currency_id", "=", currency.id),
                ("amount", sign, 0),
            ]
            amount = currency.round(amount)
            text = currency.format(abs(amount))
            ways[name] = self._way(label, "bank.transaction", listed, amount, text)
        return ways


def _row(day, state, booked, by_rule, currency, count, amount):
    return SimpleNamespace(
        day=day,
        state=state,
        booked=booked,
        by_rule=by_rule,
        currency_id=currency.id,
        count=count,
        coming=max(amount, 0),
        going=min(amount, 0),
    )


def _is_of_the_books(row):
    return row.booked and row.state in OF_THE_BOOKS


def _is_by_week(first, last):
    return (last - first).days >= MOST_DAYS


def _start(day, first, last):
    """The first day of what a day is shown with: itself, or its week within the period."""
    if not _is_by_week(first, last):
        return day
    return max(first, day - timedelta(days=day.weekday()))


def _days(first, last):
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _percent(part, whole):
    """Rounded down, so that 100 means all; None where there is nothing."""
    return part * 100 // whole if whole else None
