from . import (
    bank_feed_proposal_rejection,
    bank_feed_rule_export,
    bank_feed_rule_import,
    bank_feed_rule_undo,
    bank_feed_simulation,
    bank_feed_simulation_line,
    bank_feed_simulation_past,
)
