"""Which open item does a bank transaction settle? Pure functions over plain data, no Odoo.

::

    index = ItemIndex(open_items, PartnerDirectory(partners))
    decisions = decide(payments, rules, index)
    explain(decisions[payment.id])

A *payment* waits for a decision. *Strategies* find *open items* that it may settle and give
*evidence*; scored, these are its *candidates*. What a payment would settle is its *claim*.
Competing claims are settled over all waiting payments before anything is posted.
"""

from .bookings import BookingSpec
from .conditions import Condition, matches
from .errors import RuleError
from .explain import (
    evidence_in,
    explain,
    explain_data,
    explain_objections,
    explanation_as_data,
    objections_in,
    reasons_as_data,
)
from .index import ItemIndex
from .judge import judge
from .partners import Partner, PartnerDirectory
from .returns import how_returned
from .rules import RuleSpec, decide
from .sentences import EVIDENCE, OBJECTIONS, SENTENCES
from .settle import settle, settle_claims
from .strategy import Proposal, Strategy, all_strategies, strategies_named
from .types import (
    Adjustment,
    Allocation,
    Bands,
    Booking,
    Candidate,
    Decision,
    Discount,
    Evidence,
    OpenItem,
    Payment,
    Terms,
)

__all__ = [
    "EVIDENCE",
    "OBJECTIONS",
    "SENTENCES",
    "RuleError",
    "Adjustment",
    "Allocation",
    "Bands",
    "Booking",
    "BookingSpec",
    "Candidate",
    "Condition",
    "Decision",
    "Discount",
    "Evidence",
    "ItemIndex",
    "OpenItem",
    "Partner",
    "PartnerDirectory",
    "Payment",
    "Proposal",
    "RuleSpec",
    "Strategy",
    "Terms",
    "all_strategies",
    "decide",
    "evidence_in",
    "explain",
    "explain_data",
    "explain_objections",
    "explanation_as_data",
    "how_returned",
    "judge",
    "matches",
    "objections_in",
    "reasons_as_data",
    "settle",
    "settle_claims",
    "strategies_named",
]
