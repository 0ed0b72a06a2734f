from . import (
    test_candidates,
    test_matching,
    test_order,
    test_posting,
    test_rule_accounts,
    test_rule_files,
    test_rule_undo,
    test_rule_versions,
    test_rules,
    test_scale,
    test_undo,
)
