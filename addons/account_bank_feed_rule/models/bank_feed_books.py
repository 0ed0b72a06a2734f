from odoo import api, models
from odoo.addons.account_bank_feed.money import exact

from ..matching import (
    Discount,
    ItemIndex,
    OpenItem,
    Partner,
    PartnerDirectory,
)


class BankFeedBooks(models.AbstractModel):
    """The books as the matching core knows them: what is open, and who the partners are."""

    _name = "bank.feed.books"
    _description = "Open Items for Matching"

    @api.model
    def _index(self, company, transactions):
        """All that these transactions may settle.

        :return: :class:`..matching.ItemIndex`
        """
        books = self.sudo().with_company(company)
        items = books._items(company, transactions)
        return ItemIndex(items, books._directory(company, transactions, items))

    def _items(self, company, transactions):
        """Everything that is open, and what returned payments among these may take back."""
        return [
            *self._documents(company),
            *self._registered_payments(company),
            *self._receivables(company),
            *self._transfers(company),
            *self._settled_before(company, transactions),
            *self._orders(company),
        ]

    # ------------------------------------------------------------------
    # Open items
    # ------------------------------------------------------------------

    def _open(self, company, domain, more_fields=()):
        """Open journal items, with what an open item is made of in one query."""
        names = [
            "account_id", "partner_id", "date", "date_maturity", "amount_residual_currency",
            "amount_residual", "amount_currency", "currency_id", "move_name", "ref", "move_id",
            "journal_id", "payment_id", *more_fields,
        ]  # fmt: skip
        found = self.env["account.move.line"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                *domain,
            ],
            names,
        )
        found.partner_id.fetch(["commercial_partner_id"])
        return found.filtered("amount_residual_currency")

    def _documents(self, company):
        """Everything that customers owe the company and that it owes its vendors."""
        found = self._open(
            company,
            [
                ("account_id.account_type", "in", ("asset_receivable", "liability_payable")),
                ("statement_line_id", "=", False),
            ],
            ["discount_date", "discount_amount_currency"],
        )
        found.move_id.fetch(["payment_reference", "invoice_origin"])
        shop = self._webshop_references(found.move_id)
        return [
            self._item(
                item,
                numbers=(item.move_name, item.ref, item.move_id.invoice_origin),
                references=(item.move_id.payment_reference, *shop.get(item.move_id.id, ())),
                discount=_discount(item),
            )
            for item in found
        ]

    def _registered_payments(self, company):
        """Payments that are in the books already and wait for the bank."""
        found = self._open(
            company,
            [
                ("payment_id", "!=", False),
                ("account_id.account_type", "not in", ("asset_receivable", "liability_payable")),
                ("account_id.reconcile", "=", True),
                ("statement_line_id", "=", False),
            ],
        )
        with_entry = [
            self._item(
                item,
                kind="payment",
                numbers=(item.move_name, item.payment_id.name),
                references=(item.payment_id.payment_reference, item.payment_id.memo),
                batch=self._batch_of(item.payment_id),
                journal_id=item.payment_id.journal_id.id,
            )
            for item in found
        ]
        return with_entry + self._payments_without_entry(company)

    def _payments_without_entry(self, company):
        """Where no outstanding account is set, a payment is only an intention, not an entry."""
        payments = self.env["account.payment"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "in_process"),
                ("move_id", "=", False),
            ]
        )
        return [
            OpenItem(
                id=payment_key(payment),
                account_id=payment.destination_account_id.id,
                partner_id=payment.partner_id.commercial_partner_id.id or None,
                date=payment.date,
                due_date=None,
                residual=_signed(payment),
                currency=payment.currency_id.name,
                numbers=_given(payment.name, payment.memo),
                references=_given(payment.payment_reference),
                kind="payment",
                batch=self._batch_of(payment),
                covers=frozenset(self._open_terms(payment).ids),
                journal_id=payment.journal_id.id,
            )
            for payment in payments
        ]

    def _open_terms(self, payment):
        """The open items of the documents that a payment without entry is for."""
        return payment.invoice_ids.line_ids.filtered(
            lambda item: item.account_id == payment.destination_account_id and not item.reconciled
        )

    def _batch_of(self, payment):
        """The batch payment's name, where a module for batches is installed."""
        batch = payment["batch_payment_id"] if "batch_payment_id" in payment._fields else None
        return batch.name if batch else None

    def _receivables(self, company):
        """What tills, card terminals and payment providers owe the company."""
        accounts = company.bank_feed_clearing_account_ids
        found = self._open(company, [("account_id", "in", accounts.ids)], ["name"])
        return [
            self._item(
                item,
                kind="receivable",
                numbers=(item.move_name,),
                references=(item.ref, item.name),
                source=item.name or item.ref or item.account_id.name,
            )
            for item in found
            if not item.payment_id and not item.move_id.statement_line_id
        ]

    def _transfers(self, company):
        """One side of a transfer between the company's banks; the other is yet to come."""
        found = self._open(
            company,
            [
                ("account_id", "=", company.transfer_account_id.id),
                ("statement_line_id", "!=", False),
            ],
        )
        return [
            self._item(
                item, kind="transfer", numbers=(item.move_name,), journal_id=item.journal_id.id
            )
            for item in found
        ]

    def _orders(self, company):
        """Sales orders that are paid before they are invoiced, where sales are installed."""
        if "sale.order" not in self.env:
            return []
        orders = self.env["sale.order"].search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("sent", "sale")),
                ("invoice_ids", "=", False),
                ("amount_total", ">", 0),
            ]
        )
        advances = self._advances(company, orders)
        shop = self._webshop_references(orders)
        return [
            self._open_order(order, left, shop.get(order.id, ()))
            for order in orders
            if (left := _left_to_pay(order, advances)) > 0
        ]

    def _open_order(self, order, left, shop_references):
        partner = order.partner_invoice_id
        return OpenItem(
            id=order_key(order),
            account_id=partner.property_account_receivable_id.id,
            partner_id=partner.commercial_partner_id.id,
            date=order.date_order.date(),
            due_date=None,
            residual=left,
            currency=order.currency_id.name,
            numbers=_given(order.name, order.client_order_ref),
            references=_given(order.reference, *shop_references),
            kind="order",
        )

    def _advances(self, company, orders):
        """What was paid for each order before, by its name: it waits for the invoice."""
        groups = self.env["bank.transaction.counterpart"]._read_group(
            [
                ("kind", "=", "rest"),
                ("name", "in", orders.mapped("name")),
                ("transaction_id.company_id", "=", company.id),
            ],
            ["name"],
            ["amount:sum"],
        )
        return dict(groups)

    def _webshop_references(self, records):
        """What payment providers call the payments of these documents."""
        if "transaction_ids" not in records._fields:
            return {}
        return {
            record.id: _given(
                *record.transaction_ids.mapped("reference"),
                *record.transaction_ids.mapped("provider_reference"),
            )
            for record in records
            if record.transaction_ids
        }

    def _item(self, item, numbers=(), references=(), **values):
        """A journal item as the matching core knows it."""
        return OpenItem(
            id=item.id,
            account_id=item.account_id.id,
            partner_id=item.partner_id.commercial_partner_id.id or None,
            date=item.date,
            due_date=item.date_maturity or None,
            residual=exact(item.amount_residual_currency, item.currency_id),
            currency=item.currency_id.name,
            numbers=_given(*numbers),
            references=_given(*references),
            company_residual=exact(item.amount_residual, item.company_currency_id),
            **values,
        )

    # ------------------------------------------------------------------
    # Partners
    # ------------------------------------------------------------------

    def _directory(self, company, transactions, items):
        """The partners of the open items, and whose accounts the transactions name."""
        owners = self._owners(company, transactions)
        ids = {item.partner_id for item in items} - {None} | set(owners)
        partners = self.env["res.partner"].browse(sorted(ids))
        partners.fetch(["name", "ref"])
        mandates = self._mandates(partners)
        others = self.env["bank.feed.alias"]._names_by_partner(partners)
        known = [
            Partner(
                partner.id,
                _given(partner.name, *others.get(partner.id, ())),
                tuple(owners.get(partner.id, ())),
                _given(partner.ref),
                tuple(mandates.get(partner.id, ())),
            )
            for partner in partners
        ]
        return PartnerDirectory(known, self._own_accounts(company))

    def _owners(self, company, transactions):
        """The accounts that the transactions name, by their owner: companies, not contacts."""
        named = transactions.mapped("counterparty_iban")
        named += transactions.detail_ids.mapped("counterparty_iban")
        accounts = self.env["res.partner.bank"].search(
            [
                ("sanitized_acc_number", "in", sorted({iban for iban in named if iban})),
                ("company_id", "in", (False, company.id)),
            ]
        )
        owners = {}
        for account in accounts:
            owner = account.partner_id.commercial_partner_id.id
            owners.setdefault(owner, []).append(account.sanitized_acc_number)
        return owners

    def _mandates(self, partners):
        """SEPA mandates by partner, where a module for direct debits is installed."""
        if "account.banking.mandate" not in self.env:
            return {}
        found = {}
        domain = [("partner_id", "in", partners.ids), ("state", "=", "valid")]
        for mandate in self.env["account.banking.mandate"].search(domain):
            found.setdefault(mandate.partner_id.id, []).append(mandate.unique_mandate_reference)
        return found

    def _own_accounts(self, company):
        """Our bank accounts, each with its journal."""
        journals = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")]
        )
        return {
            journal.bank_account_id.sanitized_acc_number: journal.id
            for journal in journals
            if journal.bank_account_id
        }


def payment_key(payment):
    """What the matching core calls a payment without a journal entry."""
    return f"payment-{payment.id}"


def order_key(order):
    """What the matching core calls a sales order."""
    return f"order-{order.id}"


def _left_to_pay(order, advances):
    """What of an order neither the webshop's payment provider nor a transfer has paid."""
    paid = advances.get(order.name, 0) + order.amount_paid
    return exact(order.amount_total - paid, order.currency_id)


def _given(*texts):
    return tuple(dict.fromkeys(text for text in texts if text))


def _signed(payment):
    amount = exact(payment.amount, payment.currency_id)
    return amount if payment.payment_type == "inbound" else -amount


def _discount(item):
    """The early-payment discount; Odoo grants none after a first partial payment."""
    untouched = item.amount_residual_currency == item.amount_currency
    if not item.discount_date or not untouched or not item.discount_amount_currency:
        return None
    off = exact(item.amount_residual_currency - item.discount_amount_currency, item.currency_id)
    return Discount(off, item.discount_date) if off else None
