from . import (
    account_journal,
    bank_connection,
    bank_connector,
    bank_connector_oauth,
    bank_feed,
    bank_feed_window,
    bank_import,
    bank_sign_in,
)
