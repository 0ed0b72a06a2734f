from . import bank_connector_demo, bank_feed_demo
