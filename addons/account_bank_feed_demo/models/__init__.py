from . import bank_feed_demo
