from odoo import models
from odoo.addons.account_bank_feed.told import says, tell
from odoo.exceptions import UserError

ITEM, ACCOUNT, OPEN = "item_id", "account_id", "open"


@says("decided_by")
def _decided_by(env, user, parts):
    return env._("Decided by %(user)s: %(parts)s", user=user, parts=parts)


class BankTransaction(models.Model):
    """What a person wants a transaction booked to: a *proposal*, as the review screen sends it.

    Either ``{"suggestion_id": 7}``, or ``{"parts": [...]}`` with parts whose amounts have the sign
    of the transaction and add up to it:

    - ``{"item_id", "amount"}``: so much of an open item; of one in another currency
      ``item_amount`` (in that, by default all that is open) is settled by it
    - ``{"account_id", "amount"}``: booked to an account, with ``label``, ``tax_ids`` (contained in
      the amount), ``partner_id`` and ``analytic_distribution`` if there are any
    - ``{"partner_id", "amount", "open": True}``: stays open for a partner, such as what was paid
      too much

    Ids come from a browser: all of them are looked up with the user's own rights.
    """

    _inherit = "bank.transaction"

    def review_accept(self, proposal):
        """Book the transaction as proposed.

        :raises UserError: when it does not wait, the parts do not add up, or something changed
        """
        self.ensure_one()
        self._settle_as_proposed(proposal)
        return {"state": self.state, "state_label": self._review_state_label()}

    def _settle_as_proposed(self, proposal):
        transaction = self._authorise("accountant")
        if suggestion_id := proposal.get("suggestion_id"):
            suggestion = self.suggestion_ids.filtered(lambda one: one.id == suggestion_id)
            if not suggestion:
                raise UserError(self.env._("This suggestion is gone: look again."))
            suggestion.action_accept()
            return
        parts = [self._proposed_part(part) for part in proposal.get("parts") or ()]
        self._refuse_sum(parts)
        items = self._whole_items(parts)
        if items:
            transaction._match_with(items, self._decided_by_hand(parts))
        else:
            values = [{**part, "sequence": number} for number, part in enumerate(parts)]
            transaction._settle_with(values, self._decided_by_hand(parts))

    def _refuse_sum(self, parts):
        if not parts:
            raise UserError(self.env._("Say what the transaction is to be booked to."))
        total = sum(part["amount"] for part in parts)
        if self.currency_id.compare_amounts(total, self.amount):
            raise UserError(
                self.env._(
                    "The parts come to %(total)s, the transaction to %(amount)s.",
                    total=self.currency_id.format(total),
                    amount=self.currency_id.format(self.amount),
                )
            )

    def _decided_by_hand(self, parts):
        words = "; ".join(self._part_in_words(part) for part in parts)
        return tell(self.company_id, "decided_by", user=self.env.user.name, parts=words)

    def _part_in_words(self, part):
        what = (
            self.env["account.move.line"].browse(part["item_id"]).move_name
            if part.get("item_id")
            else self.env["account.account"].browse(part["account_id"]).display_name
        )
        return f"{what} {self.currency_id.format(part['amount'])}"

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _proposed_part(self, part):
        """Values of the counterpart that a part of a proposal becomes."""
        amount = self.currency_id.round(float(part.get("amount") or 0))
        if self.currency_id.is_zero(amount):
            raise UserError(self.env._("Each part needs an amount."))
        if part.get(ITEM):
            return {**self._part_of_item(part, amount), "amount": amount}
        if part.get(OPEN):
            return {**self._part_left_open(part), "amount": amount}
        return {**self._part_on_account(part), "amount": amount}

    def _part_of_item(self, part, amount):
        item = self.env["account.move.line"].search(
            [*self._open_items_domain(), ("id", "=", int(part[ITEM]))]
        )
        if not item:
            raise UserError(self.env._("This open item is settled already, or not yours to see."))
        same = item.currency_id == self.currency_id
        item_amount = part.get("item_amount") or item.amount_residual_currency
        item_amount = amount if same else item.currency_id.round(float(item_amount))
        self._refuse_more_than_open(item, item_amount)
        return {
            "kind": "item",
            "item_id": item.id,
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "item_currency_id": item.currency_id.id,
            "item_amount": item_amount,
        }

    def _refuse_more_than_open(self, item, amount):
        residual, currency = item.amount_residual_currency, item.currency_id
        if amount * residual < 0:
            raise UserError(
                self.env._("To settle %s, money must flow the other way.", item.move_name)
            )
        if currency.compare_amounts(abs(amount), abs(residual)) > 0:
            raise UserError(
                self.env._(
                    "Of %(document)s no more than %(open)s is open.",
                    document=item.move_name,
                    open=currency.format(abs(residual)),
                )
            )

    def _part_left_open(self, part):
        partner = self._of_company("res.partner", part.get("partner_id"))
        if not partner:
            raise UserError(self.env._("Say for which partner it stays open."))
        side = "receivable" if self.amount > 0 else "payable"
        account = partner.with_company(self.company_id)[f"property_account_{side}_id"]
        return {"kind": "rest", "partner_id": partner.id, "account_id": account.id}

    def _part_on_account(self, part):
        account = self._of_company("account.account", part.get(ACCOUNT))
        if not account or account in self._not_to_be_booked_to():
            raise UserError(self.env._("Choose an account that can be booked to."))
        return {
            "kind": "booking",
            "account_id": account.id,
            "name": part.get("label") or False,
            "partner_id": self._of_company("res.partner", part.get("partner_id")).id,
            "tax_ids": [(6, 0, self._of_company("account.tax", part.get("tax_ids")).ids)],
            "analytic_distribution": part.get("analytic_distribution") or False,
        }

    def _of_company(self, model, ids):
        """The records with these ids that the user sees and this company may use."""
        records = self.env[model]
        wanted = [ids] if isinstance(ids, int) else list(ids or ())
        domain = records._check_company_domain(self.company_id)
        return records.search([*domain, ("id", "in", wanted)]) if wanted else records

    def _not_to_be_booked_to(self):
        """The bank's own account, and where what is not decided stands."""
        journal = self.journal_id
        return journal.default_account_id | journal.suspense_account_id

    def _whole_items(self, parts):
        """The items that are settled in whole, if that is all and they are on one account."""
        if any(part["kind"] != "item" for part in parts):
            return None
        items = self.env["account.move.line"].browse(part["item_id"] for part in parts)
        whole = all(
            item.currency_id == self.currency_id
            and not item.currency_id.compare_amounts(part["amount"], item.amount_residual_currency)
            and item.amount_residual_currency * self.amount > 0
            for item, part in zip(items, parts, strict=True)
        )
        return items if whole and len(items.account_id) == len(items.partner_id) == 1 else None

    def _open_items_domain(self):
        """What a transaction may settle."""
        return [
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("account_id", "in", self._accounts_with_open_items().ids),
            ("move_id", "!=", self.move_id.id),
        ]

    def _accounts_with_open_items(self):
        accounts = self.env["account.account"]
        accounts = accounts.search(
            [*accounts._check_company_domain(self.company_id), ("reconcile", "=", True)]
        )
        return accounts - self._not_to_be_booked_to()
