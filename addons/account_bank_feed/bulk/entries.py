"""The rows of statement lines, their entries and journal items, made like a specimen of each.

Columns fall into four kinds. *Own* ones say what is booked, and are computed here. Those that
follow from the partner Odoo computes for each, for all of them together. What Odoo computes from
those is left to Odoo as well, where an addon that is not known here has added it. All others are
equal in a batch, and taken from the specimen.
"""

from .only_here import CHECKED, with_key
from .partners import fiscal_positions
from .specimen import ITEM, LINE, MOVE
from .stock import KNOWN_MODULES

NO_NUMBER = "/"

OF_THE_PARTNER = {
    "commercial_partner_id",
    "invoice_partner_display_name",
    "partner_bank_id",
    "preferred_payment_method_line_id",
}
"""Columns of an entry that Odoo computes from its partner."""

GIVEN_BY_DATABASE = {"id", "create_uid", "create_date", "write_uid", "write_date"}

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
        self.items = (
            [values for _command, _id, values in self.items] if self.items else self._two_items()
        )

    @property
    def shape(self):
        """What decides by which of its steps stock Odoo writes it."""
        return bool(self.line["partner_id"]), len(self.items) > 2

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
            "partner_id": self.line["partner_id"],
            "fiscal_position_id": fiscal_positions[self.line["partner_id"]],
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


class EntryWriter:
    """Writes what drafts are booked as.

    :param drafts: at least one, all of one journal in the company's currency
    :param specimens: one of each shape that occurs, see specimen.py
    """

    def __init__(self, drafts, specimens):
        self.drafts = drafts
        self.env = drafts[0].transaction.env
        self.journal = drafts[0].transaction.journal_id
        by_id = {draft.transaction.id: draft for draft in drafts}
        self.specimens = {by_id[one.transaction_id].shape: one for one in specimens}
        self.confirmed_by = [(by_id[one.transaction_id], one) for one in specimens]
        self.like = {
            model: {shape: self._common(model, one) for shape, one in self.specimens.items()}
            for model in (MOVE, LINE, ITEM)
        }
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

    def _common(self, model, specimen):
        """What a specimen has in common with all others of its shape."""
        values = {MOVE: specimen.move, LINE: specimen.line, ITEM: specimen.items[-1]}[model]
        apart = GIVEN_BY_DATABASE | IDENTITIES[model] | self._left_to_odoo(model)
        return {name: value for name, value in values.items() if name not in apart}

    def _left_to_odoo(self, model):
        """What Odoo computes for each row: what is the partner's, and what other addons add."""
        fields = self.env[model]._fields
        added = {
            name
            for name, field in fields.items()
            if field.store and field.compute and field._module not in KNOWN_MODULES
        }
        return added | OF_THE_PARTNER if model == MOVE else added

    def given(self):
        """Names of the columns that are given, by model; Odoo need not compute them."""
        return {
            model: set().union(*by_shape.values()) | IDENTITIES[model]
            for model, by_shape in self.like.items()
        }

    # What we would write, held against what Odoo wrote

    def differences(self):
        """Columns in which our rows would differ from those of the specimens; empty if all is well.

        :return: sorted names, such as ``account.move.line.no_followup``
        """
        found = set()
        for draft, specimen in self.confirmed_by:
            found |= self._differing(MOVE, self._move(draft), specimen.move)
            found |= self._differing(LINE, self._line(draft), specimen.line)
            found |= specimen.links
            items = list(self._items(draft))
            if len(items) != len(specimen.items):
                found.add(ITEM)
            for ours, theirs in zip(items, specimen.items, strict=False):
                found |= self._differing(ITEM, ours, theirs)
        return sorted(found)

    def _differing(self, model, ours, theirs):
        fields = self.env[model]._fields
        return {
            f"{model}.{name}"
            for name, value in ours.items()
            if name not in IDENTITIES[model] and not _is_same(fields[name], value, theirs[name])
        }

    # Values

    def _move(self, draft):
        return {
            **self.like[MOVE][draft.shape],
            **draft.move_values(self.fiscal_positions),
            "name": NO_NUMBER,
            "sequence_prefix": "",
            "sequence_number": 0,
            "made_sequence_gap": False,
        }

    def _line(self, draft):
        suspense = self.journal.suspense_account_id
        return {**self.like[LINE][draft.shape], **draft.line_values(suspense)}

    def _items(self, draft):
        like = self.like[ITEM][draft.shape]
        for values in draft.item_values(self.open_accounts):
            yield {**like, **values}

    # Rows

    def write(self):
        """:return: the statement lines, posted, without numbers, in the order of the drafts"""
        moves = self._create(MOVE, [self._move(draft) for draft in self.drafts])
        protected = self._given(MOVE, self.like[MOVE])
        with self.env.protecting(protected, moves):
            lines = self._create_lines(moves)
            with self.env.protecting(self._given(LINE, self.like[LINE]), lines):
                self._create_items(moves, lines)
        return lines

    def _create_lines(self, moves):
        # A statement line's place in the journal has its id in it, so that comes first.
        self.env.cr.execute(
            "SELECT nextval('account_bank_statement_line_id_seq') FROM generate_series(1, %s)",
            [len(self.drafts)],
        )
        rows = []
        for draft, move, (line_id,) in zip(self.drafts, moves, self.env.cr.fetchall(), strict=True):
            values = self._line(draft)
            rows.append({**values, "id": line_id, "move_id": move.id})
        lines = self._create(LINE, rows)
        moves._write_multi([{"statement_line_id": line.id} for line in lines])
        moves.invalidate_recordset(["statement_line_id"], flush=False)
        return lines

    def _create_items(self, moves, lines):
        rows = []
        for draft, move, line in zip(self.drafts, moves, lines, strict=True):
            for values in self._items(draft):
                place = {"move_id": move.id, "move_name": NO_NUMBER, "statement_line_id": line.id}
                rows.append({**values, **place})
        return self._create(ITEM, rows)

    def _create(self, model, rows):
        log = {"create_uid": self.env.uid, "write_uid": self.env.uid}
        log |= dict.fromkeys(("create_date", "write_date"), self.env.cr.now())
        records = self.env[model]
        protected = self._given(model, {None: rows[0]})
        created = with_key(records, CHECKED)._create(
            [
                {"stored": {**row, **log}, "inherited": {}, "inversed": {}, "protected": protected}
                for row in rows
            ]
        )
        return created.with_env(self.env)

    def _given(self, model, by_shape):
        """Fields that Odoo would compute, and need not."""
        fields = self.env[model]._fields
        names = set().union(*by_shape.values()) | IDENTITIES[model]
        # Relations such as taxes stay empty, as those of the specimens are.
        names |= {
            name
            for name, field in fields.items()
            if field.type == "many2many" and field._module in KNOWN_MODULES
        }
        return [fields[name] for name in names if fields[name].compute and fields[name].store]


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
