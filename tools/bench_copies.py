"""Copies of database rows, for books that are too big to be made by way of Odoo.

Runs inside Odoo. What Odoo has written once is copied by INSERT … SELECT, column by column, with
some columns of its own for each copy. `differences` is for the proof that Odoo would have written
the same. `drop_indexes` makes a million of them in minutes.
"""

import datetime
import decimal
import json

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
  FROM pg_constraint
 WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
"""
INDEXES = """
SELECT quote_ident(indexname), indexdef
  FROM pg_indexes
 WHERE schemaname = current_schema AND tablename = ANY(%s)
   AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def copy(cr, table, source, own, seeds="seeds"):
    """Copy a row once for each seed, with columns of its own, in the order of the seeds' places.

    :param source: the row's id
    :param own: SQL by column, where `seeds` and `source` are known; columns that the table has not
        are left out, an id that is not told is the table's next one
    """
    copy_all(cr, table, [(source, own, seeds)])


def copy_all(cr, table, parts):
    """Copies of several rows, mixed in the order of the seeds' places.

    :param parts: of each row its id, its own columns as in :func:`copy`, its seeds
    """
    names = [name for name in columns(cr, table) if name != "id" or "id" in parts[0][1]]
    into = ", ".join(f'"{name}"' for name in names)
    rows = " UNION ALL ".join(
        f"SELECT {_values(names, own)}, seeds.place AS place_of_seed "
        f"FROM {table} source, {seeds} seeds WHERE source.id = {source}"
        for source, own, seeds in parts
    )
    cr.execute(
        f"INSERT INTO {table} ({into}) SELECT {into} FROM ({rows}) rows ORDER BY place_of_seed"
    )


def _values(names, own):
    quoted = {name: f'"{name}"' for name in names}
    return ", ".join(f"{own.get(n, f'source.{q}')} AS {q}" for n, q in quoted.items())


def columns(cr, table):
    """Its columns; those of one series only are among them."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND table_schema = current_schema ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in cr.fetchall()]


def row(cr, table, record_id):
    """A row as a dictionary."""
    cr.execute(f"SELECT * FROM {table} WHERE id = %s", [record_id])
    return cr.dictfetchone()


# What is a copy's own


class Facts:
    """What is known of an original, and how SQL says the same of a copy.

    :param texts: pairs of a text and SQL; found within longer texts too, the longest first
    :param amounts: the same of numbers, which are found with the opposite sign too
    :param days: the same of dates
    """

    def __init__(self, texts=(), amounts=(), days=()):
        self.texts = sorted((pair for pair in texts if pair[0]), key=lambda pair: -len(pair[0]))
        self.amounts = [(decimal.Decimal(str(value)), sql) for value, sql in amounts if value]
        self.days = dict(days)

    def own(self, cr, table, record_id, ids):
        """SQL of the columns in which the original says one of these facts.

        :param ids: SQL by column, taken where the original is not empty
        """
        found = {}
        for name, value in row(cr, table, record_id).items():
            sql = ids[name] if name in ids and value is not None else self._sql(name, value)
            if sql:
                found[name] = sql
        return found

    def _sql(self, name, value):
        if isinstance(value, str):
            return self._text(f'source."{name}"', value)
        if isinstance(value, dict | list):
            sql = self._text(f'source."{name}"::text', json.dumps(value, ensure_ascii=False))
            return sql and f"({sql})::jsonb"
        if isinstance(value, float | decimal.Decimal):
            return self._amount(decimal.Decimal(str(value)))
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return self.days.get(value)
        return None

    def _text(self, source, value):
        sql = source
        for text, replacement in self.texts:
            if text in value:
                sql = f"replace({sql}, '{text}', {replacement})"
                value = value.replace(text, "")
        return sql if sql != source else None

    def _amount(self, value):
        for amount, sql in self.amounts:
            if value in (amount, -amount):
                return sql if value == amount else f"-({sql})"
        return None


def differences(cr, table, copied, made, may_differ):
    """Columns in which a copy is not what Odoo made, in words.

    :param copied: the id of the one, as `made` is of the other
    """
    mine, theirs = row(cr, table, copied), row(cr, table, made)
    return [
        f"{table}.{name} {mine[name]!r}, not {theirs[name]!r}"
        for name in mine
        if mine[name] != theirs[name] and name not in may_differ
    ]


# Speed


def drop_indexes(cr, tables):
    """Take indexes and foreign keys from these tables.

    :return: a function that makes them anew, and so finds every row that breaks one
    """
    cr.execute(FOREIGN_KEYS, [list(tables)])
    keys = cr.fetchall()
    cr.execute(INDEXES, [list(tables)])
    indexes = cr.fetchall()
    for table, name, _definition in keys:
        cr.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in indexes:
        cr.execute(f"DROP INDEX {name}")

    def remake():
        cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cr.execute(definition)
        for table, name, definition in keys:
            cr.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")

    return remake
