"""A pytest plugin for the groups that run inside Odoo."""

import pytest


def pytest_sessionstart():
    """queue_job's test helper wants a table that not every Odoo 18.0 has."""
    import odoo.tests.common

    if not hasattr(odoo.tests.common, "SETATTR_SOURCES"):
        odoo.tests.common.SETATTR_SOURCES = {}


@pytest.fixture(scope="session", autouse=True)
def prepared(load_registry):
    """Leave in the database, for good, the companies that the test classes share.

    With statistics: a planner that believes them to be empty chooses plans that make each test
    several times as slow.
    """
    import odoo
    from odoo.addons.account_bank_feed.tests.common import prepare

    registry = odoo.modules.registry.Registry(odoo.tests.common.get_db_name())
    if "bank.transaction" not in registry:
        return
    with registry.cursor() as cursor:
        prepare(odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {}))
        cursor.commit()
        cursor.execute("ANALYZE")
