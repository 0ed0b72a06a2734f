"""Which transactions of a statement are new, and may the statement go in: plain Python.

Nothing here imports Odoo; the models load plain data, ask, and act on the answer.
"""

from .continuity import Cause, Verdict, judge
from .pairing import Incoming, Known, Pairing, pair

__all__ = ["Cause", "Incoming", "Known", "Pairing", "Verdict", "judge", "pair"]
