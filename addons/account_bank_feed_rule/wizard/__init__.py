from . import bank_feed_rule_export, bank_feed_rule_import, bank_feed_rule_undo
