from . import (
    test_candidates,
    test_matching,
    test_order,
    test_posting,
    test_rules,
    test_scale,
    test_undo,
)
