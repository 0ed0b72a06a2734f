"""What stock Odoo writes for one line of each shape: written, read, and taken back."""

from dataclasses import dataclass

from odoo.tools import SQL

from .only_here import TAKES_NO_NUMBER, with_key

LINE = "account.bank.statement.line"
MOVE = "account.move"
ITEM = "account.move.line"


@dataclass(frozen=True, slots=True)
class Specimen:
    """One transaction as stock Odoo books it: values of the stored columns, as for ``create``."""

    line: dict
    move: dict
    items: tuple
    followers: frozenset
    """Of the entry: (partner id, subtype ids)."""
    links: frozenset
    """Names of the relations, such as taxes, that any of its rows has."""
    empty: dict
    """By model: names of the columns that have no value in any of its rows."""
    messages: tuple
    """Of the entry: their subtype, body and author."""


def specimens(transactions):
    """Let stock Odoo book these, read what it wrote, and take that back.

    :return: a `Specimen` of each, in their order
    :raises UserError: what stock Odoo has to say against one of them
    """
    savepoint = transactions.env.cr.savepoint()
    try:
        lines = with_key(transactions, TAKES_NO_NUMBER)._create_statement_lines()
        transactions.env.flush_all()
        return [_read(line) for line in lines]
    finally:
        savepoint.rollback()
        savepoint.close(rollback=False)


def _read(line):
    move = line.move_id
    return Specimen(
        line=_stored_values(line),
        move=_stored_values(move),
        items=tuple(_stored_values(item) for item in move.line_ids.sorted("id")),
        followers=frozenset(
            (follower.partner_id.id, frozenset(follower.subtype_ids.ids))
            for follower in move.sudo().message_follower_ids
        ),
        links=frozenset().union(*map(_links, (line, move, *move.line_ids))),
        empty={one._name: _empty_columns(one) for one in (line, move, move.line_ids)},
        messages=tuple(
            (message.subtype_id.id, str(message.body), message.author_id.id)
            for message in move.sudo().message_ids.sorted("id")
        ),
    )


def _stored_values(record):
    """What is in each column of the record's own table, as for ``create``."""
    return {
        name: field.convert_to_write(record[name], record)
        for name, field in record._fields.items()
        if field.store and field.column_type and name not in ("create_date", "write_date")
    }


def _empty_columns(records):
    """Names of columns of numbers and marks that are NULL in all rows: to Odoo they are 0."""
    kinds = ("boolean", "integer", "float", "monetary")
    names = [n for n, f in records._fields.items() if f.store and f.column_type and f.type in kinds]
    query = SQL(
        "SELECT %s FROM %s WHERE id IN %s",
        SQL(", ").join(SQL("bool_and(%s IS NULL)", SQL.identifier(name)) for name in names),
        SQL.identifier(records._table),
        tuple(records.ids),
    )
    (row,) = records.env.execute_query(query)
    return frozenset(name for name, is_empty in zip(names, row, strict=True) if is_empty)


def _links(record):
    return {
        f"{record._name}.{name}"
        for name, field in record._fields.items()
        if field.store and field.type == "many2many" and record[name]
    }
