"""Journal numbers for entries that are complete but for them.

Numbers come last. Whoever takes one keeps all others of the journal from the next one until the
database transaction ends, so that none is used twice and none left out; that must not last as long
as everything that comes before it.
"""

import re

from .entries import NUMBERS


def wait_for_turn(journals):
    """From now until this database transaction ends, no other batch numbers in these journals.

    Also before Odoo numbers: of two batches, each of which has both kinds of entries, one would
    wait for the other's turn, and that one for its number.
    """
    for journal in journals.sorted("id"):
        journals.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtext('bank_feed.number'), %s)", [journal.id]
        )


def number(moves):
    """Number posted entries of one journal, by date and then in their order, as Odoo does."""
    wait_for_turn(moves.journal_id)
    # However numbers start again, they do so with a month at the earliest.
    moves = moves.sorted(lambda move: (move.date, move.id))
    for _month, alike in moves.grouped(lambda move: (move.date.year, move.date.month)).items():
        _number_alike(alike)


def _number_alike(moves):
    first = moves[0]
    form, values = first._get_next_sequence_format()
    values["seq"] = max(values["seq"], _last_committed(first, form, values))
    names = [move._locked_increment(form, dict(values)) for move in moves]
    parts = [_split(first, name) for name in names]
    moves._write_multi(
        [
            {"name": name, "sequence_prefix": prefix, "sequence_number": position}
            for name, (prefix, position) in zip(names, parts, strict=True)
        ]
    )
    moves.invalidate_recordset(NUMBERS, flush=False)
    items = moves.line_ids
    items._write_multi([{"move_name": item.move_id.name} for item in items])
    items.invalidate_recordset(["move_name"], flush=False)
    _tell(moves, items)


def _last_committed(move, form, values):
    """The last number as of now: our snapshot does not see what others took since it began."""
    prefix, _position = _split(move, form.format(**{**values, "seq": 1}))
    with move.pool.cursor() as cr:
        cr.execute(
            "SELECT coalesce(max(sequence_number), 0) FROM account_move "
            "WHERE journal_id = %s AND sequence_prefix = %s AND state = 'posted'",
            [move.journal_id.id, prefix],
        )
        return cr.fetchone()[0]


def _split(move, name):
    """What comes before the number proper, and the number; as `sequence.mixin` splits it."""
    pattern = move._sequence_fixed_regex.replace(r"?P<seq>", "")
    found = re.match(move._make_regex_non_capturing(pattern), name)
    return name[: found.start(1)], int(found.group(1) or 0)


def _tell(moves, items):
    """Whatever else depends on a number is computed again."""
    known = [moves._fields[name] for name in NUMBERS]
    protecting = moves.env.protecting
    with protecting(known, moves), protecting([items._fields["move_name"]], items):
        moves.modified(NUMBERS)
        items.modified(["move_name"])
