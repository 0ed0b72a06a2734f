import logging
import traceback
from dataclasses import asdict
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.addons.account_bank_feed.jobs import repeatable
from odoo.addons.account_bank_feed.models.bank_import import dead_job
from odoo.addons.account_bank_feed.models.bank_import_set_aside import BROKEN
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError

from ..protocol import (
    MAX_ATTEMPTS,
    ConnectorError,
    ConsentExpired,
    NotAuthorised,
    Period,
    PeriodTooLong,
    Permanent,
    Person,
    RetryLater,
    wait_before,
)
from .bank_connection import PERSON

_logger = logging.getLogger(__name__)

UNREADABLE = "unreadable"
"""The kind of error of a period whose files came, but are not read."""

WAITS = timedelta(minutes=10)
"""How long a person who has asked is taken to wait for the answer."""


class BankFeedWindow(models.Model):
    """A period of one feed that is to be fetched, and what became of that.

    It is fetched whole or not at all: only when all that the bank gave for it has been read. What
    fails is kept, and tried again until it is there or a person has decided otherwise; so no day
    is ever left out silently.
    """

    _name = "bank.feed.window"
    _description = "Period of a Bank Feed"
    _inherit = ["bank.guarded.state"]
    _order = "id desc"

    feed_id = fields.Many2one(
        "bank.feed", required=True, readonly=True, ondelete="cascade", index=True
    )
    connection_id = fields.Many2one(related="feed_id.connection_id", store=True, index=True)
    company_id = fields.Many2one(related="feed_id.company_id", store=True, index=True)
    start_date = fields.Date("From", required=True, readonly=True)
    end_date = fields.Date("To", required=True, readonly=True)
    reason = fields.Selection(
        [("schedule", "Schedule"), ("history", "First fetch"), ("request", "Asked for")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("reading", "Being read"),
            ("fetched", "Fetched"),
            ("dead", "Given up"),
            ("ignored", "Ignored"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    attempts = fields.Integer("Failed attempts", readonly=True)
    next_try_at = fields.Datetime("Next try", readonly=True)
    error_kind = fields.Char("Kind of error", readonly=True)
    error = fields.Char(readonly=True)
    payload_id = fields.Many2one(
        "bank.file", "What the bank sent", readonly=True, ondelete="set null"
    )
    job_uuid = fields.Char("Job", readonly=True)
    fetched_at = fields.Datetime(readonly=True)
    person = fields.Json("Who waits", readonly=True, copy=False, groups=fields.NO_ACCESS)
    """Who has asked for it, until the first try; the bank is told then."""
    person_at = fields.Datetime("Waits since", readonly=True, copy=False)
    import_ids = fields.One2many("bank.import", "feed_window_id", readonly=True)

    _state_transitions = {
        "waiting": {"reading", "fetched", "dead", "ignored"},
        "reading": {"fetched", "dead", "ignored"},
        "dead": {"waiting", "reading", "ignored", "fetched"},
        "ignored": {"waiting", "reading", "fetched"},
        "fetched": set(),
    }

    @api.depends("feed_id", "start_date", "end_date")
    def _compute_display_name(self):
        for window in self:
            window.display_name = (
                f"{window.feed_id.display_name} {window.start_date} – {window.end_date}"
            )

    # ------------------------------------------------------------------
    # Fetch
    # ------------------------------------------------------------------

    def _try_now(self):
        person = self.env["bank.connection"]._person()
        if person:
            self.write({"person": asdict(person), "person_at": fields.Datetime.now()})
        for window in self:
            window._try_at(None)

    def _try_at(self, moment):
        """Have a job fetch it, at once or at some moment."""
        what = f"Fetch {self.display_name}"
        # No limit: it is we who count what fails; the queue only counts how often a job has waited.
        job = self.with_delay(eta=moment, description=what, max_retries=0)._job_fetch()
        self.write({"job_uuid": job.uuid, "next_try_at": moment})

    @repeatable
    def _job_fetch(self):
        """Fetch the period, or keep what stood in the way and when to try again."""
        self.ensure_one()
        if self.state != "waiting" or self.feed_id.state not in ("active", "draft"):
            return
        if self.env.context.get("job_uuid", self.job_uuid) != self.job_uuid:
            return  # it is another job's by now
        if not self._have_connection_to_oneself():
            # The same job again, after a while that grows (data/queue_job.xml).
            raise RetryableJobError("Another job asks this bank at present")
        person = self._take_person()
        until = self.connection_id.not_before
        if until and until > fields.Datetime.now() and not person:
            self._try_at(until)
            return
        try:
            documents = self._ask(person)
        except ConnectorError as error:
            self._failed(error)
        except UserError as error:
            self._failed(_on_our_side(error))
        except psycopg2.Error:
            raise  # the queue's affair, or the sweep's: nothing can be written here any more
        except Exception as error:
            self._failed(Permanent(f"Fault in the connector: {self._log_fault(error)}"))
        else:
            self._take_in(documents)

    def _log_fault(self, error):
        """Where a connector failed, and not its text, which may hold a secret.

        :return: the kind of the exception
        """
        place = "".join(traceback.format_tb(error.__traceback__))
        kind = type(error).__name__
        _logger.error("Bank feed window %s: %s\n%s", self.id, kind, place)
        return kind

    def _have_connection_to_oneself(self):
        """One job at a time asks a bank, so that a slow one does not hold up all workers."""
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('bank.connection'), %s)",
            [self.connection_id.id],
        )
        return self.env.cr.fetchone()[0]

    def _take_person(self):
        """Who asked for it and waits now, once: for later tries nobody does."""
        kept, since = self.person, self.person_at
        self._forget_person()
        return Person(**kept) if kept and since > fields.Datetime.now() - WAITS else None

    def _forget_person(self):
        self.write({"person": False, "person_at": False})

    def _ask(self, person):
        """All documents of the period, before any of them counts.

        :param person: the :class:`Person` who waits for them, None where they are fetched by itself
        """
        self = self.with_context(**{PERSON: person})
        feed, connection = self.feed_id, self.connection_id
        status = "both" if feed.include_pending else "booked"
        period = Period(self.start_date, self.end_date)
        documents = list(
            connection._connector()._documents(connection, feed._account(), period, status)
        )
        self._ask_besides(feed._get_balances)
        if feed._is_to_be_renewed():
            self._ask_besides(connection._find_accounts)
        return documents

    def _ask_besides(self, ask):
        """That is no reason to go without transactions, whatever is wrong with it."""
        try:
            ask()
        except ConnectorError as error:
            self.connection_id._keep_limit(error)
        except psycopg2.Error:
            raise
        except Exception as error:
            self._log_fault(error)

    def _take_in(self, documents):
        """Keep what the bank gave, to be read; that there is nothing counts as read."""
        imports = self.env["bank.import"].with_user(self.feed_id.user_id).sudo()
        try:
            with self.env.cr.savepoint():
                for document in documents:
                    imports._receive_from(self, document)
        except UserError as error:
            self._failed(_on_our_side(error))
            return
        self._set_state("reading", "by itself", next_try_at=False, error=False, error_kind=False)
        self._follow_imports()

    # ------------------------------------------------------------------
    # Read
    # ------------------------------------------------------------------

    def _follow_imports(self):
        """Become what reading the bank's files has come to.

        Nothing changes where it is fetched already, or is to be fetched anew.
        """
        for window in self.filtered(lambda w: w.state in ("reading", "dead", "ignored")):
            window._follow()

    def _follow(self):
        imports = self.import_ids.filtered(lambda r: not r.is_of_former_try)
        broken = imports.filtered(lambda r: r.state in BROKEN)[:1]
        states = set(imports.mapped("state"))
        being_read = self.state == "reading"
        unreadable = self.state == "dead" and self.error_kind == UNREADABLE
        if self.feed_id.is_inbox:  # each of its files is a matter of its own
            if being_read:
                self._count()
        elif broken:
            why = f"{broken.name}: {broken.error}"
            self._become(
                "dead", why, error=why, error_kind=UNREADABLE, payload_id=broken.file_id.id
            )
        elif self.state == "ignored":
            if "received" in states:
                self._set_state("reading", "a file is read again", error=False, error_kind=False)
        elif not being_read and not unreadable:
            pass  # what stood in the way are not its files
        elif states & {"received", "unconfirmed"}:
            self._become("reading", "its files are read", error=False, error_kind=False)
        elif imports.filtered(lambda r: r._is_left_out()):
            self._set_state("ignored", "files were left out")
        else:
            self._count()

    def _become(self, state, why, **values):
        if self.state != state:
            self._set_state(state, why, **values)

    def _count(self):
        """All of it has been read: the feed is fetched so far."""
        now = fields.Datetime.now()
        values = {"fetched_at": now, "error": False, "error_kind": False}
        self._set_state("fetched", "all of it was read", **values)
        feed = self.feed_id
        feed.last_fetch_at = now
        if self._is_next():
            feed.fetched_until = max(feed.fetched_until or self.end_date, self.end_date)
        covered = self._covered()
        covered._set_state("fetched", "with a longer period", **values)
        covered._leave_files("came with a longer period")

    def _is_next(self):
        """Whether it leaves no day out between it and what was fetched before.

        Days that the bank does not give any more, or that a person left out, are not waited for.
        """
        day = timedelta(days=1)
        reached = self.feed_id._reached()
        for window in self.feed_id.window_ids.sorted("start_date"):
            if window._is_settled() and window.start_date <= reached + day:
                reached = max(reached, window.end_date)
        return self.start_date <= reached + day

    def _is_settled(self):
        lost = self.state == "dead" and self.error_kind == PeriodTooLong.kind
        return lost or self.state == "ignored"

    def _covered(self):
        """Those in vain so far, all of whose days are in this one, or are not counted on."""
        return self.feed_id.window_ids.filtered(
            lambda w: (
                w.state in ("waiting", "reading", "dead")
                and w != self
                and (self.start_date <= w.start_date or self._is_first_after(w))
                and w.end_date <= self.end_date
            )
        )

    def _is_first_after(self, former):
        """Whether both are to fetch as far back as the bank gives, which is later each day."""
        both = self.reason == former.reason == "history"
        lost = former._is_settled()
        return both and not lost and not self.feed_id._start_wanted()

    def _leave_files(self, why):
        """Nobody need look at what came for it and cannot be read."""
        self.import_ids.filtered(lambda r: r.state in BROKEN)._set_state("set_aside", why)

    # ------------------------------------------------------------------
    # In vain
    # ------------------------------------------------------------------

    def _first_given_up(self):
        """Of each feed, with which of these its failing began, since it was fetched last.

        Where all are older than that, the last of them.
        """
        found = self.browse()
        for feed, windows in self.sorted("id").grouped("feed_id").items():
            since = feed.last_fetch_at
            new = windows.filtered(lambda w, since=since: not since or w.write_date > since)
            found += new[:1] or windows[-1]
        return found

    def _failed(self, error):
        if isinstance(error, PeriodTooLong) and error.earliest <= self.start_date:
            # By its own words the bank gives these days: they are not lost for good.
            error = Permanent(error.message, error.payload)
        self.write(
            {
                "attempts": self.attempts + 1,
                "error_kind": error.kind,
                "error": error.message,
                "payload_id": self._keep_payload(error),
            }
        )
        self.connection_id._keep_limit(error)
        if isinstance(error, (ConsentExpired, NotAuthorised)):
            self.feed_id._wait_for_person(error)
        elif isinstance(error, PeriodTooLong):
            self._shorten(error.earliest)
        elif isinstance(error, RetryLater) and self.attempts < MAX_ATTEMPTS:
            self._try_at(_in_seconds(wait_before(self.attempts, error.after)))
        else:
            self._set_state("dead", error.message, next_try_at=False)

    def _keep_payload(self, error):
        """What the bank sent at this attempt, in place of what it sent at the one before."""
        files, former = self.env["bank.file"], self.payload_id.sudo()
        if error.payload and former.sha256 == files._digest(error.payload):
            return former.id
        others = self.search_count([("payload_id", "in", former.ids), ("id", "!=", self.id)])
        if not others and not former.import_ids:
            former.unlink()
        if not error.payload:
            return False
        name = f"{self.display_name}: {error.kind}"
        try:
            return files._keep(name, error.payload).id
        except UserError:  # keys that cannot be used; why it failed says more
            return False

    def action_payload(self):
        """What the bank sent, through the route that records who took it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/account_bank_feed/window/{self.id}",
            "target": "download",
        }

    def _shorten(self, earliest):
        """Fetch what the bank still gives; say which days it does not."""
        feed, start = self.feed_id, self.start_date
        if earliest > self.end_date:
            self._set_state("dead", self.error, next_try_at=False)
            return
        self._keep_lost(start, earliest - timedelta(days=1))
        self.write({"start_date": earliest})
        feed.message_post(
            body=feed.env._(
                "%(bank)s gives nothing before %(day)s; the period begins there.",
                bank=self.connection_id.name,
                day=earliest,
            )
        )
        self._try_now()

    def _keep_lost(self, start, end):
        """Keep which days the bank does not give, for a person where somebody counts on them."""
        for window in self.feed_id.window_ids.sorted("start_date"):
            if window._is_settled() and window.start_date <= start <= window.end_date:
                start = window.end_date + timedelta(days=1)  # known already
        if start > end:
            return
        lost = self.copy(
            {
                "start_date": start,
                "end_date": end,
                "error": self.error,
                "error_kind": self.error_kind,
            }
        )
        by_default = self.reason == "history" and not self.feed_id._start_wanted()
        lost._set_state("ignored" if by_default else "dead", self.error)

    def action_requeue(self):
        """Try again what was given up or ignored."""
        windows = self._authorise("accountant").filtered(lambda w: w.state in ("dead", "ignored"))
        for window in windows:
            window._set_state("waiting", "by a user", event="requeue", attempts=0)
            window._try_now()
        windows._leave_files("fetched again")
        former = windows.import_ids.filtered(lambda r: r._is_left_out() or r.settled_by_id)
        former.is_of_former_try = True

    def action_ignore(self):
        """Asks for the reason."""
        letters = self.env["bank.dead.letter"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_bank_feed_connection.action_bank_feed_ignore"
        )
        return {**action, "context": {"active_ids": letters.ids}}

    def _ignore(self, reason):
        """Leave it out for good, for a reason that is kept."""
        windows = self._authorise("accountant").filtered(lambda w: w.state in ("dead", "waiting"))
        windows._set_state("ignored", reason, next_try_at=False)
        windows._leave_files(reason)

    @api.model
    def _sweep(self):
        """Find those whose job has died, which counts as an attempt, or never was."""
        self.search([("person_at", "<=", fields.Datetime.now() - WAITS)])._forget_person()
        for window in self.search([("state", "=", "waiting"), ("feed_id.state", "=", "active")]):
            if dead_job(self.env, window.job_uuid):
                window._failed(RetryLater("The job that was to fetch it has failed"))
            elif window._is_overdue():
                window._try_now()
        # Of two files that were read at the same time, neither has seen the other's end.
        self.search([("state", "=", "reading")])._follow_imports()

    def _is_put_off(self):
        """Whether a job is to try it again at some moment, and not before."""
        return bool(self.next_try_at) and self.next_try_at > fields.Datetime.now()

    def _is_overdue(self):
        job = self.env["queue.job"].sudo().search([("uuid", "=", self.job_uuid)])
        return job.state == "done"


def _on_our_side(error):
    """What people must mend here, such as keys that this server does not have."""
    return RetryLater(str(error))


def _in_seconds(seconds):
    return fields.Datetime.now() + timedelta(seconds=seconds)
