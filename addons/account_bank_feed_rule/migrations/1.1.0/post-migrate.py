"""A rule that booked to one account has it on a line now, so that it can have several.

Scores are chances now: who had the old defaults gets the new ones.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools.sql import column_exists


def migrate(cr, version):
    if not column_exists(cr, "bank_feed_rule", "account_id"):
        return
    cr.execute(
        """
        INSERT INTO bank_feed_rule_line (rule_id, account_id, share, sequence)
             SELECT id, account_id, 'rest', 10
               FROM bank_feed_rule
              WHERE kind = 'write_off' AND account_id IS NOT NULL
        """
    )
    cr.execute("UPDATE bank_feed_rule SET kind = 'book' WHERE kind = 'write_off'")
    cr.execute(
        """
        UPDATE bank_feed_rule SET post_score = 95, suggest_score = 20
         WHERE post_score = 90 AND suggest_score = 40
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    rules = env["bank.feed.rule"].search([])
    rules._keep_version([(None, "migrated")] * len(rules))
