from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.addons.account_bank_feed.told import env_of

from .bank_feed import CONSENT_DAYS

QUEUE_PATIENCE = timedelta(hours=1)
"""How long a job may wait that could run."""
GAP_PATIENCE = timedelta(days=1)
"""How long a statement may wait for the one before it."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong now.

    :param key: the same for the same problem, however often it is looked for
    :param record: where people are told, if it has a chatter
    :param user: who is told
    """

    key: str
    kind: str
    text: str
    record: models.BaseModel
    user: models.BaseModel
    stage: int = 0
    """How pressing it is: people are told again with each."""
    is_news: bool = True
    """Whether to tell it; else it is only not over yet, where it was told."""


class BankFeedProblem(models.Model):
    """Something that is wrong with the feed, from when until when, and who was told: once."""

    _name = "bank.feed.problem"
    _description = "Problem of the Bank Feed"
    _inherit = ["mail.thread", "mail.activity.mixin", "bank.alert"]
    _rec_name = "text"
    _order = "closed_at desc nulls first, opened_at desc, id desc"

    key = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("connection", "Bank connection"),
            ("late", "Late"),
            ("consent", "Consent or certificate ends"),
            ("dead_letter", "Given up"),
            ("queue", "Background work stands still"),
            ("gap", "Gap between statements"),
        ],
        required=True,
        readonly=True,
    )
    text = fields.Char("What", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Who was told", readonly=True)
    stage = fields.Integer(readonly=True, help="How pressing it was when it was told last.")
    opened_at = fields.Datetime("Since", required=True, readonly=True, default=fields.Datetime.now)
    closed_at = fields.Datetime("Until", readonly=True, index=True)

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS bank_feed_problem_open_unique "
            "ON bank_feed_problem (key) WHERE closed_at IS NULL"
        )

    # ------------------------------------------------------------------
    # Look, tell once, say when it is over
    # ------------------------------------------------------------------

    @api.model
    def _cron_check(self):
        """Look for everything that is wrong."""
        found = {finding.key: finding for finding in self._findings()}
        known = {problem.key: problem for problem in self.search([("closed_at", "=", False)])}
        for key, problem in known.items():
            if key not in found:
                problem._close()
        for key, finding in found.items():
            if not finding.is_news:
                continue
            if key not in known:
                self._open(finding)
            elif finding.stage > known[key].stage:
                known[key]._tell_anew(finding)

    @api.model
    def _findings(self):
        """Whatever is wrong now; other addons add what they watch over."""
        yield from self._refused_connections()
        yield from self._late_feeds()
        yield from self._ending_consents()
        yield from self._dead_letters()
        yield from self._waiting_jobs()
        yield from self._gaps()

    @api.model
    def _open(self, finding):
        record = finding.record
        company = record if record._name == "res.company" else record.company_id
        problem = self.with_context(mail_create_nolog=True).create(
            {
                "key": finding.key,
                "kind": finding.kind,
                "text": finding.text,
                "model": record._name,
                "res_id": record.id,
                "company_id": company.id,
                "user_id": self._who(finding.user, company).id,
                "stage": finding.stage,
            }
        )
        problem._tell()

    @api.model
    def _who(self, user, company):
        """Whoever is responsible; a manager of the bank feed, where that is nobody at work here."""
        if user.active:
            return user
        here = self.env["res.users"].search([("company_ids", "in", company.ids)], order="id")
        managers = here.filtered(lambda one: one.has_group("account_bank_feed.group_manager"))
        return (managers.filtered("email") or managers)[:1] or user

    def _place(self):
        """Where people are told: the record, or the problem itself where that has no chatter."""
        record = self._record()
        return record if "activity_ids" in record._fields else self

    def _tell(self):
        """In the chatter, as something to do, and by one mail."""
        record, env = self._place(), env_of(self.company_id)
        record.message_post(body=self.text)
        if not self._todo(record):
            quietly = record.with_context(mail_activity_quick_update=True)  # the mail is ours
            quietly.activity_schedule(
                "mail.mail_activity_data_todo", summary=self.text, user_id=self.user_id.id
            )
        if self.user_id.email:
            self.env["mail.mail"].create(
                {
                    "subject": env._("Bank feed: %s", self.text),
                    # Escaped: it holds what a bank has said.
                    "body_html": Markup("<p>%s</p>")
                    % env._(
                        "%(what)s (%(where)s). When it is over, that is said there.",
                        what=self.text,
                        where=env._("Health") if record == self else record.display_name,
                    ),
                    "email_to": self.user_id.email_formatted,
                    "auto_delete": True,
                }
            )

    def _tell_anew(self, finding):
        """It is more pressing, or about more than it was when it was told."""
        if finding.text != self.text:
            self._todo(self._place()).unlink()  # the new text takes its place
        record = finding.record
        self.write(
            {
                "text": finding.text,
                "model": record._name,
                "res_id": record.id,
                "stage": finding.stage,
            }
        )
        self._tell()

    def _close(self):
        self.closed_at = fields.Datetime.now()
        record = self._place()
        if not record.exists():
            return
        over = env_of(self.company_id)._("Over: %s", self.text)
        todo = self._todo(record)
        if todo:
            todo.action_feedback(feedback=over)  # which is in the chatter then, too
        else:
            record.message_post(body=over)

    def _todo(self, record):
        """What was put on somebody's list because of this, as far as it is still there."""
        return record.activity_ids.filtered(lambda activity: activity.summary == self.text)

    # ------------------------------------------------------------------
    # What is looked for
    # ------------------------------------------------------------------

    def _refused_connections(self):
        """Banks that do not let us in, until they do: to have begun to sign in is not enough."""
        stopped = [("state", "=", "paused"), ("error", "=", False)]
        refused = [
            "|",
            ("state", "in", ("expired", "refused")),
            *("&", "&", ("state", "=", "waiting"), ("error", "!=", False)),
            ("feed_ids", "any", stopped),
        ]
        for connection in self.env["bank.connection"].search(refused):
            env = env_of(connection.company_id)
            text = env._("%(bank)s: %(error)s", bank=connection.name, error=connection.error)
            yield Finding(
                f"connection.{connection.id}", "connection", text, connection, connection.user_id
            )
        paused = [("state", "=", "paused"), ("error", "!=", False)]
        for feed in self.env["bank.feed"].search(paused):
            if feed._has_own_trouble():
                text = self.env._("%(account)s: %(error)s", account=feed.name, error=feed.error)
                yield Finding(f"account.{feed.id}", "connection", text, feed, feed.user_id)

    def _late_feeds(self):
        """Feeds that run, but bring nothing."""
        active = self.env["bank.feed"].search([("state", "=", "active")], order="id")
        late = active.filtered(lambda feed: feed._is_late())
        for connection, feeds in late.grouped("connection_id").items():
            names = ", ".join(feeds.mapped("name"))
            text = env_of(connection.company_id)._(
                "%s has not been fetched for longer than planned", names
            )
            record = feeds if len(feeds) == 1 else connection
            yield Finding(f"late.{connection.id}", "late", text, record, connection.user_id)

    def _ending_consents(self):
        now = fields.Datetime.now()
        ending = [("valid_until", "<=", now + timedelta(days=max(CONSENT_DAYS)))]
        # That it has ended is told as the bank's refusal. Until it is renewed, nobody is told that
        # it is over; nor of its end once more.
        ended = ("expired", "refused", "paused")
        let_in = ("connected", "waiting", "active")
        wanted = [*ending, ("state", "in", (*let_in, *ended))]
        connections = self.env["bank.connection"].search(wanted)
        not_left = [("connection_id.state", "!=", "disconnected")]
        feeds = self.env["bank.feed"].search([*wanted, *not_left])
        for record in (*connections, *feeds):
            left = record.valid_until - now
            stage = sum(left <= timedelta(days=days) for days in CONSENT_DAYS)
            text = env_of(record.company_id)._(
                "%(bank)s: the consent or certificate ends on %(day)s; renew it",
                bank=record.name,
                day=fields.Date.to_string(record.valid_until),
            )
            whose = "consent.account" if record._name == "bank.feed" else "consent"
            key = f"{whose}.{record.id}.{record.valid_until:%Y-%m-%d}"
            news = record.state in let_in
            yield Finding(key, "consent", text, record, record.user_id, stage, news)

    def _dead_letters(self):
        """What was given up; of files, batches and jobs one problem in a company."""
        yield from self._dead_windows()
        letters = self.env["bank.dead.letter"]
        others = [("kind", "!=", "connection")]
        groups = letters._read_group(others, ["kind", "company_id"], ["user_id:recordset"])
        for kind, company, users in groups:
            company = company or self.env.company
            env = env_of(company)
            kinds = dict(letters._fields["kind"]._description_selection(env))
            text = env._("%s: failed, and waits for a person", kinds[kind])
            user = company.bank_feed_user_id or users.filtered("active")[:1]
            yield Finding(f"letter.{kind}.{company.id}", "dead_letter", text, company, user)

    def _dead_windows(self):
        """Periods that were given up: a bank that is down is one problem for all its accounts.

        Days that a bank does not give any more are another, since they may lie there for long.
        """
        windows = self.env["bank.feed.window"].search([("state", "=", "dead")], order="id")
        lost = windows.filtered(lambda window: window._is_settled())
        for key, kept in (("lost", lost), ("windows", windows - lost)):
            for connection, group in kept.grouped("connection_id").items():
                feeds = group.feed_id
                named = group if len(group) == 1 else feeds
                what = ", ".join(named.mapped("display_name"))
                env = env_of(connection.company_id)
                text = env._("%(what)s: %(why)s", what=what, why=group[-1].error)
                record = feeds if len(feeds) == 1 else connection
                yield Finding(
                    f"{key}.{connection.id}",
                    "dead_letter",
                    text,
                    record,
                    connection.user_id,
                    # Told again when another one's failing is given up on a later day.
                    stage=max(group._first_given_up().mapped("write_date")).toordinal(),
                )

    def _waiting_jobs(self):
        """The queue stands still when a job waits that could have run long ago."""
        since = fields.Datetime.now() - QUEUE_PATIENCE
        waiting = [
            ("state", "=", "pending"),
            ("date_created", "<=", since),
            "|",
            ("eta", "=", False),
            ("eta", "<=", since),
        ]
        job = self.env["queue.job"].search(waiting, order="date_created", limit=1)
        if job:
            company = job.company_id or self.env.company
            env = env_of(company)
            text = env._("A job waits since %s: does the job runner run?", job.date_created)
            user = company.bank_feed_user_id or job.user_id
            yield Finding("queue", "queue", text, company, user)

    def _gaps(self):
        waiting = [
            ("state", "=", "quarantined"),
            ("cause", "=", "gap"),
            ("create_date", "<=", fields.Datetime.now() - GAP_PATIENCE),
        ]
        statements = self.env["bank.import.statement"].search(waiting)
        for journal, group in statements.grouped("journal_id").items():
            company = journal.company_id
            text = env_of(company)._("%s: a statement is missing", journal.display_name)
            user = company.bank_feed_user_id or group[0].import_id.user_id
            yield Finding(f"gap.{journal.id}", "gap", text, journal, user)

    def action_open(self):
        """Where it can be mended."""
        if self.kind == "dead_letter":
            return self.env["ir.actions.act_window"]._for_xml_id(
                "account_bank_feed_connection.action_bank_dead_letter"
            )
        return super().action_open()
