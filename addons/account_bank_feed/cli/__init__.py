from . import bank_feed_keys
