import logging
from datetime import timedelta
from itertools import groupby

from odoo import Command, api, fields, models
from odoo.addons.bank_statement_format import (
    IdentityCounter,
    InvalidStatement,
    StatementError,
    Transaction,
    UnclearLayout,
    detect,
    formats_with,
    identity_text,
    parse,
)
from odoo.addons.bank_statement_format.registry import ContainerFormat
from odoo.exceptions import UserError

from ..bulk.statements import of_many_rows
from ..jobs import AHEAD, repeatable
from ..told import env_of
from .bank_transaction import DOUBTFUL
from .bank_transaction_detail import payment_values

_logger = logging.getLogger(__name__)

READ_CHUNK = 1_000
"""Transactions that are created with one call."""

BARRIER_MINUTES = 15
"""How long admission and matching wait for files that were dropped together to be read."""

TOGETHER = timedelta(minutes=1)
"""So much earlier or later a file is received that was dropped together with another one."""


class BankImport(models.Model):
    """One exchange with a bank: a file received, read and taken into one company's books."""

    _name = "bank.import"
    _description = "Bank Import"
    _inherit = ["mail.thread", "bank.guarded.state"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    file_id = fields.Many2one(
        "bank.file", required=True, readonly=True, ondelete="restrict", index=True
    )
    sha256 = fields.Char(related="file_id.sha256", related_sudo=True)
    size = fields.Integer(related="file_id.size", related_sudo=True)
    source = fields.Selection(
        [("upload", "Upload"), ("connection", "Bank connection")],
        required=True,
        readonly=True,
        default="upload",
    )
    journal_id = fields.Many2one(
        "account.journal",
        readonly=True,
        check_company=True,
        help="The journal from which it was uploaded; accounts decide where it is booked.",
    )
    user_id = fields.Many2one("res.users", "Uploaded by", required=True, readonly=True)
    format = fields.Char(readonly=True, help="Technical name of the recognised format.")
    state = fields.Selection(
        [
            ("received", "Received"),
            ("unconfirmed", "Needs an answer"),
            ("processing", "Processing"),
            ("quarantined", "In quarantine"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("failed", "Failed"),
            ("set_aside", "Set aside"),
            ("removed", "Removed"),
        ],
        required=True,
        readonly=True,
        default="received",
        index=True,
    )
    error = fields.Char(readonly=True, help="Why the file was refused, in one sentence.")
    error_line = fields.Integer(readonly=True)
    error_element = fields.Char(readonly=True)
    error_expected = fields.Char(readonly=True)
    error_found = fields.Char(readonly=True)
    job_uuid = fields.Char("Job", readonly=True)
    received_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    finished_at = fields.Datetime(readonly=True)
    duration = fields.Float("Duration (s)", compute="_compute_duration")
    statement_ids = fields.One2many("bank.import.statement", "import_id", readonly=True)
    transaction_ids = fields.One2many("bank.transaction", "import_id", readonly=True)
    transaction_count = fields.Integer(compute="_compute_counts")
    pending_count = fields.Integer(compute="_compute_counts")
    processed_count = fields.Integer("On suspense", compute="_compute_counts")
    reconciled_count = fields.Integer(compute="_compute_counts")
    review_count = fields.Integer("To review", compute="_compute_counts")
    duplicate_count = fields.Integer(compute="_compute_counts")
    error_count = fields.Integer(compute="_compute_counts")
    ignored_count = fields.Integer(
        compute="_compute_counts", help="Never booked, such as those before the feed's start."
    )
    explanation = fields.Char(
        compute="_compute_explanation", help="Why it waits: what its first waiting statement says."
    )

    _state_transitions = {
        "received": {"unconfirmed", "processing", "quarantined", "done", "refused", "failed"},
        "unconfirmed": {"received", "removed"},
        "processing": {"quarantined", "done", "failed", "removed"},
        "quarantined": {"processing", "done", "removed"},
        "done": {"processing", "quarantined", "removed"},
        "failed": {"received", "processing", "set_aside"},
        "refused": {"received", "set_aside"},
        "set_aside": {"received"},
        "removed": set(),
    }

    @api.depends("received_at", "finished_at")
    def _compute_duration(self):
        for record in self:
            end = record.finished_at or fields.Datetime.now()
            start = record.received_at or end
            record.duration = (end - start).total_seconds()

    @api.depends("transaction_ids.state")
    def _compute_counts(self):
        groups = self.env["bank.transaction"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
        )
        counts = {(imp.id, state): count for imp, state, count in groups}
        doubtful = self._count_doubtful()
        for record in self:
            by_state = {
                state: counts.get((record.id, state), 0)
                for state in self.env["bank.transaction"]._fields["state"].get_values(self.env)
            }
            record.transaction_count = sum(by_state.values())
            record.pending_count = by_state["pending"]
            record.processed_count = by_state["processed"]
            record.reconciled_count = by_state["reconciled"]
            record.review_count = (
                by_state["processed"] + by_state["error"] + doubtful.get(record.id, 0)
            )
            record.duplicate_count = by_state["duplicate"]
            record.error_count = by_state["error"]
            record.ignored_count = by_state["ignored"]

    def _count_doubtful(self):
        """Of how many transactions in quarantine a person must tell whether they are known."""
        domain = [("import_id", "in", self.ids), *DOUBTFUL]
        groups = self.env["bank.transaction"]._read_group(domain, ["import_id"], ["__count"])
        return {record.id: count for record, count in groups}

    @api.depends("state", "statement_ids.explanation")
    def _compute_explanation(self):
        for record in self:
            waiting = record.statement_ids.filtered(lambda s: s.state == "quarantined")
            record.explanation = waiting[:1].explanation

    # ------------------------------------------------------------------
    # 1. Receive
    # ------------------------------------------------------------------

    @api.model
    def _receive(self, name, content, *, company=None, journal=None, source="upload", archive=None):
        """Keep a file and have it read in the background.

        The one door for uploads and connectors alike.

        :param str name: the file's name, or what the connector calls its answer
        :param bytes content: the file as it came
        :param company: where errors are shown, and where accounts are looked for first
        :param archive: the import of the archive that held the file
        :return: the new import, or the one of the same bytes that waits for a person already
        """
        company = company or journal and journal.company_id or self.env.company
        if not archive and (waiting := self.sudo()._waiting_with(content, company, journal)):
            waiting._drop_again(source)
            return waiting
        record = self.sudo().create(
            {
                "name": name,
                "file_id": self.env["bank.file"]._keep(name, content).id,
                "company_id": company.id,
                "journal_id": journal.id if journal else False,
                "user_id": self.env.uid,
                "source": source,
                "archive_id": archive.id if archive else False,
            }
        )
        self.env["bank.audit.log"]._record(
            "upload", [(record, None, {"name": name, "sha256": record.sha256}, source)]
        )
        record._enqueue_read()
        return record

    def _waiting_with(self, content, company, journal):
        """An import of the same bytes, for the same journal if any, that a person must look at."""
        return self.search(
            [
                ("file_id.sha256", "=", self.env["bank.file"]._digest(content)),
                ("company_id", "=", company.id),
                ("state", "in", ("unconfirmed", "quarantined")),
                ("journal_id", "=", journal.id if journal else False),
            ],
            limit=1,
        )

    def _drop_again(self, source):
        """What waits is judged anew, since whoever drops a file again expects that."""
        self.env["bank.audit.log"]._record(
            "upload", [(self, None, {"name": self.name, "sha256": self.sha256}, f"{source}, again")]
        )
        self.message_post(body=self.env._("The same file came again: this import waits for it."))
        waiting = self.statement_ids.filtered(lambda s: s.state == "quarantined")
        waiting._check_again()

    @api.model
    def _upload(self, name, content, company_id=None, journal_id=None):
        """Take a file from a person; used by the upload route.

        :raises AccessError: for a user who may not upload, or not in that company
        """
        self._require_role("operator")
        journal = self.env["account.journal"].browse(journal_id or ())
        journal.check_access("read")
        company = self.env["res.company"].browse(company_id or ()) or journal.company_id
        if company and company not in self.env.user.company_ids:
            raise UserError(self.env._("You cannot upload for this company."))
        return self._receive(name, content, company=company or None, journal=journal or None)

    def _enqueue_read(self):
        for record in self:
            reading = record.with_delay(priority=AHEAD, description=f"Read {record.name}")
            record.job_uuid = reading._job_read().uuid

    # ------------------------------------------------------------------
    # 2. Read
    # ------------------------------------------------------------------

    @repeatable
    def _job_read(self):
        """Parse the file into statements and transactions, or refuse it whole.

        What only a person can tell about it is asked first.
        """
        self.ensure_one()
        if self.state != "received":
            return
        received_for = self.company_id
        fmt = None
        try:
            fmt = detect(self.file_id.name, self._open(), self._formats())
            if isinstance(fmt, ContainerFormat):
                self._unpack(fmt)  # reading what was in it starts matching
                return
            statements = self._survey(fmt)
        except StatementError as error:
            if self._is_question(error, fmt):
                self._ask(error)
            else:
                self._refuse(error)
        else:
            self._take_in(fmt, statements)
        # Matching waits for every file at hand, also for those that turn out unreadable, or
        # another company's.
        self.env["bank.transaction"]._enqueue_matching(received_for | self.company_id)

    @api.model
    def _are_being_read(self, company, around=None):
        """Whether a file that was received just now still has to be read, and will be.

        :param around: within a minute of this moment
        """
        unread = [
            ("company_id", "=", company.id),
            ("state", "=", "received"),
            ("received_at", ">=", self._just_now()),
        ]
        if around:
            unread += [
                ("received_at", ">=", around - TOGETHER),
                ("received_at", "<=", around + TOGETHER),
            ]
        return any(not dead_job(self.env, one.job_uuid) for one in self.search(unread))

    @api.model
    def _just_now(self):
        return fields.Datetime.now() - timedelta(minutes=BARRIER_MINUTES)

    def _take_in(self, fmt, statements):
        imports = self._create_statements(statements)
        self._create_transactions(fmt)
        for record in imports:
            record.format = fmt.name
            record._set_state("processing", "read")
            record.statement_ids._gate()
            record._follow_statements()
        imports.statement_ids._enqueue_admission()

    def _formats(self):
        """The formats, those by profile knowing the company's own profiles too."""
        return formats_with(self.env["bank.statement.profile"]._usable_in(self.company_id))

    def _survey(self, fmt):
        """First pass, nothing kept: the file must be whole before any of it counts.

        :return: the statements, without their transactions
        :raises UnclearLayout: when it could be read by a layout that nobody has confirmed
        """
        currencies = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "!=", False)])
        )
        digits = {currency.name: currency.decimal_places for currency in currencies}
        statements, finest = [], None
        for event in parse(fmt, self._open()):
            if not isinstance(event, Transaction):
                if finest:
                    currency = self._journals_of(event)[:1].bank_feed_currency_id.name
                    self._refuse_fractions(finest, digits.get(event.currency or currency))
                statements.append(event)
                finest = None
            elif event.currency:
                self._refuse_fractions(event, digits.get(event.currency))
            elif not finest or decimals(event.amount) > decimals(finest.amount):
                finest = event
        if any(statement.guessed for statement in statements):
            env = self._in_company_language()
            raise UnclearLayout(
                env._("Nobody has confirmed yet what the columns of this file mean.")
            )
        return statements

    def _refuse_fractions(self, transaction, digits):
        """An amount finer than its currency would be rounded on its way into the books."""
        if digits is not None and round(transaction.amount, digits) != transaction.amount:
            env = self._in_company_language()
            raise InvalidStatement(
                env._("An amount has more decimals than its currency"),
                element=env._("transaction of %s", transaction.booking_date),
                expected=env._("at most %s decimals", digits),
                found=f"{transaction.amount} {transaction.currency or ''}".strip(),
            )

    def _refuse(self, error):
        env = self._in_company_language()
        told, sentence = error.translated(env._), error.in_words(env._)
        self._set_state(
            "refused",
            sentence,
            error=told.message,
            error_line=told.line or 0,
            error_element=told.element,
            error_expected=told.expected,
            error_found=told.found,
            finished_at=fields.Datetime.now(),
        )
        self.message_post(body=env._("The file was refused: %s", sentence))

    def _in_company_language(self):
        """The environment for what is kept for all people of the company to read."""
        return env_of(self.company_id)

    def _create_statements(self, statements):
        """One record per statement, under one import per company.

        :return: this import and those made for other companies
        """
        journals = [self._journals_of(statement) for statement in statements]
        homes = [
            journal.company_id if len(journal) == 1 else self.company_id for journal in journals
        ]
        imports = self._share_out(homes)
        self.env["bank.import.statement"].create(
            [
                {
                    **self.env["bank.import.statement"]._values_of(statement, journal),
                    "import_id": imports[home].id,
                    "company_id": home.id,
                    "position": position,
                    "journal_id": journal.id if len(journal) == 1 else False,
                    "journal_count": len(journal),
                }
                for position, (statement, journal, home) in enumerate(
                    zip(statements, journals, homes, strict=True)
                )
            ]
        )
        return self.union(*imports.values())

    def _journals_of(self, statement):
        """The journals that the statement may be booked to; one, if all is well.

        The account in the file decides. Where the file names none, it is the journal from
        which it was uploaded, else the one of its profile.
        """
        if statement.account.label:
            companies = self.user_id.company_ids
            if self.source == "connection":
                companies = self.company_id
            return self.env["account.journal"]._bank_feed_find(
                companies, statement.account, statement.currency
            )
        journal = self.journal_id or self._profile_of(statement).journal_id
        return journal.filtered(
            lambda j: j.company_id == self.company_id and j._bank_feed_takes(statement.currency)
        )

    def _profile_of(self, statement):
        """The company's own profile that a statement was read by, if it was one."""
        profiles = self.env["bank.statement.profile"]._of_company(self.company_id)
        return profiles.filtered(lambda profile: profile.code == statement.dialect)[:1]

    def _share_out(self, companies):
        """This import serves the first company; every further one gets a copy of its own."""
        found = self.env["res.company"].union(*companies) or self.company_id
        own = self.company_id if self.company_id in found else found[0]
        if own != self.company_id:
            self.write({"company_id": own.id, "journal_id": False})
        imports = {own: self}
        for company in found - own:
            imports[company] = self.copy(
                {"company_id": company.id, "journal_id": False, "received_at": self.received_at}
            )
            self.env["bank.audit.log"]._record(
                "upload", [(imports[company], None, {"name": self.name}, "shares a file")]
            )
        return imports

    def _create_transactions(self, fmt):
        """Second pass: one row per transaction, in chunks, streaming."""
        statements = self.env["bank.import.statement"].search(
            [("import_id.file_id", "=", self.file_id.id)], order="position"
        )
        waiting = iter(statements)
        current = next(waiting, None)
        chunk = []
        counter = IdentityCounter(current.account_key) if current else None
        position = 0
        for event in parse(fmt, self._open()):
            if isinstance(event, Transaction):
                position += 1
                chunk.append(self._transaction_values(event, current, counter, position, fmt))
                if len(chunk) == READ_CHUNK:
                    self._create_chunk(chunk)
            else:
                current = next(waiting, None)
                counter = IdentityCounter(current.account_key) if current else None
        self._create_chunk(chunk)

    def _create_chunk(self, chunk):
        with of_many_rows():
            self.env["bank.transaction"]._create_read(chunk)
            self.env.flush_all()
        # They are looked at again when the file is judged: until then they need no room.
        self.env.invalidate_all()
        chunk.clear()

    def _transaction_values(self, transaction, statement, counter, position, fmt):
        return {
            "import_id": statement.import_id.id,
            "import_statement_id": statement.id,
            "company_id": statement.company_id.id,
            "journal_id": statement.journal_id.id,
            "currency_id": statement.currency_id.id,
            "position": position,
            "source_format": "/".join(filter(None, (fmt.name, statement.dialect))),
            "identity": counter.identity(transaction),
            "identity_text": identity_text(transaction),
            "booking_date": transaction.booking_date,
            "value_date": transaction.value_date,
            "amount": transaction.amount,
            "booked": transaction.booked and statement._books(),
            "detail_ids": [
                Command.create(values)
                for values in self.env["bank.transaction.detail"]._values_of(transaction.details)
            ],
            "raw": transaction.raw,
            **payment_values(transaction),
        }

    # ------------------------------------------------------------------
    # Following what becomes of the statements
    # ------------------------------------------------------------------

    def _follow_statements(self):
        """Let the import's state say what its statements' states amount to."""
        for record in self:
            states = set(record.statement_ids.mapped("state"))
            if "read" in states or record._is_being_booked():
                state = "processing"
            elif "quarantined" in states:
                state = "quarantined"
            elif states == {"removed"}:
                state = "removed"
            else:
                state = "done"
            if state != record.state:
                record._become(state)

    def _is_being_booked(self):
        return bool(
            self.env["bank.transaction"].search_count(
                [
                    ("import_id", "=", self.id),
                    ("state", "=", "pending"),
                    ("booked", "=", True),
                    ("import_statement_id.state", "=", "admitted"),
                ],
                limit=1,
            )
        )

    def _become(self, state):
        finished = state in ("done", "quarantined", "removed")
        self._set_state(
            state,
            "follows its statements",
            finished_at=fields.Datetime.now() if finished else False,
        )
        if state == "done":
            self._settle_broken()
            self.message_post(
                body=self.env._(
                    "Done: %(total)s transactions, %(reconciled)s reconciled, "
                    "%(review)s to review, %(duplicates)s duplicates, %(ignored)s ignored.",
                    total=self.transaction_count,
                    reconciled=self.reconciled_count,
                    review=self.review_count,
                    duplicates=self.duplicate_count,
                    ignored=self.ignored_count,
                )
            )
        elif state == "quarantined":
            waiting = self.statement_ids.filtered(lambda s: s.state == "quarantined")
            for statement in waiting:
                self.message_post(
                    body=self.env._(
                        "%(statement)s waits: %(why)s",
                        statement=statement.display_name,
                        why=statement.explanation,
                    )
                )

    # ------------------------------------------------------------------
    # What people can do
    # ------------------------------------------------------------------

    def action_retry(self):
        """Read a refused or failed file again, for instance after a format was added.

        Who set it aside takes it up again with this, too.
        """
        imports = self._authorise("operator")
        for record in imports.filtered(lambda r: r.state in ("refused", "failed", "set_aside")):
            record._set_state(
                "received",
                "retried by a user",
                event="retry",
                error=False,
                error_line=0,
                error_element=False,
                error_expected=False,
                error_found=False,
                settled_by_id=False,
                finished_at=False,
            )
            record._enqueue_read()

    def action_undo(self, reason=None):
        """Put every transaction of this import back on suspense."""
        return self.transaction_ids.action_undo(reason)

    def action_remove(self, reason=None):
        """Take a wrong file out of the books; see ``bank.import.statement``.

        :return: the numbers of the cancelled entries, which remain as gaps
        """
        return self.statement_ids.action_remove(reason)

    def action_download(self):
        """The original file, through the route that records who took it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/account_bank_feed/file/{self.id}",
            "target": "download",
        }

    def action_view_transactions(self):
        return self._view("bank.transaction", self.env._("Transactions"))

    def action_view_statements(self):
        return self._view("bank.import.statement", self.env._("Statements"))

    def action_view_waiting(self):
        """The statement that waits, or the list of them."""
        action = self._view("bank.import.statement", self.env._("In quarantine"))
        waiting = self.statement_ids.filtered(lambda s: s.state == "quarantined")
        if len(waiting) == 1:
            return {**action, "view_mode": "form", "res_id": waiting.id}
        return {**action, "domain": [("id", "in", waiting.ids)]}

    def _view(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form,pivot,graph" if model == "bank.transaction" else "list,form",
            "domain": [("import_id", "in", self.ids)],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Imports are kept. To undo one, remove it from the books."))

    # ------------------------------------------------------------------
    # Clock
    # ------------------------------------------------------------------

    @api.model
    def _cron_sweep(self):
        """Find what stands still: jobs that died or gave up leave nothing running behind."""
        self._sweep_dead_reads()
        self.env["bank.import.batch"]._sweep_dead()
        waiting = self.env["bank.import.statement"].search(
            [("state", "in", ("read", "quarantined"))]
        )
        waiting._enqueue_admission()
        admitted = self.env["bank.import.statement"].search([("state", "=", "admitted")])
        admitted.filtered(lambda s: not s._waits())._enqueue_close()
        companies = self.env["bank.transaction"]._waiting_companies()
        self.env["bank.transaction"]._enqueue_matching(companies)

    def _sweep_dead_reads(self):
        for record in self.search([("state", "=", "received")]):
            why = dead_job(self.env, record.job_uuid)
            if why:
                record._set_state("failed", why, error=why)


def dead_job(env, uuid):
    """Why the job will never run again, or None while it may."""
    job = env["queue.job"].sudo().search([("uuid", "=", uuid)])
    if not job:
        return env._("Its job was lost.")
    if job.state in ("failed", "cancelled"):
        return job.exc_message or env._("Its job was cancelled.")
    return None


def decimals(amount):
    """How many digits after the decimal mark a Decimal needs."""
    return -amount.normalize().as_tuple().exponent


def chunks(records, size, key):
    """Cut ``records``, sorted by ``key`` already, into runs of one key and at most ``size``."""
    for _value, group in groupby(records, key):
        group = list(group)
        for start in range(0, len(group), size):
            yield group[start : start + size]
