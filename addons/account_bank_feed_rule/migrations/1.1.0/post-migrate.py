"""A rule that booked to one account has it on a line now, so that it can have several."""


def migrate(cr, version):
    cr.execute(
        """
        INSERT INTO bank_feed_rule_line (rule_id, account_id, share, sequence)
             SELECT id, account_id, 'rest', 10
               FROM bank_feed_rule
              WHERE kind = 'write_off' AND account_id IS NOT NULL
        """
    )
    cr.execute("UPDATE bank_feed_rule SET kind = 'book' WHERE kind = 'write_off'")
