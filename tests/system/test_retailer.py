"""Beside the modules of Odoo that a retailer works with: entries are written in bulk all the same.

They change methods that bulk posting leaves out; so every case of the comparison with stock Odoo is
run once more where they are installed.
"""

import os
import subprocess

import pytest

from tools import environment
from tools.common import ADDONS, PROJECT
from tools.testing import inside

MODULES = (
    "sale_management",
    "sale_stock",
    "sale_timesheet",
    "purchase_stock",
    "stock_landed_costs",
    "point_of_sale",
    "website_sale",
    "hr_expense",
    "account_fleet",
    "account_debit_note",
    "product_email_template",
    "snailmail_account",
)
"""Those that come along by themselves, such as ``pos_sale``, are not named."""

TESTS = ADDONS / "account_bank_feed" / "tests"


@pytest.fixture(scope="module")
def database(odoo, prepared):
    name = f"{odoo.name('system_retailer')}_{os.getpid()}"
    try:
        odoo.copy(prepared.name, name)
        odoo.install(name, MODULES)
        yield name
    finally:
        odoo.drop(name)


@pytest.mark.parametrize("file", ["test_bulk_equality.py", "beside_sales.py"])
def test_the_same_rows_are_written(odoo, database, file):
    done = subprocess.run(
        [str(word) for word in [*inside(odoo, database), "-q", TESTS / file]],
        cwd=PROJECT,
        env=environment.clean_environ(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-5_000:]
    assert "failed" not in done.stdout
