from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.addons.account.models.company import LOCK_DATE_FIELDS
from odoo.addons.account_bank_feed.models.account_journal import TYPES
from odoo.exceptions import AccessError
from odoo.tools import format_date

ADMITTED = ("admitted", "closed")
OK, NONE, OPEN, REFUSED = "ok", "none", "open", "refused"
"""Nothing open; not to be asked of this journal; to be settled; Odoo refuses to lock."""

LOCK_SCREENS = ("account.change.lock.date", "account.update.lock_date")
"""Dialogs for lock dates: Odoo Enterprise's and OCA's. Odoo Community has none."""


@dataclass(frozen=True, slots=True)
class Month:
    first: date

    @property
    def last(self):
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def previous(self):
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def next(self):
        return Month(self.last + timedelta(days=1))

    def __str__(self):
        return f"{self.first:%Y-%m}"


class BankFeedClosing(models.AbstractModel):
    """What keeps a month from being closed, journal by journal, with the way to each."""

    _name = "bank.feed.closing"
    _description = "Closing a Month"

    @api.model
    def overview(self, month=None, company_id=None):
        """All that the closing screen shows.

        :param str month: such as ``2026-10``; by default the last one that is over
        :param int company_id: one of the user's companies, by default the present one; its
            branches, as far as the user sees them, are closed with it
        :return: a dictionary that JSON can hold
        :raises AccessError: without the role of a viewer, or for a company of others
        """
        self.env["bank.guarded.state"]._require_role("viewer")
        company = self._company(company_id)
        companies = self.env.user.company_ids.filtered_domain([("id", "child_of", company.id)])
        chosen = [{"id": c.id, "name": c.display_name} for c in self.env.companies]
        allowed = self.with_context(allowed_company_ids=(company | companies).ids)
        return {**allowed._overview(company, self._month(month)), "companies": chosen}

    def _company(self, company_id):
        company = self.env["res.company"].browse(company_id) if company_id else self.env.company
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("This company is none of yours."))
        return company

    def _month(self, text):
        if text:
            return Month(fields.Date.to_date(f"{text}-01"))
        return Month(fields.Date.context_today(self).replace(day=1)).previous

    def _overview(self, company, month):
        journals = self._journals(company)
        checks = self._checks(company, month, journals)
        cards = [
            self._card(journal, checks)
            for journal in journals
            if journal.active or any(c["level"] in (OPEN, REFUSED) for c in checks[journal.id])
        ]
        others = self._checks_of_company(company, month, journals)
        every = [check for card in cards for check in card["checks"]] + others
        return {
            **self._describe(company, month),
            "refused": sum(c["count"] for c in every if c["level"] == REFUSED),
            "open": sum(1 for c in every if c["level"] == OPEN),
            "journals": cards,
            "others": others,
            "locks": self._locks(company, month),
            "lock_action": self._lock_action(),
        }

    def _describe(self, company, month):
        today = fields.Date.context_today(self)
        return {
            "month": str(month),
            "label": format_date(self.env, month.first, date_format="LLLL y"),
            "last": format_date(self.env, month.last),
            "previous": str(month.previous),
            "next": str(month.next) if month.next.first <= today else False,
            "over": month.last < today,
            "company": {"id": company.id, "name": company.display_name},
        }

    def _journals(self, company):
        return (
            self.env["account.journal"]
            .with_context(active_test=False)
            .search([("type", "in", TYPES), ("company_id", "child_of", company.id)])
        )

    def _card(self, journal, checks):
        return {
            "id": journal.id,
            "name": journal.display_name,
            "account": journal.bank_account_id.acc_number or journal.bank_feed_account_number or "",
            "checks": checks[journal.id],
            "level": _worst(checks[journal.id]),
        }

    # ------------------------------------------------------------------
    # Journal by journal
    # ------------------------------------------------------------------

    def _checks(self, company, month, journals):
        """Journal id -> its checks, in the order in which they are settled."""
        last = month.last
        gathered = [
            self._check_quarantine(last, journals),
            self._check_coverage(last, journals),
            self._check_not_in_books(last, journals),
            self._check_unreconciled(company, last, journals),
            self._check_drafts(last, journals),
            self._check_accepted(last, journals),
            self._check_balances(last, journals),
        ]
        return {j.id: [found[j.id] for found in gathered if j.id in found] for j in journals}

    def _check_quarantine(self, last, journals):
        domain = [
            ("journal_id", "in", journals.ids),
            ("state", "=", "quarantined"),
            ("start_date", "<=", last),
        ]
        counts = _counts(self.env["bank.import.statement"]._read_group(
            domain, ["journal_id"], ["__count"]
        ))  # fmt: skip
        return {
            journal.id: self._check(
                "quarantine",
                self.env._("Statements in quarantine"),
                counts.get(journal.id, 0),
                self._way(
                    self.env._("Show statements"),
                    "bank.import.statement",
                    [("journal_id", "=", journal.id), *domain[1:]],
                ),
            )
            for journal in journals
        }

    def _check_not_in_books(self, last, journals):
        domain = self._not_in_books_domain(last)
        counts = _counts(
            self.env["bank.transaction"]._read_group(
                [("journal_id", "in", journals.ids), *domain], ["journal_id"], ["__count"]
            )
        )
        return {
            journal.id: self._check(
                "not_in_books",
                self.env._("Transactions not in the books"),
                counts.get(journal.id, 0),
                self._way(
                    self.env._("Show transactions"),
                    "bank.transaction",
                    [("journal_id", "=", journal.id), *domain],
                ),
            )
            for journal in journals
        }

    def _not_in_books_domain(self, last):
        """On their way, failed, or doubtful duplicates; not what the bank only announced."""
        return [
            ("booking_date", "<=", last),
            ("booked", "=", True),
            "|",
            ("state", "in", ("pending", "error")),
            "&",
            ("state", "=", "quarantined"),
            "|",
            ("duplicate_of_id", "!=", False),
            ("duplicate_of_line_id", "!=", False),
        ]

    def _check_unreconciled(self, company, last, journals):
        """What Odoo asks of the lock date: by its own condition, whoever made the lines."""
        domain = company._get_unreconciled_statement_lines_domain(last)
        lines = self.env["account.bank.statement.line"]
        own = [("journal_id", "in", journals.ids), *domain]
        total = _counts(lines._read_group(own, ["journal_id"], ["__count"]))
        ours = _counts(
            lines._read_group(
                [*own, ("bank_transaction_id", "!=", False)], ["journal_id"], ["__count"]
            )
        )
        return {
            journal.id: self._check(
                "unreconciled",
                self.env._("Unreconciled statement lines"),
                total.get(journal.id, 0),
                *self._ways_to_lines(
                    [("journal_id", "=", journal.id), *domain],
                    ours.get(journal.id, 0),
                    total.get(journal.id, 0),
                ),
                level=REFUSED,
            )
            for journal in journals
        }

    def _ways_to_lines(self, domain, ours, total):
        """To the review of those that came through the feed, to a list of the others."""
        if ours:
            yield self._way(
                self.env._("Review %s", ours),
                "bank.transaction",
                [("statement_line_ids", "any", domain)],
                count=ours,
                action="account_bank_feed.action_bank_transaction_review",
            )
        if total > ours:
            yield self._way(
                self.env._("Show %s made elsewhere", total - ours),
                "account.bank.statement.line",
                [*domain, ("bank_transaction_id", "=", False)],
                count=total - ours,
            )

    def _check_drafts(self, last, journals):
        domain = [
            ("journal_id", "in", journals.ids),
            ("state", "=", "draft"),
            ("date", "<=", last),
        ]
        counts = _counts(self.env["account.move"]._read_group(domain, ["journal_id"], ["__count"]))
        return {
            journal.id: self._check(
                "drafts",
                self.env._("Draft entries"),
                counts.get(journal.id, 0),
                self._way(
                    self.env._("Show entries"),
                    "account.move",
                    [("journal_id", "=", journal.id), *domain[1:]],
                ),
            )
            for journal in journals
        }

    # ------------------------------------------------------------------
    # Beside the journals
    # ------------------------------------------------------------------

    def _checks_of_company(self, company, month, journals):
        checks = [
            self._check_files(company),
            self._check_without_journal(company, month.last),
            self._check_hidden_lines(company, month.last, journals),
            self._check_other_drafts(company, month.last, journals),
        ]
        return [check for check in checks if check["count"]]

    def _check_files(self, company):
        domain = [
            ("company_id", "child_of", company.id),
            ("state", "in", ("received", "unconfirmed", "failed")),
        ]
        return self._check(
            "files",
            self.env._("Files not read yet"),
            self.env["bank.import"].search_count(domain),
            self._way(self.env._("Show files"), "bank.import", domain),
        )

    def _check_without_journal(self, company, last):
        domain = [
            ("company_id", "child_of", company.id),
            ("journal_id", "=", False),
            ("state", "=", "quarantined"),
            ("start_date", "<=", last),
        ]
        return self._check(
            "without_journal",
            self.env._("Statements without a journal"),
            self.env["bank.import.statement"].search_count(domain),
            self._way(self.env._("Show statements"), "bank.import.statement", domain),
        )

    def _check_hidden_lines(self, company, last, journals):
        """Odoo counts those of all branches, seen by the user or not."""
        domain = company._get_unreconciled_statement_lines_domain(last)
        lines = self.env["account.bank.statement.line"].sudo()
        return self._check(
            "hidden",
            self.env._("Unreconciled statement lines in branches that you do not see"),
            lines.search_count([("journal_id", "not in", journals.ids), *domain]),
            level=REFUSED,
        )

    def _check_other_drafts(self, company, last, journals):
        domain = [
            ("company_id", "child_of", company.id),
            ("journal_id", "not in", journals.ids),
            ("state", "=", "draft"),
            ("date", "<=", last),
        ]
        return self._check(
            "other_drafts",
            self.env._("Draft entries in other journals (only the hard lock date asks for them)"),
            self.env["account.move"].search_count(domain),
            self._way(self.env._("Show entries"), "account.move", domain),
        )

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    def _locks(self, company, month):
        labels = company.fields_get(LOCK_DATE_FIELDS, ["string"])
        return [
            {
                "name": name,
                "label": labels[name]["string"],
                "date": format_date(self.env, day) if day else "",
                "covers": bool(day and day >= month.last),
            }
            for name in LOCK_DATE_FIELDS
            for day in [company.sudo()[name]]
        ]

    def _lock_action(self):
        """The dialog where lock dates are set; False where none is installed, or not for them."""
        if not self.env.user.has_group("account.group_account_manager"):
            return False
        for model in LOCK_SCREENS:
            if model in self.env:
                return {
                    "type": "ir.actions.act_window",
                    "name": self.env._("Lock dates"),
                    "res_model": model,
                    "views": [(False, "form")],
                    "target": "new",
                }
        return False

    # ------------------------------------------------------------------
    # The shape of a check
    # ------------------------------------------------------------------

    def _check(self, name, label, count, *ways, level=OPEN, **values):
        """One line of the screen.

        :param count: how many there are; none is well
        :param level: what it means if there are any
        """
        return {
            "name": name,
            "label": label,
            "count": count,
            "text": "",
            "level": level if count else OK,
            "ways": list(ways) if count else [],
            **values,
        }

    def _way(self, label, model, domain, *, count=None, action=None):
        """A button and the list that it opens; ``count`` where that is not the check's."""
        views = ("list", "kanban", "form") if model.startswith("bank.") else ("list", "form")
        window = {
            "type": "ir.actions.act_window",
            "res_model": model,
            "views": [(False, view) for view in views],
        }
        if action:
            window = self.env["ir.actions.act_window"]._for_xml_id(action)
        return {
            "label": label,
            "count": count,
            "action": {
                **window,
                "name": label,
                "domain": _as_json(domain),
                "context": {"create": False},
            },
        }


def _counts(groups):
    return {journal.id: count for journal, count in groups}


def _worst(checks):
    levels = {check["level"] for check in checks}
    return next((level for level in (REFUSED, OPEN) if level in levels), OK)


def _as_json(value):
    """A domain, also one within another, with its days as texts."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    return value
