from odoo import models
from odoo.tools import SQL

LINES = 1_000
"""Lines that a statement is created with; Odoo takes 7 kB of memory and 0.3 ms for each of them."""


class AccountBankStatement(models.Model):
    _inherit = "account.bank.statement"

    def _of_lines(self, lines, values):
        """A statement over these posted lines, which are complete.

        Odoo writes it over the first and the last of very many, which tell its day and its place;
        the others are put on it by SQL, as the same rows.

        :param lines: by descending index, as a search gives them
        :param dict values: with ``balance_start`` and ``balance_end_real``
        """
        some, rest = lines, []
        if len(lines) > LINES:
            some, rest = lines[: LINES - 1] + lines[-1], lines[LINES - 1 : -1].ids
        statement = self.create({**values, "line_ids": [(6, 0, some.ids)]})
        if rest:
            statement._add_by_sql(rest)
        return statement

    def _add_by_sql(self, line_ids):
        self.env.flush_all()
        self._set_on("account_bank_statement_line", "id", line_ids)
        self._set_on("account_move_line", "statement_line_id", line_ids)
        self.env.cr.execute(
            "UPDATE account_bank_statement SET balance_end = balance_end_real, is_complete = true"
            " WHERE id = %s",
            [self.id],
        )
        self.env.invalidate_all()

    def _set_on(self, table, column, line_ids):
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET statement_id = %s, write_uid = %s, write_date = %s"
                " WHERE %s = ANY(%s)",
                *(SQL.identifier(table), self.id, self.env.uid, self.env.cr.now()),
                *(SQL.identifier(column), line_ids),
            )
        )
