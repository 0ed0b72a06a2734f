from datetime import timedelta

from odoo import models
from odoo.addons.account_bank_feed.money import exact

from ..matching import OpenItem
from ..matching.normalise import compact
from ..matching.returns import how_told, told_fees

RETURNED_WITHIN = timedelta(days=400)
"""A direct debit without a valid mandate can be returned for 13 months."""

TELLING = ("end_to_end_id", "mandate_id", "counterparty_iban", "counterparty_name")
"""Fields that a payment that came back has in common with the original."""

OWED = ("asset_receivable", "liability_payable")


class BankFeedBooks(models.AbstractModel):
    """What earlier payments settled, for those that come back."""

    _inherit = "bank.feed.books"

    def _settled_before(self, company, transactions):
        """What earlier payments settled, which the returned ones among these take back."""
        returned = transactions.filtered(_may_have_come_back)
        origins = self._originals(company, returned)
        self._read_at_once(origins)
        return [
            self._settled(item, origin)
            for origin in origins
            for item in self._items_that_settled(origin)
        ]

    def _read_at_once(self, origins):
        """Read for all of them what is then asked of one after the other."""
        own = origins.statement_line_ids.line_ids
        registered = own._bank_feed_documents().payment_id.move_id.line_ids
        settling = own | registered
        settling.mapped("account_type")
        settling.partner_id.fetch(["commercial_partner_id"])
        settling._bank_feed_documents().move_id.fetch(["name"])

    def _originals(self, company, returned):
        """The transactions that may come back with these, in whole or a payment of their batch."""
        if not returned:
            return returned
        terms = [
            (f"{prefix}{name}", "in", values)
            for name, values in _what_they_tell(returned).items()
            for prefix in ("", "detail_ids.")
        ]
        first_day = min(returned.mapped("booking_date")) - RETURNED_WITHIN
        return self.env["bank.transaction"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "reconciled"),
                ("booking_date", ">=", first_day),
                ("id", "not in", returned.ids),
                *["|"] * (len(terms) - 1),
                *terms,
            ]
        )

    def _items_that_settled(self, origin):
        """The items by which a transaction settled documents.

        Those of the transaction, or of the payments that were registered before it.
        """
        own = origin.statement_line_ids.line_ids
        registered = own._bank_feed_documents().payment_id.move_id.line_ids
        return (own | registered).filtered(
            lambda item: item.account_type in OWED and item._bank_feed_documents()
        )

    def _settled(self, item, origin):
        numbers = item._bank_feed_documents().move_id.mapped("name")
        paid = self._paid_by(item, origin)
        return OpenItem(
            id=item.id,
            account_id=item.account_id.id,
            partner_id=item.partner_id.commercial_partner_id.id or None,
            date=item.date,
            due_date=None,
            residual=paid,
            currency=item.currency_id.name,
            numbers=tuple(filter(None, numbers)),
            references=tuple(self._references_of(item, origin, numbers, paid)),
            kind="settled",
        )

    def _paid_by(self, item, origin):
        """What was paid by it: without the discount that it was settled with."""
        coming_back = self.env["bank.transaction.counterpart"].new(
            {"kind": "return", "item_id": item.id, "transaction_id": origin.id}
        )
        discount = sum(coming_back._discount_taken().mapped("amount_currency"))
        return exact(item.amount_currency + discount, item.currency_id)

    def _references_of(self, item, origin, numbers, paid):
        """What the bank and we call the payment; in a batch that of its own amount."""
        details = origin.detail_ids.filtered(
            lambda detail: exact(detail.amount, detail.currency_id) == -paid
        )
        quoting = details.filtered(
            lambda detail: any(compact(n) in compact(detail.remittance or "") for n in numbers)
        )
        told = [origin, *(quoting or details)]
        found = [one[name] for one in told for name in ("end_to_end_id", "mandate_id")]
        payment = item.payment_id
        found += [payment.name, payment.memo, payment.payment_reference]
        return dict.fromkeys(filter(None, found))


def _may_have_come_back(transaction):
    """Whether it says so, or one of its payments: the same as is asked of what is decided."""
    told = [transaction, *transaction._payments_with_amounts()]
    return any(how_told(one.return_reason, one.code or None, one.remittance or "") for one in told)


def _what_they_tell(returned):
    """Values by field that an original of these may have."""
    parties = (returned, returned.detail_ids)
    known = {
        name: [value for party in parties for value in party.mapped(name) if value]
        for name in TELLING
    }
    amounts = set()
    for transaction in returned:
        payment = transaction._payment()
        for one in (payment, *payment.details):
            amounts |= {float(-one.amount - fee) for fee in (0, *told_fees(one))}
    return {**known, "amount": sorted(amounts)}
