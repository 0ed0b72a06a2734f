from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.account_bank_feed.admission import Cause
from odoo.addons.bank_statement_format import Account
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_datetime

from ..notice import said
from ..protocol import (
    AccountConsentExpired,
    ConnectorError,
    ConsentExpired,
    NotAuthorised,
    Period,
    RemoteAccount,
)

LOOK_BACK = 7
"""Days that are fetched again each time, since banks book some transactions back."""
PATIENCE = timedelta(hours=1)
"""How much later than planned a fetch may be."""
CONSENT_DAYS = (1, 7, 14)
"""So many days before its end a consent or a certificate is announced, each time anew."""
RENEWAL = timedelta(days=max(CONSENT_DAYS) + 2)
"""So long before an account's own consent ends, each fetch asks whether it has been renewed."""
RUNNING = ("active", "paused")
"""States of a feed that runs, or waits to be let in again."""


class BankFeed(models.Model):
    """A journal's link with one account at a bank, from which it is fetched by itself."""

    _name = "bank.feed"
    _description = "Bank Feed"
    _inherit = ["mail.thread", "mail.activity.mixin", "bank.guarded.state"]
    _order = "company_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    connection_id = fields.Many2one(
        "bank.connection", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
        tracking=True,
        index=True,
    )
    user_id = fields.Many2one(related="connection_id.user_id")
    account_ref = fields.Char("The bank's id", required=True, readonly=True, copy=False)
    iban = fields.Char("IBAN", readonly=True)
    account_number = fields.Char(readonly=True)
    currency_code = fields.Char(readonly=True, size=3)
    is_inbox = fields.Boolean(
        "Files of any account",
        readonly=True,
        help="What is fetched are files, and the accounts in them decide the journals.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    state = fields.Selection(
        [("draft", "Not started"), ("active", "Active"), ("paused", "Paused"), ("off", "Off")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    valid_until = fields.Datetime(
        readonly=True, copy=False, help="When the account's own consent ends, where it has one."
    )
    error = fields.Char(
        readonly=True, copy=False, help="What the bank said last, if it refused this account only."
    )
    interval_hours = fields.Integer("Fetch every (hours)", required=True, default=24)
    next_fetch_at = fields.Datetime("Next fetch", copy=False)
    active_since = fields.Datetime(readonly=True, copy=False)
    look_back = fields.Integer(
        "Look back (days)",
        required=True,
        default=LOOK_BACK,
        help="Days that are fetched again each time. What is known already is not booked twice.",
    )
    history_start = fields.Date(
        "History from",
        help="Where the first fetch starts. Empty: as far back as the bank gives, two years at "
        "most. Nothing before the day from which the journal is fed is fetched.",
    )
    include_pending = fields.Boolean(help="Show what the bank has only announced, too.")
    fetched_until = fields.Date(
        readonly=True, copy=False, help="All days before this one, and this one, were fetched."
    )
    last_fetch_at = fields.Datetime("Last fetch", readonly=True, copy=False)
    booked_balance = fields.Monetary("Balance booked", readonly=True, copy=False)
    available_balance = fields.Monetary("Balance available", readonly=True, copy=False)
    balance_at = fields.Datetime("Balance as of", readonly=True, copy=False)
    window_ids = fields.One2many("bank.feed.window", "feed_id", readonly=True)
    trouble = fields.Char(compute="_compute_trouble")
    waits_for_opening = fields.Boolean(compute="_compute_waits_for_opening")

    _state_transitions = {
        "draft": {"active", "off"},
        "active": {"paused", "off"},
        "paused": {"active", "off"},
        "off": {"active"},
    }

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS bank_feed_account_unique "
            "ON bank_feed (connection_id, account_ref)"
        )

    @api.constrains("journal_id", "state")
    def _check_one_for_a_journal(self):
        """A journal has one bank account, and that is fetched in one way at a time.

        Two would ask the bank twice, and each believe that the other's days were fetched.
        """
        for feed in self.filtered(lambda feed: feed.state in RUNNING):
            other = feed._others_of_journal()[:1]
            if other:
                raise ValidationError(
                    self.env._(
                        "%(journal)s is fetched by %(feed)s of %(bank)s already. Stop that first.",
                        journal=feed.journal_id.display_name,
                        feed=other.name,
                        bank=other.connection_id.name,
                    )
                )

    @api.constrains("interval_hours", "look_back")
    def _check_numbers(self):
        for feed in self:
            if feed.interval_hours < 1:
                raise ValidationError(self.env._("A feed is fetched every hour at most."))
            if feed.look_back < 0:
                raise ValidationError(self.env._("Days to look back cannot be less than none."))

    def _others_of_journal(self):
        """The other feeds of its journal that run, or go on when their bank lets us in again."""
        others = self.journal_id.bank_feed_ids - self
        return others.filtered(lambda other: other.state in RUNNING)

    @api.depends("currency_code", "journal_id")
    def _compute_currency_id(self):
        for feed in self:
            named = self.env["res.currency"].search([("name", "=", feed.currency_code)])
            feed.currency_id = named or feed.journal_id.bank_feed_currency_id

    def _account(self):
        """How connectors name the account."""
        return RemoteAccount(
            id=self.account_ref,
            iban=self.iban or None,
            number=self.account_number or None,
            currency=self.currency_code or None,
            name=self.name,
            inbox=self.is_inbox,
        )

    @api.model
    def _link(self, connection, accounts):
        """A feed of every account that has none yet; those that have no journal may find one."""
        known = connection.feed_ids.grouped("account_ref")
        for account in accounts:
            feed = known.get(account.id, self)
            feed.valid_until = account.valid_until
            if feed.state == "draft" and not feed.journal_id:
                feed.journal_id = self._journal_of(connection.company_id, account)
        return self.create(
            [
                {
                    "name": account.name or account.label,
                    "connection_id": connection.id,
                    "journal_id": self._journal_of(connection.company_id, account).id,
                    "is_inbox": account.inbox,
                    "account_ref": account.id,
                    "iban": account.iban,
                    "account_number": account.number,
                    "currency_code": account.currency,
                    "valid_until": account.valid_until,
                }
                for account in accounts
                if account.id not in known
            ]
        )

    @api.model
    def _journal_of(self, company, account):
        if account.inbox:
            return self.env["account.journal"]
        named = Account(iban=account.iban, number=account.number)
        journals = self.env["account.journal"]._bank_feed_find(company, named, account.currency)
        return journals if len(journals) == 1 else journals.browse()

    # ------------------------------------------------------------------
    # On and off
    # ------------------------------------------------------------------

    def action_start(self):
        """From now on the account is fetched by itself, together with those started with it."""
        now = fields.Datetime.now()
        for feed in self._authorise("manager"):
            if not feed.is_inbox:
                feed._take_number()
                feed._take_over()
            feed._set_active("by a user", next_fetch_at=now)
            feed._fetch_due()

    def action_stop(self):
        self._authorise("manager")._set_state("off", "by a user", next_fetch_at=False)

    def _ready_to_start(self):
        """Those that know where their transactions belong."""
        return self.filtered(lambda feed: feed.journal_id or feed.is_inbox)

    def action_make_journal(self):
        """A bank journal for an account that has none."""
        for feed in self._authorise("manager"):
            if feed.is_inbox or feed.journal_id:
                continue
            company = feed.company_id
            feed._learn_currency()
            if feed.currency_code and not feed.currency_id:
                text = self.env._("The currency %s is not active in Odoo.", feed.currency_code)
                raise UserError(text)
            foreign = feed.currency_id - company.currency_id
            feed.journal_id = feed.env["account.journal"].create(
                {
                    "name": feed.name,
                    "type": "bank",
                    "company_id": company.id,
                    "currency_id": foreign.id,
                    "bank_acc_number": feed.iban or feed.account_number or feed.account_ref,
                }
            )

    def _learn_currency(self):
        """By a balance, where the bank did not name it with the account."""
        if not self.currency_code:
            with suppress(ConnectorError):  # then it is taken for the company's
                self._get_balances()

    def _take_number(self):
        """The journal must know the account by the name that its documents give it."""
        if not self.journal_id:
            raise UserError(self.env._("Choose the journal of %s first.", self.name))
        account = Account(iban=self.iban or None, number=self.account_number or self.account_ref)
        if not self.journal_id._bank_feed_has_account(account):
            self.journal_id.bank_feed_account_number = account.label

    def _take_over(self):
        """What a bank did from which we have signed out, is this one's from now on."""
        left = self._others_of_journal().filtered(
            lambda other: other.connection_id.state == "disconnected"
        )
        left._set_state("off", f"its journal is fetched by {self.name}", next_fetch_at=False)

    def _pause(self, why, **values):
        self.filtered(lambda feed: feed.state == "active")._set_state("paused", why, **values)

    def _wait_for_person(self, error):
        """Nothing is fetched until somebody has agreed anew; then all is.

        That is about all accounts of the bank, unless the error says that it is about this one.
        """
        if isinstance(error, AccountConsentExpired):
            self._pause(error.message, error=error.message)
        else:
            self.connection_id._note(error)
            self.connection_id.feed_ids._pause(error.message)

    def action_resume(self):
        """The account's own consent has been renewed: go on."""
        feeds = self._authorise("operator").filtered("error")
        feeds._resume()
        for connection in feeds.connection_id:
            with suppress(ConnectorError):  # until when they are renewed, the next fetch asks again
                connection._find_accounts()

    def _is_to_be_renewed(self):
        """Whether the account's own consent ends soon, or has, as far as we know.

        It may be renewed at the bank already; that is asked before its end is announced.
        """
        return self.valid_until and self.valid_until <= fields.Datetime.now() + RENEWAL

    def _resume(self):
        """Fetch at once what was missed; the schedule stays as it was."""
        paused = self.filtered(lambda feed: feed.state == "paused")
        paused._set_active("let in again")
        waiting = self.window_ids.filtered(lambda window: window.state == "waiting")
        waiting._try_now()
        (paused - waiting.feed_id)._fetch_next()

    def _set_active(self, why, **values):
        now = fields.Datetime.now()
        self._set_state("active", why, active_since=now, error=False, **values)

    # ------------------------------------------------------------------
    # Fetch
    # ------------------------------------------------------------------

    @api.model
    def _cron_fetch(self):
        """Whatever is due, by its own schedule."""
        now = fields.Datetime.now()
        self.search([("state", "=", "active"), ("next_fetch_at", "<=", now)])._fetch_due()
        self.env["bank.feed.window"]._sweep()

    def _fetch_due(self):
        for feed in self:
            feed.next_fetch_at = feed._moment_after(fields.Datetime.now())
        self._fetch_next()

    def _moment_after(self, now):
        """The next moment of its schedule, however late this one was."""
        interval = timedelta(hours=self.interval_hours)
        planned = self.next_fetch_at or now
        return planned + interval * max((now - planned) // interval + 1, 1)

    def _fetch_next(self):
        for feed in self:
            feed._fetch(feed._next_period(), "schedule" if feed.fetched_until else "history")

    def _next_period(self):
        """From where it was fetched to, some days back, until today."""
        today = fields.Date.context_today(self)
        start = self._first_day()
        if self.fetched_until:
            start = self.fetched_until - timedelta(days=self.look_back)
            start = max(start, self.journal_id.bank_feed_start_date or start)
        return Period(min(start, today), today)

    def _first_day(self):
        """Where the first fetch starts."""
        connection = self.connection_id
        days = connection._described_by()._history_days(connection)
        start = self.history_start or fields.Date.context_today(self) - timedelta(days=days)
        return max(start, self.journal_id.bank_feed_start_date or start)

    def _start_wanted(self):
        """From which day on somebody counts on its transactions, where that was said."""
        return self.history_start or self.journal_id.bank_feed_start_date

    def _reached(self):
        """The last day before which none is missing: all were fetched, or are not wanted."""
        day = timedelta(days=1)
        reached = self.fetched_until or self._first_day() - day
        start = self.journal_id.bank_feed_start_date
        return max(reached, start - day) if start else reached

    def _fetch(self, period, reason):
        """Have a period fetched in the background; one that waits already is not asked for twice.

        Only a person asks sooner than it would be tried again.

        :param str reason: ``schedule``, ``history`` or ``request``
        """
        self.ensure_one()
        days = {"start_date": period.start, "end_date": period.end}
        window = self.window_ids.filtered_domain(
            [("state", "=", "waiting"), *((name, "=", day) for name, day in days.items())]
        )[:1]
        if not window:
            window = window.create({"feed_id": self.id, "reason": reason, **days})
        if reason == "request" or not window._is_put_off():
            window._try_now()
        return window

    def action_fetch_now(self):
        """Fetch what is new, without waiting for the schedule."""
        for feed in self._authorise("operator"):
            feed._require_started()
            feed._fetch(feed._next_period(), "request")
        return said(self.env._("The bank is being asked. What is new appears by itself."))

    def _require_started(self):
        if self.state != "active":
            raise UserError(self.env._("%s is not fetched at present. Start it first.", self.name))

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _plan_in_words(self):
        """When it is fetched next."""
        if self.state == "paused":
            if self._has_own_trouble():
                return self.env._("Not fetched until the access to this account is renewed")
            return self.env._("Not fetched until the bank is connected again")
        moment = format_datetime(self.env, self.next_fetch_at, dt_format="short")
        return self.env._("Next fetch %s", moment)

    def _has_own_trouble(self):
        """Whether it waits for a person while the bank lets us in."""
        return self.state == "paused" and self.connection_id.state == "connected" and self.error

    @api.depends(
        "state",
        "error",
        "window_ids.state",
        "window_ids.error",
        "connection_id.state",
        "journal_id",
        "currency_code",
    )
    def _compute_trouble(self):
        troubles = self._troubles()
        for feed in self:
            feed.trouble = troubles.get(feed.id)

    @api.depends("journal_id")
    def _compute_waits_for_opening(self):
        for feed in self:
            feed.waits_for_opening = bool(self._openings(feed.journal_id))

    def _openings(self, journals):
        """Statements that wait until somebody confirms where the journal's feed starts."""
        return self.env["bank.import.statement"].search(
            [
                ("journal_id", "in", journals.ids),
                ("state", "=", "quarantined"),
                ("cause", "=", Cause.OPENING.value),
            ]
        )

    def action_opening(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Opening balance"),
            "res_model": "bank.import.statement",
            "res_id": self._openings(self.journal_id)[-1:].id,  # the oldest
            "view_mode": "form",
        }

    def _troubles(self):
        """feed id -> why it gets nothing, or not all, at present; one reason for each."""
        found = {}
        windows = self.env["bank.feed.window"]
        failing = [
            "|",
            ("state", "=", "dead"),
            "&",
            ("state", "=", "waiting"),
            ("attempts", ">", 0),
        ]
        for window in windows.search([("feed_id", "in", self.ids), *failing], order="id"):
            found[window.feed_id.id] = self.env._("Not fetched: %s", window.error)
        for feed in self.filtered(lambda feed: feed._is_in_another_currency()):
            found[feed.id] = self.env._(
                "The account is kept in %(account)s, its journal in %(journal)s: what is fetched "
                "finds no journal",
                account=feed.currency_code,
                journal=feed.journal_id.bank_feed_currency_id.name,
            )
        for feed in self.filtered(lambda feed: feed.state == "paused"):
            states = feed.connection_id._fields["state"]._description_selection(self.env)
            found[feed.id] = feed._has_own_trouble() or dict(states)[feed.connection_id.state]
        return found

    def _is_in_another_currency(self):
        """Whether its journal takes none of its statements."""
        return bool(self.journal_id) and not self.journal_id._bank_feed_takes(self.currency_code)

    # ------------------------------------------------------------------
    # Balances
    # ------------------------------------------------------------------

    def action_get_balances(self):
        """Ask the bank for the balances now."""
        refusal = None
        for feed in self._authorise("operator"):
            try:
                feed._get_balances()
            except ConnectorError as error:
                if isinstance(error, (ConsentExpired, NotAuthorised)):
                    feed._wait_for_person(error)
                refusal = said(feed.connection_id._in_words(error), "danger")
        return refusal

    def _get_balances(self):
        connection = self.connection_id
        found = {
            balance.kind: balance
            for balance in connection._connector()._balances(connection, self._account())
        }
        values = {f"{kind}_balance": float(balance.amount) for kind, balance in found.items()}
        if values:
            moments = [balance.as_of for balance in found.values() if balance.as_of]
            values["balance_at"] = max(moments, default=fields.Datetime.now())
            values["currency_code"] = self.currency_code or next(iter(found.values())).currency
            self.write(values)

    def _is_late(self):
        """Whether more than one fetch was in vain, the latest of which has had some time."""
        moments = filter(None, (self.last_fetch_at, self.active_since))
        last = max(moments, default=self.create_date)
        planned = timedelta(hours=2 * self.interval_hours)
        return fields.Datetime.now() - last > planned + PATIENCE

    def action_windows(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fetched periods"),
            "res_model": "bank.feed.window",
            "view_mode": "list,form",
            "domain": [("feed_id", "in", self.ids)],
        }
