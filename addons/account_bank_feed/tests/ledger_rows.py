"""What was written to the database, table by table and column by column, free of ids.

Two ways to the same books can only be compared when rows go by what they are instead of by their
ids: the entry of the third transaction, its second item, the match of this item with that one.
"""

import json
from collections import Counter
from decimal import Decimal

from odoo.tools import SQL

LEFT_OUT = {
    "account_bank_statement_line.bank_transaction_id": "ours; stock Odoo knows no transaction",
    "account_move_line.bank_counterpart_id": "ours",
    "mail_message.message_id": "random",
    "mail_message.date": "the second in which it was made",
}
"""Columns that may differ, and why. Ids are translated, see `KEYS`; timestamps are those of the
database transaction, and so the same."""

OURS = "bank_"
"""Tables whose names begin so are the bank feed's own."""

KEYS = {
    "account_bank_statement_line": ("sequence",),  # the order in the journal, of each its own
    "account_move": ("statement_line_id", "journal_id"),
    "account_move_line": ("move_id",),
    "account_partial_reconcile": ("debit_move_id", "credit_move_id"),
    "account_full_reconcile": ("partials",),
    "account_payment": ("partner_id", "amount"),
    "mail_message": ("model", "res_id", "subtype_id"),
    "mail_tracking_value": ("mail_message_id", "field_id"),
    "mail_followers": ("res_model", "res_id", "partner_id"),
    "mail_notification": ("mail_message_id", "res_partner_id"),
    "res_partner_bank": ("partner_id", "acc_number"),
}
"""What names a new row; of several with the same name the older comes first. The rows of other
tables are named by their order alone."""

MODEL_COLUMNS = {"res_id": ("model", "res_model")}
"""Columns with the id of a record whose model another column tells."""


UNCHANGED = "as before"


def begin(cr):
    """Call it in a savepoint of its own: from now on, what is written can be told apart.

    :return: what `written` asks for
    """
    cr.execute("CREATE TEMP TABLE IF NOT EXISTS test_mark (id integer)")
    cr.execute("INSERT INTO test_mark VALUES (1) RETURNING xmin::text::bigint")
    # Ids of subtransactions only grow, so all rows of this one and of those within are younger.
    (mark,) = cr.fetchone()
    return mark, _counts(cr)


def written(cr, begun):
    """All rows that were written since `begin`: table -> list of rows, as they are now.

    :return: that, and the keys of all rows that each of these tables has now
    """
    mark, counts = begun
    touched = sorted(table for table, count in _counts(cr).items() if count != counts.get(table))
    rows, keys = {}, {}
    for table in touched:
        if table.startswith(OURS) or table == "test_mark":
            continue
        rows[table] = _rows(cr, table, SQL("WHERE xmin::text::bigint >= %s", mark))
        keys[table] = _keys(cr, table)
    return rows, keys


def described(cr, rows, keys):
    """What `written` returned, free of ids: call it when all of that was taken back.

    :return: table -> name of the row -> column -> value; of a row that was there before only the
        columns that changed, and of one that is gone ``"gone"``
    """
    names = _Names(cr, rows)
    result = {}
    for table, found in rows.items():
        before = {_key(row): row for row in _rows(cr, table)}
        described_rows = {
            names.of_row(table, row): names.values(table, row, before.get(_key(row), {}))
            for row in found
            if row != before.get(_key(row))
        }
        gone = set(before) - keys[table]
        described_rows |= {f"{table} {key}": "gone" for key in gone}
        if described_rows:
            result[table] = described_rows
    return result


def differences(stock, ours):
    """Sentences on all differences, one for each column or table, with an example."""
    found = {}
    for table in sorted(stock.keys() | ours.keys()):
        theirs, own = stock.get(table, {}), ours.get(table, {})
        for name in sorted(theirs.keys() | own.keys()):
            for what, example in _differences_of_row(theirs.get(name), own.get(name)):
                found.setdefault(f"{table}: {what}", []).append(f"{example} in {name}")
    return [f"{what}, {len(examples)} times: {examples[0]}" for what, examples in found.items()]


def _differences_of_row(theirs, own):
    if not theirs or not own:
        yield f"only {'we write' if own else 'stock Odoo writes'} it", theirs or own
    elif "gone" in (theirs, own):
        if theirs != own:
            yield f"gone with {'stock Odoo' if theirs == 'gone' else 'us'} only", own
    else:
        for column in sorted(theirs.keys() | own.keys()):
            if theirs.get(column, UNCHANGED) != own.get(column, UNCHANGED):
                values = [row.get(column, UNCHANGED) for row in (own, theirs)]
                yield column, "{!r}, in stock Odoo {!r}".format(*values)


class _Names:
    """Names for the new rows, and for whatever points to them."""

    def __init__(self, cr, rows):
        self.new = {
            table: {row["id"]: row for row in sorted(found, key=lambda row: row["id"])}
            for table, found in rows.items()
            if found and "id" in found[0]
        }
        old = {table: {row["id"] for row in _rows(cr, table)} for table in self.new}
        for table, found in self.new.items():
            self.new[table] = {key: row for key, row in found.items() if key not in old[table]}
        self.points_to = {table: _foreign_keys(cr, table) for table in rows}
        self.known = {}
        self.partials_of = {}
        for row in self.new.get("account_partial_reconcile", {}).values():
            if row["full_reconcile_id"]:
                self.partials_of.setdefault(row["full_reconcile_id"], []).append(row["id"])
        for table in self.new:
            self._name_all(table)

    def of(self, table, key):
        """The name of a row; rows that were there before go by their id."""
        if key not in self.new.get(table, ()):
            return key
        self._name_all(table)
        return self.known[table][key]

    def of_row(self, table, row):
        if "id" not in row:  # a relation of two tables
            return f"{table} {sorted(self.values(table, row).items())}"
        name = self.of(table, row["id"])
        return f"{table} {name}" if isinstance(name, int) else name

    def _name_all(self, table):
        if table in self.known:
            return
        self.known[table] = {}
        seen = Counter()
        for key, row in self.new[table].items():
            words = [str(self._word(table, row, column)) for column in KEYS.get(table, ())]
            name = f"{table}({', '.join(words)})"
            seen[name] += 1
            self.known[table][key] = f"{name}#{seen[name]}"

    def _word(self, table, row, column):
        if column == "partials":
            partials = self.partials_of.get(row["id"], ())
            return sorted(self.of("account_partial_reconcile", key) for key in partials)
        return self._value(table, row, column)

    def values(self, table, row, before=()):
        return {
            column: self._value(table, row, column)
            for column in row
            if column != "id" and f"{table}.{column}" not in LEFT_OUT
            if column not in before or row[column] != before[column]
        }

    def _value(self, table, row, column):
        value = row[column]
        if value is None:
            return None
        if column in self.points_to[table]:
            return self.of(self.points_to[table][column], value)
        for name in MODEL_COLUMNS.get(column, ()):
            if row.get(name):
                return self.of(row[name].replace(".", "_"), value)
        special = getattr(self, f"_{table}_{column}", None)
        return special(row) if special else value

    def _account_move_line_matching_number(self, row):
        """The id of the full match, or P and that of the first partial one."""
        number = row["matching_number"]
        if number.isdigit():
            return self.of("account_full_reconcile", int(number))
        if number[:1] == "P" and number[1:].isdigit():
            return f"P {self.of('account_partial_reconcile', int(number[1:]))}"
        return number

    def _account_bank_statement_line_internal_index(self, row):
        """Ends with the id of the line."""
        key = f"{row['id']:0>10}"
        return row["internal_index"].removesuffix(key) + " id" * row["internal_index"].endswith(key)


def _counts(cr):
    """How many rows were written to each table in this database transaction, taken back or not."""
    cr.execute(
        "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
    )
    return dict(cr.fetchall())


def _rows(cr, table, where=SQL("")):  # noqa: B008
    cr.execute(SQL("SELECT to_jsonb(t)::text FROM %s t %s", SQL.identifier(table), where))
    return [json.loads(text, parse_float=Decimal) for (text,) in cr.fetchall()]


def _keys(cr, table):
    return {_key(row) for row in _rows(cr, table)}


def _key(row):
    return row["id"] if "id" in row else tuple(sorted(row.items()))


def _foreign_keys(cr, table):
    cr.execute(
        """
        SELECT a.attname, r.relname
          FROM pg_constraint c
          JOIN pg_class t ON t.oid = c.conrelid
          JOIN pg_class r ON r.oid = c.confrelid
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
         WHERE c.contype = 'f' AND t.relname = %s AND t.relnamespace = 'public'::regnamespace
        """,
        [table],
    )
    return dict(cr.fetchall())
