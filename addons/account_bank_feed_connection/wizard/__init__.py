from . import bank_feed_ignore, bank_feed_period
