"""Many rows of one model at once, most columns of which are equal.

The ORM's own `_create` converts and caches each column of each row by itself. Here that is done
once for what is equal in all rows. As there, the rows are in the cache afterwards, what other
records had cached of them is forgotten, and what depends on them is computed again. Defaults,
computed columns and constraints are the caller's business: what is inserted is complete, and like
something that has passed them.
"""

from collections import defaultdict

from odoo.tools import SQL, float_repr

from ..series import extend, forget, remember


class Rows:
    """Rows that are to be inserted in the table of a model, with their ids.

    :param model: an empty recordset
    :param same: values of the columns that are equal in all rows, as for ``create``
    :param own: for each row the values of the others; a name that a row lacks is as in ``same``
    :param currency: in which all amounts are
    :param ids: their ids, where other rows name them; else they are known once inserted
    """

    def __init__(self, model, same, own, currency=None, ids=None):
        self.currency = currency or model.env["res.currency"]
        self.records = model.browse(ids or ())
        self.is_empty = not own
        names = sorted({name for row in own for name in row})
        self.same = {name: same[name] for name in sorted(same.keys() - set(names))}
        if model._log_access:
            self.same |= dict.fromkeys(("create_uid", "write_uid"), model.env.uid)
            self.same |= dict.fromkeys(("create_date", "write_date"), model.env.cr.now())
        self.own = {name: [row.get(name, same.get(name)) for row in own] for name in names}
        self.original = None

    @classmethod
    def like(cls, record, own, currency=None):
        """Rows like that of a record, but for what is their own: names of columns and values."""
        record.flush_recordset()
        rows = cls(record.browse(), {}, own, currency)
        rows.original = record
        return rows

    def statement(self):
        """The SQL that inserts them."""
        fields = self.records._fields
        columns = {
            name: self._to_column(fields[name], [value]) for name, value in self.same.items()
        }
        own = {name: self._to_column(fields[name], values) for name, values in self.own.items()}
        own = {"id": self.records.ids, **own} if self.records else own
        copied = self._copied(own.keys() | columns.keys())
        values = [_cast(SQL.identifier("own", name), fields[name]) for name in own]
        values += [_cast(SQL("%s", value), fields[name]) for name, (value,) in columns.items()]
        values += [SQL.identifier("original", name) for name in copied]
        return SQL(
            "INSERT INTO %s (%s) SELECT %s FROM (VALUES %s) AS own (%s) %s RETURNING id",
            SQL.identifier(self.records._table),
            SQL(", ").join(map(SQL.identifier, [*own, *columns, *copied])),
            SQL(", ").join(values),
            SQL(", ").join(zip(*own.values(), strict=True)),
            SQL(", ").join(map(SQL.identifier, own)),
            self._beside_original(),
        )

    def _copied(self, others):
        """Names of the columns that are as in the original, if there is one."""
        fields = self.records._fields.items() if self.original else ()
        apart = others | {"id"}
        return [n for n, f in fields if f.store and f.column_type and n not in apart]

    def _beside_original(self):
        if not self.original:
            return SQL()
        table = SQL.identifier(self.records._table)
        return SQL("JOIN %s AS original ON original.id = %s", table, self.original.id)

    def remember_that_they_are_new(self):
        """Nothing refers to them yet, so whatever would be searched for is known to be nothing."""
        for field in self.records._fields.values():
            if field.store and field.type in ("one2many", "many2many"):
                remember(self.records, field, [()] * len(self.records))

    def remember(self):
        """Put them in the cache; forget what is cached of the records that they belong to."""
        for name, value in self.same.items():
            self._remember(self.records._fields[name], [value] * len(self.records))
        for name, values in self.own.items():
            self._remember(self.records._fields[name], values)

    def _remember(self, field, values):
        cached = self._to_cache(field, values)
        remember(self.records, field, cached)
        for inverse in self.records.pool.field_inverses[field]:
            if inverse.type == "one2many":
                self._tell(inverse, cached)

    def _tell(self, inverse, record_ids):
        """The records of these ids, one for each row, have more than was cached of them."""
        env = self.records.env
        # A field of ids of any model has inverses in all of them.
        is_plain = self.records._fields[inverse.inverse_name].type == "many2one"
        if is_plain and not inverse.domain:
            extend(env, inverse, _grouped(record_ids, self.records.ids))
        else:
            forget(env, inverse, set(record_ids))

    def _to_column(self, field, values):
        model = self.records.browse()
        if field.type == "monetary":
            return [
                float_repr(self.currency.round(float(value or 0)), self.currency.decimal_places)
                for value in values
            ]
        return [field.convert_to_column_insert(value, model, {}) for value in values]

    def _to_cache(self, field, values):
        model = self.records.browse()
        if field.type == "monetary":
            return [self.currency.round(float(value or 0)) for value in values]
        if values[1:] and values[0] is values[-1] and all(one is values[0] for one in values):
            return [field.convert_to_cache(values[0], model)] * len(values)
        return [field.convert_to_cache(value, model) for value in values]


def new_ids(model, count):
    """Ids for rows to come, ascending."""
    model.env.cr.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [model._table, count],
    )
    return [new_id for (new_id,) in model.env.cr.fetchall()]


def insert(*tables, protected=()):
    """Insert these by one statement: rows of different tables may name each other.

    :param tables: `Rows`, each of another model, all but the last with ids
    :param protected: for each of them, fields which nothing may compute again
    :return: their records, in the same order
    """
    filled = [rows for rows in tables if not rows.is_empty]
    if filled:
        _execute(filled)
    for rows in filled:
        rows.remember_that_they_are_new()
    for rows in filled:
        rows.remember()
    records = [rows.records for rows in tables]
    with records[0].env.protecting(zip(protected, records, strict=False)):
        for rows in filled:
            rows.records.modified(rows.records._fields, create=True)
            rows.records.check_access("create")
    return records


def link(records, name, ids):
    """Fill a relation of new records, such as taxes of items.

    :param ids: for each record the ids that it is to have
    """
    field = records._fields[name]
    pairs = [(one, other) for one, others in zip(records.ids, ids, strict=True) for other in others]
    if pairs:
        records.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) VALUES %s",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                SQL(", ").join(pairs),
            )
        )
    forget(records.env, field, records.ids)


def _execute(tables):
    env = tables[0].records.env
    *first, last = (rows.statement() for rows in tables)
    if first:
        steps = SQL(", ").join(
            SQL("%s AS (%s)", SQL.identifier(f"step_{number}"), statement)
            for number, statement in enumerate(first)
        )
        last = SQL("WITH %s %s", steps, last)
    ids = env.execute_query(last)  # in the order of the rows, on which Odoo counts as well
    tables[-1].records = tables[-1].records.browse(new_id for (new_id,) in ids)


def _grouped(keys, values):
    """Each key with a tuple of its values; without what has no key."""
    groups = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        if key:
            groups[key].append(value)
    return {key: tuple(group) for key, group in groups.items()}


def _cast(value, field):
    return SQL("%s::%s", value, SQL(field.column_type[1]))  # pylint: disable=sql-injection
