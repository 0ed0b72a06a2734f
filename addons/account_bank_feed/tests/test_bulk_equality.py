"""Bulk posting writes what stock Odoo writes: every column of every row in every table.

The cases are in the modules `bulk_payments` and so on; here is the one class that runs them all,
because it takes long to set up the chart of accounts.
"""

from odoo.tests import tagged

from .bulk_common import BulkCase
from .bulk_exceptions import ExceptionCases
from .bulk_numbers import NumberCases
from .bulk_partners import PartnerCases
from .bulk_payments import PaymentCases


@tagged("post_install", "-at_install")
class TestBulkEquality(PaymentCases, PartnerCases, NumberCases, ExceptionCases, BulkCase):
    pass
