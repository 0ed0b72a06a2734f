"""Whether the books are right after a run of `make bench`, by SQL over every row.

Time targets may be missed; what stands here may not.
"""

SETTLED = 0.85
"""Of the lines, 94 in 100 pay an invoice that they name: so many at least must be reconciled."""

LINES = """
SELECT count(*), coalesce(sum(amount), 0)::numeric(16, 2),
       md5(string_agg(text, E'\\n' ORDER BY text COLLATE "C"))
  FROM (
    SELECT line.amount, move.date || '|' || round(line.amount, 2) || '|' || line.payment_ref AS text
      FROM account_bank_statement_line line
      JOIN account_move move ON move.id = line.move_id
     WHERE move.state = 'posted' AND move.journal_id = {journal}
  ) lines
"""
BALANCE = """
SELECT coalesce(sum(item.balance), 0)::numeric(16, 2) FROM account_move_line item
  JOIN account_journal journal ON journal.default_account_id = item.account_id
 WHERE journal.id = {journal} AND item.parent_state = 'posted'
"""
NUMBERS = """
SELECT count(*), count(DISTINCT name), count(DISTINCT sequence_number), max(sequence_number)
  FROM account_move WHERE journal_id = {journal}
"""
STATEMENTS = """
SELECT count(*) FILTER (WHERE state = 'closed' AND is_complete AND balance_start = before),
       count(*), (array_agg(balance_end_real ORDER BY start_date DESC))[1]::numeric(16, 2)
  FROM (
    SELECT ours.state, ours.start_date, theirs.*,
           lag(theirs.balance_end_real, 1, 0) OVER (ORDER BY ours.start_date) AS before
      FROM bank_import_statement ours
      LEFT JOIN account_bank_statement theirs ON theirs.id = ours.ledger_statement_id
     WHERE ours.journal_id = {journal}
  ) statements
"""

NONE_OF = {
    "jobs, batches or imports did not end well": """
        SELECT (SELECT count(*) FROM queue_job WHERE state <> 'done')
             + (SELECT count(*) FROM bank_import_batch WHERE state <> 'done')
             + (SELECT count(*) FROM bank_import WHERE state <> 'done')
    """,
    "journal entries do not balance": """
        SELECT count(*) FROM (
          SELECT move_id FROM account_move_line GROUP BY move_id HAVING sum(balance) <> 0
        ) entries
    """,
    "transactions have no line of their own": """
        SELECT count(*) FROM bank_transaction transaction WHERE 1 <> (
          SELECT count(*) FROM account_bank_statement_line line
           WHERE line.bank_transaction_id = transaction.id
        )
    """,
    "transactions have a state that the ledger does not bear out": """
        SELECT count(*) FROM bank_transaction transaction
          JOIN account_bank_statement_line line ON line.bank_transaction_id = transaction.id
          JOIN account_journal journal ON journal.id = line.journal_id
         WHERE transaction.state <> CASE WHEN EXISTS (
           SELECT FROM account_move_line item JOIN account_account account
               ON account.id = item.account_id
            WHERE item.move_id = line.move_id AND item.balance <> 0
              AND item.account_id <> journal.default_account_id
              AND (item.account_id = journal.suspense_account_id
                   OR account.reconcile AND item.amount_residual = item.balance)
         ) THEN 'processed' ELSE 'reconciled' END
    """,
    "invoices were settled by a line that does not name them": """
        SELECT count(*) FROM account_partial_reconcile partial
          JOIN account_move_line paid ON paid.id = partial.debit_move_id
          JOIN account_move_line payment ON payment.id = partial.credit_move_id
          JOIN account_bank_statement_line line ON line.move_id = payment.move_id
         WHERE line.payment_ref !~ (paid.move_name || '($|[^0-9])')
    """,
    "invoices have a residual or a payment state that their payments do not bear out": """
        SELECT count(*) FROM account_move move
          JOIN account_move_line item
            ON item.move_id = move.id AND item.display_type = 'payment_term'
          LEFT JOIN (SELECT debit_move_id, sum(amount) AS paid FROM account_partial_reconcile
                      GROUP BY debit_move_id) partial ON partial.debit_move_id = item.id
         WHERE move.move_type = 'out_invoice' AND (
           move.amount_residual <> move.amount_total - coalesce(partial.paid, 0)
           OR item.amount_residual <> move.amount_residual
           OR move.amount_residual < 0
           OR item.reconciled <> (move.amount_residual = 0)
           OR (item.full_reconcile_id IS NULL) <> (move.amount_residual <> 0)
           OR (move.payment_state IN ('paid', 'in_payment')) <> (move.amount_residual = 0)
           OR (move.payment_state = 'not_paid') <> (move.amount_residual = move.amount_total)
         )
    """,
    "payments were matched with more or less than their amount": """
        SELECT count(*) FROM bank_transaction transaction
          JOIN account_bank_statement_line line ON line.bank_transaction_id = transaction.id
          JOIN account_move_line item ON item.move_id = line.move_id
          JOIN account_account account ON account.id = item.account_id
         WHERE transaction.state = 'reconciled' AND account.account_type = 'asset_receivable'
           AND item.amount_residual <> 0
    """,
}
"""Each counts what must not be."""


def problems(cluster, database, facts):
    """Everything that is wrong, a sentence each.

    :param facts: the fact sheet of each account of which files were imported
    """

    def sql(statement, **values):
        return cluster.sql(statement.format(**values), database)[0]

    found = []
    for one in facts:
        journal = sql(
            "SELECT journal.id FROM account_journal journal JOIN res_partner_bank bank "
            "ON bank.id = journal.bank_account_id WHERE bank.sanitized_acc_number = '{iban}'",
            iban=one["iban"],
        )[0]
        found += [f"{one['iban']}: {text}" for text in _of_journal(sql, journal, one)]
    for what, statement in NONE_OF.items():
        (count,) = sql(statement)
        if count != "0":
            found.append(f"{count} {what}")
    return [*found, *_few_reconciled(sql, sum(one["lines"] for one in facts))]


def _of_journal(sql, journal, facts):
    lines, closing = str(facts["lines"]), facts["closing"]
    count, total, digest = sql(LINES, journal=journal)
    if (count, total, digest) != (lines, closing, facts["digest"]):
        yield f"lines lost, doubled or changed: {count} with {total}, not {lines} with {closing}"
    (balance,) = sql(BALANCE, journal=journal)
    if balance != closing:
        yield f"the bank account says {balance}, the bank {closing}"
    numbers = sql(NUMBERS, journal=journal)
    if numbers != [lines] * 4:
        yield f"numbers of journal entries have holes or repeat: {numbers}"
    closed, statements, last = sql(STATEMENTS, journal=journal)
    files = str(len(facts["paths"]))
    if (closed, statements, last) != (files, files, closing):
        yield f"{closed} of {statements} statements closed rightly, not {files}, the last at {last}"


def _few_reconciled(sql, lines):
    (count,) = sql("SELECT count(*) FROM bank_transaction WHERE state = 'reconciled'")
    if int(count) < SETTLED * lines:
        yield f"{count} of {lines} transactions reconciled, fewer than {SETTLED:.0%}"
