"""Suggestions settle several items now: those of before have theirs among them.

Their open amount is that of all items together, and was blank without.
"""


def migrate(cr, version):
    cr.execute(
        """
        INSERT INTO account_move_line_bank_transaction_suggestion_rel
                    (bank_transaction_suggestion_id, account_move_line_id)
             SELECT suggestion.id, suggestion.item_id
               FROM bank_transaction_suggestion suggestion
              WHERE suggestion.item_id IS NOT NULL
                AND NOT EXISTS (
                    SELECT FROM account_move_line_bank_transaction_suggestion_rel rel
                     WHERE rel.bank_transaction_suggestion_id = suggestion.id
                )
        """
    )
