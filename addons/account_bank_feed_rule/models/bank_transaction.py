from decimal import Decimal

from odoo import fields, models
from odoo.addons.account_bank_feed.money import exact
from odoo.addons.account_bank_feed.told import (
    Told,
    as_values,
    data_of,
    env_of,
    tell,
    together,
)

from ..language import language_of
from ..matching import (
    Payment,
    decide,
    explain,
    explanation_as_data,
    objections_in,
    reasons_as_data,
)
from ..matching.collector import without_collector
from .bank_feed_books import payment_key


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
        with without_collector():  # also where open items are read, and decisions put into words
            found, partners = self._decide_by_rules()
            language = language_of(env_of(self.company_id))
            for transaction in self:
                decision = transaction._with_accounts(found[transaction.id])
                decisions[transaction] = transaction._decision_values(decision, partners, language)
                found[transaction.id] = decision
        self.env["bank.transaction.suggestion"]._keep(found)
        return decisions

    def _decide_by_rules(self):
        """What the matching core says of each, and the partners whom it knows.

        The index of all that is open is gone when this returns: it is the largest thing by far.
        """
        company = self.company_id
        index = self.env["bank.feed.books"]._index(company, self)
        found = decide(
            [transaction._payment() for transaction in self],
            [rule._spec() for rule in self.env["bank.feed.rule"]._of_company(company)],
            index,
            taken=self._claimed_items(company),
        )
        return found, index.partners

    def _claimed_items(self, company):
        """Open items that batches on their way will settle."""
        on_their_way = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "pending"),
                ("batch_id", "!=", False),
                "|",
                ("matched_item_ids", "!=", False),
                ("counterpart_ids", "!=", False),
            ]
        )
        payments = on_their_way.counterpart_ids.payment_id
        return frozenset([*on_their_way.matched_item_ids.ids, *map(payment_key, payments)])

    # ------------------------------------------------------------------
    # To the matching core
    # ------------------------------------------------------------------

    def _payment(self):
        """This transaction as the matching core knows it."""
        return _as_payment(
            self,
            self.id,
            amount=exact(self.amount, self.currency_id),
            date=self.booking_date,
            identity=self.identity,
            journal_id=self.journal_id.id,
            details=self._payment_details(),
        )

    def _payment_details(self):
        return tuple(
            _as_payment(
                detail,
                f"{self.id}/{detail.sequence}",
                amount=exact(detail.amount, self.currency_id),
                date=self.booking_date,
                identity=f"{self.identity}/{detail.sequence}",
                journal_id=self.journal_id.id,
            )
            for detail in self._payments_with_amounts()
        )

    def _payments_with_amounts(self):
        """The payments of a batch booking, where the bank tells the amount of each."""
        details = self.detail_ids
        return details if all(details.mapped("has_amount")) else details.browse()

    # ------------------------------------------------------------------
    # And back
    # ------------------------------------------------------------------

    def _with_accounts(self, decision):
        """The decision, left to a person where the books lack an account for it."""
        missing = self.env["bank.transaction.counterpart"]._missing_account(self, decision)
        return decision.withheld(missing) if missing else decision

    def _decision_values(self, decision, partners, language):
        """What the decision is on the transaction's fields.

        :param language: in which all people of the company read why
        """
        values = {
            "score": decision.score,
            **as_values(self._told(decision, language)),
            "reasons": reasons_as_data(decision.reasons),
            "rule_id": decision.rule_id,
            "rule_version": decision.rule_version,
            "partner_id": self._partner_by_account(partners),
        }
        if decision.band != "post":
            return values
        if decision.outcome == "transfer":
            values |= self._transfer_values(decision)
        elif decision.outcome == "book":
            values |= self._booking_values(decision)
        else:
            values |= self._settlement_values(decision)
        return values

    def _told(self, decision, language):
        """The explanation in the company's language, and as data but for what ``reasons`` has."""
        text = explain(decision, language)
        return Told(text, [{"code": "decision", "params": explanation_as_data(decision)}])

    def _what_it_says(self):
        """With the reasons of a decision of ours, and its rule as the reader knows it."""
        return [self._completed(part) for part in super()._what_it_says() or ()]

    def _completed(self, part):
        if isinstance(part, str) or part["code"] != "decision":
            return part
        params = {"reasons": self.reasons or (), **part["params"]}
        rule, version = self.sudo().rule_id, self.rule_version
        if rule and version == rule.version and params["params"].get("rule"):
            params["params"] = {**params["params"], "rule": rule.name}
        return {**part, "params": params}

    def _transfer_values(self, decision):
        transfer_account = self.company_id.transfer_account_id.id
        if decision.settlement:
            return self._plain_values(decision.settlement)
        return {
            "partner_id": self.company_id.partner_id.id,
            "counterpart_account_id": transfer_account,
            "pair_id": decision.pair,
        }

    def _booking_values(self, decision):
        first = decision.bookings[0]
        if len(decision.bookings) == 1 and not (first.tax_ids or first.analytic or first.label):
            return {
                "counterpart_account_id": first.account_id,
                **({"partner_id": first.partner_id} if first.partner_id else {}),
            }
        rows = self.env["bank.transaction.counterpart"]._of_bookings(decision.bookings)
        return {"counterpart_ids": [(5,), *((0, 0, row) for row in rows)]}

    def _settlement_values(self, decision):
        settlement = decision.settlement
        if self._is_plain(settlement):
            return self._plain_values(settlement)
        rows = self.env["bank.transaction.counterpart"]._of_candidate(self, settlement, decision)
        items = [row["item_id"] for row in rows if row.get("item_id") and row["kind"] == "item"]
        partners = {item.partner_id for item in settlement.items}
        return {
            "partner_id": partners.pop() if len(partners) == 1 else False,
            "matched_item_ids": [(6, 0, items)],
            "counterpart_ids": [(5,), *((0, 0, row) for row in rows)],
        }

    def _is_plain(self, candidate):
        """Whether a line that is born on the items' account settles them as it is."""
        return (
            candidate.is_plain
            and candidate.item.kind in ("document", "payment", "receivable")
            and all(isinstance(item.id, int) for item in candidate.items)
            and candidate.item.currency == self.currency_id.name
            # Items that net each other need lines of their own: otherwise they would be matched
            # with one another, and stay so when the transaction is undone.
            and len({item.residual > 0 for item in candidate.items}) == 1
        )

    def _plain_values(self, candidate):
        return {
            "partner_id": candidate.item.partner_id,
            "counterpart_account_id": candidate.item.account_id,
            "matched_item_ids": [(6, 0, [item.id for item in candidate.items])],
            "matched_residual": float(sum(item.residual for item in candidate.items)),
        }

    def _partner_by_account(self, partners):
        """The one partner that the counterparty's account belongs to."""
        owners = partners.partners_of(self.counterparty_iban)
        return next(iter(owners)) if len(owners) == 1 else False

    # ------------------------------------------------------------------
    # Undo
    # ------------------------------------------------------------------

    def _undo(self, reason=None):
        self.env["bank.transaction.suggestion"]._offer_again(self)
        result = super()._undo(reason)
        for transaction in self:
            transaction._recall_objections()
        return result

    def _recall_objections(self):
        """Say again what had left it to a person: it holds for who decides next."""
        objections = objections_in(self.reasons or ())
        if objections:
            why = tell(self.company_id, "objections", reasons=reasons_as_data(objections))
            told = Told(self.explanation, self.explanation_data or data_of(self.explanation))
            self.write(as_values(together(told, why)))


def _as_payment(record, payment_id, **values):
    """A transaction, or a payment within it, in the words of the matching core."""
    currency = record.currency_id
    return Payment(
        id=payment_id,
        currency=currency.name,
        text=record.remittance or "",
        reference=record.reference or None,
        end_to_end_id=record.end_to_end_id or None,
        iban=record.counterparty_iban or None,
        name=record.counterparty_name or None,
        code=record.code or None,
        original_amount=_original(record),
        original_currency=record.original_currency or None,
        charges=exact(record.charges, currency) if record.charges else None,
        mandate_id=record.mandate_id or None,
        return_reason=record.return_reason or None,
        **values,
    )


def _original(record):
    if not record.original_amount or not record.original_currency:
        return None
    # As many decimals as any currency has, but two at least: people read it in explanations.
    amount = Decimal(f"{record.original_amount:.5f}").normalize()
    return amount if amount.as_tuple().exponent < -2 else amount.quantize(Decimal("0.01"))
