"""Which transactions of a statement are new, and may the statement go in: plain Python.

Nothing here imports Odoo; the models load plain data, ask, and act on the answer.
"""

from .continuity import Cause, Verdict, judge
from .pairing import Incoming, Known, Pairing, pair
from .redated import DAYS_APART, Coverage, is_reference, pair_redated

__all__ = [
    "DAYS_APART",
    "Cause",
    "Coverage",
    "Incoming",
    "Known",
    "Pairing",
    "Verdict",
    "is_reference",
    "judge",
    "pair",
    "pair_redated",
]
