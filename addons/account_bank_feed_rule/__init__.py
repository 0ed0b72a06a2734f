from . import models, wizard


def uninstall_hook(env):
    """What PostgreSQL keeps by itself names columns that go with this addon."""
    env.cr.execute("DROP FUNCTION IF EXISTS bank_transaction_day_keep() CASCADE")
    env.cr.execute("DROP TABLE IF EXISTS bank_transaction_day")
