"""A file's transactions are written by the thousand, as the rows that `create` would write."""

from decimal import Decimal
from unittest.mock import patch

from odoo.addons.bank_statement_format import Detail
from odoo.addons.bank_statement_format.testing import camt053
from odoo.tests import tagged

from ..models import bank_import, bank_transaction_reading
from .common import BankFeedAloneCase, make_iban, statement, transaction

COUNT = 45
NOT_COMPARED = {"id", "transaction_id", "import_id", "import_statement_id"}
"""Columns that name rows."""


def payments(count=COUNT, **values):
    """Transactions each of which says something else, or nothing."""
    return [
        transaction(
            f"2026-01-{2 + number // 10:02}",
            Decimal(number * 137 + 1) / 100 * (-1 if number % 3 else 1),
            f"Invoice {number}" if number % 5 else "",
            name=f"Customer {number}" if number % 4 else None,
            iban=make_iban(number) if number % 7 else None,
            end_to_end_id=f"E2E-{number}" if number % 2 else None,
            charges=Decimal("0.35") if number % 6 == 0 else None,
            original_amount=Decimal("12.34567") if number % 8 == 0 else None,
            original_currency="USD" if number % 8 == 0 else None,
            return_reason="AC04" if number == 9 else None,
            details=_details(number),
            **values,
        )
        for number in range(1, count + 1)
    ]


def _details(number):
    if number not in (1, 20):
        return ()
    return tuple(
        Detail(Decimal(part) / 100 if number == 1 else None, "EUR", remittance=f"Part {part}")
        for part in (-100, -38)
    )


@tagged("post_install", "-at_install")
class TestReading(BankFeedAloneCase):
    def _rows(self, table):
        self.env.flush_all()
        self.env.cr.execute(f"SELECT * FROM {table} ORDER BY id")
        names = [column.name for column in self.env.cr.description]
        return [
            {n: value for n, value in zip(names, row, strict=True) if n not in NOT_COMPARED}
            for row in self.env.cr.fetchall()
        ]

    def _read(self, *statements, at_least):
        """What reading a file writes, and how many records Odoo's ``create`` has created."""
        created = []
        model = self.registry["bank.transaction"]
        create = model.create

        def counting(records, vals_list):
            found = create(records, vals_list)
            created.extend(found.ids)
            return found

        with (
            self.forgotten(),
            patch.object(bank_transaction_reading, "AT_LEAST", at_least),
            patch.object(bank_transaction_reading.stock, "strangers", lambda *_: []),
            patch.object(model, "create", counting),
        ):
            record = self.receive(*statements, run=False)
            self.run_jobs(until="_job_admit")
            self.assertFalse(record.error)
            found = [self._rows(f"bank_transaction{kind}") for kind in ("", "_detail")]
        self.env.invalidate_all()
        return found, len(created)

    def _assert_same(self, *statements, by_odoo):
        expected, _all = self._read(*statements, at_least=1_000_000)
        found, created = self._read(*statements, at_least=20)
        self.assertEqual(found, expected)
        self.assertEqual(created, by_odoo)

    def test_rows_are_those_that_odoo_creates(self):
        self._assert_same(statement(payments()), by_odoo=1)

    def test_what_is_equal_in_all_of_them(self):
        same = [transaction("2026-01-05", 10, "Fee", name="Bank") for _number in range(COUNT)]
        self._assert_same(statement(same), by_odoo=1)

    def test_each_statement_has_an_example_of_its_own(self):
        second = make_iban(77)
        self.make_journal(second, "BNKB", currency=self.env.ref("base.JPY"))
        yen = [transaction("2026-01-05", n, f"Yen {n}", currency="JPY") for n in range(1, 31)]
        unknown = statement(payments(25), iban=make_iban(78))
        few = statement(payments(3), iban=make_iban(79))
        self._assert_same(
            statement(payments()),
            statement(yen, iban=second, currency="JPY"),
            unknown,
            few,
            by_odoo=6,
        )

    def test_chunks(self):
        with patch.object(bank_import, "READ_CHUNK", 30):
            self._assert_same(statement(payments(70)), by_odoo=12)

    def test_what_another_addon_changes_is_left_to_odoo(self):
        model = self.registry["bank.transaction"]
        create = model.create
        with patch.object(model, "create", lambda records, values: create(records, values)):
            self.assertEqual(
                self.env["bank.transaction"]._why_odoo_creates(),
                ["bank.transaction.create (a patch)"],
            )

    def test_fields_that_another_addon_fills_are_left_to_odoo(self):
        field = self.env["bank.transaction"]._fields["remittance"]
        with patch.multiple(field, default=lambda _model: "x", _module="some_addon"):
            self.assertEqual(
                self.env["bank.transaction"]._why_odoo_creates(),
                ["bank.transaction.remittance (some_addon)"],
            )

    def test_nothing_that_is_installed_here_is_in_the_way(self):
        self.assertFalse(self.env["bank.transaction"]._why_odoo_creates())

    def test_a_file_without_anything_unusual_is_written_in_bulk(self):
        record = self.receive(content=camt053([statement(payments())]), run=False)
        self.run_jobs(until="_job_admit")
        self.assertFalse(record.error)
        self.assertEqual(record.transaction_count, COUNT)
        self.assertEqual(record.transaction_ids[-1:].state, "pending")
