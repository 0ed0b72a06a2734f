from odoo import fields, models
from odoo.addons.bank_statement_format import UnclearEncoding, UnclearLayout, recoded
from odoo.addons.bank_statement_format.messages import said
from odoo.addons.bank_statement_format.tables import preview
from odoo.exceptions import UserError


class BankImport(models.Model):
    """What a file does not tell by itself, a person is asked, before anything is written."""

    _inherit = "bank.import"

    asks = fields.Selection(
        [("layout", "What its columns mean"), ("encoding", "How its letters are written")],
        "Question about",
        readonly=True,
        help="What a person has to tell before the file can be read.",
    )
    question = fields.Text(readonly=True)
    readings = fields.Json(
        readonly=True, help="By encoding, the first text that each of them reads otherwise."
    )
    encoding = fields.Char(readonly=True, help="The file's encoding, where a person has told it.")

    def _open(self):
        """The file as a seekable binary stream, in the encoding that a person has told."""
        stream = self.file_id._open()
        return recoded(stream, self.encoding) if self.encoding else stream

    def _is_question(self, error, fmt):
        """Whether a person can settle it here: the letters of any text, the columns of a table."""
        if isinstance(error, UnclearLayout):
            return getattr(fmt, "profile_kind", None) == "table"
        return isinstance(error, UnclearEncoding)

    def _ask(self, error):
        """Wait for a person's answer.

        :param error: :class:`UnclearEncoding` or :class:`UnclearLayout`
        """
        about_letters = isinstance(error, UnclearEncoding)
        env = self._in_company_language()
        told, sentence = error.translated(env._), error.in_words(env._)
        more = [text for text in getattr(told, "questions", ()) if text not in sentence]
        question = "\n".join([sentence, *more])
        if question != self.question:
            self.message_post(body=env._("A question about the file: %s", question))
        self._set_state(
            "unconfirmed",
            sentence,
            asks="encoding" if about_letters else "layout",
            question=question,
            readings=error.readings if about_letters else False,
        )

    def _read_again(self, why):
        """The question may be answered."""
        if self:
            self._set_state("received", why, event="answer", asks=False, readings=False)
            self._enqueue_read()

    def _require_question(self, about):
        self.ensure_one()
        if self.state != "unconfirmed" or self.asks != about:
            raise UserError(self.env._("This question about the file is settled already."))

    def action_discard(self):
        """The file is not wanted after all; it stays, and is never read."""
        imports = self._authorise("operator").filtered(lambda r: r.state == "unconfirmed")
        imports._set_state(
            "removed",
            "discarded by a user",
            event="discard",
            asks=False,
            finished_at=fields.Datetime.now(),
        )

    # ------------------------------------------------------------------
    # Letters
    # ------------------------------------------------------------------

    def action_choose_encoding(self, encoding):
        """Read the file in one of the encodings that it was asked about."""
        record = self._authorise("operator")
        record._require_question("encoding")
        if encoding not in record.readings:
            raise UserError(self.env._("“%s” is not among the choices.", encoding))
        record.encoding = encoding
        record.message_post(body=self.env._("The file is read as %s.", encoding))
        record._read_again(self.env._("Encoding %s chosen by a user", encoding))

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def action_show_columns(self):
        """Open the file's rows, with what was found drawn on them."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("account_bank_feed.action_columns")
        name = self.env._("Columns of %s", self.name)
        return {**action, "display_name": name, "context": {"active_id": self.id}}

    def preview_layout(self, draft=None, answers=None):
        """What the screen shows: the first rows, what was found, and the file read so.

        :param dict draft: a profile's JSON data without its name; found by itself when None
        :param dict answers: by the keys of the questions
        """
        record = self._authorise("operator")
        record._require_question("layout")
        self.file_id.check_access("read")
        if draft is None:
            self.env["bank.audit.log"]._record("preview", [(record, "", "", "")])
        found = record._preview(draft, answers)
        return {
            "name": record.name,
            "company_id": record.company_id.id,
            "journal_id": record.journal_id.id,
            "may_confirm": self.env.user.has_group("account_bank_feed.group_accountant"),
            "label": record.name.rpartition("/")[2].rpartition(".")[0] or record.name,
            "encoding": found.encoding,
            "delimiter": found.delimiter,
            "rows": [list(row) for row in found.rows],
            "row_count": found.row_count,
            "header_row": found.header_row,
            "titles": list(found.titles),
            "draft": found.draft,
            "questions": [record._shown_question(question) for question in found.questions],
            "problem": said(found.problem, self.env._),
            "statement": found.statement and record._shown_statement(found.statement),
        }

    def _preview(self, draft, answers):
        answers = dict(answers or {})
        if self.encoding and draft is None:
            answers.setdefault("encoding", self.encoding)
        return preview(self.file_id.name, self.file_id._open(), draft, answers)

    def _shown_question(self, question):
        return {
            "key": question.key,
            "text": said(question.text, self.env._),
            "choices": [(value, said(text, self.env._)) for value, text in question.choices],
        }

    def _shown_statement(self, statement):
        money = self._shown_amount
        opening, closing = statement.opening, statement.closing
        return {
            "account": statement.account.label,
            "currency": statement.currency,
            "count": statement.count + statement.pending_count,
            "opening": opening and money(opening.amount, statement.currency),
            "closing": closing and money(closing.amount, statement.currency),
            "total": money(statement.total, statement.currency),
            "balanced": statement.balanced,
            "difference": statement.difference and money(statement.difference, statement.currency),
            "transactions": [
                {
                    "date": fields.Date.to_string(transaction.booking_date),
                    "amount": money(transaction.amount, transaction.currency, plus="+"),
                    "negative": transaction.amount < 0,
                    "booked": transaction.booked,
                    "name": transaction.counterparty.clean_name or "",
                    "iban": transaction.counterparty.iban or "",
                    "text": transaction.clean_remittance,
                }
                for transaction in statement.transactions
            ],
        }

    def _shown_amount(self, amount, code, plus=""):
        """An amount in the user's way of writing, with its sign."""
        digits = max(2, -amount.as_tuple().exponent)
        lang = self.env["res.lang"]._lang_get(self.env.user.lang or "en_US")
        number = lang.format(f"%.{digits}f", abs(amount), grouping=True)
        sign = "−" if amount < 0 else plus if amount else ""
        return f"{sign}{number} {code or ''}".rstrip()

    def confirm_layout(self, draft, label, journal_id=None, answers=None):
        """Keep the layout as a profile, and read by it this file and those that wait like it.

        :param dict draft: a profile's JSON data without its name
        :param str label: what people are to read
        :param int journal_id: the journal of files that name no account
        :param dict answers: by the keys of the questions
        :return: id of the new profile
        """
        self.env["bank.guarded.state"]._require_role("accountant")
        record = self._authorise("operator")
        record._require_question("layout")
        self.file_id.check_access("read")
        label = (label or "").strip()
        if not label:
            raise UserError(self.env._("Give the profile a name, such as that of the bank."))
        found = record._preview(draft, answers)
        if found.questions or found.problem:
            raise UserError(said(found.problem or found.questions[0].text, self.env._))
        record.encoding = False  # the profile tells it now
        profiles = self.env["bank.statement.profile"]
        profile = profiles.create(
            {
                **profiles._values_of(profiles._free_code(label), {**found.draft, "label": label}),
                "company_id": record.company_id.id,
                "journal_id": journal_id,
            }
        )
        self.env["bank.audit.log"]._record(
            "confirm_layout", [(record, "", {"profile": profile.code, **profile.data}, label)]
        )
        record.message_post(body=self.env._("Its columns are confirmed as “%s”.", label))
        return profile.id
