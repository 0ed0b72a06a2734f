from odoo import api, models
from odoo.addons.account_bank_feed.money import exact
from odoo.tools import SQL

from ..matching import (
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

    def _documents(self, company):
        """Everything that customers owe the company and that it owes its vendors."""
        found = self._open(
            company,
            [
                ("account_id.account_type", "in", ("asset_receivable", "liability_payable")),
                ("statement_line_id", "=", False),
            ],
        )
        shop = self._webshop_references("account.move", [row.move_id for row in found])
        return [
            row.as_item(
                numbers=(row.move_name, row.ref, row.invoice_origin),
                references=(row.payment_reference, *shop.get(row.move_id, ())),
                discount=row.discount,
            )
            for row in found
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
        payments = self.env["account.payment"].browse(row.payment_id for row in found)
        with_entry = [
            row.as_item(
                kind="payment",
                numbers=(row.move_name, payment.name),
                references=(payment.payment_reference, payment.memo),
                batch=self._batch_of(payment),
                journal_id=payment.journal_id.id,
            )
            for row, payment in zip(found, payments, strict=True)
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
                numbers=given(payment.name, payment.memo),
                references=given(payment.payment_reference),
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
        return [
            row.as_item(
                kind="receivable",
                numbers=(row.move_name,),
                references=(row.ref, row.name),
                source=row.name or row.ref or accounts.browse(row.account_id).name,
            )
            for row in self._open(company, [("account_id", "in", accounts.ids)])
            if not row.payment_id and not row.statement_line_id
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
            row.as_item(kind="transfer", numbers=(row.move_name,), journal_id=row.journal_id)
            for row in found
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
        shop = self._webshop_references("sale.order", orders.ids)
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
            numbers=given(order.name, order.client_order_ref),
            references=given(order.reference, *shop_references),
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

    def _webshop_references(self, model, ids):
        """What payment providers call the payments of these documents: id -> references."""
        link = self.env[model]._fields.get("transaction_ids")
        if not link or not ids:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT %(document)s, %(payment)s FROM %(link)s WHERE %(document)s = ANY(%(ids)s)",
                document=SQL.identifier(link.column1),
                payment=SQL.identifier(link.column2),
                link=SQL.identifier(link.relation),
                ids=list(ids),
            )
        )
        payments = self.env["payment.transaction"].browse(payment_id for _id, payment_id in rows)
        found = {}
        for (document_id, _payment_id), payment in zip(rows, payments, strict=True):
            names = (payment.reference, payment.provider_reference)
            found[document_id] = given(*found.get(document_id, ()), *names)
        return found

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
                given(partner.name, *others.get(partner.id, ())),
                tuple(owners.get(partner.id, ())),
                given(partner.ref),
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


def _signed(payment):
    amount = exact(payment.amount, payment.currency_id)
    return amount if payment.payment_type == "inbound" else -amount


def given(*texts):
    """Each of the texts once, without empty ones."""
    return tuple(dict.fromkeys(text for text in texts if text))
