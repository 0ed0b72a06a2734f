from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from odoo import api, fields, models
from odoo.tools.misc import formatLang

AT_WORK = ("received", "processing")
"""States of an import in which something goes on without a person."""

SETTLED = {"processed", "reconciled", "duplicate", "ignored"}
"""States of transactions that are in the books, or never will be."""

PAUSE = timedelta(minutes=1)
"""Nothing booked for longer than this: the import was not being booked meanwhile."""


@dataclass(frozen=True, slots=True)
class Share:
    """Transactions of an import that are in one state and in one batch, or in none yet."""

    batch: models.Model
    state: str
    awaited: bool
    """Whether they are to be booked: those that the bank only announces are not."""
    count: int
    booked: int
    """How many of them were booked, whatever became of them since."""
    since: datetime | None
    """When the work on the first of these began; workers commit a batch at once."""

    @property
    def waits(self):
        return self.state == "pending" and self.awaited


class BankImport(models.Model):
    """How far an import is, how fast it goes, and when it will be finished."""

    _inherit = "bank.import"

    progress_stage = fields.Selection(
        [
            ("reading", "Reading"),
            ("matching", "Matching"),
            ("booking", "Booking"),
            ("stopped", "Stopped"),
            ("closing", "Closing"),
        ],
        "Being done",
        compute="_compute_progress",
        help="What is being done now; nothing once it is finished. It stops where a batch "
        "could not be booked and waits to be retried.",
    )
    progress_done = fields.Integer(
        "Settled",
        compute="_compute_progress",
        help="Transactions that are in the books, or were found to be duplicates or never to be "
        "booked.",
    )
    progress_total = fields.Integer(
        "To be settled",
        compute="_compute_progress",
        help="All its transactions but those that the bank has only announced.",
    )
    progress_share = fields.Integer("Settled (%)", compute="_compute_progress")
    seconds_left = fields.Integer(
        compute="_compute_progress", help="At the speed so far; 0 when it is not known."
    )
    progress_text = fields.Char("Progress", compute="_compute_progress")
    lines_per_second = fields.Float(
        compute="_compute_lines_per_second",
        digits=(16, 1),
        help="Over the time in which its lines were being booked; 0 when it is not known.",
    )

    @api.depends("state", "transaction_ids.state")
    def _compute_progress(self):
        """Imports that are finished cost nothing beyond the counts: lists are full of them."""
        at_work = self.filtered(lambda r: r.state in AT_WORK)
        shares = at_work._shares()
        for record in at_work:
            record._tell_progress(shares[record.id])
        for record in self - at_work:
            done = record.processed_count + record.reconciled_count
            done += record.duplicate_count + record.ignored_count
            # What is still pending was announced only.
            record._set_progress(done, record.transaction_count - record.pending_count)

    @api.depends("state", "transaction_ids.state")
    def _compute_lines_per_second(self):
        shares = self._shares()
        for record in self:
            record.lines_per_second = lines_per_second(shares[record.id], fields.Datetime.now())

    def _shares(self):
        """What became of the transactions of each import so far.

        :return: import id -> list of :class:`Share`
        """
        groups = self.env["bank.transaction"]._read_group(
            [("import_id", "in", self.ids)],
            ["import_id", "batch_id", "state", "booked"],
            ["__count", "booked_at:count", "booked_at:min"],
        )
        shares = defaultdict(list)
        for record, *values in groups:
            shares[record.id].append(Share(*values))
        return shares

    def _tell_progress(self, shares):
        stage = self._stage(shares)
        rate = left = 0
        if stage == "booking":
            rate = lines_per_second(shares, fields.Datetime.now())
            left = ceil(sum(s.count for s in shares if s.waits) / rate) if rate else 0
        done = sum(s.count for s in shares if s.state in SETTLED)
        total = sum(s.count for s in shares if s.state != "pending" or s.awaited)
        self._set_progress(done, total, stage, left)
        self.progress_text = self._progress_in_words(rate)

    def _set_progress(self, done, total, stage=False, left=0):
        self.progress_stage = stage
        self.progress_done = done
        self.progress_total = total
        self.progress_share = done * 100 // total if total else 0
        self.seconds_left = left
        self.progress_text = False

    def _stage(self, shares):
        if self.state == "received":
            return "reading"
        waiting = [s.batch for s in shares if s.waits]
        if any(batch.state == "waiting" for batch in waiting):
            return "booking"
        if not all(waiting):
            return "matching"
        return "stopped" if waiting else "closing"

    def _progress_in_words(self, rate):
        """Such as “12,000 of 100,000 · 410/s · 3 min left”."""
        parts = []
        if self.progress_stage != "booking":
            stages = self._fields["progress_stage"]._description_selection(self.env)
            parts.append(dict(stages)[self.progress_stage])
        if self.progress_total:
            done, total = (
                formatLang(self.env, number, digits=0)
                for number in (self.progress_done, self.progress_total)
            )
            parts.append(self.env._("%(done)s of %(total)s", done=done, total=total))
        if rate:
            speed = formatLang(self.env, rate, digits=0 if rate >= 10 else 1)
            parts.append(self.env._("%s/s", speed))
        if self.seconds_left:
            parts.append(self._time_left_in_words())
        return " · ".join(parts)

    def _time_left_in_words(self):
        if self.seconds_left <= 60:
            return self.env._("%s s left", self.seconds_left)
        minutes = ceil(self.seconds_left / 60)
        if minutes <= 60:
            return self.env._("%s min left", minutes)
        hours, minutes = divmod(minutes, 60)
        return self.env._("%(hours)s h %(minutes)s min left", hours=hours, minutes=minutes)


def lines_per_second(shares, now):
    """How fast the lines were booked; 0 when it is not known.

    A batch is seen only when it is complete. So what other workers have under way counts
    with its time and not yet with its lines: the speed may be told too low by the few
    batches that are under way, and never too high.

    :param now: waiting for the next batch counts as soon as it takes longer than the others
    """
    lines = sum(share.booked for share in shares)
    times = _times_of_batches(shares)
    if not times:
        return 0
    last = max(end for _start, end in times)
    if any(share.waits for share in shares):
        overdue = now - max(end - start for start, end in times)
        if overdue > last + PAUSE:
            return 0
        times.append((last, max(last, overdue)))
    seconds = _time_covered(times).total_seconds()
    return lines / seconds if seconds else 0


def _times_of_batches(shares):
    """From when to when each batch was booked, in whole seconds, as its end is kept in those."""
    starts = {}
    for share in shares:
        if share.booked and share.batch.finished_at:
            start = share.since.replace(microsecond=0)
            starts[share.batch] = min(start, starts.get(share.batch, start))
    return [(start, max(start, batch.finished_at)) for batch, start in starts.items()]


def _time_covered(times):
    """How long at least one of these lasted, with the short breaks between them.

    >>> clock = datetime(2026, 1, 1).replace
    >>> morning = [(clock(hour=9), clock(hour=9, minute=3))]
    >>> _time_covered([*morning, (clock(hour=9, minute=1), clock(hour=9, minute=4))])
    datetime.timedelta(seconds=240)
    >>> _time_covered([*morning, (clock(hour=15), clock(hour=15, minute=1))])
    datetime.timedelta(seconds=240)
    """
    covered, until = timedelta(), None
    for start, end in sorted(times):
        if until is None or start > until + PAUSE:
            until = start
        covered += max(end - until, timedelta())
        until = max(until, end)
    return covered
