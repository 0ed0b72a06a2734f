from . import controllers, models, wizard

FETCH_AT_ONCE = 2
"""Jobs that may wait for banks at once: a slow one holds up neither the next nor other work."""


def limit_fetching(env):
    """Where queue_job keeps the limits of channels in the database, as from 18.0.4 on.

    Else they stand in odoo.conf. Once only: from then on it is the operator's.
    """
    channel = env.ref("account_bank_feed_connection.channel_fetch")
    if "capacity" in channel._fields:
        channel.capacity = FETCH_AT_ONCE
