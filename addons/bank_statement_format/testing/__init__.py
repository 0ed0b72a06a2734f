"""Writes statement files, for tests and for demonstrations: the parsers' counterpart.

What is written here is read back equal, apart from ``raw``. One file per family of formats.
"""

from .camt import CAMT_NAMESPACE, camt053
from .table import csv_demo_bank

__all__ = ["CAMT_NAMESPACE", "camt053", "csv_demo_bank"]
