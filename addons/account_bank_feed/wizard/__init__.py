from . import bank_feed_reason
