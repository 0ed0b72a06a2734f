"""Lists of records of several models, as views of their tables."""

from odoo.tools import SQL

PLACES = 8
"""How many sources a list may have; its ids are those of the records times this, plus a place."""


def union(columns, *sources):
    """One query over all sources, with an id of its own for each row.

    :param str columns: those that every source gives beside ``id``, which becomes ``res_id``
    """
    return SQL(" UNION ALL ").join(
        SQL(
            "SELECT id * %s + %s AS id, id AS res_id, %s FROM (%s) AS source",
            PLACES,
            place,
            SQL(columns),
            source,
        )
        for place, source in enumerate(sources)
    )
