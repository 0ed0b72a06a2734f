from odoo import models
from odoo.tools import SQL

LINES = 1_000
"""Lines that a statement is created with; Odoo takes 7 kB of memory and 0.3 ms for each of them."""


class AccountBankStatement(models.Model):
    _inherit = "account.bank.statement"

    def _of_lines(self, lines, values):
        """A statement over these posted lines, in the order of their index.

        Its first lines come as Odoo writes them, the others by SQL, as the same rows.
        """
        statement = self.create({**values, "line_ids": [(6, 0, lines[:LINES].ids)]})
        if rest := lines[LINES:].ids:
            self.env.flush_all()
            statement._set_on("account_bank_statement_line", "id", rest)
            statement._set_on("account_move_line", "statement_line_id", rest)
            self.env.invalidate_all()
            statement.modified(["line_ids"])
        return statement

    def _set_on(self, table, column, line_ids):
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET statement_id = %s, write_uid = %s, write_date = %s"
                " WHERE %s = ANY(%s)",
                *(SQL.identifier(table), self.id, self.env.uid, self.env.cr.now()),
                *(SQL.identifier(column), line_ids),
            )
        )
