from decimal import Decimal

from odoo import api, models

from ..matching import Evidence

KIND_OF_ITEM = {"settled": "return", "order": "rest"}


class BankTransactionCounterpart(models.Model):
    """What the matching core decided, as the counterparts that are booked."""

    _inherit = "bank.transaction.counterpart"

    @api.model
    def _of_bookings(self, bookings):
        """Field values for what a rule books."""
        return [
            {
                "kind": "booking",
                "sequence": place,
                "account_id": booking.account_id,
                "amount": float(booking.amount),
                "partner_id": booking.partner_id,
                "tax_ids": [(6, 0, list(booking.tax_ids))],
                "analytic_distribution": dict(booking.analytic) or False,
                "name": booking.label or False,
            }
            for place, booking in enumerate(bookings, start=1)
        ]

    @api.model
    def _of_candidate(self, transaction, candidate, decision):
        """Field values for what a candidate settles, and for each part of the difference."""
        rows = self._of_allocations(transaction, candidate)
        for adjustment in candidate.adjustments:
            row = {"kind": adjustment.kind, "amount": float(adjustment.amount)}
            if adjustment.kind == "discount":
                row["item_id"] = adjustment.item.id
            else:
                account = self._adjustment_account(transaction, decision.rule_id, adjustment)
                row["account_id"] = account.id
            rows.append(row)
        if candidate.rest:
            item = candidate.item
            rows.append(
                {
                    "kind": "rest",
                    "account_id": item.account_id,
                    "partner_id": item.partner_id,
                    "amount": float(candidate.rest),
                }
            )
        return [{"sequence": place, **row} for place, row in enumerate(rows, start=1)]

    def _of_allocations(self, transaction, candidate):
        """The items, each with its part of the transaction's amount."""
        rows = []
        adjusted = sum(one.amount for one in candidate.adjustments) + candidate.rest
        left = transaction._payment().amount - adjusted
        total = sum(allocation.amount for allocation in candidate.allocations)
        foreign = candidate.item.currency != transaction.currency_id.name
        for allocation in candidate.allocations:
            amount = allocation.amount
            if foreign:
                last = allocation is candidate.allocations[-1]
                amount = left if last else _share(left, amount, total)
                left, total = left - amount, total - allocation.amount
            rows += self._of_allocation(transaction, allocation, amount)
        return rows

    def _of_allocation(self, transaction, allocation, amount):
        item = allocation.item
        if isinstance(item.id, str) and item.covers:
            return self._of_covered(allocation)
        row = {
            "kind": KIND_OF_ITEM.get(item.kind, "item"),
            "account_id": item.account_id,
            "partner_id": item.partner_id,
            "amount": float(amount),
            "name": item.label,
        }
        if isinstance(item.id, str):
            kind, _dash, record_id = item.id.partition("-")
            row["kind"] = "rest"
            row["payment_id"] = int(record_id) if kind == "payment" else False
        else:
            currency = transaction.currency_id
            if item.currency != currency.name:
                currency = currency.search([("name", "=", item.currency)])
            row |= {
                "item_id": item.id,
                "item_amount": float(allocation.amount),
                "item_currency_id": currency.id,
            }
            if item.kind != "settled":
                # Of what comes back nothing is open; how much that is, the books tell.
                row["item_residual"] = float(item.residual)
        return [row]

    def _of_covered(self, allocation):
        """What a payment without an entry of its own pays: the documents behind it."""
        payment_id = int(allocation.item.id.partition("-")[2])
        left = allocation.amount
        rows = []
        for item in self.env["account.move.line"].browse(sorted(allocation.item.covers)):
            residual = Decimal(str(item.amount_residual_currency))
            part = min(abs(residual), abs(left)).copy_sign(left)
            left -= part
            rows.append(
                {
                    "kind": "item",
                    "item_id": item.id,
                    "account_id": item.account_id.id,
                    "partner_id": item.partner_id.id,
                    "amount": float(part),
                    "item_amount": float(part),
                    "item_residual": float(residual),
                    "item_currency_id": item.currency_id.id,
                    "payment_id": payment_id,
                }
            )
        return [row for row in rows if row["amount"]]

    def _as_values(self):
        """The field values of these, to make them again."""
        names = ["kind", "sequence", "name", "amount", "item_amount", "item_residual"]
        records = ["item_id", "account_id", "partner_id", "item_currency_id", "payment_id"]
        return [
            {
                **{name: part[name] for name in names},
                **{name: part[name].id for name in records},
                "tax_ids": [(6, 0, part.tax_ids.ids)],
                "analytic_distribution": part.analytic_distribution,
            }
            for part in self
        ]

    # ------------------------------------------------------------------
    # Accounts
    # ------------------------------------------------------------------

    def _adjustment_account(self, transaction, rule_id, adjustment):
        """Where a difference is booked: the rule's account, or the company's."""
        rule = self.env["bank.feed.rule"].browse(rule_id or ())
        return rule._adjustment_account(adjustment.kind, adjustment.amount, transaction.company_id)

    @api.model
    def _missing_account(self, transaction, decision):
        """The objection that an account to book a difference to is not set; None if all are."""
        for adjustment in decision.settlement.adjustments if decision.settlement else ():
            if not self._adjustment_account(transaction, decision.rule_id, adjustment):
                return Evidence("account_missing", 0, {"kind": adjustment.kind})
        return None


def _share(whole, part, total):
    return (whole * part / total).quantize(Decimal("0.01"))
