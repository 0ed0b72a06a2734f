from . import bank_feed_assign, bank_feed_reason
