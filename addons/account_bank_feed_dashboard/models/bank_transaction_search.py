import re

from odoo import models

LOOKED_AT = 200
"""So many open items are ranked; with more, the search was not narrow enough."""

MOST_ALIKE = 500

LATELY = 1_000
"""So many decisions are looked at to know which accounts a company uses."""

OWN_USE = 1_000_000
"""What was used for the same counterparty comes before what the company uses most."""
AMOUNT = re.compile(r"[+-]?\d{1,3}(?:[.,' ]?\d{3})*(?:[.,]\d{1,2})?|[+-]?\d+(?:[.,]\d{1,2})?")


class BankTransaction(models.Model):
    """What a person looks for while deciding: open items, accounts, taxes, look-alikes."""

    _inherit = "bank.transaction"

    def review_search(self, text="", limit=20):
        """Open items by number, reference, name or amount; without a text, those of the partner.

        Those that fit the amount come first, then those of the partner, then the oldest.
        """
        self.ensure_one()
        self._authorise("accountant")
        domain = self._open_items_domain() + self._wanted_items(text or "")
        # Not limited in SQL: PostgreSQL would walk all items by date instead of the open ones.
        items = self.env["account.move.line"].search(domain, order="date_maturity, id")
        found = items[:LOOKED_AT]
        ranked = found.sorted(
            lambda item: (not self._fits(item), item.partner_id != self.partner_id)
        )
        return [
            {**item._review_values(), "fits": self._fits(item)} for item in ranked[: int(limit)]
        ]

    def _fits(self, item):
        same = item.currency_id == self.currency_id
        residual = item.amount_residual_currency
        return same and not self.currency_id.compare_amounts(residual, self.amount)

    def _wanted_items(self, text):
        words = text.split()
        if not words:
            if self.partner_id:
                return [("partner_id", "=", self.partner_id.id)]
            return [("amount_residual_currency", "=", self.amount)]
        if amounts := amounts_in(text.strip()):
            signed = [sign * one for one in amounts for sign in (1, -1)]
            return [
                "|", "|",
                ("amount_residual_currency", "in", signed),
                ("move_name", "ilike", text.strip()),
                ("ref", "ilike", text.strip()),
            ]  # fmt: skip
        return [leaf for word in words for leaf in _names(word)]

    def review_accounts(self, text="", limit=10, rest=0):
        """Accounts by code or name; without a text, those that bank transactions were booked to.

        For the rest of an open item these are, before all others, the company's own for discounts
        and for differences: Enter must not book a discount to what was used most.

        First those whose code starts with the text, then those whose name does, then those that
        contain it; among these, first what was used for this counterparty, then what the company
        uses most often of late.
        """
        self.ensure_one()
        self._authorise("accountant")
        text = (text or "").strip()
        own, lately = self._accounts_used(), self._accounts_used_lately()
        accounts = self.env["account.account"]
        usual = accounts
        if text:
            domain = [
                *accounts._check_company_domain(self.company_id),
                ("account_type", "!=", "off_balance"),
                ("id", "not in", self._not_to_be_booked_to().ids),
            ]
            found = accounts.search([*domain, *_account_named(text)])
        else:
            if rest and not own:
                usual = self._accounts_for_rest(rest)
            found = self._of_company("account.account", [*usual.ids, *own, *lately])
            found -= self._not_to_be_booked_to()
        found = found.filtered(lambda account: account.active if "active" in account else True)
        ranked = found.sorted(
            lambda account: (
                _how_named(account, text),
                account not in usual,
                -own.get(account.id, 0) * OWN_USE - lately.get(account.id, 0),
                account.code or "",
            )
        )
        return [
            {
                "id": account.id,
                "name": account.display_name,
                "tax_ids": [{"id": tax.id, "name": tax.name} for tax in account.tax_ids],
                "used": own.get(account.id, 0),
            }
            for account in ranked[: int(limit)]
        ]

    def _accounts_for_rest(self, rest):
        kinds = ("discount", "difference")
        accounts = [self.company_id._bank_feed_account(kind, rest) for kind in kinds]
        return self.env["account.account"].union(*accounts)

    def _accounts_used(self):
        """How often each account was booked to for this counterparty: id -> number."""
        if self.counterparty_iban:
            domain = [("counterparty_iban", "=", self.counterparty_iban)]
        elif self.partner_id:
            domain = [("partner_id", "=", self.partner_id.id)]
        else:
            return {}
        domain += [("company_id", "=", self.company_id.id), ("state", "=", "reconciled")]
        return self._count_accounts(domain, [("transaction_id", "any", domain)])

    def _accounts_used_lately(self):
        """How often each account was booked to of late in this company: id -> number."""
        done = [("company_id", "=", self.company_id.id), ("state", "=", "reconciled")]
        whole = self.search(done, order="id desc", limit=LATELY)
        parts = self.env["bank.transaction.counterpart"].search(
            [("kind", "=", "booking"), ("transaction_id", "any", done)],
            order="id desc",
            limit=LATELY,
        )
        return self._count_accounts([("id", "in", whole.ids)], [("id", "in", parts.ids)])

    def _count_accounts(self, of_transactions, of_parts):
        whole = self._read_group(of_transactions, ["counterpart_account_id"], ["__count"])
        parts = self.env["bank.transaction.counterpart"]._read_group(
            [("kind", "=", "booking"), *of_parts], ["account_id"], ["__count"]
        )
        used = {}
        for account, count in [*whole, *parts]:
            if account and not account.reconcile:
                used[account.id] = used.get(account.id, 0) + count
        return used

    def review_taxes(self, text="", limit=10):
        """Taxes of the company by name."""
        self.ensure_one()
        self._authorise("accountant")
        taxes = self.env["account.tax"]
        domain = [*taxes._check_company_domain(self.company_id), ("name", "ilike", text or "")]
        use = "purchase" if self.amount < 0 else "sale"
        found = taxes.search([*domain, ("type_tax_use", "in", ("purchase", "sale"))], limit=50)
        ranked = found.sorted(lambda tax: tax.type_tax_use != use)
        return [{"id": tax.id, "name": tax.display_name} for tax in ranked[: int(limit)]]

    def review_alike(self):
        """Others that wait and look the same: of the same counterparty, in the same direction."""
        self.ensure_one()
        self.check_access("read")
        way = ">" if self.amount > 0 else "<"
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "processed"),
            ("amount", way, 0),
            ("currency_id", "=", self.currency_id.id),
            ("id", "!=", self.id),
        ]
        domain.append(("counterparty_iban", "=", self.counterparty_iban))
        waiting = self.search_fetch(
            domain, ["counterparty_name", "remittance"], limit=MOST_ALIKE, order="booking_date"
        )
        # The name counts with an account too: payment providers pay for many from one.
        known_by = slice(0, 1) if self.counterparty_iban else slice(None)
        likeness = self._likeness()[known_by]
        waiting = waiting.filtered(lambda one: one._likeness()[known_by] == likeness)
        return {
            "ids": waiting.ids,
            "text": self.env._(
                "Others of %(who)s: %(count)s", count=len(waiting), who=self._review_title()
            ),
        }

    def _likeness(self):
        """Name and text but for digits: what stays the same from month to month."""
        text = re.sub(r"[\W\d_]+", " ", self.remittance or "").strip().casefold()
        return (self.counterparty_name or "").strip().casefold(), text


def _names(word):
    return [
        "|", "|", "|",
        ("move_name", "ilike", word),
        ("ref", "ilike", word),
        ("name", "ilike", word),
        ("partner_id", "ilike", word),
    ]  # fmt: skip


def _account_named(text):
    return ["|", ("code", "=like", f"{text}%"), ("name", "ilike", text)]


def _how_named(account, text):
    """0 where the code starts with the text, 1 where the name does, 2 where it is within."""
    if (account.code or "").startswith(text):
        return 0
    return 1 if account.name.casefold().startswith(text.casefold()) else 2


def amounts_in(text):
    """The amounts that a text alone may mean, with either sign for decimals.

    >>> amounts_in("1.234,50")
    [1234.5]
    >>> amounts_in("1234.50")
    [1234.5]
    >>> amounts_in("1.234")
    [1234.0, 1.234]
    >>> amounts_in("RE-2026-1")
    []
    """
    if not AMOUNT.fullmatch(text):
        return []
    digits = re.sub(r"[' +-]", "", text)
    whole, mark, decimals = re.fullmatch(r"(.*?)(?:([.,])(\d+))?", digits).groups()
    plain = re.sub(r"[.,]", "", whole)
    if not mark:
        return [float(plain)]
    if len(decimals) == 3:  # a thousand, or three decimals
        return [float(plain + decimals), float(f"{plain}.{decimals}")]
    return [float(f"{plain}.{decimals}")]
