from . import (
    bank_feed_rule,
    bank_feed_rule_condition,
    bank_feed_strategy,
    bank_transaction,
    bank_transaction_suggestion,
)
