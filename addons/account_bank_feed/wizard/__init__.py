from . import bank_feed_choose_journal, bank_feed_reason, bank_statement_profile_add
