from . import test_connection, test_feed, test_sign_in, test_window
