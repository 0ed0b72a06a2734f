from odoo import api, models
from odoo.tools import SQL
from odoo.tools.sql import table_exists

KEYS = (
    "company_id",
    "journal_id",
    "currency_id",
    "booking_date",
    "state",
    "booked",
    "rule_id",
    "rule_version",
    "posted_by_rule",
)
"""What transactions of a day have in common, beside the direction of their amounts."""

AGGREGATES = {
    *("__count", "amount:sum"),
    *("amount:sum_currency", "currency_id:array_agg_distinct"),  # asked by browsers since 19.0
}
BY_DAY = object()
"""In the context, where no browser can put it: read the table of days."""

NAMES = ", ".join(KEYS)


def _counted(**tables):
    """SQL that counts and sums up rows of these tables by day and kind.

    :param tables: for each, whether its rows come (1) or go (-1)
    """
    rows = " UNION ALL ".join(
        f"SELECT {step} AS step, amount, {NAMES} FROM {table}" for table, step in tables.items()
    )
    return f"""
        SELECT {NAMES}, sign(amount)::int AS direction, sum(step) AS transaction_count,
               sum(step * amount) AS amount
          FROM ({rows}) AS rows
         GROUP BY {NAMES}, sign(amount)
        HAVING sum(step) <> 0 OR sum(step * amount) <> 0
    """


def _trigger(event, tables):
    return f"""
        DROP TRIGGER IF EXISTS bank_transaction_day_{event} ON bank_transaction;
        CREATE TRIGGER bank_transaction_day_{event}
            AFTER {event} ON bank_transaction REFERENCING {tables}
            FOR EACH STATEMENT EXECUTE FUNCTION bank_transaction_day_keep();
    """


ALL = _counted(bank_transaction=1)
TABLE = f"CREATE TABLE bank_transaction_day AS {ALL}"
ADD = f"INSERT INTO bank_transaction_day ({NAMES}, direction, transaction_count, amount)"
COUNT_ANEW = f"{ADD} {ALL}"
KEEP = f"""
CREATE OR REPLACE FUNCTION bank_transaction_day_keep() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN {ADD} {_counted(new_rows=1)};
    ELSIF TG_OP = 'UPDATE' THEN {ADD} {_counted(new_rows=1, old_rows=-1)};
    ELSE {ADD} {_counted(old_rows=-1)};
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;
{_trigger("insert", "NEW TABLE AS new_rows")}
{_trigger("update", "NEW TABLE AS new_rows OLD TABLE AS old_rows")}
{_trigger("delete", "OLD TABLE AS old_rows")}
"""
DAYS = f"""
SELECT {NAMES}, sum(transaction_count) AS transaction_count, sum(amount) AS amount
  FROM bank_transaction_day
 GROUP BY {NAMES}, direction
HAVING sum(transaction_count) <> 0
"""


class BankTransaction(models.Model):
    """How many transactions of each kind a day has, kept: nobody counts a million of them.

    Whatever changes transactions, PostgreSQL adds what comes and what goes to the table
    `bank_transaction_day`, as rows of its own: so no row is shared, and workers never wait for
    each other. What is grouped by nothing else is read there instead of the transactions.
    """

    _inherit = "bank.transaction"

    def init(self):
        super().init()
        cr = self.env.cr
        cr.execute(
            """
            DROP INDEX IF EXISTS bank_transaction_rule_counts_index;  -- what is kept now
            DROP INDEX IF EXISTS bank_transaction_settled_index;
            """
        )
        if not table_exists(cr, "bank_transaction_day"):
            cr.execute(TABLE)
        cr.execute(KEEP)

    @api.autovacuum
    def _recount_days(self):
        """Count anew, so that the table has one row for each day and kind again.

        Both statements see the transactions, and the rows of the table that tell of them, as of
        one moment; what comes or goes meanwhile is in rows that neither of them sees.
        """
        self.env.cr.execute("DELETE FROM bank_transaction_day")
        self.env.cr.execute(COUNT_ANEW)

    # ------------------------------------------------------------------
    # Reading it
    # ------------------------------------------------------------------

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        options = {"having": having, "offset": offset, "limit": limit, "order": order}
        if not self._is_kept(domain, groupby, aggregates):
            return super()._read_group(domain, groupby, aggregates, **options)
        by_day = self.with_context(bank_feed_by_day=BY_DAY)
        rows = super(BankTransaction, by_day)._read_group(domain, groupby, aggregates, **options)
        return self._out_of_days(rows)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Several groupings at once, which Odoo has since 19.0."""
        groupby = [spec for specs in grouping_sets for spec in specs]
        if not self._is_kept(domain, groupby, aggregates):
            return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        by_day = super(BankTransaction, self.with_context(bank_feed_by_day=BY_DAY))
        found = by_day._read_grouping_sets(domain, grouping_sets, aggregates, order)
        return [self._out_of_days(rows) for rows in found]

    def _out_of_days(self, rows):
        """Without the context in which they were read."""
        return [
            tuple(
                value.with_env(self.env) if isinstance(value, models.BaseModel) else value
                for value in row
            )
            for row in rows
        ]

    def _is_kept(self, domain, groupby, aggregates):
        """Whether the table of days can tell, also of what the user may see."""
        rules = [] if self.env.su else self.env["ir.rule"]._compute_domain(self._name, "read")
        return (
            AGGREGATES.issuperset(aggregates)
            and all(spec.partition(":")[0] in KEYS for spec in groupby)
            and all(_is_kept(term) for term in [*domain, *(rules or ())])
        )

    @property
    def _table_sql(self):
        if self.env.context.get("bank_feed_by_day") is BY_DAY:
            return SQL(f"({DAYS})")
        return super()._table_sql

    def _read_group_select(self, aggregate_spec, query):
        by_day = self.env.context.get("bank_feed_by_day") is BY_DAY
        if by_day and aggregate_spec == "__count":
            column = SQL.identifier(self._table, "transaction_count")
            return SQL("COALESCE(SUM(%s), 0)::bigint", column)
        return super()._read_group_select(aggregate_spec, query)


def _is_kept(term):
    """Whether a term of a domain asks for nothing but keys or the direction of the amount."""
    if isinstance(term, str):
        return True
    name, _operator, value = term
    return name in KEYS or name == 1 or (name == "amount" and value == 0)
