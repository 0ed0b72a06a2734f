"""A thousand rows in one SQL statement, where Odoo writes a hundred."""

import sys
from contextlib import contextmanager

from odoo import models

ROWS = 1_000
"""As many as a batch has; so the number of statements does not depend on the batch's size."""

SIZES = ("INSERT_BATCH_SIZE", "UPDATE_BATCH_SIZE")
_ODOO = sys.modules[models.BaseModel.__module__]
_USUAL = {name: getattr(_ODOO, name) for name in SIZES}


@contextmanager
def of_many_rows():
    """Let Odoo write rows by the thousand.

    The sizes are Odoo's own, for the whole process. So other threads write more at once meanwhile,
    or fewer again, which changes no row.
    """
    try:
        _set(dict.fromkeys(SIZES, ROWS))
        yield
    finally:
        _set(_USUAL)


def _set(sizes):
    for name, size in sizes.items():
        setattr(_ODOO, name, size)
