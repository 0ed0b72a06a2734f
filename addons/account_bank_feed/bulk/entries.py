"""The rows of statement lines, their entries and journal items, made like a specimen of each.

Columns fall into four kinds. *Own* ones say what is booked, and are computed here. Those that
follow from the partner Odoo computes for each, and those that an addon computes which is not known
here. Names and places of rows are given when they are made. All others are equal in a batch, and
taken from the specimen.
"""

from dataclasses import dataclass

from odoo.models import MAGIC_COLUMNS

from .partners import fiscal_positions
from .rows import Rows, insert, new_ids
from .specimen import ITEM, LINE, MOVE
from .stock import KNOWN_MODULES

NO_NUMBER = "/"

LAST_SEQUENCE = 2_147_483_647
"""Odoo sorts the statement lines of a day by descending ``sequence``."""

OF_THE_PARTNER = {
    "commercial_partner_id",
    "invoice_partner_display_name",
    "partner_bank_id",
    "preferred_payment_method_line_id",
}
"""Columns of an entry that Odoo computes from its partner."""

NUMBERS = ("name", "sequence_prefix", "sequence_number", "made_sequence_gap")
"""Columns of an entry that are written last, see numbers.py."""

IDENTITIES = {
    MOVE: {*NUMBERS, "statement_line_id"},
    LINE: {"move_id", "internal_index"},
    ITEM: {"move_id", "move_name", "statement_line_id"},
}
"""Columns that name a row or its place, and so differ from those of the specimen."""


class Draft:
    """One transaction, and the journal items that it is booked as."""

    def __init__(self, transaction):
        self.transaction = transaction
        self.line = transaction._statement_line_values()
        self.items = self.line.pop("line_ids", None)
        self.account_id = self.line.pop("counterpart_account_id", None)
        # Odoo gives an entry to the partner of its line only where it makes the items itself.
        self.move_partner_id = False if self.items else self.line["partner_id"]
        self.items = (
            [values for _command, _id, values in self.items] if self.items else self._two_items()
        )

    @property
    def shape(self):
        """What decides by which of its steps stock Odoo writes it."""
        partner = self.transaction.partner_id.browse(self.move_partner_id or ())
        # Neither an archived partner follows an entry nor, once more, whoever makes it.
        can_follow = partner.active and partner != partner.env.user.partner_id
        return bool(self.line["partner_id"]), bool(partner), can_follow

    def _two_items(self):
        """The bank's side and its counterpart, as Odoo makes them where none are given."""
        transaction = self.transaction
        common = {
            "name": self.line["payment_ref"],
            "partner_id": self.line["partner_id"],
            "currency_id": transaction.currency_id.id,
        }
        journal = transaction.journal_id
        amount = transaction.amount
        accounts = {
            journal.default_account_id.id: amount,
            self.account_id or journal.suspense_account_id.id: -amount,
        }
        return [
            {**common, "account_id": account, "amount_currency": value, "balance": value}
            for account, value in accounts.items()
        ]

    def move_values(self, fiscal_positions):
        total = self.transaction.company_id.currency_id.round(
            sum(item["balance"] for item in self.items if item["balance"] > 0)
        )
        return {
            "date": self.line["date"],
            "partner_id": self.move_partner_id,
            "fiscal_position_id": fiscal_positions[self.move_partner_id],
            "amount_total": total,
            "amount_total_signed": total,
            "amount_total_in_currency_signed": total,
        }

    def line_values(self, suspense):
        open_on_suspense = [
            item["balance"] for item in self.items if item["account_id"] == suspense.id
        ]
        return {
            **{name: value for name, value in self.line.items() if name != "date"},
            "amount_residual": sum(open_on_suspense),
            "is_reconciled": not any(open_on_suspense),
        }

    def item_values(self, accounts):
        """:param accounts: ids of those on which something can stay open"""
        for item in self.items:
            balance = item["balance"]
            left = balance if item["account_id"] in accounts else 0.0
            yield {
                "bank_counterpart_id": False,
                **item,
                "date": self.line["date"],
                "debit": max(balance, 0.0),
                "credit": max(-balance, 0.0),
                "price_subtotal": balance,
                "price_total": balance,
                "amount_residual": left,
                "amount_residual_currency": left,
            }


@dataclass(frozen=True, slots=True)
class Pattern:
    """What all entries of a batch have in common, by model."""

    values: dict
    """Of the columns that are equal in all rows."""
    empty: dict
    """Names of the columns that have no value in any row."""

    @classmethod
    def of(cls, env, specimens):
        first = specimens[0]
        rows = {MOVE: first.move, LINE: first.line, ITEM: first.items[-1]}
        empty = {
            model: frozenset.intersection(*(one.empty[model] for one in specimens))
            for model in rows
        }
        apart = {
            model: {*MAGIC_COLUMNS, *IDENTITIES[model], *_left_to_odoo(env, model), *empty[model]}
            for model in rows
        }
        values = {
            model: {name: value for name, value in row.items() if name not in apart[model]}
            for model, row in rows.items()
        }
        return cls(values, empty)

    def given(self):
        """Names of the columns that Odoo need not compute, by model."""
        return {
            model: self.values[model].keys() | IDENTITIES[model] | self.empty[model]
            for model in self.values
        }


def _left_to_odoo(env, model):
    """What Odoo computes for each row: what is the partner's, and what other addons add."""
    added = {
        name
        for name, field in env[model]._fields.items()
        if field.store and field.compute and field._module not in KNOWN_MODULES
    }
    return added | OF_THE_PARTNER if model == MOVE else added


class EntryWriter:
    """Writes what drafts are booked as.

    :param drafts: at least one, all of one journal in the company's currency
    :param pattern: a `Pattern` of that journal
    """

    def __init__(self, drafts, pattern):
        self.drafts = drafts
        self.pattern = pattern
        self.env = drafts[0].transaction.env
        self.journal = drafts[0].transaction.journal_id
        partners = {draft.line["partner_id"] for draft in drafts}
        company = drafts[0].transaction.company_id
        self.fiscal_positions = fiscal_positions(self.env, company, partners)
        items = {item["account_id"] for draft in drafts for item in draft.items}
        accounts = self.env["account.account"].browse(items)
        self.open_accounts = {
            account.id
            for account in accounts
            if account.reconcile or account.account_type in ("asset_cash", "liability_credit_card")
        }

    # What we would write, held against what Odoo wrote

    def differences(self, specimens):
        """Columns in which our rows would differ from those of specimens; empty if all is well.

        :param specimens: one of each of the drafts, in their order
        :return: sorted names, such as ``account.move.line.no_followup``
        """
        found = set()
        for draft, specimen in zip(self.drafts, specimens, strict=True):
            found |= self._differing(MOVE, self._move(draft), specimen.move)
            found |= self._differing(LINE, self._line(draft), specimen.line)
            found |= specimen.links
            found |= self._otherwise_empty(specimen)
            items = self._items(draft)
            if len(items) != len(specimen.items):
                found.add(ITEM)
            for ours, theirs in zip(items, specimen.items, strict=False):
                found |= self._differing(ITEM, ours, theirs)
        return sorted(found)

    def _differing(self, model, ours, theirs):
        fields = self.env[model]._fields
        return {
            f"{model}.{name}"
            for name, value in (self.pattern.values[model] | ours).items()
            if name not in IDENTITIES[model] and not _is_same(fields[name], value, theirs[name])
        }

    def _otherwise_empty(self, specimen):
        """Columns that are empty in this specimen, and have a value in another."""
        found = {
            f"{model}.{name}"
            for model, names in specimen.empty.items()
            for name in names - self.pattern.empty[model]
        }
        place = _place(specimen.move["date"], specimen.line["sequence"], specimen.line["id"])
        return found | {LINE} if place != specimen.line["internal_index"] else found

    # Values that are a row's own

    def _move(self, draft):
        return {
            **draft.move_values(self.fiscal_positions),
            "name": NO_NUMBER,
            "sequence_prefix": "",
            "sequence_number": 0,
            "made_sequence_gap": False,
        }

    def _line(self, draft):
        return draft.line_values(self.journal.suspense_account_id)

    def _items(self, draft):
        return list(draft.item_values(self.open_accounts))

    # Rows

    def write_rows(self):
        """:return: the statement lines, posted, without numbers, in the order of the drafts"""
        move_ids = new_ids(self.env[MOVE], len(self.drafts))
        line_ids = new_ids(self.env[LINE], len(self.drafts))
        moves, lines, items = [], [], []
        for draft, move_id, line_id in zip(self.drafts, move_ids, line_ids, strict=True):
            moves.append({**self._move(draft), "statement_line_id": line_id})
            line = self._line(draft)
            place = _place(draft.line["date"], line["sequence"], line_id)
            lines.append({**line, "move_id": move_id, "internal_index": place})
            of_entry = {"move_id": move_id, "statement_line_id": line_id, "move_name": NO_NUMBER}
            items += [{**item, **of_entry} for item in self._items(draft)]
        _moves, lines, _items = insert(
            self._rows(MOVE, moves, move_ids),
            self._rows(LINE, lines, line_ids),
            self._rows(ITEM, items),
            protected=[self._given(model) for model in (MOVE, LINE, ITEM)],
        )
        return lines

    def _rows(self, model, own, ids=None):
        currency = self.journal.company_id.currency_id
        return Rows(self.env[model], self.pattern.values[model], own, currency, ids)

    def _given(self, model):
        """Fields that Odoo would compute, and need not."""
        fields = self.env[model]._fields
        # Relations such as taxes stay empty, as those of the specimens are.
        empty = {
            name
            for name, field in fields.items()
            if field.type == "many2many" and field._module in KNOWN_MODULES
        }
        names = self.pattern.given()[model] | empty
        return [fields[name] for name in names if fields[name].compute and fields[name].store]


def _place(day, sequence, line_id):
    """A statement line's place in its journal, as Odoo writes it."""
    return f"{day:%Y%m%d}{LAST_SEQUENCE - sequence:0>10}{line_id:0>10}"


def _is_same(field, ours, theirs):
    if field.type in ("monetary", "float"):
        return abs((ours or 0.0) - (theirs or 0.0)) < 0.000_001
    return (ours or False) == (theirs or False)


def is_plain(draft, accounts):
    """Whether a draft's items are of the kind that is written in bulk.

    :param accounts: those of its items which can be posted to
    """
    journal = draft.transaction.journal_id
    ids = [item["account_id"] for item in draft.items]
    return (
        all(_is_plain_item(item, draft) for item in draft.items)
        and set(ids) <= accounts
        and ids.count(journal.default_account_id.id) == 1
        and ids.count(journal.suspense_account_id.id) <= 1
        and ids[0] == journal.default_account_id.id
    )


PLAIN = {"name", "account_id", "partner_id", "currency_id", "amount_currency", "balance"}
PLAIN |= {"bank_counterpart_id"}


def _is_plain_item(item, draft):
    """In the company's currency, without taxes, analytic accounts or anything else."""
    return (
        item["currency_id"] == draft.transaction.company_id.currency_id.id
        and item["balance"]
        and item["balance"] == item["amount_currency"]
        and not any(item[name] for name in item.keys() - PLAIN)
    )
