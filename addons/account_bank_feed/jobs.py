"""What the jobs of the bank feed share."""

from functools import wraps

from psycopg2 import InterfaceError, OperationalError

from odoo.addons.queue_job.exception import RetryableJobError

AGAIN_AFTER = 10
"""Seconds that a database is given to come back."""


def outlives_connection(job):
    """A job whose connection with the database is cut is tried again, instead of failing.

    Nothing of it is in the database then. The queue by itself retries conflicts only.
    """

    @wraps(job)
    def attempt(self, *args, **kwargs):
        try:
            return job(self, *args, **kwargs)
        except (InterfaceError, OperationalError) as error:
            if not self.env.cr.connection.closed:
                raise
            raise RetryableJobError(
                "The connection with the database was lost",
                seconds=AGAIN_AFTER,
                ignore_retry=True,
            ) from error

    return attempt
