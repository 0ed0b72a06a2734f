from . import test_connection, test_feed, test_window
