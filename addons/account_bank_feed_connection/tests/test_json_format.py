"""Answers of REST services as files."""

import codecs
import datetime
import io
from decimal import Decimal

from odoo.addons.bank_statement_format import Transaction
from odoo.tests import BaseCase, tagged

from ..json_format import JsonFormat, document
from ..protocol import Period, RemoteAccount

DAY = datetime.date(2026, 2, 10)


class Amounts(JsonFormat):
    """A page is a list of amounts."""

    name = label = "amounts"
    recognised_by = "nothing"

    def transactions(self, page, content):
        for amount in page:
            yield Transaction(DAY, Decimal(amount), content["currency"])


@tagged("post_install", "-at_install")
class TestJsonFormat(BaseCase):
    def test_a_page_with_a_byte_order_mark(self):
        account = RemoteAccount("a", number="4711", currency="EUR")
        pages = [b'["1.50"]', codecs.BOM_UTF8 + b'["2"]']
        file = document("amounts", "February", account, Period(DAY, DAY), pages)
        *found, statement = Amounts().parse(io.BytesIO(file.content))
        self.assertEqual([transaction.amount for transaction in found], [Decimal("1.50"), 2])
        self.assertEqual(statement.count, 2)
