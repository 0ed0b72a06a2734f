from odoo import api, fields, models

FACTS = (
    "value_date", "counterparty_bic", "reference", "end_to_end_id", "mandate_id", "creditor_id",
    "bank_reference", "code", "return_reason", "charges", "original_amount",
)  # fmt: skip
"""What else the bank said, in the order in which it is shown."""

LIKELY = 50
"""A score is a chance: what has less is more likely wrong than right."""


class BankTransaction(models.Model):
    """The review screen's questions about transactions, answered in the user's language."""

    _inherit = "bank.transaction"

    best_score = fields.Integer(
        "Best suggestion", compute="_compute_best_score", help="From 0 to 100; 0 without one."
    )

    @api.depends("suggestion_ids.score", "suggestion_ids.obstacle")
    def _compute_best_score(self):
        for record in self:
            usable = record.suggestion_ids.filtered(lambda one: not one.obstacle)
            record.best_score = max(usable.mapped("score"), default=0)

    def review_read(self):
        """All that the review screen shows of these, in their order.

        :return: list of dictionaries; those that are gone, or not the user's to see, are left out
        """
        visible = self.exists()._filtered_access("read")
        return [record._review_values() for record in visible]

    def _review_values(self):
        return {
            **self._review_what_the_bank_said(),
            **self._review_what_became_of_it(),
            "source": self._review_source(),
            "suggestions": [one._review_values() for one in self._review_suggestions()],
            "can": self._review_can(),
        }

    def _review_what_the_bank_said(self):
        return {
            "id": self.id,
            "title": self._review_title(),
            "booking_date": fields.Date.to_string(self.booking_date),
            "value_date": fields.Date.to_string(self.value_date),
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "amount_text": self.currency_id.format(self.amount),
            "counterparty_name": self.counterparty_name or "",
            "counterparty_iban": self.counterparty_iban or "",
            "remittance": self.remittance or "",
            "journal": _named(self.journal_id),
            "company": _named(self.company_id),
            "facts": self._review_facts(),
            "details": [
                {
                    "counterparty_name": detail.counterparty_name or "",
                    "remittance": detail.remittance or "",
                    "amount_text": self.currency_id.format(detail.amount)
                    if detail.has_amount
                    else "",
                }
                for detail in self.detail_ids
            ],
        }

    def _review_title(self):
        """One line by which a person knows it."""
        return self.counterparty_name or self.remittance or self.reference or self.code or "/"

    def _review_facts(self):
        values = {
            **{name: self[name] for name in FACTS},
            "value_date": self.value_date != self.booking_date
            and fields.Date.to_string(self.value_date),
            "charges": self.charges and self.currency_id.format(self.charges),
            "original_amount": self.original_amount
            and f"{self.original_amount:g} {self.original_currency or ''}".strip(),
        }
        return [
            {
                "name": name,
                "label": self._fields[name]._description_string(self.env),
                "value": values[name],
            }
            for name in FACTS
            if values[name]
        ]

    def _review_what_became_of_it(self):
        return {
            "state": self.state,
            "state_label": self._review_state_label(),
            "explanation": self.explained or "",
            "reason": self.reason or "",
            "score": self.score,
            "rule": _named(self.rule_id),
            "partner": _named(self.partner_id),
            "assigned": _named(self.assigned_user_id),
            "duplicate_of": self._review_original(),
            "booked": self._review_booked(),
            "messages": len(self._review_messages()),
        }

    def _review_state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _review_original(self):
        """What it may be a duplicate of; False for nothing."""
        original = self.duplicate_of_id or self.duplicate_of_line_id.move_id
        if not original:
            return False
        return {"model": original._name, "id": original.id, "text": original.display_name}

    def _review_booked(self):
        """Where its amount is in the books, while that is its final place."""
        if self.state != "reconciled" or not self.statement_line_id:
            return []
        _liquidity, _suspense, others = self.statement_line_id._seek_for_lines()
        return [
            {
                "label": item.account_id.display_name,
                "document": ", ".join(item._bank_feed_documents().move_id.mapped("name")),
                "amount_text": item.currency_id.format(-item.amount_currency),
            }
            for item in others
        ]

    def _review_source(self):
        files = self.env["bank.file"].search([("id", "=", self.import_id.file_id.id)])
        return {
            "import_id": self.import_id.id,
            "import_name": self.import_id.display_name,
            # Bytes of a file with other companies' accounts are not everybody's to see.
            "file_url": files and f"/account_bank_feed/file/{self.import_id.id}",
            "position": self.position,
            "format": self.source_format or "",
            "raw": self.raw or "",
        }

    def _review_suggestions(self):
        """Those that may still be of use, the best first, what is settled meanwhile last."""
        if self.state != "processed":
            return self.suggestion_ids.browse()
        return self.suggestion_ids.sorted(
            lambda one: (bool(one.obstacle), -one.score, one.rank, one.id)
        )

    def _review_can(self):
        user = self.env.user
        decides = self.env.su or user.has_group("account_bank_feed.group_accountant")
        return {
            "decide": decides and self.state == "processed",
            "undo": decides and self.state == "reconciled",
            "retry": decides and self.state == "error",
            "answer_duplicate": decides and self._is_doubtful(),
            "make_rule": self.env.su or user.has_group("account_bank_feed.group_manager"),
            "assign": decides,
        }


class BankTransactionSuggestion(models.Model):
    _inherit = "bank.transaction.suggestion"

    def _review_values(self):
        currency = self.item_currency_id or self.transaction_id.currency_id
        return {
            "id": self.id,
            "rank": self.rank,
            "label": self.label or "",
            "score": 0 if self.obstacle else self.score,
            "is_likely": self._is_likely(),
            "evidence": self.explained or "",
            "partner": _named(self.item_partner_id),
            "open_text": currency.format(self.open_amount) if self.item_ids else "",
            "left_open_text": currency.format(self.left_open) if self.left_open else "",
            "obstacle": self.obstacle or "",
            "items": [item._review_values() for item in self.item_ids],
        }

    def _is_likely(self):
        """Whether it may be chosen without a person having looked at it."""
        least = max(LIKELY, self.transaction_id.sudo().rule_id.suggest_score)
        return not self.obstacle and self.score >= least


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _review_values(self):
        """An open item, as a person looks for it."""
        return {
            "id": self.id,
            "name": self.move_name or self.name or "",
            "move_id": self.move_id.id,
            "reference": self.ref or "",
            "account": self.account_id.display_name,
            "date": fields.Date.to_string(self.date),
            "due": fields.Date.to_string(self.date_maturity),
            "partner": self.partner_id.display_name or "",
            "residual": self.amount_residual_currency,
            "residual_text": self.currency_id.format(self.amount_residual_currency),
            "currency_id": self.currency_id.id,
        }


def _named(record):
    return {"id": record.id, "name": record.display_name} if record else False
