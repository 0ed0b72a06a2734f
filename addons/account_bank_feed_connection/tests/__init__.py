from . import (
    test_connection,
    test_dead_letter,
    test_error,
    test_feed,
    test_json_format,
    test_neutralize,
    test_payload,
    test_problem,
    test_queue,
    test_reading,
    test_sign_in,
    test_window,
)
