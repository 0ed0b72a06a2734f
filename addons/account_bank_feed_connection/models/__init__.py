from . import (
    account_journal,
    bank_connection,
    bank_connector,
    bank_dead_letter,
    bank_connector_oauth,
    bank_feed,
    bank_feed_error,
    bank_feed_problem,
    bank_feed_window,
    bank_import,
    res_company,
    bank_sign_in,
)
