from . import (
    test_answers,
    test_neutralize,
    test_nextgenpsd2,
    test_session,
    test_transactions,
)
