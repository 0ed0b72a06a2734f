from . import (
    account_journal,
    bank_connection,
    bank_connector,
    bank_feed,
    bank_feed_window,
    bank_import,
)
