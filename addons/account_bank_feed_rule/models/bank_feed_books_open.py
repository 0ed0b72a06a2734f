from decimal import Decimal
from typing import NamedTuple

from odoo import models

from ..matching import Discount, OpenItem
from .bank_feed_books import given

OPEN_ITEMS = """
    SELECT item.id, item.account_id, partner.commercial_partner_id AS partner_id,
           item.date, item.date_maturity AS due_date,
           round(item.amount_residual_currency, currency.decimal_places)::text AS residual,
           round(item.amount_residual, company_currency.decimal_places)::text AS company_residual,
           round(item.amount_currency, currency.decimal_places)::text AS amount,
           round(item.balance, company_currency.decimal_places)::text AS balance,
           item.discount_date,
           round(item.discount_amount_currency, currency.decimal_places)::text AS discounted,
           currency.name AS currency, item.name, item.move_name, item.ref, item.journal_id,
           item.move_id, item.payment_id, item.statement_line_id,
           move.payment_reference, move.invoice_origin
      FROM account_move_line item
      JOIN account_move move ON move.id = item.move_id
      JOIN res_currency currency ON currency.id = item.currency_id
      JOIN res_currency company_currency ON company_currency.id = item.company_currency_id
      LEFT JOIN res_partner partner ON partner.id = item.partner_id
     WHERE item.id = ANY(%s)
     ORDER BY item.id
"""


class Row(NamedTuple):
    """An open journal item, with what is asked about it; amounts are exact.

    A hundred thousand of these are read in a second, as records they take half a minute.
    """

    id: int
    account_id: int
    partner_id: int | None
    date: object
    due_date: object
    residual: Decimal
    company_residual: Decimal
    amount: Decimal
    balance: Decimal
    discount_date: object
    discounted: Decimal
    currency: str
    name: str | None
    move_name: str | None
    ref: str | None
    journal_id: int
    move_id: int
    payment_id: int | None
    statement_line_id: int | None
    payment_reference: str | None
    invoice_origin: str | None

    @property
    def discount(self):
        """The early-payment discount; Odoo grants none after a first partial payment."""
        if not self.discount_date or not self.discounted or self.residual != self.amount:
            return None
        off = self.residual - self.discounted
        return Discount(off, self.discount_date) if off else None

    def as_item(self, numbers=(), references=(), **values):
        """As the matching core knows it."""
        return OpenItem(
            id=self.id,
            account_id=self.account_id,
            partner_id=self.partner_id,
            date=self.date,
            due_date=self.due_date,
            residual=self.residual,
            currency=self.currency,
            numbers=given(*numbers),
            references=given(*references),
            company_residual=self.company_residual,
            **values,
        )


AMOUNTS = [
    place
    for place, name in enumerate(Row._fields)
    if name in ("residual", "company_residual", "amount", "balance", "discounted")
]


class BankFeedBooks(models.AbstractModel):
    """Open journal items, all of them in one query."""

    _inherit = "bank.feed.books"

    def _open(self, company, domain):
        """Open journal items of a company, as rows.

        :param domain: which of them
        """
        found = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                *self._openness(),
                *domain,
            ],
            order="id",
        )
        self.env.flush_all()
        self.env.cr.execute(OPEN_ITEMS, [found.ids])
        known = {}
        rows = (self._as_of(_row(values, known)) for values in _fetched(self.env.cr))
        return [row for row in rows if row.residual]

    def _openness(self):
        """When a journal item counts as open: now; a simulation asks how it was."""
        return [("reconciled", "=", False)]

    def _as_of(self, row):
        """An open item with what is open on it now."""
        return row


def _fetched(cr):
    """The rows of a query, a thousand at a time: all of them would take as much room once more."""
    while rows := cr.fetchmany(1_000):
        yield from rows


def _row(values, known):
    """The row of these values.

    :param dict known: values of other rows, of which most days, names and amounts are again
    """
    values = [known.setdefault(value, value) for value in values]
    for place in AMOUNTS:
        values[place] = _decimal(values[place] or "0", known)
    return Row(*values)


def _decimal(text, known):
    key = (text,)
    if key not in known:
        known[key] = Decimal(text)
    return known[key]
