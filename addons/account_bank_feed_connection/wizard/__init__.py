from . import bank_feed_period
