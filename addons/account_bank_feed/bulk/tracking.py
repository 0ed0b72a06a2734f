"""What the chatter of documents says when they are paid: for all that are paid alike at once.

Odoo posts one message after the other. Here it posts the first one; the others get the same, with
what is their own worked out for all of them together. If that would have made the first one another
message than the one that Odoo posted, Odoo posts them all. So it does where anybody is notified.
"""

from collections import defaultdict

from odoo.tools.mail import generate_tracking_message_id

from ..series import message_parents, reply_addresses
from .rows import Rows, insert

AT_LEAST = 10
"""Fewer alike are left to Odoo."""

WANTED = "bank_feed.track_in_bulk"
"""Key in the data of the cursor's `precommit`, where Odoo keeps what it tracks."""

CAPTURE = "bank_feed_capture_messages"
"""Context key: a list to which the values of messages are added as they are created."""

TEXTS = ("mail.tracking.message.account.move", "mail.tracking.author.account.move")
"""Where Odoo keeps a text or an author that somebody set for what is tracked."""


def in_bulk(moves):
    """From now on until the database transaction ends or is flushed, track in bulk."""
    moves.env.cr.precommit.data[WANTED] = True


def is_wanted(moves):
    data = moves.env.cr.precommit.data
    return data.get(WANTED) and not any(data.get(name) for name in TEXTS)


def alike(moves, fields, initial):
    """Group those which changed in one and the same way.

    :param fields: names of tracked fields
    :param initial: id -> values before
    :return: list of (documents, subtype, commands that create the tracking values)
    """
    descriptions = moves.fields_get(
        fields, attributes=("string", "type", "selection", "currency_field")
    )
    groups = defaultdict(list)
    for move in moves:
        changes, commands = move._mail_track(descriptions, initial[move.id])
        if changes and not move._track_get_default_log_message(changes):
            # What kind of message it is follows from these, see `_track_subtype`.
            kind = (move.move_type, move.state, move.payment_state, bool(move.origin_payment_id))
            key = repr((kind, sorted(changes), commands))
            groups[key].append((move.id, commands))
    found = []
    for group in groups.values():
        same = moves.browse(move_id for move_id, _commands in group).with_prefetch(moves.ids)
        commands = group[0][1]
        found.append((same, _subtype(same[0], initial, commands), commands))
    return found


def _subtype(move, initial, commands):
    names = {move.env["ir.model.fields"].browse(row[2]["field_id"]).name for row in commands}
    return move._track_subtype({name: initial[move.id][name] for name in names})


def post(moves, subtype, commands):
    """Post the same on all of these.

    :return: those on which it was posted; the others are left to Odoo
    """
    if subtype:
        moves -= _heard(moves, subtype)
    if len(moves) < AT_LEAST:
        return moves.browse()
    first, others = moves[0], moves[1:]
    captured = []
    parents = message_parents(moves)  # before there is a message more
    speaker = first.with_context(**{CAPTURE: captured})
    if subtype:
        speaker.message_post(subtype_id=subtype.id, tracking_value_ids=commands)
    else:
        speaker._message_log(body="", tracking_value_ids=commands)
    if len(captured) != 1:
        return first
    own = _own_values(moves, captured[0], parents if subtype else None)
    if own[first.id] != {name: captured[0].get(name) for name in own[first.id]}:
        return first
    if others:
        message = first.message_ids.sudo().sorted("id")[-1:]
        _copy(message, [{**own[move.id], "message_id": _new_id(message, move)} for move in others])
    return moves


def _copy(message, own):
    """The same message on other documents, with what is tracked."""
    (copies,) = insert(Rows.like(message, own))
    for value in message.tracking_value_ids.sorted("id"):
        insert(Rows.like(value, [{"mail_message_id": copy.id} for copy in copies]))


def _new_id(message, move):
    """What mail servers know it by."""
    kind = "message-notify" if message.is_internal else f"{move.id}-{move._name}"
    return generate_tracking_message_id(kind)


def _heard(moves, subtype):
    """Those on which a message of this kind is told to anybody but its author."""
    recipients = moves.env["mail.followers"]._get_recipient_data(
        moves, "notification", subtype.id, pids=[]
    )
    author = moves.env.user.partner_id.id
    heard = {
        move_id
        for move_id, people in recipients.items()
        if any(who != author and person["active"] for who, person in people.items())
    }
    return moves.filtered(lambda move: move.id in heard)


def _own_values(moves, like, parents):
    """What of a message's values is the document's own: id -> values.

    :param parents: ids of the messages that they answer; None for a note, which answers none
    """
    own = {move.id: {"res_id": move.id} for move in moves}
    if parents is None:
        return own
    by_name = {
        "record_name": lambda: {move.id: move.display_name for move in moves.sudo()},
        "parent_id": lambda: parents,
        "record_alias_domain_id": lambda: _ids(
            moves.sudo()._mail_get_alias_domains(default_company=moves.env.company)
        ),
        "record_company_id": lambda: _ids(moves._mail_get_companies(default=moves.env.company)),
        "reply_to": lambda: reply_addresses(moves, like),
    }
    for name in by_name.keys() & like.keys():
        for move_id, value in by_name[name]().items():
            own[move_id][name] = value
    return own


def _ids(records_by_id):
    return {move_id: record.id for move_id, record in records_by_id.items()}
