from odoo import fields, models
from odoo.addons.account_bank_feed.money import exact

from ..matching import (
    ItemIndex,
    OpenItem,
    PartnerDirectory,
    Payment,
    decide,
    explain,
    reasons_as_data,
)

MOST_SUGGESTIONS = 5


class BankTransaction(models.Model):
    """Brings the waiting transactions and the open items to the matching core, and back."""

    _inherit = "bank.transaction"

    rule_id = fields.Many2one(
        "bank.feed.rule",
        "Decided by rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    rule_version = fields.Integer(readonly=True)
    suggestion_ids = fields.One2many("bank.transaction.suggestion", "transaction_id", readonly=True)

    def _decide(self):
        decisions = super()._decide()
        self._forget_earlier_decisions()
        company = self.company_id
        rules = [rule._spec() for rule in self.env["bank.feed.rule"]._of_company(company)]
        items = self._open_items(company)
        index = ItemIndex(items, self._partner_directory())
        found = decide(
            [transaction._payment() for transaction in self],
            rules,
            index,
            taken=self._claimed_items(company),
        )
        self._keep_suggestions(found)
        for transaction in self:
            decisions[transaction] = transaction._decision_values(found[transaction.id], index)
        return decisions

    def _forget_earlier_decisions(self):
        """What could not be booked and is retried is decided anew, whatever was decided then."""
        self.filtered(lambda t: t.counterpart_account_id or t.matched_item_ids)._forget_decision(
            False
        )

    def _payment(self):
        """This transaction as the matching core knows it."""
        return Payment(
            id=self.id,
            date=self.booking_date,
            amount=exact(self.amount, self.currency_id),
            currency=self.currency_id.name,
            text=self.remittance or "",
            reference=self.reference or None,
            end_to_end_id=self.end_to_end_id or None,
            iban=self.counterparty_iban or None,
            name=self.counterparty_name or None,
            code=self.code or None,
            identity=self.identity,
            journal_id=self.journal_id.id,
        )

    def _open_items(self, company):
        """Everything that customers owe the company and that it owes its vendors."""
        items = self.env["account.move.line"].sudo()
        fields_read = [
            "account_id", "partner_id", "date", "date_maturity", "amount_residual_currency",
            "currency_id", "move_name", "ref", "move_id",
        ]  # fmt: skip
        found = items.search_fetch(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("account_id.account_type", "in", ("asset_receivable", "liability_payable")),
                ("statement_line_id", "=", False),
            ],
            fields_read,
        )
        found.move_id.fetch(["payment_reference"])
        found.partner_id.fetch(["commercial_partner_id"])
        return [_open_item(item) for item in found if item.amount_residual_currency]

    def _partner_directory(self):
        """Whom the counterparties' accounts belong to, as companies rather than contacts."""
        ibans = [iban for iban in set(self.mapped("counterparty_iban")) if iban]
        accounts = (
            self.env["res.partner.bank"]
            .sudo()
            .search(
                [
                    ("sanitized_acc_number", "in", ibans),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        )
        owners = {}
        for account in accounts:
            partner = account.partner_id.commercial_partner_id
            owners.setdefault(account.sanitized_acc_number, set()).add(partner.id)
        return PartnerDirectory(owners)

    def _claimed_items(self, company):
        """Open items that batches on their way will settle."""
        on_their_way = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "pending"),
                ("batch_id", "!=", False),
                ("matched_item_ids", "!=", False),
            ]
        )
        return frozenset(on_their_way.matched_item_ids.ids)

    def _decision_values(self, decision, index):
        values = {
            "score": decision.score,
            "explanation": explain(decision),
            "reasons": reasons_as_data(decision.reasons),
            "rule_id": decision.rule_id,
            "rule_version": decision.rule_version,
            "partner_id": self._partner_by_account(index),
        }
        if decision.band != "post":
            return values
        if not decision.chosen:
            return {**values, "counterpart_account_id": decision.account_id}
        first = decision.chosen[0]
        return {
            **values,
            "partner_id": first.partner_id,
            "counterpart_account_id": first.account_id,
            "matched_item_ids": [(6, 0, [item.id for item in decision.chosen])],
            "matched_residual": float(sum(item.residual for item in decision.chosen)),
        }

    def _partner_by_account(self, index):
        """The one partner that the counterparty's account belongs to."""
        partners = index.partners.partners_of(self.counterparty_iban)
        return next(iter(partners)) if len(partners) == 1 else False

    def _undo(self, reason=None):
        self._offer_again()
        return super()._undo(reason)

    def _offer_again(self):
        """Suggest what was posted, so that who undoes a match too many can make it again."""
        self.env["bank.transaction.suggestion"].create(
            [
                {
                    "transaction_id": transaction.id,
                    "item_id": item.id,
                    "score": transaction.score,
                    "explanation": self.env._("It was matched before: %s", transaction.explanation),
                }
                for transaction in self
                for item in transaction.matched_item_ids - transaction.suggestion_ids.item_id
            ]
        )

    def _keep_suggestions(self, decisions):
        """Keep the ranked candidates of what a person has to decide."""
        self.suggestion_ids.unlink()
        self.env["bank.transaction.suggestion"].create(
            [
                {
                    "transaction_id": transaction_id,
                    "rank": rank,
                    "item_id": candidate.item.id,
                    "score": candidate.score,
                    "explanation": "; ".join(evidence.sentence for evidence in candidate.evidence),
                }
                for transaction_id, decision in decisions.items()
                if decision.band != "post"
                for rank, candidate in enumerate(decision.candidates[:MOST_SUGGESTIONS], start=1)
            ]
        )


def _open_item(item):
    """A journal item as the matching core knows it."""
    move = item.move_id
    return OpenItem(
        id=item.id,
        account_id=item.account_id.id,
        partner_id=item.partner_id.commercial_partner_id.id or None,
        date=item.date,
        due_date=item.date_maturity or None,
        residual=exact(item.amount_residual_currency, item.currency_id),
        currency=item.currency_id.name,
        numbers=tuple(dict.fromkeys(n for n in (item.move_name, item.ref) if n)),
        references=tuple(ref for ref in (move.payment_reference,) if ref),
    )
