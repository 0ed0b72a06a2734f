"""Secrets of records, for Python only.

Functions, not methods of a model: whoever may write a template or a server action can call any
method of a record, with the rights of the superuser too.
"""

from .envelope import Secret, reveal
from .keys import in_words, required_keyring

__all__ = ["Secret", "fetch", "forget", "hold", "is_set", "kept_of", "reveal", "store"]


def store(record, field, value):
    """Keep a secret of a record, in place of the one that it has.

    :param str field: its name; any field of the record that holds no value itself
    :param value: text, or a `Secret`
    """
    record.ensure_one()
    text = reveal(value) if isinstance(value, Secret) else value
    with in_words(record.env, _label(record, field)):
        lock, sealed = required_keyring().lock(text.encode(), _place(record, field))
    values = {"lock": lock, "sealed": sealed}
    kept = _rows(record, field)
    if kept:
        kept.write(values)
    else:
        kept.create({"model": record._name, "res_id": record.id, "field": field, **values})
    _record_change(record, field, "set")


def fetch(record, field):
    """The secret of a record.

    :return: a `Secret`, or None where none is set
    :raises KeysNeeded: when the operator's keys do not open it
    :raises SecretLost: when nothing opens it any more
    """
    record.ensure_one()
    kept = _rows(record, field)
    if not kept:
        return None
    with in_words(record.env, _label(record, field)):
        value = required_keyring().open(kept.lock, kept.sealed, _place(record, field))
        return Secret(value.decode())


def hold(record, field):
    """Keep others from changing a secret until the transaction ends; wait for who does.

    :raises SerializationFailure: when it was changed since the transaction began
    """
    kept = _rows(record, field)
    query = "SELECT id FROM bank_secret WHERE id = ANY(%s) FOR UPDATE"
    record.env.cr.execute(query, [kept.ids], log_exceptions=False)


def is_set(record, field):
    return bool(_rows(record, field))


def kept_of(records):
    """The names of the secrets that records have: record id -> set of fields."""
    names = {}
    for row in _rows(records):
        names.setdefault(row.res_id, set()).add(row.field)
    return names


def forget(records, field=None):
    """Drop one secret of records, or all of them."""
    kept = _rows(records, field)
    for row in kept:
        _record_change(records.browse(row.res_id), row.field, "forgotten")
    kept.unlink()


def _place(record, field):
    return record._name, record.id, field


def _rows(records, field=None):
    domain = [("model", "=", records._name), ("res_id", "in", records.ids)]
    if field:
        domain.append(("field", "=", field))
    return records.env["bank.secret"].sudo().search(domain)


def _label(record, field):
    known = record._fields.get(field)
    return known._description_string(record.env) if known else field


def _record_change(record, field, what):
    """The audit log learns that it changed, never to what."""
    if "secrets_set" in record._fields:
        record.invalidate_recordset(["secrets_set"])
    record.env["bank.audit.log"]._record("secret", [(record, "", {field: what}, "")])
