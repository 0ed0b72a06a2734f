from . import (
    account_journal,
    bank_connection,
    bank_connector,
    bank_connector_oauth,
    bank_dead_letter,
    bank_feed,
    bank_feed_error,
    bank_feed_problem,
    bank_feed_window,
    bank_import,
    bank_sign_in,
    res_company,
)
