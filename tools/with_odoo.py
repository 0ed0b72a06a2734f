"""A pytest plugin for the groups that run inside Odoo."""


def pytest_sessionstart():
    """queue_job's test helper wants a table that not every Odoo 18.0 has."""
    import odoo.tests.common

    if not hasattr(odoo.tests.common, "SETATTR_SOURCES"):
        odoo.tests.common.SETATTR_SOURCES = {}
